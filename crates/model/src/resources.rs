//! What a node has and what a task takes: one vector, so that a new dimension is one line.

use serde::{Deserialize, Serialize};

/// CPU, memory, network interfaces and GPUs. Ports are a set, not a sum, and stand beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resources {
    /// CPU units; 1,024 are one vCPU.
    pub cpu_units: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Network interfaces.
    pub enis: u64,
    /// GPUs.
    pub gpus: u64,
}

/// A dimension of [`Resources`], named as in ECS's placement failures (`RESOURCE:CPU`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Dimension {
    /// CPU units.
    Cpu,
    /// Memory.
    Memory,
    /// Network interfaces.
    Eni,
    /// GPUs.
    Gpu,
}

impl Resources {
    /// Each dimension with its amount.
    pub const fn dimensions(&self) -> [(Dimension, u64); 4] {
        [
            (Dimension::Cpu, self.cpu_units),
            (Dimension::Memory, self.memory_mib),
            (Dimension::Eni, self.enis),
            (Dimension::Gpu, self.gpus),
        ]
    }

    /// The first dimension of which `wanted` asks more than there is.
    pub fn lacks(&self, wanted: &Self) -> Option<Dimension> {
        let pairs = self.dimensions().into_iter().zip(wanted.dimensions());
        pairs.into_iter().find(|((_, have), (_, want))| have < want).map(|((dimension, _), _)| dimension)
    }

    /// Sum, dimension by dimension.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            cpu_units: self.cpu_units + other.cpu_units,
            memory_mib: self.memory_mib + other.memory_mib,
            enis: self.enis + other.enis,
            gpus: self.gpus + other.gpus,
        }
    }

    /// What is left, never below zero: a node may have shrunk below what it runs.
    pub const fn minus(self, other: Self) -> Self {
        Self {
            cpu_units: self.cpu_units.saturating_sub(other.cpu_units),
            memory_mib: self.memory_mib.saturating_sub(other.memory_mib),
            enis: self.enis.saturating_sub(other.enis),
            gpus: self.gpus.saturating_sub(other.gpus),
        }
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cpu => "CPU",
            Self::Memory => "MEMORY",
            Self::Eni => "ENI",
            Self::Gpu => "GPU",
        })
    }
}
