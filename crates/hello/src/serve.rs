//! A small web server: `/` for people, `/json` for programs, `/env`, and `/healthz` for whoever probes.
//!
//! One thread per connection, one request per connection. SIGTERM ends it with 0 once the open requests are answered.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use crate::http::{Head, buffered};
use crate::page::{Facts, html, json};
use crate::{Outcome, fetch, output, signals, tried, users};

const DEFAULT_PORT: u16 = 8080;

/// More than that at once are told to come back: threads are memory, and tasks may have little.
const CONNECTIONS_MAX: usize = 64;

/// For a client to send its request, and to take the answer.
const CLIENT_PATIENCE: Duration = Duration::from_secs(10);

/// The metadata endpoint is on this host.
const METADATA_PATIENCE: Duration = Duration::from_secs(2);

/// For open requests, after SIGTERM.
const DRAIN: Duration = Duration::from_secs(5);

/// How many connections are open, and a bell for when one is not any more.
#[derive(Default)]
struct Open {
    count: Mutex<usize>,
    changed: Condvar,
}

/// An answer: status line, content type, content.
struct Answer(&'static str, &'static str, String);

/// `serve`: ends when it is asked to.
pub(crate) fn command(_: &[String]) -> Outcome {
    let asked_to_end = signals::keep_for_waiting();
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(DEFAULT_PORT);
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).map_err(tried(format!("port {port}")))?;
    let address = listener.local_addr().map_err(tried("the listener"))?;
    output::line(&format!("hello {} listens on {address}", version()))?;
    let open = Arc::new(Open::default());
    let counted = Arc::clone(&open);
    thread::spawn(move || accept(&listener, &counted));
    asked_to_end.wait();
    open.drain();
    output::line("asked to end, ending")?;
    Ok(0)
}

fn accept(listener: &TcpListener, open: &Arc<Open>) {
    for stream in listener.incoming().flatten() {
        let open = Arc::clone(open);
        if !open.enter() {
            let busy = Answer("503 Service Unavailable", "text/plain", "too many connections\n".into());
            busy.send(stream).unwrap_or_default();
            continue;
        }
        thread::spawn(move || {
            // A client that goes away in the middle is its own affair.
            converse(stream).unwrap_or_default();
            open.leave();
        });
    }
}

fn converse(stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(CLIENT_PATIENCE))?;
    stream.set_write_timeout(Some(CLIENT_PATIENCE))?;
    let head = Head::read(&mut buffered(&stream))?;
    let mut words = head.first_line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    answer(method, target.split('?').next().unwrap_or_default()).send(stream)
}

fn answer(method: &str, path: &str) -> Answer {
    if method != "GET" {
        return Answer("405 Method Not Allowed", "text/plain", "only GET\n".into());
    }
    match path {
        "/" => Answer("200 OK", "text/html; charset=utf-8", html(&facts())),
        "/json" => Answer("200 OK", "application/json", json(&facts())),
        "/env" => Answer("200 OK", "text/plain; charset=utf-8", environment()),
        "/healthz" => Answer("200 OK", "text/plain", "ok\n".into()),
        _ => Answer("404 Not Found", "text/plain", "nothing here\n".into()),
    }
}

fn facts() -> Facts {
    let host_name = users::read_host_name().unwrap_or_default();
    Facts { version: version(), host_name, task: task_metadata() }
}

fn version() -> String {
    std::env::var("HELLO_VERSION").unwrap_or_else(|_| "without a version".into())
}

fn task_metadata() -> Option<String> {
    let endpoint = std::env::var("ECS_CONTAINER_METADATA_URI_V4").ok()?;
    let mut document = Vec::new();
    let status = fetch::get(&format!("{endpoint}/task"), METADATA_PATIENCE, &mut document).ok()?;
    (status == 200).then(|| String::from_utf8_lossy(&document).into_owned())
}

fn environment() -> String {
    let line = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        format!("{}={}\n", name.to_string_lossy(), value.to_string_lossy())
    };
    std::env::vars_os().map(line).collect()
}

impl Answer {
    fn send(self, mut stream: TcpStream) -> io::Result<()> {
        let Self(status, kind, content) = self;
        let length = content.len();
        let headers = format!("Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close");
        stream.write_all(format!("HTTP/1.1 {status}\r\n{headers}\r\n\r\n{content}").as_bytes())
    }
}

impl Open {
    /// Whether there is room for one more.
    fn enter(&self) -> bool {
        let mut count = self.count.lock().expect("no holder of the count panics");
        let room = *count < CONNECTIONS_MAX;
        *count += usize::from(room);
        room
    }

    fn leave(&self) {
        *self.count.lock().expect("no holder of the count panics") -= 1;
        self.changed.notify_all();
    }

    /// Waits for open requests, though not for ever.
    fn drain(&self) {
        let count = self.count.lock().expect("no holder of the count panics");
        let waited = self.changed.wait_timeout_while(count, DRAIN, |count| *count > 0);
        drop(waited.expect("no holder of the count panics"));
    }
}
