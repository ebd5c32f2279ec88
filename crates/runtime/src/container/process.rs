//! What is to be executed: the container's own program, or a further one inside it.

use crate::api::{Capabilities, ContainerSpec, ExecSpec, Ulimit};

/// The search path of a container whose environment has none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program with everything that surrounds it.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(super) args: Vec<String>,
    env: Vec<String>,
    pub(super) cwd: String,
    pub(super) user: String,
    pub(super) additional_gids: Vec<u32>,
    pub(super) capabilities: Capabilities,
    pub(super) no_new_privs: bool,
    pub(super) ulimits: Vec<Ulimit>,
}

impl Process {
    /// The container's own program.
    pub(crate) fn of_container(spec: &ContainerSpec) -> Process {
        let mut env = vec![format!("PATH={DEFAULT_PATH}"), format!("HOSTNAME={}", spec.hostname)];
        if spec.tty {
            env.push("TERM=xterm".to_owned());
        }
        spec.env.iter().for_each(|pair| set(&mut env, pair));
        Process {
            args: spec.args.clone(),
            env,
            cwd: if spec.cwd.is_empty() { "/".to_owned() } else { spec.cwd.clone() },
            user: spec.user.clone(),
            additional_gids: spec.additional_gids.clone(),
            capabilities: spec.capabilities,
            no_new_privs: spec.no_new_privs,
            ulimits: spec.ulimits.clone(),
        }
    }

    /// A further program, which differs from the container's own where `exec` says so.
    pub(crate) fn of_exec(spec: &ContainerSpec, exec: &ExecSpec) -> Process {
        let mut process = Process::of_container(spec);
        process.args.clone_from(&exec.args);
        if exec.tty.is_some() && !process.env.iter().any(|pair| name(pair) == "TERM") {
            process.env.push("TERM=xterm".to_owned());
        }
        exec.env.iter().for_each(|pair| set(&mut process.env, pair));
        if let Some(cwd) = &exec.cwd {
            process.cwd.clone_from(cwd);
        }
        if let Some(user) = &exec.user {
            process.user.clone_from(user);
        }
        process
    }

    /// The environment, with the user's home where nothing else was asked for.
    pub(super) fn env(&self, home: &str) -> Vec<String> {
        let mut env = self.env.clone();
        if !env.iter().any(|pair| name(pair) == "HOME") {
            env.push(format!("HOME={home}"));
        }
        env
    }

    /// Where programs are looked for.
    pub(super) fn search_path(&self) -> &str {
        let path = self.env.iter().find(|pair| name(pair) == "PATH");
        path.and_then(|pair| pair.split_once('=')).map_or("", |(_, value)| value)
    }
}

fn name(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

/// The last value of a name wins; C programs would take the first, so there must be one only.
fn set(env: &mut Vec<String>, pair: &str) {
    match env.iter_mut().find(|known| name(known) == name(pair)) {
        Some(known) => pair.clone_into(known),
        None => env.push(pair.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ContainerId, LogSpec};

    fn spec(env: &[&str]) -> ContainerSpec {
        let id = ContainerId::parse("0123456789abcdef0123456789abcdef").unwrap();
        let args = vec!["app".to_owned()];
        let mut spec = ContainerSpec::new(id, "task", vec![], args, LogSpec::in_dir("/log".into()));
        spec.env = env.iter().map(|pair| (*pair).to_owned()).collect();
        spec
    }

    #[test]
    fn the_environment_is_completed_and_the_last_value_wins() {
        let process = Process::of_container(&spec(&["A=1", "PATH=/app", "A=2"]));
        assert_eq!(process.env("/root"), ["PATH=/app", "HOSTNAME=0123456789ab", "A=2", "HOME=/root"]);
        assert_eq!(process.search_path(), "/app");
        let kept = Process::of_container(&spec(&["HOME=/app", "HOSTNAME=web"])).env("/root");
        assert_eq!(kept[1..], ["HOSTNAME=web", "HOME=/app"]);
    }

    #[test]
    fn a_further_program_differs_only_where_it_is_told_to() {
        let exec = ExecSpec {
            args: vec!["sh".into()],
            env: vec!["A=3".into()],
            user: Some("web".into()),
            tty: Some(crate::api::WindowSize { rows: 24, columns: 80 }),
            ..ExecSpec::default()
        };
        let process = Process::of_exec(&spec(&["A=1", "B=2"]), &exec);
        assert_eq!(process.env("/")[2..], ["A=3", "B=2", "TERM=xterm", "HOME=/"]);
        assert_eq!((process.args.as_slice(), process.cwd.as_str()), (&["sh".to_owned()][..], "/"));
        assert_eq!(process.user, "web");
    }
}
