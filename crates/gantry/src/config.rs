//! What users may set: raw flags in, checked values out. Behind this file nothing is checked again.

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, ValueEnum};
use gantry_controlplane::{Auth, Settings};
use gantry_model::cidr::Cidr;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where an installation lives unless somebody says otherwise.
pub(crate) const DEFAULT_DATA_DIR: &str = "/var/lib/gantry";

/// How many times the CPU of a single machine is promised by `up`: tasks on a laptop mostly wait.
const UP_CPU_OVERCOMMIT: f64 = 4.0;

/// The most that may be promised: beyond it every task only waits for the others.
const CPU_OVERCOMMIT_MAX: f64 = 100.0;

/// Flags of the control plane.
#[derive(Debug, Args)]
pub(crate) struct ServerFlags {
    /// Address of the API
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4780", env = "GANTRY_LISTEN")]
    listen: SocketAddr,

    /// Serve plain HTTP to other machines as well: keys then cross the network in the clear
    #[arg(long)]
    insecure_http: bool,

    /// Region of requests that name none [default for a new installation: us-east-1]
    #[arg(long, env = "GANTRY_REGION")]
    region: Option<String>,

    /// Account of the root key [default for a new installation: 123456789012]
    #[arg(long, env = "GANTRY_ACCOUNT")]
    account: Option<String>,

    /// Range of each default VPC [default for a new installation: 172.31.0.0/16]
    #[arg(long, value_name = "CIDR", env = "GANTRY_VPC_CIDR")]
    vpc_cidr: Option<String>,

    /// `sigv4`: only the root key is served; `open`: any signature, and none, is the root user's
    #[arg(long, value_enum, default_value_t = AuthFlag::Sigv4, env = "GANTRY_AUTH")]
    auth: AuthFlag,

    /// How many times the CPU of nodes may be promised; memory never is [default: 4 with `up`, else 1]
    #[arg(long, value_name = "FACTOR", env = "GANTRY_CPU_OVERCOMMIT")]
    cpu_overcommit: Option<f64>,

    /// `aws`: every default that differs from AWS's is set to AWS's
    #[arg(long, value_enum, env = "GANTRY_PARITY")]
    parity: Option<Parity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AuthFlag {
    Sigv4,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Parity {
    Aws,
}

/// The control plane's settings, checked.
#[derive(Debug)]
pub(crate) struct ServerConfig {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Whether other machines may be served by plain HTTP.
    pub(crate) insecure_http: bool,
    /// How it behaves.
    pub(crate) settings: Settings,
}

impl ServerFlags {
    /// For `gantry up`, on a machine of its own.
    pub(crate) fn check_up(self, ephemeral: bool) -> Result<ServerConfig> {
        self.check(UP_CPU_OVERCOMMIT, ephemeral)
    }

    /// For `gantry server`.
    pub(crate) fn check_server(self) -> Result<ServerConfig> {
        self.check(1.0, false)
    }

    fn check(self, default_overcommit: f64, ephemeral: bool) -> Result<ServerConfig> {
        let account = self.account.as_deref().map(str::parse).transpose();
        let region = self.region.as_deref().map(str::parse).transpose();
        let like_aws = self.parity == Some(Parity::Aws);
        let overcommit = self.cpu_overcommit.unwrap_or(if like_aws { 1.0 } else { default_overcommit });
        let settings = Settings {
            account: account.ok().context("--account must be twelve digits")?,
            region: region.ok().context("--region must be a name such as us-east-1")?,
            vpc_cidr: self.vpc_cidr.map(check_vpc_cidr).transpose()?,
            auth: match self.auth {
                AuthFlag::Sigv4 => Auth::Signed,
                AuthFlag::Open => Auth::Open,
            },
            cpu_overcommit_percent: percent(overcommit)?,
            ephemeral,
        };
        Ok(ServerConfig { listen: self.listen, insecure_http: self.insecure_http, settings })
    }
}

/// AWS's bounds of a VPC: /16 to /28. A default VPC has three subnets with room for tasks, so it ends at /24 here.
fn check_vpc_cidr(text: String) -> Result<String> {
    let cidr: Cidr =
        text.parse().ok().context("--vpc-cidr must be a range such as 172.31.0.0/16, host bits zero")?;
    ensure!((16..=24).contains(&cidr.prefix()), "--vpc-cidr must be between /16 and /24");
    Ok(text)
}

fn percent(factor: f64) -> Result<u32> {
    ensure!(
        (1.0..=CPU_OVERCOMMIT_MAX).contains(&factor),
        "--cpu-overcommit must be between 1 and {CPU_OVERCOMMIT_MAX}"
    );
    Ok((factor * 100.0).round() as u32)
}

/// What runs the containers of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuntimeChoice {
    /// This host's kernel.
    Embedded,
    /// Nothing: containers that only seem to be, as the script says.
    Fake {
        /// Which container does what; all run until they are stopped where there is none.
        script: Option<PathBuf>,
    },
}

/// Flags of a node.
#[derive(Debug, Args)]
pub(crate) struct NodeFlags {
    /// `embedded`, or `fake[:FILE]`: containers that only seem to run, as FILE says
    #[arg(long, default_value = "embedded", env = "GANTRY_RUNTIME")]
    runtime: String,

    /// The node's name [default: the host's]
    #[arg(long, env = "GANTRY_NODE_NAME")]
    node_name: Option<String>,
}

/// A node's settings, checked.
#[derive(Debug)]
pub(crate) struct NodeConfig {
    /// What runs the containers.
    pub(crate) runtime: RuntimeChoice,
    /// What people call the node.
    pub(crate) name: String,
}

impl NodeFlags {
    pub(crate) fn check(self) -> Result<NodeConfig> {
        let runtime = match self.runtime.split_once(':').unwrap_or((&self.runtime, "")) {
            ("embedded", "") => RuntimeChoice::Embedded,
            ("fake", file) => {
                RuntimeChoice::Fake { script: Some(file).filter(|file| !file.is_empty()).map(PathBuf::from) }
            }
            _ => bail!("--runtime must be embedded or fake[:FILE], not {}", self.runtime),
        };
        let name = self.node_name.unwrap_or_else(host_name);
        ensure!(
            !name.is_empty() && name.len() <= NODE_NAME_BYTES_MAX,
            "--node-name must have 1 to {NODE_NAME_BYTES_MAX} bytes"
        );
        Ok(NodeConfig { runtime, name })
    }
}

/// What the kernel allows for a host's name.
const NODE_NAME_BYTES_MAX: usize = 64;

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Where an agent finds its control plane: `unix:PATH`.
pub(crate) fn check_connect(text: &str) -> Result<PathBuf> {
    match text.strip_prefix("unix:") {
        Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
        Some(_) | None => bail!("--connect must be unix:PATH, not {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        server: ServerFlags,
        #[command(flatten)]
        node: NodeFlags,
    }

    fn server(line: &str) -> Result<ServerConfig> {
        Line::try_parse_from(format!("x {line}").split_whitespace())?.server.check_up(false)
    }

    fn node(line: &str) -> Result<NodeConfig> {
        Line::try_parse_from(format!("x {line}").split_whitespace())?.node.check()
    }

    #[test]
    fn nothing_set_means_the_documented_defaults() {
        let config = server("").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:4780");
        assert_eq!(config.settings.cpu_overcommit_percent, 400);
        assert_eq!((config.settings.auth, config.settings.account), (Auth::Signed, None));
        assert_eq!(server("--parity aws").unwrap().settings.cpu_overcommit_percent, 100);
        assert_eq!(server("--parity aws --cpu-overcommit 1.5").unwrap().settings.cpu_overcommit_percent, 150);
        assert_eq!(node("").unwrap().runtime, RuntimeChoice::Embedded);
        assert_eq!(
            node("--runtime fake:x.json").unwrap().runtime,
            RuntimeChoice::Fake { script: Some("x.json".into()) }
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_flag_that_says_it() {
        for (line, flag) in [
            ("--account 12", "--account"),
            ("--region US-EAST", "--region"),
            ("--vpc-cidr 172.31.0.1/16", "--vpc-cidr"),
            ("--vpc-cidr 10.0.0.0/8", "--vpc-cidr"),
            ("--cpu-overcommit 0.5", "--cpu-overcommit"),
            ("--cpu-overcommit NaN", "--cpu-overcommit"),
            ("--listen 4780", "--listen"),
            ("--auth none", "--auth"),
        ] {
            let error = format!("{:#}", server(line).unwrap_err());
            assert!(error.contains(flag), "{line}: {error}");
        }
        assert!(node("--runtime docker").unwrap_err().to_string().contains("--runtime"));
        assert!(check_connect("tcp:1").unwrap_err().to_string().contains("--connect"));
    }
}
