//! Volumes, and how containers mount them.
//! Source: Volume, MountPoint, VolumeFrom.

use super::{refuse_if, refuse_setting_if};
use crate::Fault;
use gantry_model::name::is_name;
use gantry_model::record::task_definition::{ContainerDefinition, MountPoint, TaskDefinitionContent, Volume};
use std::collections::BTreeSet;

pub(super) fn check(content: &TaskDefinitionContent) -> Result<(), Fault> {
    content.volumes.iter().try_for_each(name)?;
    let mut names = BTreeSet::new();
    let unique =
        content.volumes.iter().filter_map(|volume| volume.name.as_deref()).all(|name| names.insert(name));
    refuse_if(!unique, "Volume names must be unique within a task definition.")?;
    for container in &content.containers {
        container
            .mount_points
            .iter()
            .flatten()
            .try_for_each(|mount| mount_point(container, mount, &names))?;
        volumes_from(content, container)?;
    }
    configured_at_launch(content)
}

fn name(volume: &Volume) -> Result<(), Fault> {
    let needed =
        volume.efs.is_some() || volume.s3_files.is_some() || volume.configured_at_launch == Some(true);
    match volume.name.as_deref() {
        None | Some("") => refuse_if(needed, "Volume.name should not be null or empty."),
        Some(name) => refuse_if(!is_name(name), "Volume.name contains invalid characters."),
    }
}

fn mount_point(
    container: &ContainerDefinition,
    mount: &MountPoint,
    names: &BTreeSet<&str>,
) -> Result<(), Fault> {
    let source = mount.source_volume.as_deref().unwrap_or_default();
    refuse_if(!names.contains(source), format!("Unknown volume '{source}'."))?;
    let path = mount.container_path.as_deref().unwrap_or_default();
    refuse_setting_if(path.is_empty(), "containerPath", container)
}

fn volumes_from(content: &TaskDefinitionContent, container: &ContainerDefinition) -> Result<(), Fault> {
    for from in container.volumes_from.iter().flatten() {
        let source = from.source_container.as_deref().unwrap_or_default();
        let known = content.containers.iter().any(|other| other.name == source);
        refuse_if(!known, format!("Invalid 'volumesFrom' setting. Unknown container: '{source}'"))?;
    }
    Ok(())
}

/// A volume that is described at launch: one per definition, and some container mounts it.
fn configured_at_launch(content: &TaskDefinitionContent) -> Result<(), Fault> {
    let at_launch = content.volumes.iter().filter(|volume| volume.configured_at_launch == Some(true));
    let names: Vec<&str> = at_launch.filter_map(|volume| volume.name.as_deref()).collect();
    refuse_if(names.len() > 1, "A task definition can have only one volume that is configured at launch.")?;
    let mounts = content.containers.iter().flat_map(|container| container.mount_points.iter().flatten());
    let mounted: BTreeSet<&str> = mounts.filter_map(|mount| mount.source_volume.as_deref()).collect();
    let unused = names.iter().any(|name| !mounted.contains(name));
    refuse_if(unused, format!("Volumes [{}] are not referenced by any of the containers", names.join(", ")))
}
