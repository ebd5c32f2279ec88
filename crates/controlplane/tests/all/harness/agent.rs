//! An agent that says what the test wants.

use super::within;
use gantry_link::{
    AgentSide, Dialer, Hello, NodeIdentity, PROTOCOL, Refused, ToAgent, ToServer, Welcome, open_session,
};
use gantry_model::status::TaskStatus;
use gantry_model::view::{AssignmentUpdate, ContainerReport, NodeReport, TaskReport};
use gantry_model::{NodeId, NodeTime, Resources, TaskId};
use std::collections::VecDeque;

pub(crate) const NODE: NodeId = NodeId([7; 16]);

pub(crate) struct Agent {
    pub(crate) link: AgentSide,
    pub(crate) welcome: Welcome,
    /// Assignments that came before they were asked for.
    early: VecDeque<AssignmentUpdate>,
}

impl Agent {
    /// Joins and takes the first, whole assignments.
    pub(crate) async fn join(dialer: &Dialer) -> (Self, AssignmentUpdate) {
        let mut link = Self::dial(dialer).await;
        let welcome = match within("welcome", link.receiver.recv()).await.unwrap() {
            Some(ToAgent::Welcome(welcome)) => welcome,
            other => panic!("no welcome: {other:?}"),
        };
        let mut agent = Self { link, welcome, early: VecDeque::new() };
        let whole = agent.assignments().await;
        assert_eq!(whole.base, None, "the first update is whole");
        (agent, whole)
    }

    async fn dial(dialer: &Dialer) -> AgentSide {
        let node = NodeIdentity {
            id: NODE,
            name: "node-7".into(),
            capacity: Resources { cpu_units: 16_384, memory_mib: 32_768, enis: 100, gpus: 0 },
            cpu_architecture: "X86_64".into(),
            zones: vec![],
            agent_version: "test".into(),
        };
        let hello = Hello { protocol: PROTOCOL, node, incarnation: 1 };
        open_session(dialer.dial().await.unwrap(), hello).await.unwrap()
    }

    pub(crate) async fn next(&mut self) -> Option<ToAgent> {
        within("a message to the agent", self.link.receiver.recv()).await.unwrap()
    }

    /// The next assignments; acknowledgements in between are skipped.
    pub(crate) async fn assignments(&mut self) -> AssignmentUpdate {
        let update = self.next_assignments().await;
        self.say(ToServer::Applied { generation: update.generation }).await;
        update
    }

    async fn next_assignments(&mut self) -> AssignmentUpdate {
        if let Some(update) = self.early.pop_front() {
            return update;
        }
        loop {
            match self.next().await {
                Some(ToAgent::Assignments(update)) => return update,
                Some(ToAgent::ReportAck { .. } | ToAgent::HeartbeatAck { .. }) => {}
                other => panic!("no assignments: {other:?}"),
            }
        }
    }

    pub(crate) async fn say(&mut self, message: ToServer) {
        self.link.sender.send(message).await.unwrap();
    }

    /// Reports tasks and waits until that is durable.
    pub(crate) async fn report(&mut self, sequence: u64, tasks: Vec<TaskReport>) {
        self.say(ToServer::Report(NodeReport { sequence, sent_at: NodeTime(0), tasks })).await;
        loop {
            match self.next().await {
                Some(ToAgent::ReportAck { sequence: durable }) if durable == sequence => return,
                Some(ToAgent::Assignments(update)) => self.early.push_back(update),
                Some(ToAgent::HeartbeatAck { .. }) => {}
                other => panic!("no acknowledgement: {other:?}"),
            }
        }
    }

    /// Reads until the session is refused.
    pub(crate) async fn refused(&mut self) -> Refused {
        loop {
            match self.next().await {
                Some(ToAgent::Refused(refused)) => return refused,
                Some(_) => {}
                None => panic!("closed without a word"),
            }
        }
    }
}

/// A report that a task of one container is at a status.
pub(crate) fn seen(task: &str, status: TaskStatus) -> TaskReport {
    let task: TaskId = task.parse().unwrap();
    let released = status == TaskStatus::Stopped;
    TaskReport {
        task,
        status,
        containers: vec![ContainerReport::default()],
        released,
        ..TaskReport::default()
    }
}
