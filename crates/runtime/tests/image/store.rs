//! Names, what they keep alive, and what a store survives.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::fd::AsFd;
use std::thread;

use gantry_runtime::image::build::{ImageBuilder, LayerBuilder, Packing};
use gantry_runtime::image::{ImageStore, IndexError, OpenError, RemoveError};
use rustix::fs::{FlockOperation, flock};
use rustix::mount::{MountFlags, mount};

use super::shop::{Shop, chain, file_layer, layer_name, reference, small, with_own_mounts};

#[test]
fn names_are_found_as_docker_finds_them() {
    let shop = Shop::open();
    let image = small("team/app:latest", "x");
    shop.load(&image.oci_archive()).unwrap();
    for name in ["team/app", "team/app:latest", "docker.io/team/app", &format!("any/name@{}", image.digest())]
    {
        assert_eq!(shop.image(name).unwrap_or_else(|| panic!("{name}")).digest, image.digest());
    }
    for name in [
        "team/app:1",
        "app",
        "localhost/team/app",
        "team/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        assert!(shop.image(name).is_none(), "{name}");
    }
}

#[test]
fn a_name_moves_and_the_old_image_stays_while_it_is_used() {
    let shop = Shop::open();
    let (old, new) = (small("app:1", "old"), small("app:1", "new"));
    shop.load(&old.oci_archive()).unwrap();
    shop.load(&new.oci_archive()).unwrap();
    assert_eq!(shop.image("app:1").unwrap().digest, new.digest());
    let nameless =
        |shop: &Shop| shop.store.list().unwrap().iter().filter(|line| line.reference.is_none()).count();
    let used: BTreeSet<_> = [old.digest()].into();
    shop.store.collect(&used).unwrap();
    assert_eq!((shop.layers().len(), nameless(&shop)), (2, 1));
    assert!(shop.image(&format!("app@{}", old.digest())).is_some());
    shop.store.collect(&BTreeSet::new()).unwrap();
    assert_eq!((shop.layers(), nameless(&shop)), (vec![layer_name(file_layer("new"))], 0));
    assert!(shop.is_tidy());
}

#[test]
fn removing_keeps_what_others_need() {
    let shop = Shop::open();
    let of = |name: &str, top: &str| {
        ImageBuilder::new().layer(file_layer("base")).layer(file_layer(top)).build(name)
    };
    shop.load(&of("a:1", "a").oci_archive()).unwrap();
    shop.load(&of("b:1", "b").oci_archive()).unwrap();
    shop.store.remove(&reference("a:1"), &BTreeSet::new()).unwrap();
    let mut left = vec![layer_name(file_layer("base")), layer_name(file_layer("b"))];
    left.sort();
    assert_eq!(shop.layers(), left);
    let again = shop.store.remove(&reference("a:1"), &BTreeSet::new()).unwrap_err();
    assert!(matches!(again, RemoveError::NotFound(_)));
    assert_eq!(again.to_string(), "no such image: docker.io/library/a:1");
    let used = [shop.image("b:1").unwrap().digest].into();
    shop.store.remove(&reference("b:1"), &used).unwrap();
    assert_eq!((shop.image("b:1"), shop.layers()), (None, left));
    shop.store.collect(&BTreeSet::new()).unwrap();
    assert_eq!(shop.layers(), Vec::<String>::new());
}

#[test]
fn a_listing_has_names_and_sizes() {
    let shop = Shop::open();
    shop.load(&small("app:1", "12345").oci_archive()).unwrap();
    let lines = shop.store.list().unwrap();
    let line = lines.iter().find(|line| line.reference == Some(reference("app:1"))).unwrap();
    assert_eq!(line.size_bytes, 5);
    assert_eq!(lines.len(), 4, "and the built-in image under three tags");
}

#[test]
fn another_process_sees_what_was_loaded() {
    let shop = Shop::open();
    let second = shop.open_again();
    assert!(second.resolve(&reference("app:1")).unwrap().is_none());
    shop.load(&small("app:1", "x").oci_archive()).unwrap();
    assert!(second.resolve(&reference("app:1")).unwrap().is_some());
    second.remove(&reference("app:1"), &BTreeSet::new()).unwrap();
    assert!(shop.image("app:1").is_none());
}

#[test]
fn loads_side_by_side_share_a_layer() {
    let shop = Shop::open();
    let archive = small("app:1", "x").oci_archive();
    let stores = [shop.open_again(), shop.open_again()];
    thread::scope(|scope| {
        for number in 0..8 {
            let (store, archive) = (&stores[number % 2], &archive);
            scope.spawn(move || store.load_stream(archive.as_slice(), None).unwrap());
        }
    });
    assert_eq!(shop.layers().len(), 1);
    assert!(shop.is_tidy());
    assert_eq!(fs::read_to_string(shop.image("app:1").unwrap().layers[0].join("file")).unwrap(), "x");
}

#[test]
fn collecting_beside_loading_loses_nothing() {
    let shop = Shop::open();
    thread::scope(|scope| {
        scope.spawn(|| (0..20).for_each(|_| shop.store.collect(&BTreeSet::new()).unwrap()));
        for number in 0..4 {
            let shop = &shop;
            scope.spawn(move || {
                let archive = small(&format!("app:{number}"), &format!("{number}")).oci_archive();
                shop.store.load_stream(archive.as_slice(), None).unwrap();
            });
        }
    });
    for number in 0..4 {
        let layer = shop.image(&format!("app:{number}")).unwrap().layers.remove(0);
        assert_eq!(fs::read_to_string(layer.join("file")).unwrap(), number.to_string());
    }
}

#[test]
fn opening_sweeps_what_a_killed_load_has_left() {
    let shop = Shop::open();
    let work = shop.path().join("tmp");
    let (dead, alive) = (work.join("999999-0"), work.join("999999-1"));
    fs::create_dir_all(dead.join("layer-x/etc")).unwrap();
    fs::create_dir(&alive).unwrap();
    let held = File::open(&alive).unwrap();
    flock(held.as_fd(), FlockOperation::LockExclusive).unwrap();
    shop.open_again();
    assert_eq!((dead.exists(), alive.exists()), (false, true));
    drop(held);
    shop.open_again();
    assert!(shop.is_tidy());
}

#[test]
fn an_image_that_lost_a_layer_is_forgotten_and_can_come_again() {
    let shop = Shop::open();
    let archive = small("app:1", "x").oci_archive();
    shop.load(&archive).unwrap();
    fs::remove_dir_all(&shop.image("app:1").unwrap().layers[0]).unwrap();
    shop.open_again();
    assert!(shop.image("app:1").is_none());
    shop.load(&archive).unwrap();
    assert!(shop.image("app:1").unwrap().layers[0].join("file").is_file());
}

#[test]
fn an_index_of_another_version_is_left_alone() {
    let shop = Shop::open();
    let index = shop.path().join("index.json");
    let text = fs::read_to_string(&index).unwrap().replacen("\"version\": 1", "\"version\": 2", 1);
    fs::write(&index, &text).unwrap();
    let error = ImageStore::open(&shop.path()).unwrap_err();
    assert!(matches!(error, OpenError::Index(IndexError::Version(2))), "{error}");
    assert_eq!(fs::read_to_string(&index).unwrap(), text);
    fs::write(&index, "{").unwrap();
    assert!(matches!(ImageStore::open(&shop.path()), Err(OpenError::Index(IndexError::Form(_)))));
}

#[test]
fn a_full_disk_leaves_the_store_as_it_was() {
    let disk = tempfile::TempDir::new().unwrap();
    with_own_mounts(|| {
        mount("tmpfs", disk.path(), "tmpfs", MountFlags::empty(), Some(c"size=8m")).unwrap();
        let store = ImageStore::open(disk.path()).unwrap();
        let before = store.list().unwrap();
        let large = ImageBuilder::new().layer(LayerBuilder::new().file("a", 0o644, &vec![1; 16 << 20]));
        let large = large.packing(Packing::Gzip).build("large:1").oci_archive();
        let error = chain(&store.load_stream(large.as_slice(), None).unwrap_err());
        assert!(error.contains("cannot unpack `a`: No space left"), "{error}");
        assert_eq!(store.list().unwrap(), before);
        assert!(fs::read_dir(disk.path().join("tmp")).unwrap().next().is_none());
        store.load_stream(small("app:1", "x").oci_archive().as_slice(), None).unwrap();
        assert!(store.resolve(&reference("app:1")).unwrap().is_some());
    });
}

#[test]
fn the_store_is_closed_to_others() {
    let shop = Shop::open();
    assert_eq!(super::shop::properties(&shop.path()), "0:0 40700");
}
