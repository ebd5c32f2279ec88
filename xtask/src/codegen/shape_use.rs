//! Which shapes a set of operations reaches, and which structures hold themselves.

use super::model::{Kind, Model, Shape};
use anyhow::{Context, Result};
use std::collections::BTreeSet;

impl Model {
    /// A shape by its name.
    pub(super) fn shape(&self, name: &str) -> Result<&Shape> {
        self.shapes.get(name).with_context(|| format!("the model has no shape {name}"))
    }
}

/// The names of all shapes that can be reached from these.
pub(super) fn reachable<'m>(model: &'m Model, roots: Vec<&'m str>) -> Result<BTreeSet<&'m str>> {
    let mut reached = BTreeSet::new();
    let mut waiting = roots;
    while let Some(name) = waiting.pop() {
        if reached.insert(name) {
            let shape = model.shape(name)?;
            let members = shape.members.0.iter().map(|(_, member)| member);
            let parts = members.chain(&shape.member).chain(&shape.key).chain(&shape.value);
            waiting.extend(parts.map(|part| part.shape.as_str()));
        }
    }
    Ok(reached)
}

/// Whether a structure holds itself by way of `member`, with no list or map between, so that a box is
/// needed to give it a size.
pub(super) fn is_recursive(model: &Model, structure: &str, member: &str) -> Result<bool> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![member];
    while let Some(name) = waiting.pop() {
        if name == structure {
            return Ok(true);
        }
        let shape = model.shape(name)?;
        if shape.kind == Kind::Structure && seen.insert(name) {
            waiting.extend(shape.members.0.iter().map(|(_, member)| member.shape.as_str()));
        }
    }
    Ok(false)
}

/// Whether values of a shape are sensitive: it says so, or its elements do.
pub(super) fn is_sensitive(model: &Model, name: &str) -> Result<bool> {
    let shape = model.shape(name)?;
    let element = shape.member.as_ref().or(shape.value.as_ref());
    match element {
        Some(element) if !shape.sensitive => is_sensitive(model, &element.shape),
        _ => Ok(shape.sensitive),
    }
}
