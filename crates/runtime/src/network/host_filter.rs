//! A host's own filter that drops what it does not know: Docker and ufw set the policy of `FORWARD` to drop. There
//! tasks would reach nobody, so their range gets its own two rules in front. Hosts without such a filter stay as
//! they are.
//!
//! Goes through the program `iptables`, as those who set the policy do: whichever of the kernel's two filters they
//! use, the program on the host is the one for it.

use super::program::{ProgramError, run};
use super::{Cidr, NatError};

const CHAIN: &str = "FORWARD";
const DROPS: &str = "-P FORWARD DROP";

/// Seconds to wait for another program that changes the same filter.
const LOCK_WAIT: [&str; 2] = ["-w", "10"];

/// Lets packets of tasks pass, and the answers to them.
pub(super) fn let_through(range: Cidr) -> Result<(), NatError> {
    match iptables(&["-S", CHAIN]) {
        Ok(rules) if rules.lines().any(|line| line == DROPS) => {}
        // Without the program, or without the kernel's part of it, nobody here has set a policy with it.
        Ok(_) | Err(ProgramError::Missing | ProgramError::Refused(_)) => return Ok(()),
        Err(ProgramError::Run(error)) => return Err(NatError::Run(error)),
    }
    for rule in rules(range) {
        if !is_there(&rule)? {
            change("-I", &rule)?;
        }
    }
    Ok(())
}

/// Takes the rules away again.
pub(super) fn forget(range: Cidr) -> Result<(), NatError> {
    for rule in rules(range) {
        while is_there(&rule)? {
            change("-D", &rule)?;
        }
    }
    Ok(())
}

fn rules(range: Cidr) -> [Vec<String>; 2] {
    let rule = |text: String| text.split(' ').map(str::to_owned).collect();
    [
        rule(format!("-s {range} -m comment --comment gantry-tasks -j ACCEPT")),
        rule(format!(
            "-d {range} -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment gantry-tasks -j ACCEPT"
        )),
    ]
}

fn is_there(rule: &[String]) -> Result<bool, NatError> {
    match change("-C", rule) {
        Ok(()) => Ok(true),
        // The program has one code for "no such rule" and for everything else.
        Err(NatError::Refused(_) | NatError::Missing) => Ok(false),
        Err(error) => Err(error),
    }
}

fn change(how: &str, rule: &[String]) -> Result<(), NatError> {
    let arguments: Vec<&str> = [how, CHAIN].into_iter().chain(rule.iter().map(String::as_str)).collect();
    iptables(&arguments)?;
    Ok(())
}

fn iptables(arguments: &[&str]) -> Result<String, ProgramError> {
    run("iptables", &[&LOCK_WAIT, arguments].concat(), "")
}
