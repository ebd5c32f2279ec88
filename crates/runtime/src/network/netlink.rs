//! One kept routing socket (rtnetlink) and its two kinds of talk: changes that are acknowledged, and questions.
//!
//! Takes in typed messages, gives out typed messages or what the kernel refused. Blocking, one talk at a time.
//! A socket belongs for ever to the network namespace of the thread that opened it. Knows no tasks.
//! Source: rtnetlink(7), RFC 3549.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NetlinkBuffer, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::RouteNetlinkMessage;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, sockopt};

/// The kernel fills at most 32 KiB per datagram of a dump; twice that leaves room for other kernels.
const RECEIVE_BYTES: usize = 64 << 10;

/// The kernel answers in microseconds; only a stuck one (a driver that holds the routing lock) takes seconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// A dump that met a change in its middle is asked again; a host that changes faster than this is in trouble.
const DUMP_TRIES: usize = 10;

/// Length of the header of a netlink message, which is also the least that a message can be.
const HEADER_BYTES: usize = 16;

/// What went wrong between us and the kernel.
#[derive(Debug, thiserror::Error)]
pub enum NetlinkError {
    /// The kernel understood and said no.
    #[error("the kernel refused to {what}")]
    Refused {
        /// What was asked for, as a verb with its object.
        what: &'static str,
        /// Its reason.
        #[source]
        source: io::Error,
    },
    /// The socket failed, or no answer came in time.
    #[error("the routing socket failed")]
    Socket(#[from] io::Error),
    /// The answer is not in the form of rtnetlink(7).
    #[error("the kernel's answer cannot be read: {0}")]
    Answer(String),
    /// The tables changed during every try to read them.
    #[error("the kernel's tables changed {DUMP_TRIES} times while they were read")]
    Unsteady,
}

impl NetlinkError {
    /// Whether the same call can succeed later without anybody changing the request.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { source, .. } => {
                matches!(source.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::OutOfMemory)
            }
            Self::Socket(_) | Self::Unsteady => true,
            Self::Answer(_) => false,
        }
    }

    /// Whether the kernel's reason was `errno`.
    pub(super) fn is(&self, errno: Errno) -> bool {
        matches!(self, Self::Refused { source, .. } if source.raw_os_error() == Some(errno.raw_os_error()))
    }
}

/// One change to the kernel's tables.
#[derive(Debug)]
pub(super) struct Change {
    /// A verb with its object, for the error text.
    pub(super) what: &'static str,
    pub(super) message: RouteNetlinkMessage,
    /// `NLM_F_CREATE` and its like; request and acknowledgement are added.
    pub(super) flags: u16,
    /// A refusal that means "it is so already".
    pub(super) already: Option<Errno>,
}

/// A routing socket.
#[derive(Debug)]
pub(super) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
    received: Vec<u8>,
}

/// One message of an answer.
enum Answer {
    Item(Box<RouteNetlinkMessage>),
    /// The end of a dump, or the acknowledgement of a change, with the kernel's verdict.
    End(io::Result<()>),
}

/// What one datagram held.
#[derive(Default)]
struct Answers {
    messages: Vec<Answer>,
    /// The table changed while it was read, so what came may be inconsistent.
    interrupted: bool,
}

impl Netlink {
    /// A socket in the network namespace of the calling thread.
    pub(super) fn open() -> io::Result<Self> {
        let socket =
            rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(ANSWER_LIMIT))?;
        Ok(Self { socket, sequence: 0, received: vec![0; RECEIVE_BYTES] })
    }

    /// Makes all `changes`, in order, in one datagram. The kernel tries each of them even when an earlier one
    /// failed; the first refusal is the error.
    pub(super) fn change(&mut self, changes: Vec<Change>) -> Result<(), NetlinkError> {
        let first = self.sequence.wrapping_add(1);
        let mut datagram = Vec::new();
        let mut awaited = Vec::with_capacity(changes.len());
        for Change { what, message, flags, already } in changes {
            self.append(&mut datagram, message, flags | NLM_F_ACK);
            awaited.push((what, already));
        }
        self.send(&datagram)?;
        let verdicts = self.verdicts(first, awaited.len())?;
        awaited
            .into_iter()
            .zip(verdicts)
            .try_for_each(|((what, already), verdict)| judge(verdict, what, already))
    }

    /// All entries of a table that `question` selects. Entries of a form that this program cannot read are left
    /// out: they are other people's.
    pub(super) fn dump(
        &mut self,
        question: RouteNetlinkMessage,
    ) -> Result<Vec<RouteNetlinkMessage>, NetlinkError> {
        for _ in 0..DUMP_TRIES {
            if let Some(items) = self.try_dump(question.clone())? {
                return Ok(items);
            }
        }
        Err(NetlinkError::Unsteady)
    }

    /// The one entry that `question` names; `None` when the kernel says `absent`.
    pub(super) fn get(
        &mut self,
        question: RouteNetlinkMessage,
        what: &'static str,
        absent: Errno,
    ) -> Result<Option<RouteNetlinkMessage>, NetlinkError> {
        let sequence = self.ask(question, 0)?;
        loop {
            match self.receive(sequence)?.messages.into_iter().next() {
                Some(Answer::Item(item)) => return Ok(Some(*item)),
                Some(Answer::End(verdict)) => return judge(verdict, what, Some(absent)).map(|()| None),
                None => {}
            }
        }
    }

    /// `None` when the table changed meanwhile.
    fn try_dump(
        &mut self,
        question: RouteNetlinkMessage,
    ) -> Result<Option<Vec<RouteNetlinkMessage>>, NetlinkError> {
        let sequence = self.ask(question, NLM_F_DUMP)?;
        let (mut items, mut steady) = (Vec::new(), true);
        loop {
            let answers = self.receive(sequence)?;
            steady &= !answers.interrupted;
            for answer in answers.messages {
                match answer {
                    Answer::Item(item) => items.push(*item),
                    Answer::End(verdict) => {
                        return judge(verdict, "list a table", None).map(|()| steady.then_some(items));
                    }
                }
            }
        }
    }

    /// The kernel acknowledges changes in their order.
    fn verdicts(&mut self, first: u32, count: usize) -> Result<Vec<io::Result<()>>, NetlinkError> {
        let mut verdicts = Vec::with_capacity(count);
        while verdicts.len() < count {
            let sequence = first.wrapping_add(verdicts.len() as u32);
            verdicts.extend(self.receive(sequence)?.messages.into_iter().filter_map(|answer| match answer {
                Answer::End(verdict) => Some(verdict),
                Answer::Item(_) => None,
            }));
        }
        Ok(verdicts)
    }

    fn ask(&mut self, question: RouteNetlinkMessage, flags: u16) -> Result<u32, NetlinkError> {
        let mut datagram = Vec::new();
        self.append(&mut datagram, question, flags);
        self.send(&datagram)?;
        Ok(self.sequence)
    }

    fn append(&mut self, datagram: &mut Vec<u8>, message: RouteNetlinkMessage, flags: u16) {
        self.sequence = self.sequence.wrapping_add(1);
        let mut message = NetlinkMessage::from(message);
        message.header.flags = NLM_F_REQUEST | flags;
        message.header.sequence_number = self.sequence;
        message.finalize();
        let start = datagram.len();
        datagram.resize(start + message.buffer_len().next_multiple_of(4), 0);
        message.serialize(&mut datagram[start..]);
    }

    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        rustix::net::send(&self.socket, datagram, SendFlags::empty())?;
        Ok(())
    }

    /// Reads one datagram and keeps what answers the request `sequence` or a later one of the same batch; what is
    /// older answers a request that was given up.
    fn receive(&mut self, sequence: u32) -> Result<Answers, NetlinkError> {
        let (length, _) = rustix::io::retry_on_intr(|| {
            rustix::net::recv(&self.socket, self.received.as_mut_slice(), RecvFlags::empty())
        })
        .map_err(io::Error::from)?;
        let mut rest = &self.received[..length];
        let mut answers = Answers::default();
        while rest.len() >= HEADER_BYTES {
            let message =
                NetlinkBuffer::new_checked(rest).map_err(|error| NetlinkError::Answer(error.to_string()))?;
            let message_bytes = message.length() as usize;
            if message.sequence_number().wrapping_sub(sequence) <= u32::MAX / 2 {
                answers.interrupted |= message.flags() & NLM_F_DUMP_INTR != 0;
                answers.messages.extend(read(&rest[..message_bytes]));
            }
            rest = rest.get(message_bytes.next_multiple_of(4)..).unwrap_or_default();
        }
        Ok(answers)
    }
}

// The payloads of the netlink crates are an open enum; the rest of them are no answers.
#[allow(clippy::wildcard_enum_match_arm)]
fn read(message: &[u8]) -> Option<Answer> {
    let message = match NetlinkMessage::<RouteNetlinkMessage>::deserialize(message) {
        Ok(message) => message,
        Err(error) => {
            tracing::debug!(%error, "left out an entry of the kernel's tables that cannot be read");
            return None;
        }
    };
    match message.payload {
        NetlinkPayload::InnerMessage(item) => Some(Answer::Item(Box::new(item))),
        NetlinkPayload::Error(error) => Some(Answer::End(error.code.map_or(Ok(()), |_| Err(error.to_io())))),
        NetlinkPayload::Done(_) => Some(Answer::End(Ok(()))),
        _ => None,
    }
}

fn judge(verdict: io::Result<()>, what: &'static str, already: Option<Errno>) -> Result<(), NetlinkError> {
    let expected = already.map(Errno::raw_os_error);
    match verdict {
        Err(reason) if expected.is_some() && reason.raw_os_error() == expected => Ok(()),
        Err(source) => Err(NetlinkError::Refused { what, source }),
        Ok(()) => Ok(()),
    }
}
