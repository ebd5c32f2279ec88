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

/// A process on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id on this machine.
    pub pid: u32,
    /// The process that made it, or that took it over.
    pub parent: u32,
    /// Its short name, such as `gantry-shim`.
    pub name: String,
    /// Its arguments, separated by spaces.
    pub arguments: String,
}

impl Process {
    /// The processes that it is the parent of.
    pub fn children(&self) -> Vec<Process> {
        children(self.pid).into_iter().filter_map(process).collect()
    }

    /// The cgroups that it is in, as the kernel writes them.
    pub fn cgroups(&self) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/cgroup", self.pid)).ok()
    }
}

impl Host {
    /// Every process on the host, in containers too, as far as it is not over.
    pub fn processes(&self) -> Vec<Process> {
        let mut found = Vec::new();
        let mut ancestors = vec![self.init_pid];
        while let Some(pid) = ancestors.pop() {
            let children = children(pid);
            found.extend(children.iter().filter_map(|child| process(*child)));
            ancestors.extend(children);
        }
        // What is entered by nsenter hangs below this process and not below the host's first one.
        found.extend(entered(self.init_pid));
        found.sort_by_key(|process| process.pid);
        found.dedup();
        found
    }
}

/// Processes of the same process namespace that have their parents outside it, with all their descendants.
fn entered(init_pid: u32) -> Vec<Process> {
    let namespace = |pid: u32| std::fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let own = namespace(init_pid);
    let pids = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found = Vec::new();
    let mut stack: Vec<u32> = pids.filter(|pid| namespace(*pid) == own && own.is_some()).collect();
    while let Some(pid) = stack.pop() {
        found.extend(process(pid));
        stack.extend(children(pid));
    }
    found
}

fn process(pid: u32) -> Option<Process> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    if status.contains("State:\tZ") {
        return None;
    }
    let name = status.lines().next()?.strip_prefix("Name:\t")?.to_owned();
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let arguments = String::from_utf8_lossy(&arguments).replace('\0', " ").trim().to_owned();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
    Some(Process { pid, parent, name, arguments })
}

fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.unshare.kill());
        drop(self.unshare.wait());
    }
}

fn only_child(pid: u32) -> Option<u32> {
    children(pid).first().copied()
}
