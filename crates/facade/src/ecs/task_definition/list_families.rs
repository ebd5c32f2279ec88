//! ListTaskDefinitionFamilies.

use crate::ecs::check::one_of;
use crate::ecs::page::{Page, Size};
use crate::{Context, Fault};
use gantry_model::Family;
use gantry_model::record::FamilyKey;
use gantry_shapes::ecs::{
    ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse, TaskDefinitionFamilyStatus,
};

/// Lists names of families, sorted. A family is ACTIVE while it has an ACTIVE revision; unlike ListTaskDefinitions, a
/// request without a status lists both.
pub(in crate::ecs) fn list_families(
    cx: &Context<'_>,
    input: ListTaskDefinitionFamiliesRequest,
) -> Result<ListTaskDefinitionFamiliesResponse, Fault> {
    let status = input.status.unwrap_or(TaskDefinitionFamilyStatus::All);
    one_of(status.as_str(), "status", TaskDefinitionFamilyStatus::VALUES)?;
    let prefix = input.family_prefix.unwrap_or_default();
    let page = Page::<Family>::read(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    let families = cx.state.families(cx.scope()).map(|family| &family.key);
    let behind = families.filter(|key| page.after.as_ref().is_none_or(|after| key.family > *after));
    let prefixed = behind.filter(|key| key.family.as_str().starts_with(&prefix));
    let wanted = prefixed.filter(|key| matches(cx, key, &status));
    let (families, next_token) = page.cut(wanted.map(|key| (key.family.clone(), key.family.to_string())));
    Ok(ListTaskDefinitionFamiliesResponse { families: Some(families), next_token })
}

fn matches(cx: &Context<'_>, key: &FamilyKey, status: &TaskDefinitionFamilyStatus) -> bool {
    let active = || cx.state.latest_active(key).is_some();
    match status {
        TaskDefinitionFamilyStatus::Active => active(),
        TaskDefinitionFamilyStatus::Inactive => !active(),
        TaskDefinitionFamilyStatus::All | TaskDefinitionFamilyStatus::Unrecognized(_) => true,
    }
}
