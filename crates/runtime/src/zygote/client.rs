//! The agent's side of the zygote.

use super::{Answer, Order};
use crate::failure::Failure;
use crate::sys::channel::Channel;
use crate::sys::mount::{Depth, copy_tree, make_read_only};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Executing a program and pruning a mount table takes milliseconds.
const READY_LIMIT: Duration = Duration::from_secs(20);

/// How to start this program so that it calls [`super::zygote_main`].
#[derive(Clone, Debug)]
pub struct ZygoteCommand {
    /// The program.
    pub exe: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl ZygoteCommand {
    /// The program that runs now, even when its file has been replaced meanwhile: agent and zygote speak the same
    /// version.
    pub fn this_program(args: &[&str]) -> ZygoteCommand {
        ZygoteCommand { exe: "/proc/self/exe".into(), args: args.iter().map(OsString::from).collect() }
    }
}

/// The zygote did not start.
#[derive(Debug, thiserror::Error)]
pub enum ZygoteError {
    /// The program was not executed.
    #[error("cannot execute the zygote {}", exe.display())]
    Execute {
        /// Which program.
        exe: PathBuf,
        /// What came back.
        source: io::Error,
    },
    /// It ran and could not do its part.
    #[error("the zygote cannot {doing}")]
    Setup {
        /// What it tried.
        doing: String,
        /// What came back.
        source: io::Error,
    },
    /// It ran and said nothing: the program does not call `zygote_main`, or died.
    #[error("the zygote does not answer")]
    Silent(#[source] io::Error),
}

/// A running zygote. Dropping it ends it.
pub(crate) struct Zygote {
    /// `None` only while it is dropped: closing the channel is what ends the process.
    channel: Option<Channel>,
    process: Child,
}

impl Zygote {
    /// `keep`: existing paths whose mounts containers need. `complaints` takes what a dying process prints.
    pub(crate) fn spawn(
        command: &ZygoteCommand,
        keep: &[PathBuf],
        complaints: File,
    ) -> Result<Zygote, ZygoteError> {
        let executed = |source| ZygoteError::Execute { exe: command.exe.clone(), source };
        let (channel, inner) = Channel::pair().map_err(executed)?;
        let process = execute(command, inner, complaints).map_err(executed)?;
        let zygote = Zygote { channel: Some(channel), process };
        match zygote.ask(&Order::Prune { keep: keep.to_vec() })? {
            Answer::Ready => Ok(zygote),
            Answer::Refused(failure) => Err(refused(&failure)),
        }
    }

    fn ask(&self, order: &Order) -> Result<Answer, ZygoteError> {
        self.send(order, &[]).map_err(ZygoteError::Silent)?;
        let heard = self.channel().receive_within::<Answer>(READY_LIMIT).map_err(ZygoteError::Silent)?;
        let gone = || ZygoteError::Silent(io::ErrorKind::UnexpectedEof.into());
        heard.map(|heard| heard.message).ok_or_else(gone)
    }

    /// Whether it serves orders. Only its own word proves that: a process that is being killed still takes messages.
    pub(crate) fn answers(&self) -> bool {
        self.ask(&Order::Answer).is_ok()
    }

    /// Fails with `BrokenPipe` when the process is gone.
    pub(crate) fn send(&self, order: &Order, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        self.channel().send(order, descriptors)
    }

    /// Hangs up when the process ends.
    pub(crate) fn channel(&self) -> &Channel {
        self.channel.as_ref().expect("the channel is taken by drop only")
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Zygote {
    fn drop(&mut self) {
        drop(self.channel.take());
        // It ends as soon as it reads the end of its channel; waiting leaves no zombie.
        let _ = self.process.wait();
    }
}

fn refused(failure: &Failure) -> ZygoteError {
    ZygoteError::Setup { doing: failure.doing.clone(), source: failure.source() }
}

fn execute(command: &ZygoteCommand, inner: Channel, complaints: File) -> io::Result<Child> {
    let program = protected(&command.exe)?;
    Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()))
        .arg0("gantry-zygote")
        .args(&command.args)
        // Nothing of the agent's environment may be read out of /proc by way of a supervisor.
        .env_clear()
        .current_dir("/")
        .stdin(OwnedFd::from(inner))
        .stdout(Stdio::null())
        .stderr(complaints)
        .spawn()
}

/// The program's file through a mount that nobody can write through.
///
/// A container can get hold of /proc/PID/exe of the process that it begins as. With this mount behind it, the file on
/// the host cannot be opened for writing that way (the class of CVE-2019-5736).
fn protected(exe: &Path) -> io::Result<OwnedFd> {
    let copy = copy_tree(exe)?;
    make_read_only(copy.as_fd(), Depth::ThisMount)?;
    Ok(copy)
}
