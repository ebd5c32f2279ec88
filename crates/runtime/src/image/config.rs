//! What an image says about the process to be started from it.
//! Source: <https://github.com/opencontainers/image-spec/blob/main/config.md>, and `HealthCheck` of Docker's own form.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use super::Digest;

/// The part of the configuration that concerns whoever starts a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImageConfig {
    /// The program with its fixed arguments.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// The arguments, or the whole command where there is no entry point.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub cmd: Vec<String>,
    /// `NAME=value`.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Where the process starts; empty means `/`.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// `uid`, `uid:gid`, `name` or `name:group`; empty means root.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The signal that asks the process to stop, by name or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// `80/tcp` and the like; a remark for people.
    #[serde(with = "keys", skip_serializing_if = "BTreeSet::is_empty")]
    pub exposed_ports: BTreeSet<String>,
    /// Folders that want a volume of their own.
    #[serde(with = "keys", skip_serializing_if = "BTreeSet::is_empty")]
    pub volumes: BTreeSet<String>,
    /// Free text by key.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How the process is asked whether it is well.
    #[serde(rename = "Healthcheck", skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
}

/// A health check as `docker build` records it; times are nanoseconds, zero means Docker's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`.
    #[serde(deserialize_with = "null_is_empty")]
    pub test: Vec<String>,
    /// Between two checks.
    #[serde(rename = "Interval")]
    pub interval_ns: u64,
    /// Until a check counts as failed.
    #[serde(rename = "Timeout")]
    pub timeout_ns: u64,
    /// How long failures do not count after the start.
    #[serde(rename = "StartPeriod")]
    pub start_period_ns: u64,
    /// Failures in a row until the container is unhealthy.
    pub retries: u32,
}

/// The whole document, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConfigDocument {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) architecture: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) os: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) config: ImageConfig,
    pub(super) rootfs: RootFs,
}

/// The layers by the digest of their plain tar, bottom first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RootFs {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) diff_ids: Vec<Digest>,
}

/// Go writes an absent list as `null`.
fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A set in Go's form: an object with empty objects as values.
mod keys {
    use std::collections::{BTreeMap, BTreeSet};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Nothing {}

    pub(super) fn serialize<S: Serializer>(set: &BTreeSet<String>, into: S) -> Result<S::Ok, S::Error> {
        into.collect_map(set.iter().map(|key| (key, Nothing {})))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
        let map = Option::<BTreeMap<String, Nothing>>::deserialize(from)?;
        Ok(map.unwrap_or_default().into_keys().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_docker_writes() {
        let text = r#"{"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{
            "Hostname":"","User":"app","ExposedPorts":{"80/tcp":{}},"Env":["A=b"],"Cmd":["x"],"Entrypoint":null,
            "Volumes":null,"WorkingDir":"/w","Labels":{"k":"v"},"StopSignal":"SIGQUIT","OnBuild":null,
            "Healthcheck":{"Test":["CMD","/ok"],"Interval":5000000000}},
            "rootfs":{"type":"layers","diff_ids":[]},"history":[]}"#;
        let config = serde_json::from_str::<ConfigDocument>(text).unwrap().config;
        assert_eq!((config.user.as_str(), config.working_dir.as_str()), ("app", "/w"));
        assert_eq!(
            (config.entrypoint.len(), config.cmd, config.env),
            (0, vec!["x".into()], vec!["A=b".into()])
        );
        assert_eq!(config.stop_signal.as_deref(), Some("SIGQUIT"));
        assert_eq!(config.exposed_ports.first().map(String::as_str), Some("80/tcp"));
        assert_eq!(config.healthcheck.unwrap().interval_ns, 5_000_000_000);
    }

    #[test]
    fn an_image_without_configuration_is_empty() {
        let text = r#"{"rootfs":{"type":"layers","diff_ids":null},"config":null}"#;
        assert_eq!(serde_json::from_str::<ConfigDocument>(text).unwrap().config, ImageConfig::default());
    }

    #[test]
    fn writing_and_reading_is_the_identity() {
        let config = ImageConfig {
            cmd: vec!["serve".into()],
            exposed_ports: ["8080/tcp".into()].into(),
            healthcheck: Some(Healthcheck { test: vec!["NONE".into()], ..Healthcheck::default() }),
            ..ImageConfig::default()
        };
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<ImageConfig>(&text).unwrap(), config);
    }
}
