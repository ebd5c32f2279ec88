//! A control plane that serves on a free port and on an in-process link.

use super::client::{Answer, RawRequest};
use super::store::{Mode, Switch, SwitchedStore};
use gantry_controlplane::{Auth, ControlPlane, HttpListener, Parts, RootKey, Settings};
use gantry_link::Dialer;
use gantry_store::MemoryStore;
use gantry_store::memory::{FaultPlan, MemoryDisk};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A control plane, and what it stands on.
pub(crate) struct World {
    plane: ControlPlane,
    pub(crate) address: SocketAddr,
    pub(crate) key: RootKey,
    pub(crate) dialer: Dialer,
    disk: MemoryDisk,
    switch: Switch,
    auth: Auth,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_on(MemoryDisk::default(), Auth::Signed).await
    }

    pub(crate) async fn open() -> Self {
        Self::start_on(MemoryDisk::default(), Auth::Open).await
    }

    async fn start_on(disk: MemoryDisk, auth: Auth) -> Self {
        let key = RootKey { access_key_id: "AKIATESTTESTTESTTEST".into(), secret_access_key: "s".repeat(40) };
        let switch = Switch::new();
        let store =
            SwitchedStore { store: MemoryStore::open(&disk, FaultPlan::none()), switch: switch.clone() };
        let http = HttpListener::bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
        let address = http.local_addr().unwrap();
        let (dialer, listener) = Dialer::in_process();
        let parts = Parts {
            settings: settings(auth),
            root_key: key.clone(),
            store: Box::new(store),
            http,
            agents: vec![listener],
            check_range: Box::new(|_| Ok(())),
        };
        let plane = ControlPlane::start(parts).await.unwrap();
        Self { plane, address, key, dialer, disk, switch, auth }
    }

    /// Stops it in order and starts another one on the same disk.
    pub(crate) async fn restart(self) -> Self {
        let Self { plane, disk, auth, .. } = self;
        plane.stop().await;
        Self::start_on(disk, auth).await
    }

    pub(crate) async fn stop(self) {
        self.plane.stop().await;
    }

    pub(crate) fn switch(&self, mode: Mode) {
        self.switch.set(mode);
    }

    pub(crate) async fn send(&self, request: RawRequest) -> Answer {
        request.send(self.address).await
    }

    /// A signed call to ECS.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Answer {
        self.send(RawRequest::ecs(operation, input.to_string()).signed(&self.key, "ecs")).await
    }

    /// A signed call to ECS that must work.
    pub(crate) async fn ask(&self, operation: &str, input: Value) -> Value {
        let answer = self.call(operation, input).await;
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        answer.json()
    }

    /// A signed request to the platform's own endpoints.
    pub(crate) async fn platform(&self, target: &str) -> Answer {
        self.send(RawRequest::get(&format!("/_gantry/{target}")).signed(&self.key, "gantry")).await
    }

    /// Registers the family `hello` and runs some tasks of it. Answers their ids.
    pub(crate) async fn run_tasks(&self, count: usize) -> Vec<String> {
        let container = json!({"name": "web", "image": "gantry/hello"});
        let definition = json!({"family": "hello", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [container]});
        self.ask("RegisterTaskDefinition", definition).await;
        self.ask("CreateCluster", json!({})).await;
        let subnets = self.platform("network").await.json()["subnets"].clone();
        let run = json!({"taskDefinition": "hello", "count": count, "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": subnets}}});
        let answer = self.ask("RunTask", run).await;
        let tasks = answer["tasks"].as_array().unwrap().iter();
        tasks.map(|task| task["taskArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    }
}

fn settings(auth: Auth) -> Settings {
    Settings {
        account: None,
        region: None,
        vpc_cidr: None,
        auth,
        cpu_overcommit_percent: 100,
        ephemeral: true,
    }
}
