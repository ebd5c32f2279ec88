//! `gantry image`: the images of this machine. They are beside the server, in the data folder, so these commands need no
//! server; only `rm` asks one which images tasks still use.

use super::client;
use crate::cli::Invocation;
use crate::client::Client;
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::output::Table;
use anyhow::{Context as _, Result};
use gantry_controlplane::api::Tasks;
use gantry_runtime::image::{Digest, ImageStore, Listed, Loaded, Reference};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What to do with images.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Load an archive of `docker save` or an OCI layout (a file, a folder, or - for standard input)
    Load {
        /// The archive
        file: PathBuf,

        /// What to call an image that the archive does not name
        #[arg(long)]
        name: Option<Reference>,
    },
    /// List images
    Ls,
    /// Remove images that no task uses
    Rm {
        /// Their names
        #[arg(required = true)]
        names: Vec<Reference>,
    },
}

pub(crate) async fn run(invocation: &Invocation, command: Command) -> Result<Exit> {
    let folder = DataFolder::at(&invocation.data_dir).images();
    let store =
        ImageStore::open(&folder).context("these commands work on the machine itself and need root")?;
    match command {
        Command::Load { file, name } => load(invocation, &store, &file, name.as_ref()),
        Command::Ls => list(invocation, &store),
        Command::Rm { names } => remove(invocation, &store, &names).await,
    }
}

fn load(invocation: &Invocation, store: &ImageStore, file: &Path, name: Option<&Reference>) -> Result<Exit> {
    let loaded = match file.to_str() {
        Some("-") => store.load_stream(std::io::stdin().lock(), name),
        Some(_) | None => store.load(file, name),
    };
    let loaded = loaded.with_context(|| format!("cannot load {}", file.display()))?;
    let document =
        |image: &Loaded| json!({"name": image.reference.familiar(), "digest": image.digest.to_string()});
    let documents: Vec<Value> = loaded.iter().map(document).collect();
    let line = |image: &Loaded| format!("loaded {} ({})\n", image.reference.familiar(), image.digest);
    invocation.output.show(&documents, || loaded.iter().map(line).collect())?;
    Ok(Exit::Done)
}

fn list(invocation: &Invocation, store: &ImageStore) -> Result<Exit> {
    let listed = store.list()?;
    let name =
        |image: &Listed| image.reference.as_ref().map_or_else(|| "<none>".to_owned(), Reference::familiar);
    let document = |image: &Listed| json!({"name": name(image), "digest": image.digest.to_string(), "sizeBytes": image.size_bytes});
    let documents: Vec<Value> = listed.iter().map(document).collect();
    invocation.output.show(&documents, || {
        let mut table = Table::new(&["IMAGE", "DIGEST", "SIZE"]);
        for image in &listed {
            table.row([name(image), image.digest.to_string(), size(image.size_bytes)]);
        }
        table.to_string()
    })?;
    Ok(Exit::Done)
}

async fn remove(invocation: &Invocation, store: &ImageStore, names: &[Reference]) -> Result<Exit> {
    let used = used(&client(invocation)?).await.context("cannot ask which images tasks use")?;
    for name in names {
        store.remove(name, &used)?;
    }
    let removed: Vec<String> = names.iter().map(Reference::familiar).collect();
    invocation.output.show(&removed, || removed.iter().map(|name| format!("removed {name}\n")).collect())?;
    Ok(Exit::Done)
}

/// Digests of the images of tasks that are not over.
async fn used(client: &Client) -> Result<BTreeSet<Digest>> {
    let tasks: Tasks = client.get("tasks", &[]).await?;
    let containers = tasks.tasks.into_iter().flat_map(|task| task.containers);
    Ok(containers.filter_map(|container| container.image_digest?.parse().ok()).collect())
}

fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB)
}
