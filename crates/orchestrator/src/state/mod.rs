//! Everything that the control plane knows: persistent tables with their indexes.
//!
//! A clone is a pointer: a transaction works on a clone and is dropped on error, a snapshot for readers is a clone of the
//! last durable root. Takes in changes, gives out records. Does not know how a change was decided.

mod cluster_counts;
mod indexes;
mod observations;

pub use cluster_counts::TaskCounts;
pub(crate) use indexes::assignment;
pub use observations::Contact;

use gantry_model::change::Change;
use gantry_model::record::task::TaskGroup;
use gantry_model::record::*;
use gantry_model::status::DesiredStatus;
use gantry_model::{
    AccountRegion, ClusterName, Family, NodeId, Resources, SecurityGroupId, SubnetId, TaskId, VpcId,
};
use imbl::{OrdMap, OrdSet};
use std::net::Ipv4Addr;
use std::ops::Bound;
use std::sync::Arc;

/// The state at one point of the journal.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(crate) seq: u64,
    pub(crate) installation: Option<Arc<Installation>>,
    pub(crate) clusters: OrdMap<ClusterKey, Arc<Cluster>>,
    pub(crate) families: OrdMap<FamilyKey, Arc<FamilyRecord>>,
    pub(crate) task_definitions: OrdMap<TaskDefinitionKey, Arc<TaskDefinition>>,
    pub(crate) tasks: OrdMap<TaskId, Arc<Task>>,
    pub(crate) nodes: OrdMap<NodeId, Arc<Node>>,
    pub(crate) vpcs: OrdMap<VpcId, Arc<Vpc>>,
    pub(crate) subnets: OrdMap<SubnetId, Arc<Subnet>>,
    pub(crate) security_groups: OrdMap<SecurityGroupId, Arc<SecurityGroup>>,
    pub(crate) tokens: OrdMap<IdempotencyKey, Arc<IdempotencyToken>>,
    pub(crate) index: indexes::Indexes,
    pub(crate) contacts: OrdMap<NodeId, Contact>,
}

impl State {
    /// Makes a change: the one way in which a record comes, changes or goes.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => self.put(record),
            Change::Delete(key) => self.delete(key),
        }
    }

    fn put(&mut self, record: &Record) {
        match record {
            Record::Installation(r) => self.installation = Some(r.clone()),
            Record::Cluster(r) => drop(self.clusters.insert(r.key.clone(), r.clone())),
            Record::Family(r) => drop(self.families.insert(r.key.clone(), r.clone())),
            Record::TaskDefinition(r) => drop(self.task_definitions.insert(r.key.clone(), r.clone())),
            Record::Task(r) => {
                let before = self.tasks.insert(r.id, r.clone());
                self.index.task_changed(before.as_deref(), Some(r));
            }
            Record::Node(r) => drop(self.nodes.insert(r.id, r.clone())),
            Record::Vpc(r) => {
                self.vpcs.insert(r.id, r.clone());
                self.index.vpc_added(r);
            }
            Record::Subnet(r) => {
                self.subnets.insert(r.id, r.clone());
                self.index.subnets_by_vpc.insert((r.vpc, r.id));
            }
            Record::SecurityGroup(r) => {
                self.security_groups.insert(r.id, r.clone());
                self.index.groups_by_vpc.insert((r.vpc, r.id));
            }
            Record::IdempotencyToken(r) => drop(self.tokens.insert(r.key.clone(), r.clone())),
        }
    }

    fn delete(&mut self, key: &RecordKey) {
        match key {
            RecordKey::Installation(()) => self.installation = None,
            RecordKey::Cluster(k) => drop(self.clusters.remove(k)),
            RecordKey::Family(k) => drop(self.families.remove(k)),
            RecordKey::TaskDefinition(k) => drop(self.task_definitions.remove(k)),
            RecordKey::Task(k) => {
                let before = self.tasks.remove(k);
                self.index.task_changed(before.as_deref(), None);
            }
            RecordKey::Node(k) => {
                self.nodes.remove(k);
                self.contacts.remove(k);
            }
            RecordKey::Vpc(k) => {
                if let Some(vpc) = self.vpcs.remove(k) {
                    self.index.vpc_removed(&vpc);
                }
            }
            RecordKey::Subnet(k) => {
                if let Some(subnet) = self.subnets.remove(k) {
                    self.index.subnets_by_vpc.remove(&(subnet.vpc, *k));
                }
            }
            RecordKey::SecurityGroup(k) => {
                if let Some(group) = self.security_groups.remove(k) {
                    self.index.groups_by_vpc.remove(&(group.vpc, *k));
                }
            }
            RecordKey::IdempotencyToken(k) => drop(self.tokens.remove(k)),
        }
    }
}

/// Reading.
impl State {
    /// The number of the last commit whose changes are in this state.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The installation; absent only before the first commit.
    pub fn installation(&self) -> Option<&Arc<Installation>> {
        self.installation.as_ref()
    }

    /// A cluster, ACTIVE or INACTIVE.
    pub fn cluster(&self, key: &ClusterKey) -> Option<&Arc<Cluster>> {
        self.clusters.get(key)
    }

    /// The clusters of a scope, sorted by name, beginning behind `after`.
    pub fn clusters_after(
        &self,
        scope: &AccountRegion,
        after: Option<&ClusterName>,
    ) -> impl Iterator<Item = &Arc<Cluster>> {
        let scope = scope.clone();
        let name = after.cloned().unwrap_or_else(ClusterName::smallest);
        let start = Bound::Excluded(ClusterKey { scope: scope.clone(), name });
        let clusters = self.clusters.range((start, Bound::Unbounded)).map(|(_, cluster)| cluster);
        clusters.take_while(move |cluster| cluster.key.scope == scope)
    }

    /// Tasks of a cluster that run and that will run.
    pub fn task_counts(&self, cluster: &ClusterKey) -> TaskCounts {
        self.index.task_counts.get(cluster).copied().unwrap_or_default()
    }

    /// A family of task definitions.
    pub fn family(&self, key: &FamilyKey) -> Option<&Arc<FamilyRecord>> {
        self.families.get(key)
    }

    /// Every family of a scope, sorted by name.
    pub fn families(&self, scope: &AccountRegion) -> impl Iterator<Item = &Arc<FamilyRecord>> {
        let scope = scope.clone();
        let first = FamilyKey { scope: scope.clone(), family: Family::smallest() };
        self.families
            .range(first..)
            .map(|(_, family)| family)
            .take_while(move |family| family.key.scope == scope)
    }

    /// A revision.
    pub fn task_definition(&self, key: &TaskDefinitionKey) -> Option<&Arc<TaskDefinition>> {
        self.task_definitions.get(key)
    }

    /// The revisions of a family, oldest first.
    pub fn revisions(&self, key: &FamilyKey) -> impl DoubleEndedIterator<Item = &Arc<TaskDefinition>> {
        let at =
            |revision| TaskDefinitionKey { scope: key.scope.clone(), family: key.family.clone(), revision };
        self.task_definitions.range(at(0)..=at(u32::MAX)).map(|(_, definition)| definition)
    }

    /// The latest ACTIVE revision of a family.
    pub fn latest_active(&self, key: &FamilyKey) -> Option<&Arc<TaskDefinition>> {
        use gantry_model::status::TaskDefinitionStatus::Active;
        self.revisions(key).rev().find(|definition| definition.status == Active)
    }

    /// A task.
    pub fn task(&self, id: TaskId) -> Option<&Arc<Task>> {
        self.tasks.get(&id)
    }

    /// Every task, sorted by id.
    pub fn tasks(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.tasks.values()
    }

    /// The tasks of a cluster that should run or should not, sorted by id, beginning behind `after`.
    pub fn tasks_of_cluster(
        &self,
        cluster: &ClusterKey,
        desired: DesiredStatus,
        after: Option<TaskId>,
    ) -> impl Iterator<Item = &Arc<Task>> {
        let start = match after {
            Some(id) => Bound::Excluded((desired, id)),
            None => Bound::Included((desired, TaskId::default())),
        };
        let listed = self.index.tasks_by_cluster.get(cluster).into_iter();
        listed
            .flat_map(move |tasks| tasks.range((start, Bound::Unbounded)))
            .take_while(move |(status, _)| *status == desired)
            .filter_map(|(_, id)| self.tasks.get(id))
    }

    /// Whether any task of a cluster is not forgotten.
    pub fn has_tasks(&self, cluster: &ClusterKey) -> bool {
        self.index.tasks_by_cluster.contains_key(cluster)
    }

    /// The tasks that hold something of a node, sorted by id.
    pub fn tasks_of_node(&self, node: NodeId) -> impl Iterator<Item = &Arc<Task>> {
        let assigned = self.index.assignments.get(&node).into_iter();
        assigned.flat_map(|tasks| tasks.keys()).filter_map(|id| self.tasks.get(id))
    }

    /// What a node should run. A clone is a pointer, and two of them tell quickly where they differ.
    pub(crate) fn assignments(&self, node: NodeId) -> OrdMap<TaskId, DesiredStatus> {
        self.index.assignments.get(&node).cloned().unwrap_or_default()
    }

    /// How many tasks of a group hold something of a node.
    pub(crate) fn group_on_node(&self, key: &(NodeId, TaskGroup)) -> u32 {
        self.index.groups_by_node.get(key).copied().unwrap_or_default()
    }

    /// The task that holds an address.
    pub fn task_at(&self, address: Ipv4Addr) -> Option<TaskId> {
        self.index.addresses.get(&address).copied()
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> Option<&Arc<Node>> {
        self.nodes.get(&id)
    }

    /// Every node, sorted by id.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// What the tasks of a node take.
    pub fn node_use(&self, node: NodeId) -> Resources {
        self.index.node_use.get(&node).copied().unwrap_or_default()
    }

    /// When and how a node was last heard of; unknown right after a change of leader.
    pub fn contact(&self, node: NodeId) -> Option<&Contact> {
        self.contacts.get(&node)
    }

    /// A VPC.
    pub fn vpc(&self, id: VpcId) -> Option<&Arc<Vpc>> {
        self.vpcs.get(&id)
    }

    /// The default VPC of a scope.
    pub fn default_vpc(&self, scope: &AccountRegion) -> Option<&Arc<Vpc>> {
        self.vpcs.get(self.index.default_vpcs.get(scope)?)
    }

    /// A subnet.
    pub fn subnet(&self, id: SubnetId) -> Option<&Arc<Subnet>> {
        self.subnets.get(&id)
    }

    /// The subnets of a VPC.
    pub fn subnets_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<Subnet>> {
        let ids = self.index.subnets_by_vpc.range((vpc, SubnetId::default())..);
        ids.take_while(move |(key, _)| *key == vpc).filter_map(|(_, id)| self.subnets.get(id))
    }

    /// A security group.
    pub fn security_group(&self, id: SecurityGroupId) -> Option<&Arc<SecurityGroup>> {
        self.security_groups.get(&id)
    }

    /// The security groups of a VPC.
    pub fn security_groups_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<SecurityGroup>> {
        let ids = self.index.groups_by_vpc.range((vpc, SecurityGroupId::default())..);
        ids.take_while(move |(key, _)| *key == vpc).filter_map(|(_, id)| self.security_groups.get(id))
    }

    /// What a client token stands for.
    pub fn token(&self, key: &IdempotencyKey) -> Option<&Arc<IdempotencyToken>> {
        self.tokens.get(key)
    }
}

/// A set of pairs: the index from an owner to what it owns.
pub(crate) type Owned<Owner, Id> = OrdSet<(Owner, Id)>;
