//! Lives and deaths of tasks, as clients see them.

use crate::show::{address, describe, register, run, until};
use gantry_tests::Product;
use serde_json::{Value, json};

/// Runs one task of these containers to its end.
fn to_the_end(product: &Product, containers: Value) -> Value {
    register(product, "life", &containers.to_string());
    let arns = run(product, "life", 1);
    until(product, &arns, "STOPPED").remove(0)
}

fn product() -> Product {
    let product = Product::up();
    product.aws(&["ecs", "create-cluster", "--cluster-name", "demo"]);
    product
}

#[test]
fn tasks_end_as_on_ecs() {
    let product = product();
    exit_codes_are_shown(&product);
    a_signal_is_128_and_its_number(&product);
    only_a_counted_kill_is_out_of_memory(&product);
    a_missing_image_is_explained(&product);
    a_command_that_is_not_there_is_explained(&product);
    a_container_that_ignores_sigterm_is_killed(&product);
}

fn exit_codes_are_shown(product: &Product) {
    let task = to_the_end(product, json!([{"name": "a", "image": "gantry/hello", "command": ["exit", "7"]}]));
    assert_eq!(task["containers"][0]["exitCode"], 7);
    assert_eq!(
        (&task["stopCode"], &task["stoppedReason"]),
        (&json!("EssentialContainerExited"), &json!("Essential container in task exited"))
    );
    for stamp in [
        "createdAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    ] {
        assert!(task[stamp].is_string() || task[stamp].is_number(), "{stamp} is missing: {task}");
    }
}

fn a_signal_is_128_and_its_number(product: &Product) {
    register(
        product,
        "long",
        &json!([{"name": "a", "image": "gantry/hello", "command": ["sleep", "1000"]}]).to_string(),
    );
    let arns = run(product, "long", 1);
    until(product, &arns, "RUNNING");
    product.aws(&["ecs", "stop-task", "--cluster", "demo", "--task", &arns[0]]);
    let task = until(product, &arns, "STOPPED").remove(0);
    assert_eq!(task["containers"][0]["exitCode"], 143);
    assert_eq!(
        (&task["stopCode"], &task["stoppedReason"]),
        (&json!("UserInitiated"), &json!("Task stopped by user"))
    );
}

fn only_a_counted_kill_is_out_of_memory(product: &Product) {
    let eater =
        json!([{"name": "a", "image": "gantry/hello", "memory": 64, "command": ["eat-memory", "200"]}]);
    let container = to_the_end(product, eater)["containers"][0].clone();
    assert_eq!(container["exitCode"], 137);
    assert_eq!(container["reason"], "OutOfMemoryError: Container killed due to memory usage");
}

fn a_missing_image_is_explained(product: &Product) {
    let task = to_the_end(product, json!([{"name": "a", "image": "nowhere/to-be-found:1"}]));
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    for text in [&task["stoppedReason"], &task["containers"][0]["reason"]] {
        assert!(text.as_str().expect("a reason").starts_with("CannotPullContainerError: "), "{task}");
    }
    assert_eq!(task["containers"][0]["exitCode"], Value::Null);
}

fn a_command_that_is_not_there_is_explained(product: &Product) {
    let task =
        to_the_end(product, json!([{"name": "a", "image": "gantry/hello", "command": ["no-such-command"]}]));
    let reason = task["containers"][0]["reason"].as_str().expect("a reason").to_owned();
    assert!(
        reason.starts_with("CannotStartContainerError: ") && reason.contains("no-such-command"),
        "{reason}"
    );
}

fn a_container_that_ignores_sigterm_is_killed(product: &Product) {
    let stubborn =
        json!([{"name": "a", "image": "gantry/hello", "stopTimeout": 2, "command": ["ignore-term", "1000"]}]);
    register(product, "stubborn", &stubborn.to_string());
    let arns = run(product, "stubborn", 1);
    until(product, &arns, "RUNNING");
    product.aws(&["ecs", "stop-task", "--cluster", "demo", "--task", &arns[0]]);
    assert_eq!(until(product, &arns, "STOPPED")[0]["containers"][0]["exitCode"], 137);
}

#[test]
fn containers_of_a_task_share_what_they_should() {
    let product = product();
    let volume = json!([{"sourceVolume": "shared", "containerPath": "/shared"}]);
    let containers = json!([
        {"name": "web", "image": "gantry/hello", "mountPoints": volume},
        {"name": "writer", "image": "gantry/hello", "essential": false, "mountPoints": volume,
         "command": ["write", "/shared/note", "hello from the neighbour"]},
        {"name": "neighbour", "image": "gantry/hello", "essential": false, "command": ["fetch", "http://127.0.0.1:8080/healthz"]},
    ]);
    product.aws(&[
        "ecs",
        "register-task-definition",
        "--family",
        "pair",
        "--network-mode",
        "awsvpc",
        "--cpu",
        "512",
        "--memory",
        "1024",
        "--requires-compatibilities",
        "FARGATE",
        "--volumes",
        "[{\"name\":\"shared\"}]",
        "--container-definitions",
        &containers.to_string(),
    ]);
    let arns = run(&product, "pair", 1);
    let task = until(&product, &arns, "RUNNING").remove(0);
    let id = arns[0].rsplit('/').next().expect("an id");
    gantry_tests::eventually("the writer to end", || {
        let task = describe(&product, &arns).remove(0);
        let writer =
            task["containers"].as_array()?.iter().find(|container| container["name"] == "writer")?.clone();
        (writer["lastStatus"] == "STOPPED").then_some(())
    });
    let note = product.gantry_ok(&["exec", "--container", "web", id, "cat", "/shared/note"]);
    assert_eq!(note.trim(), "hello from the neighbour");
    assert!(product.fetch(&format!("http://{}:8080/healthz", address(&task))).is_some());
    assert_eq!(
        describe(&product, &arns)[0]["lastStatus"],
        "RUNNING",
        "a container that is not essential may end"
    );
}
