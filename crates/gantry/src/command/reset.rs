//! `gantry reset`.

use super::client;
use crate::cli::Invocation;
use crate::exit::Exit;
use anyhow::Result;

pub(crate) async fn run(invocation: &Invocation) -> Result<Exit> {
    let done = client(invocation)?.post("reset").await?;
    invocation.output.show(&done, || "everything is stopped and erased\n".to_owned())?;
    Ok(Exit::Done)
}
