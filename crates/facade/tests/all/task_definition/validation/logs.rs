//! Log drivers and log routers.

use super::{Row, ec2, fargate, none, refused, taken};
use serde_json::{Value, json};

const DRIVER: &str = "LogConfiguration.logDriver";
const OPTIONS: &str = "LogConfiguration.options";
const ROUTER: &str = "FirelensConfiguration";

fn logs(configuration: Value) -> Value {
    ec2(none(), json!({"logConfiguration": configuration}))
}

fn awslogs(options: Value) -> Value {
    let mut all = json!({"awslogs-group": "/web", "awslogs-region": "us-east-1"});
    super::merge(&mut all, options);
    json!({"logDriver": "awslogs", "options": all})
}

fn fargate_logs(configuration: Value) -> Value {
    fargate(none(), json!({"logConfiguration": configuration}))
}

/// `app` with a log driver and a router with a configuration.
fn routed(driver: &str, router: Value) -> [Value; 2] {
    let app =
        json!({"name": "app", "image": "nginx", "memory": 8, "logConfiguration": {"logDriver": driver}});
    [app, json!({"name": "router", "image": "fluent", "memory": 8, "firelensConfiguration": router})]
}

fn ec2_routed(driver: &str, router: Value) -> Value {
    ec2(json!({"containerDefinitions": routed(driver, router)}), none())
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = drivers();
    rows.extend(on_fargate());
    rows.extend(routers());
    rows
}

#[rustfmt::skip] // a table
fn drivers() -> Vec<Row> {
    let on_ec2 = ["json-file", "syslog", "journald", "gelf", "fluentd"];
    let mut rows: Vec<Row> =
        on_ec2.into_iter().map(|name| taken(name, DRIVER, logs(json!({"logDriver": name})))).collect();
    rows.extend([
        refused("no driver", DRIVER, logs(json!({"options": {}})), "LogDriver can not be blank."),
        refused("another driver", DRIVER, logs(json!({"logDriver": "papertrail"})),
            "Log driver should be one of [json-file,syslog,journald,gelf,fluentd,awslogs,splunk,awsfirelens]"),
        taken("awslogs on EC2 needs no prefix", OPTIONS, logs(awslogs(none()))),
        refused("awslogs without a group", OPTIONS, logs(awslogs(json!({"awslogs-group": null}))),
            "Log driver awslogs requires options: awslogs-group"),
        refused("awslogs without anything", OPTIONS, logs(json!({"logDriver": "awslogs"})),
            "Log driver awslogs requires options: awslogs-region, awslogs-group"),
        refused("splunk without anything", OPTIONS, logs(json!({"logDriver": "splunk"})),
            "Log driver splunk requires options: splunk-token, splunk-url"),
        taken("splunk with its token as a secret", "LogConfiguration.secretOptions",
            ec2(json!({"executionRoleArn": "exec"}), json!({"logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "u"}, "secretOptions": [{"name": "splunk-token", "valueFrom": "t"}]}}))),
        refused("secret options without an execution role", "LogConfiguration.secretOptions",
            logs(json!({"logDriver": "splunk", "options": {"splunk-url": "u"}, "secretOptions": [{"name": "splunk-token", "valueFrom": "t"}]})),
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."),
        refused("both ways to find where a message begins", OPTIONS,
            logs(awslogs(json!({"awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^x"}))),
            "You cannot configure both the awslogs-datetime-format and awslogs-multiline-pattern options."),
        taken("a blocking mode", OPTIONS, logs(awslogs(json!({"mode": "blocking"})))),
        taken("a mode with a buffer", OPTIONS, logs(awslogs(json!({"mode": "non-blocking", "max-buffer-size": "25m"})))),
        refused("another mode of delivery", OPTIONS, logs(awslogs(json!({"mode": "lossy"}))), "Invalid 'mode' setting for container 'app'."),
    ]);
    rows
}

#[rustfmt::skip] // a table
fn on_fargate() -> Vec<Row> {
    vec![
        taken("awslogs on Fargate", DRIVER, fargate_logs(awslogs(json!({"awslogs-stream-prefix": "ecs"})))),
        refused("awslogs on Fargate without a prefix", OPTIONS, fargate_logs(awslogs(none())),
            "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."),
        refused("awslogs on Fargate without an execution role", "answer",
            fargate(json!({"executionRoleArn": null}), json!({"logConfiguration": awslogs(json!({"awslogs-stream-prefix": "ecs"}))})),
            "Fargate requires task definition to have execution role ARN to support log driver awslogs."),
        taken("splunk on Fargate", DRIVER, fargate_logs(json!({"logDriver": "splunk", "options": {"splunk-token": "t", "splunk-url": "u"}}))),
        refused("json-file on Fargate", DRIVER, fargate_logs(json!({"logDriver": "json-file"})),
            "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"),
        refused("syslog on Managed Instances", DRIVER,
            ec2(json!({"requiresCompatibilities": ["MANAGED_INSTANCES"]}), json!({"logConfiguration": {"logDriver": "syslog"}})),
            "syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens,json-file]"),
        taken("json-file on Managed Instances", DRIVER,
            ec2(json!({"requiresCompatibilities": ["MANAGED_INSTANCES"]}), json!({"logConfiguration": {"logDriver": "json-file"}}))),
    ]
}

#[rustfmt::skip] // a table
fn routers() -> Vec<Row> {
    vec![
        taken("fluentd as a router", ROUTER, ec2_routed("awsfirelens", json!({"type": "fluentd"}))),
        taken("fluentbit as a router", ROUTER,
            ec2_routed("awsfirelens", json!({"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true", "config-file-type": "s3", "config-file-value": "arn:aws:s3:::b/c"}}))),
        refused("another router", ROUTER, ec2_routed("awsfirelens", json!({"type": "vector"})),
            "Firelens configuration type should be one of [fluentd,fluentbit]"),
        refused("a router without a type", ROUTER, ec2_routed("awsfirelens", json!({})), "Type can not be blank."),
        refused("a router with metadata that are neither on nor off", ROUTER,
            ec2_routed("awsfirelens", json!({"type": "fluentbit", "options": {"enable-ecs-log-metadata": "yes"}})),
            "Invalid 'enable-ecs-log-metadata' setting for container 'router'."),
        refused("a router with another kind of file", ROUTER,
            ec2_routed("awsfirelens", json!({"type": "fluentbit", "options": {"config-file-type": "http"}})),
            "Invalid 'config-file-type' setting for container 'router'."),
        refused("awsfirelens without a router", "answer", logs(json!({"logDriver": "awsfirelens"})),
            "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers."),
        refused("a router without awsfirelens", "answer", ec2_routed("json-file", json!({"type": "fluentbit"})),
            "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver."),
        taken("a router with a file on Fargate", ROUTER,
            fargate(json!({"containerDefinitions": routed("awsfirelens", json!({"type": "fluentbit", "options": {"config-file-type": "file", "config-file-value": "/x"}}))}), none())),
        refused("a router with an object in S3 on Fargate", ROUTER,
            fargate(json!({"containerDefinitions": routed("awsfirelens", json!({"type": "fluentbit", "options": {"config-file-type": "s3"}}))}), none()),
            "Tasks using the Fargate launch type do not support config-file-type 's3'. The supported value for config-file-type is 'file'."),
    ]
}
