//! Random histories of calls against the model, on every store.

use gantry_store::memory::MemoryDisk;
use gantry_store::{Batch, Fence, Order, Retention, RowWrite, Store, Table};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Medium, Model, all_history, lead};

/// One call, or a restart.
#[derive(Clone, Debug)]
enum Step {
    Append { rows: Vec<RowWrite>, journal: Vec<u8>, touched: Vec<Vec<u8>> },
    AppendOutOfOrder { offset: u64 },
    AppendWithOldFence,
    Acquire,
    Settle,
    Trim { before: u64, bytes_max: u64 },
    Restart,
    Check,
}

fn step() -> impl Strategy<Value = Step> {
    let key = vec(0u8..4, 0..3);
    let row = (0u16..3, key.clone(), proptest::option::weighted(0.7, vec(any::<u8>(), 0..40)))
        .prop_map(|(table, key, value)| RowWrite { table: Table(table), key, value });
    let append = (vec(row, 0..8), vec(any::<u8>(), 0..60), vec(key, 0..4));
    prop_oneof![
        12 => append.prop_map(|(rows, journal, touched)| Step::Append { rows, journal, touched }),
        1 => (0u64..5).prop_map(|offset| Step::AppendOutOfOrder { offset }),
        1 => Just(Step::AppendWithOldFence),
        1 => Just(Step::Acquire),
        4 => Just(Step::Settle),
        2 => (0u64..10, 0u64..800).prop_map(|(before, bytes_max)| Step::Trim { before, bytes_max }),
        1 => Just(Step::Restart),
        1 => Just(Step::Check),
    ]
}

struct Run<'a> {
    medium: &'a dyn Medium,
    store: Option<Box<dyn Store>>,
    fence: Fence,
    model: Model,
}

impl Run<'_> {
    fn of(medium: &dyn Medium, steps: Vec<Step>) {
        let (store, fence) = lead(medium);
        let mut run = Run { medium, store: Some(store), fence, model: Model::default() };
        for step in steps {
            run.take(step);
        }
        run.restart();
        run.check();
    }

    fn take(&mut self, step: Step) {
        let next_seq = self.model.last_seq + 1;
        match step {
            Step::Append { rows, journal, touched } => {
                let batch = Batch { seq: next_seq, rows, journal, touched };
                let fence = self.fence;
                self.store().append(&batch, fence).unwrap();
                self.model.apply(&batch);
            }
            Step::AppendOutOfOrder { offset } => {
                let seq = if offset == 0 { next_seq + 1 } else { next_seq.saturating_sub(offset) };
                let fence = self.fence;
                self.store().append(&Batch { seq, ..Batch::default() }, fence).unwrap_err();
            }
            Step::AppendWithOldFence => {
                let old = Fence(self.fence.0 - 1);
                self.store().append(&Batch { seq: next_seq, ..Batch::default() }, old).unwrap_err();
            }
            Step::Acquire => self.fence = self.store().acquire("random").unwrap(),
            Step::Settle => self.store().settle().unwrap(),
            Step::Trim { before, bytes_max } => self.trim(before, bytes_max),
            Step::Restart => self.restart(),
            Step::Check => self.check(),
        }
    }

    fn trim(&mut self, before: u64, bytes_max: u64) {
        let (fence, before_seq) = (self.fence, self.model.last_seq.saturating_sub(before));
        let trimmed = self.store().trim(Retention { before_seq, bytes_max }, fence).unwrap();
        assert!(!trimmed.more);
        let journal = &mut self.model.journal;
        let mut entries = 0;
        while journal.len() > 1 {
            let size: u64 = journal.values().map(|batch| batch.size_bytes() as u64).sum();
            let oldest = journal.first_entry().unwrap();
            if *oldest.key() >= before_seq && size <= bytes_max {
                break;
            }
            oldest.remove();
            entries += 1;
        }
        assert_eq!(trimmed.entries, entries);
    }

    fn restart(&mut self) {
        self.store = None;
        self.store = Some(self.medium.open());
        self.store().load().unwrap();
    }

    fn check(&mut self) {
        let model = self.model.clone();
        model.check(self.store());
        let reader = self.store().reader();
        for resource in [vec![], vec![0], vec![1, 2], vec![3]] {
            let found = all_history(&*reader, Some(&resource), Order::OldestFirst);
            assert_eq!(found, model.history(Some(&resource)));
        }
    }

    fn store(&mut self) -> &mut dyn Store {
        &mut **self.store.as_mut().unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn memory_store_follows_the_model(steps in vec(step(), 1..60)) {
        Run::of(&MemoryDisk::new(), steps);
    }
}

#[cfg(feature = "embedded")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn embedded_store_follows_the_model(steps in vec(step(), 1..60)) {
        Run::of(&tempfile::tempdir().unwrap(), steps);
    }
}
