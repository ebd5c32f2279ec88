//! The installation itself: one record, made at the first start.

use crate::{AccountId, Region, Timestamp};

record! {
    /// What was chosen when the data folder was made and what must survive a change of leader.
    pub struct Installation {
        /// Four hexadecimal digits that mark this installation's interfaces, cgroups and tables on a host.
        pub tag: String,
        /// The account of the root key.
        pub account: AccountId,
        /// The region of requests that name none.
        pub region: Region,
        /// CIDR of each default VPC, such as `172.31.0.0/16`.
        pub vpc_cidr: String,
        /// When the data folder was made.
        pub created_at: Timestamp,
    }
}
