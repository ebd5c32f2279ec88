//! Indexes: functions of the tables, kept up to date change by change and never stored.
//!
//! A report that moves nothing which an index shows costs none of them anything: most of a task's changes are such.

use super::{Owned, TaskCounts};
use gantry_model::record::task::TaskGroup;
use gantry_model::record::{ClusterKey, Task, Vpc};
use gantry_model::status::DesiredStatus;
use gantry_model::{AccountRegion, NodeId, Resources, SecurityGroupId, SubnetId, TaskId, VpcId};
use imbl::{OrdMap, OrdSet};
use std::net::Ipv4Addr;

/// Every index of the state.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Indexes {
    /// Tasks of a cluster, those that should run before those that should not, each sorted by id.
    pub(crate) tasks_by_cluster: OrdMap<ClusterKey, OrdSet<(DesiredStatus, TaskId)>>,
    /// What each node should run: the tasks that hold something of it.
    pub(crate) assignments: OrdMap<NodeId, OrdMap<TaskId, DesiredStatus>>,
    /// How many tasks of a group hold something of a node.
    pub(crate) groups_by_node: OrdMap<(NodeId, TaskGroup), u32>,
    pub(crate) task_counts: OrdMap<ClusterKey, TaskCounts>,
    pub(crate) addresses: OrdMap<Ipv4Addr, TaskId>,
    pub(crate) node_use: OrdMap<NodeId, Resources>,
    pub(crate) default_vpcs: OrdMap<AccountRegion, VpcId>,
    pub(crate) subnets_by_vpc: Owned<VpcId, SubnetId>,
    pub(crate) groups_by_vpc: Owned<VpcId, SecurityGroupId>,
}

/// What a node should do for a task; `None` once it holds nothing of it.
pub(crate) fn assignment(task: &Task) -> Option<DesiredStatus> {
    task.holds_resources().then_some(task.desired.status)
}

impl Indexes {
    /// A task came, changed or went.
    pub(crate) fn task_changed(&mut self, before: Option<&Task>, after: Option<&Task>) {
        self.list_in_cluster(before, after);
        self.count(before, after);
        self.assign(before, after);
        let holding = |task: Option<&Task>| task.is_some_and(Task::holds_resources);
        match (before, after) {
            (Some(task), _) if holding(before) && !holding(after) => self.release(task),
            (_, Some(task)) if !holding(before) && holding(after) => self.hold(task),
            (_, _) => {}
        }
    }

    fn list_in_cluster(&mut self, before: Option<&Task>, after: Option<&Task>) {
        let desired = |task: Option<&Task>| task.map(|task| task.desired.status);
        if desired(before) == desired(after) {
            return;
        }
        if let Some(task) = before
            && let Some(listed) = self.tasks_by_cluster.get_mut(&task.spec.cluster)
        {
            listed.remove(&(task.desired.status, task.id));
            if listed.is_empty() {
                self.tasks_by_cluster.remove(&task.spec.cluster);
            }
        }
        if let Some(task) = after {
            let listed = self.tasks_by_cluster.entry(task.spec.cluster.clone()).or_default();
            listed.insert((task.desired.status, task.id));
        }
    }

    fn count(&mut self, before: Option<&Task>, after: Option<&Task>) {
        let counts = |task: Option<&Task>| task.map(TaskCounts::of).unwrap_or_default();
        let (less, more) = (counts(before), counts(after));
        if less != more
            && let Some(task) = after.or(before)
        {
            update(&mut self.task_counts, &task.spec.cluster, |counts| counts.plus(more).minus(less));
        }
    }

    fn assign(&mut self, before: Option<&Task>, after: Option<&Task>) {
        let (was, is) = (before.and_then(assignment), after.and_then(assignment));
        let Some(task) = after.or(before).filter(|_| was != is) else { return };
        let node = task.spec.node;
        let tasks = self.assignments.entry(node).or_default();
        match is {
            Some(desired) => drop(tasks.insert(task.id, desired)),
            None => drop(tasks.remove(&task.id)),
        }
        if tasks.is_empty() {
            self.assignments.remove(&node);
        }
    }

    fn hold(&mut self, task: &Task) {
        update(&mut self.node_use, &task.spec.node, |used| used.plus(task.spec.size));
        update(&mut self.groups_by_node, &(task.spec.node, task.spec.task_group()), |count| count + 1);
        if let Some(eni) = &task.spec.eni {
            self.addresses.insert(eni.address.0, task.id);
        }
    }

    fn release(&mut self, task: &Task) {
        update(&mut self.node_use, &task.spec.node, |used| used.minus(task.spec.size));
        update(&mut self.groups_by_node, &(task.spec.node, task.spec.task_group()), |count| count - 1);
        if let Some(eni) = &task.spec.eni {
            self.addresses.remove(&eni.address.0);
        }
    }

    /// A VPC came.
    pub(crate) fn vpc_added(&mut self, vpc: &Vpc) {
        if vpc.is_default {
            self.default_vpcs.insert(vpc.scope.clone(), vpc.id);
        }
    }

    /// A VPC went.
    pub(crate) fn vpc_removed(&mut self, vpc: &Vpc) {
        if vpc.is_default {
            self.default_vpcs.remove(&vpc.scope);
        }
    }
}

/// Changes an entry and drops it at its default, so that an index equals one that was built anew.
fn update<K, V>(map: &mut OrdMap<K, V>, key: &K, change: impl FnOnce(V) -> V)
where
    K: Ord + Clone,
    V: Default + PartialEq + Copy,
{
    let value = change(map.get(key).copied().unwrap_or_default());
    if value == V::default() {
        map.remove(key);
    } else {
        map.insert(key.clone(), value);
    }
}
