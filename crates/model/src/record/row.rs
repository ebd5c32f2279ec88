//! Every kind of record in one enumeration, with its table, its key and its row form.

use super::*;
use crate::{NodeId, SecurityGroupId, SubnetId, TaskId, VpcId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A row that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The table's number belongs to no kind of this build.
    #[error("table {0} is unknown to this version of gantry")]
    UnknownTable(u16),
    /// The row was written by a newer build.
    #[error("a row of table {table} has version {found}, this version of gantry reads up to {known}")]
    Newer {
        /// The kind.
        table: Table,
        /// The row's version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The row is no JSON of its kind.
    #[error("a row of table {0} does not parse")]
    Malformed(Table, #[source] serde_json::Error),
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $number:literal version $version:literal: $record:ty, $key:ty, |$r:ident| $key_of:expr;)*) => {
        /// The kinds of records. Numbers are on disk: they are never changed and never used again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u16)]
        pub enum Table { $($(#[$meta])* $kind = $number),* }

        impl Table {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The version that rows of this kind are written with.
            pub const fn version(self) -> u32 {
                match self { $(Self::$kind => $version),* }
            }

            /// The kind with this number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$kind),)* _ => None }
            }
        }

        /// A record of any kind. Cheap to clone.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Record { $($(#[$meta])* $kind(Arc<$record>)),* }

        /// The key of a record of any kind.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RecordKey { $($(#[$meta])* $kind($key)),* }

        impl Record {
            /// The record's key.
            pub fn key(&self) -> RecordKey {
                match self { $(Self::$kind($r) => RecordKey::$kind($key_of)),* }
            }

            /// The value of its row: `[version, record]`.
            pub fn encode(&self) -> Vec<u8> {
                let version = self.key().table().version();
                match self { $(Self::$kind(r) => encode(version, r.as_ref())),* }
            }

            /// Reads a row.
            ///
            /// # Errors
            /// [`RowError`] when the table, the version or the text is not of this build.
            pub fn decode(table: u16, bytes: &[u8]) -> Result<Self, RowError> {
                let table = Table::from_number(table).ok_or(RowError::UnknownTable(table))?;
                match table { $(Table::$kind => decode(table, bytes).map(|r| Self::$kind(Arc::new(r)))),* }
            }
        }

        impl RecordKey {
            /// The record's kind.
            pub const fn table(&self) -> Table {
                match self { $(Self::$kind(..) => Table::$kind),* }
            }
        }

        $(impl From<$record> for Record {
            fn from(record: $record) -> Self {
                Self::$kind(Arc::new(record))
            }
        }

        impl From<Arc<$record>> for Record {
            fn from(record: Arc<$record>) -> Self {
                Self::$kind(record)
            }
        })*
    };
}

kinds! {
    /// The installation; one row.
    Installation = 1 version 1: Installation, (), |_r| ();
    /// Clusters.
    Cluster = 2 version 1: Cluster, ClusterKey, |r| r.key.clone();
    /// Families of task definitions.
    Family = 3 version 1: FamilyRecord, FamilyKey, |r| r.key.clone();
    /// Task definitions.
    TaskDefinition = 4 version 1: TaskDefinition, TaskDefinitionKey, |r| r.key.clone();
    /// Tasks.
    Task = 5 version 1: Task, TaskId, |r| r.id;
    /// Nodes.
    Node = 6 version 1: Node, NodeId, |r| r.id;
    /// VPCs.
    Vpc = 7 version 1: Vpc, VpcId, |r| r.id;
    /// Subnets.
    Subnet = 8 version 1: Subnet, SubnetId, |r| r.id;
    /// Security groups.
    SecurityGroup = 9 version 1: SecurityGroup, SecurityGroupId, |r| r.id;
    /// Client tokens.
    IdempotencyToken = 10 version 1: IdempotencyToken, IdempotencyKey, |r| r.key.clone();
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl RecordKey {
    /// The key of the row inside its table.
    pub fn encode(&self) -> Vec<u8> {
        self.path().into_bytes()
    }

    /// The key as text that people read, such as `123456789012/us-east-1/demo`.
    pub fn path(&self) -> String {
        let scoped = |scope: &crate::AccountRegion| format!("{}/{}", scope.account, scope.region);
        match self {
            Self::Installation(()) => "installation".to_owned(),
            Self::Cluster(key) => format!("{}/{}", scoped(&key.scope), key.name),
            Self::Family(key) => format!("{}/{}", scoped(&key.scope), key.family),
            Self::TaskDefinition(key) => {
                format!("{}/{}/{:010}", scoped(&key.scope), key.family, key.revision)
            }
            Self::Task(id) => id.to_string(),
            Self::Node(id) => id.to_string(),
            Self::Vpc(id) => id.to_string(),
            Self::Subnet(id) => id.to_string(),
            Self::SecurityGroup(id) => id.to_string(),
            Self::IdempotencyToken(key) => format!("{}/{}/{}", scoped(&key.scope), key.operation, key.token),
        }
    }

    /// The key across all tables: what the index of the history is sorted by.
    pub fn resource(&self) -> Vec<u8> {
        let mut bytes = (self.table() as u16).to_be_bytes().to_vec();
        bytes.extend(self.encode());
        bytes
    }
}

fn encode<T: Serialize>(version: u32, record: &T) -> Vec<u8> {
    serde_json::to_vec(&(version, record)).expect("records hold only text keys and finite numbers")
}

fn decode<T: for<'a> Deserialize<'a>>(table: Table, bytes: &[u8]) -> Result<T, RowError> {
    let malformed = |source| RowError::Malformed(table, source);
    let (found, body): (u32, &serde_json::value::RawValue) =
        serde_json::from_slice(bytes).map_err(malformed)?;
    if found > table.version() {
        return Err(RowError::Newer { table, found, known: table.version() });
    }
    serde_json::from_str(body.get()).map_err(malformed)
}
