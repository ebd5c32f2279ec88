//! The messages of a session.
//!
//! Everything that matters is safe to lose and to repeat: assignments have generations, reports hold all that is known and
//! are sent again until they are acknowledged, and the newest session of a node wins.

use crate::protocol::Protocol;
use gantry_model::view::{AssignmentUpdate, NodeReport};
use gantry_model::{NodeId, Resources, TaskId};
use serde::{Deserialize, Serialize};

/// The first message on every connection: it says what the connection is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Opening {
    /// A session of a node. Answered by [`ToAgent::Welcome`] or [`ToAgent::Refused`].
    Session(Hello),
    /// A stream that the control plane asked for. Stream frames follow in both directions.
    Stream(StreamHello),
}

/// Who wants a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The newest version that the agent speaks.
    pub protocol: Protocol,
    /// What the node says of itself.
    pub node: NodeIdentity,
    /// Chosen anew at each start of the agent: tells a process that connects again from another process.
    pub incarnation: u64,
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeIdentity {
    /// Chosen by the node at its first start and kept on its disk.
    pub id: NodeId,
    /// The machine's host name.
    pub name: String,
    /// What it offers, before overcommitment.
    pub capacity: Resources,
    /// `X86_64` or `ARM64`.
    pub cpu_architecture: String,
    /// Zones that it serves, a letter each; empty serves all.
    pub zones: Vec<char>,
    /// The agent's version.
    pub agent_version: String,
}

/// Which stream an agent brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHello {
    /// The node that brings it.
    pub node: NodeId,
    /// The session in which it was asked for.
    pub session: u64,
    /// Which stream, as [`ToAgent::OpenStream`] named it.
    pub stream: StreamId,
}

/// Names a stream within a session; chosen by the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(pub u64);

/// What an agent says after its session was accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToServer {
    /// What the node saw. Answered by [`ToAgent::ReportAck`] once it is durable.
    Report(NodeReport),
    /// The node has taken over the assignments of this generation.
    Applied {
        /// Which generation.
        generation: u64,
    },
    /// An update was relative to a generation that the node does not have: the next one must be whole.
    Resync,
    /// The node is alive. Answered by [`ToAgent::HeartbeatAck`], which renews the lease in the node's eyes.
    Heartbeat {
        /// Counts the session's heartbeats.
        number: u64,
    },
    /// The agent is about to close the connection.
    Goodbye {
        /// Whether it comes back at once, so that its lease is held meanwhile.
        restarting: bool,
    },
}

/// What the control plane says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToAgent {
    /// The session begins.
    Welcome(Welcome),
    /// There is no session, or no longer. The connection ends.
    Refused(Refused),
    /// What the node should run.
    Assignments(AssignmentUpdate),
    /// The facts of this report, and of all before it, are durable.
    ReportAck {
        /// Which report, as [`NodeReport::sequence`] counts them.
        sequence: u64,
    },
    /// The lease was renewed, no earlier than when this heartbeat was sent.
    HeartbeatAck {
        /// Which heartbeat.
        number: u64,
    },
    /// The node shall bring a stream, on a connection of its own.
    OpenStream {
        /// How to name it.
        stream: StreamId,
        /// What it shall carry.
        request: StreamRequest,
    },
    /// The stream is not wanted any more.
    CloseStream {
        /// Which stream.
        stream: StreamId,
    },
}

/// The terms of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version that both sides speak from here on.
    pub protocol: Protocol,
    /// Counts the node's sessions: the newest wins.
    pub session: u64,
    /// How often the node shall be heard of.
    pub heartbeat_ms: u64,
    /// How long a node that is not heard of is counted on.
    pub lease_ms: u64,
    /// Marks the installation: generations of another one mean nothing here, and interfaces of tasks carry it.
    pub installation: String,
    /// The range that tasks' addresses are from, such as `172.31.0.0/16`.
    pub vpc_cidr: String,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What the agent can do about it.
    pub because: RefusedBecause,
    /// The same for people.
    pub text: String,
}

/// What an agent makes of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusedBecause {
    /// A newer session of the same node exists: this agent acts no more, and stops nothing.
    Superseded,
    /// The two sides cannot talk: only an upgrade helps.
    Protocol,
    /// It may be accepted later.
    Unavailable,
}

/// What a stream shall carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StreamRequest {
    /// A container's output, ended by [`crate::StreamFrame::End`].
    Logs {
        /// Which task.
        task: TaskId,
        /// The container's name in its definition.
        container: String,
        /// Go on until the container has ended.
        follow: bool,
        /// Leave out what is older: wall clock, milliseconds since 1970.
        since_ms: Option<u64>,
        /// Begin with so many lines from the end.
        tail_lines: Option<u64>,
    },
    /// A further process in a container, ended by [`crate::StreamFrame::Exit`].
    Exec {
        /// Which task.
        task: TaskId,
        /// The container's name in its definition.
        container: String,
        /// Program and arguments.
        command: Vec<String>,
        /// `NAME=value`, added to the container's environment.
        env: Vec<String>,
        /// Rows and columns of its terminal; none without a terminal.
        tty: Option<(u16, u16)>,
    },
}
