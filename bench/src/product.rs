//! Gantry as the benchmarks start it: a release build on a host of its own, its data on disk.

use crate::ecs::Ecs;
use crate::setting::Setting;
use anyhow::{Context, Result};
use gantry_tests::{Options, Product, Role};
use serde_json::{Value, json};
use std::fs::File;
use std::process::{Child, Stdio};

/// CPU is promised a hundredfold, so that fake tasks are limited by memory alone.
const OVERCOMMIT: [&str; 2] = ["--cpu-overcommit", "100"];

const FAKE_RUNTIME: [&str; 2] = ["--runtime", "fake"];

/// Makes the product tell how long steps took.
const STEPS: &str = "warn,gantry_agent=debug,gantry_controlplane=debug";

/// `gantry up` with the embedded runtime.
pub(crate) fn up(setting: &Setting) -> Result<Product> {
    start(setting, Role::Up, &[])
}

/// The same, with its steps in its log.
pub(crate) fn up_with_steps(setting: &Setting) -> Result<Product> {
    let log_filter = Some(STEPS.to_owned());
    Ok(Product::with(Options { log_filter, ..options(setting)? }))
}

/// `gantry up` with the fake runtime: the control plane, the store and the agent are real, containers cost nothing.
pub(crate) fn up_without_containers(setting: &Setting) -> Result<Product> {
    start(setting, Role::Up, &[OVERCOMMIT, FAKE_RUNTIME].concat())
}

/// The same as two processes: `gantry server`, and an agent on its host.
pub(crate) struct ServerAndAgent {
    pub(crate) server: Product,
    agent: Child,
}

impl ServerAndAgent {
    pub(crate) fn without_containers(setting: &Setting) -> Result<Self> {
        let server = start(setting, Role::Server, &OVERCOMMIT)?;
        let log = File::create(server.folder().join("agent.log"))?;
        let agent = server
            .command(&setting.binary)
            .args(["agent", "--connect", &format!("unix:{}", server.data_dir().join("link.sock").display())])
            .args(FAKE_RUNTIME)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot run gantry agent")?;
        Ok(Self { server, agent })
    }

    /// The agent's process id.
    pub(crate) fn agent_pid(&self) -> Result<u32> {
        self.server.host().pid_of(&self.agent).context("the agent runs")
    }
}

impl Drop for ServerAndAgent {
    fn drop(&mut self) {
        if let Ok(pid) = self.agent_pid() {
            gantry_tests::signal(pid, libc::SIGKILL);
        }
        drop(self.agent.wait());
    }
}

/// The container of a task that ends at once, under the fake runtime too. moto cannot do without its sizes.
pub(crate) fn ends_at_once() -> Value {
    json!({"name": "main", "image": "gantry/hello", "command": ["exit", "0"], "cpu": 256, "memory": 512})
}

/// Clients of a cluster that is made for them.
pub(crate) fn clients(product: &Product, container: &Value, count: usize) -> Result<Vec<Ecs>> {
    let subnet =
        product.variable("GANTRY_SUBNETS").split(',').next().context("gantry env exports subnets")?;
    Ecs::prepare((0..count).map(|_| product.client()).collect(), subnet, container)
}

fn start(setting: &Setting, role: Role, arguments: &[&str]) -> Result<Product> {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    Ok(Product::with(Options { role, arguments, ..options(setting)? }))
}

fn options(setting: &Setting) -> Result<Options> {
    let data_dir = Some(setting.empty_folder("gantry-")?);
    Ok(Options { data_dir, binary: Some(setting.binary.clone()), ..Options::default() })
}
