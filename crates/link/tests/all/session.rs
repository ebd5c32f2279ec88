//! Both sides together, over memory and over a Unix socket.

use crate::samples;
use gantry_link::{
    Dialer, Incoming, Listener, QUEUE_MESSAGES_MAX, ToAgent, ToServer, accept, open_session, open_stream,
};
use gantry_link::{Opening, StreamHello};

async fn every_message_arrives(dialer: Dialer, mut listener: Listener) {
    let server = tokio::spawn(async move {
        let Incoming::Session(hello, mut session) = accept(listener.accept().await.unwrap()).await.unwrap()
        else {
            panic!("a session was opened");
        };
        assert_eq!(hello, samples::hello());
        for message in samples::to_agent() {
            session.sender.send(message).await.unwrap();
        }
        let mut received = Vec::new();
        while let Some(message) = session.receiver.recv().await.unwrap() {
            received.push(message);
        }
        received
    });
    let mut session = open_session(dialer.dial().await.unwrap(), samples::hello()).await.unwrap();
    for expected in samples::to_agent() {
        assert_eq!(session.receiver.recv().await.unwrap(), Some(expected));
    }
    for message in samples::to_server() {
        session.sender.send(message).await.unwrap();
    }
    drop(session.sender);
    assert_eq!(server.await.unwrap(), samples::to_server());
    assert_eq!(session.receiver.recv().await.unwrap(), None);
}

#[tokio::test]
async fn every_message_arrives_in_process() {
    let (dialer, listener) = Dialer::in_process();
    every_message_arrives(dialer, listener).await;
}

#[tokio::test]
async fn every_message_arrives_over_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link.sock");
    drop(Listener::bind_unix(&path).unwrap());
    let listener = Listener::bind_unix(&path).expect("the socket of a server that is gone is replaced");
    every_message_arrives(Dialer::unix(&path), listener).await;
}

#[tokio::test]
async fn streams_carry_frames_both_ways() {
    let (dialer, mut listener) = Dialer::in_process();
    let Opening::Stream(hello) = samples::openings()[1].clone() else {
        panic!("the second opening is a stream's")
    };
    let server = tokio::spawn(async move {
        match accept(listener.accept().await.unwrap()).await.unwrap() {
            Incoming::Stream(hello, stream) => (hello, stream),
            Incoming::Session(..) => panic!("a stream was opened"),
        }
    });
    let mut agent = open_stream(dialer.dial().await.unwrap(), hello).await.unwrap();
    let (received, mut server): (StreamHello, _) = server.await.unwrap();
    assert_eq!(received, hello);
    for frame in samples::stream_frames() {
        agent.sender.send(frame.clone()).await.unwrap();
        assert_eq!(server.receiver.recv().await.unwrap(), Some(frame.clone()));
        server.sender.send(frame.clone()).await.unwrap();
        assert_eq!(agent.receiver.recv().await.unwrap(), Some(frame));
    }
}

#[tokio::test]
async fn a_sender_waits_for_a_receiver_that_takes_nothing() {
    let (dialer, mut listener) = Dialer::in_process();
    let opened = open_session(dialer.dial().await.unwrap(), samples::hello()).await.unwrap();
    let Incoming::Session(_, mut server) = accept(listener.accept().await.unwrap()).await.unwrap() else {
        panic!("a session was opened");
    };
    let text = "x".repeat(64 * 1024);
    let refused = gantry_link::Refused { because: gantry_link::RefusedBecause::Unavailable, text };
    let message = ToAgent::Refused(refused);
    let mut sent = 0;
    while futures_poll_once(server.sender.send(message.clone())).await {
        sent += 1;
        assert!(sent < 10 * QUEUE_MESSAGES_MAX, "the queue is bounded");
    }
    let mut agent = opened;
    for _ in 0..sent {
        assert_eq!(agent.receiver.recv().await.unwrap().as_ref(), Some(&message));
    }
    agent.sender.send(ToServer::Resync).await.unwrap();
    assert_eq!(server.receiver.recv().await.unwrap(), Some(ToServer::Resync));
}

/// Whether a future completes while everybody else who can go on does so.
async fn futures_poll_once<F: Future>(future: F) -> bool {
    let mut future = std::pin::pin!(future);
    for _ in 0..100 {
        let mut done = false;
        std::future::poll_fn(|cx| {
            done = future.as_mut().poll(cx).is_ready();
            std::task::Poll::Ready(())
        })
        .await;
        if done {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn dialing_a_listener_that_is_gone_is_refused() {
    let (dialer, listener) = Dialer::in_process();
    drop(listener);
    assert_eq!(dialer.dial().await.unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
}
