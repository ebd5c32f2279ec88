//! Environment variables, environment files and secrets.
//! Source: `environment`, `environmentFiles`, `secrets` of ContainerDefinition; EnvironmentFile; Secret.

use super::refuse_if;
use crate::Fault;
use gantry_model::Arn;
use gantry_model::record::task_definition::{ContainerDefinition, EnvironmentFile, TaskDefinitionContent};
use std::collections::BTreeSet;

/// Most environment files of a container.
const FILES_MAX: usize = 10;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        variables(container)?;
        files(container)?;
        secrets(container)?;
    }
    let secret = content.containers.iter().any(has_secrets);
    refuse_if(
        secret && content.execution_role_arn.is_none(),
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    )
}

fn variables(container: &ContainerDefinition) -> Result<(), Fault> {
    let blank = |name: Option<&str>| name.is_none_or(|name| name.trim().is_empty());
    let nameless = container.environment.iter().flatten().any(|variable| blank(variable.name.as_deref()));
    refuse_if(nameless, "Environment variable name cannot be null or blank.")
}

fn files(container: &ContainerDefinition) -> Result<(), Fault> {
    let files = container.environment_files.as_deref().unwrap_or_default();
    let message = "The maximum number of environment files was exceeded. Specify ten or less and try again.";
    refuse_if(files.len() > FILES_MAX, message)?;
    files.iter().try_for_each(file)
}

fn file(file: &EnvironmentFile) -> Result<(), Fault> {
    refuse_if(Arn::parse(&file.value).is_none(), "Invalid arn syntax")?;
    refuse_if(!file.value.ends_with(".env"), "The environment file must have a .env file extension.")
}

/// Secrets become variables, so that their names must differ from one another and from the variables'.
fn secrets(container: &ContainerDefinition) -> Result<(), Fault> {
    let variables = container.environment.iter().flatten().filter_map(|variable| variable.name.as_deref());
    let mut names: BTreeSet<&str> = variables.collect();
    for secret in container.secrets.iter().flatten() {
        let message = format!(
            "The secret name must be unique and not shared with any new or existing environment variables set on the \
             container, such as '{}'.",
            secret.name
        );
        refuse_if(!names.insert(&secret.name), message)?;
    }
    Ok(())
}

fn has_secrets(container: &ContainerDefinition) -> bool {
    let of_logs = container.log_configuration.as_ref().and_then(|logs| logs.secret_options.as_ref());
    container.secrets.iter().chain(of_logs).any(|secrets| !secrets.is_empty())
}
