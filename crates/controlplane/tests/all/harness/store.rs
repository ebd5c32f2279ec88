//! A memory store whose appends fail when the test says so.

use gantry_store::{
    AppendError, Batch, Fence, HistoryReader, Loaded, MemoryStore, Retention, Store, StoreError, Trimmed,
};
use std::sync::{Arc, Condvar, Mutex};

/// What the store does with an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Takes it.
    Fine,
    /// The disk is full.
    Full,
    /// The disk fails and must be loaded again, which fails as well.
    Broken,
    /// The disk does not answer.
    Stuck,
}

#[derive(Debug, Clone)]
pub(crate) struct Switch(Arc<(Mutex<Mode>, Condvar)>);

impl Switch {
    pub(crate) fn new() -> Self {
        Self(Arc::new((Mutex::new(Mode::Fine), Condvar::new())))
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.0.0.lock().unwrap() = mode;
        self.0.1.notify_all();
    }

    /// The mode, once it is not stuck.
    fn wait(&self) -> Mode {
        *self.0.1.wait_while(self.0.0.lock().unwrap(), |mode| *mode == Mode::Stuck).unwrap()
    }
}

/// The store with its switch.
pub(crate) struct SwitchedStore {
    pub(crate) store: MemoryStore,
    pub(crate) switch: Switch,
}

impl Store for SwitchedStore {
    fn load(&mut self) -> Result<Loaded<'_>, StoreError> {
        match self.switch.wait() {
            Mode::Broken => Err(StoreError::Failed { action: "open", source: "switched off".into() }),
            Mode::Fine | Mode::Full | Mode::Stuck => self.store.load(),
        }
    }

    fn acquire(&mut self, holder: &str) -> Result<Fence, StoreError> {
        self.store.acquire(holder)
    }

    fn append(&mut self, batch: &Batch, fence: Fence) -> Result<(), AppendError> {
        match self.switch.wait() {
            Mode::Full => Err(AppendError::NoSpace),
            Mode::Broken => Err(AppendError::Unknown("switched off".into())),
            Mode::Fine | Mode::Stuck => self.store.append(batch, fence),
        }
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.store.settle()
    }

    fn trim(&mut self, retention: Retention, fence: Fence) -> Result<Trimmed, StoreError> {
        self.store.trim(retention, fence)
    }

    fn reader(&self) -> Arc<dyn HistoryReader> {
        self.store.reader()
    }
}
