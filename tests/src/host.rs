//! A host on this machine: network, process and mount namespaces that live as long as a process that holds them. When it is
//! dropped the kernel ends every process on it, shims and containers too, whatever state the test left them in.

use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};

/// A host with a loopback interface and nothing else.
#[derive(Debug)]
pub struct Host {
    unshare: Child,
    init_pid: u32,
}

impl Host {
    /// Makes one.
    ///
    /// # Errors
    /// When `unshare` is missing or refused.
    pub fn new() -> Result<Self> {
        let script = "ip link set lo up && echo up && exec sleep infinity";
        let mut unshare = Command::new("unshare")
            .args(["--net", "--pid", "--mount-proc", "--fork", "--kill-child", "sh", "-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run unshare")?;
        let mut line = String::new();
        BufReader::new(unshare.stdout.take().context("its output is piped")?).read_line(&mut line)?;
        ensure!(line.trim() == "up", "namespaces cannot be made: root is needed, and the package iproute2");
        let init_pid = only_child(unshare.id()).context("unshare has one child")?;
        Ok(Self { unshare, init_pid })
    }

    /// A command that runs on this host. What is spawned is `nsenter`, whose one child is the program.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--target={}", self.init_pid)).args(["--net", "--pid", "--mount"]);
        command.arg(program);
        command
    }

    /// The host's network namespace.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn network(&self) -> Result<File> {
        File::open(format!("/proc/{}/ns/net", self.init_pid)).context("cannot open the network namespace")
    }

    /// Connects from within a network namespace: a thread enters it, connects and ends; the socket stays there.
    ///
    /// # Errors
    /// When nobody listens.
    ///
    /// # Panics
    /// Never: the thread itself does not panic.
    pub fn connect(network: &File, address: &str) -> Result<TcpStream> {
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| -> Result<TcpStream> {
                // SAFETY: the descriptor is open; only this thread, which ends at once, changes its namespace.
                let entered = unsafe { libc::setns(network.as_raw_fd(), libc::CLONE_NEWNET) };
                ensure!(entered == 0, "cannot enter the network namespace");
                Ok(TcpStream::connect(address)?)
            });
            inside.join().expect("connecting does not panic")
        })
    }

    /// The process id, on this machine, of the program behind a spawned [`Self::command`].
    pub fn pid_of(&self, spawned: &Child) -> Option<u32> {
        only_child(spawned.id())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.unshare.kill());
        drop(self.unshare.wait());
    }
}

fn only_child(pid: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}
