//! What commands print: for people on a terminal, for logs of CI, or as JSON for programs.

mod table;
mod waiting;

pub(crate) use table::Table;
pub(crate) use waiting::Waiting;

use serde::Serialize;
use std::io::{self, IsTerminal, Write, stdout};

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    /// Whether a person watches, so that lines may be drawn anew.
    live: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, live: stdout().is_terminal() && !json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Prints a document for programs, or a text for people.
    pub(crate) fn show(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        let text = if self.json { serde_json::to_string_pretty(document)? + "\n" } else { text() };
        print(&text)
    }
}

/// Prints text that people and programs read alike.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// How this program was called, for lines that people copy.
pub(crate) fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "gantry".to_owned())
}
