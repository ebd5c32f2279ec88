//! A node as a role of this process: an agent with the parts that do its work.

use super::pretend;
use crate::config::{NodeConfig, RuntimeChoice};
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use anyhow::{Context as _, Result, bail};
use gantry_agent::{Agent, Config, Ended, Parts, Terms, capacity, cpu_architecture, exit_channel};
use gantry_link::Dialer;
use gantry_runtime::embedded::{self, Embedded};
use gantry_runtime::image::{ImageStore, NoRegistry};
use gantry_runtime::network::{Network, NetworkConfig, RoutedNetwork};
use gantry_runtime::zygote::ZygoteCommand;
use std::error::Error;
use std::sync::Arc;

/// Starts the node's agent.
pub(crate) async fn start(folder: &DataFolder, config: NodeConfig, dialer: Dialer) -> Result<Agent> {
    let (own, runtime) = (folder.clone(), config.runtime);
    let parts = tokio::task::spawn_blocking(move || match runtime {
        RuntimeChoice::Embedded => embedded(&own),
        RuntimeChoice::Fake { script } => pretend::parts(&own, script.as_deref()),
    });
    let config = Config {
        data_dir: folder.agent(),
        dialer,
        name: config.name,
        capacity: capacity()?,
        cpu_architecture: cpu_architecture().to_owned(),
        zones: Vec::new(),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        parts: parts.await??,
    };
    Ok(Agent::start(config).await?)
}

/// What the end of an agent means for the process.
pub(crate) fn exit_of(ended: Ended) -> Result<Exit> {
    match ended {
        Ended::Stopped => Ok(Exit::Done),
        Ended::Superseded(text) => bail!("another agent has taken this node over: {text}"),
        Ended::OtherInstallation(other) => {
            bail!(
                "the control plane belongs to another installation ({other}): this node's data folder is not its own"
            )
        }
        Ended::Broken => bail!("the agent broke; its tasks run on, start it again"),
    }
}

/// Removes what a node's network has made on this host; for installations that leave nothing behind.
pub(crate) fn tear_down_network(installation: &str, vpc_cidr: &str) -> Result<()> {
    let terms = Terms { installation: installation.to_owned(), vpc_cidr: vpc_cidr.to_owned() };
    let network = RoutedNetwork::open(network_config(&terms)?).context("cannot take the network back")?;
    network.tear_down().context("cannot remove the network of tasks")
}

fn embedded(folder: &DataFolder) -> Result<Parts> {
    let images = Arc::new(ImageStore::open(&folder.images())?);
    let zygote = ZygoteCommand::this_program(&[crate::ZYGOTE]);
    let (sink, exits) = exit_channel();
    let config = embedded::Config::new(folder.containers(), vec![folder.images()], zygote);
    let runtime = Embedded::open(config, sink).context("containers cannot be run on this host")?;
    let network = Box::new(open_network);
    Ok(Parts { runtime: Arc::new(runtime), exits, network, images, pull: Arc::new(NoRegistry) })
}

fn open_network(terms: &Terms) -> Result<Arc<dyn Network>, Box<dyn Error + Send + Sync>> {
    let config = network_config(terms)?;
    Ok(Arc::new(RoutedNetwork::open(config)?))
}

fn network_config(terms: &Terms) -> Result<NetworkConfig> {
    let range =
        terms.vpc_cidr.parse().with_context(|| format!("{} is no range of addresses", terms.vpc_cidr))?;
    Ok(NetworkConfig { installation: terms.installation.clone(), range })
}
