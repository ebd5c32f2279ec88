//! The packet filter of an installation: one nftables table, replaced whole at start, never touched per task.
//!
//! Takes in the range of the tasks; gives tasks the way out (masquerade), and drops what they send
//! with forged sources or to the host's own link.
//! Runs the `nft` program once: the table is structure, and structure is rare.

use std::io;

use super::Cidr;
use super::naming::link_prefix;
use super::program::{ProgramError, run};

/// What is meant for a machine's own cable. A task's own metadata endpoint never leaves its namespace; that of the
/// host's cloud, at 169.254.169.254, would hand the host's credentials to tasks.
const LINK_LOCAL: &str = "169.254.0.0/16";

/// Why the packet filter is not set up.
#[derive(Debug, thiserror::Error)]
pub enum NatError {
    /// The program is not installed.
    #[error("the program `nft` is missing; install it with `apt-get install nftables`")]
    Missing,
    /// A program did not run.
    #[error("cannot run the program that sets up the packet filter")]
    Run(#[source] io::Error),
    /// A program or the kernel refused a rule.
    #[error("the packet filter refused the rules of this installation: {0}")]
    Refused(String),
}

impl From<ProgramError> for NatError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Missing => Self::Missing,
            ProgramError::Run(source) => Self::Run(source),
            ProgramError::Refused(why) => Self::Refused(why),
        }
    }
}

/// Makes the table of `installation`, in place of an older one, in one transaction.
pub(super) fn set_up(installation: &str, range: Cidr) -> Result<(), NatError> {
    nft(&table(installation, range))
}

/// Removes the table; one that is not there is as good as removed.
pub(super) fn tear_down(installation: &str) -> Result<(), NatError> {
    nft(&removal(&table_name(installation)))
}

fn nft(script: &str) -> Result<(), NatError> {
    run("nft", &["-f", "-"], script)?;
    Ok(())
}

fn table_name(installation: &str) -> String {
    format!("gantry_{}", link_prefix(installation))
}

/// Adding an empty table first makes the deletion legal in both cases.
fn removal(table: &str) -> String {
    format!("table ip {table}\ndelete table ip {table}\n")
}

fn table(installation: &str, range: Cidr) -> String {
    let (name, links) = (table_name(installation), link_prefix(installation));
    let removal = removal(&name);
    format!(
        "{removal}table ip {name} {{
    chain from_tasks {{
        type filter hook prerouting priority raw; policy accept;
        iifname != \"{links}*\" accept
        fib saddr . iif oif missing drop
        ip daddr {LINK_LOCAL} reject with icmp net-unreachable
    }}
    chain way_out {{
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr {range} ip daddr != {range} masquerade
    }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_replaced_in_one_transaction() {
        let text = table("prod", "172.31.0.0/16".parse().unwrap());
        let name = table_name("prod");
        let start = format!("table ip {name}\ndelete table ip {name}\ntable ip {name} {{");
        assert!(text.starts_with(&start), "{text}");
        assert!(text.contains("ip saddr 172.31.0.0/16 ip daddr != 172.31.0.0/16 masquerade"));
    }
}
