//! The simulator itself: it is deterministic, and a few seeds hold.

use gantry_model::planted::{Bug, plant};
use gantry_sim::{Settings, run};

/// Seeds of the quick check; `cargo xtask sim` runs many more.
const SEEDS: u64 = 20;

#[test]
fn the_same_seed_gives_the_same_history() {
    let (a, b) = (run(7, Settings::default()), run(7, Settings::default()));
    assert_eq!((a.log.digest(), a.log.count()), (b.log.digest(), b.log.count()));
    assert_ne!(a.log.digest(), run(8, Settings::default()).log.digest());
}

#[test]
fn a_few_seeds_hold() {
    let mut tasks = 0;
    for seed in 0..SEEDS {
        let outcome = run(seed, Settings::default());
        if let Some(violation) = outcome.violation {
            let tail: Vec<&str> = outcome.log.tail().collect();
            panic!("seed {seed}: {violation}\n{}", tail.join("\n"));
        }
        tasks += outcome.tasks;
    }
    assert!(tasks > 100, "the runs do something: {tasks} tasks");
}

/// A planted bug must be found within so many seeds.
const SEEDS_PER_BUG: u64 = 100;

#[test]
fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        plant(Some(bug));
        let found =
            (0..SEEDS_PER_BUG).find_map(|seed| Some((seed, run(seed, Settings::default()).violation?)));
        plant(None);
        let (seed, violation) =
            found.unwrap_or_else(|| panic!("{bug:?} is not found in {SEEDS_PER_BUG} seeds"));
        println!("{bug:?}: seed {seed}: {violation}");
    }
}
