//! Timeouts and restart policies.
//! Source: `startTimeout`, `stopTimeout` of ContainerDefinition; ContainerRestartPolicy.

use super::refuse_if;
use crate::Fault;
use gantry_model::record::task_definition::{ContainerDefinition, TaskDefinitionContent};
use std::ops::RangeInclusive;

/// Shortest start and stop timeout.
const TIMEOUT_S_MIN: i32 = 2;
/// How long a container may have to run before it is restarted.
const RESTART_ATTEMPT_PERIOD_S: RangeInclusive<i32> = 60..=1800;
/// Most exit codes that a restart policy ignores.
const IGNORED_EXIT_CODES_MAX: usize = 50;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    for container in &content.containers {
        timeout("start", container.start_timeout, container)?;
        timeout("stop", container.stop_timeout, container)?;
        restart_policy(container)?;
    }
    Ok(())
}

fn timeout(kind: &str, seconds: Option<i32>, container: &ContainerDefinition) -> Result<(), Fault> {
    let name = &container.name;
    refuse_if(
        seconds.is_some_and(|seconds| seconds < TIMEOUT_S_MIN),
        format!("Granular {kind} timeout on container '{name}' must be at least {TIMEOUT_S_MIN} seconds."),
    )
}

fn restart_policy(container: &ContainerDefinition) -> Result<(), Fault> {
    let (Some(policy), name) = (&container.restart_policy, &container.name) else { return Ok(()) };
    let (shortest, longest) = (RESTART_ATTEMPT_PERIOD_S.start(), RESTART_ATTEMPT_PERIOD_S.end());
    refuse_if(
        policy.restart_attempt_period.is_some_and(|period| !RESTART_ATTEMPT_PERIOD_S.contains(&period)),
        format!(
            "The 'restartAttemptPeriod' setting for container '{name}' must be between {shortest} and {longest}."
        ),
    )?;
    let codes = policy.ignored_exit_codes.as_ref().map_or(0, Vec::len);
    refuse_if(
        codes > IGNORED_EXIT_CODES_MAX,
        format!(
            "The 'ignoredExitCodes' setting for container '{name}' can have at most {IGNORED_EXIT_CODES_MAX} items."
        ),
    )
}
