//! The control plane of a run: leader, store and sessions, as the shell of the product drives them.

use crate::network::ConnectionId;
use gantry_model::change::JournalEntry;
use gantry_model::record::Record;
use gantry_model::stored::{StoredEntry, StoredRow};
use gantry_model::view::{AssignmentUpdate, NodeReport};
use gantry_model::{NodeId, Timestamp};
use gantry_orchestrator::command::{Refusal, Reply, Request};
use gantry_orchestrator::leader::{Input, Leader, Next, Now, Released};
use gantry_orchestrator::publish::NodeView;
use gantry_orchestrator::state::State;
use gantry_orchestrator::{NodeInfo, NodeInput};
use gantry_store::memory::{Fault, FaultPlan, MemoryDisk};
use gantry_store::{
    AppendError, Batch, Fence, HistoryQuery, HistoryReader, MemoryStore, Order, RowWrite, Store, Table,
};
use std::collections::{BTreeMap, VecDeque};

/// What an agent says.
#[derive(Debug, Clone)]
pub(crate) enum ToPlane {
    Hello(NodeInfo),
    Report(NodeReport),
    Heartbeat(u64),
    Applied(u64),
    Resync,
    Goodbye,
}

/// What the control plane says.
#[derive(Debug, Clone)]
pub(crate) enum ToAgent {
    Welcome,
    Refused,
    Assignments(AssignmentUpdate),
    ReportAck(u64),
    HeartbeatAck(u64),
}

/// Who waits for an answer.
#[derive(Debug, Clone)]
pub(crate) enum Ticket {
    Client(u64),
    Joined(ConnectionId, NodeId),
    Reported(ConnectionId, u64),
    Heard(ConnectionId, u64),
    Nobody,
}

/// What came of a commit.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Answers for clients.
    pub(crate) answers: Vec<(u64, Result<Reply, Refusal>)>,
    /// Messages for agents.
    pub(crate) messages: Vec<(ConnectionId, ToAgent)>,
    /// The root that readers see from here on.
    pub(crate) state: State,
}

struct Session {
    node: NodeId,
    number: u64,
    view: NodeView,
}

/// A running control plane.
pub(crate) struct Plane {
    leader: Leader<Ticket>,
    store: MemoryStore,
    fence: Fence,
    sessions: BTreeMap<ConnectionId, Session>,
    /// Entries that the store was given and that are not durable yet.
    writing: VecDeque<JournalEntry>,
    /// What readers see.
    pub(crate) shown: State,
}

/// What the plane does next.
pub(crate) enum Progress {
    /// Nothing before this virtual millisecond.
    Wait(Option<u64>),
    /// The store is writing: sync it.
    Writing,
    /// Something may be shown at once.
    Show(Shown),
    /// The store refused: the plane is gone and these tickets are not answered.
    Failed,
}

impl Plane {
    /// Starts on a disk. The journal's last time stamp is where the clock goes on: it is read after loading, which may bring
    /// back an entry that was written and never acknowledged.
    pub(crate) fn start(disk: &MemoryDisk, now: Now) -> Self {
        let mut store = MemoryStore::open(disk, FaultPlan::none());
        let fence = store.acquire("sim").expect("no faults are planned for acquiring");
        let (last_seq, rows) = load(&mut store);
        let last = last_time(disk);
        let leader = Leader::recover(rows, last_seq, last, fence.0, now);
        let shown = leader.state().clone();
        Self { leader, store, fence, sessions: BTreeMap::new(), writing: VecDeque::new(), shown }
    }

    /// Whether something is written and not yet durable.
    pub(crate) fn is_writing(&self) -> bool {
        !self.writing.is_empty()
    }

    /// Something goes wrong with the next append.
    pub(crate) fn hit_next_append(&mut self, fault: Fault) {
        self.store.faults().hit_next_append(fault);
    }

    /// A client asks. False when the queue is full.
    pub(crate) fn request(&mut self, id: u64, request: Request) -> bool {
        self.leader.submit(Input::Request(request), Ticket::Client(id)).is_ok()
    }

    /// The installation, at every start; only the first one changes anything.
    pub(crate) fn install(&mut self, installation: gantry_model::record::Installation) {
        let submitted = self.leader.submit(Input::Install(installation), Ticket::Nobody);
        assert!(submitted.is_ok(), "a queue that was just made has room");
    }

    /// An agent speaks. Answers what can be said at once.
    pub(crate) fn hear(&mut self, connection: ConnectionId, message: ToPlane) -> Option<ToAgent> {
        if let ToPlane::Hello(info) = message {
            let ticket = Ticket::Joined(connection, info.id);
            drop(self.leader.submit(Input::Node(NodeInput::Joined(info)), ticket));
            return None;
        }
        let session = self.sessions.get_mut(&connection)?;
        let (node, number) = (session.node, session.number);
        let (input, ticket) = match message {
            ToPlane::Hello(_) => return None,
            ToPlane::Resync => {
                session.view = NodeView::default();
                return session.view.update(&self.shown, node).map(ToAgent::Assignments);
            }
            ToPlane::Report(report) => {
                let ticket = Ticket::Reported(connection, report.sequence);
                (NodeInput::Report { node, session: number, report }, ticket)
            }
            ToPlane::Applied(generation) => {
                session.view.applied(generation);
                return None;
            }
            ToPlane::Heartbeat(beat) => {
                session.view.heard();
                (NodeInput::Heard { node, session: number }, Ticket::Heard(connection, beat))
            }
            ToPlane::Goodbye => (NodeInput::Left { node, session: number, restarting: true }, Ticket::Nobody),
        };
        drop(self.leader.submit(Input::Node(input), ticket));
        None
    }

    /// A connection broke.
    pub(crate) fn disconnected(&mut self, connection: ConnectionId) {
        let Some(session) = self.sessions.remove(&connection) else { return };
        let left = NodeInput::Left { node: session.node, session: session.number, restarting: false };
        drop(self.leader.submit(Input::Node(left), Ticket::Nobody));
    }

    /// Computes and writes the next batch.
    pub(crate) fn advance(&mut self, now: Now, entropy: [u8; 32]) -> Progress {
        match self.leader.begin(now, entropy) {
            Next::Idle => Progress::Wait(self.leader.wake_at_ms()),
            Next::Release(released) => Progress::Show(self.show(released)),
            Next::Commit(entry) => match self.store.write(&batch(&entry), self.fence) {
                Ok(()) => {
                    self.writing.push_back(entry);
                    Progress::Writing
                }
                Err(AppendError::NoSpace | AppendError::Failed(_)) => Progress::Failed,
                Err(other) => panic!("the leader's batches follow one another: {other}"),
            },
        }
    }

    /// Everything written becomes durable, or the store fails. Answers each entry and what may be shown from it on.
    pub(crate) fn sync(&mut self) -> Option<Vec<(JournalEntry, Shown)>> {
        self.store.sync().ok()?;
        let entries: Vec<JournalEntry> = self.writing.drain(..).collect();
        let shown = entries.into_iter().map(|entry| {
            let released = self.leader.committed(entry.seq);
            (entry, self.show(released))
        });
        Some(shown.collect())
    }

    fn show(&mut self, released: Released<Ticket>) -> Shown {
        self.shown = released.state.clone();
        let mut shown = Shown { answers: Vec::new(), messages: Vec::new(), state: released.state };
        for (ticket, reply) in released.replies {
            self.answer(ticket, reply, &mut shown);
        }
        for (connection, session) in &mut self.sessions {
            let update = session.view.update(&self.shown, session.node);
            shown.messages.extend(update.map(|update| (*connection, ToAgent::Assignments(update))));
        }
        shown
    }

    fn answer(&mut self, ticket: Ticket, reply: Result<Reply, Refusal>, shown: &mut Shown) {
        match (ticket, reply) {
            (Ticket::Client(id), reply) => shown.answers.push((id, reply)),
            (Ticket::Joined(connection, node), Ok(Reply::Session(number))) => {
                self.sessions.insert(connection, Session { node, number, view: NodeView::default() });
                shown.messages.push((connection, ToAgent::Welcome));
            }
            (Ticket::Reported(connection, sequence), Ok(_)) => {
                shown.messages.push((connection, ToAgent::ReportAck(sequence)));
            }
            (Ticket::Heard(connection, beat), Ok(_)) => {
                shown.messages.push((connection, ToAgent::HeartbeatAck(beat)))
            }
            (
                Ticket::Joined(connection, _)
                | Ticket::Reported(connection, _)
                | Ticket::Heard(connection, _),
                _,
            ) => {
                self.sessions.remove(&connection);
                shown.messages.push((connection, ToAgent::Refused));
            }
            (Ticket::Nobody, _) => {}
        }
    }
}

/// A journal entry as the store takes it.
fn batch(entry: &JournalEntry) -> Batch {
    let StoredEntry { header, rows, touched } = StoredEntry::of(entry);
    let row = |row: StoredRow| RowWrite { table: Table(row.table), key: row.key, value: row.value };
    Batch { seq: entry.seq, rows: rows.into_iter().map(row).collect(), journal: header, touched }
}

fn last_time(disk: &MemoryDisk) -> Timestamp {
    let newest = HistoryQuery { limit: 1, ..HistoryQuery::all(Order::NewestFirst) };
    let page = disk.history(&newest).expect("no faults are planned for reading");
    page.entries.first().map_or(Timestamp(0), |entry| decode(entry).at)
}

/// A journal entry that was written here.
pub(crate) fn decode(entry: &gantry_store::JournalEntry) -> JournalEntry {
    let rows = entry.rows.iter().map(|row| (row.table.0, row.value.as_deref()));
    JournalEntry::restore(&entry.journal, rows).expect("what was written can be read")
}

fn load(store: &mut MemoryStore) -> (u64, Vec<Record>) {
    let loaded = store.load().expect("no faults are planned for loading");
    let rows = loaded.rows.map(|row| read(&row.expect("no faults are planned for reading")));
    (loaded.last_seq, rows.collect())
}

fn read(row: &gantry_store::Row) -> Record {
    Record::decode(row.table.0, &row.value).expect("what was written can be read")
}
