//! The store's own thread: its calls block until the disk has answered.

use super::batch::batch;
use super::erase::{self, EraseError};
use super::recover::{RecoverError, Recovered, recover};
use super::retention;
use gantry_model::Timestamp;
use gantry_model::change::JournalEntry;
use gantry_orchestrator::leader::PIPELINE_MAX;
use gantry_store::{AppendError, Fence, HistoryReader, Store};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;
use tokio::sync::oneshot;

/// Jobs that wait: the batches in flight, and one of each other kind.
const JOBS_MAX: usize = PIPELINE_MAX + 3;

/// A handle to the thread.
pub(crate) struct Committer {
    jobs: SyncSender<Job>,
    reader: Arc<dyn HistoryReader>,
    /// Completes when the thread has closed the store.
    closed: oneshot::Receiver<()>,
}

pub(super) type Appended = oneshot::Receiver<Result<(), AppendError>>;

enum Job {
    Recover(Option<Fence>, oneshot::Sender<Result<Recovered, RecoverError>>),
    Append(JournalEntry, Fence, oneshot::Sender<Result<(), AppendError>>),
    Trim(Timestamp, Fence),
    Erase(erase::Erase, oneshot::Sender<Result<(), EraseError>>),
}

impl Committer {
    pub(crate) fn start(store: Box<dyn Store>) -> Self {
        let (jobs, queue) = sync_channel(JOBS_MAX);
        let reader = store.reader();
        let (close, closed) = oneshot::channel();
        let work = move || {
            run(store, &queue);
            // Nobody waits when the control plane was dropped.
            let _ = close.send(());
        };
        thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .expect("the system has room for one more thread");
        Self { jobs, reader, closed }
    }

    /// Ends the thread and closes the store.
    pub(super) async fn close(self) {
        drop(self.jobs);
        // An error says that the thread has ended by a panic: closed it is anyway.
        let _ = self.closed.await;
    }

    pub(crate) fn reader(&self) -> Arc<dyn HistoryReader> {
        self.reader.clone()
    }

    pub(crate) async fn recover(&self, fence: Option<Fence>) -> Result<Recovered, RecoverError> {
        let (reply, answer) = oneshot::channel();
        self.give(Job::Recover(fence, reply));
        answer.await.map_err(|_| RecoverError::Gone)?
    }

    /// Hands an entry over; entries are appended in the order of these calls.
    pub(super) fn append(&self, entry: JournalEntry, fence: Fence) -> Appended {
        let (reply, answer) = oneshot::channel();
        self.give(Job::Append(entry, fence, reply));
        answer
    }

    /// Lets go of history that is older than its retention.
    pub(super) fn trim(&self, now: Timestamp, fence: Fence) {
        self.give(Job::Trim(now, fence));
    }

    pub(super) async fn erase(&self, erase: erase::Erase) -> Result<(), EraseError> {
        let (reply, answer) = oneshot::channel();
        self.give(Job::Erase(erase, reply));
        answer.await.map_err(|_| RecoverError::Gone)?
    }

    /// A job that finds no room or no thread is dropped with its reply, which its asker sees.
    fn give(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            tracing::error!("the store's thread takes no job");
        }
    }
}

fn append(store: &mut dyn Store, entry: &JournalEntry, fence: Fence) -> Result<(), AppendError> {
    let began = Instant::now();
    let appended = store.append(&batch(entry), fence);
    tracing::debug!(entry = entry.seq, took_us = began.elapsed().as_micros() as u64, "appended");
    appended
}

/// What the store has put off until its caller was answered. A failure comes back with the next append.
fn settle(store: &mut dyn Store) {
    if let Err(error) = store.settle() {
        tracing::warn!(%error, "the store cannot bring its rows up to date");
    }
}

fn run(mut store: Box<dyn Store>, queue: &Receiver<Job>) {
    let store = store.as_mut();
    while let Ok(job) = queue.recv() {
        // Whoever asked may have given up; what was done holds anyway.
        match job {
            Job::Recover(fence, reply) => drop(reply.send(recover(store, fence))),
            Job::Append(entry, fence, reply) => {
                drop(reply.send(append(store, &entry, fence)));
                settle(store);
            }
            Job::Trim(now, fence) => retention::trim(store, now, fence),
            Job::Erase(erase, reply) => drop(reply.send(erase.run(store))),
        }
    }
}
