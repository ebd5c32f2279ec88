//! What nodes say: they join, they are heard of, they leave, they report.
//!
//! Takes in a node's message with its session; gives out changes. A message of a session that is not the node's newest
//! changes nothing: of two agents with one identity the newer wins, and the older stops nothing.

mod report;

use crate::command::{Refusal, Reply};
use crate::control::{Key, RESTART_HOLD_MS};
use crate::state::Contact;
use crate::txn::Txn;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::{Node, NodeStatus};
use gantry_model::view::NodeReport;
use gantry_model::{NodeId, Resources};

/// A node's message.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeInput {
    /// A session begins. Answers [`Reply::Session`].
    Joined(NodeInfo),
    /// The node was heard of: an observation.
    Heard {
        /// Which node.
        node: NodeId,
        /// In which session.
        session: u64,
    },
    /// A session ended.
    Left {
        /// Which node.
        node: NodeId,
        /// Which session.
        session: u64,
        /// Whether the agent announced that it comes back: its lease is held meanwhile.
        restarting: bool,
    },
    /// What the node saw. Answered once it is durable.
    Report {
        /// Which node.
        node: NodeId,
        /// In which session.
        session: u64,
        /// What it saw.
        report: NodeReport,
    },
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// Which node.
    pub id: NodeId,
    /// The machine's host name.
    pub name: String,
    /// What it offers.
    pub capacity: Resources,
    /// How many times its CPU may be promised, in percent.
    pub cpu_overcommit_percent: u32,
    /// Zones that it serves; empty serves all.
    pub zones: Vec<char>,
    /// `X86_64` or `ARM64`.
    pub cpu_architecture: String,
    /// The agent's version.
    pub agent_version: String,
}

impl NodeInput {
    /// The action in the history.
    pub(crate) const fn action(&self) -> &'static str {
        match self {
            Self::Joined(_) => "node:join",
            Self::Heard { .. } => "node:heard",
            Self::Left { .. } => "node:leave",
            Self::Report { .. } => "node:report",
        }
    }

    /// Which node speaks.
    pub(crate) const fn node(&self) -> NodeId {
        match self {
            Self::Joined(info) => info.id,
            Self::Heard { node, .. } | Self::Left { node, .. } | Self::Report { node, .. } => *node,
        }
    }
}

/// Applies a node's message.
pub(crate) fn input(txn: &mut Txn, input: &NodeInput) -> Result<Reply, Refusal> {
    match input {
        NodeInput::Joined(info) => Ok(joined(txn, info)),
        NodeInput::Heard { node, session } => heard(txn, *node, *session),
        NodeInput::Left { node, session, restarting } => left(txn, *node, *session, *restarting),
        NodeInput::Report { node, session, report } => {
            heard(txn, *node, *session)?;
            report::apply(txn, *node, report);
            Ok(Reply::Done)
        }
    }
}

fn joined(txn: &mut Txn, info: &NodeInfo) -> Reply {
    let known = txn.state.node(info.id).cloned();
    let session = known.as_ref().map_or(0, |node| node.session) + 1;
    txn.put(Node {
        id: info.id,
        name: info.name.clone(),
        capacity: info.capacity,
        cpu_overcommit_percent: info.cpu_overcommit_percent,
        zones: info.zones.clone(),
        cpu_architecture: info.cpu_architecture.clone(),
        agent_version: info.agent_version.clone(),
        status: NodeStatus::Active,
        lost_at: None,
        session,
        registered_at: known.map_or(txn.now.at, |node| node.registered_at),
    });
    let contact = Contact { session, heard_at_ms: txn.now.mono_ms, connected: true, held_until_ms: 0 };
    txn.state.contacts.insert(info.id, contact);
    Reply::Session(session)
}

fn heard(txn: &mut Txn, node: NodeId, session: u64) -> Result<Reply, Refusal> {
    require_newest(txn, node, session)?;
    let contact = Contact { session, heard_at_ms: txn.now.mono_ms, connected: true, held_until_ms: 0 };
    txn.state.contacts.insert(node, contact);
    Ok(Reply::Done)
}

fn left(txn: &mut Txn, node: NodeId, session: u64, restarting: bool) -> Result<Reply, Refusal> {
    require_newest(txn, node, session)?;
    let held_until_ms = if restarting { txn.now.mono_ms + RESTART_HOLD_MS } else { 0 };
    let heard_at_ms = txn.now.mono_ms;
    txn.state.contacts.insert(node, Contact { session, heard_at_ms, connected: false, held_until_ms });
    txn.look_at(Key::Node(node));
    Ok(Reply::Done)
}

fn require_newest(txn: &Txn, node: NodeId, session: u64) -> Result<(), Refusal> {
    let newest = txn
        .state
        .node(node)
        .is_some_and(|known| known.session == session && known.status == NodeStatus::Active);
    if newest || suffers(Bug::OlderSessionBelieved) { Ok(()) } else { Err(Refusal::StaleSession) }
}
