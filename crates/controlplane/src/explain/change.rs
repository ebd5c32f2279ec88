//! One change of a record in sentences, seen against the record as it was before.

use super::exit;
use gantry_model::change::Change;
use gantry_model::record::task::ContainerObserved;
use gantry_model::record::{Cluster, Node, NodeStatus, Record, RecordKey, Task, TaskDefinition};
use gantry_model::status::{ContainerStatus, DesiredStatus, TaskDefinitionStatus};

/// What the change did. Nothing for rows that people do not look for.
pub(super) fn sentences(before: Option<&Record>, change: &Change) -> Vec<String> {
    match change {
        Change::Put(record) => put(before, record),
        Change::Delete(key) => deleted(key).into_iter().collect(),
    }
}

fn put(before: Option<&Record>, record: &Record) -> Vec<String> {
    match record {
        Record::Task(task) => self::task(before.and_then(as_task), task),
        Record::Cluster(after) => vec![cluster(before, after)],
        Record::TaskDefinition(after) => vec![definition(before, after)],
        Record::Node(after) => vec![node(before, after)],
        Record::Installation(_) => vec!["the installation was made".to_owned()],
        Record::Vpc(vpc) => vec![format!("VPC {} ({}) was made", vpc.id, vpc.cidr)],
        Record::Family(_) | Record::Subnet(_) | Record::SecurityGroup(_) | Record::IdempotencyToken(_) => {
            vec![]
        }
    }
}

fn deleted(key: &RecordKey) -> Option<String> {
    match key {
        RecordKey::Task(id) => Some(format!("task {id} left the state; its history stays")),
        RecordKey::Cluster(key) => Some(format!("cluster {} is forgotten", key.name)),
        RecordKey::TaskDefinition(key) => {
            Some(format!("task definition {}:{} is forgotten", key.family, key.revision))
        }
        RecordKey::Node(id) => Some(format!("node {id} is forgotten")),
        RecordKey::Installation(())
        | RecordKey::Family(_)
        | RecordKey::Vpc(_)
        | RecordKey::Subnet(_)
        | RecordKey::SecurityGroup(_)
        | RecordKey::IdempotencyToken(_) => None,
    }
}

fn as_task(record: &Record) -> Option<&Task> {
    if let Record::Task(task) = record { Some(task) } else { None }
}

/// What happened to a task, the most important first.
fn task(before: Option<&Task>, after: &Task) -> Vec<String> {
    let name = task_name(after);
    let Some(before) = before else { return vec![first_seen(&name, after)] };
    let mut found = Vec::new();
    if before.desired.status != after.desired.status && after.desired.status == DesiredStatus::Stopped {
        let code = after.desired.stop_code.map(|code| format!(" ({code})")).unwrap_or_default();
        let reason = after.desired.stopped_reason.as_deref().unwrap_or("no reason was given");
        found.push(format!("task {name} is to stop{code}: {reason}"));
    }
    let containers =
        before.observed.containers.iter().zip(&after.observed.containers).zip(&after.spec.containers);
    found.extend(containers.filter_map(|((was, is), identity)| container(&identity.name, was, is)));
    if before.observed.status != after.observed.status {
        found.push(format!("task {name}: {} → {}", before.observed.status, after.observed.status));
    }
    if !before.observed.released && after.observed.released {
        found.push(format!("task {name}: its node holds nothing of it any more"));
    }
    if before.tags != after.tags && before.desired.status == after.desired.status {
        found.push(format!("task {name}: its tags changed"));
    }
    found
}

/// A task's first row, or the first that is known here.
fn first_seen(name: &str, task: &Task) -> String {
    let definition = &task.spec.definition;
    let address = task.spec.eni.as_ref().map(|eni| format!(", address {}", eni.address)).unwrap_or_default();
    if task.version <= 1 {
        let (family, revision, cluster) = (&definition.family, definition.revision, &task.spec.cluster.name);
        return format!("task {name} was made from {family}:{revision} in cluster {cluster}{address}");
    }
    let ends = task.observed.containers.iter().zip(&task.spec.containers);
    let ends =
        ends.filter_map(|(seen, identity)| ended(seen).map(|end| format!(", {} {end}", identity.name)));
    format!("task {name} is {}{}", task.observed.status, ends.collect::<String>())
}

fn container(name: &str, was: &ContainerObserved, is: &ContainerObserved) -> Option<String> {
    if was.status == is.status && was.exit_code == is.exit_code && was.reason == is.reason {
        return None;
    }
    match is.status {
        ContainerStatus::Stopped => Some(format!("container {name} {}", ended(is).unwrap_or_default())),
        ContainerStatus::Pending | ContainerStatus::Running => {
            Some(format!("container {name}: {}", is.status))
        }
    }
}

/// How a container ended: `stopped with exit code 1`, with its first error where there is one.
pub(super) fn ended(seen: &ContainerObserved) -> Option<String> {
    if seen.status != ContainerStatus::Stopped {
        return None;
    }
    let how = match seen.exit_code {
        Some(code) => format!("stopped with {}", exit::in_words(code)),
        None => "stopped without having run".to_owned(),
    };
    Some(seen.reason.as_ref().map_or(how.clone(), |reason| format!("{how}: {reason}")))
}

fn cluster(before: Option<&Record>, after: &Cluster) -> String {
    let name = &after.key.name;
    match before {
        None if after.deleted_at.is_none() => format!("cluster {name} was made"),
        Some(_) | None if after.deleted_at.is_some() => format!("cluster {name} was deleted"),
        Some(_) | None => format!("cluster {name} was changed"),
    }
}

fn definition(before: Option<&Record>, after: &TaskDefinition) -> String {
    let name = format!("{}:{}", after.key.family, after.key.revision);
    match (after.status, before) {
        (TaskDefinitionStatus::Active, None) => format!("task definition {name} was registered"),
        (TaskDefinitionStatus::Active, Some(_)) => format!("task definition {name} was changed"),
        (TaskDefinitionStatus::Inactive, _) => format!("task definition {name} was deregistered"),
        (TaskDefinitionStatus::DeleteInProgress, _) => format!("task definition {name} is being deleted"),
    }
}

fn node(before: Option<&Record>, after: &Node) -> String {
    let name = &after.name;
    match (after.status, before) {
        (NodeStatus::Lost, _) => format!("node {name} was lost"),
        (NodeStatus::Active, None) if after.session <= 1 => format!("node {name} joined for the first time"),
        (NodeStatus::Active, Some(_) | None) => format!("node {name} began session {}", after.session),
    }
}

/// `family/id`, with as many digits of the id as sentences need to tell tasks apart.
pub(crate) fn task_name(task: &Task) -> String {
    const DIGITS: usize = 8;
    format!("{}/{}", task.spec.definition.family, &task.id.to_string()[..DIGITS])
}
