//! Histories and explanations as text for a terminal or a log.

use crate::api::{Event, History, LogLine, Why};
use std::fmt::Write;

/// A history, one paragraph per event.
pub fn history(history: &History) -> String {
    let mut text = String::new();
    if history.more {
        text += "… older events are left out\n";
    }
    history.events.iter().for_each(|event| write_event(&mut text, event));
    text
}

/// An explanation: the verdict first, the next command last.
pub fn why(why: &Why) -> String {
    let mut text = format!("{}\n", why.verdict);
    section(&mut text, "what is known", why.details.iter().cloned());
    if !why.events.is_empty() {
        text += "\nhow it came to this\n";
        why.events.iter().for_each(|event| write_event(&mut text, event));
    }
    section(&mut text, "last output", why.logs.iter().map(log_line));
    section(&mut text, "next", why.next.iter().cloned());
    text
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    *text += &format!("\n{title}\n");
    lines.for_each(|line| *text += &format!("  {line}\n"));
}

fn write_event(text: &mut String, event: &Event) {
    let request = event.request.as_ref().map(|id| format!("  request {id}")).unwrap_or_default();
    writeln!(text, "{}  {}  {}{request}", event.at, event.action, event.actor)
        .expect("memory takes every text");
    for line in event.changes.iter().chain(&event.notes) {
        writeln!(text, "    {line}").expect("memory takes every text");
    }
}

fn log_line(line: &LogLine) -> String {
    format!("{}  {}  {}", line.at, line.container, line.line)
}
