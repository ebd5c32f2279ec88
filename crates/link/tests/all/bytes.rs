//! What a broken or hostile other side can send.

use crate::samples;
use gantry_link::{
    FRAME_BYTES_MAX, Incoming, Io, LinkError, OPENING_LIMIT_MS, ServerSide, accept, open_session,
};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

/// A session whose agent is a raw byte stream.
async fn session() -> (DuplexStream, ServerSide) {
    let (server, mut raw) = duplex(1024);
    raw.write_all(&frame(&serde_json::to_vec(&samples::openings()[0]).unwrap())).await.unwrap();
    match accept(Io::new(server)).await.unwrap() {
        Incoming::Session(_, session) => (raw, session),
        Incoming::Stream(..) => panic!("a session was opened"),
    }
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(payload.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(payload);
    bytes
}

#[tokio::test]
async fn a_frame_may_arrive_byte_by_byte() {
    let (mut raw, mut session) = session().await;
    let reader = tokio::spawn(async move { session.receiver.recv().await });
    for byte in frame(br#"{"applied":{"generation":17}}"#) {
        raw.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let message = reader.await.unwrap().unwrap();
    assert_eq!(message, Some(gantry_link::ToServer::Applied { generation: 17 }));
}

#[tokio::test]
async fn a_reader_that_is_dropped_in_the_middle_of_a_frame_loses_nothing() {
    let (mut raw, mut session) = session().await;
    let bytes = frame(br#""resync""#);
    raw.write_all(&bytes[..6]).await.unwrap();
    tokio::select! {
        biased;
        _ = session.receiver.recv() => panic!("half a frame is no message"),
        () = tokio::task::yield_now() => {}
    }
    raw.write_all(&bytes[6..]).await.unwrap();
    assert_eq!(session.receiver.recv().await.unwrap(), Some(gantry_link::ToServer::Resync));
}

#[tokio::test]
async fn a_torn_frame_is_an_error_and_an_end_between_frames_is_none() {
    let (mut raw, mut session1) = session().await;
    raw.write_all(&frame(br#""resync""#)[..6]).await.unwrap();
    drop(raw);
    assert!(matches!(session1.receiver.recv().await, Err(LinkError::Torn)));
    let (raw, mut session2) = session().await;
    drop(raw);
    assert!(matches!(session2.receiver.recv().await, Ok(None)));
}

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_by_its_header_alone() {
    let (mut raw, mut session) = session().await;
    let length = u32::try_from(FRAME_BYTES_MAX + 1).unwrap();
    raw.write_all(&length.to_be_bytes()).await.unwrap();
    let error = session.receiver.recv().await.unwrap_err();
    assert!(matches!(error, LinkError::TooLong { length } if length == FRAME_BYTES_MAX + 1), "{error}");
}

#[tokio::test]
async fn a_message_over_the_limit_closes_its_own_connection() {
    let (agent, server) = duplex(1024);
    let accepted = tokio::spawn(accept(Io::new(server)));
    let agent = open_session(Io::new(agent), samples::hello()).await.unwrap();
    let Incoming::Session(_, mut session) = accepted.await.unwrap().unwrap() else { panic!("a session") };
    let long = gantry_model::view::TaskReport {
        stop: Some(gantry_model::view::Occurrence {
            code: gantry_model::status::StopCode::TaskFailedToStart,
            reason: "x".repeat(FRAME_BYTES_MAX),
        }),
        ..gantry_model::view::TaskReport::default()
    };
    let report =
        gantry_model::view::NodeReport { sequence: 1, sent_at: gantry_model::NodeTime(1), tasks: vec![long] };
    agent.sender.send(gantry_link::ToServer::Report(report)).await.unwrap();
    agent.sender.closed().await;
    drop(agent);
    assert!(matches!(session.receiver.recv().await, Ok(None)));
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    for payload in [&b""[..], b"{}", b"\xff", br#"{"unheardOf":{}}"#, br#"{"applied":{"generation":-1}}"#] {
        let (mut raw, mut session) = session().await;
        raw.write_all(&frame(payload)).await.unwrap();
        assert!(
            matches!(session.receiver.recv().await, Err(LinkError::Malformed(_))),
            "{}",
            payload.escape_ascii()
        );
    }
}

#[tokio::test]
async fn an_opening_that_is_none_is_refused() {
    let (server, mut raw) = duplex(1024);
    raw.write_all(&frame(br#""resync""#)).await.unwrap();
    assert!(matches!(accept(Io::new(server)).await, Err(LinkError::Malformed(_))));
    let (server, raw) = duplex(1024);
    drop(raw);
    assert!(matches!(accept(Io::new(server)).await, Err(LinkError::NoOpening)));
}

#[tokio::test(start_paused = true)]
async fn a_side_that_says_nothing_is_given_up() {
    let (server, _raw) = duplex(1024);
    let error = accept(Io::new(server)).await.unwrap_err();
    assert!(matches!(error, LinkError::Silent { limit_ms: OPENING_LIMIT_MS }));
}

#[test]
fn short_stream_frames_are_refused() {
    use gantry_link::{Codec, StreamFrame};
    for payload in [&b""[..], b"\x02short", b"\x63", b"\x00{}"] {
        assert!(StreamFrame::decode(payload).is_err(), "{}", payload.escape_ascii());
    }
}
