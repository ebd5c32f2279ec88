//! CPU and memory of a task as clients write them: units or vCPUs, MiB or GB.
//! Source: `cpu` and `memory` of RegisterTaskDefinition and of TaskOverride.

/// CPU units of one vCPU.
const UNITS_PER_VCPU: f64 = 1024.0;
/// MiB of one GB, as ECS counts it.
const MIB_PER_GB: f64 = 1024.0;

/// Reads CPU units: `1024`, `1 vCPU`, `.5 vcpu`. `None` when the text is neither or no whole number of units above 0.
pub(crate) fn cpu_units(text: &str) -> Option<u32> {
    read(text, "vcpu", UNITS_PER_VCPU)
}

/// Reads MiB: `1024`, `1GB`, `0.5 GB`. `None` when the text is neither or no whole number of MiB above 0.
pub(crate) fn memory_mib(text: &str) -> Option<u32> {
    read(text, "gb", MIB_PER_GB)
}

fn read(text: &str, unit: &str, per_unit: f64) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let amount = match text.strip_suffix(unit) {
        None => text.parse::<u32>().ok()?,
        Some(number) => scaled(number.trim_end(), per_unit)?,
    };
    (amount > 0).then_some(amount)
}

/// A decimal number of large units in small ones. Only digits and a point: what Rust reads beyond that is no size.
fn scaled(number: &str, per_unit: f64) -> Option<u32> {
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = number.parse::<f64>().ok().filter(|_| plain)? * per_unit;
    let whole = amount.fract() == 0.0 && amount <= f64::from(u32::MAX);
    whole.then_some(amount as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for (text, units) in
            [("256", 256), ("1 vCPU", 1024), (".5 vcpu", 512), ("0.25vCPU", 256), (" 2 VCPU ", 2048)]
        {
            assert_eq!(cpu_units(text), Some(units), "{text}");
        }
        for (text, mib) in [("512", 512), ("1GB", 1024), ("0.5 GB", 512), ("2 gb", 2048)] {
            assert_eq!(memory_mib(text), Some(mib), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "0", "-1", "1.5", "vcpu", "1 cpu", "0.0001 vCPU", "1e3 vCPU", "inf vcpu", "99999999999", "."]
        {
            assert_eq!(cpu_units(text), None, "{text}");
        }
    }
}
