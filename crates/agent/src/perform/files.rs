//! A task's folder: its scratch volumes, and what its containers see as their /etc/hosts, /etc/hostname and
//! /etc/resolv.conf.

use super::{Performer, blocking, failure};
use crate::files::{FileError, make_private_folder, remove_folder};
use crate::folders::Folders;
use gantry_engine::Failure;
use gantry_model::TaskId;
use gantry_model::view::AssignedTask;
use gantry_runtime::network::{hosts_file, resolv_conf_of_host};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

/// Any user of a container may look into a scratch volume, only root may write: as on Fargate.
const VOLUME_MODE: u32 = 0o755;

/// Any user of a container may read these.
const ETC_MODE: u32 = 0o644;

impl Performer {
    pub(super) async fn make_files(&self, task: &Arc<AssignedTask>) -> Result<(), Failure> {
        let (folders, task) = (self.folders.clone(), task.clone());
        blocking(move || make(&folders, &task).map_err(|error| failure(&error, true))).await?
    }

    pub(super) async fn remove_files(&self, task: TaskId) -> Result<(), Failure> {
        let folder = self.folders.task_files(task);
        blocking(move || remove_folder(&folder).map_err(|error| failure(&error, true))).await?
    }
}

fn make(folders: &Folders, task: &AssignedTask) -> Result<(), FileError> {
    let folder = folders.task_files(task.id);
    make_private_folder(&folder)?;
    for index in 0..task.volumes.len() {
        let volume = folders.volume(task.id, index);
        make_private_folder(&volume)?;
        set_mode(&volume, VOLUME_MODE)?;
    }
    for container in &task.containers {
        make_private_folder(&folders.container_logs(task.id, &container.name))?;
    }
    let host_name = &task.network.private_dns_name;
    write_once(&folder.join("hosts"), &hosts_file(host_name, task.network.address))?;
    write_once(&folder.join("hostname"), &format!("{host_name}\n"))?;
    write_once(&folder.join("resolv.conf"), &resolv_conf_of_host())
}

/// After a restart the task may have changed the file: what is there stays.
fn write_once(path: &Path, text: &str) -> Result<(), FileError> {
    if path.exists() {
        return Ok(());
    }
    fs::write(path, text).map_err(FileError::io("write", path))?;
    set_mode(path, ETC_MODE)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), FileError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(FileError::io("set the mode of", path))
}
