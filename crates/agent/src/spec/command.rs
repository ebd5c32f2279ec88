//! Which program: Docker's rule of how entry points and commands of image and definition replace each other.

use gantry_model::view::AssignedContainer;
use gantry_runtime::image::ImageConfig;

/// Program and arguments; empty when nobody names any. An entry point of the definition drops the image's command; an
/// empty one drops the image's entry point alone.
pub(super) fn args(container: &AssignedContainer, image: &ImageConfig) -> Vec<String> {
    let own_command = container.command.clone().unwrap_or_default();
    let (entry_point, command) = match &container.entry_point {
        Some(own) if !own.is_empty() => (own, own_command),
        own => {
            let command = if own_command.is_empty() { image.cmd.clone() } else { own_command };
            (own.as_ref().unwrap_or(&image.entrypoint), command)
        }
    };
    entry_point.iter().cloned().chain(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_points_and_commands_replace_each_other_as_in_docker() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let image =
            ImageConfig { entrypoint: words("/entry -x"), cmd: words("serve"), ..ImageConfig::default() };
        for (entry_point, command, expected) in [
            (None, None, "/entry -x serve"),
            (None, Some("print hello"), "/entry -x print hello"),
            (None, Some(""), "/entry -x serve"),
            (Some("/own"), None, "/own"),
            (Some("/own"), Some("a b"), "/own a b"),
            (Some(""), None, "serve"),
            (Some(""), Some("ls -l"), "ls -l"),
        ] {
            let container = AssignedContainer {
                entry_point: entry_point.map(words),
                command: command.map(words),
                ..AssignedContainer::default()
            };
            assert_eq!(args(&container, &image).join(" "), expected, "{entry_point:?} {command:?}");
        }
    }
}
