//! What root inside a container may do: Docker's rule of how capabilities are added and dropped.

use gantry_runtime::api::{Capabilities, UnknownCapability};

/// Docker's default set with some added and some dropped. `ALL` among the dropped leaves what is added; `ALL` among the
/// added leaves what is not dropped.
pub(super) fn capabilities(added: &[String], dropped: &[String]) -> Result<Capabilities, UnknownCapability> {
    let (added, dropped) = (union(added)?, union(dropped)?);
    Ok(match (added.contains(Capabilities::ALL), dropped.contains(Capabilities::ALL)) {
        (_, true) => added,
        (true, false) => Capabilities::ALL.without(dropped),
        (false, false) => Capabilities::DOCKER_DEFAULT.without(dropped).with(added),
    })
}

fn union(names: &[String]) -> Result<Capabilities, UnknownCapability> {
    names.iter().try_fold(Capabilities::NONE, |all, name| Ok(all.with(Capabilities::named(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_special_on_either_side() {
        let set = |added: &[&str], dropped: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            capabilities(&owned(added), &owned(dropped)).unwrap()
        };
        let named = |name| Capabilities::named(name).unwrap();
        assert_eq!(set(&[], &[]), Capabilities::DOCKER_DEFAULT);
        assert_eq!(
            set(&["SYS_PTRACE"], &["MKNOD"]),
            Capabilities::DOCKER_DEFAULT.without(named("MKNOD")).with(named("SYS_PTRACE"))
        );
        assert_eq!(set(&["NET_BIND_SERVICE"], &["ALL"]), named("NET_BIND_SERVICE"));
        assert_eq!(set(&["ALL"], &["SYS_ADMIN"]), Capabilities::ALL.without(named("SYS_ADMIN")));
        assert!(capabilities(&["SYS_MAGIC".into()], &[]).is_err());
    }
}
