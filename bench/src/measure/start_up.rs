//! From the start of the program to its first answer, on an empty folder.

use super::{Measure, ROUNDS};
use crate::peers::docker;
use crate::poll::until_answered;
use crate::report::{Peer, Row, Unit};
use crate::setting::Setting;
use anyhow::{Context, Result};
use gantry_tests::{Client, Endpoint, Host};
use serde_json::json;
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

pub(super) const MEASURE: Measure = Measure {
    name: "start",
    title: "Start on an empty folder",
    how: "Both start the same way, on an empty folder of the same disk in a network namespace without neighbours, and are asked \
          every millisecond. Gantry: `gantry up` with the embedded runtime and its image store, until ListClusters is answered \
          (`--auth open`, because its key is not known yet); that answer does not wait for the node. Docker: `dockerd` without bridge and firewall rules, until it \
          answers what `docker info` asks.",
    run,
};

const GOAL: f64 = 0.2;

const ADDRESS: &str = "127.0.0.1:4780";

fn run(setting: &Setting) -> Result<Vec<Row>> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let (gantry, dockerd) = (start_until_answer(setting)?, docker::start_until_info(setting)?);
        eprintln!("   round {round}: {gantry:.0?} beside {dockerd:.0?}");
        ours.push(gantry.as_secs_f64() * 1_000.0);
        peer.push(dockerd.as_secs_f64() * 1_000.0);
    }
    let peer = Some(Peer { name: "dockerd", samples: peer.into_iter().collect() });
    let (what, ours) = ("start to the first answer".to_owned(), ours.into_iter().collect());
    Ok(vec![Row { what, unit: Unit::Millis, ours, peer, goal: Some(GOAL) }])
}

fn start_until_answer(setting: &Setting) -> Result<Duration> {
    let host = Host::new()?;
    let folder = setting.empty_folder("start-")?;
    let log = File::create(folder.join("log"))?;
    let mut client = client(&host)?;
    let began = Instant::now();
    let mut gantry = host
        .command(&setting.binary)
        .args(["up", "--listen", ADDRESS, "--auth", "open", "--data-dir"])
        .arg(folder.join("data"))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot run gantry")?;
    until_answered("gantry up", &mut gantry, || client.ecs("ListClusters", &json!({})))
        .with_context(|| std::fs::read_to_string(folder.join("log")).unwrap_or_default())?;
    let took = began.elapsed();
    drop(host);
    gantry.wait()?;
    Ok(took)
}

fn client(host: &Host) -> Result<Client> {
    let endpoint = Endpoint {
        address: ADDRESS.to_owned(),
        access_key_id: "bench".to_owned(),
        secret: "bench".to_owned(),
        region: "us-east-1".to_owned(),
    };
    Client::on(host, endpoint)
}
