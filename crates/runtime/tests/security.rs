//! Ways out that must be closed.

use crate::support::{Host, helper, wait_until};
use gantry_runtime::api::{BindMount, Runtime};
use gantry_runtime::embedded::{Config, Embedded};
use gantry_runtime::zygote::ZygoteCommand;
use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, symlink};

#[test]
fn no_descriptor_of_the_host_survives() {
    let host = Host::new();
    let (_, text) = host.script("exec helper descriptors");
    assert_eq!(text, "[0, 1, 2]\n");
    let id = host.run(host.spec(&["sleep", "1000"]));
    assert_eq!(host.exec(&id, &["helper", "descriptors"]), (0, "[0, 1, 2]\n".into()));
}

/// The first process and further ones begin as this product's program: nothing of it can be read or written by way of
/// /proc, before or after.
#[test]
fn the_program_on_the_host_cannot_be_overwritten() {
    let host = Host::new();
    let dir = tempfile::tempdir().unwrap();
    let exe = dir.path().join("program");
    fs::copy(helper(), &exe).unwrap();
    let zygote = ZygoteCommand { exe: exe.clone(), args: vec!["zygote".into()] };
    let config = Config::new(host.dir.path().join("other-state"), vec![], zygote);
    let runtime = Embedded::open(config, Box::new(|_| {})).unwrap();
    let zygote = runtime.zygote_pid().unwrap();
    let kept =
        OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(format!("/proc/{zygote}/exe")).unwrap();
    drop(runtime);
    wait_until(|| !fs::exists(format!("/proc/{zygote}")).unwrap());
    // A running program is busy anyway; what counts is the time after.
    OpenOptions::new().append(true).open(&exe).expect("by its own path the file can be written");
    let error =
        OpenOptions::new().append(true).open(format!("/proc/self/fd/{}", kept.as_raw_fd())).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EROFS));
}

#[test]
fn supervisors_cannot_be_looked_into() {
    let host = Host::new();
    let spec = host.spec(&["sleep", "1000"]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let shim = host.shim_pid(host.runtime().start(&id).unwrap().pid);
    let zygote = host.runtime().zygote_pid().unwrap();
    for pid in [shim, zygote] {
        use std::os::unix::fs::MetadataExt;
        // Files of a process that is not dumpable belong to root, whoever it runs as; its environment is empty as well.
        assert_eq!(fs::metadata(format!("/proc/{pid}/mem")).unwrap().uid(), 0);
        assert_eq!(fs::read(format!("/proc/{pid}/environ")).unwrap(), b"");
    }
}

#[test]
fn links_in_an_image_do_not_lead_out() {
    let host = Host::new();
    let layer = tempfile::tempdir().unwrap();
    symlink("/", layer.path().join("escape")).unwrap();
    symlink("../../../../../../../../tmp", layer.path().join("upwards")).unwrap();
    let secret = host.dir.path().join("secret");
    fs::write(&secret, "from the host\n").unwrap();
    let bind = |target: &str| BindMount { source: secret.clone(), target: target.into(), read_only: true };
    let (exit, text) = host.script_with("cat /a /tmp/b; ls -l /escape/a", |spec| {
        spec.layers.insert(0, layer.path().to_owned());
        spec.mounts = vec![bind("/escape/a"), bind("/upwards/b")];
    });
    assert_eq!(exit.code, 0, "{text}");
    assert!(text.starts_with("from the host\nfrom the host\n"), "{text}");
    assert!(!fs::exists("/a").unwrap() && !fs::exists("/tmp/b").unwrap());
}

#[test]
fn an_image_with_a_linked_proc_is_refused() {
    let host = Host::new();
    let layer = tempfile::tempdir().unwrap();
    symlink("/tmp", layer.path().join("proc")).unwrap();
    let mut spec = host.spec(&["true"]);
    spec.layers.insert(0, layer.path().to_owned());
    let error = host.runtime().create(spec).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        (error.to_string().as_str(), source.as_str()),
        ("cannot find /proc in the image", "the image has a symbolic link in its place")
    );
}

#[test]
fn proc_cannot_be_covered_by_a_mount() {
    let host = Host::new();
    let mut spec = host.spec(&["true"]);
    spec.mounts = vec![BindMount { source: "/tmp".into(), target: "/proc/self".into(), read_only: false }];
    assert!(host.runtime_error(spec).contains("mount /proc/self"));
}

/// A working directory by way of a descriptor that leads to the host (the class of CVE-2024-21626).
#[test]
fn the_working_directory_is_inside() {
    let host = Host::new();
    for number in 3..12 {
        let mut spec = host.spec(&["sh", "-c", "pwd; ls"]);
        spec.cwd = format!("/proc/self/fd/{number}");
        let id = spec.id.clone();
        let refused = host.runtime().create(spec).is_err() || host.runtime().start(&id).is_err();
        assert!(refused, "descriptor {number} can be entered: {}", host.output(&id));
    }
}

#[test]
fn the_writable_layer_is_not_the_image() {
    let host = Host::new();
    let (exit, _) = host.script("rm /etc/group; echo changed > /etc/passwd; ls /etc/group");
    assert_ne!(exit.code, 0);
    let passwd = fs::read_to_string(crate::support::shared_layer().join("etc/passwd")).unwrap();
    assert!(passwd.starts_with("root:"));
    assert!(File::open(crate::support::shared_layer().join("etc/group")).is_ok());
}
