//! Reports of one session on their way into the state, in order. A report is acknowledged once it is durable; while the
//! store cannot commit, it is tried again, so that no agent needs to know.

use crate::commit::LeaderHandle;
use gantry_model::NodeId;
use gantry_model::view::NodeReport;
use gantry_orchestrator::NodeInput;
use gantry_orchestrator::command::Refusal;
use gantry_orchestrator::leader::Input;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

/// Reports that wait for their commit before the session reads no further.
pub(super) const REPORTS_MAX: usize = 16;

/// Pause before a report is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Takes reports one by one and gives out the numbers of those that are durable. It ends when the session does, or when the
/// session is no longer the node's newest.
pub(super) async fn commit(
    leader: LeaderHandle,
    node: NodeId,
    session: u64,
    mut reports: mpsc::Receiver<NodeReport>,
    durable: mpsc::Sender<u64>,
) {
    while let Some(report) = reports.recv().await {
        let sequence = report.sequence;
        let input = Input::Node(NodeInput::Report { node, session, report });
        if !commit_one(&leader, input).await || durable.send(sequence).await.is_err() {
            return;
        }
    }
}

/// Whether the report is durable; `false` when the session is over.
async fn commit_one(leader: &LeaderHandle, input: Input) -> bool {
    loop {
        match leader.ask(input.clone()).await.result {
            Ok(_) => return true,
            Err(Refusal::StaleSession) => return false,
            Err(_) => sleep(RETRY_PAUSE).await,
        }
    }
}
