//! `cargo xtask sim`: runs the simulator over many seeds, on every core, and says how to replay one that fails.

use anyhow::{Context, Result, bail};
use gantry_sim::{Settings, run as simulate};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seeds where nobody says how many.
const DEFAULT_SEEDS: u64 = 100;

/// `--seeds N` runs N seeds from 0, or from `--from`; `--seed S` runs one and prints its history.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(seed) = option(arguments, "--seed")? {
        return replay(seed);
    }
    let from = option(arguments, "--from")?.unwrap_or(0);
    let count = option(arguments, "--seeds")?.unwrap_or(DEFAULT_SEEDS);
    let failed = sweep(from, count);
    let Some((seed, violation)) = failed.first() else {
        println!("sim: {count} seeds hold");
        return Ok(());
    };
    println!("sim: {} of {count} seeds fail; seed {seed}: {violation}", failed.len());
    bail!("replay it with: cargo xtask sim --seed {seed}")
}

fn option(arguments: &[String], name: &str) -> Result<Option<u64>> {
    let Some(position) = arguments.iter().position(|argument| argument == name) else { return Ok(None) };
    let value = arguments.get(position + 1).with_context(|| format!("{name} needs a number"))?;
    Ok(Some(value.parse().with_context(|| format!("{name} {value}"))?))
}

fn replay(seed: u64) -> Result<()> {
    let outcome = simulate(seed, Settings::default());
    outcome.log.tail().for_each(|line| println!("{line}"));
    println!("sim: seed {seed}, {} lines, digest {:016x}", outcome.log.count(), outcome.log.digest());
    outcome.violation.map_or(Ok(()), |violation| bail!("{violation}"))
}

/// The seeds that fail, smallest first.
fn sweep(from: u64, count: u64) -> Vec<(u64, String)> {
    let next = AtomicU64::new(from);
    let failed = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < from + count)
                {
                    if let Some(violation) = simulate(seed, Settings::default()).violation {
                        failed.lock().expect("no holder panics").push((seed, violation));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().expect("no holder panics");
    failed.sort();
    failed
}
