//! The control plane as a role of this process.

use crate::config::ServerConfig;
use crate::data_folder::{DataFolder, Endpoint};
use anyhow::{Context as _, Result};
use gantry_controlplane::{ControlPlane, HttpListener, Parts, RangeCheck};
use gantry_link::Listener;
use gantry_store::EmbeddedStore;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

/// A control plane that serves, and where.
pub(crate) struct Server {
    pub(crate) plane: ControlPlane,
    pub(crate) endpoint: Endpoint,
}

/// Where agents connect.
pub(crate) enum Agents {
    /// Inside this process.
    Here(Listener),
    /// On a socket. One that a killed server has left is replaced, once the data folder is ours alone.
    Socket(PathBuf),
}

impl Agents {
    fn listen(self) -> Result<Listener> {
        match self {
            Self::Here(listener) => Ok(listener),
            Self::Socket(path) => {
                Listener::bind_unix(&path).with_context(|| format!("cannot listen on {}", path.display()))
            }
        }
    }
}

impl Server {
    /// Takes the data folder, listens, and serves.
    pub(crate) async fn start(
        folder: &DataFolder,
        config: ServerConfig,
        agents: Agents,
        check_range: RangeCheck,
    ) -> Result<Self> {
        let path = folder.store();
        let store = tokio::task::spawn_blocking(move || EmbeddedStore::open(&path));
        let store = store
            .await?
            .with_context(|| format!("cannot use the data folder {}", folder.path().display()))?;
        let agents = vec![agents.listen()?];
        let http = HttpListener::bind(config.listen, config.insecure_http).await?;
        let listens_at = http.local_addr()?;
        let root_key = folder.make_root_key()?;
        let parts =
            Parts { settings: config.settings, root_key, store: Box::new(store), http, agents, check_range };
        let plane = ControlPlane::start(parts).await?;
        let installation = plane.installation();
        let endpoint = Endpoint {
            url: format!("http://{}", reachable(listens_at)),
            account: installation.account.to_string(),
            region: installation.region.to_string(),
        };
        folder.set_endpoint(&endpoint)?;
        Ok(Self { plane, endpoint })
    }
}

/// An address that clients on this machine can connect to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}
