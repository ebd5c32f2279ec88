//! Running a system program that changes the packet filter: text in, text out, its complaint as the error.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, Stdio};

/// Where such programs are, on systems whose users do not have these folders in their PATH.
const SYSTEM_FOLDERS: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// Why a program did not do what it was asked to.
#[derive(Debug)]
pub(super) enum ProgramError {
    /// It is not installed.
    Missing,
    /// It could not be run.
    Run(io::Error),
    /// It said no; what it printed.
    Refused(String),
}

/// Runs `program` with `input`; returns what it prints.
pub(super) fn run(program: &str, arguments: &[&str], input: &str) -> Result<String, ProgramError> {
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", search_path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().map_err(ProgramError::from)?;
    let mut stdin = running.stdin.take().expect("stdin is piped");
    // A program that refuses without reading closes its end; what it says then is the better error.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let ended = running.wait_with_output().map_err(ProgramError::Run)?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    Err(ProgramError::Refused(String::from_utf8_lossy(&ended.stderr).trim().to_owned()))
}

fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":");
    path.push(SYSTEM_FOLDERS);
    path
}

impl From<io::Error> for ProgramError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Run(error) }
    }
}
