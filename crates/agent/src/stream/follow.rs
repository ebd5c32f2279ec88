//! Waiting for output of containers: one watch of the kernel's for all readers.

use gantry_runtime::log::{LogWatch, WatchId};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;
use tokio::sync::Notify;

/// How often the waiting thread looks whether anybody still needs it. Output is told at once; this is only about its end.
const LOOK_AROUND: Duration = Duration::from_secs(1);

/// Readers that wait.
#[derive(Clone, Default)]
pub(super) struct Followers(Arc<Mutex<Option<Arc<Watched>>>>);

/// The watch, as long as the agent's streams exist.
struct Watched {
    watch: LogWatch,
    waiting: Mutex<BTreeMap<WatchId, Vec<Arc<Notify>>>>,
}

/// One reader of one folder.
pub(super) struct Follower {
    watched: Arc<Watched>,
    id: WatchId,
    news: Arc<Notify>,
}

impl Followers {
    /// From now on the reader is told of every write. It reads once after this: what was written before is not told.
    pub(super) fn follow(&self, dir: &Path) -> io::Result<Follower> {
        let watched = self.watched()?;
        let news = Arc::new(Notify::new());
        let mut waiting = watched.waiting();
        let id = watched.watch.add(dir)?;
        waiting.entry(id).or_default().push(news.clone());
        drop(waiting);
        Ok(Follower { watched, id, news })
    }

    /// The watch, made by its first reader.
    fn watched(&self) -> io::Result<Arc<Watched>> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watched) = &*made {
            return Ok(watched.clone());
        }
        let watched = Arc::new(Watched { watch: LogWatch::new()?, waiting: Mutex::default() });
        let weak = Arc::downgrade(&watched);
        thread::Builder::new().name("log-watch".into()).spawn(move || tell(&weak))?;
        *made = Some(watched.clone());
        Ok(watched)
    }
}

impl Follower {
    /// Completes when there may be news since the last time.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut waiting = self.watched.waiting();
        let Some(readers) = waiting.get_mut(&self.id) else { return };
        readers.retain(|news| !Arc::ptr_eq(news, &self.news));
        if readers.is_empty() {
            waiting.remove(&self.id);
            // A folder that is gone takes its watch with it.
            let _ = self.watched.watch.remove(self.id);
        }
    }
}

impl Watched {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<WatchId, Vec<Arc<Notify>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes readers until nobody can come any more.
fn tell(watched: &Weak<Watched>) {
    while let Some(watched) = watched.upgrade() {
        let changed = match watched.watch.wait(Some(LOOK_AROUND)) {
            Ok(changed) => changed,
            Err(error) => {
                tracing::error!(%error, "output of containers cannot be waited for");
                return;
            }
        };
        let waiting = watched.waiting();
        let readers = changed.iter().filter_map(|id| waiting.get(id)).flatten();
        readers.for_each(|news| news.notify_one());
    }
}
