//! The web page and its client, against each other and against a made-up metadata endpoint.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::{Bin, Running, text};

/// A server on a free port, and its address.
fn serve(bin: &Bin, variables: &[(&str, &str)]) -> (Running, String) {
    let variables = [&[("PORT", "0"), ("HELLO_VERSION", "v1")], variables].concat();
    let mut running = bin.start("serve", &[], &variables);
    let line = running.line();
    let address = line.strip_prefix("hello v1 listens on 0.0.0.0:").unwrap();
    (running, format!("127.0.0.1:{address}"))
}

fn fetch(bin: &Bin, url: &str) -> (i32, String) {
    let output = bin.run("fetch", &[url]);
    (output.status.code().unwrap(), text(&output.stdout).to_owned())
}

/// Answers one request with `body`; gives back the first line of the request.
fn endpoint(body: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let length = stream.read(&mut request).unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        text(&request[..length]).lines().next().unwrap().to_owned()
    });
    (address, served)
}

#[test]
fn the_page_says_its_version_and_its_task() {
    let bin = Bin::new();
    let (metadata, served) = endpoint(r#"{"Cluster":"demo","Family":"web"}"#);
    let (_running, address) = serve(&bin, &[("ECS_CONTAINER_METADATA_URI_V4", &format!("{metadata}/v4/x"))]);
    let (code, page) = fetch(&bin, &format!("http://{address}/"));
    assert_eq!(code, 0);
    assert!(page.contains("Hello from gantry/hello v1") && page.contains("<td>demo</td>"), "{page}");
    assert_eq!(served.join().unwrap(), "GET /v4/x/task HTTP/1.1");
}

#[test]
fn every_path_has_its_answer() {
    let bin = Bin::new();
    let (_running, address) = serve(&bin, &[("FROM_THE_TEST", "yes")]);
    let get = |path: &str| fetch(&bin, &format!("http://{address}{path}"));
    assert_eq!(get("/healthz"), (0, "ok\n".into()));
    assert_eq!(get("/nowhere"), (1, "nothing here\n".into()));
    assert!(get("/env").1.contains("FROM_THE_TEST=yes\n"));
    assert!(get("/json?pretty").1.ends_with(",\"task\":null}\n"));
}

#[test]
fn names_are_looked_up() {
    let bin = Bin::new();
    let (_running, address) = serve(&bin, &[]);
    let port = address.rsplit(':').next().unwrap();
    assert_eq!(fetch(&bin, &format!("http://localhost:{port}/healthz")), (0, "ok\n".into()));
}

#[test]
fn an_endpoint_that_is_not_there_is_a_failure() {
    let bin = Bin::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(fetch(&bin, &format!("http://{free}/")), (1, String::new()));
    assert_eq!(bin.run("fetch", &["ftp://x"]).status.code(), Some(1));
    assert_eq!(bin.run("fetch", &[]).status.code(), Some(2));
}

#[test]
fn sigterm_lets_open_requests_finish() {
    let bin = Bin::new();
    let (mut running, address) = serve(&bin, &[]);
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    // A second, whole request shows that the first one has been accepted.
    assert_eq!(fetch(&bin, &format!("http://{address}/healthz")).0, 0);
    running.signal("-TERM");
    slow.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("ok\n"), "{answer}");
    assert_eq!(running.line(), "asked to end, ending");
    assert_eq!(running.end(), 0);
}

#[test]
fn too_many_connections_are_told_so() {
    let bin = Bin::new();
    let (_running, address) = serve(&bin, &[]);
    let open: Vec<TcpStream> = (0..64).map(|_| TcpStream::connect(&address).unwrap()).collect();
    assert_eq!(fetch(&bin, &format!("http://{address}/healthz")), (1, "too many connections\n".into()));
    drop(open);
}
