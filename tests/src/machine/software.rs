//! What a machine boots with: one archive of busybox, programs with their shared libraries, and kernel modules.

use super::archive::Archive;
use super::modules::Modules;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Output};

const INIT: &str = include_str!("init.sh");

/// What Debian's kernel has as modules and Gantry uses. The kernel cannot ask for modules here, so the table of the packet
/// filter needs each of its words loaded.
const MODULES: [&str; 7] =
    ["overlay", "veth", "nf_tables", "nft_chain_nat", "nft_masq", "nft_fib_ipv4", "nft_reject_ipv4"];

/// Writes the archive to `target`. Programs go to `/bin`.
pub(super) fn write_archive(target: &Path, kernel: &Path, programs: &[&Path]) -> Result<()> {
    let output = File::create(target).with_context(|| format!("cannot make {}", target.display()))?;
    let mut archive = Archive::new(BufWriter::new(output));
    archive.file("/init", INIT.as_bytes())?;
    archive.file("/bin/busybox", &read(Path::new("/bin/busybox"))?)?;
    let modules = Modules::in_folder(&kernel.join("modules"))?.in_order(&MODULES)?;
    for (index, module) in modules.iter().enumerate() {
        archive.file(&format!("/modules/{index:02}.ko"), module)?;
    }
    let mut libraries = BTreeSet::new();
    for program in programs {
        let name = program.file_name().and_then(|name| name.to_str()).context("a program has a name")?;
        archive.file(&format!("/bin/{name}"), &without_debug_information(program)?)?;
        libraries.extend(libraries_of(program)?);
    }
    add_libraries(&mut archive, &libraries)?;
    Ok(archive.finish()?)
}

fn add_libraries(archive: &mut Archive<impl Write>, libraries: &BTreeSet<String>) -> Result<()> {
    for library in libraries {
        archive.file(library, &read(Path::new(library))?)?;
    }
    Ok(())
}

/// The archive takes memory of the machine, and most of a debug build is for debuggers.
fn without_debug_information(program: &Path) -> Result<Vec<u8>> {
    let stripped = tempfile::NamedTempFile::new()?;
    let mut strip = Command::new("strip");
    success(strip.arg("--strip-debug").arg("-o").arg(stripped.path()).arg(program))?;
    read(stripped.path())
}

/// The paths of the libraries that the loader would take, and the loader's own.
fn libraries_of(program: &Path) -> Result<BTreeSet<String>> {
    let output = success(Command::new("ldd").arg(program))?;
    let text = String::from_utf8(output.stdout)?;
    let paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    Ok(paths.map(str::to_owned).collect())
}

fn success(command: &mut Command) -> Result<Output> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
