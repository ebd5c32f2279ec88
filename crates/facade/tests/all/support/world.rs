//! A small installation, made record by record in the way in which the journal makes it.

use gantry_facade::{Caller, Context};
use gantry_model::change::Change;
use gantry_model::record::cluster::StrategyItem;
use gantry_model::record::task::{
    Address, ContainerIdentity, ContainerObserved, ContainerOverride, Desired, Eni, Observed, TaskOverrides,
    TaskSpec,
};
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use gantry_model::record::{Cluster, ClusterKey, Node, Record, Task, TaskDefinition, TaskDefinitionKey};
use gantry_model::status::{
    AttachmentStatus, ClusterStatus, ContainerStatus, DesiredStatus, LaunchType, NetworkMode, StopCode,
    TaskDefinitionStatus, TaskStatus,
};
use gantry_model::{
    AccountRegion, AttachmentId, ContainerId, EniId, NodeId, Resources, SubnetId, Tags, TaskId, Timestamp,
    arn,
};
use gantry_orchestrator::state::State;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// 2025-11-21T09:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_763_715_600_000);

/// The node that runs every task.
const NODE: NodeId = NodeId([9; 16]);

/// A state and who looks at it.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) caller: Caller,
}

impl World {
    /// Nothing but the caller: account 123456789012 in us-east-1.
    pub(crate) fn empty() -> Self {
        let scope = scope();
        let caller = Caller {
            principal: arn::root_user(scope.account),
            user_id: scope.account.to_string(),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            scope,
        };
        Self { state: State::default(), caller }
    }

    /// The cluster `demo` with one task definition, `hello:1`, and three tasks: one just made, one running, one stopped;
    /// and `old`, which was deleted.
    pub(crate) fn demo() -> Self {
        let node = Node { id: NODE, cpu_architecture: "X86_64".to_owned(), ..Node::default() };
        let old = Cluster { status: ClusterStatus::Inactive, ..cluster("old") };
        let retired = TaskDefinition { status: TaskDefinitionStatus::Inactive, ..definition("hello", 2) };
        Self::empty()
            .with(node)
            .with(full_cluster("demo"))
            .with(old)
            .with(definition("hello", 1))
            .with(retired)
            .with(fresh_task(task_id(1)))
            .with(running_task(task_id(2)))
            .with(stopped_task(task_id(3)))
    }

    /// Adds a record.
    pub(crate) fn with(mut self, record: impl Into<Record>) -> Self {
        self.state.apply(&Change::Put(record.into()));
        self
    }

    /// What a call is planned against.
    pub(crate) fn context(&self) -> Context<'_> {
        Context { state: &self.state, now: NOW, caller: &self.caller }
    }
}

pub(crate) fn scope() -> AccountRegion {
    AccountRegion { account: "123456789012".parse().unwrap(), region: "us-east-1".parse().unwrap() }
}

/// An id of one digit repeated.
pub(crate) fn task_id(digit: u8) -> TaskId {
    TaskId([digit << 4 | digit; 16])
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// An ACTIVE cluster with nothing set.
pub(crate) fn cluster(name: &str) -> Cluster {
    let key = ClusterKey { scope: scope(), name: name.parse().unwrap() };
    Cluster { key, created_at: NOW, ..Cluster::default() }
}

fn full_cluster(name: &str) -> Cluster {
    let item = StrategyItem { capacity_provider: "FARGATE".to_owned(), weight: 1, base: 0 };
    Cluster {
        capacity_providers: vec!["FARGATE".to_owned()],
        default_strategy: vec![item],
        tags: tags(&[("team", "blue")]),
        ..cluster(name)
    }
}

/// A definition that fits Fargate: `web`, and `sidecar` which is not essential.
pub(crate) fn definition(family: &str, revision: u32) -> TaskDefinition {
    let key = TaskDefinitionKey { scope: scope(), family: family.parse().unwrap(), revision };
    let web = ContainerDefinition {
        name: "web".to_owned(),
        image: "gantry/hello".to_owned(),
        ..Default::default()
    };
    let sidecar = ContainerDefinition {
        name: "sidecar".to_owned(),
        image: "gantry/hello:v2".to_owned(),
        cpu: Some(10),
        memory: Some(128),
        memory_reservation: Some(64),
        essential: Some(false),
        ..Default::default()
    };
    let content = TaskDefinitionContent {
        network_mode: Some(NetworkMode::Awsvpc),
        containers: vec![web, sidecar],
        cpu_units: Some(256),
        memory_mib: Some(512),
        ..Default::default()
    };
    TaskDefinition {
        key,
        registered_at: NOW,
        content: Arc::new(content),
        tags: tags(&[("tier", "front")]),
        ..Default::default()
    }
}

/// A task of `hello:1` in `demo`, right after RunTask.
pub(crate) fn fresh_task(id: TaskId) -> Task {
    let number = id.0[0];
    let identity = |name: &str, digit: u8| ContainerIdentity {
        name: name.to_owned(),
        id: ContainerId([digit; 16]),
        runtime_id: format!("{id}-{digit}"),
    };
    let spec = TaskSpec {
        cluster: cluster("demo").key,
        definition: definition("hello", 1).key,
        launch_type: Some(LaunchType::Fargate),
        platform_version: Some("1.4.0".to_owned()),
        group: "family:hello".to_owned(),
        started_by: Some("tester".to_owned()),
        size: Resources { cpu_units: 256, memory_mib: 512, enis: 1, gpus: 0 },
        ephemeral_storage_gib: 20,
        node: NODE,
        zone: "a".to_owned(),
        eni: Some(eni(number)),
        containers: vec![identity("web", 0xaa), identity("sidecar", 0xbb)],
        created_at: NOW,
        ..TaskSpec::default()
    };
    let observed = Observed { containers: vec![ContainerObserved::default(); 2], ..Observed::default() };
    Task {
        id,
        spec: Arc::new(spec),
        observed,
        tags: tags(&[("job", "nightly")]),
        version: 1,
        ..Task::default()
    }
}

fn eni(number: u8) -> Eni {
    Eni {
        id: EniId::from_bits(0xe0 + u64::from(number)),
        attachment: AttachmentId([number; 16]),
        subnet: SubnetId::from_bits(0x51),
        security_groups: Vec::new(),
        address: Address(Ipv4Addr::new(172, 31, 0, number)),
        mac: format!("02:00:ac:1f:00:{number:02x}"),
    }
}

/// As [`fresh_task`], some seconds later, with overrides.
pub(crate) fn running_task(id: TaskId) -> Task {
    let fresh = fresh_task(id);
    let web = ContainerOverride {
        command: Some(vec!["sleep".to_owned(), "60".to_owned()]),
        environment: Some(vec![("MODE".to_owned(), "test".to_owned())]),
        ..ContainerOverride::default()
    };
    let overrides = TaskOverrides {
        cpu: Some("512".to_owned()),
        task_role_arn: Some("arn:aws:iam::123456789012:role/worker".to_owned()),
        containers: [("web".to_owned(), web)].into(),
        ..TaskOverrides::default()
    };
    let spec = TaskSpec {
        overrides,
        capacity_provider: Some("FARGATE".to_owned()),
        started_by: None,
        ..TaskSpec::clone(&fresh.spec)
    };
    let container = ContainerObserved {
        status: ContainerStatus::Running,
        image_digest: Some("sha256:0123".to_owned()),
        ..ContainerObserved::default()
    };
    let observed = Observed {
        status: TaskStatus::Running,
        attachment: AttachmentStatus::Attached,
        containers: vec![container; 2],
        connectivity_at: Some(NOW.plus_ms(100)),
        pull_started_at: Some(NOW.plus_ms(200)),
        pull_stopped_at: Some(NOW.plus_ms(300)),
        started_at: Some(NOW.plus_ms(450)),
        ..Observed::default()
    };
    Task { spec: Arc::new(spec), observed, version: 3, ..fresh }
}

/// As [`running_task`], after StopTask: `web` was killed, `sidecar` never started.
pub(crate) fn stopped_task(id: TaskId) -> Task {
    let running = running_task(id);
    let killed = ContainerObserved {
        status: ContainerStatus::Stopped,
        exit_code: Some(137),
        reason: Some("OutOfMemoryError: Container killed due to memory usage".to_owned()),
        ..running.observed.containers[0].clone()
    };
    let never = ContainerObserved { status: ContainerStatus::Stopped, ..ContainerObserved::default() };
    let desired = Desired {
        status: DesiredStatus::Stopped,
        stopping_at: Some(NOW.plus_ms(5_000)),
        stop_code: Some(StopCode::UserInitiated),
        stopped_reason: Some("Task stopped by user".to_owned()),
    };
    let observed = Observed {
        status: TaskStatus::Stopped,
        attachment: AttachmentStatus::Deleted,
        containers: vec![killed, never],
        execution_stopped_at: Some(NOW.plus_ms(6_000)),
        stopped_at: Some(NOW.plus_ms(7_000)),
        released: true,
        ..running.observed.clone()
    };
    Task { desired, observed, tags: Tags::new(), version: 6, ..running }
}
