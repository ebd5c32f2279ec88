//! Agents that are killed, and agents that come after them.

use crate::control::ControlPlane;
use crate::node::{Node, container};
use crate::tasks::{id, run, stop, task};
use gantry_agent::StartError;
use gantry_model::status::{ContainerStatus, TaskStatus};
use gantry_runtime::api::{ContainerSpec, LogSpec, Phase};
use std::fs;

#[tokio::test]
async fn a_killed_agent_leaves_its_tasks_running_and_the_next_one_knows_them() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, mut session) = node.start(&mut control).await;
    let (stays, ends) = (task(1, &["serve"]), task(2, &["serve"]));
    control.assign(&session, vec![run(&stays), run(&ends)]).await;
    let before = session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    session.until(id(2), "running", |report| report.status == TaskStatus::Running).await;
    let node_id = session.hello.node.id;
    let incarnation = session.hello.incarnation;
    let runtime = agent.runtime.clone();
    agent.kill().await;
    drop(session);
    // It ends while nobody is there.
    runtime.signal(&container(id(2), 1), 2).unwrap();
    let ended = async {
        while !matches!(runtime.recover().unwrap()[1].phase, Phase::Ended { .. }) {
            tokio::task::yield_now().await;
        }
    };
    crate::control::soon("the end of the container", ended).await;
    drop(runtime);

    let (agent, mut session) = node.start(&mut control).await;
    assert_eq!(session.hello.node.id, node_id);
    assert_ne!(session.hello.incarnation, incarnation);
    let ended = session.until(id(2), "released", |report| report.released).await;
    assert_eq!(ended.containers[0].exit_code, Some(130));
    let after = session.until(id(1), "attached", |report| report.attachment == before.attachment).await;
    assert_eq!((after.status, after.started_at.is_some()), (TaskStatus::Running, true));
    control.assign(&session, vec![stop(&stays), stop(&ends)]).await;
    let stopped = session.until(id(1), "released", |report| report.released).await;
    assert_eq!(stopped.containers[0].exit_code, Some(143));
    assert!(agent.containers().is_empty());
}

#[tokio::test]
async fn a_machine_that_was_booted_runs_nothing_twice() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    agent.kill().await;
    drop(session);
    let node = node.booted();

    let (agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    let report = session.until(id(1), "released", |report| report.released).await;
    let reason = report.containers[0].reason.as_deref();
    assert_eq!(reason, Some("ContainerVanishedError: The host was restarted while the container ran"));
    assert_eq!((report.containers[0].exit_code, agent.containers().len()), (None, 0));
}

#[tokio::test]
async fn a_control_plane_that_is_away_changes_nothing() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, mut session) = node.start(&mut control).await;
    control.assign(&session, vec![run(&task(1, &["serve"]))]).await;
    session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    drop(session);
    // The session that comes next is not welcomed, and the one after it is.
    control.refuse(gantry_link::RefusedBecause::Unavailable).await;
    let mut session = control.session().await;
    let report = session.until(id(1), "running", |report| report.status == TaskStatus::Running).await;
    assert_eq!(report.containers[0].status, ContainerStatus::Running);
    assert!(matches!(agent.containers()[0].phase, Phase::Running(_)));
}

#[tokio::test]
async fn a_report_is_sent_until_it_is_acknowledged() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (_agent, mut session) = node.start(&mut control).await;
    session.acknowledges = false;
    control.assign(&session, vec![run(&task(1, &["exit 7"]))]).await;
    session.until(id(1), "reported", |_| true).await;
    drop(session);
    let mut session = control.session().await;
    let report = session.until(id(1), "released", |report| report.released).await;
    assert_eq!(report.containers[0].exit_code, Some(7));
}

#[tokio::test]
async fn leftovers_of_tasks_that_nobody_knows_are_removed() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, session) = node.start(&mut control).await;
    let stranger = container(id(9), 1);
    let logs = node.folder.path().join("stranger");
    fs::create_dir(&logs).unwrap();
    let spec = ContainerSpec::new(
        stranger.clone(),
        "9",
        vec!["/".into()],
        vec!["serve".into()],
        LogSpec::in_dir(logs),
    );
    agent.runtime.create(spec).unwrap();
    agent.runtime.start(&stranger).unwrap();
    let folder = node.data().join(format!("scratch/{}", id(9)));
    fs::create_dir(&folder).unwrap();
    agent.kill().await;
    drop(session);

    let (agent, mut session) = node.start(&mut control).await;
    assert!(!folder.exists());
    // Its end comes back as an event; the task is only there to have something to wait for.
    control.assign(&session, vec![run(&task(1, &["exit 0"]))]).await;
    session.until(id(1), "released", |report| report.released).await;
    let gone = async {
        while !agent.containers().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    crate::control::soon("the end of the stranger", gone).await;
}

#[tokio::test]
async fn a_folder_has_one_agent_at_a_time() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let (agent, _session) = node.start(&mut control).await;
    let second = node.try_start(&control.dialer).await;
    assert!(matches!(second, Err(StartError::Taken(_))), "{:?}", second.err());
    drop(agent);
}

#[tokio::test]
async fn agents_are_killed_again_and_again_and_no_container_runs_twice_or_is_lost() {
    let (node, mut control) = (Node::new(), ControlPlane::new());
    let tasks: Vec<_> = (1..=12).map(|number| task(number, &["sleep 0.2", "serve"])).collect();
    for round in 0..15_usize {
        let (agent, mut session) = node.start(&mut control).await;
        control.assign(&session, tasks.iter().map(run).collect()).await;
        // Each round ends at another point of the work, as long as there is some.
        let mut heard = 0;
        while heard < round
            && !tasks.iter().all(|task| session.reports.get(&task.id).is_some_and(|seen| seen.released))
        {
            session.hear().await;
            heard += 1;
        }
        agent.kill().await;
        drop(session);
    }
    let (agent, mut session) = node.start(&mut control).await;
    control.assign(&session, tasks.iter().map(run).collect()).await;
    for number in 1..=12 {
        let report = session.until(id(number), "released", |report| report.released).await;
        let codes: Vec<_> = report.containers.iter().map(|container| container.exit_code).collect();
        assert_eq!(codes, [Some(0), Some(143)], "{report:?}");
        assert!(report.started_at.is_some(), "{report:?}");
    }
    assert!(agent.containers().is_empty());
}
