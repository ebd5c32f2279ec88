//! A running Gantry: started, spoken to, killed, started again on the same data.

use crate::{Client, Endpoint, Host, eventually};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// `gantry up`.
    #[default]
    Up,
    /// `gantry server`, which runs tasks on agents that are started beside it.
    Server,
}

/// How Gantry is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is started.
    pub role: Role,
    /// Arguments behind it.
    pub arguments: Vec<String>,
    /// Data folder; a temporary one where none is given.
    pub data_dir: Option<PathBuf>,
    /// The program; the debug build's where none is given.
    pub binary: Option<PathBuf>,
    /// What is logged (GANTRY_LOG); the product's default where none is given.
    pub log_filter: Option<String>,
}

/// A running Gantry on a host of its own.
#[derive(Debug)]
pub struct Product {
    host: Host,
    folder: tempfile::TempDir,
    data_dir: PathBuf,
    binary: PathBuf,
    role: Role,
    arguments: Vec<String>,
    log_filter: Option<String>,
    server: Option<Child>,
    environment: BTreeMap<String, String>,
}

impl Role {
    fn command(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Server => "server",
        }
    }
}

impl Product {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When it does not come up; its output is shown.
    pub fn up() -> Self {
        Self::with(Options::default())
    }

    /// As [`Self::up`], with options.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn with(options: Options) -> Self {
        let folder = tempfile::Builder::new().prefix("gantry-test-").tempdir().expect("a temporary folder");
        let data_dir = options.data_dir.unwrap_or_else(|| folder.path().join("data"));
        let binary = options.binary.unwrap_or_else(debug_binary);
        let host = Host::new().expect("a host");
        let (role, arguments, environment) = (options.role, options.arguments, BTreeMap::new());
        let log_filter = options.log_filter;
        let mut product =
            Self { host, folder, data_dir, binary, role, arguments, log_filter, server: None, environment };
        product.start();
        product
    }

    /// Starts the server again on the same data.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_path()).expect("a log file");
        let mut command = self.host.command(&self.binary);
        command
            .arg(self.role.command())
            .arg("--data-dir")
            .arg(&self.data_dir)
            .args(["--listen", "127.0.0.1:4780"]);
        command
            .args(&self.arguments)
            .envs(self.log_filter.iter().map(|filter| ("GANTRY_LOG", filter)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log);
        self.server = Some(command.spawn().expect("gantry starts"));
        self.environment = eventually("gantry to answer", || {
            let ended = self.server.as_mut().and_then(|server| server.try_wait().ok().flatten());
            assert!(ended.is_none(), "gantry ended: {ended:?}\n{}", self.log());
            self.read_environment().ok()
        });
    }

    fn read_environment(&self) -> Result<BTreeMap<String, String>> {
        let health =
            self.host.command("curl").args(["-fsS", "http://127.0.0.1:4780/_gantry/health"]).output()?;
        if !health.status.success() {
            bail!("not yet healthy");
        }
        let output = self.gantry_command(&["env"]).output()?;
        let text = String::from_utf8(output.stdout)?;
        let pairs = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let unquoted =
            pairs.map(|(name, value)| (name.to_owned(), value.trim_matches(['"', '\'']).to_owned()));
        let environment: BTreeMap<String, String> = unquoted.collect();
        environment.get("AWS_ENDPOINT_URL").context("no endpoint yet")?;
        Ok(environment)
    }

    /// The process id of the server.
    ///
    /// # Panics
    /// When it is not running.
    pub fn pid(&self) -> u32 {
        self.host.pid_of(self.server.as_ref().expect("the server was started")).expect("the server runs")
    }

    /// `kill -9` of the server and of nothing else.
    ///
    /// # Panics
    /// When it is not running.
    pub fn kill(&mut self) {
        assert!(signal(self.pid(), libc::SIGKILL), "the server runs");
        self.server.take().expect("the server was started").wait().expect("it ends");
    }

    /// The host that it runs on.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What the server printed so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("gantry.log")
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What `gantry env` exported.
    ///
    /// # Panics
    /// When the variable is not among it.
    pub fn variable(&self, name: &str) -> &str {
        self.environment.get(name).unwrap_or_else(|| panic!("gantry env exports {name}"))
    }

    /// A command on the product's host with the exported environment.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.host.command(program);
        command.envs(&self.environment).env("GANTRY_DATA_DIR", &self.data_dir);
        command
    }

    /// A fast client of the product.
    ///
    /// # Panics
    /// When the product's network namespace cannot be opened.
    pub fn client(&self) -> Client {
        let endpoint = Endpoint {
            address: self.variable("AWS_ENDPOINT_URL").trim_start_matches("http://").to_owned(),
            access_key_id: self.variable("AWS_ACCESS_KEY_ID").to_owned(),
            secret: self.variable("AWS_SECRET_ACCESS_KEY").to_owned(),
            region: self.variable("AWS_REGION").to_owned(),
        };
        Client::on(&self.host, endpoint).expect("the product's host is there")
    }

    fn gantry_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&self.binary);
        command.args(arguments);
        command
    }

    /// Runs `gantry …`.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub fn gantry(&self, arguments: &[&str]) -> Output {
        self.gantry_command(arguments).stdin(Stdio::null()).output().expect("gantry runs")
    }

    /// Runs `gantry …` that must succeed; answers what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn gantry_ok(&self, arguments: &[&str]) -> String {
        let output = self.gantry(arguments);
        assert!(output.status.success(), "gantry {arguments:?}: {output:?}\n{}", self.log());
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs `aws …` that must succeed; answers its JSON, null where it printed nothing.
    ///
    /// # Panics
    /// When it fails.
    pub fn aws(&self, arguments: &[&str]) -> Value {
        let output = self.aws_output(arguments);
        let (text, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "aws {arguments:?}: {errors}\n{}", self.log());
        if text.trim().is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("aws prints JSON")
        }
    }

    /// Runs `aws …` that must fail; answers its message.
    ///
    /// # Panics
    /// When it succeeds.
    pub fn aws_error(&self, arguments: &[&str]) -> String {
        let output = self.aws_output(arguments);
        assert!(!output.status.success(), "aws {arguments:?} was expected to fail: {output:?}");
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    }

    fn aws_output(&self, arguments: &[&str]) -> Output {
        let aws = workspace().join("target/venv/bin/aws");
        assert!(aws.exists(), "the aws command line is missing: tools/venv.sh installs it");
        self.command(aws).args(arguments).args(["--output", "json"]).output().expect("aws runs")
    }

    /// Runs a Python program against the product, with boto3 at hand; answers what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn python(&self, program: &str) -> String {
        let output = self.command(workspace().join("target/venv/bin/python")).args(["-c", program]).output();
        let output = output.expect("python runs");
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), self.log());
        String::from_utf8(output.stdout).expect("text")
    }

    /// The body of a page that is fetched from the product's host, when it answers.
    pub fn fetch(&self, url: &str) -> Option<String> {
        let output =
            self.host.command("curl").args(["-fsS", "--max-time", "5", url]).output().expect("curl runs");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("---- gantry's output\n{}", self.log());
        }
        if let Some(mut server) = self.server.take() {
            drop(server.kill());
            drop(server.wait());
        }
    }
}

/// Sends a signal to a process that the product started. False when it has ended meanwhile.
pub fn signal(pid: u32, signal: i32) -> bool {
    // SAFETY: kill takes two integers and touches no memory of ours.
    unsafe { libc::kill(pid as i32, signal) == 0 }
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of the workspace").to_owned()
}

/// The binary that `cargo build --package gantry` made.
///
/// # Panics
/// When it was not made.
pub fn debug_binary() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    let binary = target.join("debug/gantry");
    assert!(binary.exists(), "{} is missing: cargo build --package gantry", binary.display());
    binary
}
