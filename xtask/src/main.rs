//! `cargo xtask`: the only door to the project's chores.
//!
//! Takes in: the name of a chore and its arguments. Gives out: an exit status, and words about what was done.
//! Does not know: how any chore works; each is a module of its own with one `run`.

mod bench;
mod codegen;
#[cfg(feature = "product")]
mod sim;
#[cfg(feature = "product")]
mod tidy;
mod workspace;

use anyhow::Result;
use std::process::ExitCode;

/// One chore: its name, a line of help, and the function that gets the arguments behind the name.
type Chore = (&'static str, &'static str, fn(&[String]) -> Result<()>);

const CHORES: &[Chore] = &[
    ("bench", "measure against the peers [--check: fail where a goal is missed] [MEASURE]...", bench::run),
    ("codegen", "make crates/shapes from the API models [--check: only compare]", codegen::run),
    #[cfg(feature = "product")]
    ("sim", "run the simulator [--seeds N] [--from S] [--seed S: one, with its history]", sim::run),
    #[cfg(feature = "product")]
    ("tidy", "check the rules about the code [--write: bring generated pages up to date]", tidy::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let chore = arguments.first().and_then(|name| CHORES.iter().find(|(known, ..)| known == name));
    let Some((_, _, run)) = chore else {
        print_help();
        return ExitCode::FAILURE;
    };
    match run(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_help() {
    eprintln!("usage: cargo xtask CHORE [ARGUMENT]...\n");
    for (name, help, _) in CHORES {
        eprintln!("  {name:<10} {help}");
    }
}
