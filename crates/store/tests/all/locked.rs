//! One process at a time uses a folder, and lets go of it with its store.

use gantry_store::{EmbeddedStore, StoreError};

use crate::support::{lead, numbered_batch};

#[test]
fn a_second_store_on_the_folder_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, fence) = lead(&folder);
    let refused = EmbeddedStore::open(folder.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Locked(_)));
    assert!(refused.to_string().starts_with("another gantry uses this data folder"));
    store.append(&numbered_batch(1, 10), fence).unwrap();
    let reader = store.reader();
    drop(store);
    assert!(reader.span().is_err(), "a reader must not keep the folder");
    EmbeddedStore::open(folder.path()).unwrap();
}
