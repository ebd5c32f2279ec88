//! Layers on top of each other: the kernel's overlay shows what the image means.

use std::fs;
use std::path::{Path, PathBuf};

use gantry_runtime::image::build::{ImageBuilder, LayerBuilder};
use rustix::mount::{MountFlags, mount};

use super::shop::{Shop, file_layer, with_own_mounts};

/// The paths that an overlay of these layers shows, and what the files hold.
fn shown(layers: &[PathBuf]) -> Vec<String> {
    let target = tempfile::TempDir::new().unwrap();
    with_own_mounts(|| mount_and_list(layers, target.path()))
}

fn mount_and_list(layers: &[PathBuf], target: &Path) -> Vec<String> {
    let (upper, work, merged) = (target.join("upper"), target.join("work"), target.join("merged"));
    for folder in [&upper, &work, &merged] {
        fs::create_dir(folder).unwrap();
    }
    let lower: Vec<&str> = layers.iter().map(|layer| layer.to_str().unwrap()).collect();
    let options =
        format!("lowerdir={},upperdir={},workdir={}", lower.join(":"), upper.display(), work.display());
    let options = std::ffi::CString::new(options).unwrap();
    mount("overlay", &merged, "overlay", MountFlags::empty(), Some(options.as_c_str())).unwrap();
    let mut found = Vec::new();
    list(&merged, &merged, &mut found);
    found.sort();
    found
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if path.is_dir() {
            found.push(format!("{name}/"));
            list(root, &path, found);
        } else {
            found.push(format!("{name}={}", fs::read_to_string(&path).unwrap()));
        }
    }
}

#[track_caller]
fn check(layers: impl IntoIterator<Item = LayerBuilder>, expected: &[&str]) {
    let shop = Shop::open();
    let image = layers.into_iter().fold(ImageBuilder::new(), ImageBuilder::layer).build("test/stack:1");
    shop.load(&image.oci_archive()).unwrap();
    assert_eq!(shown(&shop.image("test/stack:1").unwrap().layers), expected);
}

fn base() -> LayerBuilder {
    LayerBuilder::new().folder("etc", 0o755).file("etc/a", 0o644, b"1").file("etc/b", 0o644, b"1")
}

#[test]
fn upper_files_win() {
    check([base(), LayerBuilder::new().file("etc/b", 0o644, b"2")], &["etc/", "etc/a=1", "etc/b=2"]);
}

#[test]
fn a_whiteout_hides_a_name() {
    check([base(), LayerBuilder::new().whiteout("etc/a")], &["etc/", "etc/b=1"]);
    check([base(), LayerBuilder::new().whiteout("etc")], &[]);
}

#[test]
fn what_a_whiteout_hid_can_come_back() {
    check([base(), LayerBuilder::new().whiteout("etc/a"), base()], &["etc/", "etc/a=1", "etc/b=1"]);
}

#[test]
fn an_opaque_folder_shows_only_its_own() {
    let upper = || LayerBuilder::new().folder("etc", 0o755);
    check([base(), upper().opaque("etc").file("etc/c", 0o644, b"2")], &["etc/", "etc/c=2"]);
    check([base(), upper().file("etc/c", 0o644, b"2").opaque("etc")], &["etc/", "etc/c=2"]);
}

#[test]
fn a_folder_in_place_of_a_hidden_one_is_new() {
    let before = LayerBuilder::new().whiteout("etc").folder("etc", 0o755).file("etc/c", 0o644, b"2");
    check([base(), before], &["etc/", "etc/c=2"]);
    let after = LayerBuilder::new().folder("etc", 0o755).file("etc/c", 0o644, b"2").whiteout("etc");
    check([base(), after], &["etc/", "etc/c=2"]);
}

#[test]
fn a_file_of_the_same_layer_is_not_hidden() {
    check(
        [base(), LayerBuilder::new().file("etc/a", 0o644, b"2").whiteout("etc/a")],
        &["etc/", "etc/a=2", "etc/b=1"],
    );
    check(
        [base(), LayerBuilder::new().whiteout("etc/a").file("etc/a", 0o644, b"2")],
        &["etc/", "etc/a=2", "etc/b=1"],
    );
}

#[test]
fn reserved_names_of_the_format_are_no_files() {
    check([LayerBuilder::new().file(".wh..wh.plnk", 0o644, b"").file("a", 0o644, b"1")], &["a=1"]);
}

#[test]
fn a_layer_may_occur_twice() {
    check([file_layer("x"), file_layer("y"), file_layer("x")], &["file=x"]);
    check([file_layer("x"), LayerBuilder::new().whiteout("file"), file_layer("x")], &["file=x"]);
}

#[test]
fn an_image_without_layers_is_an_empty_folder() {
    check([], &[]);
}
