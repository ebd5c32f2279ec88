//! The wire against AWS's own clients: botocore writes random signed requests and reads our answers.
//!
//! The script is the driver: it asks in lines of JSON, and this process answers from the crate.

use crate::{Call, kitchen};
use gantry_shapes::{ecs, sts};
use gantry_wire::codec::json;
use gantry_wire::route::{Destination, Route, route};
use gantry_wire::schema::{Structure, Timestamp};
use gantry_wire::sigv4::{Claim, Credentials, KeyError, SecretKey, SignatureError, Signer, sign};
use gantry_wire::text::{base64, time};
use gantry_wire::{Answer, Blame, ErrorInfo, Fault, HttpRequest, Protocol, ServiceInfo};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "token+of/session==";
const REQUEST_ID: &str = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE";

/// One line of the script.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "lowercase")]
enum Ask {
    /// Take a request through routing, signature and reader.
    Call { now_ms: i64, request: Http },
    /// Only check the signature.
    Verify { now_ms: i64, service: String, request: Http },
    /// Sign a request at a time.
    Sign { time: String, service: String, region: String, token: Option<String>, request: Http },
    /// Write an output.
    Answer { service: String, protocol: String, operation: String, output: String },
    /// Write a fault.
    Fail { service: String, protocol: String, code: String, message: String, status: u16 },
}

/// A request with its body in base64.
#[derive(Deserialize)]
struct Http {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Http {
    fn with<R>(&self, then: impl FnOnce(&HttpRequest<'_>) -> R) -> R {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = base64::decode(&self.body).expect("the script writes base64");
        let Http { method, path, query, .. } = self;
        then(&HttpRequest { method, path, query, headers: &headers, body: &body })
    }
}

fn answer_to(ask: Ask) -> Value {
    match ask {
        Ask::Call { now_ms, request } => {
            request.with(|request| call(request, Timestamp::from_epoch_ms(now_ms)))
        }
        Ask::Verify { now_ms, service, request } => {
            let outcome = request.with(|request| verify(request, &service, Timestamp::from_epoch_ms(now_ms)));
            json!({ "error": outcome.err().map(|error| error.to_string()) })
        }
        Ask::Sign { time, service, region, token, request } => {
            let credentials = Credentials {
                access_key_id: KEY.into(),
                secret: SecretKey::new(SECRET),
                session_token: token,
            };
            let now = time::parse_basic(&time).expect("the script writes times");
            json!({ "headers": request.with(|request| sign(request, &credentials, &region, &service, now)) })
        }
        Ask::Answer { service, protocol, operation, output } => {
            let (service, mut shape) = output_of(&service, &operation);
            json::read(output.as_bytes(), &mut *shape).expect("the script writes outputs");
            let operation = service.operation(&operation).expect("the script knows the operations");
            let route = Route { service, protocol: protocol_named(&protocol), operation };
            shown(&Answer::success(&route, REQUEST_ID, &*shape))
        }
        Ask::Fail { service, protocol, code, message, status } => {
            let (service, _) = service_named(&service);
            let blame = if status < 500 { Blame::Sender } else { Blame::Receiver };
            let fault = Fault::new(ErrorInfo { code: code.leak(), status, blame }, message);
            shown(&Answer::failure(protocol_named(&protocol), service.xml_namespace, REQUEST_ID, &fault))
        }
    }
}

fn call(request: &HttpRequest<'_>, now: Timestamp) -> Value {
    let route = match route(crate::SERVICES, request) {
        Ok(Destination::Aws(route)) => route,
        other => return json!({ "error": format!("{other:?}") }),
    };
    let signer = match verify(request, route.service.signing_name, now) {
        Ok(signer) => signer,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    match Call::read(&route, request) {
        Ok(call) => json!({
            "service": route.service.name,
            "operation": route.operation,
            "key": signer.access_key_id,
            "region": signer.region,
            "input": json::to_string(call.input()),
        }),
        Err(error) => json!({ "error": format!("{error} at {}", error.path()) }),
    }
}

fn verify(request: &HttpRequest<'_>, service: &str, now: Timestamp) -> Result<Signer, SignatureError> {
    Claim::of(request)?.verify(request, service, now, |key, token| match (key, token) {
        (KEY, None | Some(TOKEN)) => Ok(SecretKey::new(SECRET)),
        _ => Err(KeyError::Unknown),
    })
}

type EmptyOutput = fn(&str) -> Option<Box<dyn Structure>>;

fn service_named(name: &str) -> (&'static ServiceInfo, EmptyOutput) {
    match name {
        "ecs" => (&ecs::SERVICE, |name| ecs::Operation::named(name).map(ecs::Operation::empty_output)),
        "sts" => (&sts::SERVICE, |name| sts::Operation::named(name).map(sts::Operation::empty_output)),
        "kitchen" => {
            (&kitchen::SERVICE, |name| kitchen::Operation::named(name).map(kitchen::Operation::empty_output))
        }
        other => panic!("the script asks for a service {other}"),
    }
}

fn output_of(service: &str, operation: &str) -> (&'static ServiceInfo, Box<dyn Structure>) {
    let (service, empty_output) = service_named(service);
    (service, empty_output(operation).expect("the script knows the operations"))
}

fn protocol_named(name: &str) -> Protocol {
    match name {
        "json-1.0" => Protocol::AwsJson10,
        "json-1.1" => Protocol::AwsJson11,
        "query" => Protocol::AwsQuery,
        other => panic!("the script asks for a protocol {other}"),
    }
}

fn shown(answer: &Answer) -> Value {
    json!({ "status": answer.status, "headers": answer.headers, "body": answer.body })
}

/// Runs the script with a seed; it prints every difference, and fails when there is one.
fn run(seed: u32) {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_dir.join("../..");
    let venv = Command::new(root.join("tools/venv.sh")).status().expect("tools/venv.sh starts");
    assert!(venv.success(), "tools/venv.sh failed; its own words say what is missing");

    let mut script = Command::new(root.join("target/venv/bin/python"))
        .arg(crate_dir.join("tests/oracle/oracle.py"))
        .arg(seed.to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter of target/venv starts");
    let mut answers = script.stdin.take().expect("it is piped");
    let asks = BufReader::new(script.stdout.take().expect("it is piped"));
    let mut count = 0;
    for line in asks.lines() {
        let ask =
            serde_json::from_str(&line.expect("the script writes UTF-8")).expect("the script asks well");
        writeln!(answers, "{}", answer_to(ask)).expect("the script reads its answers");
        count += 1;
    }
    let status = script.wait().expect("the script ends");
    assert!(status.success(), "seed {seed}: the script found differences after {count} questions");
    assert!(count > 2000, "the script asked only {count} questions");
}

#[test]
fn botocore_agrees_seed_1() {
    run(1);
}

#[test]
fn botocore_agrees_seed_2() {
    run(2);
}

#[test]
fn botocore_agrees_seed_3() {
    run(3);
}
