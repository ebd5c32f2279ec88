//! The network of one request: its subnets and security groups, and an interface with an address for each task.

use crate::command::Refusal;
use crate::command::ecs::Awsvpc;
use crate::txn::Txn;
use gantry_model::cidr::Cidr;
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::task::{Address, Eni};
use gantry_model::record::{SecurityGroup, Subnet, TaskDefinition};
use gantry_model::status::NetworkMode;
use gantry_model::{AccountRegion, AttachmentId, EniId, SecurityGroupId, VpcId};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// Subnets and groups that exist and belong together.
pub(super) struct Network {
    pub(super) subnets: Vec<Arc<Subnet>>,
    security_groups: Vec<SecurityGroupId>,
}

/// Finds what the request names. Fargate knows awsvpc only, so a configuration is always needed.
pub(super) fn resolve(
    txn: &Txn,
    scope: &AccountRegion,
    definition: &TaskDefinition,
    given: Option<&Awsvpc>,
) -> Result<Network, Refusal> {
    let given = match (definition.network_mode(), given) {
        (NetworkMode::Awsvpc, Some(given)) => given,
        (NetworkMode::Awsvpc, None) => return Err(Refusal::NetworkConfigurationMissing),
        (NetworkMode::Bridge | NetworkMode::Host | NetworkMode::None, _) => {
            return Err(Refusal::NetworkConfigurationUnfit);
        }
    };
    let subnets = given.subnets.iter().map(|id| subnet(txn, scope, id)).collect::<Result<Vec<_>, _>>()?;
    let vpc = subnets.first().ok_or(Refusal::NetworkConfigurationMissing)?.vpc;
    if subnets.iter().any(|subnet| subnet.vpc != vpc) {
        return Err(Refusal::SubnetsOfSeveralVpcs);
    }
    Ok(Network { subnets, security_groups: groups(txn, scope, vpc, &given.security_groups)? })
}

fn subnet(txn: &Txn, scope: &AccountRegion, text: &str) -> Result<Arc<Subnet>, Refusal> {
    let found = text.parse().ok().and_then(|id| txn.state.subnet(id));
    found
        .filter(|subnet| subnet.scope == *scope)
        .cloned()
        .ok_or_else(|| Refusal::SubnetNotFound(text.to_owned()))
}

/// The groups that are named; none means the VPC's default group.
fn groups(
    txn: &Txn,
    scope: &AccountRegion,
    vpc: VpcId,
    named: &[String],
) -> Result<Vec<SecurityGroupId>, Refusal> {
    if named.is_empty() {
        let default = txn.state.security_groups_of(vpc).find(|group| group.name == "default");
        return Ok(default.map(|group| group.id).into_iter().collect());
    }
    let of_vpc = |text: &String| {
        let group = group(txn, scope, text)?;
        if group.vpc == vpc { Ok(group.id) } else { Err(Refusal::SecurityGroupOfOtherVpc(text.clone())) }
    };
    named.iter().map(of_vpc).collect()
}

fn group<'a>(txn: &'a Txn, scope: &AccountRegion, text: &str) -> Result<&'a Arc<SecurityGroup>, Refusal> {
    let found = text.parse().ok().and_then(|id| txn.state.security_group(id));
    found.filter(|group| group.scope == *scope).ok_or_else(|| Refusal::SecurityGroupNotFound(text.to_owned()))
}

impl Network {
    /// An interface in a subnet; `None` when every address of it is taken.
    pub(super) fn interface(&self, txn: &mut Txn, subnet: &Subnet) -> Option<Eni> {
        let address = free_address(txn, subnet)?;
        Some(Eni {
            id: EniId::from_bits(txn.entropy.bits()),
            attachment: AttachmentId(txn.entropy.uuid()),
            subnet: subnet.id,
            security_groups: self.security_groups.clone(),
            address: Address(address),
            mac: mac(txn),
        })
    }
}

/// An address that nobody in the installation holds, sought from a random place on: an address that was just freed is
/// unlikely to be given out again while somebody still remembers its last owner.
fn free_address(txn: &mut Txn, subnet: &Subnet) -> Option<Ipv4Addr> {
    let cidr: Cidr = subnet.cidr.parse().ok()?;
    let hosts = cidr.assignable();
    let start = txn.entropy.below(u64::from(hosts)) as u32;
    let in_turn = (0..hosts).map(|offset| cidr.assignable_at((start + offset) % hosts));
    in_turn
        .into_iter()
        .find(|address| txn.state.task_at(*address).is_none() || suffers(Bug::AddressGivenTwice))
}

/// A locally administered unicast hardware address.
fn mac(txn: &mut Txn) -> String {
    let bytes = txn.entropy.id();
    format!("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4])
}
