//! Virtual private clouds, their subnets and security groups.

use crate::{AccountRegion, SecurityGroupId, SubnetId, VpcId};

record! {
    /// A VPC.
    pub struct Vpc {
        /// Which VPC.
        pub id: VpcId,
        /// Where it lives.
        pub scope: AccountRegion,
        /// Its range, such as `172.31.0.0/16`.
        pub cidr: String,
        /// Whether it is the scope's default VPC.
        pub is_default: bool,
    }

    /// A subnet: a range of a VPC in one zone.
    pub struct Subnet {
        /// Which subnet.
        pub id: SubnetId,
        /// Where it lives.
        pub scope: AccountRegion,
        /// Its VPC.
        pub vpc: VpcId,
        /// Its range, such as `172.31.16.0/20`.
        pub cidr: String,
        /// The letter of its zone: `a` in `us-east-1a`.
        pub zone: String,
    }

    /// A security group.
    pub struct SecurityGroup {
        /// Which group.
        pub id: SecurityGroupId,
        /// Where it lives.
        pub scope: AccountRegion,
        /// Its VPC.
        pub vpc: VpcId,
        /// Its name; `default` for the VPC's own.
        pub name: String,
    }
}

impl Subnet {
    /// The zone's full name, such as `us-east-1a`.
    pub fn zone_name(&self) -> String {
        format!("{}{}", self.scope.region, self.zone)
    }
}
