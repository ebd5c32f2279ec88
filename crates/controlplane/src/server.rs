//! A running control plane: started on a store, stopped in order.

use crate::authenticate::Authenticator;
use crate::clock::{entropy, request_id, wall_ms};
use crate::commit::{Committer, LeaderHandle, LeaderLoop, RecoverError};
use crate::credentials::RootKey;
use crate::listener::HttpListener;
use crate::plane::Plane;
use crate::platform::{self, ResetError};
use crate::published::Published;
use crate::sessions::{self, NodeTerms, Sessions};
use crate::settings::{DEFAULT_ACCOUNT, DEFAULT_VPC_CIDR, Settings};
use crate::stop::Stopper;
use gantry_model::record::Installation;
use gantry_model::{AccountId, Timestamp, arn};
use gantry_orchestrator::leader::Input;
use gantry_store::Store;
use std::error::Error;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// What a control plane is made of.
pub struct Parts {
    /// How it behaves.
    pub settings: Settings,
    /// The root user's key.
    pub root_key: RootKey,
    /// Where everything is kept.
    pub store: Box<dyn Store>,
    /// Where clients connect.
    pub http: HttpListener,
    /// Where agents connect.
    pub agents: Vec<gantry_link::Listener>,
    /// Asked before a new installation is bound to its range of addresses.
    pub check_range: RangeCheck,
}

/// Refuses a CIDR whose addresses this machine cannot give to tasks.
pub type RangeCheck = Box<dyn FnOnce(&str) -> Result<(), Box<dyn Error + Send + Sync>> + Send>;

/// A control plane that serves.
pub struct ControlPlane {
    plane: Arc<Plane>,
    stop_serving: Stopper,
    stop_leading: Stopper,
    serving: Vec<JoinHandle<()>>,
    leading: JoinHandle<()>,
}

/// The control plane cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What is stored cannot be read.
    #[error("cannot read what this data folder holds")]
    Recover(#[from] RecoverError),
    /// A new installation cannot be written.
    #[error("cannot write a new installation into the data folder: is its disk full?")]
    Install,
    /// Tasks could not have their addresses here.
    #[error("tasks cannot have addresses of {vpc_cidr} here: choose another range with --vpc-cidr")]
    Range {
        /// The range.
        vpc_cidr: String,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The folder was made with another setting.
    #[error(
        "this data folder was made with --{setting} {stored}: leave the option out, or use another --data-dir"
    )]
    Differs {
        /// Which setting.
        setting: &'static str,
        /// The folder's value.
        stored: String,
    },
}

impl ControlPlane {
    /// Reads the store, makes the installation if there is none, and begins to serve.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let Parts { settings, root_key, store, http, agents, check_range } = parts;
        let (stop_serving, stop) = Stopper::new();
        let (stop_leading, when_to_stop_leading) = Stopper::new();
        let committer = Committer::start(store);
        let history = committer.reader();
        let recovered = committer.recover(None).await?;
        let (leader_loop, leader, published) = LeaderLoop::new(committer, recovered, when_to_stop_leading);
        let leading = tokio::spawn(leader_loop.run());

        let installation = install(&settings, check_range, &leader, &published).await?;
        let account = installation.account;
        let authenticator =
            Authenticator { auth: settings.auth, root_key, account, region: installation.region.clone() };
        let (sessions, ephemeral) = (Arc::new(Sessions::default()), settings.ephemeral);
        let plane = Arc::new(Plane {
            authenticator,
            published,
            leader,
            sessions,
            history,
            stop: stop.clone(),
            ephemeral,
        });
        let terms = NodeTerms { cpu_overcommit_percent: settings.cpu_overcommit_percent };
        let mut serving = vec![tokio::spawn(http.serve(plane.clone(), stop.clone()))];
        for listener in agents {
            serving.push(tokio::spawn(sessions::serve(plane.clone(), terms, listener, stop.clone())));
        }
        Ok(Self { plane, stop_serving, stop_leading, serving, leading })
    }

    /// What was chosen when the data folder was made.
    pub fn installation(&self) -> Arc<Installation> {
        self.plane
            .published
            .state()
            .installation()
            .expect("a control plane starts with an installation")
            .clone()
    }

    /// Completes when the control plane can write no more, which only a fault of the program leads to.
    pub async fn broken(&mut self) {
        // An error says that it panicked.
        let _ = (&mut self.leading).await;
    }

    /// Stops and erases everything that clients made, in the root user's name; only if the settings say ephemeral.
    pub async fn reset(&self) -> Result<(), ResetError> {
        let principal = arn::root_user(self.installation().account);
        platform::reset(&self.plane, &principal, request_id()).await
    }

    /// Lets requests end, then commits, and closes the store. Nodes go on by themselves.
    pub async fn stop(self) {
        self.stop_serving.stop();
        for task in self.serving {
            // A task that panicked has ended as well.
            let _ = task.await;
        }
        self.stop_leading.stop();
        if !self.leading.is_finished() {
            let _ = self.leading.await;
        }
    }
}

/// The installation of the store, made now if there is none; settings that are given must agree with it.
async fn install(
    settings: &Settings,
    check_range: RangeCheck,
    leader: &LeaderHandle,
    published: &Published,
) -> Result<Arc<Installation>, StartError> {
    if published.state().installation().is_none() {
        let installation = new_installation(settings);
        let vpc_cidr = installation.vpc_cidr.clone();
        check_range(&vpc_cidr).map_err(|source| StartError::Range { vpc_cidr, source })?;
        leader.ask(Input::Install(installation)).await.result.map_err(|_| StartError::Install)?;
    }
    let installation = published.state().installation().ok_or(StartError::Install)?.clone();
    agree("account", settings.account.as_ref(), &installation.account)?;
    agree("region", settings.region.as_ref(), &installation.region)?;
    agree("vpc-cidr", settings.vpc_cidr.as_ref(), &installation.vpc_cidr)?;
    Ok(installation)
}

fn new_installation(settings: &Settings) -> Installation {
    let default_account: AccountId = DEFAULT_ACCOUNT.parse().expect("the default account has twelve digits");
    Installation {
        tag: format!("{:04x}", u16::from_be_bytes(entropy())),
        account: settings.account.unwrap_or(default_account),
        region: settings.region.clone().unwrap_or_default(),
        vpc_cidr: settings.vpc_cidr.clone().unwrap_or_else(|| DEFAULT_VPC_CIDR.to_owned()),
        created_at: Timestamp(wall_ms()),
    }
}

fn agree<T: PartialEq + ToString>(
    setting: &'static str,
    given: Option<&T>,
    stored: &T,
) -> Result<(), StartError> {
    match given {
        Some(given) if given != stored => Err(StartError::Differs { setting, stored: stored.to_string() }),
        Some(_) | None => Ok(()),
    }
}
