//! `cargo xtask tidy`: rules about the code that no compiler checks.
//!
//! Takes in the checked-in sources; gives out every breach with its file and line, or nothing. Rules: the arrows between
//! crates, the purity of the pure crates, the length of functions and files, a `//!` page for each module, and generated
//! pages that are up to date. Does not know what the code means: it reads text.

mod arrows;
mod length;
mod map;
mod module_docs;
mod pages;
mod purity;
mod source;

use anyhow::{Result, bail};

type Rule = (&'static str, fn() -> Result<Vec<String>>);

const RULES: &[Rule] = &[
    ("arrows between crates", arrows::breaches),
    ("purity of the pure crates", purity::breaches),
    ("length of functions and files", length::breaches),
    ("a page for each module", module_docs::breaches),
    ("paths on the map", map::breaches),
    ("generated pages", pages::breaches),
];

/// Checks every rule; `--write` brings generated pages up to date first.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => {}
        [flag] if flag == "--write" => pages::write()?,
        _ => bail!("tidy knows one argument: --write"),
    }
    let mut found = 0;
    for (name, breaches) in RULES {
        let breaches = breaches()?;
        let verdict = if breaches.is_empty() { "ok" } else { "BROKEN" };
        println!("tidy: {name}: {verdict}");
        breaches.iter().for_each(|breach| println!("  {breach}"));
        found += breaches.len();
    }
    if found > 0 { bail!("{found} breaches") } else { Ok(()) }
}
