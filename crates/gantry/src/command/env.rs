//! `gantry env`: the lines that point AWS clients at this installation.

use super::client;
use crate::cli::Invocation;
use crate::config::DEFAULT_DATA_DIR;
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use anyhow::Result;
use gantry_controlplane::api::Network;
use std::collections::BTreeMap;
use std::path::Path;

/// Arguments of `gantry env`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Another region than the installation's
    #[arg(long)]
    region: Option<String>,
}

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let mut client = client(invocation)?;
    if let Some(region) = args.region {
        client.region = region;
    }
    let network: Network = client.get("network", &[]).await?;
    let key = DataFolder::at(&invocation.data_dir).root_key()?;
    let mut variables = BTreeMap::from([
        ("AWS_ENDPOINT_URL", client.endpoint.url),
        ("AWS_ACCESS_KEY_ID", key.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", key.secret_access_key),
        ("AWS_REGION", client.region.clone()),
        ("AWS_DEFAULT_REGION", client.region),
        ("GANTRY_SUBNETS", network.subnets.join(",")),
        ("GANTRY_SECURITY_GROUP", network.security_group),
    ]);
    if invocation.data_dir != Path::new(DEFAULT_DATA_DIR) {
        variables.insert("GANTRY_DATA_DIR", invocation.data_dir.canonicalize()?.display().to_string());
    }
    invocation.output.show(&variables, || lines(&variables))?;
    Ok(Exit::Done)
}

/// Lines for a POSIX shell. A session token of other credentials would be sent along, so it goes.
fn lines(variables: &BTreeMap<&str, String>) -> String {
    let exports = variables.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value)));
    exports.chain(["unset AWS_SESSION_TOKEN\n".to_owned()]).collect()
}

/// A word that every POSIX shell reads back as it is.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_the_shell() {
        assert_eq!(quoted("a/b+c"), "'a/b+c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
