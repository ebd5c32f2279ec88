//! The one thread that waits for ends: of shims, of the zygote, of the runtime itself.

use super::node::{Node, STOP_MARK, ZYGOTE_MARK};
use rustix::event::{Timespec, epoll, eventfd};
use rustix::io::Errno;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Ends that are taken in at once.
const BATCH: usize = 64;

/// Between attempts to start a new zygote on a host that cannot, such as one without memory.
const ZYGOTE_PACE: Duration = Duration::from_secs(1);

/// The thread, and how to stop it.
pub(super) struct Watcher {
    stop: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    pub(super) fn start(node: Arc<Node>) -> io::Result<Watcher> {
        let stop = eventfd_of_zero()?;
        let mark = epoll::EventData::new_u64(STOP_MARK);
        epoll::add(&node.epoll, &stop, mark, epoll::EventFlags::IN)?;
        let thread = thread::Builder::new().name("gantry-runtime".into()).spawn(move || watch(&node))?;
        Ok(Watcher { stop, thread: Some(thread) })
    }

    /// Returns when the thread has ended.
    pub(super) fn stop(&mut self) {
        // Writing fails only when the counter is full, and then the thread is being woken already.
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported where it happened.
            let _ = thread.join();
        }
    }
}

fn eventfd_of_zero() -> io::Result<OwnedFd> {
    Ok(eventfd(0, rustix::event::EventfdFlags::CLOEXEC)?)
}

fn watch(node: &Arc<Node>) {
    let mut space = [MaybeUninit::uninit(); BATCH];
    let mut limit: Option<Timespec> = None;
    loop {
        let events = match epoll::wait(&node.epoll, &mut space, limit.as_ref()) {
            Ok((events, _)) => events,
            Err(Errno::INTR) => continue,
            Err(error) => {
                tracing::error!(%error, "the runtime no longer hears of containers' ends");
                return;
            }
        };
        let mut zygote_is_gone = limit.take().is_some();
        for event in events.iter() {
            match event.data.u64() {
                STOP_MARK => return,
                ZYGOTE_MARK => zygote_is_gone = true,
                mark => shim_ended(node, mark),
            }
        }
        if zygote_is_gone {
            limit = replace_zygote(node);
        }
    }
}

/// The limit after which to try again.
fn replace_zygote(node: &Node) -> Option<Timespec> {
    match node.restart_zygote() {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(%error, "no zygote: containers cannot be created");
            Some(crate::sys::time::timespec(ZYGOTE_PACE))
        }
    }
}

fn shim_ended(node: &Arc<Node>, mark: u64) {
    let Some(container) = node.take_watched(mark) else { return };
    if node.end_is_recorded(&container) {
        return;
    }
    // Killing what the shim has left can take seconds, during which other containers end.
    let (node, id) = (Arc::clone(node), container.id.clone());
    let work = move || node.end_without_shim(&container);
    if let Err(error) = thread::Builder::new().name("gantry-kill".into()).spawn(work) {
        tracing::error!(container = %id, %error, "a container without its shim is not killed until a restart");
    }
}
