//! Log drivers and log routers.
//! Source: LogConfiguration, FirelensConfiguration.

use super::{option, refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::record::task_definition::{ContainerDefinition, LogConfiguration, TaskDefinitionContent};

/// What a driver cannot do without.
const REQUIRED_OPTIONS: [(&str, &[&str]); 2] =
    [("awslogs", &["awslogs-region", "awslogs-group"]), ("splunk", &["splunk-token", "splunk-url"])];

/// Both say where a message begins.
const MULTILINE_OPTIONS: [&str; 2] = ["awslogs-datetime-format", "awslogs-multiline-pattern"];

/// Values of the option `mode`.
const MODES: [&str; 2] = ["blocking", "non-blocking"];

/// Options of a log router with their values.
const ROUTER_OPTIONS: [(&str, [&str; 2]); 2] =
    [("enable-ecs-log-metadata", ["true", "false"]), ("config-file-type", ["s3", "file"])];

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        if let Some(logs) = &container.log_configuration {
            required_options(logs)?;
            driver_options(container, logs)?;
        }
        let options = container.firelens_configuration.as_ref().and_then(|router| router.options.as_ref());
        for (key, values) in ROUTER_OPTIONS {
            let bad = option(options, key).is_some_and(|value| !values.contains(&value));
            refuse_setting_if(bad, key, container)?;
        }
    }
    routed(content)
}

fn required_options(logs: &LogConfiguration) -> Result<(), Fault> {
    let required = REQUIRED_OPTIONS.iter().find(|(driver, _)| *driver == logs.log_driver);
    let Some((driver, options)) = required else { return Ok(()) };
    let missing: Vec<&str> = options.iter().copied().filter(|key| !has_option(logs, key)).collect();
    refuse_if(!missing.is_empty(), format!("Log driver {driver} requires options: {}", missing.join(", ")))
}

/// An option may come as a secret.
fn has_option(logs: &LogConfiguration, key: &str) -> bool {
    let secret = logs.secret_options.iter().flatten().any(|secret| secret.name == key);
    secret || option(logs.options.as_ref(), key).is_some()
}

fn driver_options(container: &ContainerDefinition, logs: &LogConfiguration) -> Result<(), Fault> {
    refuse_if(
        MULTILINE_OPTIONS.iter().all(|key| has_option(logs, key)),
        "You cannot configure both the awslogs-datetime-format and awslogs-multiline-pattern options.",
    )?;
    let mode = option(logs.options.as_ref(), "mode");
    refuse_setting_if(mode.is_some_and(|mode| !MODES.contains(&mode)), "mode", container)
}

/// The driver awsfirelens and a log router need each other.
fn routed(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let containers = &content.containers;
    let routes = |container: &ContainerDefinition| {
        container.log_configuration.as_ref().is_some_and(|logs| logs.log_driver == "awsfirelens")
    };
    let router = containers.iter().any(|container| container.firelens_configuration.is_some());
    let routed = containers.iter().any(routes);
    refuse_if(
        routed && !router,
        "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be \
         configured in one of the containers.",
    )?;
    refuse_if(
        router && !routed,
        "When a firelensConfiguration object is specified, at least one container has to be configured with the \
         awsfirelens log driver.",
    )
}
