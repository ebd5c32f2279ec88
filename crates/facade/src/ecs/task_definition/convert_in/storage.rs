//! `volumes[]`, and how containers mount them.

use super::given::{present, required, word};
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    DockerVolumeConfiguration, EFSAuthorizationConfig, EFSAuthorizationConfigIAM, EFSTransitEncryption,
    EFSVolumeConfiguration, FSxWindowsFileServerAuthorizationConfig, FSxWindowsFileServerVolumeConfiguration,
    HostVolumeProperties, MountPoint, S3FilesVolumeConfiguration, Scope, Volume, VolumeFrom,
};

/// A volume.
pub(super) fn volume(shape: Volume) -> Result<record::Volume, Fault> {
    let Volume {
        name,
        host,
        docker_volume_configuration,
        efs_volume_configuration,
        s3files_volume_configuration,
        fsx_windows_file_server_volume_configuration,
        configured_at_launch,
    } = shape;
    Ok(record::Volume {
        name,
        host: host.map(|HostVolumeProperties { source_path }| record::HostVolume { source_path }),
        docker: docker_volume_configuration.map(docker).transpose()?,
        efs: efs_volume_configuration.map(efs).transpose()?,
        s3_files: s3files_volume_configuration.map(s3_files).transpose()?,
        fsx_windows: fsx_windows_file_server_volume_configuration.map(fsx_windows).transpose()?,
        configured_at_launch,
    })
}

fn docker(shape: DockerVolumeConfiguration) -> Result<record::DockerVolume, Fault> {
    let DockerVolumeConfiguration { scope, autoprovision, driver, driver_opts, labels } = shape;
    let scope = scope.map(|scope| word(scope.as_str(), "Scope", Scope::VALUES)).transpose()?;
    Ok(record::DockerVolume { scope, autoprovision, driver, driver_opts, labels })
}

fn efs(shape: EFSVolumeConfiguration) -> Result<record::EfsVolume, Fault> {
    let EFSVolumeConfiguration {
        file_system_id,
        root_directory,
        transit_encryption,
        transit_encryption_port,
        authorization_config,
    } = shape;
    let encryption = |value: EFSTransitEncryption| {
        word(value.as_str(), "EFS transit encryption", EFSTransitEncryption::VALUES)
    };
    Ok(record::EfsVolume {
        file_system_id: required(file_system_id, "EFSVolumeConfiguration.fileSystemId")?,
        root_directory,
        transit_encryption: transit_encryption.map(encryption).transpose()?,
        transit_encryption_port,
        authorization: authorization_config.map(efs_authorization).transpose()?,
    })
}

fn efs_authorization(shape: EFSAuthorizationConfig) -> Result<record::EfsAuthorization, Fault> {
    let EFSAuthorizationConfig { access_point_id, iam } = shape;
    let words = EFSAuthorizationConfigIAM::VALUES;
    let iam = iam.map(|iam| word(iam.as_str(), "EFS authorization IAM", words)).transpose()?;
    Ok(record::EfsAuthorization { access_point_id, iam })
}

fn s3_files(shape: S3FilesVolumeConfiguration) -> Result<record::S3FilesVolume, Fault> {
    let S3FilesVolumeConfiguration {
        file_system_arn,
        root_directory,
        transit_encryption_port,
        access_point_arn,
    } = shape;
    let file_system_arn = required(file_system_arn, "S3FilesVolumeConfiguration.fileSystemArn")?;
    Ok(record::S3FilesVolume { file_system_arn, root_directory, transit_encryption_port, access_point_arn })
}

fn fsx_windows(shape: FSxWindowsFileServerVolumeConfiguration) -> Result<record::FsxWindowsVolume, Fault> {
    let FSxWindowsFileServerVolumeConfiguration { file_system_id, root_directory, authorization_config } =
        shape;
    let authorization =
        present(authorization_config, "FSxWindowsFileServerVolumeConfiguration.authorizationConfig")?;
    let FSxWindowsFileServerAuthorizationConfig { credentials_parameter, domain } = authorization;
    Ok(record::FsxWindowsVolume {
        file_system_id: required(file_system_id, "FSxWindowsFileServerVolumeConfiguration.fileSystemId")?,
        root_directory: required(root_directory, "FSxWindowsFileServerVolumeConfiguration.rootDirectory")?,
        credentials_parameter: required(
            credentials_parameter,
            "FSxWindowsFileServerAuthorizationConfig.credentialsParameter",
        )?,
        domain: required(domain, "FSxWindowsFileServerAuthorizationConfig.domain")?,
    })
}

/// `mountPoints[]`.
pub(super) fn mount_point(shape: MountPoint) -> record::MountPoint {
    let MountPoint { source_volume, container_path, read_only } = shape;
    record::MountPoint { source_volume, container_path, read_only }
}

/// `volumesFrom[]`.
pub(super) fn volume_from(shape: VolumeFrom) -> record::VolumeFrom {
    let VolumeFrom { source_container, read_only } = shape;
    record::VolumeFrom { source_container, read_only }
}
