//! The rules that a node must pass, in order. The first that refuses is the one that is counted.

use super::{Candidate, Wanted};
use gantry_model::planted::{Bug, suffers};
use gantry_model::record::NodeStatus;
use gantry_model::resources::Dimension;
use std::fmt;

/// A rule, written as ECS writes placement failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The node is lost or out of reach.
    Agent,
    /// It does not serve the zone.
    Location,
    /// It has another processor.
    Attribute,
    /// It has too little.
    Resource(Dimension),
    /// A port of the host is taken.
    Ports,
}

/// Which rule refused, and the figures.
pub(super) struct Refused {
    pub(super) rule: Rule,
    pub(super) detail: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent => f.write_str("AGENT"),
            Self::Location => f.write_str("LOCATION"),
            Self::Attribute => f.write_str("ATTRIBUTE"),
            Self::Resource(dimension) => write!(f, "RESOURCE:{dimension}"),
            Self::Ports => f.write_str("RESOURCE:PORTS"),
        }
    }
}

type Check = fn(&Candidate<'_>, &Wanted) -> Option<Refused>;

/// Cheap rules first.
const CHECKS: [Check; 5] = [agent, location, architecture, resources, ports];

pub(super) fn first_refusal(candidate: &Candidate<'_>, wanted: &Wanted) -> Option<Refused> {
    CHECKS.iter().find_map(|check| check(candidate, wanted))
}

fn refuse(rule: Rule, detail: impl Into<String>) -> Option<Refused> {
    Some(Refused { rule, detail: detail.into() })
}

fn agent(candidate: &Candidate<'_>, _: &Wanted) -> Option<Refused> {
    match (candidate.node.status, candidate.reachable) {
        (NodeStatus::Active, true) => None,
        (NodeStatus::Active, false) => refuse(Rule::Agent, "its agent is not connected"),
        (NodeStatus::Lost, _) => refuse(Rule::Agent, "it is lost"),
    }
}

fn location(candidate: &Candidate<'_>, wanted: &Wanted) -> Option<Refused> {
    let zones = &candidate.node.zones;
    let serves = zones.is_empty() || zones.iter().any(|zone| wanted.zone.starts_with(*zone));
    if serves { None } else { refuse(Rule::Location, format!("it does not serve zone {}", wanted.zone)) }
}

fn architecture(candidate: &Candidate<'_>, wanted: &Wanted) -> Option<Refused> {
    let has = &candidate.node.cpu_architecture;
    if *has == wanted.cpu_architecture {
        return None;
    }
    refuse(Rule::Attribute, format!("its processor is {has}, {} is needed", wanted.cpu_architecture))
}

fn resources(candidate: &Candidate<'_>, wanted: &Wanted) -> Option<Refused> {
    let lacking = candidate.free.lacks(&wanted.size).filter(|_| !suffers(Bug::NodeOverbooked))?;
    let amount = |of: &gantry_model::Resources| {
        of.dimensions()
            .into_iter()
            .find(|(dimension, _)| *dimension == lacking)
            .map_or(0, |(_, amount)| amount)
    };
    let (free, needed) = (amount(&candidate.free), amount(&wanted.size));
    refuse(
        Rule::Resource(lacking),
        format!("{needed} {lacking} needed, {free} free, {} missing", needed - free),
    )
}

fn ports(candidate: &Candidate<'_>, wanted: &Wanted) -> Option<Refused> {
    let taken = wanted.host_ports.iter().find(|port| candidate.ports_taken.contains(port))?;
    refuse(Rule::Ports, format!("{} port {} is taken", taken.0, taken.1))
}
