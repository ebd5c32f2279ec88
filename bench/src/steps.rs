//! What the product's log says of its steps and of how long each took.
//!
//! A line is `2026-11-21T11:06:07.418422Z DEBUG MESSAGE NAME=VALUE …`, with a field `took_us`.

/// A step that is done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step<'a> {
    line: &'a str,
    /// When it ended: milliseconds since the day began, UTC.
    pub(crate) ended_ms: f64,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: f64,
}

impl Step<'_> {
    /// When it began: milliseconds since the day began, UTC.
    pub(crate) fn began_ms(&self) -> f64 {
        self.ended_ms - self.took_ms
    }

    /// Whether its line has all these words.
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        words.iter().all(|word| self.line.split_whitespace().any(|found| found == *word))
    }
}

/// The steps of a log, in its order.
pub(crate) fn steps(log: &str) -> impl Iterator<Item = Step<'_>> {
    log.lines().filter_map(|line| {
        let ended_ms = time_of_day_ms(line.split(' ').next()?)?;
        let took_us: f64 = field(line, "took_us")?.parse().ok()?;
        Some(Step { line, ended_ms, took_ms: took_us / 1_000.0 })
    })
}

fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// `2026-11-21T11:06:07.418422Z`.
fn time_of_day_ms(date: &str) -> Option<f64> {
    let (_, time) = date.strip_suffix('Z')?.split_once('T')?;
    let parts: Vec<f64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts[..] else { return None };
    Some(((hours * 60.0 + minutes) * 60.0 + seconds) * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_between_other_lines() {
        let log = "gantry 0.1.0 is up\n\
                   2026-11-21T01:02:03.500000Z DEBUG performed task=abc step=\"attach\" took_us=1500\n\
                   2026-11-21T01:02:03.600000Z  WARN something else took=1\n";
        let found: Vec<_> = steps(log).collect();
        assert_eq!(found.len(), 1);
        let expected = ((60.0 + 2.0) * 60.0 + 3.5) * 1_000.0;
        assert_eq!((found[0].ended_ms, found[0].took_ms), (expected, 1.5));
        assert_eq!(found[0].began_ms(), expected - 1.5);
        assert!(found[0].says(&["performed", "task=abc"]) && !found[0].says(&["task=ab"]));
    }
}
