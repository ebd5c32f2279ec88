//! The bytes of every message are on record: an agent of this major version understands them for ever.
//! A changed line here is a new protocol version, unless it only adds a member that may be missing.

use crate::samples;
use expect_test::expect_file;
use gantry_link::Codec;

#[test]
fn messages_cross_the_link_in_their_recorded_form() {
    let openings = lines(&samples::openings());
    let text = format!("{openings}{}{}", lines(&samples::to_server()), lines(&samples::to_agent()));
    expect_file!["./golden/messages.jsonl"].assert_eq(&text);
}

#[test]
fn stream_frames_cross_the_link_in_their_recorded_form() {
    let payloads = samples::stream_frames().iter().map(payload).collect::<Vec<_>>();
    let text: String = payloads.iter().map(|payload| format!("{}\n", payload.escape_ascii())).collect();
    expect_file!["./golden/stream_frames.txt"].assert_eq(&text);
}

fn lines<M: Codec>(messages: &[M]) -> String {
    let texts = messages.iter().map(|message| String::from_utf8(payload(message)).expect("JSON is UTF-8"));
    texts.map(|text| text + "\n").collect()
}

fn payload<M: Codec>(message: &M) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}
