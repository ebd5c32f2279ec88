//! The facade in front of the real commit loop, without a disk: what is computed counts as durable at once.

use super::{NOW, World, planned, scope};
use gantry_facade::Plan;
use gantry_model::record::Installation as Record;
use gantry_model::{NodeId, RequestId, Resources};
use gantry_orchestrator::command::Request;
use gantry_orchestrator::leader::{Input, Leader, Next, Now, Released};
use gantry_orchestrator::{NodeInfo, NodeInput};
use gantry_wire::codec::json;
use serde_json::Value;

/// An installation that answers calls to ECS.
pub(crate) struct Installation {
    leader: Leader<()>,
    world: World,
    inputs: u8,
}

impl Installation {
    /// An installation with its default VPC and no node.
    pub(crate) fn new() -> Self {
        let now = Now { wall_ms: NOW.0, mono_ms: 0 };
        let leader = Leader::recover([], 0, NOW, 1, now);
        let mut new = Self { leader, world: World::empty(), inputs: 0 };
        let scope = scope();
        let vpc_cidr = "172.31.0.0/16".to_owned();
        let (account, region) = (scope.account, scope.region);
        new.input(Input::Install(Record { account, region, vpc_cidr, created_at: NOW, ..Record::default() }));
        new
    }

    /// The same with one node of four vCPUs and 8 GiB.
    pub(crate) fn with_node() -> Self {
        let mut new = Self::new();
        new.input(Input::Node(NodeInput::Joined(NodeInfo {
            id: NodeId([9; 16]),
            name: "host".to_owned(),
            capacity: Resources { cpu_units: 4096, memory_mib: 8192, enis: 100, gpus: 0 },
            cpu_overcommit_percent: 100,
            zones: Vec::new(),
            cpu_architecture: "X86_64".to_owned(),
            agent_version: "1.0.0".to_owned(),
        })));
        new
    }

    /// The default VPC's subnets, as a JSON list.
    pub(crate) fn subnets(&self) -> String {
        let state = &self.world.state;
        let vpc = state.default_vpc(&scope()).expect("the installation has one");
        let ids: Vec<String> = state.subnets_of(vpc.id).map(|subnet| subnet.id.to_string()).collect();
        format!("{ids:?}")
    }

    /// The answer to a call, or the text of its fault.
    pub(crate) fn call(&mut self, operation: &str, body: &str) -> Result<Value, String> {
        let output = match planned(&self.world, operation, body) {
            Ok(Plan::Answer(output)) => Ok(output),
            Ok(Plan::Command { command, respond }) => {
                let principal = self.world.caller.principal.clone();
                let id = RequestId::default();
                let mut released =
                    self.input(Input::Request(Request { id, principal, scope: scope(), command }));
                let ((), result) = released.replies.pop().expect("an input has a reply");
                respond(&released.state, result)
            }
            Err(fault) => Err(fault),
        };
        let output = output.map_err(|fault| fault.to_string())?;
        Ok(serde_json::from_str(&json::to_string(&*output)).expect("the writer writes JSON"))
    }

    fn input(&mut self, input: Input) -> Released<()> {
        self.inputs += 1;
        self.leader.submit(input, ()).expect("the queue has room");
        let mono_ms = u64::from(self.inputs);
        let now = Now { wall_ms: NOW.0 + i64::from(self.inputs), mono_ms };
        let released = match self.leader.begin(now, [self.inputs; 32]) {
            Next::Commit(entry) => self.leader.committed(entry.seq),
            Next::Release(released) => released,
            Next::Idle => panic!("something was submitted"),
        };
        self.world.state = released.state.clone();
        released
    }
}
