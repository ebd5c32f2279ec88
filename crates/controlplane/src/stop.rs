//! The wish to stop, given once and heard by whoever holds a receiver.

use tokio::sync::watch;

/// Gives the wish. Dropping it gives the wish as well.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Hears the wish.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stopper {
    pub(crate) fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Completes once stopping is wished for.
    pub(crate) async fn wished(&mut self) {
        // An error says that the stopper is gone, which means the same.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    pub(crate) fn is_wished(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}
