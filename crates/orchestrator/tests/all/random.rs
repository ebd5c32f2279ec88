//! Random histories: whatever comes in whatever order, every shown state holds and a restart shows the same.

use crate::harness::{NODE, Plane, run, seen, stop};
use gantry_model::TaskId;
use gantry_model::status::TaskStatus;
use gantry_orchestrator::command::Command;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Event {
    Run(usize),
    Stop(usize),
    Report(usize, TaskStatus),
    Pass(u64),
    Join,
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let status = prop::sample::select(TaskStatus::ALL);
    prop_oneof![
        3 => (1..4usize).prop_map(Event::Run),
        2 => any::<usize>().prop_map(Event::Stop),
        6 => (any::<usize>(), status).prop_map(|(task, status)| Event::Report(task, status)),
        2 => (1..20_000u64).prop_map(Event::Pass),
        1 => Just(Event::Join),
        1 => Just(Event::Restart),
    ]
}

/// The harness checks the invariants of every state that it shows.
fn play(plane: &mut Plane, session: &mut u64, event: Event) {
    let ids: Vec<TaskId> = plane.shown.tasks().map(|task| task.id).collect();
    let pick = |index: usize| ids.get(index % ids.len().max(1)).copied().unwrap_or_default();
    match event {
        Event::Run(count) => drop(plane.request(Command::RunTask(run(&plane.shown, count)))),
        Event::Stop(index) => drop(plane.request(stop(pick(index)))),
        Event::Report(index, status) => drop(plane.report(*session, vec![seen(pick(index), status)])),
        Event::Pass(ms) => plane.pass_ms(ms),
        Event::Join => *session = plane.join(NODE, 4096, 8192),
        Event::Restart => plane.restart(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_state_holds(events in prop::collection::vec(event(), 1..60)) {
        let (mut plane, mut session) = (Plane::new(), 1);
        plane.register();
        for event in events {
            play(&mut plane, &mut session, event);
        }
        let before: Vec<_> = plane.shown.tasks().cloned().collect();
        plane.restart();
        prop_assert_eq!(before, plane.shown.tasks().cloned().collect::<Vec<_>>());
    }
}
