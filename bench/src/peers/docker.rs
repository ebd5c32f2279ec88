//! Docker's daemon on an empty data root, without its bridge and its firewall rules, which only make its start longer.

use crate::poll::until_answered;
use crate::setting::Setting;
use anyhow::{Context, Result, ensure};
use gantry_tests::Host;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// What `docker info` asks for, without the start of that program.
const INFO: &str = "GET /info HTTP/1.0\r\nHost: docker\r\n\r\n";

const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// From the start of `dockerd` to its first answer.
///
/// # Errors
/// When it does not start.
pub(crate) fn start_until_info(setting: &Setting) -> Result<Duration> {
    let host = Host::new()?;
    let folder = setting.empty_folder("docker-")?;
    let began = Instant::now();
    let mut daemon = start(&host, &folder)?;
    let socket = folder.join("socket");
    until_answered("dockerd", &mut daemon, || info(&socket))
        .with_context(|| std::fs::read_to_string(folder.join("log")).unwrap_or_default())?;
    let took = began.elapsed();
    drop(host);
    daemon.wait()?;
    Ok(took)
}

fn start(host: &Host, folder: &Path) -> Result<Child> {
    let log = File::create(folder.join("log"))?;
    let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
    host.command("dockerd")
        .args([option("data-root", "data"), option("exec-root", "exec"), option("pidfile", "pid")])
        .arg(format!("--host=unix://{}", folder.join("socket").display()))
        .args(["--bridge=none", "--iptables=false", "--ip6tables=false"])
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot run dockerd")
}

fn info(socket: &Path) -> Result<()> {
    let mut stream = UnixStream::connect(socket).context("cannot connect")?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    stream.write_all(INFO.as_bytes()).context("cannot ask")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("cannot read the answer")?;
    ensure!(answer.starts_with("HTTP/1.") && answer[8..].starts_with(" 200 "), "it answers {answer}");
    Ok(())
}
