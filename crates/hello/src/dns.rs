//! Host names to IPv4 addresses: the image's /etc/hosts, then the servers of /etc/resolv.conf over UDP (RFC 1035).
//! The C library's own resolver needs files that a static program cannot count on.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

/// Two tries per server, as resolvers commonly do.
const TRIES: usize = 2;
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// What a server sends over UDP to a client without extensions.
const ANSWER_BYTES_MAX: usize = 512;
const HEADER_BYTES: usize = 12;
const TYPE_A: u16 = 1;
const CLASS_INTERNET: u16 = 1;
const RECURSION_DESIRED: u16 = 0x0100;

/// The address of `name`.
pub(crate) fn resolve(name: &str) -> io::Result<Ipv4Addr> {
    if let Ok(address) = name.parse() {
        return Ok(address);
    }
    let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
    if let Some(address) = in_hosts(&hosts, name) {
        return Ok(address);
    }
    let settings = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let servers = values(&settings, "nameserver");
    let servers: Vec<Ipv4Addr> = servers.filter_map(|server| server.parse().ok()).collect();
    let found = candidates(&settings, name).iter().find_map(|name| ask_all(&servers, name));
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no address is known for {name}")))
}

fn in_hosts(hosts: &str, name: &str) -> Option<Ipv4Addr> {
    let lines = hosts.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let address = words.next()?.parse().ok()?;
            words.any(|word| word.eq_ignore_ascii_case(name)).then_some(address)
        })
        .next()
}

/// A name without a dot is tried with each domain of the search list first.
fn candidates(settings: &str, name: &str) -> Vec<String> {
    let whole = name.trim_end_matches('.').to_owned();
    if name.contains('.') {
        return vec![whole];
    }
    let searched = values(settings, "search").map(|domain| format!("{name}.{domain}"));
    searched.chain([whole.clone()]).collect()
}

fn values<'a>(settings: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = settings.lines().map(str::split_whitespace);
    lines.filter_map(move |mut words| (words.next() == Some(key)).then_some(words)).flatten()
}

fn ask_all(servers: &[Ipv4Addr], name: &str) -> Option<Ipv4Addr> {
    let mut asked = servers.iter().cycle().take(servers.len() * TRIES).enumerate();
    asked.find_map(|(number, server)| ask(*server, name, number as u16 + 1).ok().flatten())
}

fn ask(server: Ipv4Addr, name: &str, id: u16) -> io::Result<Option<Ipv4Addr>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_read_timeout(Some(ANSWER_LIMIT))?;
    socket.connect((server, 53))?;
    socket.send(&question(name, id)?)?;
    let mut answer = [0; ANSWER_BYTES_MAX];
    let length = socket.recv(&mut answer)?;
    Ok(address_in(&answer[..length], id))
}

fn question(name: &str, id: u16) -> io::Result<Vec<u8>> {
    let mut message: Vec<u8> =
        [id, RECURSION_DESIRED, 1, 0, 0, 0].iter().flat_map(|word| word.to_be_bytes()).collect();
    for label in name.split('.') {
        if label.is_empty() || label.len() > 63 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name} is no host name")));
        }
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    message.extend([TYPE_A, CLASS_INTERNET].iter().flat_map(|word| word.to_be_bytes()));
    Ok(message)
}

/// The first address of an answer; names in front of it (aliases) are passed over.
fn address_in(answer: &[u8], id: u16) -> Option<Ipv4Addr> {
    if word(answer, 0)? != id {
        return None;
    }
    let (questions, answers) = (word(answer, 4)?, word(answer, 6)?);
    let mut at = HEADER_BYTES;
    for _ in 0..questions {
        at = after_name(answer, at)? + 4;
    }
    for _ in 0..answers {
        let record = after_name(answer, at)?;
        let (kind, length) = (word(answer, record)?, usize::from(word(answer, record + 8)?));
        let data = answer.get(record + 10..record + 10 + length)?;
        if kind == TYPE_A {
            return <[u8; 4]>::try_from(data).ok().map(Ipv4Addr::from);
        }
        at = record + 10 + length;
    }
    None
}

/// A name ends with an empty label or with a pointer to the rest.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

fn word(message: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_comments_and_aliases() {
        let hosts = "127.0.0.1 localhost # me\n::1 web\n10.0.0.7\tweb.local web # the page\n";
        assert_eq!(in_hosts(hosts, "WEB"), Some(Ipv4Addr::new(10, 0, 0, 7)));
        assert_eq!(in_hosts(hosts, "page"), None);
    }

    #[test]
    fn short_names_are_searched() {
        let settings = "search a.test b.test\nnameserver 10.0.0.2\n";
        assert_eq!(candidates(settings, "web"), ["web.a.test", "web.b.test", "web"]);
        assert_eq!(candidates(settings, "web.local."), ["web.local"]);
        assert_eq!(values(settings, "nameserver").collect::<Vec<_>>(), ["10.0.0.2"]);
    }

    #[test]
    fn an_answer_with_an_alias_is_read() {
        let mut answer = question("web.test", 9).unwrap();
        answer[7] = 2;
        let alias = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, b'x', 0xc0, 16];
        let address = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 1, 2, 3];
        answer.extend(alias.into_iter().chain(address));
        assert_eq!(address_in(&answer, 9), Some(Ipv4Addr::new(10, 1, 2, 3)));
        assert_eq!(address_in(&answer, 8), None);
        for end in 0..answer.len() - 1 {
            assert_eq!(address_in(&answer[..end], 9), None, "cut after {end}");
        }
    }
}
