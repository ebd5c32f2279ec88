//! Names and MACs of links: how a link is recognised as this installation's and as one task's. Pure.

/// The host's end of every task's link has this MAC, so that the task's neighbour entry can be written before
/// the link exists. Each link is an Ethernet of its own, hence no two of them ever meet.
pub(super) const HOST_MAC: [u8; 6] = [0x02, 0x67, 0x61, 0x6e, 0x74, 0x01];

/// The name of the interface inside every task.
pub(super) const TASK_LINK: &str = "eth0";

/// Letters of a link name: the kernel takes 15 (IFNAMSIZ less the closing zero), these are safe in every tool.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 4 letters tell installations apart (20 bits: only those which met on one host count),
/// 9 letters tell tasks apart (45 bits: a host would need millions of tasks for one clash).
const INSTALLATION_LETTERS: usize = 4;
const TASK_LETTERS: usize = 9;

/// What the names of all links of one installation start with.
pub(super) fn link_prefix(installation: &str) -> String {
    format!("gt{}", letters(installation, INSTALLATION_LETTERS))
}

/// The host's end of a task's link: 15 characters.
pub(super) fn link_name(installation: &str, task: &str) -> String {
    link_prefix(installation) + &letters(task, TASK_LETTERS)
}

/// What `ip link` shows people beside the name.
pub(super) fn link_alias(installation: &str, task: &str) -> String {
    format!("gantry {installation} task {task}")
}

fn letters(text: &str, count: usize) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(count).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_kernel_and_differ() {
        let name = link_name("prod", "4d1f0a");
        assert_eq!(name.len(), 15);
        assert!(name.starts_with(&link_prefix("prod")));
        assert_ne!(name, link_name("prod", "4d1f0b"));
        assert_ne!(name, link_name("test", "4d1f0a"));
        assert_eq!(name, link_name("prod", "4d1f0a"));
    }

    #[test]
    fn the_host_mac_is_local_and_unicast() {
        assert_eq!(HOST_MAC[0] & 0b11, 0b10);
    }
}
