//! Saving records of tasks: first for the agent, then, where it is asked for, for the host.

use crate::core::Finished;
use crate::files::FileError;
use crate::journal::Journal;
use crate::limits::SAVE_RETRY_MS;
use crate::perform::{blocking, with_causes};
use gantry_engine::TaskRecord;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;

/// Writes a record until it is written: a full disk stops the task's way, not the agent.
pub(crate) async fn save(
    journal: Arc<Journal>,
    results: mpsc::Sender<Finished>,
    syncs: Arc<Semaphore>,
    record: TaskRecord,
    revision: u64,
    durable: bool,
) {
    let task = record.task.id;
    let record = Arc::new(record);
    let written = retry(|| {
        let (journal, record) = (journal.clone(), record.clone());
        move || journal.write(&record)
    });
    let written = Arc::new(written.await);
    if results.send(Finished::Written(task)).await.is_err() || !durable {
        return;
    }
    let _turn = syncs.acquire().await.expect("the semaphore is never closed");
    let synced = retry(|| {
        let (journal, written) = (journal.clone(), written.clone());
        move || journal.sync(&written)
    });
    synced.await;
    // Nobody waits for results of an agent that has ended.
    let _ = results.send(Finished::Saved { task, revision }).await;
}

async fn retry<T, W>(mut work: impl FnMut() -> W) -> T
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, FileError> + Send + 'static,
{
    loop {
        match blocking(work()).await {
            Ok(Ok(done)) => return done,
            Ok(Err(error)) => tracing::error!(error = with_causes(&error), "a record cannot be saved"),
            Err(failure) => tracing::error!(error = failure.text, "a record cannot be saved"),
        }
        sleep(Duration::from_millis(SAVE_RETRY_MS)).await;
    }
}
