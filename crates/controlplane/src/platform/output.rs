//! The output of one container, line by line, from the node that keeps it.

use super::lines::Lines;
use crate::api::LogLine;
use crate::clock::wall_ms;
use crate::explain::{rfc3339, task_name};
use crate::sessions::Sessions;
use gantry_link::{StreamConnection, StreamFrame, StreamRequest};
use gantry_model::Timestamp;
use gantry_model::record::Task;

/// What to read of a container.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Go on until the container has ended.
    pub(super) follow: bool,
    /// Leave out what is older: milliseconds since 1970.
    pub(super) since_ms: Option<u64>,
    /// Begin with so many lines from the end.
    pub(super) tail_lines: Option<u64>,
}

/// A container's output that is being read.
pub(super) struct ContainerOutput {
    task: String,
    container: String,
    /// `None` once it is over.
    stream: Option<StreamConnection>,
    stdout: Lines,
    stderr: Lines,
    /// When the last piece was read by the container's supervisor.
    time_ms: i64,
    /// What stood in the way, not yet told.
    remark: Option<String>,
}

const STDOUT: &str = "stdout";
const STDERR: &str = "stderr";
/// The stream that the platform's own remarks come on.
const REMARKS: &str = "gantry";

impl ContainerOutput {
    /// Asks the node. A node that cannot be asked is a remark, not an error: other containers may still be read.
    pub(super) async fn open(sessions: &Sessions, task: &Task, container: &str, wanted: &Wanted) -> Self {
        let request = StreamRequest::Logs {
            task: task.id,
            container: container.to_owned(),
            follow: wanted.follow,
            since_ms: wanted.since_ms,
            tail_lines: wanted.tail_lines,
        };
        let opened = sessions.open_stream(task.spec.node, request).await;
        let remark = opened.as_ref().err().map(ToString::to_string);
        Self {
            task: task_name(task),
            container: container.to_owned(),
            stream: opened.ok(),
            stdout: Lines::default(),
            stderr: Lines::default(),
            time_ms: wall_ms(),
            remark,
        }
    }

    /// The next lines, maybe none yet; `None` when nothing follows.
    pub(super) async fn next(&mut self) -> Option<Vec<LogLine>> {
        let Some(stream) = &mut self.stream else {
            return self.remark.take().map(|text| vec![self.line(REMARKS, text)]);
        };
        match stream.receiver.recv().await {
            Ok(Some(frame)) => Some(self.take(frame)),
            Ok(None) => Some(self.end(None)),
            Err(error) => Some(self.end(Some(error.to_string()))),
        }
    }

    fn take(&mut self, frame: StreamFrame) -> Vec<LogLine> {
        match frame {
            StreamFrame::Stdout { time_ms, data } => {
                self.time_ms = time_ms as i64;
                let lines = self.stdout.take(&data);
                self.lines(STDOUT, lines)
            }
            StreamFrame::Stderr { time_ms, data } => {
                self.time_ms = time_ms as i64;
                let lines = self.stderr.take(&data);
                self.lines(STDERR, lines)
            }
            StreamFrame::Lost { bytes } => {
                vec![self.line(REMARKS, format!("{bytes} bytes of output were older than what is kept"))]
            }
            StreamFrame::End | StreamFrame::Exit { .. } => self.end(None),
            StreamFrame::Error { text } => self.end(Some(text)),
            // Nodes do not send these.
            StreamFrame::Stdin(_) | StreamFrame::StdinEnd | StreamFrame::Resize { .. } => Vec::new(),
        }
    }

    /// Nothing follows but lines that have begun and a remark.
    fn end(&mut self, remark: Option<String>) -> Vec<LogLine> {
        self.stream = None;
        self.remark = remark;
        let (stdout, stderr) = (self.stdout.end(), self.stderr.end());
        let mut lines = self.lines(STDOUT, stdout);
        lines.extend(self.lines(STDERR, stderr));
        lines
    }

    fn lines(&self, stream: &str, texts: impl IntoIterator<Item = String>) -> Vec<LogLine> {
        texts.into_iter().map(|text| self.line(stream, text)).collect()
    }

    fn line(&self, stream: &str, line: String) -> LogLine {
        let (task, container) = (self.task.clone(), self.container.clone());
        LogLine { task, container, stream: stream.to_owned(), at: rfc3339(Timestamp(self.time_ms)), line }
    }
}
