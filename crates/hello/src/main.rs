//! The program of the built-in image `gantry/hello`: many small commands in one static file without dependencies.
//!
//! Takes in: the name it is called by, or its first argument (`hello sleep 3` is `sleep 3`). Gives out: what each
//! command prints, and an exit code: 0 done, 1 failed, 2 called wrongly. Knows nothing of Gantry but what every
//! container can see. It runs as process 1 of containers, where signals without a handler do nothing: hence
//! [`signals`].

mod dns;
mod fetch;
mod files;
mod http;
mod memory;
mod output;
mod page;
mod processes;
mod serve;
mod signals;
mod times;
mod users;

use std::process::ExitCode;

/// What a command returns: its exit code, or what went wrong.
type Outcome = Result<u8, Failure>;

/// Why a command did not do its work.
enum Failure {
    /// Called wrongly; how it is called.
    Usage(&'static str),
    /// It failed; what it tried, and why that failed.
    Failed(String),
}

/// A name, how it is called, and what it does.
type Command = (&'static str, &'static str, fn(&[String]) -> Outcome);

const COMMANDS: [Command; 18] = [
    ("cat", "cat [FILE…]              the files, or the input", files::cat),
    ("eat-memory", "eat-memory MIB           takes memory, then stays", memory::eat),
    ("env", "env                      the environment", output::env),
    ("exit", "exit [CODE]              ends with this code", processes::exit),
    ("false", "false                    ends with 1", |_| Ok(1)),
    ("fetch", "fetch URL                the body of an HTTP answer", fetch::command),
    (
        "fork-without-end",
        "fork-without-end [MAX]   starts children until it cannot, and goes on trying",
        processes::fork,
    ),
    ("hostname", "hostname                 the name of this host", users::host_name),
    ("id", "id                       user and groups", users::id),
    ("ignore-term", "ignore-term SECONDS      sleeps and ignores SIGTERM", times::ignore_term),
    ("ls", "ls [-l] [PATH…]          the names in folders", files::ls),
    (
        "print",
        "print [-n LINES] [-b BYTES] [-i SECONDS] [-e] TEXT…   prints, often, slowly, to stderr",
        output::print,
    ),
    (
        "serve",
        "serve                    a web page with the task's metadata, on $PORT or 8080",
        serve::command,
    ),
    ("sleep", "sleep SECONDS            does nothing", times::sleep),
    ("stamp", "stamp                    the host's monotonic clock, in seconds", times::stamp),
    ("true", "true                     ends with 0", |_| Ok(0)),
    ("whoami", "whoami                   the name of the user", users::who_am_i),
    ("write", "write FILE TEXT…         a file with this text", files::write),
];

fn main() -> ExitCode {
    signals::end_when_asked();
    let mut words: Vec<String> =
        std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if words.first().is_some_and(|word| base_name(word) == "hello") {
        words.remove(0);
    }
    let Some((name, arguments)) = words.split_first() else { return usage() };
    let name = base_name(name);
    let Some((_, _, command)) = COMMANDS.iter().find(|(known, _, _)| *known == name) else { return usage() };
    match command(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Usage(how)) => {
            eprintln!("usage: {how}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(why)) => {
            eprintln!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("hello: the program of the image gantry/hello; its commands:");
    for (_, how, _) in COMMANDS {
        eprintln!("  {how}");
    }
    ExitCode::from(2)
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// For `map_err`: says what was tried before why it failed.
fn tried<E: std::fmt::Display>(what: impl std::fmt::Display) -> impl FnOnce(E) -> Failure {
    move |error| Failure::Failed(format!("{what}: {error}"))
}
