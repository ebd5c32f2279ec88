//! Names as people type them → resources: an ARN, `family/1a2b`, a family, a cluster, a node, or any unique prefix. Pure.

use super::{CONFLICT, NOT_FOUND};
use gantry_model::record::{ClusterKey, FamilyKey, RecordKey, Task, TaskDefinitionKey};
use gantry_model::{AccountRegion, Arn, NodeId, TaskId};
use gantry_orchestrator::state::State;
use gantry_wire::Fault;
use std::sync::Arc;

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Task(TaskId),
    Family(FamilyKey),
    Definition(TaskDefinitionKey),
    Cluster(ClusterKey),
    Node(NodeId),
}

impl Resource {
    pub(super) fn record_key(&self) -> RecordKey {
        match self.clone() {
            Self::Task(id) => RecordKey::Task(id),
            Self::Family(key) => RecordKey::Family(key),
            Self::Definition(key) => RecordKey::TaskDefinition(key),
            Self::Cluster(key) => RecordKey::Cluster(key),
            Self::Node(id) => RecordKey::Node(id),
        }
    }

    /// Its tasks, oldest first.
    pub(super) fn tasks(&self, state: &State) -> Vec<Arc<Task>> {
        let is_of = |task: &&Arc<Task>| match self {
            Self::Task(id) => task.id == *id,
            Self::Family(key) => {
                task.spec.definition.family == key.family && task.spec.definition.scope == key.scope
            }
            Self::Definition(key) => task.spec.definition == *key,
            Self::Cluster(key) => task.spec.cluster == *key,
            Self::Node(id) => task.spec.node == *id,
        };
        let mut tasks: Vec<Arc<Task>> = state.tasks().filter(is_of).cloned().collect();
        tasks.sort_by_key(|task| (task.spec.created_at, task.id));
        tasks
    }

    fn in_words(&self) -> String {
        match self {
            Self::Task(id) => format!("task {id}"),
            Self::Family(key) => format!("family {}", key.family),
            Self::Definition(key) => format!("task definition {}:{}", key.family, key.revision),
            Self::Cluster(key) => format!("cluster {}", key.name),
            Self::Node(id) => format!("node {id}"),
        }
    }
}

/// What a word means in a scope. A full task id means that task even when it has left the state: its history stays.
pub(super) fn resolve(state: &State, scope: &AccountRegion, word: &str) -> Result<Resource, Fault> {
    if let Some(found) = exact(state, scope, word) {
        return Ok(found);
    }
    let mut found = by_prefix(state, scope, word);
    found.sort_unstable();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Fault::new(NOT_FOUND, format!("Nothing is called '{word}'."))),
        several => Err(ambiguous(word, several)),
    }
}

fn ambiguous(word: &str, several: &[Resource]) -> Fault {
    const SHOWN: usize = 5;
    let shown: Vec<String> = several.iter().take(SHOWN).map(Resource::in_words).collect();
    let more = if several.len() > SHOWN { ", …" } else { "" };
    Fault::new(CONFLICT, format!("'{word}' can mean {}{more}.", shown.join(", ")))
}

fn exact(state: &State, scope: &AccountRegion, word: &str) -> Option<Resource> {
    if let Some(arn) = Arn::parse(word) {
        return by_arn(&arn);
    }
    if let Ok(id) = word.parse() {
        return Some(Resource::Task(id));
    }
    if let Some((family, revision)) = word.split_once(':') {
        let (family, revision) = (family.parse().ok()?, revision.parse().ok()?);
        let key = TaskDefinitionKey { scope: scope.clone(), family, revision };
        return state.task_definition(&key).map(|_| Resource::Definition(key));
    }
    let family = word.parse().ok().map(|family| FamilyKey { scope: scope.clone(), family });
    let cluster = word.parse().ok().map(|name| ClusterKey { scope: scope.clone(), name });
    let node = state.nodes().find(|node| node.name == word || node.id.to_string() == word);
    family
        .filter(|key| state.family(key).is_some())
        .map(Resource::Family)
        .or_else(|| cluster.filter(|key| state.cluster(key).is_some()).map(Resource::Cluster))
        .or_else(|| node.map(|node| Resource::Node(node.id)))
}

fn by_arn(arn: &Arn<'_>) -> Option<Resource> {
    let scope = arn.scope()?;
    if let Some(task) = arn.resource_of("task") {
        return Some(Resource::Task(task.rsplit('/').next()?.parse().ok()?));
    }
    if let Some(name) = arn.resource_of("cluster") {
        return Some(Resource::Cluster(ClusterKey { scope, name: name.parse().ok()? }));
    }
    let (family, revision) = arn.resource_of("task-definition")?.split_once(':')?;
    let (family, revision) = (family.parse().ok()?, revision.parse().ok()?);
    Some(Resource::Definition(TaskDefinitionKey { scope, family, revision }))
}

/// Everything that begins with the word. `group/1a2b` names a task by its family or cluster and the start of its id.
fn by_prefix(state: &State, scope: &AccountRegion, word: &str) -> Vec<Resource> {
    let in_scope = |task: &&Arc<Task>| task.spec.cluster.scope == *scope;
    let (group, id) = word.split_once('/').map_or((None, word), |(group, id)| (Some(group), id));
    let is_of_group = |task: &&Arc<Task>| match group {
        None => true,
        Some(name) => task.spec.definition.family.as_str() == name || task.spec.cluster.name.as_str() == name,
    };
    let tasks =
        state.tasks().filter(in_scope).filter(is_of_group).filter(|task| task.id.to_string().starts_with(id));
    let mut found: Vec<Resource> = tasks.map(|task| Resource::Task(task.id)).collect();
    if group.is_none() {
        let families = state.families(scope).filter(|family| family.key.family.as_str().starts_with(word));
        found.extend(families.map(|family| Resource::Family(family.key.clone())));
        let clusters =
            state.clusters_after(scope, None).filter(|cluster| cluster.key.name.as_str().starts_with(word));
        found.extend(clusters.map(|cluster| Resource::Cluster(cluster.key.clone())));
        let nodes =
            state.nodes().filter(|node| node.name.starts_with(word) || node.id.to_string().starts_with(word));
        found.extend(nodes.map(|node| Resource::Node(node.id)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_model::change::Change;
    use gantry_model::record::task::TaskSpec;
    use gantry_model::record::{Cluster, FamilyRecord, Record};

    fn state() -> State {
        let scope = AccountRegion::default();
        let family = |name: &str| FamilyKey { scope: scope.clone(), family: name.parse().unwrap() };
        let task = |first: u8, name: &str| {
            let definition =
                TaskDefinitionKey { family: family(name).family, revision: 1, ..Default::default() };
            let mut id = [0; 16];
            id[0] = first;
            Task {
                id: TaskId(id),
                spec: Arc::new(TaskSpec { definition, ..TaskSpec::default() }),
                ..Task::default()
            }
        };
        let records: [Record; 6] = [
            FamilyRecord { key: family("web"), last_revision: 1 }.into(),
            FamilyRecord { key: family("worker"), last_revision: 1 }.into(),
            Cluster::default().into(),
            task(0x1a, "web").into(),
            task(0x1b, "web").into(),
            task(0x2c, "worker").into(),
        ];
        let mut state = State::default();
        records.into_iter().for_each(|record| state.apply(&Change::Put(record)));
        state
    }

    fn check(word: &str, expected: &str) {
        let found = resolve(&state(), &AccountRegion::default(), word);
        let words = found
            .map_or_else(|fault| fault.message().unwrap_or_default().to_owned(), |found| found.in_words());
        assert!(words.starts_with(expected), "{word}: {words}");
    }

    #[test]
    fn exact_names_go_before_prefixes_and_prefixes_must_be_unique() {
        check("web", "family web");
        check("wo", "family worker");
        check("w", "'w' can mean family web, family worker.");
        check("default", "cluster default");
        check("web/1a", "task 1a");
        check("web/1", "'web/1' can mean task 1a");
        check("worker/1a", "Nothing is called");
        check("default/2", "task 2c");
        check("2c", "task 2c");
        check(&"ff".repeat(16), "task ffff");
        check("arn:aws:ecs:us-east-1:000000000000:cluster/default", "cluster default");
        check("nobody", "Nothing is called 'nobody'.");
    }
}
