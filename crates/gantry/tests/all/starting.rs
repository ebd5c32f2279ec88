//! Starting, refusing to start, ending, starting again.

use crate::harness::{Up, gantry, ran};
use std::process::Stdio;

#[test]
fn up_says_where_it_is_and_what_to_type_next() {
    let up = Up::start();
    for part in ["is up at http://127.0.0.1:", "account 123456789012", "eval \"$(", "run gantry/hello"] {
        assert!(up.welcome.contains(part), "{part}: {}", up.welcome);
    }
}

#[test]
fn env_is_read_by_a_shell_and_points_everything_here() {
    let up = Up::start();
    let script = format!("eval \"$({} env)\"; env", env!("CARGO_BIN_EXE_gantry"));
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).env_clear().env("GANTRY_DATA_DIR", &up.data).env("PATH", "/usr/bin:/bin");
    let shell = ran(shell.output().unwrap());
    assert_eq!(shell.code, 0, "{shell:?}");
    let variable = |name: &str| {
        let line = shell.out.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("{name} is missing: {shell:?}")).to_owned()
    };
    assert!(variable("AWS_ENDPOINT_URL").starts_with("http://127.0.0.1:"));
    assert!(variable("AWS_ACCESS_KEY_ID").starts_with("AKIA"));
    assert_eq!(
        (variable("AWS_REGION"), variable("AWS_DEFAULT_REGION")),
        ("us-east-1".into(), "us-east-1".into())
    );
    assert_eq!(variable("GANTRY_SUBNETS").split(',').filter(|id| id.starts_with("subnet-")).count(), 3);
    assert!(variable("GANTRY_SECURITY_GROUP").starts_with("sg-"));
    assert_eq!(variable("AWS_SECRET_ACCESS_KEY").len(), 40);
}

#[test]
fn a_second_up_on_the_same_data_is_refused_with_the_reason() {
    let up = Up::start();
    let mut second = gantry(&up.data);
    let second = ran(second.args(["up", "--runtime", "fake", "--listen", "127.0.0.1:0"]).output().unwrap());
    assert_eq!(second.code, 1);
    assert!(second.err.contains("another gantry uses this data folder"), "{second:?}");
    assert_eq!(up.run(&["status"]).code, 0, "the first one is not harmed");
}

#[test]
fn what_cannot_work_is_refused_before_it_begins() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    for (arguments, reason) in [
        (&["up", "--runtime", "fake", "--listen", "0.0.0.0:0"][..], "is not a loopback address"),
        (&["up", "--runtime", "fake", "--account", "12"], "--account must be twelve digits"),
        (&["up", "--runtime", "fake:/nowhere.json", "--listen", "127.0.0.1:0"], "cannot read /nowhere.json"),
        (&["agent", "--connect", "tcp:1", "--runtime", "fake"], "--connect must be unix:PATH"),
        (&["ps"], "there is no installation in"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let mut command = gantry(&data);
        let refused = ran(command.args(arguments).output().unwrap());
        assert_eq!(refused.code, 1, "{arguments:?}: {refused:?}");
        assert!(refused.err.contains(reason), "{arguments:?}: {refused:?}");
        let _ = std::fs::remove_dir_all(&data);
    }
}

#[test]
fn settings_of_an_installation_cannot_be_changed_behind_its_back() {
    let mut up = Up::start();
    up.kill();
    let mut other = gantry(&up.data);
    other.args(["up", "--runtime", "fake", "--listen", "127.0.0.1:0", "--account", "111111111111"]);
    let refused = ran(other.output().unwrap());
    assert!(refused.err.contains("was made with --account 123456789012"), "{refused:?}");
}

#[test]
fn a_killed_server_knows_everything_again_and_history_survives_three_restarts() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    let mut up = Up::start_on(&data, &[]);
    assert_eq!(up.run(&["run", "gantry/hello", "--until", "stopped", "--", "exit", "3"]).code, 1);
    let name = up.json(&["ps", "--all"])["tasks"][0]["name"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        up.kill();
        up = Up::start_on(&data, &[]);
    }
    let why = up.json(&["why", &name]);
    assert!(why["verdict"].as_str().unwrap().contains("exit code 3"), "{why}");
    let history = up.run(&["history", &name]);
    assert!(history.out.contains("ecs:RunTask  arn:aws:iam::123456789012:root"), "{history:?}");
}

#[test]
fn sigterm_ends_it_in_order() {
    let mut up = Up::start();
    assert_eq!(up.terminate(), 0);
    let after = up.run(&["status"]);
    assert_eq!(after.code, 1);
    assert!(after.err.contains("is `gantry up` running?"), "{after:?}");
}

#[test]
fn an_ephemeral_one_can_be_reset_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = gantry(scratch.path());
    command
        .args(["up", "--ephemeral", "--runtime", "fake", "--listen", "127.0.0.1:0"])
        .env("TMPDIR", scratch.path());
    let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut up = Up::adopt(process, scratch.path());
    assert!(up.data.starts_with(scratch.path()), "{:?}", up.data);
    assert_eq!(up.run(&["run", "gantry/hello"]).code, 0);
    let reset = up.run(&["reset"]);
    assert_eq!(reset.code, 0, "{reset:?}");
    assert_eq!(up.json(&["ps", "--all"])["tasks"].as_array().unwrap().len(), 0);
    assert_eq!(up.run(&["run", "gantry/hello"]).code, 0);
    assert_eq!(up.terminate(), 0);
    assert!(!up.data.exists());
}

#[test]
fn server_and_agent_are_the_same_parts_apart() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    let mut server = gantry(&data);
    let mut server =
        server.args(["server", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let ready = crate::harness::first_line(&mut server);
    assert!(ready.contains("server ready at http://127.0.0.1:"), "{ready}");
    let connect = format!("unix:{}", data.join("link.sock").display());
    let mut agent = gantry(&scratch.path().join("node"));
    agent.args(["agent", "--runtime", "fake", "--connect", &connect, "--node-name", "n1"]);
    let mut agent = agent.stdout(Stdio::piped()).spawn().unwrap();
    let ready = crate::harness::first_line(&mut agent);
    assert!(ready.contains("agent of node n1"), "{ready}");
    let run = ran(gantry(&data).args(["run", "gantry/hello"]).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    for process in [&mut agent, &mut server] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
}
