//! A control plane without a shell: the test commits, tells the time and plays the nodes.

use gantry_model::change::JournalEntry;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use gantry_model::record::{ClusterKey, Installation, Record, Task};
use gantry_model::status::{LaunchType, NetworkMode, TaskStatus};
use gantry_model::view::{AssignmentUpdate, ContainerReport, NodeReport, TaskReport};
use gantry_model::{AccountRegion, NodeId, NodeTime, RequestId, Resources, TaskId, Timestamp};
use gantry_orchestrator::command::ecs::{
    Awsvpc, Capacity, DefinitionName, RegisterTaskDefinition, RunTask, SizeOverride, StopTask,
};
use gantry_orchestrator::command::{Command, Refusal, Reply, Request};
use gantry_orchestrator::leader::{Input, Leader, Next, Now, Released};
use gantry_orchestrator::publish::NodeView;
use gantry_orchestrator::state::State;
use gantry_orchestrator::{NodeInfo, NodeInput, invariants};
use std::sync::Arc;

pub(crate) const NODE: NodeId = NodeId([9; 16]);

/// When the virtual clock starts.
const START_MS: i64 = 1_800_000_000_000;

pub(crate) struct Plane {
    leader: Leader<u64>,
    pub(crate) journal: Vec<JournalEntry>,
    pub(crate) shown: State,
    pub(crate) mono_ms: u64,
    pub(crate) wall_ms: i64,
    tickets: u64,
    batches: u8,
}

impl Plane {
    /// An installed control plane with one node of 4 vCPU and 8 GiB.
    pub(crate) fn new() -> Self {
        let mut plane = Self::empty();
        plane
            .ask(Input::Install(Installation { vpc_cidr: "172.31.0.0/16".into(), ..Installation::default() }))
            .expect("installs");
        plane.join(NODE, 4096, 8192);
        plane
    }

    pub(crate) fn empty() -> Self {
        let now = Now { wall_ms: START_MS, mono_ms: 0 };
        let leader = Leader::recover(Vec::new(), 0, Timestamp(0), 1, now);
        Self {
            leader,
            journal: vec![],
            shown: State::default(),
            mono_ms: 0,
            wall_ms: START_MS,
            tickets: 0,
            batches: 0,
        }
    }

    /// Loses everything that is not in the journal and starts a new leader on it.
    pub(crate) fn restart(&mut self) {
        let mut rows = std::collections::BTreeMap::new();
        for change in self.journal.iter().flat_map(|entry| &entry.steps).flat_map(|step| &step.changes) {
            match change {
                gantry_model::change::Change::Put(record) => drop(rows.insert(record.key(), record.clone())),
                gantry_model::change::Change::Delete(key) => drop(rows.remove(key)),
            }
        }
        let (seq, at) = self.journal.last().map_or((0, Timestamp(0)), |entry| (entry.seq, entry.at));
        let reread = rows.into_values().map(|record| {
            let (table, bytes) = (record.key().table() as u16, record.encode());
            Record::decode(table, &bytes).expect("what was written can be read")
        });
        let now = Now { wall_ms: self.wall_ms, mono_ms: self.mono_ms };
        self.leader = Leader::recover(reread, seq, at, 2, now);
        self.shown = self.leader.state().clone();
    }

    pub(crate) fn begin(&mut self) -> Next<u64> {
        self.batches = self.batches.wrapping_add(1);
        self.leader.begin(Now { wall_ms: self.wall_ms, mono_ms: self.mono_ms }, [self.batches; 32])
    }

    pub(crate) fn submit(&mut self, input: Input) -> u64 {
        self.tickets += 1;
        self.leader.submit(input, self.tickets).expect("the queue has room");
        self.tickets
    }

    pub(crate) fn committed(&mut self, entry: JournalEntry) -> Released<u64> {
        let released = self.leader.committed(entry.seq);
        self.journal.push(entry);
        self.show(released)
    }

    fn show(&mut self, released: Released<u64>) -> Released<u64> {
        invariants::check(&released.state).expect("every shown state holds");
        self.shown = released.state.clone();
        released
    }

    /// Runs until nothing is left to do, answering what `ticket` got.
    pub(crate) fn settle(&mut self, ticket: Option<u64>) -> Option<Result<Reply, Refusal>> {
        let mut answer = None;
        for _ in 0..1000 {
            let released = match self.begin() {
                Next::Idle => return answer,
                Next::Release(released) => self.show(released),
                Next::Commit(entry) => self.committed(entry),
            };
            answer = answer.or(released
                .replies
                .into_iter()
                .find(|(t, _)| Some(*t) == ticket)
                .map(|(_, reply)| reply));
        }
        panic!("the control plane does not come to rest");
    }

    pub(crate) fn ask(&mut self, input: Input) -> Result<Reply, Refusal> {
        let ticket = self.submit(input);
        self.settle(Some(ticket)).expect("every input is answered")
    }

    pub(crate) fn request(&mut self, command: Command) -> Result<Reply, Refusal> {
        self.ask(Input::Request(request(command)))
    }

    /// Lets time pass; controllers run when their time comes.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        let end = self.mono_ms + ms;
        while let Some(wake) = self.leader.wake_at_ms().filter(|wake| *wake <= end) {
            let step = wake.max(self.mono_ms) - self.mono_ms;
            self.mono_ms += step;
            self.wall_ms += step as i64;
            self.settle(None);
        }
        self.wall_ms += (end - self.mono_ms) as i64;
        self.mono_ms = end;
    }

    pub(crate) fn join(&mut self, id: NodeId, cpu_units: u64, memory_mib: u64) -> u64 {
        let info = NodeInfo {
            id,
            name: format!("node-{}", id.0[0]),
            capacity: Resources { cpu_units, memory_mib, enis: 100, gpus: 0 },
            cpu_overcommit_percent: 100,
            zones: vec![],
            cpu_architecture: "X86_64".into(),
            agent_version: "0".into(),
        };
        match self.ask(Input::Node(NodeInput::Joined(info))) {
            Ok(Reply::Session(session)) => session,
            other => panic!("a node may always join: {other:?}"),
        }
    }

    pub(crate) fn report(&mut self, session: u64, tasks: Vec<TaskReport>) -> Result<Reply, Refusal> {
        let report = NodeReport { sequence: 1, sent_at: NodeTime(self.mono_ms), tasks };
        self.ask(Input::Node(NodeInput::Report { node: NODE, session, report }))
    }

    pub(crate) fn register(&mut self) {
        self.request(Command::RegisterTaskDefinition(definition())).expect("a definition is registered");
    }

    pub(crate) fn run(&mut self, count: usize) -> Vec<Arc<Task>> {
        match self.request(Command::RunTask(run(&self.shown, count))) {
            Ok(Reply::Tasks { tasks, .. }) => tasks,
            other => panic!("RunTask answers tasks: {other:?}"),
        }
    }

    pub(crate) fn task(&self, id: TaskId) -> &Task {
        self.shown.task(id).expect("the task is known")
    }

    pub(crate) fn view(&self) -> AssignmentUpdate {
        NodeView::default().update(&self.shown, NODE).expect("the first update is whole")
    }
}

pub(crate) fn request(command: Command) -> Request {
    let scope = AccountRegion::default();
    Request { id: RequestId([1; 16]), principal: "arn:aws:iam::000000000000:root".into(), scope, command }
}

pub(crate) fn default_cluster() -> ClusterKey {
    ClusterKey::default()
}

pub(crate) fn definition() -> RegisterTaskDefinition {
    let container =
        ContainerDefinition { name: "web".into(), image: "gantry/hello".into(), ..Default::default() };
    let content = TaskDefinitionContent {
        network_mode: Some(NetworkMode::Awsvpc),
        containers: vec![container],
        cpu_units: Some(256),
        memory_mib: Some(512),
        ..Default::default()
    };
    RegisterTaskDefinition { family: "hello".parse().expect("a name"), content, tags: Default::default() }
}

pub(crate) fn run(state: &State, count: usize) -> RunTask {
    let vpc = state.default_vpc(&AccountRegion::default()).expect("the default VPC").id;
    RunTask {
        cluster: Default::default(),
        definition: DefinitionName { family: "hello".parse().expect("a name"), revision: None },
        count,
        capacity: Capacity::LaunchType(LaunchType::Fargate),
        platform_version: None,
        network: Some(Awsvpc {
            subnets: state.subnets_of(vpc).map(|s| s.id.to_string()).collect(),
            ..Default::default()
        }),
        overrides: Default::default(),
        size_override: SizeOverride::default(),
        group: None,
        started_by: None,
        reference_id: None,
        tags: Default::default(),
        propagate_definition_tags: false,
        managed_tags: false,
        enable_execute_command: false,
        client_token: None,
    }
}

pub(crate) fn stop(task: TaskId) -> Command {
    Command::StopTask(StopTask { cluster: Default::default(), task, reason: None })
}

pub(crate) fn seen(task: TaskId, status: TaskStatus) -> TaskReport {
    let stopped = status == TaskStatus::Stopped;
    TaskReport {
        task,
        status,
        containers: vec![ContainerReport::default()],
        released: stopped,
        ..TaskReport::default()
    }
}
