//! Giving up rights, in the one order that works.

use super::process::Process;
use super::user::User;
use crate::api::Capabilities;
use crate::failure::{Doing, Failure};
use crate::seccomp::Filter;
use rustix::fs::{Gid, Uid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set, set_capabilities, set_no_new_privs,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use std::io;

/// After this the process is the user, with no more than the container's capabilities, behind the filter.
///
/// As in Docker, a user other than root has none of them in hand; the bounding set stays, for set-user-id programs.
pub(super) fn drop_to(process: &Process, user: &User) -> Result<(), Failure> {
    let filter = Filter::docker_default(process.capabilities);
    limit_bounding_set(process.capabilities).doing("limit the bounding set")?;
    clear_ambient_capability_set().doing("clear ambient capabilities")?;
    set_thread_groups(&all_groups(process, user)).doing("set groups")?;
    if !process.no_new_privs {
        filter.load().doing("load the seccomp filter")?;
    }
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    set_thread_res_gid(gid, gid, gid).doing("set the group")?;
    set_thread_res_uid(uid, uid, uid).doing("set the user")?;
    keep(if user.uid == 0 { process.capabilities } else { Capabilities::NONE }).doing("drop capabilities")?;
    if process.no_new_privs {
        set_no_new_privs(true).doing("forbid new privileges")?;
        filter.load().doing("load the seccomp filter")?;
    }
    Ok(())
}

/// The user's own group stands among the further ones too, as in Docker: a program that gives up the first one by a
/// set-group-id bit must not lose what the group is denied.
fn all_groups(process: &Process, user: &User) -> Vec<Gid> {
    let mut numbers: Vec<u32> =
        [user.gid].iter().chain(&user.groups).chain(&process.additional_gids).copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(Gid::from_raw).collect()
}

/// The bounding set is the most that any program of the container can ever have.
fn limit_bounding_set(keep: Capabilities) -> io::Result<()> {
    for bit in 0..u64::BITS {
        if keep.bits() >> bit & 1 == 1 {
            continue;
        }
        // SAFETY: integer arguments.
        let rc = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(bit), 0, 0, 0) };
        if rc == 0 {
            continue;
        }
        return match io::Error::last_os_error() {
            // The first number that this kernel does not know: there are no more.
            past if past.raw_os_error() == Some(libc::EINVAL) => Ok(()),
            error => Err(error),
        };
    }
    Ok(())
}

fn keep(capabilities: Capabilities) -> io::Result<()> {
    let set = CapabilitySet::from_bits_retain(capabilities.bits());
    let sets = CapabilitySets { effective: set, permitted: set, inheritable: CapabilitySet::empty() };
    Ok(set_capabilities(None, sets)?)
}
