//! From create to remove, and the ways to end.

use crate::support::Host;
use gantry_runtime::api::{CreateError, ExitReason, Found, Phase, Runtime, RuntimeError, StartError};

#[test]
fn a_container_lives_and_is_removed() {
    let host = Host::new();
    let spec = host.spec(&["sh", "-c", "echo out; echo err >&2; exit 7"]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    assert!(host.runtime().network_namespace(&id).is_some());
    let started = host.runtime().start(&id).unwrap();
    assert!(started.pid > 1);
    let exit = host.exit_of(&id);
    assert_eq!((exit.code, exit.oom_killed, exit.reason), (7, false, None));
    assert!(exit.finished_at_ms >= started.started_at_ms);
    let output = host.output(&id);
    assert!(output.contains("out\n") && output.contains("err\n"), "{output:?}");
    host.runtime().acknowledge_exit(&id).unwrap();
    host.runtime().remove(&id).unwrap();
    assert!(!host.state_dir(&id).exists());
    assert!(!host.cgroup("pids", &id).exists());
    assert!(matches!(host.runtime().stats(&id), Err(RuntimeError::NotFound(_))));
    host.runtime().remove(&id).unwrap();
}

#[test]
fn the_program_waits_for_the_start() {
    let host = Host::new();
    let spec = host.spec(&["echo", "ran"]);
    let id = spec.id.clone();
    host.runtime().create(spec).unwrap();
    let found = host.runtime().recover().unwrap();
    assert_eq!(found, [Found { id: id.clone(), task_id: "task".into(), phase: Phase::Created }]);
    assert_eq!(host.output(&id), "");
    host.runtime().start(&id).unwrap();
    assert!(matches!(host.runtime().start(&id), Err(StartError::NotCreated(_))));
    assert_eq!(host.exit_of(&id).code, 0);
    assert_eq!(host.output(&id), "ran\n");
}

#[test]
fn one_id_is_one_container() {
    let host = Host::new();
    let (first, mut second) = (host.spec(&["true"]), host.spec(&["true"]));
    second.id = first.id.clone();
    host.runtime().create(first).unwrap();
    assert!(matches!(host.runtime().create(second), Err(CreateError::AlreadyExists(_))));
}

#[test]
fn a_signal_reaches_the_program_and_a_kill_everything() {
    let host = Host::new();
    let graceful = host.run(host.spec(&[
        "sh",
        "-c",
        "trap 'exit 143' TERM; echo up; while :; do sleep 1 & wait $!; done",
    ]));
    let stubborn = host.run(host.spec(&["sh", "-c", "trap '' TERM; echo up; sleep 1000 & wait"]));
    host.wait_for_output(&graceful, "up");
    host.wait_for_output(&stubborn, "up");
    for id in [&graceful, &stubborn] {
        host.runtime().signal(id, libc::SIGTERM).unwrap();
    }
    assert_eq!(host.exit_of(&graceful).code, 143);
    assert!(matches!(host.runtime().remove(&stubborn), Err(RuntimeError::StillRunning(_))));
    host.runtime().kill(&stubborn).unwrap();
    let exit = host.exit_of(&stubborn);
    assert_eq!((exit.code, exit.oom_killed), (137, false));
    host.runtime().kill(&stubborn).unwrap();
    assert!(matches!(host.runtime().signal(&stubborn, 15), Err(RuntimeError::NotRunning(_))));
    assert!(matches!(host.runtime().signal(&stubborn, 99), Err(RuntimeError::NoSuchSignal(99))));
}

#[test]
fn a_program_that_kills_itself_is_told_by_its_signal() {
    let host = Host::new();
    // The first process of a namespace cannot be killed from inside, so a child dies and the shell repeats its code.
    let (exit, _) = host.script("sh -c 'kill -ABRT $$'; exit $?");
    assert_eq!(exit.code, 128 + libc::SIGABRT);
}

#[test]
fn a_container_that_never_ran_can_be_killed_and_removed() {
    let host = Host::new();
    let (killed, removed) = (host.spec(&["true"]), host.spec(&["true"]));
    let (killed_id, removed_id) = (killed.id.clone(), removed.id.clone());
    host.runtime().create(killed).unwrap();
    host.runtime().create(removed).unwrap();
    host.runtime().kill(&killed_id).unwrap();
    let exit = host.exit_of(&killed_id);
    assert_eq!((exit.code, exit.reason), (137, Some(ExitReason::NeverStarted)));
    host.runtime().remove(&removed_id).unwrap();
    assert!(!host.state_dir(&removed_id).exists());
}

#[test]
fn a_program_that_cannot_be_executed_is_told_in_docker_s_words() {
    let host = Host::new();
    let cases: [(&[&str], &str, i32); 6] = [
        (&["no-such"], r#"exec: "no-such": executable file not found in $PATH"#, 127),
        (&["/no/such"], r#"exec: "/no/such": stat /no/such: no such file or directory"#, 127),
        (&["/etc"], r#"exec: "/etc": is a directory"#, 126),
        (&["/etc/not-a-program"], r#"exec: "/etc/not-a-program": permission denied"#, 126),
        (&["garbage"], "exec /bin/garbage: exec format error", 126),
        (&["not-a-program"], r#"exec: "not-a-program": executable file not found in $PATH"#, 127),
    ];
    for (args, words, expected_code) in cases {
        let spec = host.spec(args);
        let id = spec.id.clone();
        host.runtime().create(spec).unwrap();
        match host.runtime().start(&id) {
            Err(StartError::Exec { message, code }) => {
                assert_eq!((message.as_str(), code), (words, expected_code))
            }
            other => panic!("{args:?}: {other:?}"),
        }
        let found = host.runtime().recover().unwrap();
        let phase = found.into_iter().find(|found| found.id == id).unwrap().phase;
        let Phase::Ended { started: None, exit, .. } = phase else { panic!("{phase:?}") };
        assert_eq!(exit.reason, Some(ExitReason::NotStarted(words.into())));
        host.exit_of(&id);
        host.runtime().remove(&id).unwrap();
    }
    assert!(host.is_silent());
}

#[test]
fn users_and_folders_that_do_not_fit_the_image_are_told_at_the_start() {
    let host = Host::new();
    let words = |change: fn(&mut gantry_runtime::api::ContainerSpec)| {
        let mut spec = host.spec(&["true"]);
        change(&mut spec);
        let id = spec.id.clone();
        host.runtime().create(spec).unwrap();
        host.runtime().start(&id).unwrap_err().to_string()
    };
    assert_eq!(
        words(|spec| spec.user = "nobody".into()),
        "unable to find user nobody: no matching entries in passwd file"
    );
    let refused = words(|spec| {
        spec.ulimits =
            vec![gantry_runtime::api::Ulimit { name: "nofile".into(), soft: 1 << 40, hard: 1 << 40 }];
    });
    assert!(refused.contains("setting ulimit nofile=1099511627776:1099511627776 failed"), "{refused}");
}

#[test]
fn a_container_that_cannot_be_made_leaves_nothing_behind() {
    let host = Host::new();
    let mut spec = host.spec(&["true"]);
    let id = spec.id.clone();
    spec.layers = vec![host.dir.path().join("no-such-layer")];
    let error = host.runtime().create(spec).unwrap_err();
    assert!(matches!(&error, CreateError::Step { doing, .. } if doing == "mount the image"), "{error:?}");
    assert!(!host.state_dir(&id).exists());
    assert!(!host.cgroup("memory", &id).exists());
    assert!(host.runtime().recover().unwrap().is_empty());
}

#[test]
fn a_missing_source_of_a_mount_is_named() {
    let host = Host::new();
    let mut spec = host.spec(&["true"]);
    spec.mounts = vec![gantry_runtime::api::BindMount {
        source: "/no/such/folder".into(),
        target: "/data".into(),
        read_only: false,
    }];
    let error = host.runtime().create(spec).unwrap_err();
    assert_eq!(error.to_string(), "mounts: bind source path does not exist: /no/such/folder");
}

#[test]
fn events_come_once_each_and_again_to_a_new_agent_until_they_are_acknowledged() {
    let mut host = Host::new();
    let id = host.run(host.spec(&["sh", "-c", "exit 3"]));
    assert_eq!(host.exit_of(&id).code, 3);
    host.reopen();
    host.runtime().recover().unwrap();
    assert_eq!(host.exit_of(&id).code, 3);
    host.runtime().acknowledge_exit(&id).unwrap();
    host.reopen();
    let found = host.runtime().recover().unwrap();
    assert!(
        matches!(&found[0].phase, Phase::Ended { acknowledged: true, started: Some(_), .. }),
        "{found:?}"
    );
    assert!(host.is_silent());
}
