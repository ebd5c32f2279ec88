//! ListTaskDefinitions and ListTaskDefinitionFamilies.

use super::revision;
use crate::support::{World, answer, fault, scope};
use gantry_model::record::TaskDefinition;
use gantry_model::record::task_definition::{FamilyKey, FamilyRecord};
use gantry_model::status::TaskDefinitionStatus;
use serde_json::{Value, json};

/// `api` 1–12, of which 3 is INACTIVE; `api-old` 1, INACTIVE; `web` 1 and 2.
fn world() -> World {
    let mut world = World::empty();
    for (family, last) in [("web", 2), ("api", 12), ("api-old", 1)] {
        let key = FamilyKey { scope: scope(), family: family.parse().unwrap() };
        world = world.with(FamilyRecord { key, last_revision: last });
        for number in 1..=last {
            world = world.with(definition(family, number));
        }
    }
    world
}

fn definition(family: &str, number: u32) -> TaskDefinition {
    let body =
        json!({"family": family, "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 8}]});
    let inactive = matches!((family, number), ("api", 3) | ("api-old", _));
    let status = if inactive { TaskDefinitionStatus::Inactive } else { TaskDefinitionStatus::Active };
    TaskDefinition { status, ..revision(&World::empty(), &body.to_string(), number) }
}

/// All pages of a list, joined by a bar; `FAMILY:REVISION` instead of ARNs.
fn pages(operation: &str, list: &str, filter: Value) -> String {
    let (world, mut pages, mut request) = (world(), Vec::new(), filter);
    loop {
        let page: Value = serde_json::from_str(&answer(&world, operation, &request.to_string())).unwrap();
        let items = page[list].as_array().expect("the list is always there").iter();
        let names = items.map(|item| item.as_str().unwrap().rsplit('/').next().unwrap());
        pages.push(names.collect::<Vec<_>>().join(" "));
        match page.get("nextToken") {
            Some(token) => request["nextToken"] = token.clone(),
            None => return pages.join(" | "),
        }
    }
}

fn definitions(filter: Value) -> String {
    pages("ListTaskDefinitions", "taskDefinitionArns", filter)
}

fn families(filter: Value) -> String {
    pages("ListTaskDefinitionFamilies", "families", filter)
}

#[test]
fn active_revisions_by_family_and_number() {
    let all = "api:1 api:2 api:4 api:5 api:6 api:7 api:8 api:9 api:10 api:11 api:12 web:1 web:2";
    assert_eq!(definitions(json!({})), all);
    let reversed: Vec<&str> = all.split(' ').rev().collect();
    assert_eq!(definitions(json!({"sort": "DESC"})), reversed.join(" "));
}

#[test]
fn filters_name_the_whole_family_and_a_status() {
    assert_eq!(definitions(json!({"familyPrefix": "web"})), "web:1 web:2");
    assert_eq!(definitions(json!({"familyPrefix": "we"})), "");
    assert_eq!(definitions(json!({"status": "INACTIVE"})), "api:3 api-old:1");
    assert_eq!(definitions(json!({"status": "DELETE_IN_PROGRESS"})), "");
    assert_eq!(definitions(json!({"status": "INACTIVE", "familyPrefix": "api"})), "api:3");
}

#[test]
fn pages_join_to_the_whole_list_in_both_directions() {
    let up = "api:1 api:2 api:4 api:5 | api:6 api:7 api:8 api:9 | api:10 api:11 api:12 web:1 | web:2";
    assert_eq!(definitions(json!({"maxResults": 4})), up);
    let down = "web:2 web:1 api:12 api:11 api:10 | api:9 api:8 api:7 api:6 api:5 | api:4 api:2 api:1";
    assert_eq!(definitions(json!({"maxResults": 5, "sort": "DESC"})), down);
}

#[test]
fn families_by_prefix_and_status() {
    assert_eq!(families(json!({})), "api api-old web");
    assert_eq!(families(json!({"status": "ALL"})), "api api-old web");
    assert_eq!(families(json!({"status": "ACTIVE"})), "api web");
    assert_eq!(families(json!({"status": "INACTIVE"})), "api-old");
    assert_eq!(families(json!({"familyPrefix": "ap"})), "api api-old");
    assert_eq!(families(json!({"maxResults": 1})), "api | api-old | web");
}

#[test]
fn bad_filters_are_refused() {
    let rows = [
        ("ListTaskDefinitions", r#"{"sort": "UP"}"#, "sort should be one of [ASC,DESC]"),
        (
            "ListTaskDefinitions",
            r#"{"status": "X"}"#,
            "status should be one of [ACTIVE,INACTIVE,DELETE_IN_PROGRESS]",
        ),
        ("ListTaskDefinitions", r#"{"maxResults": 0}"#, "maxResults must be at least 1"),
        ("ListTaskDefinitions", r#"{"maxResults": 101}"#, "maxResults must be at most 100"),
        ("ListTaskDefinitions", r#"{"nextToken": "x"}"#, "Invalid token"),
        ("ListTaskDefinitionFamilies", r#"{"status": "X"}"#, "status should be one of [ACTIVE,INACTIVE,ALL]"),
        ("ListTaskDefinitionFamilies", r#"{"maxResults": 101}"#, "maxResults must be at most 100"),
        ("ListTaskDefinitionFamilies", r#"{"nextToken": "x"}"#, "Invalid token"),
    ];
    for (operation, body, message) in rows {
        let refused = fault(&World::empty(), operation, body);
        assert_eq!(
            refused.to_string(),
            format!("InvalidParameterException: {message}"),
            "{operation} {body}"
        );
    }
}
