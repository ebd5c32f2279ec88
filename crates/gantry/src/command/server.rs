//! `gantry server`: the control plane alone. Agents of this machine connect by a socket in the data folder.

use crate::cli::Invocation;
use crate::config::{ServerConfig, ServerFlags};
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::logging;
use crate::output::print;
use crate::role::server::{Agents, Server};
use crate::role::{self, Signals, host};
use anyhow::{Result, bail};

/// Arguments of `gantry server`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerFlags,
}

pub(crate) fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let config = args.server.check_server()?;
    logging::start("info");
    let folder = DataFolder::make(&invocation.data_dir)?;
    role::block_on(serve(folder, config))
}

async fn serve(folder: DataFolder, config: ServerConfig) -> Result<Exit> {
    let mut signals = Signals::watch()?;
    let socket = folder.link_socket();
    let mut server =
        Server::start(&folder, config, Agents::Socket(socket.clone()), host::any_range()).await?;
    print(&format!(
        "server ready at {}; agents connect to unix:{}\n",
        server.endpoint.url,
        socket.display()
    ))?;
    tokio::select! {
        () = signals.next() => {}
        () = server.plane.broken() => bail!("the control plane broke; start it again"),
    }
    server.plane.stop().await;
    Ok(Exit::Done)
}
