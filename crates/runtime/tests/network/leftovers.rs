//! Restarts and what they find.

use std::collections::BTreeSet;
use std::os::fd::AsFd;

use gantry_runtime::network::Network;

use super::host::{answer_one, ask, attach, inside, ip, on_own_host, open_network, spec, task_links};

#[test]
fn attaching_again_changes_nothing() {
    on_own_host(|| {
        let network = open_network();
        let namespace = attach(&network, "web", 10);
        let before = indexed_links();
        let again = network.attach(&spec("web", 10), Some(namespace.try_clone().unwrap())).unwrap();
        assert_eq!(indexed_links(), before);
        assert_eq!(inside(&again.namespace, || ip("route")), inside(&namespace, || ip("route")));
    });
}

/// Links by number and name; their state follows a moment later.
fn indexed_links() -> Vec<String> {
    ip("-o link").lines().filter_map(|line| line.split(": <").next()).map(str::to_owned).collect()
}

#[test]
fn what_is_missing_is_made_anew() {
    on_own_host(|| {
        let network = open_network();
        let namespace = attach(&network, "web", 10);
        network.detach("web").unwrap();
        let again = network.attach(&spec("web", 10), Some(namespace)).unwrap().namespace;
        let address = "172.31.16.10:80".parse().unwrap();
        let server = answer_one(network.listen(again.as_fd(), address).unwrap());
        assert_eq!(ask(address).unwrap(), "172.31.16.1");
        server.join().unwrap();
    });
}

#[test]
fn a_link_of_a_dead_namespace_is_replaced() {
    on_own_host(|| {
        let network = open_network();
        let old = attach(&network, "web", 10);
        let new = attach(&network, "web", 10);
        assert!(!inside(&old, || ip("-o link")).contains("eth0"));
        assert!(inside(&new, || ip("-o link")).contains("eth0"));
    });
}

#[test]
fn a_prepared_namespace_becomes_a_tasks() {
    on_own_host(|| {
        let network = open_network();
        let prepared = network.namespace().unwrap();
        assert!(inside(&prepared, || ip("link show lo")).contains("UP"));
        let task = network.attach(&spec("web", 10), Some(prepared)).unwrap().namespace;
        assert!(inside(&task, || ip("address")).contains("172.31.16.10/32"));
    });
}

#[test]
fn unprivileged_processes_may_use_low_ports() {
    on_own_host(|| {
        let network = open_network();
        let task = attach(&network, "web", 10);
        let read = || std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
        assert_eq!(inside(&task, read).trim(), "0");
    });
}

#[test]
fn a_restart_keeps_known_tasks_and_sweeps_the_rest() {
    on_own_host(|| {
        let network = open_network();
        let namespaces: Vec<_> =
            (10..20).map(|number| attach(&network, &format!("task-{number}"), number)).collect();
        drop(network);
        let network = open_network();
        let known: BTreeSet<String> = ["task-12".to_owned(), "task-15".to_owned()].into();
        assert_eq!(network.sweep(&known).unwrap(), 8);
        assert_eq!(task_links().len(), 2);
        assert_eq!(network.sweep(&known).unwrap(), 0);
        assert!(inside(&namespaces[2], || ip("-o link")).contains("eth0"));
        assert!(!inside(&namespaces[3], || ip("-o link")).contains("eth0"));
    });
}

#[test]
fn a_sweep_leaves_other_peoples_links_alone() {
    on_own_host(|| {
        let network = open_network();
        ip("link add gtother type veth peer name x1");
        assert_eq!(network.sweep(&BTreeSet::new()).unwrap(), 0);
        assert_eq!(task_links().len(), 1);
    });
}

#[test]
fn tearing_down_leaves_the_host_as_it_was() {
    on_own_host(|| {
        let before = (indexed_links(), ip("-o address"), ip("route show table all"));
        let network = open_network();
        let namespace = attach(&network, "web", 10);
        network.tear_down().unwrap();
        drop(namespace);
        assert_eq!((indexed_links(), ip("-o address"), ip("route show table all")), before);
        let tables = std::process::Command::new("nft").args(["list", "tables"]).output();
        assert_eq!(String::from_utf8(tables.unwrap().stdout).unwrap(), "");
    });
}
