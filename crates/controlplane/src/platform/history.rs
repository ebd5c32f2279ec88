//! `GET history`: what happened, newest pages first, each page oldest first.

use super::names::{Resource, resolve};
use super::{Asked, INVALID, NOT_FOUND, UNAVAILABLE};
use crate::api::{Event, History};
use crate::commit::entry;
use crate::explain::events;
use crate::plane::Plane;
use gantry_model::change::{Change, JournalEntry};
use gantry_model::record::{FamilyKey, Record, RecordKey};
use gantry_model::{NodeId, TaskId};
use gantry_store::{HistoryPage, HistoryQuery, HistoryReader, Order, StoreError};
use gantry_wire::Fault;
use std::sync::Arc;

/// Entries of a page where none is asked for, and at most.
const ENTRIES: (usize, usize) = (100, 1_000);

/// Pages of a family's history in which a forgotten task is looked for.
const SEARCH_PAGES_MAX: usize = 20;

/// Parameters: `name`, `limit`, `before`.
pub(super) async fn history(asked: &Asked<'_>) -> Result<History, Fault> {
    let limit = asked.parsed("limit")?.unwrap_or(ENTRIES.0);
    if !(1..=ENTRIES.1).contains(&limit) {
        return Err(Fault::new(
            INVALID,
            format!("The parameter 'limit' must be between 1 and {}.", ENTRIES.1),
        ));
    }
    let resource = match asked.text("name") {
        Some(word) => Some(find(asked, &word).await?),
        None => None,
    };
    let before_seq = asked.parsed("before")?;
    let (entries, more) = page(asked.plane, resource.as_ref(), before_seq, limit).await?;
    // One entry more was read where there is one, so that the first event shown knows what was before it.
    let first = if more { entries.get(1).map_or(0, |entry| entry.seq) } else { 0 };
    let mut events = told(asked.plane, &entries, resource.as_ref());
    events.retain(|event| event.number >= first);
    Ok(History { events, more })
}

/// The newest entries about a resource, oldest first, and whether there are more; one entry more than asked for, then.
pub(super) async fn page(
    plane: &Plane,
    resource: Option<&Resource>,
    before_seq: Option<u64>,
    limit: usize,
) -> Result<(Vec<JournalEntry>, bool), Fault> {
    let resource = resource.map(|resource| resource.record_key().resource());
    let query =
        HistoryQuery { resource, before_seq, limit: limit + 1, ..HistoryQuery::all(Order::NewestFirst) };
    let page = read(plane.history.clone(), query).await?;
    let more = page.entries.len() > limit;
    let mut entries = parse(&page)?;
    entries.reverse();
    Ok((entries, more))
}

/// Entries as events about a resource; all events without one.
pub(super) fn told(plane: &Plane, entries: &[JournalEntry], resource: Option<&Resource>) -> Vec<Event> {
    let state = plane.published.state();
    let namer = |id: NodeId| state.node(id).map(|node| node.name.clone());
    match resource {
        Some(resource) => events(entries, Some(&|change| is_about(change, resource)), &namer),
        None => events(entries, None, &namer),
    }
}

fn is_about(change: &Change, resource: &Resource) -> bool {
    if change.key() == resource.record_key() {
        return true;
    }
    let Change::Put(Record::Task(task)) = change else { return false };
    match resource {
        Resource::Family(key) => {
            task.spec.definition.family == key.family && task.spec.definition.scope == key.scope
        }
        Resource::Cluster(key) => task.spec.cluster == *key,
        Resource::Task(_) | Resource::Definition(_) | Resource::Node(_) => false,
    }
}

/// What a word means; a task that has left the state is looked for in the history of its family.
pub(super) async fn find(asked: &Asked<'_>, word: &str) -> Result<Resource, Fault> {
    let unknown = match resolve(&asked.plane.published.state(), &asked.caller.scope, word) {
        Ok(resource) => return Ok(resource),
        Err(unknown) if unknown.code() == NOT_FOUND.code => unknown,
        Err(other) => return Err(other),
    };
    let Some((family, prefix)) = word.split_once('/') else { return Err(unknown) };
    let Ok(family) = family.parse() else { return Err(unknown) };
    let family = FamilyKey { scope: asked.caller.scope.clone(), family };
    let found = find_forgotten(asked.plane, family, prefix).await?;
    found.map(Resource::Task).ok_or(unknown)
}

async fn find_forgotten(plane: &Plane, family: FamilyKey, prefix: &str) -> Result<Option<TaskId>, Fault> {
    let resource = RecordKey::Family(family).resource();
    let mut query = HistoryQuery { resource: Some(resource), ..HistoryQuery::all(Order::NewestFirst) };
    for _ in 0..SEARCH_PAGES_MAX {
        let page = read(plane.history.clone(), query.clone()).await?;
        let entries = parse(&page)?;
        let mut tasks =
            entries.iter().flat_map(|entry| &entry.steps).flat_map(|step| &step.changes).filter_map(task_of);
        if let Some(found) = tasks.find(|id| id.to_string().starts_with(prefix)) {
            return Ok(Some(found));
        }
        match entries.last() {
            Some(last) if page.more => query.before_seq = Some(last.seq),
            Some(_) | None => break,
        }
    }
    Ok(None)
}

fn task_of(change: &Change) -> Option<TaskId> {
    if let RecordKey::Task(id) = change.key() { Some(id) } else { None }
}

/// The store's reads block, so they have a thread for it.
async fn read(reader: Arc<dyn HistoryReader>, query: HistoryQuery) -> Result<HistoryPage, Fault> {
    let read = tokio::task::spawn_blocking(move || reader.history(&query)).await;
    read.map_err(|_| unreadable())?.map_err(|error: StoreError| {
        tracing::warn!(%error, "the history cannot be read");
        unreadable()
    })
}

fn parse(page: &HistoryPage) -> Result<Vec<JournalEntry>, Fault> {
    page.entries.iter().map(entry).collect::<Result<_, _>>().map_err(|error| {
        tracing::warn!(%error, "an entry of the history cannot be read");
        unreadable()
    })
}

fn unreadable() -> Fault {
    Fault::new(UNAVAILABLE, "The history cannot be read at present.")
}
