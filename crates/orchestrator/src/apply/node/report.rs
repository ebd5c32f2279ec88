//! A node's report → observed status. Statuses and time stamps only move forward, so an old or repeated report changes
//! nothing; and only the node that a task was given to is believed.

use crate::txn::Txn;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::Task;
use gantry_model::record::task::{ContainerObserved, Desired, Observed};
use gantry_model::status::{ContainerStatus, DesiredStatus, TaskStatus};
use gantry_model::view::{ContainerReport, NodeReport, TaskReport};
use gantry_model::{NodeId, NodeTime, Timestamp};

/// Applies what a node saw; tasks that it does not own or that are forgotten are skipped.
pub(super) fn apply(txn: &mut Txn, node: NodeId, report: &NodeReport) {
    let clock = NodeClock { now: txn.now.at, sent_at: report.sent_at };
    let taken = if suffers(Bug::ReportCutShort) { 1 } else { report.tasks.len() };
    for seen in report.tasks.iter().take(taken) {
        let Some(task) = txn.state.task(seen.task).filter(|task| task.spec.node == node) else { continue };
        if let Some(changed) = observe(task, seen, &clock) {
            txn.put(changed);
        }
    }
}

/// Turns a node's instants into the leader's: by their age when the report was sent.
struct NodeClock {
    now: Timestamp,
    sent_at: NodeTime,
}

impl NodeClock {
    fn at(&self, instant: Option<NodeTime>, not_before: Timestamp) -> Option<Timestamp> {
        let at = self.now.minus_ms(self.sent_at.ms_since(instant?));
        Some(at.max(not_before))
    }
}

/// The task as it is after the report; `None` when nothing changed.
fn observe(task: &Task, seen: &TaskReport, clock: &NodeClock) -> Option<Task> {
    let mut next = task.clone();
    next.observed = observed(task, seen, clock);
    if next.desired.status == DesiredStatus::Running && next.observed.status > TaskStatus::Running {
        next.desired = stopped_by_itself(seen, &next.observed, clock.now);
    }
    if next.observed.status == TaskStatus::Stopped {
        next.tags.clear();
    }
    if next == *task {
        return None;
    }
    let visible = |task: &Task| (task.observed.status, task.desired.status, task.observed.containers.clone());
    next.version += u64::from(visible(task) != visible(&next));
    Some(next)
}

fn observed(task: &Task, seen: &TaskReport, clock: &NodeClock) -> Observed {
    let was = &task.observed;
    let status = was.status.advance(seen.status);
    Observed {
        status,
        attachment: was.attachment.max(seen.attachment),
        containers: containers(&was.containers, &seen.containers),
        connectivity_at: was.connectivity_at.or(Some(clock.now)),
        released: was.released || seen.released,
        ..times(task, seen, status, clock)
    }
}

/// The time stamps, each set once and none before the one that precedes it. A task that is STOPPED gets no more: what a lost
/// node reports when it returns happened after its task was given up.
fn times(task: &Task, seen: &TaskReport, status: TaskStatus, clock: &NodeClock) -> Observed {
    let was = task.observed.clone();
    if was.stopped_at.is_some() {
        return was;
    }
    let created = task.spec.created_at;
    let pull_started_at = was.pull_started_at.or(clock.at(seen.pull_started_at, created));
    let pull_stopped_at =
        was.pull_stopped_at.or(clock.at(seen.pull_stopped_at, pull_started_at.unwrap_or(created)));
    let pulled = pull_stopped_at.or(pull_started_at).unwrap_or(created);
    let known = was.started_at.filter(|_| !suffers(Bug::TimeStampMoves));
    let started_at = known.or(clock.at(seen.started_at, pulled));
    let ran = started_at.unwrap_or(pulled);
    let execution_stopped_at = was.execution_stopped_at.or(clock.at(seen.execution_stopped_at, ran));
    let stopped_at = clock.at(seen.stopped_at, execution_stopped_at.unwrap_or(ran));
    let stopped_at = stopped_at.or(Some(clock.now)).filter(|_| status == TaskStatus::Stopped);
    Observed { pull_started_at, pull_stopped_at, started_at, execution_stopped_at, stopped_at, ..was }
}

/// Container by container; a report that misses some leaves them as they were.
fn containers(was: &[ContainerObserved], seen: &[ContainerReport]) -> Vec<ContainerObserved> {
    let seen = seen.iter().map(Some).chain(std::iter::repeat(None));
    was.iter()
        .zip(seen)
        .map(|(was, seen)| seen.map_or_else(|| was.clone(), |seen| container(was, seen)))
        .collect()
}

fn container(was: &ContainerObserved, seen: &ContainerReport) -> ContainerObserved {
    // A container that stopped is not overwritten: what was said of its end stays said.
    let ended = was.status == ContainerStatus::Stopped;
    let keep = |was: &Option<String>, seen: &Option<String>| was.clone().or_else(|| seen.clone());
    ContainerObserved {
        status: was.status.max(seen.status),
        exit_code: if ended { was.exit_code.or(seen.exit_code) } else { seen.exit_code },
        reason: keep(&was.reason, &seen.reason),
        image_digest: keep(&was.image_digest, &seen.image_digest),
        health: was.health,
    }
}

/// The task ended although it should run: the node's reason becomes the task's.
fn stopped_by_itself(seen: &TaskReport, observed: &Observed, now: Timestamp) -> Desired {
    Desired {
        status: DesiredStatus::Stopped,
        stopping_at: observed.execution_stopped_at.or(Some(now)),
        stop_code: seen.stop.as_ref().map(|stop| stop.code),
        stopped_reason: seen.stop.as_ref().map(|stop| stop.reason.clone()),
    }
}
