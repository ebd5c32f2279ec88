//! What every measure needs: the binary, the repository, and a folder on a real disk.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Where a run takes place.
pub(crate) struct Setting {
    /// The `gantry` to measure.
    pub(crate) binary: PathBuf,
    /// The repository.
    pub(crate) workspace: PathBuf,
    folder: tempfile::TempDir,
}

impl Setting {
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        let binary = binary.canonicalize().with_context(|| format!("{} is not there", binary.display()))?;
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = manifest.parent().expect("bench is a folder of the workspace").to_owned();
        // Not /tmp, which is memory on many machines: a durable write would cost nothing there.
        let target = workspace.join("target");
        let folder = tempfile::Builder::new().prefix("bench-run-").tempdir_in(&target);
        let folder = folder.with_context(|| format!("cannot make a folder in {}", target.display()))?;
        Ok(Self { binary, workspace, folder })
    }

    /// A folder on disk for the files of this run; it is removed at the end.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new, empty folder in [`Self::folder`].
    pub(crate) fn empty_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = tempfile::Builder::new().prefix(name).tempdir_in(self.folder())?;
        Ok(folder.keep())
    }

    /// A program of the Python environment that `tools/venv.sh bench` makes.
    pub(crate) fn python_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.workspace.join("target/venv/bin").join(name);
        path.exists()
            .then_some(path)
            .with_context(|| format!("{name} is missing: tools/venv.sh bench installs it"))
    }
}
