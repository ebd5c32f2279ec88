//! No input makes a reader of a real shape panic.

use crate::kitchen;
use gantry_shapes::ecs;
use gantry_wire::{HttpRequest, Protocol};
use proptest::prelude::*;

fn post(body: &[u8]) -> HttpRequest<'_> {
    HttpRequest { method: "POST", path: "/", query: "", headers: &[], body }
}

/// A task definition with members of most kinds.
const DEFINITION: &str = r#"{"family":"web","cpu":"256","volumes":[{"name":"v","host":{}}],"containerDefinitions":
    [{"name":"a","cpu":1,"essential":true,"portMappings":[{"containerPort":80}],"dockerLabels":{"k":"v"},
    "environment":[{"name":"A","value":"\u00e9"}],"healthCheck":{"command":["CMD","x"],"interval":5}}]}"#;

proptest! {
    #[test]
    fn random_bytes(bytes: Vec<u8>, which: prop::sample::Index) {
        let operation = ecs::Operation::ALL[which.index(ecs::Operation::ALL.len())];
        let _ = ecs::Request::read(operation, Protocol::AwsJson11, &post(&bytes));
        let _ = kitchen::Request::read(kitchen::Operation::Cook, Protocol::AwsQuery, &post(&bytes));
    }

    /// Bytes of a good body replaced, left out or repeated.
    #[test]
    fn damaged_bodies(at: prop::sample::Index, until: prop::sample::Index, patch in "[\\[\\]{}\",:0-9a-z\\\\]{0,6}") {
        let (at, until) = (at.index(DEFINITION.len()), until.index(DEFINITION.len()));
        let body = format!("{}{patch}{}", &DEFINITION[..at], &DEFINITION[until..]);
        let _ = ecs::Request::read(ecs::Operation::RegisterTaskDefinition, Protocol::AwsJson11, &post(body.as_bytes()));
    }
}

#[test]
fn the_undamaged_body_is_read() {
    let read = ecs::Request::read(
        ecs::Operation::RegisterTaskDefinition,
        Protocol::AwsJson11,
        &post(DEFINITION.as_bytes()),
    );
    let Ok(ecs::Request::RegisterTaskDefinition(definition)) = read else { panic!("{read:?}") };
    let containers = definition.container_definitions.expect("they were sent");
    assert_eq!(containers[0].port_mappings.as_ref().expect("they were sent")[0].container_port, Some(80));
}
