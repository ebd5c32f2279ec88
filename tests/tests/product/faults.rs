//! `kill -9` of anything, at any moment: no acknowledged write is lost, no container is orphaned or doubled, exit codes are
//! right.

use gantry_tests::{Client, Process, Product, eventually, signal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Moments at which something is killed.
const MOMENTS: usize = 100;

/// Tasks that run at once at most: with four quarters of a vCPU each they fit on two cores that are promised four times.
const ALIVE_MAX: usize = 12;

/// Choices that follow from a number, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // The constants of Knuth's MMIX generator.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What was acknowledged.
#[derive(Default)]
struct Ledger {
    /// Tasks with the exit code of their program; `None` runs on.
    tasks: BTreeMap<String, Option<i64>>,
    stopped: BTreeSet<String>,
    /// Tasks whose shim was killed.
    orphaned: BTreeSet<String>,
    /// Shims that were killed when their containers were already over, so that nobody could tell whose they were.
    nameless: usize,
}

#[test]
fn nothing_acknowledged_is_lost_whatever_is_killed() {
    let mut product = Product::up();
    let mut client = product.client();
    client.ecs("CreateCluster", &json!({"clusterName": "demo"})).expect("a cluster");
    register(&mut client, "long", &["sleep", "100000"]);
    for code in 0..4 {
        register(&mut client, &format!("exit-{code}"), &["exit", &code.to_string()]);
    }
    let (mut dice, mut ledger) = (Dice(std::process::id().into()), Ledger::default());
    println!("choices follow from {}", dice.0);
    for _ in 0..MOMENTS {
        act(&mut client, &product, &mut ledger, &mut dice);
        kill_something(&mut product, &mut ledger, &mut dice);
    }
    for (arn, code) in &ledger.tasks.clone() {
        let task = eventually(&format!("{arn} to come to rest"), || {
            at_rest(&mut client, arn, code.is_none() && !ledger.ends(arn))
        });
        ledger.check(arn, *code, &task);
    }
    let wanted = ledger.tasks.iter().filter(|(arn, code)| code.is_none() && !ledger.ends(arn)).count();
    let running =
        product.host().processes().into_iter().filter(|process| process.arguments == "sleep 100000").count();
    assert_eq!(running, wanted, "each task that should run has one process, and nobody else has");
}

impl Ledger {
    fn ends(&self, arn: &str) -> bool {
        self.stopped.contains(arn) || self.orphaned.contains(arn)
    }

    /// The container below a shim tells its task by its cgroup.
    fn note_killed_shim(&mut self, shim: &Process) {
        let cgroups: String = shim.children().iter().filter_map(Process::cgroups).collect();
        let of = |arn: &&String| arn.rsplit('/').next().is_some_and(|id| cgroups.contains(id));
        match self.tasks.keys().find(of).cloned() {
            Some(arn) => drop(self.orphaned.insert(arn)),
            None => self.nameless += 1,
        }
    }

    fn check(&mut self, arn: &str, code: Option<i64>, task: &Value) {
        let container = &task["containers"][0];
        if self.orphaned.contains(arn) {
            let own = code.is_some() && container["exitCode"] == json!(code);
            let stopped = self.stopped.contains(arn) && container["exitCode"] == 143;
            let never_ran = container["exitCode"].is_null();
            assert!(own || stopped || never_ran || container["exitCode"] == 137, "{task}");
            return;
        }
        let by_its_shim = container["reason"].as_str().is_some_and(|reason| reason.contains("supervised"));
        if by_its_shim && self.nameless > 0 {
            self.nameless -= 1;
            return;
        }
        if let Some(code) = code {
            assert_eq!(container["exitCode"], code, "{task}");
        }
        if self.stopped.contains(arn) {
            assert_eq!(task["lastStatus"], "STOPPED", "{task}");
        }
    }
}

fn register(client: &mut Client, family: &str, command: &[&str]) {
    let containers = json!([{"name": "a", "image": "gantry/hello", "command": command, "stopTimeout": 2}]);
    let definition = json!({
        "family": family, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": containers,
    });
    client.ecs("RegisterTaskDefinition", &definition).expect("a definition");
}

/// Something that a client does; only what was acknowledged counts.
fn act(client: &mut Client, product: &Product, ledger: &mut Ledger, dice: &mut Dice) {
    let alive: Vec<String> = ledger
        .tasks
        .iter()
        .filter(|(arn, code)| code.is_none() && !ledger.ends(arn))
        .map(|(arn, _)| arn.clone())
        .collect();
    if alive.len() >= ALIVE_MAX || (dice.below(4) == 0 && !alive.is_empty()) {
        let arn = &alive[dice.below(alive.len() as u64) as usize];
        if client.ecs("StopTask", &json!({"cluster": "demo", "task": arn})).is_ok() {
            ledger.stopped.insert(arn.clone());
        }
        return;
    }
    let code = (dice.below(2) == 0).then(|| dice.below(4) as i64);
    let family = code.map_or("long".to_owned(), |code| format!("exit-{code}"));
    let subnets: Vec<&str> = product.variable("GANTRY_SUBNETS").split(',').collect();
    let request = json!({
        "cluster": "demo", "taskDefinition": family, "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": subnets}},
    });
    let answer = client.ecs("RunTask", &request).unwrap_or_default();
    if let Some(arn) = answer["tasks"][0]["taskArn"].as_str() {
        ledger.tasks.insert(arn.to_owned(), code);
    }
}

fn kill_something(product: &mut Product, ledger: &mut Ledger, dice: &mut Dice) {
    match dice.below(8) {
        0 => {
            product.kill();
            product.start();
        }
        1 => kill_one(product, "gantry-zygote", dice, |_| {}),
        2 => kill_one(product, "gantry-shim", dice, |shim| ledger.note_killed_shim(shim)),
        _ => std::thread::sleep(std::time::Duration::from_millis(dice.below(30))),
    }
}

/// Kills one of the processes of a name, if there is any.
fn kill_one(product: &Product, name: &str, dice: &mut Dice, note: impl FnOnce(&Process)) {
    let processes = product.host().processes();
    // A process that was just forked still has its maker's name: it is not what is to be killed.
    let is_copy =
        |process: &Process| processes.iter().any(|other| other.pid == process.parent && other.name == name);
    let of_name: Vec<&Process> =
        processes.iter().filter(|process| process.name == name && !is_copy(process)).collect();
    let Some(victim) = of_name.get(dice.below(of_name.len().max(1) as u64) as usize) else { return };
    note(victim);
    signal(victim.pid, libc::SIGKILL);
}

fn at_rest(client: &mut Client, arn: &str, runs: bool) -> Option<Value> {
    let answer = client.ecs("DescribeTasks", &json!({"cluster": "demo", "tasks": [arn]})).ok()?;
    let task =
        answer["tasks"].get(0).unwrap_or_else(|| panic!("acknowledged task {arn} is gone: {answer}")).clone();
    let status = if runs { "RUNNING" } else { "STOPPED" };
    (task["lastStatus"] == status).then_some(task)
}
