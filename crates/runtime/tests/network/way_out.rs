//! The packet filter: the way out of the range, and sources that are not a task's own.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::Command;

use gantry_runtime::network::Network;

use super::host::{LIMIT, answer_one, ask, attach, inside, ip, on_own_host, open_network};

const OUTSIDE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 80);

/// A second host beside this one, joined by a cable; it knows no way back into the range of tasks.
fn neighbour(network: &dyn Network) -> OwnedFd {
    let neighbour = network.namespace().unwrap();
    ip("link add cable type veth peer name far");
    let fd = neighbour.as_raw_fd();
    ip(&format!("link set far netns /proc/{}/fd/{fd}", std::process::id()));
    ip("address add 192.0.2.1/24 dev cable");
    ip("link set cable up");
    inside(&neighbour, || {
        ip("address add 192.0.2.2/24 dev far");
        ip("link set far up");
    });
    neighbour
}

#[test]
fn a_task_reaches_the_world_as_its_host() {
    on_own_host(|| {
        let network = open_network();
        let neighbour = neighbour(&network);
        let task = attach(&network, "web", 10);
        let server = answer_one(inside(&neighbour, || TcpListener::bind(OUTSIDE)).unwrap());
        assert_eq!(inside(&task, || ask(OUTSIDE)).unwrap(), "192.0.2.1");
        server.join().unwrap();
    });
}

#[test]
fn a_forged_source_goes_nowhere() {
    on_own_host(|| {
        let network = open_network();
        let (liar, victim) = (attach(&network, "liar", 10), attach(&network, "victim", 11));
        let target: SocketAddrV4 = "172.31.16.11:9".parse().unwrap();
        let receiver = inside(&victim, || UdpSocket::bind(target)).unwrap();
        receiver.set_read_timeout(Some(LIMIT)).unwrap();
        let send = |from: &str| UdpSocket::bind((from, 0)).unwrap().send_to(from.as_bytes(), target).unwrap();
        inside(&liar, || {
            ip("address add 172.31.16.77/32 dev lo");
            send("172.31.16.77");
            send("172.31.16.10");
        });
        let mut message = [0; 32];
        let (length, from) = receiver.recv_from(&mut message).unwrap();
        assert_eq!(&message[..length], b"172.31.16.10", "from {from}: the forged one would have come first");
    });
}

#[test]
fn the_metadata_of_the_hosts_cloud_is_out_of_reach() {
    on_own_host(|| {
        let network = open_network();
        let _neighbour = neighbour(&network);
        ip("route add 169.254.169.254/32 via 192.0.2.2");
        let task = attach(&network, "web", 10);
        let refused = inside(&task, || ask("169.254.169.254:80".parse().unwrap())).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NetworkUnreachable, "{refused}");
    });
}

#[test]
fn a_host_that_drops_what_it_does_not_know_lets_tasks_through() {
    on_own_host(|| {
        iptables("-P FORWARD DROP");
        let network = open_network();
        let neighbour = neighbour(&network);
        let (web, other) = (attach(&network, "web", 10), attach(&network, "other", 11));
        let server = answer_one(inside(&neighbour, || TcpListener::bind(OUTSIDE)).unwrap());
        assert_eq!(inside(&web, || ask(OUTSIDE)).unwrap(), "192.0.2.1");
        server.join().unwrap();
        let server = answer_one(network.listen(web.as_fd(), "172.31.16.10:80".parse().unwrap()).unwrap());
        assert_eq!(inside(&other, || ask("172.31.16.10:80".parse().unwrap())).unwrap(), "172.31.16.11");
        server.join().unwrap();
        drop(network);
        let network = open_network();
        assert_eq!(iptables("-S FORWARD").lines().count(), 3, "a restart adds nothing");
        network.tear_down().unwrap();
        assert_eq!(iptables("-S FORWARD").trim(), "-P FORWARD DROP");
    });
}

fn iptables(arguments: &str) -> String {
    let output = Command::new("iptables").args(arguments.split_whitespace()).output();
    let output = output.expect("`iptables` is needed: apt-get install iptables");
    assert!(output.status.success(), "iptables {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
