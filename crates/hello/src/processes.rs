//! Commands about processes: ending, and starting too many.

use std::thread;
use std::time::Duration;

use crate::{Failure, Outcome, output, signals};

/// Between two tries once the kernel refuses: often enough to fill every gap, seldom enough to leave the processor.
const RETRY: Duration = Duration::from_millis(100);

/// `exit [CODE]`.
pub(crate) fn exit(arguments: &[String]) -> Outcome {
    match arguments {
        [] => Ok(0),
        [code] => code.parse().map_err(|_| Failure::Usage("exit [CODE]")),
        _ => Err(Failure::Usage("exit [CODE]")),
    }
}

/// `fork-without-end [MAX]`: children that sleep for ever; with MAX it waits after that many.
pub(crate) fn fork(arguments: &[String]) -> Outcome {
    let usage = || Failure::Usage("fork-without-end [MAX]");
    let max = match arguments {
        [] => u64::MAX,
        [max] => max.parse().map_err(|_| usage())?,
        _ => return Err(usage()),
    };
    let mut children = 0;
    let mut refused = false;
    while children < max {
        if signals::fork(sleep_for_ever).is_some() {
            children += 1;
            continue;
        }
        if !refused {
            output::line(&format!("the kernel refused child {}", children + 1))?;
            refused = true;
        }
        thread::sleep(RETRY);
    }
    output::line(&format!("started {children} children"))?;
    thread::sleep(Duration::MAX);
    Ok(0)
}

fn sleep_for_ever() -> u8 {
    thread::sleep(Duration::MAX);
    0
}
