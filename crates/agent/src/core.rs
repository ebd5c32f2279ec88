//! The one task that owns the engine: events in, actions out.
//!
//! It never waits for anything but the next event. Whatever blocks is done by others, who come back with a result.

use crate::board::Board;
use crate::clock;
use crate::exits::{Exits, container_exit};
use crate::journal::Journal;
use crate::limits::{RESULTS_MAX, SYNCS_MAX};
use crate::order::{Lane, Order, lane};
use crate::outbox::Outbox;
use crate::perform::{Performer, blocking, with_causes};
use crate::save;
use crate::session::{FromSession, SessionHandle};
use crate::stream::Streams;
use gantry_engine::{Action, Engine, Event, NodeRecord, TaskRecord};
use gantry_link::ToServer;
use gantry_model::view::{AssignedTask, AssignmentUpdate};
use gantry_model::{NodeTime, TaskId};
use gantry_runtime::api::{ContainerId, Event as RuntimeEvent};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::sleep;

/// What the core needs, beside its engine.
pub(crate) struct Core {
    engine: Engine,
    order: Order,
    performer: Arc<Performer>,
    journal: Arc<Journal>,
    outbox: Arc<Outbox>,
    board: Arc<Board>,
    streams: Streams,
    /// Which container of which task the runtime means by an id.
    names: BTreeMap<String, (TaskId, String)>,
    wake_at: Option<NodeTime>,
    node_record: watch::Sender<NodeRecord>,
    messages: Option<mpsc::Sender<ToServer>>,
    results: mpsc::Sender<Finished>,
    finished: mpsc::Receiver<Finished>,
    syncs: Arc<Semaphore>,
}

/// What comes back from others.
pub(crate) enum Finished {
    /// A task's record is written.
    Written(TaskId),
    /// A task's record is on the disk.
    Saved { task: TaskId, revision: u64 },
    /// An action is done.
    Done { task: TaskId, lane: Option<Lane>, event: Option<Event> },
}

/// How the core came to its end.
#[derive(Debug)]
pub(crate) enum CoreEnd {
    /// Another agent of this node is newer.
    Superseded(String),
    /// The control plane is another installation's.
    OtherInstallation(String),
    /// The session was told to say goodbye.
    Farewell,
}

/// What others keep of the core.
pub(crate) struct CoreParts {
    pub(crate) performer: Arc<Performer>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) board: Arc<Board>,
    pub(crate) streams: Streams,
    pub(crate) node_record: watch::Sender<NodeRecord>,
}

impl Core {
    pub(crate) fn new(engine: Engine, parts: CoreParts) -> Self {
        let CoreParts { performer, journal, outbox, board, streams, node_record } = parts;
        let (results, finished) = mpsc::channel(RESULTS_MAX);
        let names = engine.tasks().flat_map(|task| names(task)).collect();
        Self {
            engine,
            order: Order::default(),
            performer,
            journal,
            outbox,
            board,
            streams,
            names,
            wake_at: None,
            node_record,
            messages: None,
            results,
            finished,
            syncs: Arc::new(Semaphore::new(SYNCS_MAX)),
        }
    }

    /// Which container of which task the runtime means.
    pub(crate) fn name(&self, id: &ContainerId) -> Option<&(TaskId, String)> {
        self.names.get(id.as_str())
    }

    /// Tasks that are known.
    pub(crate) fn known(&self) -> BTreeSet<TaskId> {
        self.engine.tasks().map(|task| task.id).collect()
    }

    /// Takes events until the agent must act no more.
    pub(crate) async fn run(
        mut self,
        session: &mut SessionHandle,
        exits: &mut Exits,
        installation: &str,
    ) -> CoreEnd {
        self.messages = Some(session.messages.clone());
        loop {
            tokio::select! {
                event = session.events.recv() => match event {
                    Some(FromSession::Superseded(text)) => return CoreEnd::Superseded(text),
                    Some(FromSession::Started(welcome)) if welcome.installation != installation => {
                        return CoreEnd::OtherInstallation(welcome.installation);
                    }
                    Some(event) => self.hear(event),
                    None => return CoreEnd::Farewell,
                },
                Some(event) = exits.next() => self.exited(event),
                Some(finished) = self.finished.recv() => self.finish(finished),
                () = wait_until(self.wake_at), if self.wake_at.is_some() => {
                    self.wake_at = None;
                    self.step(Event::Tick);
                }
                _ = &mut session.task => return last_word(session),
            }
        }
    }

    /// One event through the engine.
    pub(crate) fn step(&mut self, event: Event) {
        for action in self.engine.step(event, clock::now()) {
            self.dispatch(action);
        }
    }

    fn hear(&mut self, event: FromSession) {
        match event {
            FromSession::Started(welcome) => {
                self.step(Event::SessionStarted { installation: welcome.installation })
            }
            FromSession::Assignments(update) => self.assign(update),
            FromSession::LeaseEnding { kill_by } => self.step(Event::LeaseEnding { kill_by }),
            FromSession::OpenStream { session, stream, request } => {
                self.streams.open(session, stream, request)
            }
            FromSession::CloseStream(stream) => self.streams.close(stream),
            FromSession::Superseded(_) => {}
        }
    }

    fn assign(&mut self, update: AssignmentUpdate) {
        for assignment in &update.put {
            self.names.extend(names(&assignment.task));
        }
        self.step(Event::Assignments(update));
    }

    fn exited(&mut self, event: RuntimeEvent) {
        let RuntimeEvent::Exited { id, exit } = event;
        match self.name(&id).cloned() {
            Some((task, container)) => {
                self.step(Event::Exited { task, container, exit: container_exit(exit) })
            }
            None => self.remove_stranger(id),
        }
    }

    /// A container that belongs to no task goes.
    pub(crate) fn remove_stranger(&self, id: ContainerId) {
        let performer = self.performer.clone();
        tokio::spawn(async move { performer.remove_stranger(id).await });
    }

    fn finish(&mut self, finished: Finished) {
        match finished {
            Finished::Written(task) => {
                self.order.saved(task).into_iter().for_each(|action| self.begin(task, action))
            }
            Finished::Saved { task, revision } => self.step(Event::Saved { task, revision }),
            Finished::Done { task, lane, event } => {
                if let Some(next) = lane.and_then(|lane| self.order.done(task, &lane)) {
                    self.begin(task, next);
                }
                event.into_iter().for_each(|event| self.step(event));
            }
        }
    }

    fn dispatch(&mut self, action: Action) {
        match action {
            Action::SaveNode(record) => {
                self.node_record.send_replace(record);
            }
            Action::Applied { generation } => self.say(ToServer::Applied { generation }),
            Action::Resync => self.say(ToServer::Resync),
            Action::Report(report) => {
                self.board.show(report.task, self.engine.seen(report.task));
                self.outbox.put(report);
            }
            Action::WakeAt(at) => self.wake_at = at,
            Action::Save { ref record, .. } => self.enqueue(record.task.id, action),
            Action::Attach { task }
            | Action::Detach { task }
            | Action::MakeFiles { task }
            | Action::RemoveFiles { task }
            | Action::Pull { task, .. }
            | Action::Create { task, .. }
            | Action::Start { task, .. }
            | Action::Signal { task, .. }
            | Action::Kill { task, .. }
            | Action::AcknowledgeExit { task, .. }
            | Action::Remove { task, .. }
            | Action::Forget { task } => self.enqueue(task, action),
        }
    }

    /// A session that does not take it is about to end, and the next one begins with the whole.
    fn say(&self, message: ToServer) {
        if let Some(messages) = &self.messages {
            let _ = messages.try_send(message);
        }
    }

    fn enqueue(&mut self, task: TaskId, action: Action) {
        if let Some(action) = self.order.push(task, action) {
            self.begin(task, action);
        }
    }

    fn begin(&mut self, task: TaskId, action: Action) {
        if let Action::Save { record, revision, durable } = action {
            self.save(record, revision, durable);
        } else if matches!(action, Action::Forget { .. }) {
            self.forget(task);
        } else {
            self.perform(task, action);
        }
    }

    fn save(&self, record: TaskRecord, revision: u64, durable: bool) {
        let (journal, results, syncs) = (self.journal.clone(), self.results.clone(), self.syncs.clone());
        tokio::spawn(save::save(journal, results, syncs, record, revision, durable));
    }

    fn perform(&mut self, task: TaskId, action: Action) {
        let lane = lane(&action);
        let assigned = self.engine.assigned(task).cloned();
        let (performer, results) = (self.performer.clone(), self.results.clone());
        tokio::spawn(async move {
            // Of a task that is forgotten nothing is left to be done.
            let event = match assigned {
                Some(assigned) => performer.perform(&assigned, action).await,
                None => None,
            };
            // Nobody waits for results of an agent that has ended.
            let _ = results.send(Finished::Done { task, lane, event }).await;
        });
    }

    fn forget(&mut self, task: TaskId) {
        self.board.show(task, None);
        self.names.retain(|_, (owner, _)| *owner != task);
        let (journal, folders, known) = (self.journal.clone(), self.performer.folders.clone(), self.known());
        tokio::spawn(async move {
            let swept = blocking(move || {
                journal.forget(task);
                folders.sweep_logs(&known)
            });
            if let Ok(Err(error)) = swept.await {
                tracing::warn!(error = with_causes(&error), "cannot remove old logs");
            }
        });
    }
}

/// Why the session ended: it may have said so just before.
fn last_word(session: &mut SessionHandle) -> CoreEnd {
    while let Ok(event) = session.events.try_recv() {
        if let FromSession::Superseded(text) = event {
            return CoreEnd::Superseded(text);
        }
    }
    CoreEnd::Farewell
}

async fn wait_until(at: Option<NodeTime>) {
    sleep(at.map_or(Duration::ZERO, clock::until)).await;
}

fn names(task: &AssignedTask) -> impl Iterator<Item = (String, (TaskId, String))> {
    task.containers.iter().map(|container| (container.runtime_id.clone(), (task.id, container.name.clone())))
}
