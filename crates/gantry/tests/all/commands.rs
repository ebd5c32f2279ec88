//! What the commands print and answer.

use crate::harness::Up;

#[test]
fn a_task_is_run_shown_explained_and_stopped_by_name() {
    let up = Up::start();
    let ran = up.run(&["run", "gantry/hello", "--count", "2"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("waiting for 2 of 2 tasks to be RUNNING"), "{ran:?}");
    assert_eq!(ran.out.matches("RUNNING").count(), 2, "{ran:?}");
    let tasks = up.json(&["ps"])["tasks"].clone();
    let (one, other) = (tasks[0]["name"].as_str().unwrap(), tasks[1]["name"].as_str().unwrap());

    let why = up.run(&["why", one]);
    assert!(why.out.starts_with(&format!("{one} is RUNNING since ")), "{why:?}");
    let ambiguous = up.run(&["stop", "hello"]);
    assert_eq!(ambiguous.code, 1);
    assert!(ambiguous.err.contains(one) && ambiguous.err.contains(other), "{ambiguous:?}");
    let stopped = up.run(&["stop", one, "--reason", "enough"]);
    assert_eq!((stopped.code, stopped.out.contains("stopped: enough")), (0, true), "{stopped:?}");
    assert_eq!(up.json(&["ps"])["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(up.json(&["ps", "--all"])["tasks"].as_array().unwrap().len(), 2);
    assert_eq!(up.run(&["stop", "hello"]).code, 0, "one is left, so the name is clear");
}

#[test]
fn exit_codes_tell_how_a_run_ended() {
    let up = Up::start();
    for (arguments, code) in [
        (&["run", "gantry/hello", "--until", "stopped", "--", "exit", "0"][..], 0),
        (&["run", "gantry/hello", "--until", "stopped", "--", "exit", "3"], 1),
        (&["run", "gantry/hello", "--until", "stopped", "--timeout", "0"], 4),
        (&["run", "gantry/hello", "--cpu", "1"], 1),
        (&["run", "gantry/hello", "--count", "500"], 1),
        (&["why", "nobody"], 1),
    ] {
        let ran = up.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_failure_shows_the_reason_and_the_next_command() {
    let up = Up::start();
    let ran = up.run(&["run", "gantry/hello", "--until", "stopped", "--", "exit", "3"]);
    for part in ["Essential container in task exited", "exit code 3", "next: ", " why hello/"] {
        assert!(ran.out.contains(part), "{part}: {ran:?}");
    }
}

#[test]
fn logs_of_a_name_are_merged_and_exec_answers_with_the_process() {
    let up = Up::start();
    assert_eq!(up.run(&["run", "gantry/hello", "--", "print", "words"]).code, 0);
    let logs = up.run(&["logs", "hello"]);
    assert_eq!((logs.code, logs.out.contains("words")), (0, true), "{logs:?}");
    assert_eq!(up.run(&["run", "gantry/hello"]).code, 0);
    let running = up.json(&["ps"])["tasks"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(up.run(&["exec", &running, "exit", "7"]).code, 7);
    assert_eq!(up.run(&["logs", "nobody"]).code, 1);
}

#[test]
fn status_and_images_are_shown() {
    let up = Up::start();
    let status = up.run(&["status"]);
    assert_eq!(status.code, 0, "{status:?}");
    assert!(status.out.contains("is up") && status.out.contains("ACTIVE"), "{status:?}");
    let images = up.run(&["image", "ls"]);
    assert!(images.out.contains("gantry/hello:latest"), "{images:?}");
    assert_eq!(up.run(&["image", "rm", "gantry/hello:v1"]).code, 0);
    assert_eq!(up.run(&["image", "rm", "nothing"]).code, 1);
    assert_eq!(up.run(&["reset"]).code, 1, "only an ephemeral one can be reset");
    assert!(up.run(&["version"]).out.starts_with("gantry "));
}
