//! What RunTask asks for, read and checked as far as the request alone allows.

use super::{capacity, network, overrides};
use crate::ecs::cluster::read_strategy;
use crate::ecs::fault::{invalid, unsupported};
use crate::ecs::{check, name, tags};
use crate::{Context, Fault};
use gantry_model::quota::TASKS_PER_RUN;
use gantry_orchestrator::command::ecs::{ClientToken, DefinitionName, RunTask};
use gantry_shapes::ecs::{PropagateTags, RunTaskRequest, TaskOverride};
use gantry_wire::Structure;
use gantry_wire::codec::json;
use sha2::{Digest, Sha256};

/// Most characters of `overrides`, written as JSON.
const OVERRIDES_CHARS_MAX: usize = 8192;
/// Most characters of `startedBy`.
const STARTED_BY_CHARS_MAX: usize = 128;
/// Most characters of `group` and `referenceId`; AWS names no figure, and names of this kind have 255.
const LABEL_CHARS_MAX: usize = 255;
/// Most characters of `clientToken`.
const TOKEN_CHARS_MAX: usize = 64;

/// Reads a request.
pub(super) fn read(cx: &Context<'_>, input: RunTaskRequest) -> Result<RunTask, Fault> {
    refuse_unsupported(&input)?;
    let client_token = read_token(&input)?;
    check_labels(&input)?;
    check_length(input.overrides.as_ref())?;
    let strategy = read_strategy(input.capacity_provider_strategy.unwrap_or_default())?;
    let capacity = capacity::read(input.launch_type.as_ref(), strategy)?;
    let network = network::read(input.network_configuration)?;
    capacity::check_network(&capacity, network.as_ref())?;
    let (overrides, size_override) = overrides::read(input.overrides.unwrap_or_default())?;
    Ok(RunTask {
        cluster: name::cluster_key(cx, input.cluster.as_deref())?.name,
        definition: read_definition(cx, input.task_definition.as_deref())?,
        count: read_count(input.count)?,
        platform_version: capacity::read_platform_version(&capacity, input.platform_version.as_deref())?,
        capacity,
        network,
        overrides,
        size_override,
        group: input.group,
        started_by: input.started_by,
        reference_id: input.reference_id,
        tags: tags::read(input.tags)?,
        propagate_definition_tags: propagates(input.propagate_tags.as_ref())?,
        managed_tags: input.enable_ecs_managed_tags.unwrap_or(false),
        enable_execute_command: input.enable_execute_command.unwrap_or(false),
        client_token,
    })
}

/// Refuses by name what AWS has and this version does not act on, and what AWS itself does not have on Fargate.
fn refuse_unsupported(input: &RunTaskRequest) -> Result<(), Fault> {
    let fargate = input.launch_type.as_ref().is_some_and(|launch_type| launch_type.as_str() == "FARGATE");
    for (given, thing, field) in [
        (is_given(&input.placement_constraints), "constraints", "placementConstraints"),
        (is_given(&input.placement_strategy), "strategies", "placementStrategy"),
    ] {
        if given && fargate {
            return Err(invalid(format!("Placement {thing} are not supported with FARGATE launch type.")));
        }
        if given {
            return Err(unsupported(field, None));
        }
    }
    if is_given(&input.volume_configurations) {
        return Err(unsupported("volumeConfigurations", None));
    }
    Ok(())
}

fn is_given<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

/// Reads `clientToken`, with a hash of everything else that the request says.
fn read_token(input: &RunTaskRequest) -> Result<Option<ClientToken>, Fault> {
    let Some(token) = input.client_token.clone() else { return Ok(None) };
    check::no_longer_than(Some(&token), "idempotency token", TOKEN_CHARS_MAX)?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("idempotency token contains invalid characters."));
    }
    let rest = RunTaskRequest { client_token: None, ..input.clone() };
    Ok(Some(ClientToken { token, request_sha256: sha256_hex(&rest) }))
}

/// The hash of a shape's JSON, whose members and keys are always in the same order.
fn sha256_hex(shape: &dyn Structure) -> String {
    let digest = Sha256::digest(json::to_string(shape).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check_labels(input: &RunTaskRequest) -> Result<(), Fault> {
    check::no_longer_than(input.started_by.as_deref(), "startedBy", STARTED_BY_CHARS_MAX)?;
    check::no_longer_than(input.group.as_deref(), "group", LABEL_CHARS_MAX)?;
    check::no_longer_than(input.reference_id.as_deref(), "referenceId", LABEL_CHARS_MAX)
}

fn check_length(overrides: Option<&TaskOverride>) -> Result<(), Fault> {
    let chars = overrides.map_or(0, |overrides| json::to_string(overrides).chars().count());
    if chars > OVERRIDES_CHARS_MAX {
        return Err(invalid(format!("Container Overrides length must be at most {OVERRIDES_CHARS_MAX}")));
    }
    Ok(())
}

fn read_definition(cx: &Context<'_>, given: Option<&str>) -> Result<DefinitionName, Fault> {
    let given = given.unwrap_or_default();
    check::not_blank(given, "TaskDefinition")?;
    name::task_definition(cx, given)
}

fn read_count(given: Option<i32>) -> Result<usize, Fault> {
    let (count, max) = (given.unwrap_or(1), i32::try_from(TASKS_PER_RUN).expect("the quota is 10"));
    check::within(count, "count", 1, max)?;
    Ok(usize::try_from(count).expect("it is at least 1"))
}

/// Whether the definition's tags are propagated. There is no service whose tags could be.
fn propagates(given: Option<&PropagateTags>) -> Result<bool, Fault> {
    match given {
        None | Some(PropagateTags::None) => Ok(false),
        Some(PropagateTags::TaskDefinition) => Ok(true),
        Some(PropagateTags::Service) => {
            Err(invalid("The propagateTags value SERVICE is not supported when running a task."))
        }
        Some(PropagateTags::Unrecognized(word)) => {
            check::one_of(word, "propagateTags", PropagateTags::VALUES).map(|()| false)
        }
    }
}
