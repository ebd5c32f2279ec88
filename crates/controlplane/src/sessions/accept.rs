//! Connections of agents as they come in: sessions are negotiated and joined, streams are handed to whoever waits.

use super::session::SessionLoop;
use crate::plane::Plane;
use crate::stop::Stop;
use gantry_link::{
    Hello, Incoming, Listener, PROTOCOL, Protocol, Refused, RefusedBecause, ServerSide, ToAgent, Welcome,
    accept,
};
use gantry_orchestrator::command::{Refusal, Reply};
use gantry_orchestrator::leader::Input;
use gantry_orchestrator::{LEASE_MS, NodeInfo, NodeInput};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::sleep;

/// Connections that are open at once: a session per node, and each log or exec stream.
const CONNECTIONS_MAX: usize = 4_096;

/// How often a node shall be heard of: three times in a lease, so that one lost heartbeat does no harm.
const HEARTBEAT_MS: u64 = LEASE_MS / 4;

/// How long to wait when the system takes no further connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What nodes are promised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeTerms {
    /// How many times a node's CPU may be promised, in percent.
    pub(crate) cpu_overcommit_percent: u32,
}

/// Serves agents until stopping is wished for or all in-process dialers are gone.
pub(crate) async fn serve(plane: Arc<Plane>, terms: NodeTerms, mut listener: Listener, mut stop: Stop) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = room.clone().acquire_owned().await.expect("the semaphore is never closed");
        let io = tokio::select! {
            io = listener.accept() => io,
            () = stop.wished() => return,
        };
        let io = match io {
            Ok(io) => io,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection of an agent");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (plane, mut stop) = (plane.clone(), stop.clone());
        tokio::spawn(async move {
            let _room = permit;
            let served = async {
                match accept(io).await {
                    Ok(Incoming::Session(hello, link)) => begin(plane, terms, hello, link).await,
                    Ok(Incoming::Stream(hello, stream)) => plane.sessions.bring(hello, stream),
                    Err(error) => tracing::debug!(%error, "a connection of an agent did not begin"),
                }
            };
            tokio::select! {
                () = served => {}
                () = stop.wished() => {}
            }
        });
    }
}

async fn begin(plane: Arc<Plane>, terms: NodeTerms, hello: Hello, link: ServerSide) {
    let node = hello.node.id;
    match join(&plane, terms, &hello).await {
        Ok((protocol, session)) => {
            tracing::info!(%node, session, %protocol, "a node has joined");
            let welcome = welcome(&plane, protocol, session);
            SessionLoop::new(plane, node, session, link).run(welcome).await;
            tracing::info!(%node, session, "a node's session has ended");
        }
        Err(refused) => {
            tracing::warn!(%node, reason = refused.text, "a node is refused");
            // It may have gone away already.
            let _ = link.sender.send(ToAgent::Refused(refused)).await;
        }
    }
}

/// Makes the node known, durably. Answers the session's version and number.
async fn join(plane: &Plane, terms: NodeTerms, hello: &Hello) -> Result<(Protocol, u64), Refused> {
    let protocol = PROTOCOL
        .negotiate(hello.protocol)
        .map_err(|mismatch| Refused { because: RefusedBecause::Protocol, text: mismatch.to_string() })?;
    let identity = &hello.node;
    let info = NodeInfo {
        id: identity.id,
        name: identity.name.clone(),
        capacity: identity.capacity,
        cpu_overcommit_percent: terms.cpu_overcommit_percent,
        zones: identity.zones.clone(),
        cpu_architecture: identity.cpu_architecture.clone(),
        agent_version: identity.agent_version.clone(),
    };
    match plane.leader.ask(Input::Node(NodeInput::Joined(info))).await.result {
        Ok(Reply::Session(session)) => Ok((protocol, session)),
        Ok(_) => Err(unavailable("the control plane gave an unexpected reply".to_owned())),
        Err(refusal) => Err(refused(&refusal)),
    }
}

fn refused(refusal: &Refusal) -> Refused {
    unavailable(refusal.to_string())
}

fn unavailable(text: String) -> Refused {
    Refused { because: RefusedBecause::Unavailable, text }
}

fn welcome(plane: &Plane, protocol: Protocol, session: u64) -> Welcome {
    let state = plane.published.state();
    let installation = state.installation().expect("the installation is made before agents are served");
    Welcome {
        protocol,
        session,
        heartbeat_ms: HEARTBEAT_MS,
        lease_ms: LEASE_MS,
        installation: installation.tag.clone(),
        vpc_cidr: installation.vpc_cidr.clone(),
    }
}
