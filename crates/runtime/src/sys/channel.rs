//! Messages with descriptors between the agent, the zygote, shims and inits: JSON in packets of a local socket.
//!
//! One packet is one message, so nothing is framed and a reader never sees a part of one. The end of the other process
//! is the end of the channel, which is how every death in the process tree is noticed.

use super::time::wait_for;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recv, recvmsg, sendmsg, socketpair,
};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Longest message. Orders are paths and numbers; what can grow (a container's environment) goes by file.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// The kernel passes at most 253 descriptors at once (`SCM_MAX_FD`).
pub(crate) const DESCRIPTORS_MAX: usize = 253;

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Channel(OwnedFd);

/// A message with the descriptors that came along.
pub(crate) struct Received<M> {
    pub(crate) message: M,
    pub(crate) descriptors: Vec<OwnedFd>,
}

impl Channel {
    /// Two ends that are connected.
    pub(crate) fn pair() -> io::Result<(Channel, Channel)> {
        let (one, other) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        Ok((Channel(one), Channel(other)))
    }

    /// Waits for room when the other side is slow; fails with `BrokenPipe` when it is gone.
    pub(crate) fn send<M: Serialize>(&self, message: &M, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let bytes = serde_json::to_vec(message)?;
        if bytes.len() > MESSAGE_BYTES_MAX || descriptors.len() > DESCRIPTORS_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "message is too long for one packet"));
        }
        let send = || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
            let mut ancillary = SendAncillaryBuffer::new(&mut space);
            if !descriptors.is_empty() {
                ancillary.push(SendAncillaryMessage::ScmRights(descriptors));
            }
            sendmsg(&self.0, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL)
        };
        match retry(send) {
            // The other side ended before it had read everything.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            other => other.map(drop),
        }
    }

    /// Waits for the next message; `None` when the other side is gone.
    pub(crate) fn receive<M: DeserializeOwned>(&self) -> io::Result<Option<Received<M>>> {
        let mut bytes = match self.next_length()? {
            0 => return Ok(None),
            length => vec![0; length],
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = retry(|| {
            recvmsg(&self.0, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)
        })?;
        let mut descriptors = Vec::new();
        for part in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = part {
                descriptors.extend(fds);
            }
        }
        if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "message was cut off"));
        }
        let message = serde_json::from_slice(&bytes[..received.bytes])?;
        Ok(Some(Received { message, descriptors }))
    }

    /// Waits for the next message and looks how long it is; 0 means that there is none to come. A buffer for the
    /// longest one would be most of an idle shim's memory.
    fn next_length(&self) -> io::Result<usize> {
        let peeked = retry(|| recv(&self.0, &mut [0; 0], RecvFlags::PEEK | RecvFlags::TRUNC));
        match peeked {
            Ok((_, length)) => Ok(length),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// As [`Channel::receive`], with `TimedOut` when nothing comes in time.
    pub(crate) fn receive_within<M: DeserializeOwned>(
        &self,
        limit: Duration,
    ) -> io::Result<Option<Received<M>>> {
        if wait_for(&self.0, PollFlags::IN, Some(limit))? {
            self.receive()
        } else {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
}

impl From<OwnedFd> for Channel {
    /// The descriptor must be a connected packet socket; anything else fails at the first use.
    fn from(fd: OwnedFd) -> Channel {
        Channel(fd)
    }
}

impl From<Channel> for OwnedFd {
    fn from(channel: Channel) -> OwnedFd {
        channel.0
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return Ok(other?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek, Write};

    #[test]
    fn a_message_carries_descriptors() {
        let (one, other) = Channel::pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        one.send(&("hello", 7), &[file.as_fd()]).unwrap();
        let received = other.receive::<(String, i32)>().unwrap().unwrap();
        assert_eq!(received.message, ("hello".to_owned(), 7));
        let mut same = std::fs::File::from(received.descriptors.into_iter().next().unwrap());
        same.write_all(b"through it").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through it");
    }

    #[test]
    fn what_was_sent_before_the_end_is_still_read() {
        let (one, other) = Channel::pair().unwrap();
        one.send(&1, &[]).unwrap();
        drop(one);
        assert_eq!(other.receive::<i32>().unwrap().unwrap().message, 1);
        assert!(other.receive::<i32>().unwrap().is_none());
        assert_eq!(other.send(&2, &[]).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn silence_ends_at_the_limit() {
        let (_one, other) = Channel::pair().unwrap();
        let error = other.receive_within::<i32>(Duration::from_millis(1)).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
