//! EFS and S3 Files volumes.
//! Source: EFSVolumeConfiguration, EFSAuthorizationConfig, S3FilesVolumeConfiguration.

use super::refuse_if;
use crate::Fault;
use gantry_model::Arn;
use gantry_model::record::task_definition::{EfsVolume, S3FilesVolume, TaskDefinitionContent};

/// The greatest port.
const PORT_MAX: i32 = 65_535;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for volume in &content.volumes {
        if let Some(efs) = &volume.efs {
            check_efs(efs, content.task_role_arn.is_some())?;
        }
        if let Some(s3_files) = &volume.s3_files {
            check_s3_files(s3_files)?;
        }
    }
    Ok(())
}

fn check_efs(efs: &EfsVolume, task_role: bool) -> Result<(), Fault> {
    let encrypted = efs.transit_encryption.as_deref() == Some("ENABLED");
    let port = efs.transit_encryption_port;
    refuse_if(
        port.is_some() && !encrypted,
        "TransitEncryptionPort requires that TransitEncryption is enabled.",
    )?;
    check_port(port)?;
    let Some(authorization) = &efs.authorization else { return Ok(()) };
    if authorization.access_point_id.is_some() {
        let message =
            r#"When using an EFS access point, the root directory must either be set to "/" or be omitted."#;
        refuse_if(!is_root(efs.root_directory.as_deref()), message)?;
        refuse_if(!encrypted, "EFS access points require TransitEncryption to be enabled.")?;
    }
    let iam = authorization.iam.as_deref() == Some("ENABLED");
    refuse_if(iam && !encrypted, "EFS IAM authorization requires TransitEncryption to be enabled.")?;
    refuse_if(iam && !task_role, "EFS IAM authorization requires a task role.")
}

fn check_s3_files(s3_files: &S3FilesVolume) -> Result<(), Fault> {
    refuse_if(Arn::parse(&s3_files.file_system_arn).is_none(), "Invalid arn syntax")?;
    check_port(s3_files.transit_encryption_port)?;
    let access_point = s3_files.access_point_arn.as_deref();
    refuse_if(access_point.is_some_and(|arn| Arn::parse(arn).is_none()), "Invalid arn syntax")?;
    refuse_if(
        access_point.is_some() && !is_root(s3_files.root_directory.as_deref()),
        r#"When using an S3 Files access point, the root directory must either be set to "/" or be omitted."#,
    )
}

fn check_port(port: Option<i32>) -> Result<(), Fault> {
    let bad = port.is_some_and(|port| !(1..=PORT_MAX).contains(&port));
    refuse_if(bad, format!("TransitEncryptionPort must be between 1 and {PORT_MAX}."))
}

fn is_root(directory: Option<&str>) -> bool {
    matches!(directory, None | Some("/"))
}
