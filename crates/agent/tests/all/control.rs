//! The control plane, played by the test: it takes sessions and streams, and says what the test wants said.

use gantry_link::{
    Dialer, Hello, Incoming, Listener, PROTOCOL, Refused, RefusedBecause, ServerSide, StreamConnection,
    StreamFrame, StreamHello, StreamId, StreamRequest, ToAgent, ToServer, Welcome, accept,
};
use gantry_model::view::{Assignment, AssignmentUpdate, NodeReport, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// Nothing that a test waits for takes this long.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(LIMIT, future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

pub(crate) struct ControlPlane {
    pub(crate) dialer: Dialer,
    listener: Listener,
    sessions: u64,
    pub(crate) generation: u64,
    pub(crate) lease_ms: u64,
    pub(crate) installation: String,
}

/// A session, and what was said in it.
pub(crate) struct Session {
    pub(crate) hello: Hello,
    pub(crate) number: u64,
    link: ServerSide,
    pub(crate) reports: BTreeMap<TaskId, TaskReport>,
    /// Every status of every task, in the order in which it was first reported.
    pub(crate) history: Vec<(TaskId, String)>,
    pub(crate) acknowledges: bool,
    pub(crate) hears: bool,
    streams: u64,
}

impl ControlPlane {
    pub(crate) fn new() -> Self {
        let (dialer, listener) = Dialer::in_process();
        Self { dialer, listener, sessions: 0, generation: 0, lease_ms: 10_000, installation: "test".into() }
    }

    pub(crate) async fn incoming(&mut self) -> Incoming {
        let io = soon("a connection", self.listener.accept()).await.expect("dialers are there");
        accept(io).await.expect("an agent opens properly")
    }

    /// The next session, welcomed.
    pub(crate) async fn session(&mut self) -> Session {
        let Incoming::Session(hello, link) = self.incoming().await else { panic!("a session was expected") };
        self.sessions += 1;
        let welcome = Welcome {
            protocol: PROTOCOL,
            session: self.sessions,
            heartbeat_ms: 50,
            lease_ms: self.lease_ms,
            installation: self.installation.clone(),
            vpc_cidr: "172.31.0.0/16".into(),
        };
        link.sender.send(ToAgent::Welcome(welcome)).await.expect("the agent listens");
        Session {
            hello,
            number: self.sessions,
            link,
            reports: BTreeMap::new(),
            history: Vec::new(),
            acknowledges: true,
            hears: true,
            streams: 0,
        }
    }

    pub(crate) async fn refuse(&mut self, because: RefusedBecause) {
        let Incoming::Session(_, link) = self.incoming().await else { panic!("a session was expected") };
        let refused = Refused { because, text: "no".into() };
        link.sender.send(ToAgent::Refused(refused)).await.expect("the agent listens");
    }

    /// What a node should run, whole.
    pub(crate) async fn assign(&mut self, session: &Session, put: Vec<Assignment>) {
        self.generation += 1;
        let update = AssignmentUpdate { generation: self.generation, base: None, put, remove: Vec::new() };
        session.say(ToAgent::Assignments(update)).await;
    }

    /// Asks for a stream, and takes it.
    pub(crate) async fn stream(&mut self, session: &mut Session, request: StreamRequest) -> StreamConnection {
        session.streams += 1;
        let stream = StreamId(session.streams);
        session.say(ToAgent::OpenStream { stream, request }).await;
        let Incoming::Stream(hello, connection) = self.incoming().await else {
            panic!("a stream was expected")
        };
        let expected = StreamHello { node: session.hello.node.id, session: session.number, stream };
        assert_eq!(hello, expected);
        connection
    }
}

impl Session {
    pub(crate) async fn say(&self, message: ToAgent) {
        self.link.sender.send(message).await.expect("the agent listens");
    }

    /// The next message that is no heartbeat; `None` when the agent has closed.
    pub(crate) async fn hear(&mut self) -> Option<ToServer> {
        soon("a message", self.next_message()).await
    }

    async fn next_message(&mut self) -> Option<ToServer> {
        loop {
            match self.link.receiver.recv().await.expect("the agent speaks properly")? {
                ToServer::Heartbeat { number } if self.hears => {
                    self.say(ToAgent::HeartbeatAck { number }).await
                }
                ToServer::Heartbeat { .. } => {}
                ToServer::Report(report) => {
                    self.take(&report).await;
                    return Some(ToServer::Report(report));
                }
                message @ (ToServer::Applied { .. } | ToServer::Resync | ToServer::Goodbye { .. }) => {
                    return Some(message);
                }
            }
        }
    }

    async fn take(&mut self, report: &NodeReport) {
        assert!(report.sent_at > NodeTime(0));
        for task in &report.tasks {
            let entry = (task.task, task.status.to_string());
            if self.history.last() != Some(&entry) {
                self.history.push(entry);
            }
            self.reports.insert(task.task, task.clone());
        }
        if self.acknowledges {
            self.say(ToAgent::ReportAck { sequence: report.sequence }).await;
        }
    }

    /// Hears until a report of the task says so.
    pub(crate) async fn until(
        &mut self,
        task: TaskId,
        what: &str,
        says: impl Fn(&TaskReport) -> bool,
    ) -> TaskReport {
        loop {
            if let Some(report) = self.reports.get(&task).filter(|report| says(report)) {
                return report.clone();
            }
            let latest = self.reports.get(&task).cloned();
            let heard = timeout(LIMIT, self.next_message()).await;
            heard.unwrap_or_else(|_| panic!("{task} is not {what}: {latest:?}")).expect("the agent is there");
        }
    }

    /// Hears until the agent says this.
    pub(crate) async fn until_said(&mut self, expected: ToServer) {
        loop {
            let message = self.hear().await.unwrap_or_else(|| panic!("the agent did not say {expected:?}"));
            if message == expected {
                return;
            }
        }
    }
}

/// Everything that comes, to the end.
pub(crate) async fn collect(stream: &mut StreamConnection) -> Vec<StreamFrame> {
    let mut frames = Vec::new();
    while let Some(frame) = soon("a frame", stream.receiver.recv()).await.expect("frames are proper") {
        frames.push(frame);
    }
    frames
}

/// What came on standard output.
pub(crate) fn text(frames: &[StreamFrame]) -> String {
    let data = frames
        .iter()
        .filter_map(|frame| if let StreamFrame::Stdout { data, .. } = frame { Some(data) } else { None });
    String::from_utf8(data.flatten().copied().collect()).expect("test programs print text")
}
