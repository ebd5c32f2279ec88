//! Exit codes in words.

/// `exit code 137 (SIGKILL)`. Codes above 128 are 128 + the signal's number, as shells have it.
pub(super) fn in_words(code: i32) -> String {
    match signal_name(code - 128) {
        Some(name) => format!("exit code {code} ({name})"),
        None => format!("exit code {code}"),
    }
}

/// Source: signal(7), the numbers of x86 and ARM.
fn signal_name(number: i32) -> Option<&'static str> {
    Some(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_named() {
        assert_eq!(in_words(0), "exit code 0");
        assert_eq!(in_words(137), "exit code 137 (SIGKILL)");
        assert_eq!(in_words(200), "exit code 200");
    }
}
