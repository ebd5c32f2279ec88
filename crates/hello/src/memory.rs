//! A command that takes memory, for tests of limits.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use crate::{Failure, Outcome, output};

const USAGE: Failure = Failure::Usage("eat-memory MIB");
const MIB: usize = 1 << 20;

/// How often it says how far it is.
const REPORT_MIB: usize = 16;

/// `eat-memory MIB`: touches every page, then stays until it is ended.
pub(crate) fn eat(arguments: &[String]) -> Outcome {
    let [mib] = arguments else { return Err(USAGE) };
    let mib: usize = mib.parse().map_err(|_| USAGE)?;
    let mut eaten = Vec::new();
    for count in 1..=mib {
        eaten.push(vec![count as u8 | 1; MIB]);
        if count % REPORT_MIB == 0 || count == mib {
            output::line(&format!("ate {count} of {mib} MiB"))?;
        }
    }
    thread::sleep(Duration::MAX);
    black_box(eaten);
    Ok(0)
}
