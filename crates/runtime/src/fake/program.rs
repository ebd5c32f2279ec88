//! What a fake container does.

use crate::api::ContainerSpec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The behaviour of one container. The default runs until it is told to end, and then does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Program {
    /// `create` fails, with this text.
    pub create_error: Option<String>,
    /// `start` fails, with this text.
    pub start_error: Option<String>,
    /// `start` takes this long.
    pub start_ms: u64,
    /// It ends by itself after this long; without it, never.
    pub run_ms: Option<u64>,
    /// Its status when it ends by itself.
    pub exit_code: i32,
    /// The kernel ended it for memory.
    pub oom_killed: bool,
    /// It ends this long after a signal; without it, only a kill ends it.
    pub stop_ms: Option<u64>,
    /// Lines that it prints when it starts.
    pub output: Vec<String>,
    /// Memory that it uses.
    pub memory_bytes: u64,
}

impl Default for Program {
    fn default() -> Program {
        Program {
            create_error: None,
            start_error: None,
            start_ms: 0,
            run_ms: None,
            exit_code: 0,
            oom_killed: false,
            stop_ms: Some(0),
            output: Vec::new(),
            memory_bytes: 0,
        }
    }
}

/// Which container does what: by the image's name, else by its arguments, else `otherwise`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// By the name that the task definition has.
    pub images: BTreeMap<String, Program>,
    /// For every other container whose arguments say nothing.
    pub otherwise: Program,
}

/// The text is not a script.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the fake runtime's script")]
pub struct InvalidScript(#[from] serde_json::Error);

impl Script {
    /// Reads a JSON text: `{"images": {"web:1": {"run_ms": 100, "exit_code": 3}}, "otherwise": {}}`.
    pub fn parse(text: &str) -> Result<Script, InvalidScript> {
        Ok(serde_json::from_str(text)?)
    }

    pub(super) fn program(&self, spec: &ContainerSpec) -> Program {
        let by_image = self.images.get(&spec.image);
        by_image.cloned().or_else(|| by_words(&spec.args)).unwrap_or_else(|| self.otherwise.clone())
    }
}

/// The small commands of the built-in image, with or without the program's name before them.
pub(super) fn by_words(args: &[String]) -> Option<Program> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    command(&words).or_else(|| command(words.get(1..)?))
}

fn command(words: &[&str]) -> Option<Program> {
    let at_once = Program { run_ms: Some(0), ..Program::default() };
    match words {
        ["exit", code] => Some(Program { exit_code: code.parse().ok()?, ..at_once }),
        ["sleep", seconds] => {
            let seconds: f64 = seconds.parse().ok()?;
            Some(Program { run_ms: Some((seconds * 1_000.0) as u64), ..Program::default() })
        }
        ["print", text @ ..] => Some(Program { output: vec![text.join(" ")], ..at_once }),
        ["eat-memory", ..] => Some(Program { exit_code: 137, oom_killed: true, ..at_once }),
        ["no-such", ..] => Some(Program {
            start_error: Some(r#"exec: "no-such": executable file not found in $PATH"#.into()),
            ..at_once
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ContainerId, LogSpec};

    fn program(script: &Script, image: &str, args: &[&str]) -> Program {
        let id = ContainerId::parse("0123456789abcdef0123456789abcdef").unwrap();
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut spec = ContainerSpec::new(id, "task", vec![], args, LogSpec::in_dir("/log".into()));
        spec.image = image.into();
        script.program(&spec)
    }

    #[test]
    fn the_image_decides_then_the_words_then_the_rest() {
        let script =
            Script::parse(r#"{"images": {"web:1": {"exit_code": 3}}, "otherwise": {"stop_ms": null}}"#)
                .unwrap();
        assert_eq!(program(&script, "web:1", &["exit", "9"]).exit_code, 3);
        assert_eq!(program(&script, "web:2", &["exit", "9"]).exit_code, 9);
        assert_eq!(program(&script, "web:2", &["/hello", "sleep", "0.5"]).run_ms, Some(500));
        assert_eq!(program(&script, "web:2", &["nginx"]).stop_ms, None);
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(Script::parse(r#"{"images": {"web:1": {"exitcode": 3}}}"#).is_err());
    }
}
