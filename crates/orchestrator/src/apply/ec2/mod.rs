//! The default VPC of an account and region: an ordinary set of records, made when it is first needed.

use crate::txn::Txn;
use gantry_model::cidr::Cidr;
use gantry_model::record::{SecurityGroup, Subnet, Vpc};
use gantry_model::{AccountRegion, SecurityGroupId, SubnetId, VpcId};

/// The range where the installation names none: AWS's own for default VPCs.
const DEFAULT_CIDR: &str = "172.31.0.0/16";

/// A default VPC has a subnet in each of these zones.
const ZONES: [&str; 3] = ["a", "b", "c"];

/// Each subnet takes a sixteenth of the VPC: /20 of a /16, as AWS cuts its default VPCs.
const SUBNET_BITS: u8 = 4;

/// Makes VPC, subnets and security group where the scope has none.
pub(crate) fn ensure_default_vpc(txn: &mut Txn, scope: &AccountRegion) {
    if txn.state.default_vpc(scope).is_some() {
        return;
    }
    let text = txn
        .state
        .installation()
        .map_or(DEFAULT_CIDR.to_owned(), |installation| installation.vpc_cidr.clone());
    let cidr: Cidr = text.parse().expect("the installation's range was checked when it was made");
    let vpc = VpcId::from_bits(txn.entropy.bits());
    txn.put(Vpc { id: vpc, scope: scope.clone(), cidr: text, is_default: true });
    for (number, zone) in (0..).zip(ZONES) {
        let id = SubnetId::from_bits(txn.entropy.bits());
        let cidr = cidr.part(SUBNET_BITS, number).to_string();
        txn.put(Subnet { id, scope: scope.clone(), vpc, cidr, zone: zone.to_owned() });
    }
    let id = SecurityGroupId::from_bits(txn.entropy.bits());
    txn.put(SecurityGroup { id, scope: scope.clone(), vpc, name: "default".to_owned() });
}
