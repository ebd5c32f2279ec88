//! An ECS endpoint, whoever serves it: both arms of a comparison get the same calls from the same client.

use anyhow::{Context, Result, ensure};
use gantry_tests::{Client, within};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CLUSTER: &str = "bench";
const FAMILY: &str = "bench";

/// How ECS says that no node of the pool has room, or none has joined yet.
const NO_ROOM: &str = "Capacity is unavailable at this time.";

/// A server without room is asked again after this time, in which tens of fake tasks end.
const ROOM_AGAIN: Duration = Duration::from_millis(20);

/// A server that makes no room, or brings no task on, for this long is broken.
const LIMIT: Duration = Duration::from_secs(30);

/// A client of a cluster with a task definition, ready to run tasks.
pub(crate) struct Ecs {
    client: Client,
    network: Value,
}

/// A task that was started, and how long the call took that started it.
pub(crate) struct Started {
    pub(crate) arn: String,
    pub(crate) took: Duration,
}

impl Ecs {
    /// Makes the cluster and registers the task definition; each client then works with them.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn prepare(mut clients: Vec<Client>, subnet: &str, container: &Value) -> Result<Vec<Self>> {
        let definition = json!({
            "family": FAMILY, "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "containerDefinitions": [container],
        });
        if let Some(client) = clients.first_mut() {
            client.ecs("CreateCluster", &json!({"clusterName": CLUSTER}))?;
            client.ecs("RegisterTaskDefinition", &definition)?;
        }
        // An empty list of groups is the default group; moto asks for the member.
        let network = json!({"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}});
        Ok(clients.into_iter().map(|client| Self { client, network: network.clone() }).collect())
    }

    /// Starts one task; while there is no room, again and again.
    ///
    /// # Errors
    /// When the server refuses for another reason, or no room is made in time.
    pub(crate) fn run_task(&mut self) -> Result<Started> {
        let input = json!({
            "cluster": CLUSTER, "taskDefinition": FAMILY, "launchType": "FARGATE", "networkConfiguration": self.network,
        });
        let end = Instant::now() + LIMIT;
        loop {
            let called = Instant::now();
            let answer = self.client.ecs("RunTask", &input)?;
            let took = called.elapsed();
            if let Some(arn) = answer["tasks"][0]["taskArn"].as_str() {
                return Ok(Started { arn: arn.to_owned(), took });
            }
            let failure = &answer["failures"][0]["reason"];
            let is_full = failure.as_str().is_some_and(|reason| reason.starts_with(NO_ROOM));
            ensure!(is_full && Instant::now() < end, "no task was started: {answer}");
            std::thread::sleep(ROOM_AGAIN);
        }
    }

    /// The tasks with these ARNs; all of them must be known.
    ///
    /// # Errors
    /// When one is missing.
    pub(crate) fn describe_tasks(&mut self, arns: &[String]) -> Result<Vec<Value>> {
        let answer = self.client.ecs("DescribeTasks", &json!({"cluster": CLUSTER, "tasks": arns}))?;
        let tasks = answer["tasks"].as_array().context("DescribeTasks answers a list")?;
        ensure!(tasks.len() == arns.len(), "{} of {} tasks are known: {answer}", tasks.len(), arns.len());
        Ok(tasks.clone())
    }

    /// Waits until these tasks have a status, and answers them.
    ///
    /// # Errors
    /// When one is missing.
    ///
    /// # Panics
    /// When it takes longer than a broken server would.
    pub(crate) fn until(&mut self, arns: &[String], status: &str) -> Result<Vec<Value>> {
        within(LIMIT, &format!("tasks to be {status}"), || match self.describe_tasks(arns) {
            Ok(tasks) => tasks.iter().all(|task| task["lastStatus"] == status).then_some(Ok(tasks)),
            Err(error) => Some(Err(error)),
        })
    }

    /// Stops these tasks and waits until nothing is left of them.
    ///
    /// # Errors
    /// When one is missing.
    ///
    /// # Panics
    /// When it takes longer than a broken server would.
    pub(crate) fn stop(&mut self, arns: &[String]) -> Result<()> {
        for arn in arns {
            self.client.ecs("StopTask", &json!({"cluster": CLUSTER, "task": arn}))?;
        }
        self.until(arns, "STOPPED").map(drop)
    }

    /// Waits until every task has ended.
    ///
    /// # Errors
    /// When the server refuses to list them.
    ///
    /// # Panics
    /// When it takes longer than a broken server would.
    pub(crate) fn until_idle(&mut self) -> Result<()> {
        let input = json!({"cluster": CLUSTER, "desiredStatus": "RUNNING"});
        within(LIMIT, "every task to end", || match self.client.ecs("ListTasks", &input) {
            Ok(answer) => answer["taskArns"].as_array().is_some_and(Vec::is_empty).then_some(Ok(())),
            Err(error) => Some(Err(error)),
        })
    }
}
