//! Whatever a client sends: an answer, a command or a fault, and never a panic.

use crate::support::{World, cluster};
use gantry_facade::{Plan, plan};
use gantry_orchestrator::command::Refusal;
use gantry_shapes::{Call, ecs};
use gantry_wire::{HttpRequest, Protocol};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Texts that mean something somewhere, or nearly.
const TEXTS: [&str; 28] = [
    "",
    "demo",
    "default",
    "hello",
    "hello:1",
    "hello:0",
    ":",
    "/",
    "a b",
    "naïve",
    "web",
    "FARGATE",
    "EC2",
    "TAGS",
    "1 vCPU",
    "256",
    "-1",
    "0.5 GB",
    "99999999999999999999",
    "11111111111111111111111111111111",
    "aws:x",
    "MTp4",
    "arn:",
    "arn:::::",
    "arn:aws:ecs:us-east-1:123456789012:cluster/demo",
    "arn:aws:ecs:us-east-1:123456789012:task/demo/",
    "arn:aws:ecs:us-east-1:123456789012:task-definition/hello:1",
    "arn:aws:ecs:us-east-1:123456789012:",
];

/// Members of nested structures.
const MEMBERS: [&str; 24] = [
    "name",
    "value",
    "key",
    "type",
    "image",
    "command",
    "environment",
    "cpu",
    "memory",
    "memoryReservation",
    "essential",
    "portMappings",
    "containerPort",
    "hostPort",
    "protocol",
    "sizeInGiB",
    "subnets",
    "securityGroups",
    "assignPublicIp",
    "awsvpcConfiguration",
    "containerOverrides",
    "capacityProvider",
    "weight",
    "logConfiguration",
];

/// A stream of choices from a seed.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 4 } else { 8 }) {
            0 => json!(TEXTS[self.below(TEXTS.len())]),
            1 => json!(
                [i64::from(i32::MIN), -1, 0, 1, 10, 100, 101, 8080, 65536, i64::from(i32::MAX)]
                    [self.below(10)]
            ),
            2 => json!(self.below(2) == 0),
            3 => json!("x".repeat(self.below(300))),
            4 | 5 => Value::Array((0..self.below(4)).map(|_| self.value(depth - 1)).collect()),
            _ => {
                let members = (0..self.below(6))
                    .map(|_| (MEMBERS[self.below(MEMBERS.len())].to_owned(), self.value(depth - 1)));
                Value::Object(members.collect())
            }
        }
    }
}

/// A value that the shape takes for this member, where one is found soon.
fn fitting(choices: &mut Choices, operation: ecs::Operation, member: &str) -> Option<Value> {
    (0..12).map(|_| choices.value(3)).find(|value| read(operation, &json!({ member: value })).is_some())
}

fn read(operation: ecs::Operation, body: &Value) -> Option<ecs::Request> {
    let body = body.to_string();
    let http = HttpRequest { method: "POST", path: "/", query: "", headers: &[], body: body.as_bytes() };
    ecs::Request::read(operation, Protocol::AwsJson11, &http).ok()
}

fn random_request(choices: &mut Choices, operation: ecs::Operation) -> ecs::Request {
    let input = operation.empty_input();
    let mut body = Map::new();
    for member in input.schema().members {
        if choices.below(3) > 0
            && let Some(value) = fitting(choices, operation, member.name)
        {
            body.insert(member.name.to_owned(), value);
        }
    }
    read(operation, &Value::Object(body)).expect("every member fits by itself")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_survives_every_request(seed: u64) {
        let world = World::demo().with(cluster("default"));
        let mut choices = Choices(seed);
        for operation in ecs::Operation::ALL {
            let request = random_request(&mut choices, *operation);
            if let Ok(Plan::Command { respond, .. }) = plan(&world.context(), Call::Ecs(request)) {
                prop_assert!(respond(&world.state, Err(Refusal::Overloaded)).is_err());
            }
        }
    }
}
