//! An image made of Debian's static busybox and this crate's helper with its libraries.

use super::helper;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

const BUSYBOX: &str = "/bin/busybox";

/// Layers' folders begin with this.
const PREFIX: &str = "layer-of-";

/// One layer for all tests, kept in the target folder and made again when the helper changes; it is never written to.
pub(crate) fn shared_layer() -> PathBuf {
    let about = fs::metadata(helper()).unwrap();
    let made = about.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let layer = folder.join(format!("{PREFIX}{made}"));
    let lock = File::create(folder.join("layer.lock")).unwrap();
    lock.lock().unwrap();
    if !layer.exists() {
        remove_older(folder);
        let unfinished = folder.join("layer.unfinished");
        let _ = fs::remove_dir_all(&unfinished);
        build(&unfinished);
        fs::rename(&unfinished, &layer).unwrap();
    }
    layer
}

fn remove_older(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_name().to_str().unwrap().starts_with(PREFIX) {
            fs::remove_dir_all(entry.path()).unwrap();
        }
    }
}

fn build(root: &Path) {
    assert!(Path::new(BUSYBOX).exists(), "the tests need busybox: apt-get install busybox-static");
    fs::create_dir(root).unwrap();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
    for folder in ["bin", "etc", "lib64", "tmp", "home/web"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
    fs::copy(BUSYBOX, root.join("bin/busybox")).unwrap();
    let applets = Command::new(BUSYBOX).arg("--list").output().unwrap().stdout;
    for applet in String::from_utf8(applets).unwrap().lines().filter(|applet| *applet != "busybox") {
        symlink("busybox", root.join("bin").join(applet)).unwrap();
    }
    fs::write(root.join("etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:101:102::/home/web:/bin/sh\n")
        .unwrap();
    fs::write(root.join("etc/group"), "root:x:0:\nweb:x:102:\naudio:x:29:web\n").unwrap();
    fs::write(root.join("etc/not-a-program"), "#!/bin/sh\n").unwrap();
    let garbage = root.join("bin/garbage");
    fs::write(&garbage, [0x7f, b'E', b'L', b'F', 0, 0, 0, 0]).unwrap();
    fs::set_permissions(&garbage, fs::Permissions::from_mode(0o755)).unwrap();
    install_helper(root);
}

fn install_helper(root: &Path) {
    fs::copy(helper(), root.join("bin/helper")).unwrap();
    let libraries = Command::new("ldd").arg(helper()).output().unwrap().stdout;
    let text = String::from_utf8(libraries).unwrap();
    for path in text.split_ascii_whitespace().filter(|word| word.starts_with('/')) {
        let inside = root.join(path.trim_start_matches('/'));
        fs::create_dir_all(inside.parent().unwrap()).unwrap();
        fs::copy(path, inside).unwrap();
    }
}
