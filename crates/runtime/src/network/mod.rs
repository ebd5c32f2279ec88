//! The network of tasks on one host: a namespace per task, joined to the host by a routed veth with a /32 and no bridge.
//!
//! Takes in: addresses and MACs that the control plane chose ([`NetworkSpec`]). Gives out: namespaces as file
//! descriptors, listeners inside them, counters. Nothing is mounted: a namespace lives as long as somebody holds it.
//! Does not know containers, task states, security groups or ports. Every call blocks; none needs tokio.

mod cidr;
mod claim;
mod fake;
mod files;
mod host_filter;
mod namespace;
mod naming;
mod nat;
mod netlink;
mod program;
mod range;
mod requests;
mod routed;
mod sockets;
mod spec;
mod tables;

pub use cidr::{Cidr, CidrError};
pub use claim::{Claim, ClaimError, claim};
pub use fake::FakeNetwork;
pub use files::{hosts_file, resolv_conf, resolv_conf_of_host};
pub use nat::NatError;
pub use netlink::NetlinkError;
pub use range::{RangeError, RouteConflict, check_range};
pub use routed::{NetworkConfig, OpenError, RoutedNetwork};
pub use spec::{
    AttachError, Attached, CountersError, DetachError, InterfaceCounters, ListenError, NamespaceError,
    Network, NetworkSpec, SweepError, TASK_METADATA_ADDRESS,
};
