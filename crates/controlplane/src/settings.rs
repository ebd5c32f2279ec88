//! What the control plane is told at its start. Values are checked where they are made: the binary's configuration.

use gantry_model::{AccountId, Region};

/// How the control plane behaves. What the installation already knows and is given here must agree.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The account of the root key; `None` takes the installation's, or [`DEFAULT_ACCOUNT`] for a new one.
    pub account: Option<AccountId>,
    /// The region of requests that name none; `None` as for the account, or AWS's first.
    pub region: Option<Region>,
    /// CIDR of each default VPC; `None` as for the account, or [`DEFAULT_VPC_CIDR`].
    pub vpc_cidr: Option<String>,
    /// How signatures are treated.
    pub auth: Auth,
    /// How many times a node's CPU may be promised, in percent.
    pub cpu_overcommit_percent: u32,
    /// Whether everything may be erased by `POST /_gantry/reset`.
    pub ephemeral: bool,
}

/// How signatures are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Only the holder of the root key is served.
    Signed,
    /// Every signature, and none, is taken for the root user's: for laptops and CI.
    Open,
}

/// The account of a new installation: the one that AWS's documentation uses.
pub const DEFAULT_ACCOUNT: &str = "123456789012";

/// The range of a new installation's default VPCs: AWS's own.
pub const DEFAULT_VPC_CIDR: &str = "172.31.0.0/16";
