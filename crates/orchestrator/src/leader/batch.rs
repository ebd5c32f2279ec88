//! One batch in the making: inputs and controllers one after the other, each a transaction and a step with its cause.

use super::{Input, Released};
use crate::apply;
use crate::command::{Refusal, Reply};
use crate::control::{self, Key};
use crate::entropy::Entropy;
use crate::state::State;
use crate::txn::{Finished, Instant, Txn};
use gantry_model::cause::{Actor, Cause};
use gantry_model::change::Step;
use gantry_model::{NodeId, Timestamp};
use std::collections::BTreeSet;

pub(super) struct Draft<T> {
    state: State,
    now: Instant,
    entropy: Entropy,
    /// Transactions so far: numbers their entropy.
    count: u64,
    steps: Vec<Step>,
    replies: Vec<(T, Result<Reply, Refusal>)>,
    nodes: BTreeSet<NodeId>,
}

impl<T> Draft<T> {
    pub(super) fn new(state: State, now: Instant, entropy: [u8; 32]) -> Self {
        let entropy = Entropy::new(entropy);
        Self { state, now, entropy, count: 0, steps: Vec::new(), replies: Vec::new(), nodes: BTreeSet::new() }
    }

    /// Applies one input. A refusal leaves nothing behind but its answer.
    pub(super) fn input(&mut self, input: &Input, ticket: T, dirty: &mut BTreeSet<Key>) {
        let mut txn = self.begin();
        let reply = apply_input(&mut txn, input);
        if reply.is_ok() {
            self.keep(txn, || cause_of(input), dirty);
        }
        self.replies.push((ticket, reply));
    }

    /// Runs one controller. Answers when to look again.
    pub(super) fn reconcile(&mut self, key: &Key, dirty: &mut BTreeSet<Key>) -> Option<u64> {
        let mut txn = self.begin();
        let wake = control::reconcile(&mut txn, key);
        let cause = || Cause {
            actor: Actor::Controller(key.controller().to_owned()),
            action: key.action().to_owned(),
            request: None,
            notes: Vec::new(),
        };
        self.keep(txn, cause, dirty);
        wake
    }

    pub(super) fn finish(self) -> (Vec<Step>, Released<T>, Timestamp) {
        let released = Released { replies: self.replies, state: self.state, nodes: self.nodes };
        (self.steps, released, self.now.at)
    }

    fn begin(&mut self) -> Txn {
        self.count += 1;
        Txn::new(self.state.clone(), self.now, self.entropy.derive(self.count))
    }

    fn keep(&mut self, txn: Txn, cause: impl FnOnce() -> Cause, dirty: &mut BTreeSet<Key>) {
        let entropy = txn.entropy.seed_hex();
        let Finished { state, changes, notes, touched } = txn.finish();
        self.state = state;
        self.nodes.extend(touched.nodes);
        dirty.extend(touched.keys);
        if !changes.is_empty() || !notes.is_empty() {
            self.steps.push(Step { cause: Cause { notes, ..cause() }, entropy, changes });
        }
    }
}

fn apply_input(txn: &mut Txn, input: &Input) -> Result<Reply, Refusal> {
    match input {
        Input::Install(installation) => Ok(apply::install(txn, installation)),
        Input::Request(request) => apply::request(txn, request),
        Input::Node(message) => apply::node::input(txn, message),
    }
}

fn cause_of(input: &Input) -> Cause {
    let (actor, action, request) = match input {
        Input::Install(_) => (Actor::Installation, "gantry:install", None),
        Input::Request(request) => {
            (Actor::Principal(request.principal.clone()), request.command.action(), Some(request.id))
        }
        Input::Node(message) => (Actor::Node(message.node()), message.action(), None),
    };
    Cause { actor, action: action.to_owned(), request, notes: Vec::new() }
}
