//! What is printed, and with which code it ends.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{Bin, text};

#[track_caller]
fn check(name: &str, arguments: &[&str], code: i32, stdout: &str) {
    let output = Bin::new().run(name, arguments);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(code), stdout), "{name} {arguments:?}");
}

#[test]
fn codes() {
    check("true", &[], 0, "");
    check("false", &[], 1, "");
    check("exit", &[], 0, "");
    check("exit", &["42"], 42, "");
    check("exit", &["256"], 2, "");
    check("sleep", &["0.01"], 0, "");
    check("sleep", &["soon"], 2, "");
}

#[test]
fn printing() {
    check("print", &["one", "two"], 0, "one two\n");
    check("print", &["-n", "3", "x"], 0, "x\nx\nx\n");
    check("print", &["-n", "0", "x"], 0, "");
    check("print", &["-b", "5", "abc"], 0, "abc\na");
    check("print", &["-n", "2", "-i", "0.01", "x"], 0, "x\nx\n");
    check("print", &["-n", "many", "x"], 2, "");
    let output = Bin::new().run("print", &["-e", "x"]);
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("", "x\n"));
}

#[test]
fn stamps_go_forward() {
    let stamp = || -> f64 { text(&Bin::new().run("stamp", &[]).stdout).trim().parse().unwrap() };
    let (first, second) = (stamp(), stamp());
    assert!(0.0 < first && first < second, "{first} {second}");
}

#[test]
fn much_is_printed_exactly() {
    let output = Bin::new().run("print", &["-b", "10000000", "0123456789abcdef"]);
    assert_eq!(output.stdout.len(), 10_000_000);
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let bin = Bin::new();
    let mut print = bin.command("print");
    print.args(["-b", "10000000", "x"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = print.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).contains("cannot write")), (Some(1), true));
}

#[test]
fn files() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("file");
    let path = path.to_str().unwrap();
    check("write", &[path, "some", "text"], 0, "");
    check("cat", &[path], 0, "some text\n");
    check("ls", &[folder.path().to_str().unwrap()], 0, "file\n");
    check("cat", &["/nowhere"], 1, "");
    check("write", &["/nowhere/file", "x"], 1, "");
    let long = Bin::new().run("ls", &["-l", path]);
    assert!(text(&long.stdout).starts_with("-rw-r--r-- "), "{}", text(&long.stdout));
    let sticky = Bin::new().run("ls", &["-l", "/"]);
    assert!(
        text(&sticky.stdout).lines().any(|line| line.starts_with("drwxrwxrwt") && line.ends_with(" tmp"))
    );
}

#[test]
fn the_input_is_copied() {
    let bin = Bin::new();
    let mut child = bin.command("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from the input").unwrap();
    assert_eq!(text(&child.wait_with_output().unwrap().stdout), "from the input");
}

#[test]
fn who_and_where() {
    let theirs = |name: &str| Command::new(name).output().unwrap().stdout;
    for name in ["whoami", "hostname"] {
        assert_eq!(text(&Bin::new().run(name, &[]).stdout), text(&theirs(name)));
    }
    assert!(text(&Bin::new().run("id", &[]).stdout).starts_with("uid="));
    let output = Bin::new().command("env").env_clear().env("A", "b c").output().unwrap();
    assert_eq!(text(&output.stdout), "A=b c\n");
}

#[test]
fn the_program_itself_takes_the_command_as_a_word() {
    let output = Command::new(env!("CARGO_BIN_EXE_hello")).args(["print", "x"]).output().unwrap();
    assert_eq!(text(&output.stdout), "x\n");
    for arguments in [&[][..], &["no-such-command"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_hello")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("eat-memory MIB"));
    }
}
