//! The texts of a task's /etc/hosts and /etc/resolv.conf. Pure but for [`resolv_conf_of_host`], which reads the
//! host's own.

use std::fmt::Write;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};

/// Where a host says which name servers it asks, best first: the usual place, and the place where systemd-resolved
/// lists the real servers when the usual one names only its own stub on the loopback.
const HOST_FILES: [&str; 2] = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/// The /etc/resolv.conf of tasks on this host. A host without these files gives a text without servers.
pub fn resolv_conf_of_host() -> String {
    let texts: Vec<String> = HOST_FILES.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    resolv_conf(texts.iter().map(String::as_str))
}

/// The /etc/resolv.conf of a task: that of the first of `hosts` which names a server that a task can reach, without
/// the servers that it cannot (those on the host's loopback, and IPv6). Search lists and options stay.
pub fn resolv_conf<'a>(hosts: impl IntoIterator<Item = &'a str>) -> String {
    let reachable = hosts.into_iter().find(|text| text.lines().any(names_reachable_server));
    let Some(text) = reachable else {
        return "# This host names no server that a task can reach.\n".to_owned();
    };
    let kept = text.lines().filter(|line| is_setting(line) || names_reachable_server(line));
    kept.map(|line| line.trim().to_owned() + "\n").collect()
}

/// The /etc/hosts of a task: its own names point to its address, `localhost` to itself.
pub fn hosts_file(host_name: &str, address: Ipv4Addr) -> String {
    let mut text = String::from("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
    let short = host_name.split('.').next().filter(|short| *short != host_name);
    let short = short.map(|short| format!(" {short}")).unwrap_or_default();
    writeln!(text, "{address} {host_name}{short}").expect("a string takes every text");
    text
}

fn is_setting(line: &str) -> bool {
    matches!(line.split_whitespace().next(), Some("search" | "domain" | "options"))
}

fn names_reachable_server(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let server = (words.next() == Some("nameserver")).then(|| words.next()).flatten();
    matches!(server.map(str::parse), Some(Ok(IpAddr::V4(server))) if !server.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_on_the_loopback_are_left_out() {
        let host = "# made by a tool\nnameserver 127.0.0.1\nnameserver 10.0.0.2\n  search corp.example\noptions ndots:2\n";
        assert_eq!(resolv_conf([host]), "nameserver 10.0.0.2\nsearch corp.example\noptions ndots:2\n");
    }

    #[test]
    fn a_stub_resolver_gives_way_to_the_real_servers() {
        let stub = "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n";
        let real = "nameserver 192.168.1.1\nnameserver fe80::1\nsearch lan\n";
        assert_eq!(resolv_conf([stub, real]), "nameserver 192.168.1.1\nsearch lan\n");
    }

    #[test]
    fn no_server_is_said_so() {
        assert_eq!(resolv_conf(["nameserver ::1\n"]), resolv_conf([]));
        assert!(resolv_conf([]).starts_with('#'));
    }

    #[test]
    fn hosts_name_the_task() {
        let text = hosts_file("ip-172-31-0-5.ec2.internal", Ipv4Addr::new(172, 31, 0, 5));
        assert_eq!(text.lines().last(), Some("172.31.0.5 ip-172-31-0-5.ec2.internal ip-172-31-0-5"));
        assert!(text.starts_with("127.0.0.1 localhost\n"));
        assert!(hosts_file("web", Ipv4Addr::new(10, 0, 0, 9)).ends_with("10.0.0.9 web\n"));
    }
}
