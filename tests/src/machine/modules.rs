//! Kernel modules in the order in which they can be loaded.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of modules.
pub(super) struct Modules {
    files: BTreeMap<String, PathBuf>,
}

impl Modules {
    /// Looks through `folder`.
    pub(super) fn in_folder(folder: &Path) -> Result<Self> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let paths = entries.flatten().map(|entry| entry.path());
        Ok(Self { files: paths.filter_map(|path| Some((name_of(&path)?, path))).collect() })
    }

    /// The contents of the modules of these names, each behind those that it needs.
    pub(super) fn in_order(&self, names: &[&str]) -> Result<Vec<Vec<u8>>> {
        let mut loaded = BTreeSet::new();
        let mut order = Vec::new();
        for name in names {
            self.load(name, &mut loaded, &mut order)?;
        }
        Ok(order)
    }

    fn load(&self, name: &str, loaded: &mut BTreeSet<String>, order: &mut Vec<Vec<u8>>) -> Result<()> {
        if !loaded.insert(name.to_owned()) {
            return Ok(());
        }
        let path = self.files.get(name).with_context(|| format!("the kernel has no module {name}"))?;
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        for needed in needs(&content) {
            self.load(&needed, loaded, order)?;
        }
        order.push(content);
        Ok(())
    }
}

/// Files spell names with dashes or underscores, the kernel does not care.
fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.strip_suffix(".ko")?.replace('-', "_"))
}

/// What a module says of itself: `depends=a,b`, among other texts that end with a zero.
fn needs(module: &[u8]) -> Vec<String> {
    let texts = module.split(|byte| *byte == 0);
    let list = texts.filter_map(|text| text.strip_prefix(b"depends=")).next().unwrap_or_default();
    let names = String::from_utf8_lossy(list).replace('-', "_");
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
        write("top.ko", "\0license=x\0depends=mid-one,base\0");
        write("mid-one.ko", "\0depends=base\0");
        write("base.ko", "\0depends=\0");
        let modules = Modules::in_folder(folder.path()).unwrap();
        let order = modules.in_order(&["top", "base"]).unwrap();
        let expected = ["\0depends=\0", "\0depends=base\0", "\0license=x\0depends=mid-one,base\0"];
        assert_eq!(order, expected.map(|text| text.as_bytes().to_vec()));
        assert!(modules.in_order(&["absent"]).is_err());
    }
}
