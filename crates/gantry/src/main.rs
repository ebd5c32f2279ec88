//! Gantry, the program: every role and every command in one binary.
//!
//! Takes in command lines; gives out running roles (`up`, `server`, `agent`) and answers of a running installation (all
//! other commands, over its API). A file per command under `command`, a file per role under `role`; what users may set is
//! read in `config`. Decides nothing about tasks.

mod cli;
mod client;
mod command;
mod config;
mod data_folder;
mod exit;
mod logging;
mod output;
mod role;

use std::process::ExitCode;

/// The zygote is this program too: `gantry zygote`.
const ZYGOTE: &str = "zygote";

fn main() -> ExitCode {
    // Before anything else: what exists here is copied into the supervisor of every container.
    if std::env::args_os().nth(1).is_some_and(|word| word == ZYGOTE) {
        gantry_runtime::zygote::zygote_main();
    }
    cli::run()
}
