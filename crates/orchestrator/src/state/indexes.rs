//! Indexes: functions of the tables, kept up to date change by change and never stored.

use super::{Owned, TaskCounts};
use gantry_model::record::{ClusterKey, Task, Vpc};
use gantry_model::{AccountRegion, NodeId, Resources, SecurityGroupId, SubnetId, TaskId, VpcId};
use imbl::OrdMap;
use std::net::Ipv4Addr;

/// Every index of the state.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Indexes {
    pub(crate) tasks_by_cluster: Owned<ClusterKey, TaskId>,
    pub(crate) tasks_by_node: Owned<NodeId, TaskId>,
    pub(crate) task_counts: OrdMap<ClusterKey, TaskCounts>,
    pub(crate) addresses: OrdMap<Ipv4Addr, TaskId>,
    pub(crate) node_use: OrdMap<NodeId, Resources>,
    pub(crate) default_vpcs: OrdMap<AccountRegion, VpcId>,
    pub(crate) subnets_by_vpc: Owned<VpcId, SubnetId>,
    pub(crate) groups_by_vpc: Owned<VpcId, SecurityGroupId>,
}

impl Indexes {
    /// A task came, changed or went.
    pub(crate) fn task_changed(&mut self, before: Option<&Task>, after: Option<&Task>) {
        if let Some(task) = before {
            self.forget_task(task);
        }
        if let Some(task) = after {
            self.note_task(task);
        }
    }

    fn note_task(&mut self, task: &Task) {
        self.tasks_by_cluster.insert((task.spec.cluster.clone(), task.id));
        self.tasks_by_node.insert((task.spec.node, task.id));
        update(&mut self.task_counts, &task.spec.cluster, |counts| counts.with(task));
        if task.holds_resources() {
            update(&mut self.node_use, &task.spec.node, |used| used.plus(task.spec.size));
            if let Some(eni) = &task.spec.eni {
                self.addresses.insert(eni.address.0, task.id);
            }
        }
    }

    fn forget_task(&mut self, task: &Task) {
        self.tasks_by_cluster.remove(&(task.spec.cluster.clone(), task.id));
        self.tasks_by_node.remove(&(task.spec.node, task.id));
        update(&mut self.task_counts, &task.spec.cluster, |counts| counts.without(task));
        if task.holds_resources() {
            update(&mut self.node_use, &task.spec.node, |used| used.minus(task.spec.size));
            if let Some(eni) = &task.spec.eni {
                self.addresses.remove(&eni.address.0);
            }
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
