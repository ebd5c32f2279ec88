//! `gantry up`: server, agent and the zygote as its child, on this machine.

use crate::cli::Invocation;
use crate::config::{NodeConfig, NodeFlags, RuntimeChoice, ServerConfig, ServerFlags};
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::logging;
use crate::output::{print, program};
use crate::role::server::{Agents, Server};
use crate::role::{self, Signals, host, node};
use anyhow::{Context as _, Result, bail};
use gantry_agent::{Agent, Ended};
use gantry_link::Dialer;
use std::path::{Path, PathBuf};

/// Arguments of `gantry up`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep everything in a temporary folder, allow `gantry reset`, and leave nothing behind
    #[arg(long)]
    ephemeral: bool,

    #[command(flatten)]
    server: ServerFlags,

    #[command(flatten)]
    node: NodeFlags,
}

/// What is run.
struct Up {
    folder: DataFolder,
    server: ServerConfig,
    node: NodeConfig,
    ephemeral: bool,
}

pub(crate) fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let (server, node) = (args.server.check_up(args.ephemeral)?, args.node.check()?);
    if node.runtime == RuntimeChoice::Embedded {
        host::require_root("gantry up")?;
    }
    logging::start("warn");
    let path = if args.ephemeral { temporary_folder() } else { invocation.data_dir.clone() };
    let folder = DataFolder::make(&path)?;
    let up = Up { folder: folder.clone(), server, node, ephemeral: args.ephemeral };
    let result = role::block_on(up.run());
    if args.ephemeral {
        std::fs::remove_dir_all(folder.path())
            .with_context(|| format!("cannot remove {}", folder.path().display()))?;
    }
    result
}

/// A folder that no other process has.
fn temporary_folder() -> PathBuf {
    std::env::temp_dir().join(format!("gantry-{}", std::process::id()))
}

impl Up {
    async fn run(self) -> Result<Exit> {
        let Self { folder, server, node, ephemeral } = self;
        let mut signals = Signals::watch()?;
        let contained = node.runtime == RuntimeChoice::Embedded;
        if contained {
            host::check_namespace()?;
        }
        let range = if contained { host::free_range() } else { host::any_range() };
        let (dialer, agents) = Dialer::in_process();
        let mut server = Server::start(&folder, server, Agents::Here(agents), range).await?;
        let installation = server.plane.installation();
        let ended = match node::start(&folder, node, dialer).await {
            Ok(agent) => serve(&mut server, agent, &folder, ephemeral, &mut signals).await,
            Err(error) => Err(error),
        };
        server.plane.stop().await;
        let exit = node::exit_of(ended?)?;
        if ephemeral && contained {
            node::tear_down_network(&installation.tag, &installation.vpc_cidr)?;
        }
        Ok(exit)
    }
}

/// Serves until somebody wishes the end, or the node breaks.
async fn serve(
    server: &mut Server,
    mut agent: Agent,
    folder: &DataFolder,
    ephemeral: bool,
    signals: &mut Signals,
) -> Result<Ended> {
    print(&welcome(server, folder.path(), ephemeral))?;
    tokio::select! {
        ended = agent.ended() => return Ok(ended),
        () = server.plane.broken() => bail!("the control plane broke; tasks run on, start it again"),
        () = signals.next() => {}
    }
    if ephemeral {
        server.plane.reset().await.context("cannot stop all tasks")?;
    }
    // Tasks run on; the control plane holds the node's lease for a while.
    Ok(agent.stop(true).await)
}

/// What to do next, in lines that can be copied.
fn welcome(server: &Server, folder: &Path, ephemeral: bool) -> String {
    let program = program();
    let data = if folder == Path::new(crate::config::DEFAULT_DATA_DIR) {
        String::new()
    } else {
        format!(" --data-dir {}", folder.display())
    };
    let kept = if ephemeral { "; everything is erased when it ends" } else { "" };
    format!(
        "gantry {} is up at {} (account {}, region {}){kept}\n\n\
         point your AWS clients at it:\n  eval \"$({program} env{data})\"\n\n\
         then:\n  {program} run gantry/hello\n  {program} ps\n  aws ecs list-tasks\n",
        env!("CARGO_PKG_VERSION"),
        server.endpoint.url,
        server.endpoint.account,
        server.endpoint.region,
    )
}
