//! The handle on the engine that the store and its readers share, and the one way to write through it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fjall::{OwnedWriteBatch, PersistMode};

use super::engine::Engine;
use super::error::CommitError;
use super::pressure;
use crate::StoreError;

/// The engine as the store and its readers share it. It is absent after opening it again has failed, and after the
/// store was dropped.
pub(super) struct Shared(RwLock<Option<Engine>>);

impl Shared {
    pub(super) fn new(engine: Engine) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Some(engine))))
    }

    pub(super) fn is_open(&self) -> bool {
        self.read().is_some()
    }

    pub(super) fn is_taking_writes(&self) -> bool {
        self.read().as_ref().is_some_and(Engine::is_taking_writes)
    }

    /// Uses the engine, which stays open meanwhile.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let engine = self.read();
        let closed = || StoreError::Failed { action: "read", source: "it is closed".into() };
        work(engine.as_ref().ok_or_else(closed)?)
    }

    /// Closes the engine, waiting for readers to finish, and opens it again.
    pub(super) fn replace<T>(
        &self,
        open: impl FnOnce() -> Result<(T, Engine), StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = self.write();
        drop(slot.take());
        let (opened, engine) = open()?;
        *slot = Some(engine);
        Ok(opened)
    }

    /// Closes the engine for good, waiting for readers to finish.
    pub(super) fn close(&self) {
        drop(self.write().take());
    }

    /// Writes atomically and waits until it is on the disk: one `fdatasync` of the log.
    pub(super) fn commit(&self, fill: impl FnOnce(&Engine, &mut OwnedWriteBatch)) -> Result<(), CommitError> {
        let engine = self.read();
        let engine = engine.as_ref().ok_or_else(|| CommitError::NotWritten("the store is closed".into()))?;
        pressure::wait_for_background(engine).map_err(CommitError::NotWritten)?;
        let mut write = engine.db.batch().durability(Some(PersistMode::SyncData));
        fill(engine, &mut write);
        write.commit().map_err(CommitError::of)
    }

    /// If opening the engine panics, the lock is poisoned and the slot is empty: a state that all who look know.
    fn read(&self) -> RwLockReadGuard<'_, Option<Engine>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Engine>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
