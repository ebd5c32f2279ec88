//! Clients: they run tasks, stop them, repeat requests whose answer was lost, and remember what was acknowledged.

use crate::random::Random;
use gantry_model::record::ClusterKey;
use gantry_model::record::task_definition::{ContainerDefinition, KeyValue, TaskDefinitionContent};
use gantry_model::status::{LaunchType, NetworkMode};
use gantry_model::{AccountRegion, RequestId, TaskId};
use gantry_orchestrator::command::ecs::{
    Awsvpc, Capacity, ClientToken, CreateCluster, DefinitionName, RegisterTaskDefinition, RunTask,
    SizeOverride, StopTask,
};
use gantry_orchestrator::command::{Command, Refusal, Reply, Request};
use gantry_orchestrator::state::State;
use std::collections::{BTreeMap, BTreeSet};

/// What the containers of a task do, by the name of their image.
pub(crate) const IMAGES: [&str; 7] =
    ["long", "exit-0", "exit-3", "stubborn", "no-image", "no-create", "no-start"];

/// Everything that was asked and answered.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    asked: u64,
    open: BTreeMap<u64, Asked>,
    tokens: BTreeMap<String, (Command, BTreeSet<TaskId>)>,
    /// Tasks whose RunTask was answered.
    pub(crate) acknowledged: BTreeSet<TaskId>,
    /// Tasks whose StopTask was answered.
    pub(crate) stopped: BTreeSet<TaskId>,
    /// Clusters whose CreateCluster was answered.
    pub(crate) clusters: BTreeSet<ClusterKey>,
    /// Tasks that were answered twice with different ids under one token.
    pub(crate) doubled: Option<String>,
}

#[derive(Debug)]
struct Asked {
    command: Command,
    token: Option<String>,
}

impl Clients {
    /// One definition for each kind of container; registered at the start of a run.
    pub(crate) fn definitions(&mut self) -> Vec<(u64, Request)> {
        let plain = IMAGES.map(|image| (image.to_owned(), vec![image]));
        let pair = ("pair".to_owned(), vec!["long", "exit-0"]);
        let commands = plain.into_iter().chain([pair]).map(|(family, images)| definition(&family, &images));
        commands.collect::<Vec<_>>().into_iter().map(|command| self.ask(command, None)).collect()
    }

    /// Something that a client asks now, if it can think of anything.
    pub(crate) fn next(&mut self, state: &State, random: &mut Random) -> Option<(u64, Request)> {
        match random.between(0, 10) {
            0 => {
                let name = format!("cluster-{}", random.between(0, 50)).parse().ok()?;
                Some(
                    self.ask(
                        Command::CreateCluster(CreateCluster { name, ..CreateCluster::default() }),
                        None,
                    ),
                )
            }
            1..=3 => {
                let known: Vec<TaskId> = self.acknowledged.iter().copied().collect();
                let task = *random.pick(&known)?;
                let stop = StopTask { cluster: Default::default(), task, reason: None };
                Some(self.ask(Command::StopTask(stop), None))
            }
            4 => {
                let tokens: Vec<String> = self.tokens.keys().cloned().collect();
                let token = random.pick(&tokens)?.clone();
                let command = self.tokens.get(&token)?.0.clone();
                Some(self.ask(command, Some(token)))
            }
            _ => self.run(state, random),
        }
    }

    fn run(&mut self, state: &State, random: &mut Random) -> Option<(u64, Request)> {
        let vpc = state.default_vpc(&AccountRegion::default())?.id;
        let subnets = state.subnets_of(vpc).map(|subnet| subnet.id.to_string()).collect();
        let family = if random.percent(20) { "pair" } else { *random.pick(&IMAGES)? };
        let token = random.percent(40).then(|| format!("token-{}", self.asked));
        let at_most_one = random.percent(30);
        let tags = at_most_one.then(|| ("gantry:at-most-one".to_owned(), "true".to_owned()));
        let command = Command::RunTask(RunTask {
            cluster: Default::default(),
            definition: DefinitionName { family: family.parse().ok()?, revision: None },
            count: random.between(1, 4) as usize,
            capacity: Capacity::LaunchType(LaunchType::Fargate),
            platform_version: None,
            network: Some(Awsvpc { subnets, ..Awsvpc::default() }),
            overrides: Default::default(),
            size_override: SizeOverride::default(),
            group: None,
            started_by: None,
            reference_id: None,
            tags: tags.into_iter().collect(),
            propagate_definition_tags: false,
            managed_tags: false,
            enable_execute_command: false,
            client_token: token.clone().map(|token| ClientToken { token, request_sha256: family.to_owned() }),
        });
        if let Some(token) = &token {
            self.tokens.insert(token.clone(), (command.clone(), BTreeSet::new()));
        }
        Some(self.ask(command, token))
    }

    fn ask(&mut self, command: Command, token: Option<String>) -> (u64, Request) {
        self.asked += 1;
        let request = Request {
            id: RequestId([7; 16]),
            principal: "arn:aws:iam::000000000000:root".to_owned(),
            scope: AccountRegion::default(),
            command: command.clone(),
        };
        self.open.insert(self.asked, Asked { command, token });
        (self.asked, request)
    }

    /// An answer arrives: from here on it must hold.
    pub(crate) fn answered(&mut self, id: u64, reply: Result<Reply, Refusal>) {
        let Some(asked) = self.open.remove(&id) else { return };
        match (asked.command, reply) {
            (_, Ok(Reply::Tasks { tasks, .. })) => {
                self.ran(asked.token, tasks.iter().map(|task| task.id).collect())
            }
            (Command::StopTask(stop), Ok(_)) => drop(self.stopped.insert(stop.task)),
            (_, Ok(Reply::Cluster(cluster))) => drop(self.clusters.insert(cluster.key.clone())),
            (_, Ok(_) | Err(_)) => {}
        }
    }

    fn ran(&mut self, token: Option<String>, tasks: BTreeSet<TaskId>) {
        self.acknowledged.extend(&tasks);
        let Some((_, known)) = token.as_ref().and_then(|token| self.tokens.get_mut(token)) else { return };
        if known.is_empty() {
            *known = tasks;
        } else if !tasks.is_subset(known) {
            // Fewer is right where some were forgotten an hour after they stopped; others are never right.
            self.doubled = Some(format!("token {token:?} made {known:?} and then {tasks:?}"));
        }
    }
}

fn definition(family: &str, images: &[&str]) -> Command {
    let container = |(number, image): (usize, &&str)| ContainerDefinition {
        name: format!("c{number}"),
        image: (*image).to_owned(),
        essential: Some(number == 0),
        stop_timeout: Some(5),
        environment: Some(vec![KeyValue { name: Some("A".to_owned()), value: Some("1".to_owned()) }]),
        ..ContainerDefinition::default()
    };
    let content = TaskDefinitionContent {
        network_mode: Some(NetworkMode::Awsvpc),
        containers: images.iter().enumerate().map(container).collect(),
        cpu_units: Some(256),
        memory_mib: Some(512),
        ..TaskDefinitionContent::default()
    };
    let family = family.parse().expect("the names above are valid");
    Command::RegisterTaskDefinition(RegisterTaskDefinition { family, content, tags: Default::default() })
}
