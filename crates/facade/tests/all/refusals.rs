//! What each operation refuses, and in which words: `refusals.txt` has a line for each rule and AWS's answer below it.

use crate::support::{World, command, fault};
use expect_test::expect_file;
use gantry_model::status::LaunchType;
use gantry_orchestrator::command::Refusal;

/// Runs every line of the table, which reads `OPERATION BODY`. In a body, `<repeat N TEXT>` is a text N times, and
/// `<list N ITEM>` are N items with commas between them, each with its number for `#`.
#[test]
fn requests() {
    let world = World::demo();
    let mut transcript = String::new();
    for line in include_str!("refusals.txt").lines().filter(|line| !line.starts_with("  ")) {
        transcript += &format!("{line}\n");
        if let Some((operation, body)) = line.split_once(' ').filter(|_| line.ends_with('}')) {
            transcript += &format!("  {}\n", fault(&world, operation, &expanded(body)));
        }
    }
    expect_file!["refusals.txt"].assert_eq(&transcript);
}

fn expanded(body: &str) -> String {
    let Some((before, rest)) = body.split_once('<') else { return body.to_owned() };
    let (pattern, after) = rest.split_once('>').expect("a pattern ends");
    let mut words = pattern.splitn(3, ' ');
    let (kind, count, text) = (words.next(), words.next(), words.next().expect("a pattern has three words"));
    let times = 0..count.expect("it has").parse::<usize>().expect("a pattern's second word is a number");
    let items: Vec<String> = times.map(|number| text.replace('#', &number.to_string())).collect();
    format!("{before}{}{}", items.join(if kind == Some("list") { "," } else { "" }), expanded(after))
}

/// What the orchestrator refuses.
#[test]
fn commands() {
    let world = World::demo();
    let mut transcript = String::new();
    for refusal in every_refusal() {
        let run = command(&world, "RunTask", r#"{"taskDefinition": "hello"}"#);
        let fault = run.refuse(&world, refusal.clone());
        transcript += &format!("{refusal}\n  {} {fault}\n", fault.status());
    }
    expect_file!["golden/refused_commands.txt"].assert_eq(&transcript);
}

fn every_refusal() -> Vec<Refusal> {
    let id = |text: &str| text.to_owned();
    vec![
        Refusal::ClusterNotFound,
        Refusal::ClusterInactive,
        Refusal::ClusterDiffers,
        Refusal::ClusterContainsTasks,
        Refusal::ClusterQuota(9),
        Refusal::TaskDefinitionNotFound,
        Refusal::TaskDefinitionInactive,
        Refusal::RevisionQuota(9),
        Refusal::NoContainerInstances,
        Refusal::IncompatibleLaunchType(LaunchType::Fargate),
        Refusal::CapacityProviderNotAssociated(id("FARGATE")),
        Refusal::NetworkConfigurationMissing,
        Refusal::NetworkConfigurationUnfit,
        Refusal::SubnetNotFound(id("subnet-x")),
        Refusal::SecurityGroupNotFound(id("sg-x")),
        Refusal::SecurityGroupOfOtherVpc(id("sg-x")),
        Refusal::SubnetsOfSeveralVpcs,
        Refusal::OverrideWithoutContainer(id("x")),
        Refusal::FargateSize { cpu_units: 512, memory_mib: 512 },
        Refusal::NotRunnable { field: "volumes[].efsVolumeConfiguration", container: None },
        Refusal::NotRunnable { field: "containerDefinitions[].secrets", container: Some(id("web")) },
        Refusal::TokenConflict(Vec::new()),
        Refusal::ExecWithoutTaskRole,
        Refusal::TokenQuota,
        Refusal::TaskNotFound,
        Refusal::ProvisioningQuota(500),
        Refusal::ResourceNotFound,
        Refusal::TaskStopped,
        Refusal::TagQuota(50),
        Refusal::StaleSession,
        Refusal::Overloaded,
        Refusal::NotCommitted,
    ]
}
