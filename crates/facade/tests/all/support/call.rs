//! Calls: JSON in, JSON or a fault out.

use super::World;
use gantry_facade::{Fault, Plan, Respond, plan};
use gantry_orchestrator::command::{Command, Refusal, Reply};
use gantry_shapes::{Call, ecs};
use gantry_wire::codec::json;
use gantry_wire::{HttpRequest, Protocol};

/// A write that waits for its reply.
pub(crate) struct Commanded {
    pub(crate) command: Command,
    respond: Respond,
}

impl Commanded {
    /// The answer to a reply, as indented JSON.
    pub(crate) fn reply(self, world: &World, reply: Reply) -> String {
        let output = (self.respond)(&world.state, Ok(reply)).expect("the reply is one of this command");
        pretty(&json::to_string(&*output))
    }

    /// The fault of a refusal.
    pub(crate) fn refuse(self, world: &World, refusal: Refusal) -> Fault {
        (self.respond)(&world.state, Err(refusal)).expect_err("a refusal is a fault")
    }
}

/// Plans a call to ECS.
pub(crate) fn planned(world: &World, operation: &str, body: &str) -> Result<Plan, Fault> {
    let operation = ecs::Operation::named(operation).expect("ECS has the operation");
    let http = HttpRequest { method: "POST", path: "/", query: "", headers: &[], body: body.as_bytes() };
    let request = ecs::Request::read(operation, Protocol::AwsJson11, &http).expect("the body fits the shape");
    plan(&world.context(), Call::Ecs(request))
}

/// The answer of a read, as indented JSON.
pub(crate) fn answer(world: &World, operation: &str, body: &str) -> String {
    match planned(world, operation, body) {
        Ok(Plan::Answer(output)) => pretty(&json::to_string(&*output)),
        other => panic!("{operation} should have answered: {other:?}"),
    }
}

/// The command of a write.
pub(crate) fn command(world: &World, operation: &str, body: &str) -> Commanded {
    match planned(world, operation, body) {
        Ok(Plan::Command { command, respond }) => Commanded { command, respond },
        other => panic!("{operation} should have become a command: {other:?}"),
    }
}

/// The fault of a call that is refused before anything is asked of the orchestrator.
pub(crate) fn fault(world: &World, operation: &str, body: &str) -> Fault {
    planned(world, operation, body).expect_err("the call should have been refused")
}

/// JSON with one member per line, members in the order of their names.
pub(crate) fn pretty(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).expect("the writer writes JSON");
    serde_json::to_string_pretty(&value).expect("a JSON value can be written") + "\n"
}
