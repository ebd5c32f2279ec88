//! A runtime of its own for each test, with an image made of busybox and the helper, cleaned up whatever happens.

mod image;

use gantry_runtime::api::{ContainerId, ContainerSpec, Event, EventSink, ExecSpec, Exit, LogSpec, Runtime};
use gantry_runtime::embedded::{Config, Embedded};
use gantry_runtime::log::{LogReader, Stream};
use gantry_runtime::zygote::ZygoteCommand;
use rustix::mount::{MountFlags, UnmountFlags};
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

pub(crate) use image::shared_layer;

/// Longer than anything takes on a busy machine; a test that waits so long has failed.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Where a host's own disk is mounted.
const DISK: &str = "disk";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A host for containers.
pub(crate) struct Host {
    pub(crate) dir: tempfile::TempDir,
    config: Config,
    runtime: Option<Embedded>,
    events: Receiver<Event>,
    made: std::cell::RefCell<Vec<ContainerId>>,
}

impl Host {
    pub(crate) fn new() -> Host {
        Host::with_cgroups_at("/sys/fs/cgroup")
    }

    /// A host whose cgroups are those mounted at `root`.
    pub(crate) fn with_cgroups_at(root: &str) -> Host {
        Host::with(|config| config.cgroup_root = root.into())
    }

    /// A host with a disk of its own, of this size.
    pub(crate) fn with_disk_of(bytes: u64) -> Host {
        Host::with(|config| {
            let disk = config.state_dir.parent().unwrap().join(DISK);
            fs::create_dir(&disk).unwrap();
            let size = std::ffi::CString::new(format!("size={bytes}")).unwrap();
            rustix::mount::mount("tmpfs", &disk, "tmpfs", MountFlags::empty(), Some(size.as_c_str()))
                .unwrap();
            config.state_dir = disk.join("state");
        })
    }

    fn with(change: impl FnOnce(&mut Config)) -> Host {
        sweep();
        let dir = tempfile::tempdir().unwrap();
        let zygote = ZygoteCommand { exe: helper(), args: vec!["zygote".into()] };
        let mut config = Config::new(dir.path().join("state"), vec![shared_layer()], zygote);
        config.cgroup_parent = format!("{PARENT}-{}-{}", std::process::id(), unique()).into();
        change(&mut config);
        let (runtime, events) = open(config.clone());
        Host { dir, config, runtime: Some(runtime), events, made: Vec::new().into() }
    }

    pub(crate) fn runtime(&self) -> &Embedded {
        self.runtime.as_ref().expect("open between tests' steps")
    }

    /// Ends the agent's side, as if its process had been killed.
    pub(crate) fn close(&mut self) {
        self.runtime = None;
    }

    /// A new agent on the same host.
    pub(crate) fn reopen(&mut self) {
        self.close();
        let (runtime, events) = open(self.config.clone());
        (self.runtime, self.events) = (Some(runtime), events);
    }

    pub(crate) fn state_dir(&self, id: &ContainerId) -> PathBuf {
        self.config.state_dir.join(id.as_str())
    }

    /// The container's folder in a hierarchy of cgroups, such as `memory`.
    pub(crate) fn cgroup(&self, hierarchy: &str, id: &ContainerId) -> PathBuf {
        let parent = self.config.cgroup_root.join(hierarchy).join(&self.config.cgroup_parent);
        parent.join("task").join(id.as_str())
    }

    /// A container of the shared image.
    pub(crate) fn spec(&self, args: &[&str]) -> ContainerSpec {
        let id = ContainerId::parse(&format!(
            "{:032x}",
            u128::from(std::process::id()) << 32 | u128::from(unique())
        ));
        let id = id.unwrap();
        let log = self.dir.path().join(format!("log-{id}"));
        fs::create_dir(&log).unwrap();
        self.made.borrow_mut().push(id.clone());
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        ContainerSpec::new(id, "task", vec![shared_layer()], args, LogSpec::in_dir(log))
    }

    /// Creates and starts.
    pub(crate) fn run(&self, spec: ContainerSpec) -> ContainerId {
        let id = spec.id.clone();
        self.runtime().create(spec).unwrap();
        self.runtime().start(&id).unwrap();
        id
    }

    /// Runs a shell script to its end: how it ended, and what it printed.
    pub(crate) fn script(&self, script: &str) -> (Exit, String) {
        self.script_with(script, |_| {})
    }

    /// As [`Host::script`], in a container that differs.
    pub(crate) fn script_with(
        &self,
        script: &str,
        change: impl FnOnce(&mut ContainerSpec),
    ) -> (Exit, String) {
        let mut spec = self.spec(&["/bin/sh", "-c", script]);
        change(&mut spec);
        let id = self.run(spec);
        let exit = self.exit_of(&id);
        (exit, self.output(&id))
    }

    /// The words for why a container was not made.
    pub(crate) fn runtime_error(&self, spec: ContainerSpec) -> String {
        self.runtime().create(spec).unwrap_err().to_string()
    }

    /// Waits for the next event.
    pub(crate) fn event(&self) -> Event {
        self.events.recv_timeout(LIMIT).expect("an event comes")
    }

    /// Waits for this container's end; ends of others are passed over.
    pub(crate) fn exit_of(&self, wanted: &ContainerId) -> Exit {
        loop {
            let Event::Exited { id, exit } = self.event();
            if id == *wanted {
                return exit;
            }
        }
    }

    /// No event is there now.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self.events.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout))
    }

    pub(crate) fn log_dir(&self, id: &ContainerId) -> PathBuf {
        self.dir.path().join(format!("log-{id}"))
    }

    /// Everything that the container has printed so far, both streams.
    pub(crate) fn output(&self, id: &ContainerId) -> String {
        text(&self.log_dir(id))
    }

    /// Waits until the container has printed this.
    pub(crate) fn wait_for_output(&self, id: &ContainerId, wanted: &str) {
        let watch = gantry_runtime::log::LogWatch::new().unwrap();
        watch.add(&self.log_dir(id)).unwrap();
        while !self.output(id).contains(wanted) {
            assert!(
                !watch.wait(Some(LIMIT)).unwrap().is_empty(),
                "{wanted:?} does not come: {:?}",
                self.output(id)
            );
        }
    }

    /// Runs a further process to its end: its code, and what it printed.
    pub(crate) fn exec(&self, id: &ContainerId, args: &[&str]) -> (i32, String) {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self.exec_with(id, ExecSpec { args, ..ExecSpec::default() })
    }

    pub(crate) fn exec_with(&self, id: &ContainerId, spec: ExecSpec) -> (i32, String) {
        let (reader, writer) = std::io::pipe().unwrap();
        let null = File::open("/dev/null").unwrap();
        let stdio: [OwnedFd; 3] = [null.into(), writer.try_clone().unwrap().into(), writer.into()];
        let handle = self.runtime().exec(id, spec, stdio).unwrap();
        let mut text = String::new();
        let mut reader = reader;
        reader.read_to_string(&mut text).unwrap();
        (handle.wait().unwrap(), text)
    }

    /// The shim of a container: the parent of its first process.
    pub(crate) fn shim_pid(&self, pid: u32) -> u32 {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("PPid:")).unwrap();
        line["PPid:".len()..].trim().parse().unwrap()
    }
}

impl Drop for Host {
    /// Kills and removes every container, so that nothing outlives a failed test.
    fn drop(&mut self) {
        if self.runtime.is_none() {
            self.reopen();
            let _ = self.runtime().recover();
        }
        let ids = self.made.take();
        for id in &ids {
            let _ = self.runtime().kill(id);
        }
        for id in &ids {
            // A second panic would hide the first; what stays is swept by the next test.
            becomes_true(|| self.runtime().remove(id).is_ok());
        }
        self.close();
        remove_groups(&self.config.cgroup_root, &self.config.cgroup_parent);
        // Only some hosts have a disk of their own.
        let _ = rustix::mount::unmount(self.dir.path().join(DISK), UnmountFlags::DETACH);
    }
}

fn open(config: Config) -> (Embedded, Receiver<Event>) {
    let (sender, events) = channel();
    let sink: EventSink = Box::new(move |event| drop(sender.send(event)));
    (Embedded::open(config, sink).unwrap(), events)
}

/// Reads a log from its beginning.
pub(crate) fn text(dir: &Path) -> String {
    let mut reader = LogReader::new(dir, 0);
    let mut text = Vec::new();
    loop {
        let batch = reader.read(1 << 20).unwrap();
        if batch.frames.is_empty() {
            return String::from_utf8_lossy(&text).into_owned();
        }
        let output =
            batch.frames.into_iter().filter(|frame| matches!(frame.stream, Stream::Stdout | Stream::Stderr));
        text.extend(output.flat_map(|frame| frame.data));
    }
}

/// The bytes of the newest segment, frames' heads included.
pub(crate) fn text_of_last_segment(dir: &Path) -> String {
    let newest = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).max();
    // A segment may be deleted between the two looks.
    newest
        .and_then(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// For states of the kernel that tell nobody when they change, such as a process that disappears.
pub(crate) fn wait_until(holds: impl FnMut() -> bool) {
    assert!(becomes_true(holds), "it does not become true");
}

fn becomes_true(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = std::time::Instant::now() + LIMIT;
    while !holds() {
        if std::time::Instant::now() > deadline {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

/// The helper program of this crate's tests.
pub(crate) fn helper() -> PathBuf {
    env!("CARGO_BIN_EXE_gantry-runtime-helper").into()
}

pub(crate) fn unique() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The cgroups of these tests begin with this, followed by the test's process id.
const PARENT: &str = "gantry-runtime-test";

/// Kills and removes what test processes have left that were killed themselves.
fn sweep() {
    let Ok(entries) = fs::read_dir("/sys/fs/cgroup/pids") else { return };
    for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
        let owner = name.strip_prefix(PARENT).and_then(|rest| rest.split('-').nth(1)?.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            kill_below(&Path::new("/sys/fs/cgroup/pids").join(&name));
            remove_groups(Path::new("/sys/fs/cgroup"), Path::new(&name));
        }
    }
}

/// The groups' name says that these processes are of these tests.
fn kill_below(group: &Path) {
    for folder in fs::read_dir(group).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if folder.is_dir() {
            kill_below(&folder);
        }
    }
    let procs = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    for pid in procs.lines().filter_map(|line| line.parse::<i32>().ok()).filter(|pid| *pid > 0) {
        // SAFETY: sends a signal.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// Removes groups bottom up; one that is in use stays.
fn remove_groups(root: &Path, parent: &Path) {
    let hierarchies = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    for top in hierarchies.chain([root.to_owned()]).map(|hierarchy| hierarchy.join(parent)) {
        remove_below(&top);
    }
}

fn remove_below(group: &Path) {
    let below = fs::read_dir(group).into_iter().flatten().flatten().map(|entry| entry.path());
    below.filter(|path| path.is_dir()).for_each(|path| remove_below(&path));
    let _ = fs::remove_dir(group);
}
