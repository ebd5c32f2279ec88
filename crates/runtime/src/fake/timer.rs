//! One thread that does things at their time, in the order of their times.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    /// By time, and by order of asking within the same time.
    due: BTreeMap<(Instant, u64), Work>,
    asked: u64,
    stopped: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// Ends its thread when it is dropped; what is not yet due is not done.
pub(super) struct Timer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Timer {
    pub(super) fn start() -> Timer {
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || run(&theirs));
        Timer { shared, thread: Some(thread) }
    }

    pub(super) fn after(&self, delay: Duration, work: impl FnOnce() + Send + 'static) {
        let mut queue = lock(&self.shared.queue);
        let key = (Instant::now() + delay, queue.asked);
        queue.asked += 1;
        queue.due.insert(key, Box::new(work));
        self.shared.changed.notify_one();
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        lock(&self.shared.queue).stopped = true;
        self.shared.changed.notify_one();
        // The last owner may be the work that is being done; then the thread ends by itself.
        if let Some(thread) =
            self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id())
        {
            // A panic of the thread was reported where it happened.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared) {
    let mut queue = lock(&shared.queue);
    while !queue.stopped {
        let now = Instant::now();
        let next = queue.due.first_key_value().map(|((time, _), _)| *time);
        queue = match next {
            Some(time) if time <= now => {
                let (_, work) = queue.due.pop_first().expect("it was there a line ago");
                drop(queue);
                work();
                lock(&shared.queue)
            }
            Some(time) => {
                let waited = shared.changed.wait_timeout(queue, time - now);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => shared.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn work_is_done_in_the_order_of_its_times() {
        let timer = Timer::start();
        let (sender, done) = channel();
        for (name, delay_ms) in [("late", 30), ("early", 0), ("middle", 15)] {
            let sender = sender.clone();
            timer.after(Duration::from_millis(delay_ms), move || sender.send(name).unwrap());
        }
        let order: Vec<_> = done.iter().take(3).collect();
        assert_eq!(order, ["early", "middle", "late"]);
    }
}
