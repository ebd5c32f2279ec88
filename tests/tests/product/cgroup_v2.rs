//! The product on a host with unified cgroups alone, as current distributions have them, on the kernel of Debian 12. It is a
//! machine of its own, because the cgroups of this one may be the older ones.

use gantry_tests::{Machine, debug_binary, within};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Longer than a step takes in an emulated machine on a busy host.
const STEP_LIMIT: Duration = Duration::from_secs(120);

const API: &str = "http://127.0.0.1:4780";

const TRACES: &str = "/sys/kernel/tracing";

/// `gantry up --ephemeral` on a machine of its own.
struct Inside {
    machine: Machine,
    data_dir: String,
}

#[test]
fn unified_cgroups_hold_tasks() {
    let mut inside = Inside::up();
    a_task_lives_in_a_group_with_its_limits(&mut inside);
    a_stopped_task_leaves_no_group(&mut inside);
    a_container_that_eats_too_much_is_killed(&mut inside);
}

fn a_task_lives_in_a_group_with_its_limits(inside: &mut Inside) {
    inside.register(
        "pair",
        &json!([
            {"name": "web", "image": "gantry/hello"},
            {"name": "sleeper", "image": "gantry/hello", "memory": 64, "command": ["sleep", "1000"]},
        ]),
    );
    let task = inside.gantry_json("run pair")[0].clone();
    assert_eq!(task["status"], "RUNNING", "{task}");
    let page = within(STEP_LIMIT, "the page to answer", || {
        inside.fetch(&format!("http://{}:8080/", text(&task["address"])))
    });
    assert!(page.contains(text(&task["arn"])), "the page tells its task: {page}");
    assert!(inside.gantry("logs pair").contains("listens on"));

    let files = ["/proc/self/cgroup", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/memory.max"];
    let seen = inside.gantry(&format!("exec --container sleeper pair cat {}", files.join(" ")));
    assert_eq!(seen.lines().collect::<Vec<_>>(), ["0::/", "4096", "67108864"]);

    let group = format!("/sys/fs/cgroup/gantry/{}", text(&task["id"]));
    let limits = inside.machine.ok(&format!("cd {group} && cat memory.max memory.swap.max cpu.max"));
    assert_eq!(limits.lines().collect::<Vec<_>>(), ["536870912", "0", "25000 100000"]);
}

fn a_stopped_task_leaves_no_group(inside: &mut Inside) {
    inside.watch_kills();
    let task = inside.gantry_json("stop pair --reason enough")[0].clone();
    assert_eq!((&task["status"], &task["stoppedReason"]), (&json!("STOPPED"), &json!("enough")), "{task}");
    assert_eq!(container(&task, "sleeper")["exitCode"], 143, "{task}");
    let kills = inside.machine.ok(&format!("grep -c 'gantry-shim.*cgroup_kill_write' {TRACES}/trace"));
    assert_eq!(kills.trim(), "2", "each of two supervisors kills its group");
    within(STEP_LIMIT, "the task's group to go", || {
        let groups = inside.machine.ok("find /sys/fs/cgroup/gantry -mindepth 1 -type d");
        groups.is_empty().then_some(())
    });
}

fn a_container_that_eats_too_much_is_killed(inside: &mut Inside) {
    let command = json!(["eat-memory", "200"]);
    inside.register(
        "eater",
        &json!([{"name": "a", "image": "gantry/hello", "memory": 64, "command": command}]),
    );
    inside.gantry("run --detach eater");
    let task = within(STEP_LIMIT, "the kernel to kill the eater", || {
        let task = inside.gantry_json("ps --all eater")["tasks"][0].clone();
        (task["status"] == "STOPPED").then_some(task)
    });
    let eater = container(&task, "a");
    assert_eq!(eater["exitCode"], 137, "{task}");
    assert_eq!(eater["reason"], "OutOfMemoryError: Container killed due to memory usage");
    let why = inside.gantry("why eater");
    assert!(why.contains("OutOfMemoryError"), "{why}");
}

impl Inside {
    fn up() -> Self {
        let programs = [&debug_binary(), Path::new("/usr/sbin/nft")];
        let mut machine = Machine::boot(&programs).expect("a machine");
        assert_eq!(machine.ok("stat -f -c %t /sys/fs/cgroup").trim(), "63677270", "CGROUP2_SUPER_MAGIC");
        let printed = machine.ok("gantry up --ephemeral --auth open >/tmp/log 2>&1 & echo $!");
        let pid = printed.trim();
        let mut inside = Self { machine, data_dir: format!("/tmp/gantry-{pid}") };
        within(STEP_LIMIT, "gantry up to have a node", || {
            inside.machine.ok(&format!("[ -e /proc/{pid}/exe ] || ! cat /tmp/log"));
            let status: Value =
                serde_json::from_str(&inside.fetch(&format!("{API}/_gantry/status"))?).ok()?;
            (status["nodes"][0]["connected"] == true).then_some(())
        });
        inside
    }

    fn fetch(&mut self, url: &str) -> Option<String> {
        let answer = self.machine.run(&format!("wget -q -O - {url}"));
        (answer.code == 0).then_some(answer.text)
    }

    /// What a command of the product's command line printed.
    fn gantry(&mut self, command: &str) -> String {
        let answer = self.machine.run(&format!("gantry --data-dir {} {command}", self.data_dir));
        assert_eq!(answer.code, 0, "gantry {command}: {}\n{}", answer.text, self.machine.ok("cat /tmp/log"));
        answer.text
    }

    fn gantry_json(&mut self, command: &str) -> Value {
        let text = self.gantry(&format!("--json {command}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("gantry --json {command}: {error}: {text}"))
    }

    /// The smallest task there is, of these containers.
    fn register(&mut self, family: &str, containers: &Value) {
        let definition = json!({
            "family": family, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "requiresCompatibilities": ["FARGATE"], "containerDefinitions": containers,
        });
        let target = "X-Amz-Target: AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition";
        let kind = "Content-Type: application/x-amz-json-1.1";
        let headers = format!("--header '{target}' --header '{kind}'");
        self.machine.ok(&format!("wget -q -O - {headers} --post-data '{definition}' {API}/"));
    }

    /// From now on the kernel notes who kills a group as a whole.
    fn watch_kills(&mut self) {
        self.machine.ok(&format!("mount -t tracefs tracefs {TRACES}"));
        self.machine.ok(&format!("echo 'p:kill cgroup_kill_write' >{TRACES}/kprobe_events"));
        self.machine.ok(&format!("echo 1 >{TRACES}/events/kprobes/kill/enable"));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn container<'a>(task: &'a Value, name: &str) -> &'a Value {
    let containers = task["containers"].as_array().into_iter().flatten();
    containers.into_iter().find(|container| container["name"] == name).unwrap_or(&Value::Null)
}
