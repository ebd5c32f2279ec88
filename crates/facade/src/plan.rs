//! What to do about a call: answer it from the state, or send a command first.

use crate::Fault;
use gantry_orchestrator::command::{Command, Refusal, Reply};
use gantry_orchestrator::state::State;
use gantry_wire::Structure;
use std::fmt;

/// The output shape of an operation.
pub type Output = Box<dyn Structure>;

/// Makes the answer from the state right after the command and from what became of it.
pub type Respond = Box<dyn FnOnce(&State, Result<Reply, Refusal>) -> Result<Output, Fault> + Send>;

/// What to do about a call.
pub enum Plan {
    /// Reading was enough.
    Answer(Output),
    /// Something has to change first.
    Command {
        /// What the orchestrator is asked.
        command: Command,
        /// Makes the answer.
        respond: Respond,
    },
}

impl Plan {
    /// The plan of a read.
    pub(crate) fn answer(output: impl Structure + 'static) -> Plan {
        Plan::Answer(Box::new(output))
    }

    /// The plan of a write.
    pub(crate) fn command<O: Structure + 'static>(
        command: Command,
        respond: impl FnOnce(&State, Result<Reply, Refusal>) -> Result<O, Fault> + Send + 'static,
    ) -> Plan {
        let respond = move |state: &State, result: Result<Reply, Refusal>| -> Result<Output, Fault> {
            respond(state, result).map(|output| Box::new(output) as Output)
        };
        Plan::Command { command, respond: Box::new(respond) }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plan::Answer(output) => f.debug_tuple("Answer").field(output).finish(),
            Plan::Command { command, .. } => f.debug_tuple("Command").field(command).finish(),
        }
    }
}
