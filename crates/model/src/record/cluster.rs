//! A cluster: a name under which tasks, services and container instances are grouped.

use crate::status::ClusterStatus;
use crate::{AccountRegion, ClusterName, Tags, Timestamp, arn};
use serde::{Deserialize, Serialize};

/// Which cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterKey {
    /// Where it lives.
    pub scope: AccountRegion,
    /// Unique in its scope.
    pub name: ClusterName,
}

impl ClusterKey {
    /// The cluster's ARN.
    pub fn arn(&self) -> String {
        arn::cluster(&self.scope, &self.name)
    }
}

record! {
    /// One cluster. Counts are not stored: they are read from the indexes.
    pub struct Cluster {
        /// Which cluster.
        pub key: ClusterKey,
        /// ACTIVE, or INACTIVE after DeleteCluster.
        pub status: ClusterStatus,
        /// `settings`: name → value, such as `containerInsights` → `disabled`.
        pub settings: std::collections::BTreeMap<String, String>,
        /// `capacityProviders` as given.
        pub capacity_providers: Vec<String>,
        /// `defaultCapacityProviderStrategy` as given, base and weight filled in.
        pub default_strategy: Vec<StrategyItem>,
        /// `serviceConnectDefaults.namespace`.
        pub service_connect_namespace: Option<String>,
        /// `configuration` as given.
        pub configuration: Option<ClusterConfiguration>,
        /// Tags.
        pub tags: Tags,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it became INACTIVE.
        pub deleted_at: Option<Timestamp>,
    }

    /// One entry of a capacity provider strategy.
    pub struct StrategyItem {
        /// The provider's name.
        pub capacity_provider: String,
        /// Its share, 0 to 1,000.
        pub weight: u32,
        /// Tasks that it gets first, 0 to 100,000.
        pub base: u32,
    }

    /// `configuration` of CreateCluster: kept and returned until Exec and managed storage honour it.
    pub struct ClusterConfiguration {
        /// `executeCommandConfiguration`.
        pub execute_command: Option<ExecuteCommandConfiguration>,
        /// `managedStorageConfiguration.kmsKeyId`.
        pub managed_storage_kms_key_id: Option<String>,
        /// `managedStorageConfiguration.fargateEphemeralStorageKmsKeyId`.
        pub fargate_ephemeral_storage_kms_key_id: Option<String>,
    }

    /// `executeCommandConfiguration` of a cluster.
    pub struct ExecuteCommandConfiguration {
        /// `kmsKeyId`.
        pub kms_key_id: Option<String>,
        /// `logging`: NONE, DEFAULT or OVERRIDE.
        pub logging: Option<String>,
        /// `logConfiguration`.
        pub log: Option<ExecuteCommandLog>,
    }

    /// `logConfiguration` of a cluster's Exec.
    pub struct ExecuteCommandLog {
        /// `cloudWatchLogGroupName`.
        pub cloud_watch_log_group_name: Option<String>,
        /// `cloudWatchEncryptionEnabled`.
        pub cloud_watch_encryption_enabled: Option<bool>,
        /// `s3BucketName`.
        pub s3_bucket_name: Option<String>,
        /// `s3EncryptionEnabled`.
        pub s3_encryption_enabled: Option<bool>,
        /// `s3KeyPrefix`.
        pub s3_key_prefix: Option<String>,
    }
}
