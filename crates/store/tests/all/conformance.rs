//! What every store must do. Each test runs on every store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use gantry_store::{
    AppendError, Batch, Fence, HistoryQuery, HistorySpan, KEY_BYTES_MAX, Order, Retention, Retry, StoreError,
    TRIM_ENTRIES_MAX, Trimmed,
};

use crate::support::{
    Medium, Model, all_history, batch, delete, lead, numbered_batch, numbered_model, put, read,
};

/// One `#[test]` per store for each function here.
macro_rules! on_every_store {
    ($($test:ident)*) => {
        mod memory {
            $(#[test] fn $test() { super::$test(&gantry_store::memory::MemoryDisk::new()); })*
        }
        #[cfg(feature = "embedded")]
        mod embedded {
            $(#[test] fn $test() { super::$test(&tempfile::tempdir().unwrap()); })*
        }
    };
}

on_every_store! {
    a_new_store_is_empty
    rows_come_back_in_order
    the_last_write_of_a_key_counts
    an_append_before_a_load_is_refused
    gaps_and_repetitions_are_refused
    an_older_fence_is_refused
    fences_outlive_a_restart
    a_batch_that_is_too_large_is_refused
    history_is_paged_in_both_orders
    history_is_found_by_resource
    resources_are_told_apart_by_all_their_bytes
    history_can_be_bounded
    a_page_of_large_entries_is_bounded
    trim_by_sequence_keeps_the_rest
    trim_by_bytes_keeps_the_newest
    trim_is_bounded_and_says_so
    trim_needs_the_fence
    everything_outlives_a_restart
    readers_go_on_during_appends
    a_reader_outlives_a_load
}

fn a_new_store_is_empty(medium: &dyn Medium) {
    let (mut store, _) = lead(medium);
    assert_eq!(read(store.load().unwrap()), (0, vec![]));
    assert_eq!(store.reader().span().unwrap(), HistorySpan::default());
    assert_eq!(all_history(&*store.reader(), None, Order::NewestFirst), []);
}

fn rows_come_back_in_order(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let rows =
        vec![put(256, "a", "1"), put(1, "b", "2"), put(1, "", "3"), put(2, "a", ""), put(1, "ab", "4")];
    store.append(&batch(1, rows, &[]), fence).unwrap();
    store
        .append(&batch(2, vec![delete(1, "b"), delete(9, "never there"), put(2, "a", "5")], &[]), fence)
        .unwrap();

    let (last_seq, rows) = read(store.load().unwrap());
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.table.0, str::from_utf8(&row.key).unwrap(), str::from_utf8(&row.value).unwrap()))
        .collect();
    assert_eq!((last_seq, rows), (2, vec![(1, "", "3"), (1, "ab", "4"), (2, "a", "5"), (256, "a", "1")]));
}

fn the_last_write_of_a_key_counts(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let rows = vec![put(1, "a", "1"), delete(1, "a"), put(1, "b", "1"), put(1, "a", "2"), delete(1, "b")];
    let written = batch(1, rows, &["same", "same"]);
    store.append(&written, fence).unwrap();

    let mut model = Model::default();
    model.apply(&written);
    model.check(&mut *store);
    assert_eq!(all_history(&*store.reader(), Some(b"same"), Order::OldestFirst).len(), 1);
    drop(store);
    model.check(&mut *medium.open());
}

fn an_append_before_a_load_is_refused(medium: &dyn Medium) {
    let mut store = medium.open();
    let fence = store.acquire("test").unwrap();
    let refused = store.append(&batch(1, vec![], &[]), fence).unwrap_err();
    assert!(matches!(refused, AppendError::NotLoaded));
    assert_eq!(refused.retry(), Retry::AfterLoad);
    store.load().unwrap();
    store.append(&batch(1, vec![], &[]), fence).unwrap();
}

fn gaps_and_repetitions_are_refused(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    store.append(&batch(1, vec![], &[]), fence).unwrap();
    for got in [0, 1, 3, u64::MAX] {
        let refused = store.append(&batch(got, vec![put(1, "a", "no")], &[]), fence).unwrap_err();
        assert_eq!(refused.retry(), Retry::Never);
        assert!(matches!(refused, AppendError::OutOfOrder { expected: 2, got: given } if given == got));
    }
    store.append(&batch(2, vec![], &[]), fence).unwrap();
    assert_eq!(read(store.load().unwrap()), (2, vec![]));
}

fn an_older_fence_is_refused(medium: &dyn Medium) {
    let (mut store, old) = lead(medium);
    store.append(&batch(1, vec![], &[]), old).unwrap();
    let new = store.acquire("the next leader").unwrap();
    assert!(new > old);
    for given in [old, Fence(0), Fence(new.0 + 1)] {
        let refused = store.append(&batch(2, vec![], &[]), given).unwrap_err();
        assert_eq!(refused.retry(), Retry::Never);
        assert!(matches!(refused, AppendError::Fenced { current, .. } if current == new));
    }
    store.append(&batch(2, vec![], &[]), new).unwrap();
}

fn fences_outlive_a_restart(medium: &dyn Medium) {
    let (store, old) = lead(medium);
    drop(store);
    let mut store = medium.open();
    store.load().unwrap();
    store.append(&batch(1, vec![], &[]), old).unwrap();
    assert!(store.acquire("again").unwrap() > old);
}

fn a_batch_that_is_too_large_is_refused(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let long_key = "k".repeat(KEY_BYTES_MAX);
    store.append(&batch(1, vec![put(1, &long_key, "fits")], &[&long_key]), fence).unwrap();
    assert_eq!(all_history(&*store.reader(), Some(long_key.as_bytes()), Order::OldestFirst).len(), 1);

    let too_long = long_key + "k";
    let refused = store.append(&batch(2, vec![], &[&too_long]), fence).unwrap_err();
    assert_eq!(refused.retry(), Retry::Never);
    assert_eq!(refused.to_string(), "bytes of a key: 4097 given, at most 4096 allowed");
    assert_eq!(all_history(&*store.reader(), Some(too_long.as_bytes()), Order::OldestFirst), []);
}

fn history_is_paged_in_both_orders(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    for seq in 1..=30 {
        store.append(&numbered_batch(seq, 10), fence).unwrap();
    }
    let reader = store.reader();
    let mut expected = numbered_model(30, 10).history(None);
    assert_eq!(all_history(&*reader, None, Order::OldestFirst), expected);
    expected.reverse();
    assert_eq!(all_history(&*reader, None, Order::NewestFirst), expected);
}

fn history_is_found_by_resource(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    for seq in 1..=40 {
        store.append(&numbered_batch(seq, 10), fence).unwrap();
    }
    let model = numbered_model(40, 10);
    for resource in (0..5).map(|number| format!("resource/{number}").into_bytes()) {
        let mut expected = model.history(Some(&resource));
        assert_eq!(expected.len(), 8);
        assert_eq!(all_history(&*store.reader(), Some(&resource), Order::OldestFirst), expected);
        expected.reverse();
        assert_eq!(all_history(&*store.reader(), Some(&resource), Order::NewestFirst), expected);
    }
}

fn resources_are_told_apart_by_all_their_bytes(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let names = ["", "a", "a\0", "a\0\0\0\0\0\0\0\0\u{1}", "ab", "\u{7f}"];
    for (seq, name) in (1..).zip(names) {
        store.append(&batch(seq, vec![], &[name]), fence).unwrap();
    }
    for (seq, name) in (1..).zip(names) {
        let found = all_history(&*store.reader(), Some(name.as_bytes()), Order::NewestFirst);
        assert_eq!(found.iter().map(|entry| entry.seq).collect::<Vec<u64>>(), [seq], "{name:?}");
    }
}

fn history_can_be_bounded(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    for seq in 1..=10 {
        store.append(&batch(seq, vec![], &["r"]), fence).unwrap();
    }
    let reader = store.reader();
    let seqs = |resource: Option<&str>, after_seq, before_seq, limit, order| {
        let resource = resource.map(|resource| resource.as_bytes().to_vec());
        let page = reader.history(&HistoryQuery { resource, order, after_seq, before_seq, limit }).unwrap();
        (page.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), page.more)
    };
    for resource in [None, Some("r")] {
        assert_eq!(seqs(resource, Some(3), Some(7), 9, Order::OldestFirst), (vec![4, 5, 6], false));
        assert_eq!(seqs(resource, Some(3), Some(7), 2, Order::NewestFirst), (vec![6, 5], true));
        assert_eq!(seqs(resource, Some(8), None, 2, Order::OldestFirst), (vec![9, 10], false));
        assert_eq!(seqs(resource, Some(10), None, 9, Order::OldestFirst), (vec![], false));
        assert_eq!(seqs(resource, None, Some(1), 9, Order::NewestFirst), (vec![], false));
        assert_eq!(seqs(resource, Some(7), Some(3), 9, Order::OldestFirst), (vec![], false));
    }
}

fn a_page_of_large_entries_is_bounded(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    for seq in 1..=6 {
        store.append(&Batch { seq, journal: vec![0; 3_000_000], ..Batch::default() }, fence).unwrap();
    }
    let page = store.reader().history(&HistoryQuery::all(Order::NewestFirst)).unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [6, 5, 4]);
    assert!(page.more);
}

fn trim_by_sequence_keeps_the_rest(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let mut model = numbered_model(20, 100);
    for seq in 1..=20 {
        store.append(&numbered_batch(seq, 100), fence).unwrap();
    }
    let retention = Retention { before_seq: 13, bytes_max: u64::MAX };
    assert_eq!(store.trim(retention, fence).unwrap(), Trimmed { entries: 12, more: false });
    assert_eq!(store.trim(retention, fence).unwrap(), Trimmed { entries: 0, more: false });

    model.journal.retain(|seq, _| *seq >= 13);
    model.check(&mut *store);
    let span = HistorySpan { first_seq: 13, last_seq: 20, size_bytes: size_bytes(13..=20) };
    assert_eq!(store.reader().span().unwrap(), span);
    for resource in (0..5).map(|number| format!("resource/{number}").into_bytes()) {
        let found = all_history(&*store.reader(), Some(&resource), Order::OldestFirst);
        assert_eq!(found, model.history(Some(&resource)));
    }
    drop(store);
    let mut store = medium.open();
    model.check(&mut *store);
    assert_eq!(store.reader().span().unwrap(), span);
    store.append(&numbered_batch(21, 100), fence).unwrap();
}

fn trim_by_bytes_keeps_the_newest(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    for seq in 1..=20 {
        store.append(&numbered_batch(seq, 100), fence).unwrap();
    }
    let by_bytes = |bytes_max| Retention { before_seq: 0, bytes_max };
    assert_eq!(store.trim(by_bytes(size_bytes(1..=20)), fence).unwrap().entries, 0);
    assert_eq!(store.trim(by_bytes(size_bytes(1..=20) - 1), fence).unwrap().entries, 1);
    assert_eq!(store.trim(by_bytes(size_bytes(17..=20)), fence).unwrap().entries, 15);
    assert_eq!(store.trim(by_bytes(0), fence).unwrap(), Trimmed { entries: 3, more: false });
    let span = HistorySpan { first_seq: 20, last_seq: 20, size_bytes: size_bytes(20..=20) };
    assert_eq!(store.reader().span().unwrap(), span);
    store.append(&numbered_batch(21, 100), fence).unwrap();
    assert_eq!(store.reader().span().unwrap().size_bytes, size_bytes(20..=21));
}

/// Of these batches, with journal entries of a hundred bytes.
fn size_bytes(seqs: std::ops::RangeInclusive<u64>) -> u64 {
    seqs.map(|seq| numbered_batch(seq, 100).size_bytes() as u64).sum()
}

fn trim_is_bounded_and_says_so(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let last = TRIM_ENTRIES_MAX as u64 + 10;
    for seq in 1..=last {
        store.append(&Batch { seq, ..Batch::default() }, fence).unwrap();
    }
    let all = Retention { before_seq: last, bytes_max: u64::MAX };
    assert_eq!(store.trim(all, fence).unwrap(), Trimmed { entries: TRIM_ENTRIES_MAX, more: true });
    assert_eq!(store.trim(all, fence).unwrap(), Trimmed { entries: 9, more: false });
}

fn trim_needs_the_fence(medium: &dyn Medium) {
    let (mut store, old) = lead(medium);
    store.append(&batch(1, vec![], &[]), old).unwrap();
    store.acquire("the next leader").unwrap();
    let refused = store.trim(Retention { before_seq: 2, bytes_max: 0 }, old).unwrap_err();
    assert!(matches!(refused, StoreError::Fenced { given, .. } if given == old));
    assert!(!refused.is_retryable());
}

fn everything_outlives_a_restart(medium: &dyn Medium) {
    let mut model = Model::default();
    for round in 0..4 {
        let (mut store, fence) = lead(medium);
        for seq in round * 25 + 1..=(round + 1) * 25 {
            let batch = numbered_batch(seq, 3_000);
            store.append(&batch, fence).unwrap();
            model.apply(&batch);
        }
        model.check(&mut *store);
    }
    model.check(&mut *medium.open());
}

fn readers_go_on_during_appends(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let done = AtomicBool::new(false);
    let read_until_done = |resource: Option<&[u8]>| {
        let reader = store.reader();
        let done = &done;
        let resource = resource.map(<[u8]>::to_vec);
        move || {
            let mut last_count = 0;
            while !done.load(Ordering::Acquire) {
                let entries = all_history(&*reader, resource.as_deref(), Order::OldestFirst);
                assert!(entries.is_sorted_by_key(|entry| entry.seq));
                assert!(entries.len() >= last_count, "an entry has vanished");
                last_count = entries.len();
            }
            all_history(&*reader, resource.as_deref(), Order::OldestFirst).len()
        }
    };
    let (all, one) = (read_until_done(None), read_until_done(Some(b"resource/1")));
    let counts = thread::scope(|scope| {
        let readers = [scope.spawn(all), scope.spawn(one)];
        for seq in 1..=100 {
            store.append(&numbered_batch(seq, 500), fence).unwrap();
            assert_eq!(store.reader().span().unwrap().last_seq, seq);
        }
        done.store(true, Ordering::Release);
        readers.map(|reader| reader.join().unwrap())
    });
    assert_eq!(counts, [100, 20]);
}

fn a_reader_outlives_a_load(medium: &dyn Medium) {
    let (mut store, fence) = lead(medium);
    let reader = store.reader();
    store.append(&batch(1, vec![], &[]), fence).unwrap();
    store.load().unwrap();
    store.append(&batch(2, vec![], &[]), fence).unwrap();
    assert_eq!(reader.span().unwrap().last_seq, 2);
}
