//! Journal entries → events.

use super::change::sentences;
use super::rfc3339;
use crate::api::Event;
use gantry_model::NodeId;
use gantry_model::cause::Actor;
use gantry_model::change::{Change, JournalEntry, Step};
use gantry_model::record::{Record, RecordKey};
use std::collections::BTreeMap;

/// Gives nodes the names that people know.
pub(super) type Namer<'a> = &'a dyn Fn(NodeId) -> Option<String>;

/// Which changes a history is about; `None` for all.
pub(crate) type About<'a> = Option<&'a dyn Fn(&Change) -> bool>;

/// The events of entries that are sorted by number. A record's first change is told without what was before it; a caller
/// that wants to know reads one entry more and drops its events. Steps that say nothing to people are left out.
pub(crate) fn events(entries: &[JournalEntry], about: About<'_>, namer: Namer<'_>) -> Vec<Event> {
    let mut before: BTreeMap<RecordKey, Record> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in entries {
        for step in &entry.steps {
            found.extend(event(entry, step, about, namer, &mut before));
        }
    }
    found
}

fn event(
    entry: &JournalEntry,
    step: &Step,
    about: About<'_>,
    namer: Namer<'_>,
    before: &mut BTreeMap<RecordKey, Record>,
) -> Option<Event> {
    let (ours, others): (Vec<&Change>, Vec<&Change>) =
        step.changes.iter().partition(|change| about.is_none_or(|about| about(change)));
    if ours.is_empty() && about.is_some() {
        return None;
    }
    let changes: Vec<String> = ours.into_iter().flat_map(|change| tell(change, before)).collect();
    let notes = notes(step, &others);
    if changes.is_empty() && notes.is_empty() {
        return None;
    }
    Some(Event {
        number: entry.seq,
        at: rfc3339(entry.at),
        actor: actor(&step.cause.actor, namer),
        action: step.cause.action.clone(),
        request: step.cause.request.map(|id| id.to_string()),
        changes,
        notes,
    })
}

/// A change in sentences, seen against what was before it.
fn tell(change: &Change, before: &mut BTreeMap<RecordKey, Record>) -> Vec<String> {
    let key = change.key();
    let told = sentences(before.get(&key), change);
    match change {
        Change::Put(record) => drop(before.insert(key, record.clone())),
        Change::Delete(key) => drop(before.remove(key)),
    }
    told
}

/// What was considered, without what names only tasks that this history is not about.
fn notes(step: &Step, others: &[&Change]) -> Vec<String> {
    let task =
        |change: &&Change| if let RecordKey::Task(id) = change.key() { Some(id.to_string()) } else { None };
    let strangers: Vec<String> = others.iter().filter_map(task).collect();
    let is_ours = |note: &&String| !strangers.iter().any(|id| note.contains(id));
    step.cause.notes.iter().filter(is_ours).cloned().collect()
}

fn actor(actor: &Actor, namer: Namer<'_>) -> String {
    match actor {
        Actor::Principal(arn) => arn.clone(),
        Actor::Node(id) => format!("node {}", namer(*id).unwrap_or_else(|| id.to_string())),
        Actor::Controller(name) => format!("controller {name}"),
        Actor::Installation => "installation".to_owned(),
    }
}
