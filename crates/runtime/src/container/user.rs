//! Who the program runs as, looked up in the image's own files.
//!
//! The rules are Docker's: a name must be in /etc/passwd, a number need not be; the group after a colon likewise;
//! without one it is the user's, with the further groups that list the user.

use crate::failure::{NOT_STARTED, NotExecuted};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

/// Longest file that is read: a hostile image must not fill the memory of its own start.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Ids are 31 bits in Docker's rules.
const ID_MAX: u32 = i32::MAX as u32;

/// A user that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) groups: Vec<u32>,
    pub(super) home: String,
}

struct PasswdLine<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
    home: &'a str,
}

struct GroupLine<'a> {
    name: &'a str,
    gid: u32,
    members: &'a str,
}

/// Reads the files of the root that this process is in.
pub(super) fn resolve(wanted: &str) -> Result<User, NotExecuted> {
    resolve_in(wanted, &read("/etc/passwd"), &read("/etc/group"))
}

/// An image need not have these files. Opening must not wait for what an image may put there instead.
fn read(path: &str) -> String {
    let open = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    let regular = open.and_then(|file| Ok(file.metadata()?.is_file().then_some(file)));
    let mut bytes = Vec::new();
    if let Ok(Some(file)) = regular {
        // A part that cannot be read counts as absent: then the name is not found, and that is the error.
        let _ = file.take(FILE_BYTES_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn resolve_in(wanted: &str, passwd: &str, group: &str) -> Result<User, NotExecuted> {
    let (user_part, group_part) = wanted.split_once(':').unwrap_or((wanted, ""));
    let line = find_user(if user_part.is_empty() { "0" } else { user_part }, passwd);
    let number = if user_part.is_empty() { Some(0) } else { id(user_part)? };
    let mut user = match (&line, number) {
        (Some(line), _) => {
            User { uid: line.uid, gid: line.gid, groups: Vec::new(), home: line.home.to_owned() }
        }
        (None, Some(uid)) => User { uid, gid: 0, groups: Vec::new(), home: String::new() },
        (None, None) => return Err(not_found("user", user_part, "passwd")),
    };
    if group_part.is_empty() {
        let name = line.as_ref().map_or("", |line| line.name);
        user.groups = groups_of(name, group);
    } else {
        user.gid = find_group(group_part, group)?;
    }
    if user.home.is_empty() {
        "/".clone_into(&mut user.home);
    }
    Ok(user)
}

/// A number is always an id, even where a user has a number as the name.
fn find_user<'a>(wanted: &str, passwd: &'a str) -> Option<PasswdLine<'a>> {
    let number: Option<u32> = wanted.parse().ok();
    passwd.lines().filter_map(passwd_line).find(|line| match number {
        Some(uid) => line.uid == uid,
        None => line.name == wanted,
    })
}

fn find_group(wanted: &str, group: &str) -> Result<u32, NotExecuted> {
    let number = id(wanted)?;
    let found = group.lines().filter_map(group_line).find(|line| match number {
        Some(gid) => line.gid == gid,
        None => line.name == wanted,
    });
    found.map(|line| line.gid).or(number).ok_or_else(|| not_found("group", wanted, "group"))
}

fn groups_of(name: &str, group: &str) -> Vec<u32> {
    let lists =
        |line: &GroupLine<'_>| !name.is_empty() && line.members.split(',').any(|member| member == name);
    group.lines().filter_map(group_line).filter(lists).map(|line| line.gid).collect()
}

fn id(text: &str) -> Result<Option<u32>, NotExecuted> {
    match text.parse::<u64>() {
        Err(_) => Ok(None),
        Ok(number) => match u32::try_from(number) {
            Ok(id) if id <= ID_MAX => Ok(Some(id)),
            _ => Err(NotExecuted::new(NOT_STARTED, format!("uids and gids must be in range 0-{ID_MAX}"))),
        },
    }
}

fn not_found(kind: &str, name: &str, file: &str) -> NotExecuted {
    NotExecuted::new(NOT_STARTED, format!("unable to find {kind} {name}: no matching entries in {file} file"))
}

fn passwd_line(line: &str) -> Option<PasswdLine<'_>> {
    let fields: Vec<_> = line.split(':').collect();
    let [name, _, uid, gid, _, home, ..] = fields[..] else { return None };
    Some(PasswdLine { name, uid: uid.parse().ok()?, gid: gid.parse().ok()?, home })
}

fn group_line(line: &str) -> Option<GroupLine<'_>> {
    let fields: Vec<_> = line.split(':').collect();
    let [name, _, gid, members] = fields[..] else { return None };
    Some(GroupLine { name, gid: gid.parse().ok()?, members })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nbroken\nweb:x:101:102::/srv/web:/bin/false\n";
    const GROUP: &str = "root:x:0:\nweb:x:102:\naudio:x:29:other,web\nvideo:x:44:web\n";

    fn check(wanted: &str, uid: u32, gid: u32, groups: &[u32], home: &str) {
        let expected = User { uid, gid, groups: groups.to_vec(), home: home.to_owned() };
        assert_eq!(resolve_in(wanted, PASSWD, GROUP), Ok(expected), "{wanted:?}");
    }

    #[test]
    fn users_are_found_as_docker_finds_them() {
        check("", 0, 0, &[], "/root");
        check("web", 101, 102, &[29, 44], "/srv/web");
        check("101", 101, 102, &[29, 44], "/srv/web");
        check("web:audio", 101, 29, &[], "/srv/web");
        check("web:7", 101, 7, &[], "/srv/web");
        check("5000", 5000, 0, &[], "/");
        check("5000:6000", 5000, 6000, &[], "/");
        check(":video", 0, 44, &[], "/root");
    }

    #[test]
    fn unknown_names_and_large_numbers_are_refused_in_docker_s_words() {
        let message = |wanted| resolve_in(wanted, PASSWD, GROUP).unwrap_err().message;
        assert_eq!(message("nobody"), "unable to find user nobody: no matching entries in passwd file");
        assert_eq!(message("web:wheel"), "unable to find group wheel: no matching entries in group file");
        assert_eq!(message("4294967295"), "uids and gids must be in range 0-2147483647");
    }

    #[test]
    fn an_image_without_files_has_root() {
        let expected = User { uid: 0, gid: 0, groups: vec![], home: "/".into() };
        assert_eq!(resolve_in("", "", ""), Ok(expected));
    }
}
