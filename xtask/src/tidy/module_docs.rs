//! Each module opens with what it is: a `//!` page, in the crate's root and in every file.

use super::source;
use anyhow::Result;

pub(super) fn breaches() -> Result<Vec<String>> {
    let sources = source::under(&["crates", "xtask"])?;
    let silent = sources.iter().filter(|source| !source.is_generated() && !source.text.starts_with("//!"));
    Ok(silent.map(|source| format!("{}: begins without a //! page", source.path)).collect())
}
