//! The documents of the platform's own endpoints (docs/gantry-api.md), for the server that writes and the client that reads
//! them. Times are RFC 3339 in UTC; what is unknown is null.

use serde::{Deserialize, Serialize};

/// The signing name of these endpoints.
pub const SIGNING_NAME: &str = "gantry";

/// The value of `Upgrade` that turns a connection into an exec stream.
pub const EXEC_PROTOCOL: &str = "gantry-exec";

macro_rules! documents {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    )* };
}

documents! {
    /// `GET health`.
    Health {
        /// `ok`, or `read-only` from a commit that failed to the next that does not.
        status: String,
        /// The server's version.
        version: String,
    }

    /// `GET status`.
    Status {
        /// `ok` or `read-only`.
        status: String,
        /// The server's version.
        version: String,
        /// The account of the root key.
        account: String,
        /// The region of requests that name none.
        region: String,
        /// The number of the last durable commit.
        commits: u64,
        /// Clusters that are ACTIVE.
        clusters: usize,
        /// Tasks by status.
        tasks: std::collections::BTreeMap<String, usize>,
        /// Every node.
        nodes: Vec<NodeLine>,
        /// Bytes of the history.
        history_bytes: u64,
    }

    /// One node.
    NodeLine {
        /// Its id.
        id: String,
        /// The machine's name.
        name: String,
        /// `ACTIVE` or `LOST`.
        status: String,
        /// Whether its agent is connected now.
        connected: bool,
        /// CPU units that may be promised, and are.
        cpu_units: Share,
        /// MiB that may be promised, and are.
        memory_mib: Share,
        /// Its agent's version.
        agent_version: String,
    }

    /// A part of a whole.
    Share {
        /// The part.
        used: u64,
        /// The whole.
        total: u64,
    }

    /// `GET network`: the default VPC of the caller's account and region, made if there was none.
    Network {
        /// The VPC's id.
        vpc: String,
        /// Its range.
        cidr: String,
        /// Ids of its subnets.
        subnets: Vec<String>,
        /// Id of its default security group.
        security_group: String,
    }

    /// `GET tasks`.
    Tasks {
        /// The number of the last durable commit that the list shows: `after` this one there may be news.
        commits: u64,
        /// Oldest first.
        tasks: Vec<TaskLine>,
    }

    /// One task.
    TaskLine {
        /// What people call it: `family/` and the first eight digits of its id.
        name: String,
        /// Its id.
        id: String,
        /// Its ARN.
        arn: String,
        /// Its cluster's name.
        cluster: String,
        /// `family:revision`.
        definition: String,
        /// `lastStatus`.
        status: String,
        /// `desiredStatus`.
        desired: String,
        /// Its private address.
        address: Option<String>,
        /// Its node's name.
        node: String,
        /// When it was made.
        created_at: String,
        /// When it was RUNNING.
        started_at: Option<String>,
        /// When it was STOPPED.
        stopped_at: Option<String>,
        /// Why it stopped.
        stopped_reason: Option<String>,
        /// Its containers.
        containers: Vec<ContainerLine>,
    }

    /// One container.
    ContainerLine {
        /// Its name in the definition.
        name: String,
        /// Its image as the definition names it.
        image: String,
        /// Its status.
        status: String,
        /// How it ended.
        exit_code: Option<i32>,
        /// Its first error.
        reason: Option<String>,
        /// Digest of its image.
        image_digest: Option<String>,
    }

    /// `GET history`.
    History {
        /// Oldest first.
        events: Vec<Event>,
        /// Whether there are older ones; ask again with `before` set to the first event's number.
        more: bool,
    }

    /// One step of the history: what one request, report or controller led to.
    Event {
        /// The commit's number.
        number: u64,
        /// When.
        at: String,
        /// Who or what asked: an ARN, `node NAME`, or a controller's name.
        actor: String,
        /// What was asked or seen, such as `ecs:RunTask`.
        action: String,
        /// The request's id.
        request: Option<String>,
        /// What changed, a sentence each.
        changes: Vec<String>,
        /// What was considered.
        notes: Vec<String>,
    }

    /// `GET why`.
    Why {
        /// What people call it.
        name: String,
        /// The answer in one sentence.
        verdict: String,
        /// What else is known, a sentence each.
        details: Vec<String>,
        /// How it came to this, oldest first.
        events: Vec<Event>,
        /// The last lines of its output.
        logs: Vec<LogLine>,
        /// What to type next.
        next: Vec<String>,
    }

    /// One line of output; `GET logs` sends one document per line.
    LogLine {
        /// The task's name.
        task: String,
        /// The container's name.
        container: String,
        /// `stdout` or `stderr`.
        stream: String,
        /// When its end was read.
        at: String,
        /// The line without its end; bytes that are not UTF-8 are U+FFFD.
        line: String,
    }

    /// The body of `POST exec`.
    Exec {
        /// The task's name or id.
        task: String,
        /// The container's name; the only one where none is given.
        container: Option<String>,
        /// Program and arguments.
        command: Vec<String>,
        /// Rows and columns of its terminal; none without a terminal.
        terminal: Option<(u16, u16)>,
    }
}
