//! The task document.

use super::container;
use crate::clock::rfc3339;
use gantry_engine::TaskSeen;
use serde_json::{Map, Value, json};

/// CPU units of one vCPU.
const CPU_UNITS: f64 = 1024.0;

/// What `/v4/ID/task` answers. Members that have no value are absent, as in AWS's documents.
pub(super) fn document(seen: &TaskSeen) -> Value {
    let task = &seen.assigned;
    let mut document = Map::new();
    let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
    put("Cluster", json!(task.cluster_arn));
    put("TaskARN", json!(task.arn));
    put("Family", json!(task.family));
    put("Revision", json!(task.revision.to_string()));
    put("DesiredStatus", json!(seen.desired));
    put("KnownStatus", json!(seen.status));
    put("Limits", limits(seen));
    seen.pull_started_at.map(|at| put("PullStartedAt", json!(rfc3339(at))));
    seen.pull_stopped_at.map(|at| put("PullStoppedAt", json!(rfc3339(at))));
    seen.execution_stopped_at.map(|at| put("ExecutionStoppedAt", json!(rfc3339(at))));
    put("AvailabilityZone", json!(task.zone));
    put("LaunchType", json!(task.launch_type));
    put("VPCID", json!(task.network.vpc));
    put("FaultInjectionEnabled", json!(false));
    put("Containers", (0..task.containers.len()).map(|index| container::document(seen, index)).collect());
    Value::Object(document)
}

/// CPU in vCPUs, memory in MiB.
fn limits(seen: &TaskSeen) -> Value {
    let mut limits = Map::new();
    if let Some(units) = seen.assigned.cpu_units {
        limits.insert("CPU".to_owned(), json!(f64::from(units) / CPU_UNITS));
    }
    if let Some(memory) = seen.assigned.memory_mib {
        limits.insert("Memory".to_owned(), json!(memory));
    }
    Value::Object(limits)
}
