//! Further processes in a running container.

use crate::support::{Host, wait_until};
use gantry_runtime::api::{ExecError, ExecSpec, Runtime, RuntimeError, WindowSize};
use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::OwnedFd;

fn words(args: &[&str]) -> ExecSpec {
    ExecSpec { args: args.iter().map(|arg| (*arg).to_owned()).collect(), ..ExecSpec::default() }
}

/// Standard streams with our ends of them; error output goes with the output.
fn streams() -> ([OwnedFd; 3], PipeWriter, PipeReader) {
    let (stdin, ours) = pipe().unwrap();
    let (output, stdout) = pipe().unwrap();
    ([stdin.into(), stdout.try_clone().unwrap().into(), stdout.into()], ours, output)
}

#[test]
fn it_runs_inside_with_the_container_s_rights() {
    let host = Host::new();
    let mut spec = host.spec(&["sleep", "1000"]);
    spec.env = vec!["COLOR=blue".into()];
    spec.limits.pids_max = Some(77);
    let id = host.run(spec);
    let script = "readlink /proc/1/exe; echo $COLOR $SIZE; for n in cgroup ipc mnt net pid uts; do \
                  test $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) && echo same; done; \
                  grep -E '^(CapEff|CapBnd|Seccomp|NoNewPrivs):' /proc/self/status; grep pids /proc/self/cgroup; exit 5";
    let mut exec = words(&["sh", "-c", script]);
    exec.env = vec!["SIZE=2".into()];
    let (code, text) = host.exec_with(&id, exec);
    assert_eq!(code, 5);
    assert_eq!(text.matches("same\n").count(), 6, "{text}");
    assert!(text.starts_with("/bin/busybox\nblue 2\n"), "{text}");
    for part in [
        "CapEff:\t00000000a80425fb",
        "CapBnd:\t00000000a80425fb",
        "NoNewPrivs:\t0",
        "Seccomp:\t2",
        ":pids:/\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn it_counts_in_the_container_s_cgroup() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, stdin, _output) = streams();
    let handle = host.runtime().exec(&id, words(&["cat"]), stdio).unwrap();
    let procs = fs::read_to_string(host.cgroup("memory", &id).join("cgroup.procs")).unwrap();
    assert!(procs.lines().any(|pid| pid == handle.pid().to_string()), "{procs} has no {}", handle.pid());
    drop(stdin);
    assert_eq!(handle.wait().unwrap(), 0);
}

#[test]
fn bytes_pass_both_ways() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, mut stdin, mut output) = streams();
    let handle = host.runtime().exec(&id, words(&["cat"]), stdio).unwrap();
    stdin.write_all(b"to and fro").unwrap();
    drop(stdin);
    let mut text = String::new();
    output.read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), handle.wait().unwrap(), handle.wait().unwrap()), ("to and fro", 0, 0));
}

#[test]
fn another_user_and_folder_can_be_asked_for() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let exec = ExecSpec {
        user: Some("web".into()),
        cwd: Some("/tmp".into()),
        ..words(&["sh", "-c", "id -u; id -G; pwd"])
    };
    assert_eq!(host.exec_with(&id, exec), (0, "101\n102 29\n/tmp\n".into()));
}

#[test]
fn a_terminal_has_a_size_that_changes() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, mut stdin, mut output) = streams();
    let exec = ExecSpec {
        tty: Some(WindowSize { rows: 24, columns: 80 }),
        ..words(&["sh", "-c", "stty size; read x; stty size; tty"])
    };
    let handle = host.runtime().exec(&id, exec, stdio).unwrap();
    let mut first = [0; 7];
    output.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"24 80\r\n");
    handle.resize(WindowSize { rows: 50, columns: 132 }).unwrap();
    stdin.write_all(b"go\n").unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("50 132\r\n/dev/pts/"), "{rest:?}");
    assert_eq!(handle.wait().unwrap(), 0);
}

#[test]
fn a_terminal_takes_more_output_than_a_pipe_holds() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, _stdin, mut output) = streams();
    let exec =
        ExecSpec { tty: Some(WindowSize { rows: 24, columns: 80 }), ..words(&["helper", "spew", "3000000"]) };
    let handle = host.runtime().exec(&id, exec, stdio).unwrap();
    let mut text = Vec::new();
    output.read_to_end(&mut text).unwrap();
    let lines = 3_000_000_usize.div_ceil(63);
    assert_eq!((text.len(), handle.wait().unwrap()), (lines * 64, 0));
}

#[test]
fn signals_and_letting_go_end_it() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, _stdin, _output) = streams();
    let handle = host.runtime().exec(&id, words(&["sleep", "1000"]), stdio).unwrap();
    assert!(matches!(handle.resize(WindowSize { rows: 1, columns: 1 }), Err(RuntimeError::NoTerminal)));
    handle.signal(libc::SIGTERM).unwrap();
    assert_eq!(handle.wait().unwrap(), 143);
    handle.signal(libc::SIGTERM).unwrap();
    let (stdio, _stdin, _output) = streams();
    let handle = host.runtime().exec(&id, words(&["sleep", "1000"]), stdio).unwrap();
    let pid = handle.pid();
    drop(handle);
    wait_until(|| !fs::exists(format!("/proc/{pid}")).unwrap());
}

#[test]
fn it_ends_with_the_container() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let (stdio, _stdin, _output) = streams();
    let handle = host.runtime().exec(&id, words(&["sleep", "1000"]), stdio).unwrap();
    host.runtime().kill(&id).unwrap();
    assert_eq!(handle.wait().unwrap(), 137);
    host.exit_of(&id);
    let (stdio, _stdin, _output) = streams();
    assert!(matches!(host.runtime().exec(&id, words(&["true"]), stdio), Err(ExecError::NotRunning(_))));
}

#[test]
fn what_cannot_be_executed_is_told() {
    let host = Host::new();
    let id = host.run(host.spec(&["sleep", "1000"]));
    let null = || -> OwnedFd { File::open("/dev/null").unwrap().into() };
    let error = host.runtime().exec(&id, words(&["no-such"]), [null(), null(), null()]).err().unwrap();
    let ExecError::Exec { message, code } = error else { panic!("{error:?}") };
    assert_eq!((message.as_str(), code), (r#"exec: "no-such": executable file not found in $PATH"#, 127));
    let error = host.runtime().exec(&id, words(&[]), [null(), null(), null()]).err().unwrap();
    assert_eq!(error.to_string(), "args: no command specified");
}
