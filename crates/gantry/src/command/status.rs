//! `gantry status`.

use super::client;
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::Table;
use anyhow::Result;
use gantry_controlplane::api::{NodeLine, Share, Status};

pub(crate) async fn run(invocation: &Invocation) -> Result<Exit> {
    let client = client(invocation)?;
    let status: Status = client.get("status", &[]).await?;
    invocation.output.show(&status, || text(&client.endpoint.url, &status))?;
    Ok(if status.status == "ok" { Exit::Done } else { Exit::Failed })
}

fn text(url: &str, status: &Status) -> String {
    let verdict = match status.status.as_str() {
        "ok" => "is up",
        _ => "could not write when it last tried: is the disk of its data folder full? Reads go on",
    };
    let tasks: Vec<String> = status.tasks.iter().map(|(status, count)| format!("{count} {status}")).collect();
    let tasks = if tasks.is_empty() { "none".to_owned() } else { tasks.join(", ") };
    format!(
        "gantry {} at {url} {verdict}\n\naccount {}, region {}\nclusters: {}\ntasks: {tasks}\nhistory: {} commits, {} MiB\n\n{}",
        status.version,
        status.account,
        status.region,
        status.clusters,
        status.commits,
        status.history_bytes / (1024 * 1024),
        nodes(&status.nodes)
    )
}

fn nodes(nodes: &[NodeLine]) -> String {
    if nodes.is_empty() {
        return "no node has joined: tasks find no place\n".to_owned();
    }
    let mut table = Table::new(&["NODE", "STATUS", "CPU UNITS", "MEMORY MIB", "AGENT"]);
    for node in nodes {
        let status =
            if node.connected { node.status.clone() } else { format!("{}, not connected", node.status) };
        let (cpu, memory) = (share(&node.cpu_units), share(&node.memory_mib));
        table.row([node.name.clone(), status, cpu, memory, node.agent_version.clone()]);
    }
    table.to_string()
}

fn share(share: &Share) -> String {
    format!("{} of {}", share.used, share.total)
}
