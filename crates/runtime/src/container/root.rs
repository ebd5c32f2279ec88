//! From layers and detached mounts to the root that the program sees.

use super::prepare::Stage;
use super::target::{Missing, place, plain_folder};
use super::{devices, masks, mounts, sysctl};
use crate::api::ContainerSpec;
use crate::failure::{Doing, Failure};
use crate::shim::ContainerOrder;
use crate::state::{ROOT, UPPER, WORK};
use crate::sys::mount::{Depth, attach, make_read_only};
use rustix::fs::{Mode, OFlags, open};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, UnmountFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen, mount, unmount,
};
use rustix::process::{chdir, fchdir, pivot_root};
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Builds the root and makes it this process's, so that from here on every path is one inside the image.
pub(super) fn assemble(
    order: &ContainerOrder,
    spec: &ContainerSpec,
    stage: Stage,
    host_mounts: Vec<OwnedFd>,
) -> Result<(), Failure> {
    let root = mount_image(&order.state, &spec.layers).doing("mount the image")?;
    attach_all(root.as_fd(), stage)?;
    let shm = devices::shared_memory(spec.shm_bytes).doing("make /dev/shm")?;
    attach_at(root.as_fd(), "dev/shm", &shm)?;
    mounts::attach_wishes(root.as_fd(), spec, host_mounts)?;
    let cwd = if spec.cwd.is_empty() { "/" } else { &spec.cwd };
    place(root.as_fd(), cwd, Missing::Folder).doing_with(|| format!("make the working directory {cwd}"))?;
    if spec.readonly_rootfs {
        make_read_only(&root, Depth::ThisMount).doing("make the image read-only")?;
    }
    enter(root.as_fd()).doing("enter the image")?;
    drop(root);
    sysctl::apply(&spec.sysctls)?;
    masks::apply()?;
    rustix::system::sethostname(spec.hostname.as_bytes()).doing("set the host name")
}

fn attach_all(root: BorrowedFd<'_>, stage: Stage) -> Result<(), Failure> {
    stage.mounts.iter().try_for_each(|(target, mount)| attach_at(root, target, mount))
}

fn attach_at(root: BorrowedFd<'_>, target: &str, mount: &OwnedFd) -> Result<(), Failure> {
    let place = plain_folder(root, target).doing_with(|| format!("find /{target} in the image"))?;
    attach(mount, place).doing_with(|| format!("mount /{target}"))
}

/// The old root is stacked below the new one and then let go: nothing of the host stays reachable.
fn enter(root: BorrowedFd<'_>) -> io::Result<()> {
    fchdir(root)?;
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    Ok(chdir("/")?)
}

/// Mounts the layers with a writable one on top, in this process's mount namespace only.
fn mount_image(state: &Path, layers: &[PathBuf]) -> io::Result<OwnedFd> {
    let place = open(state.join(ROOT), OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    match detached_overlay(state, layers) {
        Ok(overlay) => {
            attach(&overlay, &place)?;
            Ok(overlay)
        }
        // Kernels before 6.8 take all layers in one option only, which only the older call takes at full length.
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            classic_overlay(state, layers)?;
            Ok(open(state.join(ROOT), OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
        }
        Err(error) => Err(error),
    }
}

fn detached_overlay(state: &Path, layers: &[PathBuf]) -> io::Result<OwnedFd> {
    let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(&context, "source", "overlay")?;
    for layer in layers {
        fsconfig_set_string(&context, "lowerdir+", layer)?;
    }
    fsconfig_set_string(&context, "upperdir", state.join(UPPER))?;
    fsconfig_set_string(&context, "workdir", state.join(WORK))?;
    // The writable layer ends with the container, so syncing it to disk, at its end above all, is work for nothing.
    fsconfig_set_flag(&context, "volatile")?;
    fsconfig_create(&context)?;
    Ok(fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())?)
}

fn classic_overlay(state: &Path, layers: &[PathBuf]) -> io::Result<()> {
    let mut options = b"volatile,lowerdir=".to_vec();
    let escaped: Vec<_> = layers.iter().map(|layer| escape(layer)).collect();
    options.extend(escaped.join(&b':'));
    for (option, folder) in [(",upperdir=", UPPER), (",workdir=", WORK)] {
        options.extend(option.as_bytes());
        options.extend(escape(&state.join(folder)));
    }
    let options = CString::new(options)?;
    Ok(mount("overlay", state.join(ROOT), "overlay", MountFlags::empty(), Some(options.as_c_str()))?)
}

/// Colons and commas separate, backslashes escape.
fn escape(path: &Path) -> Vec<u8> {
    let special = |byte: &u8| matches!(byte, b':' | b',' | b'\\');
    let escaped = |byte: &u8| if special(byte) { vec![b'\\', *byte] } else { vec![*byte] };
    path.as_os_str().as_bytes().iter().flat_map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::mount::{MountPropagationFlags, mount_change};
    use std::fs;

    #[test]
    fn separators_in_paths_are_escaped() {
        assert_eq!(escape(Path::new(r"/a:b,c\d")), br"/a\:b\,c\\d");
    }

    /// Runs in a mount namespace that ends with its thread.
    fn in_own_namespace<T: Send>(body: impl FnOnce() -> T + Send) -> T {
        let thread = || {
            // SAFETY: integer flags; only this thread changes its namespace, and it ends here.
            assert_eq!(unsafe { libc::unshare(libc::CLONE_NEWNS | libc::CLONE_FS) }, 0);
            mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
            body()
        };
        std::thread::scope(|scope| scope.spawn(thread).join().unwrap())
    }

    #[test]
    fn both_calls_stack_the_layers_in_the_same_way() {
        let dir = tempfile::tempdir().unwrap();
        let layers = ["upper:most", "lower,most"].map(|name| dir.path().join(name));
        for (layer, text) in layers.iter().zip(["from above", "from below"]) {
            fs::create_dir(layer).unwrap();
            fs::write(layer.join("both"), text).unwrap();
            fs::write(layer.join(text.replace(' ', "-")), text).unwrap();
        }
        for name in ["new", "classic"] {
            let state = dir.path().join(name);
            [UPPER, WORK, ROOT].iter().for_each(|folder| fs::create_dir_all(state.join(folder)).unwrap());
            let seen = in_own_namespace(|| {
                match name {
                    "new" => drop(mount_image(&state, &layers).unwrap()),
                    _ => classic_overlay(&state, &layers).unwrap(),
                }
                let root = state.join(ROOT);
                fs::write(root.join("written"), "x").unwrap();
                ["both", "from-above", "from-below"].map(|file| fs::read_to_string(root.join(file)).unwrap())
            });
            assert_eq!(seen, ["from above", "from above", "from below"], "{name}");
            assert!(state.join(UPPER).join("written").exists(), "{name}");
        }
    }
}
