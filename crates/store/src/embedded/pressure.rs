//! Waiting, with a limit, for the engine's background thread.
//!
//! The engine itself makes a commit wait without a limit when too much is waiting to be written to tables; if its
//! background thread has died of a full disk, that is for ever. The store therefore waits before the engine would.

use std::thread;
use std::time::{Duration, Instant};

use fjall::{AbstractTree, Keyspace};

use super::engine::{Engine, MEMTABLE_BYTES};
use crate::BoxError;

/// The engine waits at 4. A commit adds at most one to each keyspace, and one may be on its way.
const SEALED_MEMTABLES_MAX: usize = 2;

/// The engine slows commits down at 20 runs and stops them at 30; a healthy one merges from 4 on.
const UNMERGED_TABLES_MAX: usize = 16;

/// A memtable this large should long have been sealed, but the engine asks for that only after a commit, and on a busy
/// thread. Memory must not pay for it.
const ACTIVE_MEMTABLE_BYTES_MAX: u64 = 3 * MEMTABLE_BYTES;

/// Leaves a client that was promised an answer within 5 s some of it.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// The engine tells nobody when it has caught up, so the store looks.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Returns once the engine can take a commit without making it wait.
pub(super) fn wait_for_background(engine: &Engine) -> Result<(), BoxError> {
    seal_large_memtables(engine)?;
    if has_caught_up(engine) {
        return Ok(());
    }
    let started = Instant::now();
    while !has_caught_up(engine) {
        if !engine.is_taking_writes() {
            return Err(fjall::Error::Poisoned.into());
        }
        if started.elapsed() > WAIT_MAX {
            return Err("writing tables in the background does not keep up".into());
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn seal_large_memtables(engine: &Engine) -> fjall::Result<()> {
    let is_large = |keyspace: &&Keyspace| keyspace.tree.active_memtable().size() > ACTIVE_MEMTABLE_BYTES_MAX;
    for keyspace in engine.keyspaces().into_iter().filter(is_large) {
        keyspace.rotate_memtable()?;
    }
    Ok(())
}

fn has_caught_up(engine: &Engine) -> bool {
    engine.keyspaces().into_iter().all(|keyspace| {
        keyspace.sealed_memtable_count() <= SEALED_MEMTABLES_MAX
            && keyspace.l0_table_count() <= UNMERGED_TABLES_MAX
    })
}
