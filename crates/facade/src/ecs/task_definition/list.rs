//! ListTaskDefinitions.

use crate::ecs::check::one_of;
use crate::ecs::page::{Page, Size};
use crate::{Context, Fault};
use gantry_model::Family;
use gantry_model::name::Unknown;
use gantry_model::record::{FamilyKey, TaskDefinition};
use gantry_model::status::TaskDefinitionStatus;
use gantry_shapes::ecs::{
    self as shapes, ListTaskDefinitionsRequest, ListTaskDefinitionsResponse, SortOrder,
};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Lists the ARNs of revisions, sorted by family and then by number.
pub(in crate::ecs) fn list(
    cx: &Context<'_>,
    input: ListTaskDefinitionsRequest,
) -> Result<ListTaskDefinitionsResponse, Fault> {
    let order = Order::read(input.sort.as_ref())?;
    let status = read_status(input.status.as_ref())?;
    let page = Page::<Place>::read(input.max_results, input.next_token.as_deref(), Size::HUNDRED)?;
    let after = page.after.as_ref();
    let families = families(cx, input.family_prefix.as_deref(), order).into_iter();
    let unread = families.filter(|key| after.is_none_or(|after| !order.before(&key.family, &after.family)));
    let definitions = unread.flat_map(|key| revisions(cx, &key, order));
    let wanted = definitions.filter(|definition| definition.status == status);
    let rows = wanted.map(|definition| (Place::of(definition), definition.key.arn()));
    let (arns, next_token) =
        page.cut(rows.filter(|(place, _)| after.is_none_or(|after| order.before(after, place))));
    Ok(ListTaskDefinitionsResponse { task_definition_arns: Some(arns), next_token })
}

/// Where a revision stands in the list; written `FAMILY:REVISION`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    family: Family,
    revision: u32,
}

impl Place {
    fn of(definition: &TaskDefinition) -> Self {
        Self { family: definition.key.family.clone(), revision: definition.key.revision }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.family, self.revision)
    }
}

impl FromStr for Place {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (family, revision) = text.split_once(':').ok_or(Unknown)?;
        Ok(Self { family: family.parse()?, revision: revision.parse().map_err(|_| Unknown)? })
    }
}

/// The direction of the list.
#[derive(Clone, Copy)]
enum Order {
    Ascending,
    Descending,
}

impl Order {
    fn read(given: Option<&SortOrder>) -> Result<Self, Fault> {
        let word = given.map_or("ASC", SortOrder::as_str);
        one_of(word, "sort", SortOrder::VALUES)?;
        Ok(if word == "DESC" { Self::Descending } else { Self::Ascending })
    }

    /// Whether `one` stands before `other` in the list.
    fn before<T: Ord>(self, one: &T, other: &T) -> bool {
        match self {
            Self::Ascending => one < other,
            Self::Descending => one > other,
        }
    }

    fn apply<T>(self, mut ascending: Vec<T>) -> Vec<T> {
        match self {
            Self::Ascending => ascending,
            Self::Descending => {
                ascending.reverse();
                ascending
            }
        }
    }
}

fn read_status(given: Option<&shapes::TaskDefinitionStatus>) -> Result<TaskDefinitionStatus, Fault> {
    let word = given.map_or("ACTIVE", shapes::TaskDefinitionStatus::as_str);
    one_of(word, "status", shapes::TaskDefinitionStatus::VALUES)?;
    Ok(word.parse().unwrap_or_default())
}

/// The families that are listed: all of the scope, or the one with exactly this name.
fn families(cx: &Context<'_>, name: Option<&str>, order: Order) -> Vec<FamilyKey> {
    let all = cx.state.families(cx.scope()).map(|family| &family.key);
    order.apply(all.filter(|key| name.is_none_or(|name| key.family.as_str() == name)).cloned().collect())
}

fn revisions<'a>(cx: &Context<'a>, family: &FamilyKey, order: Order) -> Vec<&'a Arc<TaskDefinition>> {
    order.apply(cx.state.revisions(family).collect())
}
