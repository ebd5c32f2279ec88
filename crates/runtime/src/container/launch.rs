//! The last steps, in the container's root: become the user, drop rights, execute.

use super::process::Process;
use super::{program, rights, ulimit, user};
use crate::failure::{Doing, NOT_STARTED, NotExecuted, plain};
use crate::sys::process::{FIRST_NOT_STANDARD, close_on_exec_from, execute, reset_signals};
use rustix::fs::{FileType, Gid, Mode, Uid, fchown, fstat, makedev};
use rustix::io::Errno;
use rustix::process::{Signal, chdir, getcwd, set_parent_process_death_signal, umask};
use std::convert::Infallible;
use std::ffi::CString;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;

/// Becomes the program. Returns only what went wrong.
///
/// `parent_lives` is asked after this process has tied its life to its parent's.
pub(crate) fn launch(
    process: &Process,
    parent_lives: impl FnOnce() -> bool,
) -> Result<Infallible, NotExecuted> {
    let user = user::resolve(&process.user)?;
    enter_folder(&process.cwd)?;
    let name = process.args.first().map_or("", String::as_str);
    let path = program::find(name, process.search_path())?;
    let args = c_strings(&process.args)?;
    let env = c_strings(&process.env(&user.home))?;
    own_stdio(user.uid).doing("hand over standard input and output")?;
    ulimit::apply(&process.ulimits)?;
    umask(Mode::from_raw_mode(0o022));
    reset_signals();
    rights::drop_to(process, &user)?;
    // Changing the user cleared what was set before.
    set_parent_process_death_signal(Some(Signal::KILL)).doing("follow the supervisor")?;
    if !parent_lives() {
        return Err(NotExecuted::new(NOT_STARTED, "the supervisor is gone"));
    }
    close_on_exec_from(FIRST_NOT_STANDARD).doing("close descriptors")?;
    let c_path = CString::new(path.as_os_str().as_bytes()).expect("it was opened under this name");
    match execute(&c_path, &args, &env) {
        Err(error) => Err(program::refused(&path, &error)),
    }
}

/// A working directory that leads out of the root shows itself by a path that does not begin with a slash.
fn enter_folder(cwd: &str) -> Result<(), NotExecuted> {
    let inside = || getcwd(Vec::new()).is_ok_and(|path| path.as_bytes().starts_with(b"/"));
    let entered = chdir(cwd).map_err(io::Error::from).and_then(|()| {
        if inside() { Ok(()) } else { Err(io::Error::other("it is outside of the container")) }
    });
    entered.map_err(|error| {
        NotExecuted::new(NOT_STARTED, format!("chdir to cwd ({cwd:?}) failed: {}", plain(&error)))
    })
}

fn c_strings(list: &[String]) -> Result<Vec<CString>, NotExecuted> {
    let convert = |text: &String| CString::new(text.as_str());
    let converted: Result<_, _> = list.iter().map(convert).collect();
    converted.map_err(|_| NotExecuted::new(NOT_STARTED, "an argument or variable holds a zero byte"))
}

/// A program without root opens /dev/stdout by name only if the pipe behind it is its own.
fn own_stdio(uid: u32) -> io::Result<()> {
    for number in 0..=2 {
        // SAFETY: the standard descriptors stay open for the life of this process.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        let about = fstat(fd)?;
        let is_device = FileType::from_raw_mode(about.st_mode) == FileType::CharacterDevice;
        if about.st_uid == uid || (is_device && about.st_rdev == makedev(1, 3)) {
            continue;
        }
        match fchown(fd, Some(Uid::from_raw(uid)), None::<Gid>) {
            // What a caller passes to a further process may be anything; only reopening by name is lost.
            Ok(()) | Err(Errno::INVAL | Errno::PERM | Errno::ROFS) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
