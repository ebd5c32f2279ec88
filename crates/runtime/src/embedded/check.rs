//! Is a specification possible at all? Asked before anything is made, so that what is wrong is named by its field.

use crate::api::{Capabilities, ContainerSpec, CreateError, ExecError, ExecSpec};
use crate::container::is_known_ulimit;
use crate::sys::channel::DESCRIPTORS_MAX;

/// Mounts travel as descriptors of one message, which carries five others.
const MOUNTS_MAX: usize = DESCRIPTORS_MAX - 5;

/// Longest host name of Linux.
const HOSTNAME_BYTES_MAX: usize = 64;

/// Longest task id: it names a folder.
const TASK_ID_BYTES_MAX: usize = 128;

/// The kernel stacks no more on an overlay.
const LAYERS_MAX: usize = 500;

type Checked = Result<(), (&'static str, String)>;

pub(super) fn container(spec: &ContainerSpec) -> Result<(), CreateError> {
    let checked = task_id(&spec.task_id)
        .and_then(|()| layers(spec))
        .and_then(|()| program("args", &spec.args, &spec.env))
        .and_then(|()| folder("cwd", &spec.cwd))
        .and_then(|()| no_zero("user", &spec.user))
        .and_then(|()| hostname(&spec.hostname))
        .and_then(|()| mounts(spec))
        .and_then(|()| capabilities(spec.capabilities))
        .and_then(|()| ulimits(spec));
    checked.map_err(|(field, problem)| CreateError::Invalid { field, problem })
}

pub(super) fn exec(spec: &ExecSpec) -> Result<(), ExecError> {
    let checked = program("args", &spec.args, &spec.env)
        .and_then(|()| folder("cwd", spec.cwd.as_deref().unwrap_or_default()))
        .and_then(|()| no_zero("user", spec.user.as_deref().unwrap_or_default()));
    checked.map_err(|(field, problem)| ExecError::Invalid { field, problem })
}

fn ensure(holds: bool, field: &'static str, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err((field, problem())) }
}

fn task_id(text: &str) -> Checked {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let fits = (1..=TASK_ID_BYTES_MAX).contains(&text.len()) && !text.starts_with('.');
    ensure(fits && text.chars().all(legal), "task_id", || format!("{text:?} is not a name for a folder"))
}

fn layers(spec: &ContainerSpec) -> Checked {
    let count = spec.layers.len();
    let possible = (1..=LAYERS_MAX).contains(&count);
    ensure(possible, "layers", || format!("{count} layers, where 1 to {LAYERS_MAX} are possible"))?;
    let absolute = spec.layers.iter().all(|layer| layer.is_absolute());
    ensure(absolute, "layers", || "a path is not absolute".into())
}

fn program(field: &'static str, args: &[String], env: &[String]) -> Checked {
    ensure(args.first().is_some_and(|name| !name.is_empty()), field, || "no command specified".into())?;
    args.iter().try_for_each(|arg| no_zero(field, arg))?;
    env.iter().try_for_each(|pair| {
        no_zero("env", pair)?;
        let named = pair.find('=').is_some_and(|at| at > 0);
        ensure(named, "env", || format!("{pair:?} is not NAME=value"))
    })
}

fn folder(field: &'static str, path: &str) -> Checked {
    no_zero(field, path)?;
    let legal = path.is_empty() || path.starts_with('/');
    ensure(legal, field, || format!("the path {path:?} is not absolute"))
}

fn no_zero(field: &'static str, text: &str) -> Checked {
    ensure(!text.contains('\0'), field, || "a zero byte".into())
}

fn hostname(name: &str) -> Checked {
    let fits = (1..=HOSTNAME_BYTES_MAX).contains(&name.len()) && !name.contains('\0');
    ensure(fits, "hostname", || format!("{name:?} does not have 1 to {HOSTNAME_BYTES_MAX} bytes"))
}

fn mounts(spec: &ContainerSpec) -> Checked {
    let count = spec.mounts.len();
    ensure(count <= MOUNTS_MAX, "mounts", || format!("{count} mounts, where {MOUNTS_MAX} are possible"))?;
    let binds = spec.mounts.iter().map(|mount| &mount.target);
    binds.chain(spec.tmpfs.iter().map(|mount| &mount.target)).try_for_each(|target| {
        no_zero("mounts", target)?;
        let inside = target.starts_with('/') && !target.trim_matches('/').is_empty();
        ensure(inside, "mounts", || format!("{target:?} is not a path below the root"))
    })
}

/// What the host withholds from this process, it cannot give to a container.
fn capabilities(wanted: Capabilities) -> Checked {
    let have = rustix::thread::capabilities(None).map(|sets| sets.permitted.bits()).unwrap_or(u64::MAX);
    let missing: Vec<_> = wanted.without(Capabilities::from_bits(have)).names().collect();
    ensure(missing.is_empty(), "capabilities", || format!("this host does not have {}", missing.join(", ")))
}

fn ulimits(spec: &ContainerSpec) -> Checked {
    spec.ulimits.iter().try_for_each(|limit| {
        ensure(is_known_ulimit(&limit.name), "ulimits", || format!("there is no ulimit {:?}", limit.name))?;
        ensure(limit.soft <= limit.hard, "ulimits", || {
            format!("{}: the soft limit is above the hard one", limit.name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{BindMount, ContainerId, LogSpec, Ulimit};

    fn problem(change: impl FnOnce(&mut ContainerSpec)) -> Option<String> {
        let id = ContainerId::parse("0123456789abcdef0123456789abcdef").unwrap();
        let layers = vec!["/layer".into()];
        let mut spec =
            ContainerSpec::new(id, "task", layers, vec!["app".into()], LogSpec::in_dir("/log".into()));
        change(&mut spec);
        container(&spec).err().map(|error| error.to_string())
    }

    fn bind(target: &str) -> BindMount {
        BindMount { source: "/x".into(), target: target.into(), read_only: false }
    }

    #[test]
    fn what_is_impossible_is_named() {
        assert_eq!(problem(|_| {}), None);
        let expect = |change: fn(&mut ContainerSpec), text: &str| {
            let problem = problem(change).expect(text);
            assert!(problem.contains(text), "{problem:?} does not contain {text:?}");
        };
        expect(|spec| spec.args.clear(), "args: no command specified");
        expect(|spec| spec.layers.clear(), "layers: 0 layers");
        expect(|spec| spec.task_id = "../x".into(), "task_id");
        expect(|spec| spec.env.push("NAME".into()), "env: \"NAME\" is not NAME=value");
        expect(|spec| spec.args.push("a\0b".into()), "args: a zero byte");
        expect(|spec| spec.cwd = "relative".into(), "cwd: the path \"relative\" is not absolute");
        expect(|spec| spec.mounts.push(bind("/")), "mounts");
        expect(|spec| spec.mounts = vec![bind("/x"); 300], "mounts: 300 mounts");
        expect(|spec| spec.hostname.clear(), "hostname");
        expect(
            |spec| spec.ulimits.push(Ulimit { name: "nofiles".into(), soft: 1, hard: 1 }),
            "ulimits: there is no ulimit \"nofiles\"",
        );
    }
}
