//! Names of images as Docker reads them: `nginx` means `docker.io/library/nginx:latest`. Text in, a full name out.
//! Source: the grammar of <https://pkg.go.dev/github.com/distribution/reference>.

use std::fmt;
use std::str::FromStr;

use super::{Digest, DigestError};

const DEFAULT_DOMAIN: &str = "docker.io";
const OFFICIAL: &str = "library/";
const DEFAULT_TAG: &str = "latest";

/// Both limits are the grammar's.
const NAME_CHARS_MAX: usize = 255;
const TAG_CHARS_MAX: usize = 128;

/// A full name: a repository with a tag, a digest, or both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Why a text names no image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Not the grammar.
    #[error("invalid reference format")]
    Format,
    /// Upper-case letters in a repository.
    #[error("invalid reference format: repository name must be lowercase")]
    Uppercase,
    /// Over 255 characters.
    #[error("invalid reference format: repository name must not be more than {NAME_CHARS_MAX} characters")]
    TooLong,
    /// What follows `@`.
    #[error("invalid reference format: {0}")]
    Digest(#[from] DigestError),
}

impl Reference {
    /// The repository with its registry, such as `docker.io/library/nginx`.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// The tag, when one was given or is implied.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, when the name is pinned to one.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The short form that people type: without `docker.io/library/`, but always with its tag.
    pub fn familiar(&self) -> String {
        let short = match self.domain.as_str() {
            DEFAULT_DOMAIN => self.path.strip_prefix(OFFICIAL).unwrap_or(&self.path).to_owned(),
            _ => self.repository(),
        };
        short + &self.suffix()
    }

    fn suffix(&self) -> String {
        let tag = self.tag.as_ref().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = self.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
        tag + &digest
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse()?)),
            None => (text, None),
        };
        let (name, tag) = split_tag(rest);
        let (domain, path) = split_domain(name);
        let implied = (tag.is_none() && digest.is_none()).then_some(DEFAULT_TAG);
        let tag = tag.or(implied).map(str::to_owned);
        check(&domain, &path, tag.as_deref())?;
        Ok(Self { domain, path, tag, digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.repository(), self.suffix())
    }
}

/// A colon before a slash belongs to a port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

/// What stands before the first slash is a registry only when it looks like a host.
fn split_domain(name: &str) -> (String, String) {
    let (domain, path) = match name.split_once('/') {
        Some((first, rest)) if looks_like_host(first) => (first, rest),
        _ => (DEFAULT_DOMAIN, name),
    };
    let domain = if domain == "index.docker.io" { DEFAULT_DOMAIN } else { domain };
    let official = domain == DEFAULT_DOMAIN && !path.contains('/');
    let path = if official { format!("{OFFICIAL}{path}") } else { path.to_owned() };
    (domain.to_owned(), path)
}

fn looks_like_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost" || text.chars().any(char::is_uppercase)
}

fn check(domain: &str, path: &str, tag: Option<&str>) -> Result<(), ReferenceError> {
    if path.chars().any(|letter| letter.is_ascii_uppercase()) {
        return Err(ReferenceError::Uppercase);
    }
    if domain.len() + 1 + path.len() > NAME_CHARS_MAX {
        return Err(ReferenceError::TooLong);
    }
    let valid = is_host(domain) && path.split('/').all(is_component) && tag.is_none_or(is_tag);
    valid.then_some(()).ok_or(ReferenceError::Format)
}

fn is_host(domain: &str) -> bool {
    let (host, port) = domain.split_once(':').unwrap_or((domain, "0"));
    let labels = host.split('.').all(|label| {
        let ends = !label.starts_with('-') && !label.ends_with('-');
        ends && !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    labels && !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit())
}

/// Letters and digits, joined by one dot, one or two underscores, or any number of dashes.
fn is_component(component: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut between = component.split(|letter: char| letter.is_ascii() && is_letter(letter as u8));
    let ends = component.bytes().next().is_some_and(is_letter)
        && component.bytes().next_back().is_some_and(is_letter);
    ends && between
        .all(|joint| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = tag.bytes().next().is_some_and(is_word);
    starts
        && tag.len() <= TAG_CHARS_MAX
        && tag.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check_name(typed: &str, full: &str, familiar: &str) {
        let reference: Reference = typed.parse().unwrap();
        assert_eq!((reference.to_string().as_str(), reference.familiar().as_str()), (full, familiar));
        assert_eq!(full.parse::<Reference>().unwrap(), reference, "the full name means the same");
    }

    #[test]
    fn short_names_are_completed() {
        check_name("nginx", "docker.io/library/nginx:latest", "nginx:latest");
        check_name("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27");
        check_name("gantry/hello", "docker.io/gantry/hello:latest", "gantry/hello:latest");
        check_name("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest");
        check_name("localhost/a", "localhost/a:latest", "localhost/a:latest");
        check_name("127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c");
        check_name("a.b/c", "a.b/c:latest", "a.b/c:latest");
        check_name("a__b/c.d/e---f", "docker.io/a__b/c.d/e---f:latest", "a__b/c.d/e---f:latest");
        let ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/web:v1";
        check_name(ecr, ecr, ecr);
    }

    #[test]
    fn a_digest_implies_no_tag() {
        let pinned: Reference = format!("nginx@{DIGEST}").parse().unwrap();
        assert_eq!((pinned.tag(), pinned.digest()), (None, Some(&Digest::of(b""))));
        check_name(
            &format!("nginx:1@{DIGEST}"),
            &format!("docker.io/library/nginx:1@{DIGEST}"),
            &format!("nginx:1@{DIGEST}"),
        );
    }

    #[test]
    fn refuses_what_is_no_name() {
        let long = "a".repeat(250);
        let long_tag = format!("a:{}", "t".repeat(129));
        for text in [
            "",
            ":",
            "a:",
            "a:b:c/",
            "/a",
            "a/",
            "a//b",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a:-b",
            "a b",
            "a@sha256:00",
            "a.b:/c",
            "a.b:x/c",
            "-a.b/c",
            "é",
            "a/é",
            "../a",
            "a:b/../c",
            &long,
            &long_tag,
        ] {
            assert!(text.parse::<Reference>().is_err(), "`{text}` was taken");
        }
        assert_eq!("Nginx".parse::<Reference>(), Err(ReferenceError::Uppercase));
    }
}
