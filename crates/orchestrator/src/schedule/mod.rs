//! Placement: filter → score → choose. Refusals are counted by rule, so that "why not" always has an answer.
//!
//! Takes in the state and what a task wants; gives out a node, or how many nodes each rule refused with the nearest few in
//! full. Does not know requests: RunTask and controllers both call [`place`].

mod filter;
mod score;

use crate::entropy::Entropy;
use crate::state::State;
use gantry_model::record::Node;
use gantry_model::record::task::TaskGroup;
use gantry_model::status::Transport;
use gantry_model::{NodeId, Resources};
use std::collections::BTreeMap;

/// What a task wants of a node.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// How much of it.
    pub(crate) size: Resources,
    /// Ports of the host.
    pub(crate) host_ports: Vec<(Transport, u16)>,
    /// The letter of its zone.
    pub(crate) zone: String,
    /// `X86_64` or `ARM64`.
    pub(crate) cpu_architecture: String,
    /// The tasks that it is to be kept apart from.
    pub(crate) group: TaskGroup,
}

/// A node under consideration.
pub(crate) struct Candidate<'a> {
    pub(crate) node: &'a Node,
    /// What it could still promise.
    pub(crate) free: Resources,
    /// Whether its session stands or its lease holds.
    pub(crate) reachable: bool,
    /// Ports of the host that its tasks take.
    pub(crate) ports_taken: Vec<(Transport, u16)>,
}

/// Nobody fits.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Unplaceable {
    /// Nodes refused, by rule.
    pub(crate) refusals: BTreeMap<String, usize>,
    /// The first few refusals in full, for people.
    pub(crate) nearest: Vec<String>,
}

/// Refusals told in full: enough to see a pattern, few enough to read.
const NEAREST_MAX: usize = 5;

/// Nodes that fit after which the search ends: beyond these, another one is hardly better and the cost would grow with the
/// cluster.
const FITTING_MAX: usize = 64;

/// Finds a node. Cost: up to [`FITTING_MAX`] nodes that fit, and every node only where fewer do.
pub(crate) fn place(state: &State, wanted: &Wanted, entropy: &mut Entropy) -> Result<NodeId, Unplaceable> {
    let mut refused = Unplaceable::default();
    let mut fitting: Vec<Candidate<'_>> = Vec::new();
    let start = entropy.below(state.nodes.len() as u64) as usize;
    for node in state.nodes.values().skip(start).chain(state.nodes.values().take(start)) {
        let candidate = Candidate::of(state, node);
        match filter::first_refusal(&candidate, wanted) {
            None => fitting.push(candidate),
            Some(refusal) => refused.count(node, &refusal),
        }
        if fitting.len() == FITTING_MAX {
            break;
        }
    }
    choose(state, &fitting, wanted).ok_or(refused)
}

/// The best score; among equals the first, which the random start makes a fair draw.
fn choose(state: &State, fitting: &[Candidate<'_>], wanted: &Wanted) -> Option<NodeId> {
    let scored =
        fitting.iter().map(|candidate| (score::penalty(state, candidate, wanted), candidate.node.id));
    scored.min_by_key(|(penalty, _)| *penalty).map(|(_, id)| id)
}

impl<'a> Candidate<'a> {
    fn of(state: &'a State, node: &'a Node) -> Self {
        Self {
            node,
            free: node.offer().minus(state.node_use(node.id)),
            reachable: state.contact(node.id).is_some_and(|contact| contact.connected),
            ports_taken: Vec::new(),
        }
    }
}

impl Unplaceable {
    fn count(&mut self, node: &Node, refusal: &filter::Refused) {
        *self.refusals.entry(refusal.rule.to_string()).or_default() += 1;
        if self.nearest.len() < NEAREST_MAX {
            self.nearest.push(format!("{}: {}", node.name, refusal.detail));
        }
    }
}
