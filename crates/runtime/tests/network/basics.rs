//! Who reaches whom.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsFd;
use std::thread;

use gantry_runtime::network::{
    AttachError, ClaimError, Network, NetworkConfig, OpenError, RoutedNetwork, TASK_METADATA_ADDRESS, claim,
};

use super::host::{answer_one, ask, attach, inside, ip, on_own_host, open_network, spec, task_links};

const WEB: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(172, 31, 16, 10), 8080);

#[test]
fn tasks_and_host_reach_each_other() {
    on_own_host(|| {
        let network = open_network();
        let (web, other) = (attach(&network, "web", 10), attach(&network, "other", 11));
        let server = answer_one(network.listen(web.as_fd(), WEB).unwrap());
        assert_eq!(inside(&other, || ask(WEB)).unwrap(), "172.31.16.11");
        server.join().unwrap();
        let server = answer_one(network.listen(web.as_fd(), WEB).unwrap());
        assert_eq!(ask(WEB).unwrap(), "172.31.16.1", "the host speaks as the router of the subnet");
        server.join().unwrap();
    });
}

#[test]
fn each_task_has_a_metadata_endpoint_of_its_own() {
    on_own_host(|| {
        let network = open_network();
        let endpoint = SocketAddrV4::new(TASK_METADATA_ADDRESS, 80);
        let tasks = [attach(&network, "a", 10), attach(&network, "b", 11)];
        let servers =
            tasks.each_ref().map(|task| answer_one(network.listen(task.as_fd(), endpoint).unwrap()));
        for task in &tasks {
            assert_eq!(inside(task, || ask(endpoint)).unwrap(), "169.254.170.2");
        }
        servers.into_iter().for_each(|server| server.join().unwrap());
    });
}

#[test]
fn a_task_answers_on_its_own_address_and_on_its_loopback() {
    on_own_host(|| {
        let network = open_network();
        let task = attach(&network, "web", 10);
        for address in [Ipv4Addr::LOCALHOST, *WEB.ip()] {
            let server = answer_one(network.listen(task.as_fd(), SocketAddrV4::new(address, 8080)).unwrap());
            assert_eq!(inside(&task, || ask(SocketAddrV4::new(address, 8080))).unwrap(), address.to_string());
            server.join().unwrap();
        }
    });
}

#[test]
fn an_address_without_a_task_is_refused_at_once() {
    on_own_host(|| {
        let network = open_network();
        let task = attach(&network, "web", 10);
        let nobody = SocketAddrV4::new(Ipv4Addr::new(172, 31, 99, 99), 80);
        for error in [inside(&task, || ask(nobody)).unwrap_err(), ask(nobody).unwrap_err()] {
            assert!(
                matches!(error.kind(), ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable),
                "{error}"
            );
        }
    });
}

#[test]
fn the_links_carry_the_addresses_that_were_chosen() {
    on_own_host(|| {
        let network = open_network();
        let task = attach(&network, "web", 10);
        let eth0 = inside(&task, || ip("address show dev eth0"));
        assert!(eth0.contains("0a:00:00:00:00:0a") && eth0.contains("inet 172.31.16.10/32"), "{eth0}");
        assert!(!eth0.contains("inet6"), "{eth0}");
        let route = inside(&task, || ip("route"));
        assert_eq!(route.trim(), "default via 172.31.16.1 dev eth0 onlink");
        assert!(ip("link").contains("alias gantry test task web"));
    });
}

#[test]
fn counters_are_the_tasks_own() {
    on_own_host(|| {
        let network = open_network();
        let (web, other) = (attach(&network, "web", 10), attach(&network, "other", 11));
        assert_eq!(network.counters("web").unwrap().tx_bytes, 0, "an idle link is silent");
        let server = answer_one(network.listen(web.as_fd(), WEB).unwrap());
        inside(&other, || ask(WEB)).unwrap();
        server.join().unwrap();
        let (asked, asking) = (network.counters("web").unwrap(), network.counters("other").unwrap());
        assert!(asked.rx_packets >= 3 && asked.tx_bytes > 100, "{asked:?}");
        assert!(asking.tx_packets >= 3 && asking.rx_bytes > 100, "{asking:?}");
    });
}

#[test]
fn an_address_belongs_to_one_task_until_it_is_detached() {
    on_own_host(|| {
        let network = open_network();
        let first = attach(&network, "first", 10);
        let second = network.attach(&spec("second", 10), None);
        assert!(matches!(second, Err(AttachError::AddressInUse { .. })), "{second:?}");
        network.detach("first").unwrap();
        drop(first);
        let second = attach(&network, "second", 10);
        let server = answer_one(network.listen(second.as_fd(), WEB).unwrap());
        assert_eq!(ask(WEB).unwrap(), "172.31.16.1");
        server.join().unwrap();
    });
}

#[test]
fn fifty_tasks_come_and_go_side_by_side() {
    on_own_host(|| {
        let network = open_network();
        let started = std::time::Instant::now();
        thread::scope(|scope| {
            for worker in 0..5 {
                let network = &network;
                scope.spawn(move || (0..10).for_each(|n| come_and_go(network, worker * 10 + n)));
            }
        });
        println!("50 tasks attached and detached in {:?}", started.elapsed());
        assert_eq!(task_links(), Vec::<String>::new());
    });
}

fn come_and_go(network: &RoutedNetwork, number: u8) {
    let task = format!("task-{number}");
    let namespace = attach(network, &task, number + 10);
    assert!(network.counters(&task).is_ok());
    drop(namespace);
    network.detach(&task).unwrap();
}

#[test]
fn a_second_installation_is_refused_with_the_holder() {
    on_own_host(|| {
        let network = open_network();
        let Err(ClaimError::Taken { pid }) = claim() else { panic!("the namespace was claimed twice") };
        assert_eq!(pid, std::process::id() as i32);
        drop(network);
        claim().unwrap();
    });
}

#[test]
fn a_range_that_the_host_routes_is_refused_with_the_route() {
    on_own_host(|| {
        ip("link add x0 type veth peer name x1");
        ip("address add 172.31.5.1/24 dev x0");
        ip("link set x0 up");
        let range = "172.31.0.0/16".parse().unwrap();
        let refused = RoutedNetwork::open(NetworkConfig { installation: "test".into(), range }).unwrap_err();
        let OpenError::Range(refused) = refused else { panic!("{refused}") };
        assert_eq!(
            refused.to_string(),
            "this host already routes a part of 172.31.0.0/16: `172.31.5.0/24 dev x0`"
        );
        let range = "10.77.0.0/16".parse().unwrap();
        RoutedNetwork::open(NetworkConfig { installation: "test".into(), range }).unwrap();
    });
}
