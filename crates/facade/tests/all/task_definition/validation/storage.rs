//! Volumes, mounts, file systems, ephemeral storage.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const VOLUME: &str = "Volume.name";
const MOUNT: &str = "MountPoint.sourceVolume";
const FROM: &str = "VolumeFrom.sourceContainer";
const EFS: &str = "EFSVolumeConfiguration";
const ACCESS: &str = "EFSAuthorizationConfig";
const S3: &str = "S3FilesVolumeConfiguration";
const FSX: &str = "FSxWindowsFileServerVolumeConfiguration";
const DOCKER: &str = "DockerVolumeConfiguration";
const LAUNCH: &str = "Volume.configuredAtLaunch";

/// A volume `data` with a configuration, which `app` mounts.
fn volume(configuration: Value) -> Value {
    let mut volume = json!({"name": "data"});
    super::merge(&mut volume, configuration);
    mounted(json!([volume]))
}

fn mounted(volumes: Value) -> Value {
    ec2(
        json!({"volumes": volumes, "taskRoleArn": "task"}),
        json!({"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}),
    )
}

fn efs(configuration: Value) -> Value {
    let mut efs = json!({"fileSystemId": "fs-1"});
    super::merge(&mut efs, configuration);
    volume(json!({"efsVolumeConfiguration": efs}))
}

fn s3(configuration: Value) -> Value {
    let mut files = json!({"fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1"});
    super::merge(&mut files, configuration);
    volume(json!({"s3filesVolumeConfiguration": files}))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = volumes();
    rows.extend(efs_volumes());
    rows.extend(other_volumes());
    rows
}

#[rustfmt::skip] // a table
fn volumes() -> Vec<Row> {
    let mount = |mount: Value| ec2(json!({"volumes": [{"name": "data"}]}), json!({"mountPoints": [mount]}));
    vec![
        taken("scratch space", VOLUME, volume(none())),
        taken("scratch space with an empty host", "Volume.host", volume(json!({"host": {}}))),
        taken("a path of the host on EC2", "HostVolumeProperties.sourcePath", volume(json!({"host": {"sourcePath": "/srv"}}))),
        refused("a volume's name with a blank", VOLUME, mounted(json!([{"name": "data"}, {"name": "my data"}])),
            "Volume.name contains invalid characters."),
        refused("a volume's name of 256 characters", VOLUME, mounted(json!([{"name": "data"}, {"name": "d".repeat(256)}])),
            "Volume.name contains invalid characters."),
        refused("one volume twice", VOLUME, mounted(json!([{"name": "data"}, {"name": "data"}])),
            "Volume names must be unique within a task definition."),
        refused("a mount of no volume", MOUNT, mount(json!({"sourceVolume": "nope", "containerPath": "/data"})), "Unknown volume 'nope'."),
        refused("a mount without a path", "MountPoint.containerPath", mount(json!({"sourceVolume": "data"})),
            "Invalid 'containerPath' setting for container 'app'."),
        taken("a mount that is read only", "MountPoint.readOnly", mount(json!({"sourceVolume": "data", "containerPath": "/data", "readOnly": true}))),
        refused("volumes from nobody", FROM, ec2(none(), json!({"volumesFrom": [{"sourceContainer": "nope"}]})),
            "Invalid 'volumesFrom' setting. Unknown container: 'nope'"),
        taken("volumes from another container", FROM,
            ec2(json!({"containerDefinitions": [{"name": "a", "image": "nginx", "memory": 8, "volumesFrom": [{"sourceContainer": "b", "readOnly": true}]}, {"name": "b", "image": "nginx", "memory": 8}]}), none())),
        taken("a volume that is configured at launch", LAUNCH, volume(json!({"configuredAtLaunch": true}))),
        refused("two volumes that are configured at launch", LAUNCH,
            mounted(json!([{"name": "data", "configuredAtLaunch": true}, {"name": "logs", "configuredAtLaunch": true}])),
            "A task definition can have only one volume that is configured at launch."),
        refused("a volume without a name that is configured at launch", VOLUME, mounted(json!([{"name": "data"}, {"configuredAtLaunch": true}])),
            "Volume.name should not be null or empty."),
        refused("a volume that is configured at launch and not mounted", "answer",
            mounted(json!([{"name": "data"}, {"name": "logs", "configuredAtLaunch": true}])),
            "Volumes [logs] are not referenced by any of the containers"),
    ]
}

#[rustfmt::skip] // a table
fn efs_volumes() -> Vec<Row> {
    let root =
        r#"When using an EFS access point, the root directory must either be set to "/" or be omitted."#;
    let access = |more: Value| {
        let mut all =
            json!({"transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "fsap-1"}});
        super::merge(&mut all, more);
        efs(all)
    };
    let iam = json!({"authorizationConfig": {"iam": "ENABLED"}, "transitEncryption": "ENABLED"});
    vec![
        taken("an EFS volume", EFS, efs(none())),
        refused("an EFS volume without a file system", EFS, efs(json!({"fileSystemId": null})), "FileSystemId can not be blank."),
        refused("an EFS volume without a name", VOLUME, mounted(json!([{"name": "data"}, {"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}])),
            "Volume.name should not be null or empty."),
        taken("an EFS volume with a directory", EFS, efs(json!({"rootDirectory": "/app"}))),
        refused("another transit encryption", EFS, efs(json!({"transitEncryption": "MAYBE"})),
            "EFS transit encryption should be one of [ENABLED,DISABLED]"),
        taken("a port for encrypted data", EFS, efs(json!({"transitEncryption": "ENABLED", "transitEncryptionPort": 2999}))),
        refused("a port for data that are not encrypted", "answer", efs(json!({"transitEncryptionPort": 2999})),
            "TransitEncryptionPort requires that TransitEncryption is enabled."),
        refused("a port that does not exist", EFS, efs(json!({"transitEncryption": "ENABLED", "transitEncryptionPort": 65_536})),
            "TransitEncryptionPort must be between 1 and 65535."),
        taken("an access point", ACCESS, access(none())),
        taken("an access point with the root directory", ACCESS, access(json!({"rootDirectory": "/"}))),
        refused("an access point with another directory", ACCESS, access(json!({"rootDirectory": "/app"})), root),
        refused("an access point without encryption", ACCESS, access(json!({"transitEncryption": "DISABLED"})),
            "EFS access points require TransitEncryption to be enabled."),
        taken("IAM authorization", ACCESS, efs(iam.clone())),
        refused("IAM authorization without encryption", ACCESS, efs(json!({"authorizationConfig": {"iam": "ENABLED"}})),
            "EFS IAM authorization requires TransitEncryption to be enabled."),
        refused("IAM authorization without a task role", "answer",
            ec2(json!({"volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}}]}), none()),
            "EFS IAM authorization requires a task role."),
        refused("another IAM authorization", ACCESS, efs(json!({"authorizationConfig": {"iam": "MAYBE"}})),
            "EFS authorization IAM should be one of [ENABLED,DISABLED]"),
    ]
}

#[rustfmt::skip] // a table
fn other_volumes() -> Vec<Row> {
    let fsx = |more: Value| {
        let mut all = json!({
            "fileSystemId": "fs-1", "rootDirectory": "share",
            "authorizationConfig": {"credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s", "domain": "example.com"},
        });
        super::merge(&mut all, more);
        volume(json!({"fsxWindowsFileServerVolumeConfiguration": all}))
    };
    let point = "arn:aws:s3files:us-east-1:123456789012:access-point/ap-1";
    vec![
        taken("an S3 Files volume", S3, s3(none())),
        refused("an S3 Files volume without a file system", S3, s3(json!({"fileSystemArn": null})), "FileSystemArn can not be blank."),
        refused("an S3 Files volume by name", S3, s3(json!({"fileSystemArn": "fs-1"})), "Invalid arn syntax"),
        refused("an S3 Files volume without a name", VOLUME,
            mounted(json!([{"name": "data"}, {"s3filesVolumeConfiguration": {"fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1"}}])),
            "Volume.name should not be null or empty."),
        taken("an S3 Files access point", S3, s3(json!({"accessPointArn": point, "rootDirectory": "/"}))),
        refused("an S3 Files access point with another directory", S3, s3(json!({"accessPointArn": point, "rootDirectory": "/app"})),
            r#"When using an S3 Files access point, the root directory must either be set to "/" or be omitted."#),
        refused("an S3 Files access point by name", S3, s3(json!({"accessPointArn": "ap-1"})), "Invalid arn syntax"),
        taken("an FSx volume", FSX, fsx(none())),
        refused("an FSx volume without a file system", FSX, fsx(json!({"fileSystemId": null})), "FileSystemId can not be blank."),
        refused("an FSx volume without a directory", FSX, fsx(json!({"rootDirectory": null})), "RootDirectory can not be blank."),
        refused("an FSx volume without authorization", FSX, fsx(json!({"authorizationConfig": null})), "AuthorizationConfig can not be blank."),
        refused("an FSx volume without credentials", FSX, fsx(json!({"authorizationConfig": {"domain": "example.com"}})),
            "CredentialsParameter can not be blank."),
        refused("an FSx volume without a domain", FSX, fsx(json!({"authorizationConfig": {"credentialsParameter": "s"}})),
            "Domain can not be blank."),
        taken("a Docker volume on EC2", DOCKER,
            volume(json!({"dockerVolumeConfiguration": {"scope": "shared", "autoprovision": true, "driver": "local", "driverOpts": {"o": "x"}, "labels": {"l": "v"}}}))),
        refused("a Docker volume of another scope", DOCKER, volume(json!({"dockerVolumeConfiguration": {"scope": "node"}})),
            "Scope should be one of [task,shared]"),
    ]
}
