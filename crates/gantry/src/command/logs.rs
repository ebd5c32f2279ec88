//! `gantry logs`.

use super::{client, tasks};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{Output, print};
use anyhow::{Context as _, Result, bail};
use gantry_controlplane::api::LogLine;
use std::io::Write;
use std::time::{Duration, SystemTime};

/// Arguments of `gantry logs`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task, or whatever has tasks: a family, a cluster, a node
    name: String,

    /// Go on as output comes
    #[arg(short, long)]
    follow: bool,

    /// Begin with so many lines from the end of each container's output
    #[arg(short = 'n', long, value_name = "LINES")]
    tail: Option<u64>,

    /// Leave out what is older, such as 30s, 10m, 2h, 1d
    #[arg(long, value_name = "AGE")]
    since: Option<String>,

    /// Only this container
    #[arg(long)]
    container: Option<String>,

    /// Show when each line was printed
    #[arg(short, long)]
    timestamps: bool,
}

/// The stream that the platform's own remarks come on.
const REMARKS: &str = "gantry";

pub(crate) async fn run(invocation: &Invocation, args: Args) -> Result<Exit> {
    let client = client(invocation)?;
    let named = tasks::named(&client, &args.name, true).await?.tasks;
    let sources: usize = named.iter().map(|task| task.containers.len()).sum();
    let style = Style {
        output: invocation.output,
        prefixed: args.container.is_none() && sources > 1 || named.len() > 1,
        timestamps: args.timestamps,
    };
    let tail = args.tail.map(|lines| lines.to_string()).unwrap_or_default();
    let since = args.since.as_deref().map(since_ms).transpose()?.unwrap_or_default();
    let query = [
        ("name", args.name.as_str()),
        ("container", args.container.as_deref().unwrap_or_default()),
        ("follow", if args.follow { "true" } else { "false" }),
        ("tail", &tail),
        ("since", &since),
    ];
    let mut lines = client.lines("logs", &query).await?;
    while let Some(line) = lines.next::<LogLine>().await? {
        style.print(&line)?;
    }
    Ok(Exit::Done)
}

/// How lines are printed.
struct Style {
    output: Output,
    /// Whether lines say where they come from.
    prefixed: bool,
    timestamps: bool,
}

impl Style {
    /// Output goes where the container sent it: standard output or standard error.
    fn print(&self, line: &LogLine) -> Result<()> {
        if self.output.is_json() {
            return Ok(print(&(serde_json::to_string(line)? + "\n"))?);
        }
        let at = if self.timestamps { format!("{}  ", line.at) } else { String::new() };
        let from = if self.prefixed { format!("{} {} | ", line.task, line.container) } else { String::new() };
        let text = format!("{at}{from}{}\n", line.line);
        match line.stream.as_str() {
            REMARKS => {
                writeln!(std::io::stderr(), "gantry: {} {}: {}", line.task, line.container, line.line)?
            }
            "stderr" => write!(std::io::stderr(), "{text}")?,
            _ => print(&text)?,
        }
        Ok(())
    }
}

/// An age as milliseconds since 1970.
fn since_ms(age: &str) -> Result<String> {
    let seconds = seconds(age).with_context(|| format!("--since must be an age such as 10m, not {age}"))?;
    let then = SystemTime::now().checked_sub(Duration::from_secs(seconds));
    let since = then.and_then(|then| then.duration_since(SystemTime::UNIX_EPOCH).ok());
    let Some(since) = since else { bail!("--since {age} is longer ago than there were computers") };
    Ok(since.as_millis().to_string())
}

fn seconds(age: &str) -> Option<u64> {
    let unit = age.char_indices().last().map(|(at, _)| at)?;
    let (number, unit) = age.split_at(unit);
    let unit_s = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read() {
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("2h"), Some(7200));
        for bad in ["", "s", "10", "10x", "-1m", "99999999999999999999d", "1ü"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
