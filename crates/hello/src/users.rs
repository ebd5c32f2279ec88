//! Commands that say who and where this is. Names come from the image's own files, where it has them.

use std::fs;

use crate::output::line;
use crate::{Failure, Outcome, tried};

/// The effective ids of this process.
struct Ids {
    user: u32,
    group: u32,
    groups: Vec<u32>,
}

/// `hostname`.
pub(crate) fn host_name(_: &[String]) -> Outcome {
    line(&read_host_name()?)?;
    Ok(0)
}

/// `whoami`.
pub(crate) fn who_am_i(_: &[String]) -> Outcome {
    let user = Ids::read()?.user;
    line(&name_in("/etc/passwd", user).unwrap_or_else(|| user.to_string()))?;
    Ok(0)
}

/// `id`.
pub(crate) fn id(_: &[String]) -> Outcome {
    let ids = Ids::read()?;
    let named = |file: &str, id: u32| match name_in(file, id) {
        Some(name) => format!("{id}({name})"),
        None => id.to_string(),
    };
    let mut groups = ids.groups;
    if !groups.contains(&ids.group) {
        groups.insert(0, ids.group);
    }
    let groups: Vec<String> = groups.into_iter().map(|group| named("/etc/group", group)).collect();
    let (user, group) = (named("/etc/passwd", ids.user), named("/etc/group", ids.group));
    line(&format!("uid={user} gid={group} groups={}", groups.join(",")))?;
    Ok(0)
}

/// The name that the kernel has for this host.
pub(crate) fn read_host_name() -> Result<String, Failure> {
    let path = "/proc/sys/kernel/hostname";
    Ok(fs::read_to_string(path).map_err(tried(path))?.trim().to_owned())
}

impl Ids {
    fn read() -> Result<Self, Failure> {
        let path = "/proc/self/status";
        let status = fs::read_to_string(path).map_err(tried(path))?;
        let numbers = |key: &str| -> Vec<u32> {
            let values = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
            values.split_whitespace().filter_map(|number| number.parse().ok()).collect()
        };
        // The second of the four numbers is the effective one.
        let effective =
            |key| numbers(key).get(1).copied().ok_or(Failure::Failed(format!("{path} lacks {key}")));
        Ok(Self { user: effective("Uid:")?, group: effective("Gid:")?, groups: numbers("Groups:") })
    }
}

/// Files of lines `name:x:ID:…`.
fn name_in(file: &str, id: u32) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line =
        text.lines().find(|line| line.split(':').nth(2).and_then(|text| text.parse().ok()) == Some(id))?;
    line.split(':').next().map(str::to_owned)
}
