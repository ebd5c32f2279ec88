//! What an agent does before it talks to anybody: it finds its tasks again.
//!
//! Order: records, then the runtime's containers, then what belongs to no task goes, then the engine takes hold. Only after
//! that may the control plane say something new.

use crate::core::Core;
use crate::exits::container_exit;
use crate::files::{FileError, read_if_there};
use crate::folders::Folders;
use crate::journal::{Journal, Saved};
use crate::perform::{Performer, blocking, with_causes};
use gantry_engine::{Engine, Event, Failure, Found, FoundContainer, NodeRecord};
use gantry_model::TaskId;
use gantry_runtime::api::{self, Phase, Runtime};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reads all records. Answers the engine, and the tasks whose records are from before the machine was booted.
pub(crate) fn remember(
    folders: &Folders,
    journal: &Journal,
) -> Result<(Engine, BTreeSet<TaskId>), FileError> {
    let node = read_if_there(&folders.node())?.map(|text| NodeRecord::from_text(&text));
    let node = node.and_then(|record| {
        record.map_err(|error| tracing::warn!(%error, "the generation is forgotten")).ok()
    });
    let saved = journal.load()?;
    let before_boot =
        saved.iter().filter(|saved| saved.before_boot).map(|saved| saved.record.task.id).collect();
    let records = saved.into_iter().map(|Saved { record, .. }| record).collect();
    let engine = Engine::restore(node.unwrap_or_default(), records, crate::clock::now());
    Ok((engine, before_boot))
}

/// Asks the runtime what it holds.
pub(crate) async fn containers(runtime: Arc<dyn Runtime>) -> Result<Vec<api::Found>, Failure> {
    blocking(move || runtime.recover().map_err(|error| crate::perform::failure(&error, false))).await?
}

/// Removes what belongs to no known task, and lets the engine take hold of the rest.
pub(crate) async fn take_hold(
    core: &mut Core,
    performer: &Arc<Performer>,
    found: Vec<api::Found>,
    before_boot: BTreeSet<TaskId>,
) {
    sweep(performer, core.known()).await;
    let mut containers = Vec::new();
    for api::Found { id, phase, .. } in found {
        match core.name(&id).cloned() {
            Some((task, container)) => {
                containers.push(FoundContainer { task, container, found: in_words_of_engine(phase) })
            }
            None => core.remove_stranger(id),
        }
    }
    core.step(Event::Recovered { before_boot, containers });
}

/// Leftovers hurt nobody at once: a failure is said, and the next start tries again.
async fn sweep(performer: &Arc<Performer>, known: BTreeSet<TaskId>) {
    let (network, folders) = (performer.network.clone(), performer.folders.clone());
    let swept = blocking(move || {
        let names = known.iter().map(TaskId::to_string).collect();
        if let Err(error) = network.sweep(&names) {
            tracing::warn!(error = with_causes(&error), "links of former tasks stay");
        }
        if let Err(error) = folders.sweep_scratch(&known).and_then(|()| folders.sweep_logs(&known)) {
            tracing::warn!(error = with_causes(&error), "folders of former tasks stay");
        }
    });
    if let Err(failure) = swept.await {
        tracing::warn!(error = failure.text, "leftovers of former tasks stay");
    }
}

fn in_words_of_engine(phase: Phase) -> Found {
    match phase {
        Phase::Created => Found::Created,
        Phase::Running(_) => Found::Running,
        Phase::Ended { exit, .. } => Found::Ended(container_exit(exit)),
    }
}
