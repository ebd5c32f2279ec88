//! `volumes[]`, and how containers mount them.

use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{
    DockerVolumeConfiguration, EFSAuthorizationConfig, EFSVolumeConfiguration,
    FSxWindowsFileServerAuthorizationConfig, FSxWindowsFileServerVolumeConfiguration, HostVolumeProperties,
    MountPoint, S3FilesVolumeConfiguration, Volume, VolumeFrom,
};

/// A volume.
pub(super) fn volume(record: record::Volume) -> Volume {
    let record::Volume { name, host, docker, efs, s3_files, fsx_windows, configured_at_launch } = record;
    Volume {
        name,
        host: host.map(|record::HostVolume { source_path }| HostVolumeProperties { source_path }),
        docker_volume_configuration: docker.map(docker_volume),
        efs_volume_configuration: efs.map(efs_volume),
        s3files_volume_configuration: s3_files.map(s3_files_volume),
        fsx_windows_file_server_volume_configuration: fsx_windows.map(fsx_windows_volume),
        configured_at_launch,
    }
}

fn docker_volume(record: record::DockerVolume) -> DockerVolumeConfiguration {
    let record::DockerVolume { scope, autoprovision, driver, driver_opts, labels } = record;
    let scope = scope.map(|word| word.as_str().into());
    DockerVolumeConfiguration { scope, autoprovision, driver, driver_opts, labels }
}

fn efs_volume(record: record::EfsVolume) -> EFSVolumeConfiguration {
    let record::EfsVolume {
        file_system_id,
        root_directory,
        transit_encryption,
        transit_encryption_port,
        authorization,
    } = record;
    EFSVolumeConfiguration {
        file_system_id: Some(file_system_id),
        root_directory,
        transit_encryption: transit_encryption.map(|word| word.as_str().into()),
        transit_encryption_port,
        authorization_config: authorization.map(efs_authorization),
    }
}

fn efs_authorization(record: record::EfsAuthorization) -> EFSAuthorizationConfig {
    let record::EfsAuthorization { access_point_id, iam } = record;
    EFSAuthorizationConfig { access_point_id, iam: iam.map(|word| word.as_str().into()) }
}

fn s3_files_volume(record: record::S3FilesVolume) -> S3FilesVolumeConfiguration {
    let record::S3FilesVolume { file_system_arn, root_directory, transit_encryption_port, access_point_arn } =
        record;
    let file_system_arn = Some(file_system_arn);
    S3FilesVolumeConfiguration { file_system_arn, root_directory, transit_encryption_port, access_point_arn }
}

fn fsx_windows_volume(record: record::FsxWindowsVolume) -> FSxWindowsFileServerVolumeConfiguration {
    let record::FsxWindowsVolume { file_system_id, root_directory, credentials_parameter, domain } = record;
    let authorization = FSxWindowsFileServerAuthorizationConfig {
        credentials_parameter: Some(credentials_parameter),
        domain: Some(domain),
    };
    FSxWindowsFileServerVolumeConfiguration {
        file_system_id: Some(file_system_id),
        root_directory: Some(root_directory),
        authorization_config: Some(authorization),
    }
}

/// `mountPoints[]`.
pub(super) fn mount_point(record: record::MountPoint) -> MountPoint {
    let record::MountPoint { source_volume, container_path, read_only } = record;
    MountPoint { source_volume, container_path, read_only }
}

/// `volumesFrom[]`.
pub(super) fn volume_from(record: record::VolumeFrom) -> VolumeFrom {
    let record::VolumeFrom { source_container, read_only } = record;
    VolumeFrom { source_container, read_only }
}
