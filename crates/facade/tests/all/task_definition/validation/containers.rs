//! Family, containers, names, images, tags, and the size of it all.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const FAMILY: &str = "RegisterTaskDefinition.family";
const NAME: &str = "ContainerDefinition.name";
const IMAGE: &str = "ContainerDefinition.image";
const ESSENTIAL: &str = "ContainerDefinition.essential";
const TAGS: &str = "RegisterTaskDefinition.tags";
const ANSWER: &str = "answer";

const NO_FAMILY_CHARS: &str = "Family contains invalid characters.";
const NO_NAME_CHARS: &str = "Container.name contains invalid characters.";
const NO_IMAGE_CHARS: &str = "Container.image contains invalid characters.";

fn image(text: &str) -> Value {
    ec2(none(), json!({"image": text}))
}

fn tags(tags: Value) -> Value {
    ec2(json!({"tags": tags}), none())
}

/// As many containers as asked for.
fn containers(count: usize) -> Value {
    let one = |number| json!({"name": format!("c{number}"), "image": "nginx", "memory": 8});
    ec2(json!({"containerDefinitions": (0..count).map(one).collect::<Vec<_>>()}), none())
}

/// A definition whose JSON has that many bytes.
fn of_bytes(length: usize) -> Value {
    let with = |padding: usize| ec2(none(), json!({"command": ["x".repeat(padding)]}));
    with(length - with(0).to_string().len())
}

#[rustfmt::skip] // a table
pub(super) fn rows() -> Vec<Row> {
    let digest = "a1".repeat(32);
    vec![
        taken("the least that can be registered", FAMILY, ec2(none(), none())),
        taken("a family of 255 characters", FAMILY, ec2(json!({"family": "a".repeat(255)}), none())),
        taken("a family of all kinds of characters", FAMILY, ec2(json!({"family": "Az09_-"}), none())),
        refused("a family of 256 characters", FAMILY, ec2(json!({"family": "a".repeat(256)}), none()), NO_FAMILY_CHARS),
        refused("a family with a dot", FAMILY, ec2(json!({"family": "a.b"}), none()), NO_FAMILY_CHARS),
        refused("no family", FAMILY, ec2(json!({"family": null}), none()), "Family can not be blank."),
        refused("an empty family", FAMILY, ec2(json!({"family": ""}), none()), "Family should not be null or empty."),
        refused("no list of containers", "RegisterTaskDefinition.containerDefinitions", ec2(json!({"containerDefinitions": null}), none()),
            "Container list cannot be empty."),
        refused("no containers", ANSWER, containers(0), "Container list cannot be empty."),
        taken("ten containers", ANSWER, containers(10)),
        refused("eleven containers", ANSWER, containers(11), "Too many containers."),
        refused("no name", NAME, ec2(none(), json!({"name": null})), "Container.name should not be null or empty."),
        refused("an empty name", NAME, ec2(none(), json!({"name": ""})), "Container.name should not be null or empty."),
        taken("a name of 255 characters", NAME, ec2(none(), json!({"name": "a".repeat(255)}))),
        refused("a name of 256 characters", NAME, ec2(none(), json!({"name": "a".repeat(256)})), NO_NAME_CHARS),
        refused("a name with a blank", NAME, ec2(none(), json!({"name": "my app"})), NO_NAME_CHARS),
        refused("one name twice", ANSWER,
            ec2(json!({"containerDefinitions": [{"name": "a", "image": "b", "memory": 8}, {"name": "a", "image": "b", "memory": 8}]}), none()),
            "Container names must be unique within a task definition."),
        refused("no image", IMAGE, ec2(none(), json!({"image": null})), "Container.image should not be null or empty."),
        taken("an image in a registry with a tag", IMAGE, image("quay.io:443/team/app_1:v1.0-rc#2")),
        taken("an image with a digest", IMAGE, image(&format!("nginx@sha256:{digest}"))),
        taken("255 characters before a digest", IMAGE, image(&format!("{}@sha256:{digest}", "a".repeat(255)))),
        refused("an image of 256 characters", IMAGE, image(&"a".repeat(256)), NO_IMAGE_CHARS),
        refused("an image with a blank", IMAGE, image("ngi nx"), NO_IMAGE_CHARS),
        refused("a digest of another hash", IMAGE, image("nginx@sha512:00"), NO_IMAGE_CHARS),
        refused("a short digest", IMAGE, image("nginx@sha256:a1"), NO_IMAGE_CHARS),
        refused("no essential container", ESSENTIAL, ec2(none(), json!({"essential": false})),
            "Task definition doesn't have any essential container"),
        taken("a definition of 64 KiB", ANSWER, of_bytes(65_536)),
        refused("a definition over 64 KiB", ANSWER, of_bytes(65_537), "Actual length: '65537'. Max allowed length is '65536' bytes."),
        taken("one tag", TAGS, tags(json!([{"key": "team", "value": "blue"}]))),
        taken("a tag without a value", TAGS, tags(json!([{"key": "team"}]))),
        taken("fifty tags", TAGS, tags((0..50).map(|number| json!({"key": format!("k{number}")})).collect())),
        refused("fifty-one tags", TAGS, tags((0..51).map(|number| json!({"key": format!("k{number}")})).collect()),
            "tags can have at most 50 items."),
        refused("an empty list of tags", ANSWER, tags(json!([])), "Tags can not be empty."),
        taken("a key of 128 characters", TAGS, tags(json!([{"key": "k".repeat(128), "value": "v".repeat(256)}]))),
        refused("a key of 129 characters", TAGS, tags(json!([{"key": "k".repeat(129)}])), "Tag key longer than 128."),
        refused("a value of 257 characters", TAGS, tags(json!([{"key": "k", "value": "v".repeat(257)}])), "Tag value longer than 256."),
        refused("an empty key", "Tag.key", tags(json!([{"key": ""}])), "Tag key can not be blank."),
        refused("a key that AWS reserves", TAGS, tags(json!([{"key": "AWS:x"}])), "Tag keys starting with 'aws:' are reserved for internal use."),
        refused("a key twice", TAGS, tags(json!([{"key": "k"}, {"key": "k"}])), "Duplicate tag keys found. Tag keys must be unique."),
        refused("a key with a star", "Tag.key", tags(json!([{"key": "k*"}])), "Tag key contains invalid characters."),
    ]
}
