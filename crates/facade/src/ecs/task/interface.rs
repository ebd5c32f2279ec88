//! A task's network interface as clients see it: once as an attachment of the task, once in each container.

use gantry_model::record::Task;
use gantry_model::record::task::Eni;
use gantry_model::status::AttachmentStatus;
use gantry_shapes::ecs::{Attachment, KeyValuePair, NetworkInterface};

/// The attachment of a task that has an interface.
pub(super) fn attachment(task: &Task) -> Option<Attachment> {
    let eni = task.spec.eni.as_ref()?;
    Some(Attachment {
        id: Some(eni.attachment.to_string()),
        r#type: Some("ElasticNetworkInterface".to_owned()),
        status: Some(task.observed.attachment.to_string()),
        details: Some(details(task, eni)),
    })
}

/// What is known of the interface, in AWS's order: before it is made only its subnet.
fn details(task: &Task, eni: &Eni) -> Vec<KeyValuePair> {
    let mut rows = vec![("subnetId", eni.subnet.to_string())];
    if is_made(task) {
        rows.push(("networkInterfaceId", eni.id.to_string()));
        rows.push(("macAddress", eni.mac.clone()));
        rows.push(("privateDnsName", private_dns_name(task, eni)));
        rows.push(("privateIPv4Address", eni.address.to_string()));
    }
    let pair =
        |(name, value): (&str, String)| KeyValuePair { name: Some(name.to_owned()), value: Some(value) };
    rows.into_iter().map(pair).collect()
}

/// The interface in one container; all containers of a task share it.
pub(super) fn in_container(task: &Task) -> Vec<NetworkInterface> {
    let made = task.spec.eni.iter().filter(|_| is_made(task));
    let shown = |eni: &Eni| NetworkInterface {
        attachment_id: Some(eni.attachment.to_string()),
        private_ipv4_address: Some(eni.address.to_string()),
        ipv6_address: None,
    };
    made.map(shown).collect()
}

fn is_made(task: &Task) -> bool {
    task.observed.attachment > AttachmentStatus::Precreated
}

/// The name that EC2 gives to an address: us-east-1, the first region, has a domain of its own.
fn private_dns_name(task: &Task, eni: &Eni) -> String {
    let host = eni.address.to_string().replace('.', "-");
    match task.spec.cluster.scope.region.as_str() {
        "us-east-1" => format!("ip-{host}.ec2.internal"),
        region => format!("ip-{host}.{region}.compute.internal"),
    }
}
