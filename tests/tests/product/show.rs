//! What a stranger does in the first ten minutes.

use gantry_tests::{Product, eventually};
use serde_json::{Value, json};

/// The task definition of the README.
pub(crate) fn register_hello(product: &Product) {
    let containers =
        json!([{"name": "web", "image": "gantry/hello", "portMappings": [{"containerPort": 8080}]}])
            .to_string();
    register(product, "hello", &containers);
}

pub(crate) fn register(product: &Product, family: &str, containers: &str) {
    product.aws(&[
        "ecs",
        "register-task-definition",
        "--family",
        family,
        "--requires-compatibilities",
        "FARGATE",
        "--network-mode",
        "awsvpc",
        "--cpu",
        "256",
        "--memory",
        "512",
        "--container-definitions",
        containers,
    ]);
}

pub(crate) fn run(product: &Product, family: &str, count: usize) -> Vec<String> {
    let network = format!("awsvpcConfiguration={{subnets=[{}]}}", product.variable("GANTRY_SUBNETS"));
    let answer = product.aws(&[
        "ecs",
        "run-task",
        "--cluster",
        "demo",
        "--task-definition",
        family,
        "--count",
        &count.to_string(),
        "--launch-type",
        "FARGATE",
        "--network-configuration",
        &network,
    ]);
    assert_eq!(answer["failures"], json!([]), "{answer}");
    let tasks = answer["tasks"].as_array().expect("a list");
    tasks.iter().map(|task| task["taskArn"].as_str().expect("an ARN").to_owned()).collect()
}

pub(crate) fn describe(product: &Product, arns: &[String]) -> Vec<Value> {
    let mut arguments = vec!["ecs", "describe-tasks", "--cluster", "demo", "--tasks"];
    arguments.extend(arns.iter().map(String::as_str));
    product.aws(&arguments)["tasks"].as_array().expect("a list").clone()
}

pub(crate) fn wait(product: &Product, waiter: &str, arns: &[String]) {
    let mut arguments = vec!["ecs", "wait", waiter, "--cluster", "demo", "--tasks"];
    arguments.extend(arns.iter().map(String::as_str));
    product.aws(&arguments);
}

/// Waits until each task has a status, without the waiter's six seconds between two looks.
pub(crate) fn until(product: &Product, arns: &[String], status: &str) -> Vec<Value> {
    eventually(&format!("{arns:?} to be {status}"), || {
        let tasks = describe(product, arns);
        tasks.iter().all(|task| task["lastStatus"] == status).then_some(tasks)
    })
}

pub(crate) fn address(task: &Value) -> String {
    task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        .as_str()
        .expect("an address")
        .to_owned()
}

#[test]
fn the_first_ten_minutes() {
    let mut product = Product::up();
    assert_eq!(
        product.aws(&["ecs", "create-cluster", "--cluster-name", "demo"])["cluster"]["status"],
        "ACTIVE"
    );
    register_hello(&product);
    let arns = run(&product, "hello", 2);
    wait(&product, "tasks-running", &arns);
    let tasks = describe(&product, &arns);
    for task in &tasks {
        let page = product.fetch(&format!("http://{}:8080/", address(task))).expect("the page answers");
        assert!(page.contains(task["taskArn"].as_str().expect("an ARN")), "the page tells its task: {page}");
    }
    let id = arns[0].rsplit('/').next().expect("an id").to_owned();
    assert!(product.gantry_ok(&["ps"]).contains(&address(&tasks[0])));
    assert!(!product.gantry_ok(&["logs", "hello"]).is_empty());
    assert!(product.gantry_ok(&["exec", &id, "env"]).contains("ECS_CONTAINER_METADATA_URI_V4="));

    product.kill();
    product.start();
    let after = describe(&product, &arns);
    assert_eq!(after.iter().map(address).collect::<Vec<_>>(), tasks.iter().map(address).collect::<Vec<_>>());
    for task in &after {
        assert_eq!(task["lastStatus"], "RUNNING");
        assert_eq!(
            task["startedAt"],
            tasks.iter().find(|t| t["taskArn"] == task["taskArn"]).expect("the same")["startedAt"]
        );
        product.fetch(&format!("http://{}:8080/", address(task))).expect("it never stopped");
    }

    product.aws(&["ecs", "stop-task", "--cluster", "demo", "--task", &arns[0], "--reason", "enough"]);
    wait(&product, "tasks-stopped", &arns[..1]);
    let why = product.gantry_ok(&["why", &id]);
    assert!(why.contains("enough"), "{why}");
    let history = product.gantry_ok(&["history", &id]);
    for action in ["ecs:RunTask", "node:report", "ecs:StopTask"] {
        assert!(history.contains(action), "{action} is missing: {history}");
    }
    assert_eq!(product.aws(&["ecs", "list-tasks", "--cluster", "demo"])["taskArns"], json!([arns[1]]));
}
