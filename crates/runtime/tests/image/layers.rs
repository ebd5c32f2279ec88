//! What of a layer arrives on disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use gantry_runtime::image::build::LayerBuilder;
use rustix::fs::{getxattr, listxattr, makedev};

use super::shop::{Shop, properties};

#[test]
fn kinds_modes_owners_and_times_are_kept() {
    let shop = Shop::open();
    let layer = LayerBuilder::new().mtime(1_000_000_007).folder("bin", 0o755).owner(12, 34);
    let layer =
        layer.file("bin/su", 0o4755, b"text").symlink("bin/link", "../nowhere").fifo("bin/pipe", 0o600);
    let layer = layer.character_device("bin/null", 0o666, 1, 3).folder("tmp", 0o1777);
    let root = shop.unpack(layer).unwrap();
    let expected = [
        ("bin", "0:0 40755"),
        ("bin/su", "12:34 104755"),
        ("bin/link", "12:34 120777"),
        ("bin/pipe", "12:34 10600"),
        ("bin/null", "12:34 20666"),
        ("tmp", "12:34 41777"),
    ];
    for (path, properties_expected) in expected {
        assert_eq!(properties(&root.join(path)), properties_expected, "{path}");
        let metadata = fs::symlink_metadata(root.join(path)).unwrap();
        assert_eq!(metadata.mtime(), 1_000_000_007, "{path}");
    }
    assert_eq!(fs::read(root.join("bin/su")).unwrap(), b"text");
    assert_eq!(fs::read_link(root.join("bin/link")).unwrap(), Path::new("../nowhere"));
    assert_eq!(fs::metadata(root.join("bin/null")).unwrap().rdev(), makedev(1, 3));
}

#[test]
fn the_layers_own_folder_gets_its_properties() {
    let shop = Shop::open();
    let plain = shop.unpack(LayerBuilder::new().file("a", 0o644, b"")).unwrap();
    assert_eq!(properties(&plain), "0:0 40755");
    let stated = shop.unpack(LayerBuilder::new().owner(5, 6).folder("./", 0o711)).unwrap();
    assert_eq!(properties(&stated), "5:6 40711");
}

#[test]
fn hard_links_are_one_file() {
    let shop = Shop::open();
    let layer =
        LayerBuilder::new().owner(7, 7).file("a/one", 0o600, b"x").owner(0, 0).hard_link("b/two", "a/one");
    let root = shop.unpack(layer).unwrap();
    let (one, two) = (root.join("a/one"), root.join("b/two"));
    assert_eq!(fs::metadata(&one).unwrap().ino(), fs::metadata(&two).unwrap().ino());
    assert_eq!(properties(&two), "7:7 100600");
}

#[test]
fn folders_without_an_entry_are_made() {
    let shop = Shop::open();
    let root = shop.unpack(LayerBuilder::new().file("a/b/c/d", 0o644, b"deep")).unwrap();
    assert_eq!(fs::read(root.join("a/b/c/d")).unwrap(), b"deep");
    assert_eq!(properties(&root.join("a/b")), "0:0 40755");
}

#[test]
fn the_last_entry_of_a_name_counts() {
    let shop = Shop::open();
    let layer = LayerBuilder::new()
        .file("file-then-folder", 0o644, b"old")
        .file("folder-then-file/inner", 0o644, b"old")
        .folder("folder-then-link", 0o755)
        .file("twice", 0o644, b"old")
        .folder("file-then-folder", 0o755)
        .file("file-then-folder/inner", 0o644, b"new")
        .file("folder-then-file", 0o644, b"new")
        .symlink("folder-then-link", "file-then-folder")
        .file("folder-then-link/through", 0o644, b"new")
        .file("twice", 0o600, b"new");
    let root = shop.unpack(layer).unwrap();
    for path in ["file-then-folder/inner", "folder-then-file", "file-then-folder/through", "twice"] {
        assert_eq!(fs::read(root.join(path)).unwrap(), b"new", "{path}");
    }
    assert_eq!(properties(&root.join("twice")), "0:0 100600");
}

#[test]
fn a_folder_named_twice_keeps_its_files() {
    let shop = Shop::open();
    let layer = LayerBuilder::new().folder("a", 0o700).file("a/file", 0o644, b"kept").folder("a", 0o755);
    let root = shop.unpack(layer).unwrap();
    assert_eq!(fs::read(root.join("a/file")).unwrap(), b"kept");
    assert_eq!(properties(&root.join("a")), "0:0 40755");
}

#[test]
fn attributes_of_files_are_kept_and_those_for_the_host_are_not() {
    const CAPABILITY: &[u8] = &[1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let shop = Shop::open();
    let layer = LayerBuilder::new()
        .xattr("security.capability", CAPABILITY)
        .xattr("user.note", b"a\nb")
        .xattr("trusted.overlay.redirect", b"/etc")
        .xattr("security.selinux", b"label")
        .file("ping", 0o755, b"");
    let ping = shop.unpack(layer).unwrap().join("ping");
    let mut value = [0; 64];
    assert_eq!(getxattr(&ping, "security.capability", &mut value).unwrap(), CAPABILITY.len());
    assert_eq!(&value[..CAPABILITY.len()], CAPABILITY);
    let length = getxattr(&ping, "user.note", &mut value).unwrap();
    assert_eq!(&value[..length], b"a\nb");
    let mut names = [0; 256];
    let length = listxattr(&ping, &mut names).unwrap();
    let names = String::from_utf8_lossy(&names[..length]).into_owned();
    assert!(!names.contains("overlay") && !names.contains("selinux"), "{names}");
}

#[test]
fn long_names_arrive_in_both_forms() {
    let shop = Shop::open();
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(120));
    let root = shop.unpack(LayerBuilder::new().file(&long, 0o644, b"pax")).unwrap();
    assert_eq!(fs::read(root.join(&long)).unwrap(), b"pax");
    let mut gnu = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(3);
    header.set_mode(0o644);
    gnu.append_data(&mut header, &long, b"gnu".as_slice()).unwrap();
    let image = gantry_runtime::image::build::ImageBuilder::new().raw_layer(gnu.into_inner().unwrap());
    shop.load(&image.build("test/gnu:1").oci_archive()).unwrap();
    assert_eq!(fs::read(shop.image("test/gnu:1").unwrap().layers[0].join(&long)).unwrap(), b"gnu");
}
