//! The stats document: Docker's, as its Engine API documents it, with the network's rates that ECS adds.

use crate::clock::{wall_ms, wall_rfc3339};
use gantry_model::view::AssignedContainer;
use gantry_runtime::api::Stats;
use gantry_runtime::network::InterfaceCounters;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Kernel ticks per second in /proc/stat (`sysconf(_SC_CLK_TCK)` of Linux on every architecture that ECS knows).
const TICK_NS: u64 = 10_000_000;

/// Docker's text for a container that never was sampled before.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// The last sample of each container: rates and `precpu_stats` are against it.
#[derive(Default)]
pub(super) struct Samples(Mutex<BTreeMap<String, Sample>>);

#[derive(Clone, Copy)]
struct Sample {
    at_ms: u64,
    system_cpu_ns: u64,
    usage: Stats,
    counters: InterfaceCounters,
}

impl Samples {
    /// A container's document; takes a sample.
    pub(super) fn document(
        &self,
        container: &AssignedContainer,
        usage: Stats,
        counters: InterfaceCounters,
    ) -> Value {
        let now = Sample { at_ms: wall_ms(), system_cpu_ns: system_cpu_ns(), usage, counters };
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = samples.insert(container.runtime_id.clone(), now);
        drop(samples);
        document(container, &now, before.as_ref())
    }
}

fn document(container: &AssignedContainer, now: &Sample, before: Option<&Sample>) -> Value {
    let usage = &now.usage;
    let mut document = json!({
        "id": container.runtime_id,
        "name": container.name,
        "read": wall_rfc3339(now.at_ms),
        "preread": before.map_or_else(|| NEVER.to_owned(), |before| wall_rfc3339(before.at_ms)),
        "num_procs": 0,
        "pids_stats": { "current": usage.pids, "limit": usage.pids_limit },
        "cpu_stats": cpu(now),
        "precpu_stats": before.map_or_else(|| json!({}), cpu),
        "memory_stats": {
            "usage": usage.memory_bytes,
            "max_usage": usage.memory_bytes_max,
            "limit": usage.memory_limit_bytes,
            "stats": { "inactive_file": usage.memory_inactive_file_bytes, "total_inactive_file": usage.memory_inactive_file_bytes },
        },
        "blkio_stats": {},
        "storage_stats": {},
        "networks": { "eth0": network(&now.counters) },
    });
    if let Some(before) = before {
        document["network_rate_stats"] = rates(now, before);
    }
    document
}

fn cpu(sample: &Sample) -> Value {
    let usage = &sample.usage;
    json!({
        "cpu_usage": {
            "total_usage": usage.cpu_ns,
            "usage_in_usermode": usage.cpu_user_ns,
            "usage_in_kernelmode": usage.cpu_system_ns,
        },
        "system_cpu_usage": sample.system_cpu_ns,
        "online_cpus": std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        "throttling_data": {
            "periods": usage.cpu_periods,
            "throttled_periods": usage.cpu_throttled_periods,
            "throttled_time": usage.cpu_throttled_ns,
        },
    })
}

fn network(counters: &InterfaceCounters) -> Value {
    json!({
        "rx_bytes": counters.rx_bytes,
        "rx_packets": counters.rx_packets,
        "rx_errors": counters.rx_errors,
        "rx_dropped": counters.rx_dropped,
        "tx_bytes": counters.tx_bytes,
        "tx_packets": counters.tx_packets,
        "tx_errors": counters.tx_errors,
        "tx_dropped": counters.tx_dropped,
    })
}

fn rates(now: &Sample, before: &Sample) -> Value {
    let seconds = now.at_ms.saturating_sub(before.at_ms).max(1) as f64 / 1000.0;
    let per_second = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
    json!({
        "rx_bytes_per_sec": per_second(now.counters.rx_bytes, before.counters.rx_bytes),
        "tx_bytes_per_sec": per_second(now.counters.tx_bytes, before.counters.tx_bytes),
    })
}

/// CPU time of the whole machine since it booted, all states added up, as Docker counts it; 0 when it cannot be read.
fn system_cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    // Time of guests is contained in the first two columns already.
    let columns = stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    columns.filter_map(|column| column.parse::<u64>().ok()).sum::<u64>() * TICK_NS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_sample_has_rates_against_the_first() {
        let container = AssignedContainer { runtime_id: "x-1".into(), ..AssignedContainer::default() };
        let sample = |at_ms, rx_bytes| Sample {
            at_ms,
            system_cpu_ns: 1,
            usage: Stats { cpu_ns: at_ms, ..Stats::default() },
            counters: InterfaceCounters { rx_bytes, ..InterfaceCounters::default() },
        };
        let first = document(&container, &sample(1000, 10), None);
        assert_eq!(first["preread"], NEVER);
        assert!(first.get("network_rate_stats").is_none());
        let second = document(&container, &sample(3000, 1010), Some(&sample(1000, 10)));
        assert_eq!(second["network_rate_stats"]["rx_bytes_per_sec"], 500.0);
        assert_eq!(second["precpu_stats"]["cpu_usage"]["total_usage"], 1000);
        assert!(system_cpu_ns() > 0);
    }
}
