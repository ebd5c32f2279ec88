//! Random histories: faults first, then healing. What must hold at every moment is asserted in [`World`]; here stands
//! what must hold in the end.

use crate::world::{Tape, World};
use gantry_model::status::TaskStatus;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_task_ends_and_leaves_nothing(numbers in vec(any::<u32>(), 0..600)) {
        let mut tape = Tape::new(numbers);
        let mut world = World::new();
        while !tape.is_over() {
            world.happen(&mut tape);
        }
        world.heal();
        for report in world.reports.values() {
            prop_assert_eq!(report.status, TaskStatus::Stopped, "{:?}", report);
            prop_assert!(report.released, "{:?}", report);
        }
        prop_assert!(world.containers.is_empty(), "{:?}", world.containers);
        prop_assert!(world.attached.is_empty(), "{:?}", world.attached);
        prop_assert!(world.folders.is_empty(), "{:?}", world.folders);
        prop_assert_eq!(world.forget_all(), 0);
    }
}
