//! Reports on their way: the latest of each task, sent until it is acknowledged.
//!
//! A newer report of a task replaces an older one that was not acknowledged, so the box never holds more than one per task,
//! however long the control plane is away.

use crate::limits::{REPORTS_IN_FLIGHT_MAX, TASKS_PER_REPORT_MAX};
use gantry_model::view::{NodeReport, TaskReport};
use gantry_model::{NodeTime, TaskId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Reports that are not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Told when there may be something to send.
    pub(crate) news: Notify,
}

#[derive(Debug, Default)]
struct State {
    reports: BTreeMap<TaskId, Pending>,
    unsent: BTreeSet<TaskId>,
    in_flight: BTreeSet<u64>,
    sequence: u64,
}

#[derive(Debug)]
struct Pending {
    report: TaskReport,
    /// The node's report that carried it last.
    sent_in: Option<u64>,
}

impl Outbox {
    /// Takes a task's latest report.
    pub(crate) fn put(&self, report: TaskReport) {
        let mut state = self.state();
        let task = report.task;
        state.reports.insert(task, Pending { report, sent_in: None });
        state.unsent.insert(task);
        drop(state);
        self.news.notify_one();
    }

    /// The next report to send, if there is one and the control plane is not too far behind.
    pub(crate) fn next(&self, sent_at: NodeTime) -> Option<NodeReport> {
        let mut state = self.state();
        if state.unsent.is_empty() || state.in_flight.len() >= REPORTS_IN_FLIGHT_MAX {
            return None;
        }
        state.sequence += 1;
        let sequence = state.sequence;
        state.in_flight.insert(sequence);
        let mut tasks = Vec::new();
        while tasks.len() < TASKS_PER_REPORT_MAX
            && let Some(task) = state.unsent.pop_first()
        {
            let pending = state.reports.get_mut(&task).expect("what is unsent is there");
            pending.sent_in = Some(sequence);
            tasks.push(pending.report.clone());
        }
        Some(NodeReport { sequence, sent_at, tasks })
    }

    /// This report, and all before it, are durable on the other side.
    pub(crate) fn acknowledged(&self, sequence: u64) {
        let mut state = self.state();
        state.in_flight.retain(|sent| *sent > sequence);
        state.reports.retain(|_, pending| pending.sent_in.is_none_or(|sent| sent > sequence));
        drop(state);
        self.news.notify_one();
    }

    /// The session is gone, and with it what was under way: all is to be sent again.
    pub(crate) fn rewind(&self) {
        let mut state = self.state();
        state.in_flight.clear();
        state.unsent = state.reports.keys().copied().collect();
        state.reports.values_mut().for_each(|pending| pending.sent_in = None);
        drop(state);
        self.news.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_model::status::TaskStatus;

    const NOW: NodeTime = NodeTime(1);

    fn report(task: u8, status: TaskStatus) -> TaskReport {
        TaskReport { task: TaskId([task; 16]), status, ..TaskReport::default() }
    }

    fn sent(outbox: &Outbox) -> Vec<(u8, TaskStatus)> {
        let report = outbox.next(NOW).map(|report| report.tasks).unwrap_or_default();
        report.iter().map(|report| (report.task.0[0], report.status)).collect()
    }

    #[test]
    fn the_latest_report_is_sent_until_it_is_acknowledged() {
        let outbox = Outbox::default();
        outbox.put(report(1, TaskStatus::Pending));
        outbox.put(report(1, TaskStatus::Running));
        outbox.put(report(2, TaskStatus::Pending));
        assert_eq!(sent(&outbox), [(1, TaskStatus::Running), (2, TaskStatus::Pending)]);
        assert_eq!(sent(&outbox), []);
        outbox.put(report(2, TaskStatus::Stopped));
        assert_eq!(sent(&outbox), [(2, TaskStatus::Stopped)]);
        outbox.acknowledged(1);
        outbox.rewind();
        assert_eq!(sent(&outbox), [(2, TaskStatus::Stopped)]);
        outbox.acknowledged(3);
        outbox.rewind();
        assert_eq!(sent(&outbox), []);
    }

    #[test]
    fn a_control_plane_that_acknowledges_nothing_is_not_flooded() {
        let outbox = Outbox::default();
        for round in 0..REPORTS_IN_FLIGHT_MAX + 3 {
            outbox.put(report(1, TaskStatus::Pending));
            assert_eq!(sent(&outbox).len(), usize::from(round < REPORTS_IN_FLIGHT_MAX));
        }
        outbox.acknowledged(1);
        assert_eq!(sent(&outbox).len(), 1);
    }
}
