//! A node: a machine that runs tasks, with its capacity. Its lease is an observation and therefore not stored.

use crate::{NodeId, Resources, Timestamp};

text_enum! {
    /// Whether the control plane counts on a node.
    pub enum NodeStatus {
        /// Its lease holds.
        Active = "ACTIVE",
        /// Its lease ended; its tasks were given up.
        Lost = "LOST",
    }
}

record! {
    /// One node of the platform's pool.
    pub struct Node {
        /// Chosen by the node at its first start and kept on its disk.
        pub id: NodeId,
        /// The machine's host name.
        pub name: String,
        /// What it offers, before overcommitment.
        pub capacity: Resources,
        /// How many times its CPU may be promised, in percent: 100 promises each unit once. Memory is never overcommitted.
        pub cpu_overcommit_percent: u32,
        /// Zones that it serves: a letter each; empty serves all.
        pub zones: Vec<char>,
        /// `X86_64` or `ARM64`.
        pub cpu_architecture: String,
        /// The agent's version.
        pub agent_version: String,
        /// Whether the control plane counts on it.
        pub status: NodeStatus,
        /// When it was given up.
        pub lost_at: Option<Timestamp>,
        /// Counts this node's sessions: the newest wins, whatever an older one still says.
        pub session: u64,
        /// When it first joined.
        pub registered_at: Timestamp,
    }
}

impl Node {
    /// What may be promised to tasks.
    pub fn offer(&self) -> Resources {
        let cpu_units = self.capacity.cpu_units * u64::from(self.cpu_overcommit_percent) / 100;
        Resources { cpu_units, ..self.capacity }
    }
}
