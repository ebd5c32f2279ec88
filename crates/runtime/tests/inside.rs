//! What a container sees of itself and of the host.

use crate::support::Host;
use gantry_runtime::api::{BindMount, Capabilities, TmpfsMount, Ulimit};
use std::fs;

/// Lines of /proc/self/status by name.
fn status(text: &str, name: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
}

#[test]
fn root_has_docker_s_rights_and_a_filter() {
    let host = Host::new();
    let (_, text) = host.script("cat /proc/self/status");
    for set in ["CapPrm", "CapEff", "CapBnd"] {
        assert_eq!(status(&text, set), "00000000a80425fb", "{set}");
    }
    assert_eq!((status(&text, "CapInh"), status(&text, "CapAmb")), ("0".repeat(16), "0".repeat(16)));
    assert_eq!((status(&text, "NoNewPrivs"), status(&text, "Seccomp")), ("0".into(), "2".into()));
    assert_eq!(status(&text, "Groups"), "0");
}

#[test]
fn another_user_has_no_rights_in_hand() {
    let host = Host::new();
    let script = "cat /proc/self/status; pwd; echo $HOME; echo x > /dev/stdout";
    let (exit, text) = host.script_with(script, |spec| spec.user = "web".into());
    assert_eq!(exit.code, 0, "{text}");
    assert_eq!(status(&text, "Uid"), "101\t101\t101\t101");
    assert_eq!(status(&text, "Gid"), "102\t102\t102\t102");
    assert_eq!(status(&text, "Groups"), "29 102");
    for set in ["CapPrm", "CapEff", "CapInh", "CapAmb"] {
        assert_eq!(status(&text, set), "0".repeat(16), "{set}");
    }
    assert_eq!(status(&text, "CapBnd"), "00000000a80425fb");
    assert!(text.ends_with("\n/\n/home/web\nx\n"), "{text:?}");
}

#[test]
fn rights_and_privileges_are_what_was_asked_for() {
    let host = Host::new();
    let (_, text) = host.script_with("cat /proc/self/status", |spec| {
        let ptrace = Capabilities::named("SYS_PTRACE").unwrap();
        spec.capabilities =
            Capabilities::DOCKER_DEFAULT.with(ptrace).without(Capabilities::named("MKNOD").unwrap());
        spec.no_new_privs = true;
        spec.additional_gids = vec![2000];
    });
    assert_eq!(status(&text, "CapEff"), format!("{:016x}", (0xa804_25fb_u64 | 1 << 19) & !(1 << 27)));
    assert_eq!((status(&text, "NoNewPrivs"), status(&text, "Seccomp")), ("1".into(), "2".into()));
    assert_eq!(status(&text, "Groups"), "0 2000");
}

#[test]
fn namespaces_are_its_own() {
    let host = Host::new();
    let (_, text) = host
        .script("for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done; echo $$; hostname");
    for (line, name) in text.lines().zip(["cgroup", "ipc", "mnt", "net", "pid", "uts"]) {
        let ours = fs::read_link(format!("/proc/self/ns/{name}")).unwrap();
        assert_ne!(line, ours.to_str().unwrap());
        assert!(line.starts_with(name));
    }
    let rest: Vec<_> = text.lines().skip(6).collect();
    assert_eq!(rest[0], "1");
    assert_eq!(rest[1].len(), 12);
}

#[test]
fn the_kernel_s_files_are_masked_and_read_only() {
    let host = Host::new();
    let (_, text) = host.script(
        "cat /proc/mounts; echo ---; cat /proc/kcore /proc/keys /proc/timer_list; ls /sys/firmware /proc/acpi; \
         for f in /proc/sys/kernel/hostname /proc/sysrq-trigger /proc/irq/default_smp_affinity /sys/kernel/uevent_seqnum; \
         do echo x 2>/dev/null > $f && echo WRITABLE $f; done",
    );
    let (mounts, rest) = text.split_once("---\n").unwrap();
    let options = |target: &str| {
        let line = mounts.lines().rfind(|line| line.split(' ').nth(1) == Some(target));
        line.unwrap_or_else(|| panic!("{target} is not mounted: {mounts}")).to_owned()
    };
    assert!(options("/").starts_with("overlay / overlay rw"), "{}", options("/"));
    assert!(options("/proc").starts_with("proc /proc proc rw,nosuid,nodev,noexec"));
    assert!(options("/sys").starts_with("sysfs /sys sysfs ro,nosuid,nodev,noexec"));
    assert!(options("/dev").starts_with("tmpfs /dev tmpfs rw,nosuid"));
    assert!(options("/dev/shm").contains("size=65536k"));
    assert!(options("/dev/pts").contains("gid=5,mode=620,ptmxmode=666"));
    let here = |targets: &[&'static str]| {
        targets.iter().copied().filter(|path| fs::exists(path).unwrap()).collect::<Vec<_>>()
    };
    for target in here(&["/proc/sys", "/proc/sysrq-trigger", "/proc/bus", "/proc/fs", "/proc/irq"]) {
        assert!(options(target).contains(" proc ro,"), "{}", options(target));
    }
    for target in here(&["/sys/firmware", "/proc/kcore", "/proc/keys", "/proc/timer_list"]) {
        options(target);
    }
    assert!(!rest.contains("WRITABLE") && !rest.contains("acpi:\n/"), "{rest}");
}

#[test]
fn nothing_of_the_host_s_mounts_is_left() {
    let host = Host::new();
    let (_, text) = host.script("cat /proc/mounts");
    assert!(!text.contains("ext4") && !text.contains("put_old"), "{text}");
    let layer = host.state_dir(&host.spec(&["x"]).id);
    assert!(!text.lines().any(|line| {
        line.split(' ').nth(1).is_some_and(|target| target.starts_with(layer.to_str().unwrap()))
    }));
}

#[test]
fn devices_are_the_harmless_ones() {
    let host = Host::new();
    let (_, text) = host.script(
        "cd /dev; for d in null zero full random urandom tty; do stat -c '%n %t:%T %a' $d; done; \
         head -c 3 zero | wc -c; readlink fd; readlink ptmx; \
         mknod /tmp/disk b 254 0 && { dd if=/tmp/disk of=/dev/null bs=1 count=1 2>&1 | head -1; }",
    );
    let expected = "null 1:3 666\nzero 1:5 666\nfull 1:7 666\nrandom 1:8 666\nurandom 1:9 666\ntty 5:0 666\n3\n\
                    /proc/self/fd\npts/ptmx\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("can't open '/tmp/disk': Operation not permitted\n"), "{text}");
}

#[test]
fn the_environment_is_completed() {
    let host = Host::new();
    let (_, text) = host.script_with("env | sort; pwd", |spec| {
        spec.env = vec!["COLOR=blue".into()];
        spec.cwd = "/srv/new/folder".into();
        spec.hostname = "web-1".into();
    });
    let lines: Vec<_> = text.lines().collect();
    for expected in [
        "COLOR=blue",
        "HOME=/root",
        "HOSTNAME=web-1",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ] {
        assert!(lines.contains(&expected), "{text}");
    }
    assert_eq!(lines.last(), Some(&"/srv/new/folder"));
}

#[test]
fn files_and_folders_of_the_host_are_mounted() {
    let host = Host::new();
    let source = host.dir.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("hosts"), "127.0.0.1 me\n").unwrap();
    let bind = |source: &std::path::Path, target: &str, read_only| BindMount {
        source: source.to_owned(),
        target: target.into(),
        read_only,
    };
    let script = "cat /etc/hosts; echo new > /data/new && cat /data/new; echo x 2>/dev/null > /frozen/y || echo refused; \
                  echo x 2>/dev/null > /etc/hosts || echo refused; stat -c %a /scratch; echo t > /scratch/t; df -k /scratch | tail -1";
    let (exit, text) = host.script_with(script, |spec| {
        spec.mounts = vec![
            bind(&source.join("hosts"), "/etc/hosts", true),
            bind(&source, "/data", false),
            bind(&source, "/frozen", true),
        ];
        spec.tmpfs = vec![TmpfsMount { target: "/scratch".into(), bytes_max: 1 << 20, executable: false }];
    });
    assert_eq!(exit.code, 0);
    assert!(text.starts_with("127.0.0.1 me\nnew\nrefused\nrefused\n1777\n"), "{text}");
    assert!(text.contains("1024"), "{text}");
    assert_eq!(fs::read_to_string(source.join("new")).unwrap(), "new\n");
}

#[test]
fn the_root_can_be_read_only() {
    let host = Host::new();
    let (_, text) = host.script_with(
        "echo x 2>/dev/null > /file || echo refused; echo x > /dev/shm/y && echo fine",
        |spec| {
            spec.readonly_rootfs = true;
        },
    );
    assert_eq!(text, "refused\nfine\n");
    let (_, text) = host.script("echo x > /file && cat /file");
    assert_eq!(text, "x\n");
}

#[test]
fn ulimits_and_kernel_parameters_are_set() {
    let host = Host::new();
    let script = "ulimit -n; ulimit -Hn; cat /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/ip_unprivileged_port_start";
    let (_, text) = host.script_with(script, |spec| {
        spec.ulimits = vec![Ulimit { name: "nofile".into(), soft: 512, hard: 1024 }];
        spec.sysctls = vec![("net.core.somaxconn".into(), "777".into())];
    });
    assert_eq!(text, "512\n1024\n777\n0\n");
    let mut spec = host.spec(&["true"]);
    spec.sysctls = vec![("vm.swappiness".into(), "1".into())];
    let error = host.runtime_error(spec);
    assert!(error.contains("set the kernel parameter vm.swappiness"), "{error}");
}

#[test]
fn without_a_network_there_is_a_loopback() {
    let host = Host::new();
    let (_, text) = host.script("ip -o addr; ping -c 1 -w 5 127.0.0.1 > /dev/null && echo alive");
    assert!(text.contains("127.0.0.1/8") && text.ends_with("alive\n"), "{text}");
    assert_eq!(text.matches("inet ").count(), 1, "{text}");
}

#[test]
fn a_network_namespace_can_be_given() {
    use gantry_runtime::api::Runtime;
    let host = Host::new();
    let keeper = host.run(host.spec(&["sleep", "1000"]));
    let inode = |id| {
        use std::os::unix::fs::MetadataExt;
        let fd = host.runtime().network_namespace(id).unwrap();
        fs::File::from(fd).metadata().unwrap().ino()
    };
    let mut spec = host.spec(&["sleep", "1000"]);
    spec.netns = host.runtime().network_namespace(&keeper);
    let joiner = host.run(spec);
    assert_eq!(inode(&keeper), inode(&joiner));
    host.runtime().kill(&keeper).unwrap();
    host.exit_of(&keeper);
    assert!(host.runtime().network_namespace(&keeper).is_none());
    assert!(host.runtime().network_namespace(&joiner).is_some());
}

#[test]
fn standard_input_is_at_its_end_or_silent() {
    let host = Host::new();
    let (exit, _) = host.script("cat");
    assert_eq!(exit.code, 0);
    let script = "timeout 1 cat 2>/dev/null; echo $?";
    let (_, text) = host.script_with(script, |spec| spec.interactive = true);
    assert!(text.starts_with("143\n"), "{text:?}");
}

#[test]
fn a_terminal_is_one() {
    let host = Host::new();
    let (exit, text) = host
        .script_with("tty; test -t 1 && echo terminal; echo $TERM; ls -l /dev/console", |spec| {
            spec.tty = true
        });
    assert_eq!(exit.code, 0);
    assert!(text.starts_with("/dev/pts/0\r\nterminal\r\nxterm\r\n"), "{text:?}");
}
