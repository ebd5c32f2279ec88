//! `configuration` of a cluster, in both directions.

use crate::Fault;
use crate::ecs::check;
use crate::ecs::fault::invalid;
use gantry_model::record::cluster as model;
use gantry_shapes::ecs::{
    ClusterConfiguration, ExecuteCommandConfiguration, ExecuteCommandLogConfiguration, ExecuteCommandLogging,
    ManagedStorageConfiguration,
};

/// The logging that needs a log configuration, and the only one that may have one.
const OVERRIDE: &str = "OVERRIDE";

/// Reads what a client gave.
pub(super) fn read(given: ClusterConfiguration) -> Result<model::ClusterConfiguration, Fault> {
    let storage = given.managed_storage_configuration.unwrap_or_default();
    Ok(model::ClusterConfiguration {
        execute_command: given.execute_command_configuration.map(read_execute_command).transpose()?,
        managed_storage_kms_key_id: storage.kms_key_id,
        fargate_ephemeral_storage_kms_key_id: storage.fargate_ephemeral_storage_kms_key_id,
    })
}

fn read_execute_command(
    given: ExecuteCommandConfiguration,
) -> Result<model::ExecuteCommandConfiguration, Fault> {
    let logging = given.logging.as_ref().map(|logging| logging.as_str().to_owned());
    if let Some(logging) = &logging {
        check::one_of(logging, "logging", ExecuteCommandLogging::VALUES)?;
    }
    let log = given.log_configuration.map(read_log);
    check_logging(logging.as_deref(), log.as_ref())?;
    Ok(model::ExecuteCommandConfiguration { kms_key_id: given.kms_key_id, logging, log })
}

fn check_logging(logging: Option<&str>, log: Option<&model::ExecuteCommandLog>) -> Result<(), Fault> {
    let overrides = logging == Some(OVERRIDE);
    if log.is_some() && !overrides {
        return Err(invalid("You must set logging to 'OVERRIDE' when you supply a log configuration."));
    }
    let goes_somewhere =
        log.is_some_and(|log| log.cloud_watch_log_group_name.is_some() || log.s3_bucket_name.is_some());
    if overrides && !goes_somewhere {
        return Err(invalid(
            "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log \
             configuration.",
        ));
    }
    Ok(())
}

fn read_log(given: ExecuteCommandLogConfiguration) -> model::ExecuteCommandLog {
    model::ExecuteCommandLog {
        cloud_watch_log_group_name: given.cloud_watch_log_group_name,
        cloud_watch_encryption_enabled: given.cloud_watch_encryption_enabled,
        s3_bucket_name: given.s3_bucket_name,
        s3_encryption_enabled: given.s3_encryption_enabled,
        s3_key_prefix: given.s3_key_prefix,
    }
}

/// Shows it as it was given.
pub(super) fn shown(configuration: &model::ClusterConfiguration) -> ClusterConfiguration {
    let storage = ManagedStorageConfiguration {
        kms_key_id: configuration.managed_storage_kms_key_id.clone(),
        fargate_ephemeral_storage_kms_key_id: configuration.fargate_ephemeral_storage_kms_key_id.clone(),
    };
    ClusterConfiguration {
        execute_command_configuration: configuration.execute_command.as_ref().map(shown_execute_command),
        managed_storage_configuration: (storage != ManagedStorageConfiguration::default()).then_some(storage),
    }
}

fn shown_execute_command(configuration: &model::ExecuteCommandConfiguration) -> ExecuteCommandConfiguration {
    ExecuteCommandConfiguration {
        kms_key_id: configuration.kms_key_id.clone(),
        logging: configuration.logging.as_deref().map(Into::into),
        log_configuration: configuration.log.as_ref().map(shown_log),
    }
}

fn shown_log(log: &model::ExecuteCommandLog) -> ExecuteCommandLogConfiguration {
    ExecuteCommandLogConfiguration {
        cloud_watch_log_group_name: log.cloud_watch_log_group_name.clone(),
        cloud_watch_encryption_enabled: log.cloud_watch_encryption_enabled,
        s3_bucket_name: log.s3_bucket_name.clone(),
        s3_encryption_enabled: log.s3_encryption_enabled,
        s3_key_prefix: log.s3_key_prefix.clone(),
    }
}
