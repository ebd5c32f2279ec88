//! A client of a running installation: it finds endpoint and key in the data folder and signs what it asks.
//!
//! Takes in calls to the platform's endpoints and to ECS; gives out their documents, streams of lines, and upgraded
//! connections. A connection per request: commands make a handful. Does not know what commands do with the answers.

mod error;
mod signed;
mod stream;

pub(crate) use error::ClientError;
pub(crate) use stream::Lines;

use crate::data_folder::{DataFolder, Endpoint, FolderError};
use gantry_controlplane::api::{EXEC_PROTOCOL, Exec, SIGNING_NAME};
use gantry_wire::sigv4::Credentials;
use gantry_wire::text::percent;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use signed::Call;

/// Largest answer that is read whole: the longest page of history, with room.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A client of one installation.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// The region that requests are for.
    pub(crate) region: String,
}

impl Client {
    /// A client for the installation in a folder.
    pub(crate) fn of(folder: &DataFolder) -> Result<Self, FolderError> {
        let endpoint = folder.endpoint()?;
        let key = folder.root_key()?;
        let (access_key_id, secret) = (key.access_key_id.clone(), key.secret());
        let region = endpoint.region.clone();
        Ok(Self { endpoint, credentials: Credentials { access_key_id, secret, session_token: None }, region })
    }

    /// Reads a document of a platform endpoint.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<T, ClientError> {
        parse(&self.whole(Call::get(SIGNING_NAME, target(name, query))).await?)
    }

    /// Asks a platform endpoint to do something.
    pub(crate) async fn post(&self, name: &str) -> Result<Value, ClientError> {
        parse(&self.whole(Call::post(SIGNING_NAME, target(name, &[]))).await?)
    }

    /// Calls an ECS operation.
    pub(crate) async fn ecs(&self, operation: &str, input: Value) -> Result<Value, ClientError> {
        let operation = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        let call = Call::post("ecs", "/".to_owned())
            .header("content-type", "application/x-amz-json-1.1".to_owned())
            .header("x-amz-target", operation)
            .body(input.to_string());
        parse(&self.whole(call).await?)
    }

    /// Reads an endpoint that answers line by line.
    pub(crate) async fn lines(&self, name: &str, query: &[(&str, &str)]) -> Result<Lines, ClientError> {
        let response = self.send(Call::get(SIGNING_NAME, target(name, query))).await?;
        Ok(Lines::new(success(response).await?.into_body()))
    }

    /// Starts a process in a container. Frames follow in both directions.
    pub(crate) async fn exec(&self, exec: &Exec) -> Result<TokioIo<Upgraded>, ClientError> {
        let body = serde_json::to_string(exec).expect("the document is plain text");
        let call = Call::post(SIGNING_NAME, target("exec", &[]))
            .header("connection", "upgrade".to_owned())
            .header("upgrade", EXEC_PROTOCOL.to_owned())
            .body(body);
        let response = self.send(call).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(ClientError::refused(whole(response).await?));
        }
        hyper::upgrade::on(response).await.map(TokioIo::new).map_err(ClientError::Broken)
    }

    async fn whole(&self, call: Call) -> Result<Vec<u8>, ClientError> {
        Ok(whole(success(self.send(call).await?).await?).await?.1)
    }
}

/// The response, unless it is a fault.
async fn success(response: Response<Incoming>) -> Result<Response<Incoming>, ClientError> {
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(ClientError::refused(whole(response).await?))
    }
}

async fn whole(response: Response<Incoming>) -> Result<(StatusCode, Vec<u8>), ClientError> {
    let status = response.status();
    let limited = http_body_util::Limited::new(response.into_body(), ANSWER_BYTES_MAX);
    let body = limited.collect().await.map_err(ClientError::Unread)?;
    Ok((status, body.to_bytes().into()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(body).map_err(ClientError::NotUnderstood)
}

/// `/_gantry/name?key=value&…`
fn target(name: &str, query: &[(&str, &str)]) -> String {
    let mut target = format!("/_gantry/{name}");
    for (index, (key, value)) in query.iter().enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        target.push_str(key);
        target.push('=');
        percent::encode_into(&mut target, value, b"");
    }
    target
}
