//! Commands that print. Nothing here panics when the reader goes away.

use std::io::{self, BufWriter, Write};
use std::thread;
use std::time::Duration;

use crate::times::duration;
use crate::{Failure, Outcome, tried};

const USAGE: Failure = Failure::Usage("print [-n LINES] [-b BYTES] [-i SECONDS] [-e] TEXT…");

/// A mebibyte is written in 16 steps: few enough calls to fill a log quickly.
const BUFFER_BYTES: usize = 64 << 10;

/// What to print, how much of it, and where.
#[derive(Default)]
struct Printing {
    lines: Option<u64>,
    bytes: Option<u64>,
    pause: Duration,
    to_stderr: bool,
    text: String,
}

/// One line to the standard output, at once.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}").and_then(|()| output.flush()).map_err(tried("cannot write"))
}

/// `env`.
pub(crate) fn env(_: &[String]) -> Outcome {
    for (name, value) in std::env::vars_os() {
        line(&format!("{}={}", name.to_string_lossy(), value.to_string_lossy()))?;
    }
    Ok(0)
}

/// `print`: the text once, LINES times, or over and over until BYTES are written, with a pause after each line.
pub(crate) fn print(arguments: &[String]) -> Outcome {
    let printing = Printing::parse(arguments)?;
    let mut output: Box<dyn Write> = if printing.to_stderr {
        Box::new(BufWriter::with_capacity(BUFFER_BYTES, io::stderr().lock()))
    } else {
        Box::new(BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock()))
    };
    printing.run(&mut output).and_then(|()| output.flush()).map_err(tried("cannot write"))?;
    Ok(0)
}

impl Printing {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut printing = Self::default();
        let mut words = arguments.iter();
        let mut texts = Vec::new();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(USAGE);
            match word.as_str() {
                "-n" => printing.lines = Some(value()?.parse().map_err(|_| USAGE)?),
                "-b" => printing.bytes = Some(value()?.parse().map_err(|_| USAGE)?),
                "-i" => printing.pause = duration(value()?).ok_or(USAGE)?,
                "-e" => printing.to_stderr = true,
                text => texts.push(text.to_owned()),
            }
        }
        printing.text = texts.join(" ") + "\n";
        Ok(printing)
    }

    fn run(&self, output: &mut dyn Write) -> io::Result<()> {
        let once = if self.bytes.is_some() { u64::MAX } else { 1 };
        let mut bytes_left = self.bytes.unwrap_or(u64::MAX);
        for _ in 0..self.lines.unwrap_or(once) {
            let part = bytes_left.min(self.text.len() as u64);
            output.write_all(&self.text.as_bytes()[..part as usize])?;
            bytes_left -= part;
            if bytes_left == 0 {
                break;
            }
            if !self.pause.is_zero() {
                output.flush()?;
                thread::sleep(self.pause);
            }
        }
        Ok(())
    }
}
