//! Names of signals, as images write them (`STOPSIGNAL`).

/// In the order of their numbers on Linux, from 1.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The first and the last real-time signal that programs may use, as libc numbers them.
const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;

/// The number that a text means: a number, a name with or without `SIG`, `RTMIN+n` or `RTMAX-n`.
pub(crate) fn number(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse::<i32>() {
        return (1..=*REAL_TIME.end()).contains(&number).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let plain = NAMES.iter().position(|known| *known == name).and_then(|index| i32::try_from(index + 1).ok());
    plain.or_else(|| real_time(name))
}

fn real_time(name: &str) -> Option<i32> {
    let number = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(""), _) => *REAL_TIME.start(),
        (_, Some("")) => *REAL_TIME.end(),
        (Some(offset), _) => REAL_TIME.start().checked_add(offset.strip_prefix('+')?.parse().ok()?)?,
        (_, Some(offset)) => REAL_TIME.end().checked_sub(offset.strip_prefix('-')?.parse().ok()?)?,
        (None, None) => return None,
    };
    REAL_TIME.contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_named_as_images_name_them() {
        for (text, expected) in [
            ("SIGTERM", Some(15)),
            ("quit", Some(3)),
            ("9", Some(9)),
            ("SIGWINCH", Some(28)),
            ("SIGSYS", Some(31)),
            ("SIGRTMIN+3", Some(37)),
            ("RTMAX-2", Some(62)),
            ("RTMIN", Some(34)),
            ("RTMIN+40", None),
            ("0", None),
            ("SIGNONSENSE", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
