//! What the generator refuses.

use super::{list::ServiceEntry, lower::lower};
use serde_json::{Value, json};

/// A service with one operation whose input has one member.
fn model(member: Value, shapes: Value) -> Value {
    let mut model = json!({
        "metadata": { "apiVersion": "1", "endpointPrefix": "x", "jsonVersion": "1.1", "protocols": ["json"] },
        "operations": { "Do": { "input": { "shape": "In" } } },
        "shapes": { "In": { "type": "structure", "members": { "m": member } } },
    });
    let shapes = shapes.as_object().expect("shapes are an object").clone();
    model["shapes"].as_object_mut().expect("it is one").extend(shapes);
    model
}

fn outcome(model: Value, operations: Value) -> Result<(), String> {
    let model = serde_json::from_value(model).expect("a model");
    let entry = json!({ "name": "x", "operations": operations });
    let entry: ServiceEntry = serde_json::from_value(entry).expect("an entry");
    lower(&model, &entry).map(|_| ()).map_err(|error| format!("{error:#}"))
}

fn refusal(member: Value, shapes: Value) -> String {
    outcome(model(member, shapes), json!("all")).expect_err("it is refused")
}

#[test]
fn traits_that_no_codec_honours_are_refused() {
    let text = || json!({ "S": { "type": "string" } });
    for (name, value) in
        [("location", json!("header")), ("xmlAttribute", json!(true)), ("streaming", json!(true))]
    {
        let mut member = json!({ "shape": "S" });
        member[name] = value;
        assert!(refusal(member, text()).starts_with("in In.m: "), "{name}");
    }
    let member = || json!({ "shape": "S" });
    for shape in [
        json!({ "type": "timestamp", "timestampFormat": "iso8601" }),
        json!({ "type": "list", "member": { "shape": "T", "locationName": "i" }, "flattened": true }),
        json!({ "type": "map", "key": { "shape": "T", "locationName": "k" }, "value": { "shape": "T" } }),
    ] {
        let refusal = refusal(member(), json!({ "S": shape, "T": { "type": "string" } }));
        assert!(refusal.contains("honoured yet"), "{refusal}");
    }
}

#[test]
fn names_that_fall_together_are_refused() {
    let values = json!({ "S": { "type": "string", "enum": ["a-b", "A_B"] } });
    assert_eq!(refusal(json!({ "shape": "S" }), values), "two values of S have one Rust name");
}

#[test]
fn unknown_names_and_protocols_are_refused() {
    assert_eq!(refusal(json!({ "shape": "Gone" }), json!({})), "the model has no shape Gone");
    let good = || model(json!({ "shape": "S" }), json!({ "S": { "type": "string" } }));
    assert_eq!(outcome(good(), json!(["Do"])), Ok(()));
    assert_eq!(outcome(good(), json!(["Undo"])), Err("no operation Undo".to_owned()));
    let mut other = good();
    other["metadata"]["protocols"] = json!(["rest-json"]);
    let error = outcome(other, json!("all")).expect_err("it is not spoken");
    assert_eq!(error, "none of the protocols [\"rest-json\"] is spoken yet");
}
