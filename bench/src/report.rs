//! The page of results.

use crate::conditions::Condition;
use crate::samples::Samples;
use anyhow::Result;
use std::fmt::Write;

/// Everything that a run found.
pub(crate) struct Report {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) sections: Vec<Section>,
}

/// What a measure found, or why it is broken.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) how: &'static str,
    pub(crate) rows: Result<Vec<Row>>,
}

/// One line of a table.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    pub(crate) ours: Samples,
    pub(crate) peer: Option<Peer>,
    /// What the median must not exceed: the ratio's where there is a peer, otherwise our own, in `unit`. None is printed
    /// only.
    pub(crate) goal: Option<f64>,
}

/// Who was measured in the same rounds.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) samples: Samples,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Micros,
    Millis,
    Seconds,
    Mebibytes,
}

impl Report {
    pub(crate) fn is_broken(&self) -> bool {
        self.sections.iter().any(|section| section.rows.is_err())
    }

    pub(crate) fn misses_a_goal(&self) -> bool {
        self.rows().any(|row| row.is_met() == Some(false))
    }

    pub(crate) fn to_markdown(&self) -> String {
        let mut page = "# What `make bench` measured\n\nMinimum · median of each. A ratio is ours to the peer's; the medians' ratio has to reach the goal.\n\n".to_owned();
        for (what, how) in &self.conditions {
            page += &format!("- {what}: {how}\n");
        }
        for section in &self.sections {
            page += &section.to_markdown();
        }
        page
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().filter_map(|section| section.rows.as_ref().ok()).flatten()
    }
}

impl Section {
    fn to_markdown(&self) -> String {
        let mut text = format!("\n## {}\n\n{}\n\n", self.title, self.how);
        match &self.rows {
            Ok(rows) => text += &table(rows),
            Err(error) => text += &format!("**Broken:** {error:#}\n"),
        }
        text
    }
}

impl Row {
    /// A row that nothing is asked of.
    pub(crate) fn printed(what: impl Into<String>, unit: Unit, ours: Samples) -> Self {
        Self { what: what.into(), unit, ours, peer: None, goal: None }
    }

    /// Whether the goal is reached; none where there is none.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let reached = match &self.peer {
            Some(peer) => self.ours.median() / peer.samples.median(),
            None => self.ours.median(),
        };
        self.goal.map(|goal| reached <= goal)
    }

    fn to_markdown(&self) -> String {
        let Self { what, unit, ours, peer, goal } = self;
        let (mut beside, mut ratio) = ("–".to_owned(), "–".to_owned());
        if let Some(Peer { name, samples }) = peer {
            beside = format!("{name}: {}", unit.describe(samples));
            let (min, median) = (ours.min() / samples.min(), ours.median() / samples.median());
            ratio = format!("{} · {}", figure(min), figure(median));
        }
        let goal_unit = if peer.is_some() { "" } else { unit.name() };
        let goal =
            goal.map_or("–".to_owned(), |goal| format!("≤ {} {goal_unit}", figure(goal)).trim().to_owned());
        let verdict = match self.is_met() {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "printed only",
        };
        format!("| {what} | {} | {beside} | {ratio} | {goal} | {verdict} |\n", unit.describe(ours))
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Micros => "µs",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Mebibytes => "MiB",
        }
    }

    fn describe(self, samples: &Samples) -> String {
        format!("{} · {} {}", figure(samples.min()), figure(samples.median()), self.name())
    }
}

fn table(rows: &[Row]) -> String {
    let mut text =
        "| what | Gantry | peer | ratio | goal | verdict |\n|---|---|---|---|---|---|\n".to_owned();
    for row in rows {
        write!(text, "{}", row.to_markdown()).expect("writing to a string does not fail");
    }
    text
}

/// Three digits that count.
fn figure(value: f64) -> String {
    let whole_digits = value.abs().max(f64::MIN_POSITIVE).log10().floor() as i32;
    let decimals = (2 - whole_digits).clamp(0, 4) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(figures: &[f64]) -> Samples {
        figures.iter().copied().collect()
    }

    fn beside(ours: &[f64], peer: &[f64], goal: f64) -> Row {
        let peer = Some(Peer { name: "peer", samples: samples(peer) });
        Row { what: "call".into(), unit: Unit::Micros, ours: samples(ours), peer, goal: Some(goal) }
    }

    #[test]
    fn figures_keep_three_digits() {
        let shown: Vec<_> =
            [0.01234, 0.5, 1.0, 12.345, 123.45, 12345.6, 0.0].into_iter().map(figure).collect();
        assert_eq!(shown, ["0.0123", "0.500", "1.00", "12.3", "123", "12346", "0.0000"]);
    }

    #[test]
    fn medians_decide() {
        let row = beside(&[1.0, 2.0, 9.0], &[30.0, 40.0, 50.0], 0.05);
        assert_eq!(row.is_met(), Some(true));
        assert_eq!(
            row.to_markdown(),
            "| call | 1.00 · 2.00 µs | peer: 30.0 · 40.0 µs | 0.0333 · 0.0500 | ≤ 0.0500 | met |\n"
        );
        assert_eq!(beside(&[1.0, 3.0, 3.0], &[30.0, 40.0, 50.0], 0.05).is_met(), Some(false));
    }

    #[test]
    fn a_goal_without_a_peer_is_in_the_unit() {
        let row = Row { goal: Some(60.0), ..Row::printed("idle", Unit::Mebibytes, samples(&[61.0])) };
        assert_eq!(row.to_markdown(), "| idle | 61.0 · 61.0 MiB | – | – | ≤ 60.0 MiB | **missed** |\n");
    }

    #[test]
    fn a_report_says_what_is_broken_and_what_is_missed() {
        let section = |rows| Section { title: "Speed", how: "By counting.", rows };
        let report =
            |rows| Report { conditions: vec![("kernel", "6".into())], sections: vec![section(rows)] };
        let broken = report(Err(anyhow::anyhow!("no peer")));
        assert!(broken.is_broken() && !broken.misses_a_goal());
        assert!(
            broken
                .to_markdown()
                .ends_with("- kernel: 6\n\n## Speed\n\nBy counting.\n\n**Broken:** no peer\n")
        );
        let slow = report(Ok(vec![beside(&[1.0], &[1.0], 0.5)]));
        assert!(!slow.is_broken() && slow.misses_a_goal());
        let printed = report(Ok(vec![Row::printed("parts", Unit::Millis, samples(&[1.0]))]));
        assert!(!printed.is_broken() && !printed.misses_a_goal());
    }
}
