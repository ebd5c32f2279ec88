//! ListAccountSettings: nobody has set anything, so AWS's defaults are in effect.

use crate::ecs::fault::invalid;
use crate::ecs::page::{Page, Size};
use crate::{Context, Fault};
use gantry_shapes::ecs::{
    ListAccountSettingsRequest, ListAccountSettingsResponse, Setting, SettingName, SettingType,
};

/// Every setting with its default, sorted by name.
/// Source: "Access Amazon ECS features with account settings" in the Amazon ECS developer guide.
const DEFAULTS: [(&str, &str); 12] = [
    ("awsvpcTrunking", "disabled"),
    ("containerInsights", "disabled"),
    ("containerInstanceLongArnFormat", "enabled"),
    ("defaultLogDriverMode", "non-blocking"),
    ("dualStackIPv6", "enabled"),
    ("fargateEventWindows", "disabled"),
    ("fargateFIPSMode", "disabled"),
    ("fargateTaskRetirementWaitPeriod", "7"),
    (GUARD_DUTY_ACTIVATE, "off"),
    ("serviceLongArnFormat", "enabled"),
    ("tagResourceAuthorization", "on"),
    ("taskLongArnFormat", "enabled"),
];

/// The one setting that AWS manages itself.
const GUARD_DUTY_ACTIVATE: &str = "guardDutyActivate";

pub(super) fn list(
    cx: &Context<'_>,
    input: ListAccountSettingsRequest,
) -> Result<ListAccountSettingsResponse, Fault> {
    let page = Page::<String>::read(input.max_results, input.next_token.as_deref(), Size::TEN)?;
    let name = read_name(input.name.as_ref())?;
    let effective = input.effective_settings.unwrap_or(false);
    let matching = DEFAULTS.into_iter().filter(|(known, value)| {
        effective
            && name.is_none_or(|name| name == *known)
            && input.value.as_ref().is_none_or(|wanted| wanted == value)
            && page.after.as_ref().is_none_or(|after| after.as_str() < *known)
    });
    let principal = input.principal_arn.as_ref().unwrap_or(&cx.caller.principal);
    let rows: Vec<_> =
        matching.map(|(name, value)| (name.to_owned(), setting(name, value, principal))).collect();
    let (settings, next_token) = page.cut(rows.into_iter());
    Ok(ListAccountSettingsResponse { settings: Some(settings), next_token })
}

/// ECS's refusal of an unknown name begins with the word `unknown` where others say what is meant.
fn read_name(given: Option<&SettingName>) -> Result<Option<&str>, Fault> {
    let name = given.map(SettingName::as_str);
    let known = name.is_none_or(|name| DEFAULTS.iter().any(|(known, _)| *known == name));
    if known {
        Ok(name)
    } else {
        Err(invalid(format!("unknown should be one of [{}]", SettingName::VALUES.join(","))))
    }
}

fn setting(name: &str, value: &str, principal: &str) -> Setting {
    let managed = name == GUARD_DUTY_ACTIVATE;
    Setting {
        name: Some(name.into()),
        value: Some(value.to_owned()),
        principal_arn: Some(principal.to_owned()),
        r#type: Some(if managed { SettingType::AwsManaged } else { SettingType::User }),
    }
}
