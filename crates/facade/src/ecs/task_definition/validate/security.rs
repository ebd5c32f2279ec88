//! Users, security options and credential specs.
//! Source: `user`, `dockerSecurityOptions`, `credentialSpecs` of ContainerDefinition.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::record::task_definition::TaskDefinitionContent;

/// Most credential specs of a container.
const CREDENTIAL_SPECS_MAX: usize = 1;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        let user = container.user.as_deref();
        refuse_setting_if(user.is_some_and(|user| !is_user(user)), "user", container)?;
        let options = container.docker_security_options.as_deref().unwrap_or_default();
        refuse_setting_if(
            !options.iter().all(|option| is_option(option)),
            "dockerSecurityOptions",
            container,
        )?;
        let specs = container.credential_specs.as_deref().unwrap_or_default();
        let message = format!("credentialSpecs can have at most {CREDENTIAL_SPECS_MAX} items");
        refuse_if(specs.len() > CREDENTIAL_SPECS_MAX, message)?;
        refuse_setting_if(!specs.iter().all(|spec| is_credential_spec(spec)), "credentialSpecs", container)?;
    }
    Ok(())
}

/// `USER`, `USER:GROUP`, by name or by number.
fn is_user(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() <= 2 && parts.iter().all(|part| !part.is_empty() && !part.starts_with('-'))
}

/// `no-new-privileges`, `apparmor:PROFILE`, `credentialspec:PATH`, or a label, which is any other `NAME:VALUE`.
fn is_option(text: &str) -> bool {
    let named = |(name, value): (&str, &str)| !name.is_empty() && !value.is_empty();
    text == "no-new-privileges" || text.split_once(':').is_some_and(named)
}

fn is_credential_spec(text: &str) -> bool {
    let arn = text.strip_prefix("credentialspecdomainless:").or_else(|| text.strip_prefix("credentialspec:"));
    arn.is_some_and(|arn| !arn.is_empty())
}
