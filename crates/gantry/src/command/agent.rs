//! `gantry agent`: a node alone.

use crate::cli::Invocation;
use crate::config::{NodeConfig, NodeFlags, RuntimeChoice, check_connect};
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::logging;
use crate::output::print;
use crate::role::{self, Signals, host, node};
use anyhow::Result;
use gantry_link::Dialer;

/// Arguments of `gantry agent`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The control plane: unix:PATH
    #[arg(long, value_name = "unix:PATH")]
    connect: String,

    #[command(flatten)]
    node: NodeFlags,
}

pub(crate) fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let (socket, config) = (check_connect(&args.connect)?, args.node.check()?);
    if config.runtime == RuntimeChoice::Embedded {
        host::require_root("gantry agent")?;
    }
    logging::start("info");
    let folder = DataFolder::make(&invocation.data_dir)?;
    role::block_on(serve(folder, config, Dialer::unix(&socket)))
}

async fn serve(folder: DataFolder, config: NodeConfig, dialer: Dialer) -> Result<Exit> {
    let mut signals = Signals::watch()?;
    let name = config.name.clone();
    let mut agent = node::start(&folder, config, dialer).await?;
    print(&format!("agent of node {name} ({}) is ready\n", agent.node()))?;
    let ended = tokio::select! {
        ended = agent.ended() => ended,
        () = signals.next() => agent.stop(true).await,
    };
    node::exit_of(ended)
}
