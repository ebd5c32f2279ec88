//! The task metadata endpoint, version 4, inside a task's namespace.
//!
//! Takes in HTTP requests of the task's own containers. Gives out the documents of "Amazon ECS task metadata endpoint
//! version 4": container, task, and their stats. Does not know who asks: only the task can reach it.

mod container;
mod rate;
mod server;
mod stats;
mod task;

pub(crate) use server::Endpoint;

use crate::board::Board;
use gantry_engine::TaskSeen;
use gantry_model::TaskId;
use gantry_runtime::api::{ContainerId, Runtime};
use gantry_runtime::network::Network;
use rate::Rate;
use serde_json::{Value, json};
use stats::Samples;
use std::sync::Arc;

/// What the endpoint of one task answers from.
pub(crate) struct Metadata {
    task: TaskId,
    board: Arc<Board>,
    runtime: Arc<dyn Runtime>,
    network: Arc<dyn Network>,
    samples: Samples,
    rate: Rate,
}

/// An answer: status and JSON document.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    body: Value,
}

impl Metadata {
    pub(crate) fn new(
        task: TaskId,
        board: Arc<Board>,
        runtime: Arc<dyn Runtime>,
        network: Arc<dyn Network>,
    ) -> Self {
        Self { task, board, runtime, network, samples: Samples::default(), rate: Rate::new() }
    }

    /// `/v4/ID`, `/v4/ID/task`, `/v4/ID/stats` and `/v4/ID/task/stats`; blocks for as long as the kernel needs to count.
    fn answer(&self, path: &str) -> Answer {
        let Some(seen) = self.board.task(self.task) else { return not_found("unable to get the task") };
        let mut parts = path.trim_matches('/').split('/');
        let (version, id) = (parts.next(), parts.next().unwrap_or_default());
        let rest: Vec<&str> = parts.collect();
        let index = seen.assigned.containers.iter().position(|container| container.runtime_id == id);
        let (Some("v4"), Some(index)) = (version, index) else {
            return not_found("unable to get container metadata from request");
        };
        match rest.as_slice() {
            [] => ok(container::document(&seen, index)),
            ["task"] => ok(task::document(&seen)),
            ["stats"] => ok(self.stats(&seen, index)),
            ["task", "stats"] => ok(self.task_stats(&seen)),
            _ => not_found("no such document"),
        }
    }

    /// By container; `null` for those that do not run.
    fn task_stats(&self, seen: &TaskSeen) -> Value {
        let containers = seen.assigned.containers.iter().enumerate();
        containers.map(|(index, container)| (container.runtime_id.clone(), self.stats(seen, index))).collect()
    }

    fn stats(&self, seen: &TaskSeen, index: usize) -> Value {
        let container = &seen.assigned.containers[index];
        let Ok(id) = ContainerId::parse(&container.runtime_id) else { return Value::Null };
        let Ok(usage) = self.runtime.stats(&id) else { return Value::Null };
        let counters = self.network.counters(&self.task.to_string()).unwrap_or_default();
        self.samples.document(container, usage, counters)
    }
}

fn ok(body: Value) -> Answer {
    Answer { status: 200, body }
}

fn not_found(why: &str) -> Answer {
    Answer { status: 404, body: json!(format!("V4 metadata handler: {why}")) }
}
