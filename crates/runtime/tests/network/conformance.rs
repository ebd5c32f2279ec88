//! What every implementation of [`Network`] does; the fake one stands for the real one only as far as this goes.

use std::os::fd::AsFd;

use gantry_runtime::network::{AttachError, CountersError, FakeNetwork, Network};

use super::host::{attach, on_own_host, open_network, spec};

fn conforms(network: &dyn Network) {
    let namespace = attach(network, "a", 10);
    let clash = network.attach(&spec("b", 10), None);
    assert!(matches!(clash, Err(AttachError::AddressInUse { .. })), "{clash:?}");
    network.detach("b").unwrap();
    network.attach(&spec("a", 10), Some(namespace.try_clone().unwrap())).unwrap();
    attach(network, "b", 11);
    network.counters("a").unwrap();
    assert!(matches!(network.counters("c"), Err(CountersError::NotAttached(_))));
    network.listen(namespace.as_fd(), "127.0.0.1:8080".parse().unwrap()).unwrap();
    assert_eq!(network.sweep(&["a".to_owned()].into()).unwrap(), 1);
    network.detach("a").unwrap();
    network.detach("a").unwrap();
    assert!(network.counters("a").is_err());
    attach(network, "c", 10);
    network.detach("c").unwrap();
    network.namespace().unwrap();
}

#[test]
fn the_kernels_network_conforms() {
    on_own_host(|| conforms(&open_network()));
}

#[test]
fn the_fake_network_conforms() {
    let network = FakeNetwork::new();
    conforms(&network);
    assert!(network.attached().is_empty());
}
