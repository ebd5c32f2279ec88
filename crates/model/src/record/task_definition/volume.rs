//! `volumes` of a task definition.
#![allow(missing_docs, reason = "members carry AWS's names and mean what the Volume shape says")]

use std::collections::BTreeMap;

record! {
    /// AWS's Volume.
    pub struct Volume {
        pub name: Option<String>,
        pub host: Option<HostVolume>,
        pub docker: Option<DockerVolume>,
        pub efs: Option<EfsVolume>,
        pub s3_files: Option<S3FilesVolume>,
        pub fsx_windows: Option<FsxWindowsVolume>,
        pub configured_at_launch: Option<bool>,
    }

    pub struct HostVolume {
        pub source_path: Option<String>,
    }

    pub struct DockerVolume {
        pub scope: Option<String>,
        pub autoprovision: Option<bool>,
        pub driver: Option<String>,
        pub driver_opts: Option<BTreeMap<String, String>>,
        pub labels: Option<BTreeMap<String, String>>,
    }

    pub struct EfsVolume {
        pub file_system_id: String,
        pub root_directory: Option<String>,
        pub transit_encryption: Option<String>,
        pub transit_encryption_port: Option<i32>,
        pub authorization: Option<EfsAuthorization>,
    }

    pub struct EfsAuthorization {
        pub access_point_id: Option<String>,
        pub iam: Option<String>,
    }

    pub struct S3FilesVolume {
        pub file_system_arn: String,
        pub root_directory: Option<String>,
        pub transit_encryption_port: Option<i32>,
        pub access_point_arn: Option<String>,
    }

    pub struct FsxWindowsVolume {
        pub file_system_id: String,
        pub root_directory: String,
        pub credentials_parameter: String,
        pub domain: String,
    }
}
