//! A machine of its own for what this host's kernel does not have: Debian's cloud kernel in an emulator, with unified
//! cgroups and everything else in memory. It has no network but its own loopback; commands go in and answers come out over
//! the serial console.

mod archive;
mod console;
mod modules;
mod software;

use crate::product::workspace;
use anyhow::{Context, Result, ensure};
use console::Console;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A machine is emulated instruction by instruction; on a busy host its whole life still ends long before this.
const LIFE_LIMIT: Duration = Duration::from_secs(240);

/// Room for the smallest task on Fargate, of 512 MiB, beside what an agent reserves for its host and what the kernel takes.
const MEMORY_MIB: &str = "850";

/// Kernel messages would tear answers apart, so that only its last words reach the console.
const KERNEL_ARGUMENTS: &str = "console=ttyS0 loglevel=1 panic=-1 reboot=t";

/// An ordinary board with nothing on it but a serial port, and a bound on the memory for translated code. (Boards that boot
/// faster have no timer by which a kernel that is emulated on a busy host could measure its processor: it then hangs in one
/// start of two.)
const HARDWARE: [&str; 16] = [
    "-machine",
    "q35",
    "-accel",
    "tcg,tb-size=256",
    "-cpu",
    "max",
    "-smp",
    "2",
    "-m",
    MEMORY_MIB,
    "-nodefaults",
    "-no-user-config",
    "-no-reboot",
    "-nographic",
    "-serial",
    "stdio",
];

/// A machine that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct Machine {
    emulator: Child,
    console: Console,
    /// Holds the archive.
    _folder: tempfile::TempDir,
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code.
    pub code: i32,
    /// What it printed, to standard output and error.
    pub text: String,
}

impl Machine {
    /// Boots one with these programs in `/bin`, beside busybox.
    ///
    /// # Errors
    /// When a part is missing; the message says what installs it.
    ///
    /// # Panics
    /// When the machine does not come up.
    pub fn boot(programs: &[&Path]) -> Result<Self> {
        let kernel = kernel()?;
        let folder = tempfile::Builder::new().prefix("gantry-test-").tempdir()?;
        let archive = folder.path().join("initramfs");
        software::write_archive(&archive, &kernel, programs)?;
        let mut emulator = emulator(&kernel, &archive).spawn().context("cannot run setpriv")?;
        let (input, output) = (emulator.stdin.take(), emulator.stdout.take());
        let (input, output) = (input.context("it is piped")?, output.context("it is piped")?);
        let console = Console::new(input, output, Instant::now() + LIFE_LIMIT);
        let mut machine = Self { emulator, console, _folder: folder };
        machine.console.wait_for_line("#ready");
        Ok(machine)
    }

    /// Runs a line of shell.
    ///
    /// # Panics
    /// When it is more than a line, and when the machine has ended or its time is over; the console's last lines are shown.
    pub fn run(&mut self, command: &str) -> Answer {
        assert!(!command.contains('\n'), "{command:?} is more than a line");
        self.console.send(command);
        let head = self.console.wait_for_line("#answer ");
        let (bytes, code) = head.split_once(' ').expect("init writes two numbers");
        let text = self.console.take(bytes.parse().expect("a length"));
        Answer { code: code.parse().expect("an exit code"), text }
    }

    /// Runs a line of shell that must succeed; answers what it printed.
    ///
    /// # Panics
    /// When it fails, and as [`Self::run`].
    pub fn ok(&mut self, command: &str) -> String {
        let answer = self.run(command);
        assert_eq!(answer.code, 0, "{command}: {}", answer.text);
        answer.text
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.emulator.kill());
        drop(self.emulator.wait());
    }
}

/// The emulator ends with the thread that started it, even where that is killed.
fn emulator(kernel: &Path, archive: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "qemu-system-x86_64"]).args(HARDWARE);
    command.arg("-kernel").arg(kernel.join("vmlinuz")).arg("-initrd").arg(archive);
    command.args(["-append", KERNEL_ARGUMENTS]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn kernel() -> Result<PathBuf> {
    let kernel = workspace().join("target/cloud-kernel");
    ensure!(kernel.join("stamp").exists(), "{} is missing: tools/cloud-kernel.sh", kernel.display());
    let emulator = Path::new("/usr/bin/qemu-system-x86_64");
    ensure!(emulator.exists(), "{} is missing: apt-get install qemu-system-x86", emulator.display());
    Ok(kernel)
}
