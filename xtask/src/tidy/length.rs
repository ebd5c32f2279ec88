//! A function fits a screen and a file holds one idea. Both limits are ratchets: what is longer stands in a list that may only
//! shrink. Tests are left out: a scenario with its transcript is as long as what happens in it.

use super::source::{self, Source};
use crate::workspace;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;

/// Lines of a function: what fits a screen.
const FUNCTION_LINES_MAX: usize = 70;

/// Lines of a file: beyond these it holds more than one idea.
const FILE_LINES_MAX: usize = 500;

/// `path function lines` and `path lines`, one a line.
const RATCHET: &str = "xtask/tidy-ratchet.txt";

pub(super) fn breaches() -> Result<Vec<String>> {
    let allowed = ratchet()?;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for source in source::under(&["crates", "xtask"])?.iter().filter(|source| is_measured(source)) {
        found.extend(long_parts(source));
    }
    let too_long = found.iter().filter(|(name, lines)| allowed.get(*name).is_none_or(|limit| *lines > limit));
    let too_long = too_long.map(|(name, lines)| format!("{name}: {lines} lines"));
    let shorter = allowed.iter().filter(|(name, limit)| found.get(*name).is_none_or(|lines| lines < limit));
    let shorter = shorter.map(|(name, _)| format!("{RATCHET}: {name} became shorter, lower its limit"));
    Ok(too_long.chain(shorter).collect())
}

fn is_measured(source: &Source) -> bool {
    !source.is_generated() && !source.path.contains("/tests/")
}

fn ratchet() -> Result<BTreeMap<String, usize>> {
    let path = workspace::root().join(RATCHET);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let entries = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    entries
        .map(|line| {
            let (name, lines) = line.rsplit_once(' ').with_context(|| format!("{RATCHET}: {line}"))?;
            Ok((name.to_owned(), lines.parse().with_context(|| format!("{RATCHET}: {line}"))?))
        })
        .collect()
}

fn long_parts(source: &Source) -> Vec<(String, usize)> {
    let lines = source.text.lines().count();
    let file = (lines > FILE_LINES_MAX).then(|| (source.path.clone(), lines));
    file.into_iter().chain(long_functions(source)).collect()
}

/// A function in the making: its name, first line and the braces that are open in it.
struct Open {
    name: String,
    first_line: usize,
    depth: i32,
    entered: bool,
}

fn long_functions(source: &Source) -> Vec<(String, usize)> {
    let mut long = Vec::new();
    let mut open: Option<Open> = None;
    for (number, line) in source.code() {
        if open.is_none() {
            open =
                function_name(&line).map(|name| Open { name, first_line: number, depth: 0, entered: false });
        }
        let Some(function) = &mut open else { continue };
        function.entered |= line.contains('{');
        function.depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
        let declared_only = !function.entered && line.trim_end().ends_with(';');
        if (function.entered && function.depth <= 0) || declared_only {
            let lines = number - function.first_line + 1;
            if lines > FUNCTION_LINES_MAX {
                long.push((format!("{} {}", source.path, function.name), lines));
            }
            open = None;
        }
    }
    long
}

/// The name behind `fn`, where a line begins a function.
fn function_name(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let position = words.iter().position(|word| *word == "fn")?;
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe", "extern"];
    if !words[..position].iter().all(|word| modifiers.contains(word)) {
        return None;
    }
    let name: String =
        words.get(position + 1)?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}
