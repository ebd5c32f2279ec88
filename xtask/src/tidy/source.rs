//! The project's own Rust files, and their lines without comments and texts.

use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file.
pub(super) struct Source {
    /// Relative to the workspace, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// Every Rust file under the given folders of the workspace, sorted.
pub(super) fn under(folders: &[&str]) -> Result<Vec<Source>> {
    let root = workspace::root();
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root.join(folder), &mut paths)?;
    }
    paths.sort();
    paths.into_iter().map(|path| read(&root, &path)).collect()
}

fn read(root: &Path, path: &Path) -> Result<Source> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let relative = path.strip_prefix(root).unwrap_or(path);
    Ok(Source { path: relative.to_string_lossy().into_owned(), text })
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

impl Source {
    /// Whether it is written by a generator.
    pub(super) fn is_generated(&self) -> bool {
        self.text.lines().take(3).any(|line| line.contains("@generated"))
    }

    /// Numbered lines outside unit tests, without line comments and the insides of one-line texts.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, String)> {
        let production = self.text.split("#[cfg(test)]").next().unwrap_or_default();
        production.lines().enumerate().map(|(index, line)| (index + 1, bare(line)))
    }
}

/// A line without its comment and without what stands in quotes, so that braces and names in either do not count.
fn bare(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => break,
            '"' => skip_text(&mut chars),
            '\'' if is_char(&chars) => skip_char(&mut chars),
            c => out.push(c),
        }
    }
    out
}

fn skip_text(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' => return,
            _ => {}
        }
    }
}

/// Whether an apostrophe opens a character and not a lifetime.
fn is_char(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    match ahead.next() {
        Some('\\') => true,
        Some(_) => ahead.next() == Some('\''),
        None => false,
    }
}

fn skip_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '\'' => return,
            _ => {}
        }
    }
}
