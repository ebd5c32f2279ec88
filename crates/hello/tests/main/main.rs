//! The commands of the program, run as whoever starts a container runs them: by their names.

#![allow(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod commands;
mod ending;
mod web;

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A folder with a link to the program for each command, gone with the value.
struct Bin(tempfile::TempDir);

/// A running command that is killed, whatever happens.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Bin {
    fn new() -> Self {
        Self(tempfile::TempDir::new().unwrap())
    }

    fn command(&self, name: &str) -> Command {
        let link: PathBuf = self.0.path().join(name);
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_hello"), &link).unwrap();
        }
        Command::new(link)
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        self.command(name).args(arguments).output().unwrap()
    }

    fn start(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = self.command(name);
        command.args(arguments).envs(variables.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }
}

impl Running {
    fn line(&mut self) -> String {
        self.lines.next().expect("the command ended without a line").unwrap()
    }

    /// Waits for the end; returns the code, or minus the signal.
    fn end(mut self) -> i32 {
        let status = self.child.wait().unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        status.code().or(signal.map(|signal| -signal)).unwrap()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
