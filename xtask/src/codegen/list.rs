//! crates/shapes/services.toml: which operations of which services.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceList {
    /// The release that the models come from.
    pub(super) botocore: String,
    pub(super) service: Vec<ServiceEntry>,
}

/// One service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceEntry {
    /// Our name of the service: the module in `shapes` and the folder elsewhere.
    pub(super) name: String,
    /// The folder of the model, where it is not the same.
    model: Option<String>,
    /// A model of our own, relative to crates/shapes, in place of one of botocore's.
    pub(super) model_file: Option<String>,
    /// What is made, relative to crates/shapes; `src/<name>.rs` unless it says otherwise.
    file: Option<String>,
    pub(super) operations: Operations,
}

/// Which operations are wanted.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Operations {
    Some(Vec<String>),
    All(All),
}

/// The word `"all"`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum All {
    All,
}

impl ServiceList {
    pub(super) fn load(path: &Path) -> Result<ServiceList> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("understanding {}", path.display()))
    }
}

impl ServiceEntry {
    pub(super) fn model_name(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name)
    }

    /// The path of the generated file, relative to crates/shapes.
    pub(super) fn file(&self) -> String {
        self.file.clone().unwrap_or_else(|| format!("src/{}.rs", self.name))
    }
}
