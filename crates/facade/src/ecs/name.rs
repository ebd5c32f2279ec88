//! How clients name things: a name or id, or an ARN of the caller's account and region.

use super::check;
use super::fault::{client, cluster_not_found, invalid};
use crate::{Context, Fault};
use gantry_model::name::is_name;
use gantry_model::record::{Cluster, ClusterKey};
use gantry_model::{AccountRegion, Arn, ClusterName, TaskId};
use gantry_orchestrator::command::ecs::DefinitionName;
use std::sync::Arc;

/// What names of clusters look like, as ECS words it.
pub(crate) const NAME_PATTERN: &str = r"^[a-zA-Z0-9\-_]{1,255}$";

/// The lengths that ids of tasks and container instances have: today's form, and the UUIDs of the short ARN format.
const ID_LENGTHS: [usize; 2] = [32, 36];

/// The cluster that a request names; `default` where it names none.
pub(crate) fn cluster_key(cx: &Context<'_>, given: Option<&str>) -> Result<ClusterKey, Fault> {
    let name = match given {
        None => ClusterName::default(),
        Some(text) => cluster_name(cx.scope(), text)?,
    };
    Ok(ClusterKey { scope: cx.scope().clone(), name })
}

/// The cluster that a request names; it exists, be it ACTIVE or INACTIVE.
pub(crate) fn cluster<'a>(cx: &Context<'a>, given: Option<&str>) -> Result<&'a Arc<Cluster>, Fault> {
    let key = cluster_key(cx, given)?;
    cx.state.cluster(&key).ok_or_else(cluster_not_found)
}

fn cluster_name(scope: &AccountRegion, text: &str) -> Result<ClusterName, Fault> {
    check::not_blank(text, "Cluster")?;
    let name = match Arn::parse(text) {
        None => text,
        Some(arn) => single_part(own_resource(scope, &arn, "cluster")?)?,
    };
    name.parse().map_err(|_| invalid(format!("Cluster must match {NAME_PATTERN}, but was {name}")))
}

/// A task or container instance as clients name it. Whether it exists is another question.
#[derive(Debug, PartialEq)]
pub(crate) struct Identifier<'a>(pub(crate) &'a str);

impl Identifier<'_> {
    /// The id, where it has the form that ours have.
    pub(crate) fn task_id(&self) -> Option<TaskId> {
        self.0.parse().ok()
    }

    /// The ARN that a resource of this kind in the cluster has or would have.
    pub(crate) fn arn(&self, cluster: &ClusterKey, kind: &str) -> String {
        let AccountRegion { account, region } = &cluster.scope;
        format!("arn:aws:ecs:{region}:{account}:{kind}/{}/{}", cluster.name, self.0)
    }
}

/// A task of the cluster, by id or ARN.
pub(crate) fn task<'a>(cluster: &ClusterKey, given: &'a str) -> Result<Identifier<'a>, Fault> {
    identifier(cluster, given, "task", "taskId")
}

/// A container instance of the cluster, by id or ARN.
pub(crate) fn container_instance<'a>(cluster: &ClusterKey, given: &'a str) -> Result<Identifier<'a>, Fault> {
    identifier(cluster, given, "container-instance", "instanceId")
}

fn identifier<'a>(
    cluster: &ClusterKey,
    given: &'a str,
    kind: &str,
    thing: &str,
) -> Result<Identifier<'a>, Fault> {
    let id = match Arn::parse(given) {
        None => given,
        Some(arn) => of_cluster(cluster, own_resource(&cluster.scope, &arn, kind)?)?,
    };
    if ID_LENGTHS.contains(&id.len()) {
        Ok(Identifier(id))
    } else {
        Err(invalid(format!("{thing} length should be one of [{},{}]", ID_LENGTHS[0], ID_LENGTHS[1])))
    }
}

/// The last part of `CLUSTER/ID`, or of `ID` alone, which is how short ARNs are written.
pub(crate) fn of_cluster<'a>(cluster: &ClusterKey, resource: &'a str) -> Result<&'a str, Fault> {
    let Some((owner, id)) = resource.split_once('/') else { return Ok(resource) };
    if owner != cluster.name.as_str() {
        return Err(mismatch("cluster", owner, cluster.name.as_str()));
    }
    single_part(id)
}

/// The resource behind `kind/` of an ECS ARN of the caller's account and region.
pub(crate) fn own_resource<'a>(scope: &AccountRegion, arn: &Arn<'a>, kind: &str) -> Result<&'a str, Fault> {
    check_scope(scope, arn)?;
    let found = arn.resource.split('/').next().unwrap_or_default();
    arn.resource_of(kind).ok_or_else(|| mismatch("resource type", found, kind))
}

/// Refuses ARNs of other accounts and regions.
pub(crate) fn check_scope(scope: &AccountRegion, arn: &Arn<'_>) -> Result<(), Fault> {
    if arn.account != scope.account.to_string() {
        return Err(invalid("AccountIDs mismatch"));
    }
    let region = scope.region.as_str();
    if arn.region != region { Err(mismatch("region", arn.region, region)) } else { Ok(()) }
}

fn mismatch(what: &str, named: &str, own: &str) -> Fault {
    invalid(format!("Invalid identifier: Identifier is for {what} {named}. Your {what} is {own}"))
}

fn single_part(resource: &str) -> Result<&str, Fault> {
    if resource.contains(['/', ':']) {
        return Err(invalid("Invalid identifier: Unexpected number of separators"));
    }
    Ok(resource)
}

/// A task definition as `FAMILY`, `FAMILY:REVISION`, or the ARN of either.
pub(crate) fn task_definition(cx: &Context<'_>, given: &str) -> Result<DefinitionName, Fault> {
    let text = match Arn::parse(given) {
        None => given,
        Some(arn) => own_resource(cx.scope(), &arn, "task-definition")?,
    };
    let (family, revision) = match text.split_once(':') {
        None => (text, None),
        Some((family, revision)) => (family, Some(read_revision(revision)?)),
    };
    let family = family.parse().map_err(|_| client("Family contains invalid characters."))?;
    Ok(DefinitionName { family, revision })
}

/// Revisions count from 1.
fn read_revision(text: &str) -> Result<u32, Fault> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| invalid(format!("Invalid revision number. Number: {text}")))
}

/// The ARN that a service of the cluster has or would have.
pub(crate) fn service_arn(cluster: &ClusterKey, given: &str) -> Result<String, Fault> {
    let name = match Arn::parse(given) {
        None => given,
        Some(arn) => of_cluster(cluster, own_resource(&cluster.scope, &arn, "service")?)?,
    };
    if !is_name(name) {
        return Err(invalid(format!("ServiceName must match {NAME_PATTERN}, but was {name}")));
    }
    Ok(Identifier(name).arn(cluster, "service"))
}
