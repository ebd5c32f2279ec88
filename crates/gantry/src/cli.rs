//! The command line: what can be typed, and the way to each command.

use crate::command::{
    agent, env, exec, history, image, logs, ps, reset, run, server, status, stop, up, version, why,
};
use crate::config::DEFAULT_DATA_DIR;
use crate::exit::Exit;
use crate::output::Output;
use anyhow::{Context as _, Result};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Amazon ECS on your own machine: a whole container platform in one program.
#[derive(Debug, Parser)]
#[command(name = "gantry", version, about, max_term_width = 100)]
struct Cli {
    /// Folder of the installation: every command finds its endpoint and key there
    #[arg(long, global = true, env = "GANTRY_DATA_DIR", default_value = DEFAULT_DATA_DIR)]
    data_dir: PathBuf,

    /// Print JSON for programs
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine: server, agent and containers
    Up(up::Args),
    /// Run the control plane alone
    Server(server::Args),
    /// Run a node alone
    Agent(agent::Args),
    /// Print the lines that point AWS clients here: eval "$(gantry env)"
    Env(env::Args),
    /// Show whether it works and what there is
    Status,
    /// List tasks
    Ps(ps::Args),
    /// Run an image, or a task definition's newest revision
    Run(run::Args),
    /// Stop tasks
    Stop(stop::Args),
    /// Show the output of tasks
    Logs(logs::Args),
    /// Run a command inside a container
    Exec(exec::Args),
    /// Tell why a task is as it is
    Why(why::Args),
    /// Tell what happened, and who or what caused it
    History(history::Args),
    /// Load, list and remove images
    #[command(subcommand)]
    Image(image::Command),
    /// Stop and erase everything (only with `up --ephemeral`)
    Reset,
    /// Print the version
    Version,
}

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) data_dir: PathBuf,
    pub(crate) output: Output,
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Where printing fails there is nobody to tell.
            let _ = error.print();
            return if asked { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    let invocation = Invocation { data_dir: cli.data_dir, output: Output::new(cli.json) };
    dispatch(&invocation, cli.command).unwrap_or_else(|error| failed(&error)).into()
}

fn dispatch(invocation: &Invocation, command: Command) -> Result<Exit> {
    match command {
        Command::Up(args) => up::run(invocation, args),
        Command::Server(args) => server::run(invocation, args),
        Command::Agent(args) => agent::run(invocation, args),
        Command::Env(args) => client(env::run(invocation, args)),
        Command::Status => client(status::run(invocation)),
        Command::Ps(args) => client(ps::run(invocation, args)),
        Command::Run(args) => client(run::run(invocation, args)),
        Command::Stop(args) => client(stop::run(invocation, args)),
        Command::Logs(args) => client(logs::run(invocation, args)),
        Command::Exec(args) => client(exec::run(invocation, args)),
        Command::Why(args) => client(why::run(invocation, args)),
        Command::History(args) => client(history::run(invocation, args)),
        Command::Image(command) => client(image::run(invocation, command)),
        Command::Reset => client(reset::run(invocation)),
        Command::Version => version::run(invocation),
    }
}

/// Commands that ask a running installation need one thread.
fn client(work: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot prepare to wait for answers")?.block_on(work)
}

/// An error with its causes, one per line. A reader that has closed our output wants to hear no more.
fn failed(error: &anyhow::Error) -> Exit {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return Exit::Done;
    }
    eprintln!("gantry: {error}");
    error.chain().skip(1).for_each(|cause| eprintln!("  because: {cause}"));
    Exit::Failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
