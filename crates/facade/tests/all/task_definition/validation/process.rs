//! Environment, secrets, dependencies, health, timeouts, restarts, users.

use super::{Row, ec2, none, refused, taken};
use serde_json::{Value, json};

const ENVIRONMENT: &str = "ContainerDefinition.environment";
const FILES: &str = "ContainerDefinition.environmentFiles";
const SECRETS: &str = "ContainerDefinition.secrets";
const DEPENDS_ON: &str = "ContainerDependency.condition";
const HEALTH: &str = "HealthCheck";
const START: &str = "ContainerDefinition.startTimeout";
const STOP: &str = "ContainerDefinition.stopTimeout";
const RESTART: &str = "ContainerRestartPolicy";
const USER: &str = "ContainerDefinition.user";
const ANSWER: &str = "answer";

fn app(container: Value) -> Value {
    ec2(none(), container)
}

fn files(count: usize, value: &str) -> Value {
    app(json!({"environmentFiles": vec![json!({"value": value, "type": "s3"}); count]}))
}

fn secrets(secrets: Value) -> Value {
    ec2(
        json!({"executionRoleArn": "exec"}),
        json!({"environment": [{"name": "A", "value": "1"}], "secrets": secrets}),
    )
}

/// `app` depends on `db`, which has a patch.
fn depends(name: &str, condition: &str, db: Value) -> Value {
    let mut target = json!({"name": "db", "image": "postgres", "memory": 8});
    super::merge(&mut target, db);
    let app = json!({
        "name": "app", "image": "nginx", "memory": 8, "dependsOn": [{"containerName": name, "condition": condition}],
    });
    ec2(json!({"containerDefinitions": [app, target]}), none())
}

fn health(member: &str, value: i32) -> Value {
    app(json!({"healthCheck": {"command": ["CMD-SHELL", "true"], member: value}}))
}

fn too_high(member: &str, max: i32) -> String {
    format!(
        "Health check {member} must be less than or equal to the maximum allowed value {max} for container 'app'"
    )
}

fn too_low(member: &str, min: i32) -> String {
    format!(
        "Health check {member} must be greater than or equal to the minimum allowed value {min} for container 'app'"
    )
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = environment();
    rows.extend(dependencies());
    rows.extend(health_checks());
    rows.extend(lifecycle());
    rows
}

#[rustfmt::skip] // a table
fn environment() -> Vec<Row> {
    let file = "arn:aws:s3:::bucket/web.env";
    let taken_name = "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.";
    vec![
        taken("a variable", ENVIRONMENT, app(json!({"environment": [{"name": "A", "value": ""}]}))),
        refused("a variable without a name", ANSWER, app(json!({"environment": [{"value": "x"}]})),
            "Environment variable name cannot be null or blank."),
        refused("a variable with a blank name", ANSWER, app(json!({"environment": [{"name": " "}]})),
            "Environment variable name cannot be null or blank."),
        taken("ten environment files", FILES, files(10, file)),
        refused("eleven environment files", FILES, files(11, file),
            "The maximum number of environment files was exceeded. Specify ten or less and try again."),
        refused("an environment file of another extension", FILES, files(1, "arn:aws:s3:::bucket/web.txt"),
            "The environment file must have a .env file extension."),
        refused("an environment file that is no ARN", "EnvironmentFile.value", files(1, "s3://bucket/web.env"), "Invalid arn syntax"),
        refused("an environment file without a value", "EnvironmentFile.value", app(json!({"environmentFiles": [{"type": "s3"}]})),
            "Value can not be blank."),
        refused("an environment file without a type", "EnvironmentFile.type", app(json!({"environmentFiles": [{"value": file}]})),
            "Type can not be blank."),
        refused("an environment file of another type", "EnvironmentFile.type", app(json!({"environmentFiles": [{"value": file, "type": "http"}]})),
            "Environment file type should be one of [s3]"),
        taken("a secret", SECRETS, secrets(json!([{"name": "B", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/b"}]))),
        refused("a secret without a name", "Secret.name", secrets(json!([{"valueFrom": "b"}])), "Name can not be blank."),
        refused("a secret without a value", "Secret.valueFrom", secrets(json!([{"name": "B"}])), "ValueFrom can not be blank."),
        refused("a secret named like a variable", ANSWER, secrets(json!([{"name": "A", "valueFrom": "b"}])), taken_name),
        refused("a secret named like a secret", ANSWER, secrets(json!([{"name": "B", "valueFrom": "b"}, {"name": "B", "valueFrom": "b"}])),
            &taken_name.replace("'A'", "'B'")),
        refused("secrets without an execution role", SECRETS, app(json!({"secrets": [{"name": "B", "valueFrom": "b"}]})),
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."),
        taken("credentials of a registry", "RepositoryCredentials",
            app(json!({"repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:r"}}))),
        refused("credentials of a registry without a secret", "RepositoryCredentials", app(json!({"repositoryCredentials": {}})),
            "CredentialsParameter can not be blank."),
        taken("version consistency", "ContainerDefinition.versionConsistency", app(json!({"versionConsistency": "disabled"}))),
        refused("another version consistency", "ContainerDefinition.versionConsistency", app(json!({"versionConsistency": "no"})),
            "Version consistency should be one of [enabled,disabled]"),
    ]
}

#[rustfmt::skip] // a table
fn dependencies() -> Vec<Row> {
    let essential =
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container";
    vec![
        taken("a start after a start", DEPENDS_ON, depends("db", "START", none())),
        taken("a start after success", DEPENDS_ON, depends("db", "SUCCESS", json!({"essential": false}))),
        refused("a start after success of an essential container", DEPENDS_ON, depends("db", "SUCCESS", none()), essential),
        taken("a start after completion", DEPENDS_ON, depends("db", "COMPLETE", json!({"essential": false}))),
        refused("a start after completion of an essential container", DEPENDS_ON, depends("db", "COMPLETE", none()), essential),
        taken("a start after health", DEPENDS_ON, depends("db", "HEALTHY", json!({"healthCheck": {"command": ["CMD", "true"]}}))),
        refused("a start after health without a health check", DEPENDS_ON, depends("db", "HEALTHY", none()),
            "A dependency container with HEALTHY condition must have health check configured"),
        refused("another condition of a dependency", DEPENDS_ON, depends("db", "RUNNING", none()),
            "Container dependency condition should be one of [START,COMPLETE,SUCCESS,HEALTHY]"),
        refused("a dependency on nobody", ANSWER, depends("nope", "START", none()), "Cannot depend on container + 'nope' because it does not exist"),
        refused("a dependency on itself", "ContainerDefinition.dependsOn", depends("app", "START", none()),
            "Container dependencies cannot be circular."),
        refused("dependencies in a circle", "ContainerDefinition.dependsOn",
            depends("db", "START", json!({"dependsOn": [{"containerName": "app", "condition": "START"}]})),
            "Container dependencies cannot be circular."),
        refused("a dependency without a name", "ContainerDependency.containerName", app(json!({"dependsOn": [{"condition": "START"}]})),
            "ContainerName can not be blank."),
        refused("a dependency without a condition", DEPENDS_ON, app(json!({"dependsOn": [{"containerName": "app"}]})), "Condition can not be blank."),
    ]
}

#[rustfmt::skip] // a table
fn health_checks() -> Vec<Row> {
    vec![
        taken("a command for the shell", HEALTH, app(json!({"healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]}}))),
        taken("a command with arguments", HEALTH, app(json!({"healthCheck": {"command": ["CMD", "curl", "-f", "http://localhost/"]}}))),
        refused("a command that begins otherwise", HEALTH, app(json!({"healthCheck": {"command": ["curl", "localhost"]}})),
            "Invalid 'healthCheck.command' setting for container 'app'."),
        refused("an empty command", HEALTH, app(json!({"healthCheck": {"command": []}})),
            "Invalid 'healthCheck.command' setting for container 'app'."),
        refused("a health check without a command", HEALTH, app(json!({"healthCheck": {"interval": 30}})), "Command can not be blank."),
        taken("interval 5", HEALTH, health("interval", 5)),
        taken("interval 300", HEALTH, health("interval", 300)),
        refused("interval 4", HEALTH, health("interval", 4), &too_low("interval", 5)),
        refused("interval 301", HEALTH, health("interval", 301), &too_high("interval", 300)),
        taken("timeout 2", HEALTH, health("timeout", 2)),
        taken("timeout 60", HEALTH, health("timeout", 60)),
        refused("timeout 1", HEALTH, health("timeout", 1), &too_low("timeout", 2)),
        refused("timeout 61", HEALTH, health("timeout", 61), &too_high("timeout", 60)),
        taken("retries 1", HEALTH, health("retries", 1)),
        taken("retries 10", HEALTH, health("retries", 10)),
        refused("retries 0", HEALTH, health("retries", 0), &too_low("retries", 1)),
        refused("retries 11", HEALTH, health("retries", 11), &too_high("retries", 10)),
        taken("startPeriod 0", HEALTH, health("startPeriod", 0)),
        taken("startPeriod 300", HEALTH, health("startPeriod", 300)),
        refused("startPeriod -1", HEALTH, health("startPeriod", -1), &too_low("startPeriod", 0)),
        refused("startPeriod 301", HEALTH, health("startPeriod", 301), &too_high("startPeriod", 300)),
    ]
}

#[rustfmt::skip] // a table
fn lifecycle() -> Vec<Row> {
    let period = "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.";
    let restart = |policy: Value| app(json!({"restartPolicy": policy}));
    vec![
        taken("a start timeout of 2 s", START, app(json!({"startTimeout": 2}))),
        refused("a start timeout of 1 s", START, app(json!({"startTimeout": 1})),
            "Granular start timeout on container 'app' must be at least 2 seconds."),
        taken("a stop timeout of 2 s", STOP, app(json!({"stopTimeout": 2}))),
        taken("a stop timeout of an hour on EC2", STOP, app(json!({"stopTimeout": 3600}))),
        refused("a stop timeout of 1 s", STOP, app(json!({"stopTimeout": 1})),
            "Granular stop timeout on container 'app' must be at least 2 seconds."),
        taken("a restart policy", RESTART, restart(json!({"enabled": true}))),
        refused("a restart policy that does not say whether it is on", RESTART, restart(json!({})), "Enabled can not be blank."),
        taken("a period of 60 s", RESTART, restart(json!({"enabled": true, "restartAttemptPeriod": 60}))),
        taken("a period of 1800 s", RESTART, restart(json!({"enabled": true, "restartAttemptPeriod": 1800}))),
        refused("a period of 59 s", RESTART, restart(json!({"enabled": true, "restartAttemptPeriod": 59})), period),
        refused("a period of 1801 s", RESTART, restart(json!({"enabled": true, "restartAttemptPeriod": 1801})), period),
        taken("fifty exit codes", RESTART, restart(json!({"enabled": true, "ignoredExitCodes": vec![1; 50]}))),
        refused("fifty-one exit codes", RESTART, restart(json!({"enabled": true, "ignoredExitCodes": vec![1; 51]})),
            "The 'ignoredExitCodes' setting for container 'app' can have at most 50 items."),
        taken("a user and a group", USER, app(json!({"user": "www:1000"}))),
        taken("a user by number", USER, app(json!({"user": "0"}))),
        refused("a negative user", USER, app(json!({"user": "-1"})), "Invalid 'user' setting for container 'app'."),
        refused("a negative group", USER, app(json!({"user": "www:-1"})), "Invalid 'user' setting for container 'app'."),
        refused("a user with two groups", USER, app(json!({"user": "a:b:c"})), "Invalid 'user' setting for container 'app'."),
    ]
}
