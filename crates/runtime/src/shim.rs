//! The process that supervises one container and outlives the agent.
//!
//! Takes in: an order from the agent, by way of the zygote that this process was forked from. Gives out: the records of
//! [`crate::state`], the container's output in [`crate::log`], and answers on its channel. Does not know: images, tasks,
//! other containers.
//!
//! It has one thread and one loop, allocates little, and never waits for the agent:
//!
//! ```text
//! Created ──Start──► Starting ──executed──► Running ──┐
//!    └────────────────────┴─── the first process ends ┴──► drain output → kill the cgroup → record the end → exit
//! ```
//! The end of this process is the message that the container's end is on record. If it is killed instead, the
//! container dies with it: by the kernel's signal for a dead parent, and by the agent, which finds no record.

mod buffer;
mod make;
mod output;
mod run;

use crate::api::Started;
use crate::cgroup::{Group, Tree};
use crate::failure::{Failure, NotExecuted};
use crate::log::LogLimits;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub(crate) use run::run;

/// What to supervise. Descriptors come in the order of [`Descriptors`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ContainerOrder {
    /// The state folder's path, as the zygote sees it: the kernel takes an overlay's folders by path only.
    pub(crate) state: PathBuf,
    pub(crate) tree: Tree,
    pub(crate) group: Group,
    pub(crate) log: LogLimits,
    /// Standard input stays open.
    pub(crate) interactive: bool,
    /// A network namespace is among the descriptors.
    pub(crate) joins_network: bool,
}

/// What comes with a [`ContainerOrder`].
pub(crate) struct Descriptors<Fd> {
    /// The channel to the agent that gave the order.
    pub(crate) agent: Fd,
    /// Where later agents connect.
    pub(crate) listener: Fd,
    /// The state folder.
    pub(crate) state: Fd,
    /// The folder for output.
    pub(crate) log: Fd,
    pub(crate) netns: Option<Fd>,
    /// Copies of the specification's mounts, in its order.
    pub(crate) mounts: Vec<Fd>,
}

impl<Fd> Descriptors<Fd> {
    /// In the order that they are sent in.
    pub(crate) fn into_list(self) -> Vec<Fd> {
        let Descriptors { agent, listener, state, log, netns, mounts } = self;
        [agent, listener, state, log].into_iter().chain(netns).chain(mounts).collect()
    }

    /// Back from the list; `None` when it is too short.
    pub(crate) fn from_list(list: Vec<Fd>, joins_network: bool) -> Option<Descriptors<Fd>> {
        let mut list = list.into_iter();
        let (agent, listener, state, log) = (list.next()?, list.next()?, list.next()?, list.next()?);
        let netns = if joins_network { Some(list.next()?) } else { None };
        Some(Descriptors { agent, listener, state, log, netns, mounts: list.collect() })
    }
}

/// What a shim tells its agent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FromShim {
    /// The container is made, and maybe started. A pidfd of its first process comes along. Also the first message on
    /// every later connection.
    Here { pid: u32, started: Option<Started> },
    /// It was not made. Nothing is left of it.
    CannotCreate(Failure),
    /// Its program runs.
    Started(Started),
    /// Its program does not run; its end follows.
    CannotStart(NotExecuted),
}

/// What an agent tells a shim.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToShim {
    /// Execute the program. May be repeated; the answer is then repeated too.
    Start,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_come_back_in_their_places() {
        let sent =
            Descriptors { agent: 1, listener: 2, state: 3, log: 4, netns: Some(5), mounts: vec![6, 7] };
        let back = Descriptors::from_list(sent.into_list(), true).unwrap();
        assert_eq!((back.agent, back.log, back.netns, back.mounts), (1, 4, Some(5), vec![6, 7]));
        assert_eq!(Descriptors::from_list(vec![1, 2, 3, 4, 5], false).unwrap().mounts, [5]);
        assert!(Descriptors::from_list(vec![1, 2, 3], false).is_none());
    }
}
