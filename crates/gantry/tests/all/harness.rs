//! A running `gantry up`, and commands against it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The program under test.
pub(crate) fn gantry(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
    command.env_clear().env("GANTRY_DATA_DIR", data).stdin(Stdio::null());
    command
}

/// A server with a pretended runtime on a free port.
pub(crate) struct Up {
    pub(crate) data: PathBuf,
    process: Child,
    /// What it printed until it was ready.
    pub(crate) welcome: String,
    /// Removed at last.
    scratch: Option<TempDir>,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Up {
    pub(crate) fn start() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let data = scratch.path().join("data");
        let mut up = Self::start_on(&data, &[]);
        up.scratch = Some(scratch);
        up
    }

    /// `up` on a folder, with further arguments.
    pub(crate) fn start_on(data: &Path, arguments: &[&str]) -> Self {
        let mut command = gantry(data);
        command.args(["up", "--runtime", "fake", "--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let welcome = read_welcome(&mut process);
        Self { data: data.to_owned(), process, welcome, scratch: None }
    }

    /// Takes over an ephemeral one: its folder is in its welcome.
    pub(crate) fn adopt(mut process: Child, scratch: &Path) -> Self {
        let welcome = read_welcome(&mut process);
        let data =
            welcome.split_once("--data-dir ").map(|(_, rest)| rest.split(')').next().unwrap_or_default());
        let data = data.map_or_else(|| scratch.to_owned(), PathBuf::from);
        Self { data, process, welcome, scratch: None }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(gantry(&self.data).args(arguments).output().unwrap())
    }

    /// A command that must work, with its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], arguments].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// Ends it without a warning.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to end. Answers its exit code.
    pub(crate) fn terminate(&mut self) -> i32 {
        let id = i32::try_from(self.process.id()).unwrap();
        let process = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        self.process.wait().unwrap().code().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // One that has ended already is no reason to fail.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read_welcome(process: &mut Child) -> String {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut welcome = String::new();
    while !welcome.contains("aws ecs list-tasks") {
        match lines.next() {
            Some(line) => welcome += &(line.unwrap() + "\n"),
            None => {
                let mut error = String::new();
                process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
                panic!("gantry up ended: {error}");
            }
        }
    }
    welcome
}

/// The first line that a process prints.
pub(crate) fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    line
}

pub(crate) fn ran(output: Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}
