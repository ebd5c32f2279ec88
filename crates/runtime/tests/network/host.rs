//! A host for one test: a fresh network namespace for the thread that the test runs on, gone when the thread ends.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::Command;
use std::thread;
use std::time::Duration;

use gantry_runtime::network::{Network, NetworkConfig, NetworkSpec, RoutedNetwork};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

/// Nothing here takes longer than milliseconds; the limit only turns a hang into a failure.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// Runs a test in a host of its own.
pub(crate) fn on_own_host(test: impl FnOnce() + Send) {
    in_thread(|| {
        // SAFETY: the flag affects this thread's network only, and the thread ends with the test.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET) }.expect("tests of the network need root");
        ip("link set lo up");
        test();
    });
}

/// Runs `work` inside a task's namespace.
pub(crate) fn inside<T: Send>(namespace: impl AsFd, work: impl FnOnce() -> T + Send) -> T {
    let namespace: BorrowedFd<'_> = namespace.as_fd();
    in_thread(move || {
        move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network)).unwrap();
        work()
    })
}

fn in_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let ended = thread::scope(|scope| scope.spawn(work).join());
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// `ip ARGUMENTS` on this thread's host; its output.
pub(crate) fn ip(arguments: &str) -> String {
    let output = Command::new("ip").args(arguments.split_whitespace()).output();
    let output = output.expect("`ip` is needed: apt-get install iproute2");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {arguments}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn open_network() -> RoutedNetwork {
    let range = "172.31.0.0/16".parse().unwrap();
    RoutedNetwork::open(NetworkConfig { installation: "test".into(), range }).unwrap()
}

/// A task called `task` whose address ends with `number`.
pub(crate) fn spec(task: &str, number: u8) -> NetworkSpec {
    NetworkSpec {
        task: task.into(),
        address: Ipv4Addr::new(172, 31, 16, number),
        mac: [0x0a, 0, 0, 0, 0, number],
        subnet: "172.31.16.0/20".parse().unwrap(),
    }
}

pub(crate) fn attach(network: &dyn Network, task: &str, number: u8) -> OwnedFd {
    network.attach(&spec(task, number), None).unwrap().namespace
}

/// Answers one connection with the address that it comes from.
pub(crate) fn answer_one(listener: TcpListener) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let (mut stream, peer) = listener.accept().unwrap();
        write!(stream, "{}", peer.ip()).unwrap();
    })
}

/// What the other side says; see [`answer_one`].
pub(crate) fn ask(address: SocketAddrV4) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address.into(), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The names of this host's links that belong to tasks.
pub(crate) fn task_links() -> Vec<String> {
    let links = ip("-o link");
    let names = links.lines().filter_map(|line| line.split(": ").nth(1));
    names.filter(|name| name.starts_with("gt")).map(str::to_owned).collect()
}
