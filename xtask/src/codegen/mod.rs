//! `cargo xtask codegen`: service models in, crates/shapes/src/*.rs out.
//!
//! Takes in: crates/shapes/services.toml, and the models that botocore carries.
//! Gives out: one file per service, with names and types and none of the documentation.
//! Does not know: how the macros that the files expand work; they are in crates/wire.

mod botocore;
mod ir;
mod list;
mod lower;
mod model;
mod names;
mod render;
mod shape_use;
#[cfg(test)]
mod tests;

use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use list::{ServiceEntry, ServiceList};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The generated files by their paths, relative to crates/shapes.
type Files = BTreeMap<String, String>;

/// Makes the files, or with `--check` fails when they are not what would be made.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let only_check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("usage: cargo xtask codegen [--check]"),
    };
    let crate_dir = workspace::root().join("crates/shapes");
    let list = ServiceList::load(&crate_dir.join("services.toml"))?;
    let data_dir = botocore::data_dir(&list.botocore)?;
    let files = list
        .service
        .iter()
        .map(|entry| Ok((entry.file(), generate(&crate_dir, &data_dir, entry)?)))
        .collect::<Result<Files>>()?;

    refuse_strangers(&crate_dir, &files)?;
    if only_check { compare(&crate_dir, &files) } else { write(&crate_dir, &files) }
}

fn generate(crate_dir: &Path, data_dir: &Path, entry: &ServiceEntry) -> Result<String> {
    let attempt = || -> Result<String> {
        let model = match &entry.model_file {
            Some(file) => botocore::load_file(&crate_dir.join(file))?,
            None => botocore::load(data_dir, entry.model_name())?,
        };
        let service = lower::lower(&model, entry)?;
        Ok(render::render(&service))
    };
    attempt().with_context(|| format!("generating {}", entry.name))
}

/// A file that no entry of the list makes would stay behind when its service leaves the list.
fn refuse_strangers(crate_dir: &Path, files: &Files) -> Result<()> {
    for found in fs::read_dir(crate_dir.join("src")).context("listing crates/shapes/src")? {
        let path = format!("src/{}", found?.file_name().display());
        let is_known = path == "src/lib.rs" || files.contains_key(&path);
        ensure!(is_known, "crates/shapes/{path} belongs to no service in services.toml");
    }
    Ok(())
}

fn write(crate_dir: &Path, files: &Files) -> Result<()> {
    for (path, text) in files {
        fs::write(crate_dir.join(path), text).with_context(|| format!("writing crates/shapes/{path}"))?;
        println!("crates/shapes/{path}: {} lines", text.lines().count());
    }
    Ok(())
}

fn compare(crate_dir: &Path, files: &Files) -> Result<()> {
    let differs = |(path, text): &(&String, &String)| match fs::read_to_string(crate_dir.join(path)) {
        Ok(found) => found != **text,
        Err(_) => true,
    };
    let outdated: Vec<&str> = files.iter().filter(differs).map(|(path, _)| path.as_str()).collect();
    ensure!(outdated.is_empty(), "not up to date: {}; run `cargo xtask codegen`", outdated.join(", "));
    Ok(())
}
