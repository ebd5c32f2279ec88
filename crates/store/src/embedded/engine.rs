//! The storage engine underneath: how it is opened and tuned.

use std::path::Path;
use std::sync::Arc;

use fjall::compaction::Leveled;
use fjall::config::{BlockSizePolicy, CompressionPolicy};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::error::store_error;
use super::folder::Folder;
use super::{head, torn};
use crate::StoreError;

/// Blocks of tables kept in memory. Rows are read once, at the start; only history reads come back to the same blocks.
const BLOCK_CACHE_BYTES: u64 = 4 * 1024 * 1024;

/// Rows and journal are written to a table when this much has gathered. It bounds memory, and with it how much of the
/// write-ahead log a start has to replay.
pub(super) const MEMTABLE_BYTES: u64 = 4 * 1024 * 1024;

/// The index and the store's own facts are small.
const SMALL_MEMTABLE_BYTES: u64 = 1024 * 1024;

/// Small tables make short compactions, which is what bounds their space and their disturbance of commits.
const TABLE_BYTES: u64 = 8 * 1024 * 1024;

/// Rows and journal entries are read in runs, not one by one.
const BLOCK_BYTES: u32 = 16 * 1024;

/// The engine's lower limit. A log is dropped when all it holds is in tables, so this bounds disk use and replay.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// One thread merges tables, the other writes memtables to tables meanwhile. With a single one, memtables grow for as
/// long as a merge takes.
const WORKER_THREADS: usize = 2;

/// Tables are few and small; each open one costs a file descriptor.
const OPEN_TABLES_MAX: usize = 64;

/// The engine with its keyspaces.
pub(super) struct Engine {
    pub(super) db: Database,
    /// `table ++ key` → value.
    pub(super) rows: Keyspace,
    /// Sequence number → [`BatchRecord`](super::record::BatchRecord).
    pub(super) journal: Keyspace,
    /// `resource ++ sequence number` → nothing.
    pub(super) by_resource: Keyspace,
    /// The store's own facts, see [`head`](super::head).
    pub(super) meta: Keyspace,
}

impl Engine {
    /// Opens the engine in its folder, and makes it there first if it is missing. If a power cut has torn the last
    /// write of the log in a way that the engine does not mend by itself, that write, which nobody was told of, is cut
    /// off.
    pub(super) fn open(folder: &Folder) -> Result<Self, StoreError> {
        folder
            .make_engine(|path| head::mark_format(&Self::open_at(path)?))
            .map_err(|error| store_error("make", error))?;
        let path = folder.engine_path();
        let opened = match Self::open_at(&path) {
            Err(fjall::Error::JournalRecovery(_)) => {
                torn::cut_last_write(&path)?;
                Self::open_at(&path)
            }
            opened => opened,
        };
        let engine = opened.map_err(|error| store_error("open", error))?;
        head::check_format(&engine)?;
        Ok(engine)
    }

    fn open_at(path: &Path) -> fjall::Result<Self> {
        let db = Database::builder(path)
            .cache_size(BLOCK_CACHE_BYTES)
            .max_journaling_size(LOG_BYTES_MAX)
            .worker_threads(WORKER_THREADS)
            .max_cached_files(Some(OPEN_TABLES_MAX))
            .manual_journal_persist(true)
            .journal_compression(CompressionType::None)
            .open()?;
        Ok(Self {
            rows: db.keyspace("rows", || options(MEMTABLE_BYTES))?,
            journal: db.keyspace("journal", || options(MEMTABLE_BYTES))?,
            by_resource: db.keyspace("by_resource", || options(SMALL_MEMTABLE_BYTES))?,
            meta: db.keyspace("meta", || options(SMALL_MEMTABLE_BYTES))?,
            db,
        })
    }

    pub(super) fn keyspaces(&self) -> [&Keyspace; 4] {
        [&self.rows, &self.journal, &self.by_resource, &self.meta]
    }

    /// False after any failed write, be it a commit or a table written in the background.
    pub(super) fn is_taking_writes(&self) -> bool {
        self.db.persist(PersistMode::Buffer).is_ok()
    }
}

fn options(memtable_bytes: u64) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(memtable_bytes)
        .data_block_size_policy(BlockSizePolicy::all(BLOCK_BYTES))
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::None))
        .compaction_strategy(Arc::new(Leveled::default().with_table_target_size(TABLE_BYTES)))
        .manual_journal_persist(true)
}
