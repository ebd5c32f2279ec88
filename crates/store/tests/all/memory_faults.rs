//! The faults of the memory store: what was acknowledged stays, what failed is whole or absent.

use gantry_store::memory::{Fault, FaultPlan, MemoryDisk, MemoryStore};
use gantry_store::{AppendError, Fence, Retry, Store, StoreError};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Medium, Model, numbered_batch, numbered_model};

fn lead(disk: &MemoryDisk, faults: FaultPlan) -> (MemoryStore, Fence) {
    let mut store = MemoryStore::open(disk, faults);
    let fence = store.acquire("test").unwrap();
    store.load().unwrap();
    (store, fence)
}

#[test]
fn a_clean_refusal_leaves_the_store_open() {
    let faults = FaultPlan::none().append(1, Fault::NoSpace).append(2, Fault::Failed);
    let (mut store, fence) = lead(&MemoryDisk::new(), faults);
    store.append(&numbered_batch(1, 10), fence).unwrap();
    for _ in 0..2 {
        let refused = store.append(&numbered_batch(2, 10), fence).unwrap_err();
        assert_eq!(refused.retry(), Retry::Later);
    }
    store.append(&numbered_batch(2, 10), fence).unwrap();
    numbered_model(2, 10).check(&mut store);
}

#[test]
fn a_torn_batch_is_stored_only_if_all_of_it_arrived() {
    for (kept_bytes, last_seq) in [(0, 1), (20, 1), (usize::MAX, 2)] {
        let faults = FaultPlan::none().append(1, Fault::Torn { kept_bytes });
        let (mut store, fence) = lead(&MemoryDisk::new(), faults);
        store.append(&numbered_batch(1, 10), fence).unwrap();
        let unknown = store.append(&numbered_batch(2, 10), fence).unwrap_err();
        assert_eq!(unknown.retry(), Retry::AfterLoad);
        assert!(matches!(store.append(&numbered_batch(2, 10), fence), Err(AppendError::NotLoaded)));
        numbered_model(last_seq, 10).check(&mut store);
        store.append(&numbered_batch(last_seq + 1, 10), fence).unwrap();
    }
}

#[test]
fn nothing_is_shown_before_it_is_synced() {
    let disk = MemoryDisk::new();
    let (mut store, fence) = lead(&disk, FaultPlan::none());
    store.write(&numbered_batch(1, 10), fence).unwrap();
    store.write(&numbered_batch(2, 10), fence).unwrap();
    assert_eq!(store.reader().span().unwrap().last_seq, 0);
    assert!(disk.unsynced_bytes() > 0);
    store.sync().unwrap();
    assert_eq!(store.reader().span().unwrap().last_seq, 2);
    assert_eq!(disk.unsynced_bytes(), 0);
}

#[test]
fn a_crash_tears_only_what_was_not_synced() {
    let disk = MemoryDisk::new();
    let (mut store, fence) = lead(&disk, FaultPlan::none());
    store.append(&numbered_batch(1, 10), fence).unwrap();
    store.write(&numbered_batch(2, 10), fence).unwrap();
    let first_len = disk.unsynced_bytes();
    store.write(&numbered_batch(3, 10), fence).unwrap();
    disk.crash(first_len + 5);
    numbered_model(2, 10).check(&mut *disk.open());
}

#[test]
fn a_process_that_dies_leaves_what_it_has_written() {
    let disk = MemoryDisk::new();
    let (mut store, fence) = lead(&disk, FaultPlan::none());
    store.write(&numbered_batch(1, 10), fence).unwrap();
    drop(store);
    numbered_model(1, 10).check(&mut *disk.open());
}

#[test]
fn a_planned_load_fails_once() {
    let mut store = MemoryStore::open(&MemoryDisk::new(), FaultPlan::none().load(0));
    assert!(matches!(store.load(), Err(StoreError::Failed { .. })));
    store.load().unwrap();
    store.faults().hit_next_load();
    assert!(store.load().is_err());
}

#[test]
fn a_deposed_leader_is_fenced_off() {
    let disk = MemoryDisk::new();
    let (mut old, old_fence) = lead(&disk, FaultPlan::none());
    old.append(&numbered_batch(1, 10), old_fence).unwrap();
    let (mut new, new_fence) = lead(&disk, FaultPlan::none());
    let refused = old.append(&numbered_batch(2, 10), old_fence).unwrap_err();
    assert!(
        matches!(refused, AppendError::Fenced { given, current } if given == old_fence && current == new_fence)
    );
    new.append(&numbered_batch(2, 10), new_fence).unwrap();
}

/// What happens to the disk around one append.
fn fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        5 => Just(None),
        1 => Just(Some(Fault::NoSpace)),
        1 => Just(Some(Fault::Failed)),
        2 => (0usize..400).prop_map(|kept_bytes| Some(Fault::Torn { kept_bytes })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A leader that retries as it is told loses nothing that was acknowledged and stores nothing twice or by half.
    #[test]
    fn a_leader_that_does_as_told_loses_nothing(faults in vec(fault(), 1..40)) {
        let (mut store, fence) = lead(&MemoryDisk::new(), FaultPlan::none());
        let mut model = Model::default();
        for fault in faults {
            let batch = numbered_batch(model.last_seq + 1, 100);
            if let Some(fault) = fault {
                store.faults().hit_next_append(fault);
            }
            match store.append(&batch, fence).map_err(|error| error.retry()) {
                Ok(()) => model.apply(&batch),
                Err(Retry::Later) => {}
                Err(Retry::AfterLoad) => {
                    if store.load().unwrap().last_seq == batch.seq {
                        model.apply(&batch);
                    }
                }
                Err(Retry::Never) => unreachable!("the batch and the fence are right"),
            }
            model.check(&mut store);
        }
    }
}
