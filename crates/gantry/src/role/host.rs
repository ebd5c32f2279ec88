//! What this machine must allow before anything is begun: rights, a network namespace of our own, a free range.

use anyhow::{Result, bail};
use gantry_controlplane::RangeCheck;
use gantry_runtime::network::{check_range, claim};
use rustix::process::geteuid;

/// Containers, their networks and cgroups are made by root only.
pub(crate) fn require_root(command: &str) -> Result<()> {
    if geteuid().is_root() {
        return Ok(());
    }
    bail!(
        "`{command}` makes containers, networks and cgroups, which Linux lets only root do. Run:\n\n  sudo {}\n",
        this_command()
    )
}

/// Two installations in one network namespace would fight over addresses and routes. The node claims it later for good.
pub(crate) fn check_namespace() -> Result<()> {
    drop(claim()?);
    Ok(())
}

/// A host that routes a part of the range elsewhere cannot carry tasks.
pub(crate) fn free_range() -> RangeCheck {
    Box::new(|vpc_cidr| {
        let range = vpc_cidr.parse()?;
        Ok(check_range(range)?)
    })
}

/// Every range does: the nodes are elsewhere, or have no network.
pub(crate) fn any_range() -> RangeCheck {
    Box::new(|_| Ok(()))
}

/// This command line, for a shell.
fn this_command() -> String {
    let program =
        std::env::current_exe().map_or_else(|_| "gantry".to_owned(), |path| path.display().to_string());
    let words = std::iter::once(program).chain(std::env::args().skip(1));
    words.map(|word| shell_word(&word)).collect::<Vec<_>>().join(" ")
}

fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_copied_into_a_shell() {
        assert_eq!(shell_word("/usr/bin/gantry"), "/usr/bin/gantry");
        assert_eq!(shell_word("my folder"), "'my folder'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
