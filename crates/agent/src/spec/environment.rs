//! A container's variables: the image's, then the definition's, then what ECS adds.
//! Source: "Amazon ECS task metadata endpoint" and the agent's own behaviour (`AWS_REGION` unless either is set).

use gantry_model::view::{AssignedContainer, AssignedTask};
use gantry_runtime::network::TASK_METADATA_ADDRESS;

const REGION: &str = "AWS_REGION";
const DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
const EXECUTION_ENV: &str = "AWS_EXECUTION_ENV";

/// `NAME=value`, each name once.
pub(super) fn variables(task: &AssignedTask, container: &AssignedContainer, image: &[String]) -> Vec<String> {
    let mut variables = Variables::default();
    for variable in image {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        variables.set(name, value);
    }
    for (name, value) in &container.environment {
        variables.set(name, value);
    }
    if !variables.has(REGION) && !variables.has(DEFAULT_REGION) {
        variables.set(REGION, &task.region);
        variables.set(DEFAULT_REGION, &task.region);
    }
    if !variables.has(EXECUTION_ENV) {
        variables.set(EXECUTION_ENV, &format!("AWS_ECS_{}", task.launch_type));
    }
    let endpoint = format!("http://{TASK_METADATA_ADDRESS}/v4/{}", container.runtime_id);
    variables.set("ECS_CONTAINER_METADATA_URI_V4", &endpoint);
    variables.0.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// In the order in which names came first.
#[derive(Default)]
struct Variables(Vec<(String, String)>);

impl Variables {
    fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_wins_over_the_image_and_the_region_may_be_its_own() {
        let task = crate::spec::tests::task();
        let mut container = task.containers[0].clone();
        container.environment =
            vec![("A".into(), "definition".into()), ("AWS_REGION".into(), "eu-west-1".into())];
        let image = ["A=image".to_owned(), "B=image".to_owned(), "BARE".to_owned()];
        assert_eq!(
            variables(&task, &container, &image),
            [
                "A=definition",
                "B=image",
                "BARE=",
                "AWS_REGION=eu-west-1",
                "AWS_EXECUTION_ENV=AWS_ECS_FARGATE",
                "ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/01010101010101010101010101010101-1",
            ]
        );
        container.environment.clear();
        let variables = variables(&task, &container, &[]);
        assert!(variables.contains(&"AWS_REGION=us-east-1".to_owned()), "{variables:?}");
        assert!(variables.contains(&"AWS_DEFAULT_REGION=us-east-1".to_owned()), "{variables:?}");
    }
}
