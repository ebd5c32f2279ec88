//! Where a record lives: in the whole installation, in one account, or in one account's region.

use crate::name::Unknown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// An AWS account: twelve decimal digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AccountId(u64);

/// The first number that needs thirteen digits.
const ACCOUNT_LIMIT: u64 = 1_000_000_000_000;

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl FromStr for AccountId {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && number < ACCOUNT_LIMIT => Ok(Self(number)),
            _ => Err(Unknown),
        }
    }
}

text_conversions!(AccountId);

/// An AWS region such as `us-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Region(Arc<str>);

impl Region {
    /// The region's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Region {
    fn default() -> Self {
        Self("us-east-1".into())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Region {
    type Err = Unknown;

    /// Reads one to thirty-two lower-case letters, digits and dashes.
    fn from_str(text: &str) -> Result<Self, Unknown> {
        let known = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if known && (1..=32).contains(&text.len()) { Ok(Self(text.into())) } else { Err(Unknown) }
    }
}

text_conversions!(Region);

/// One account in one region: where almost every record of AWS lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountRegion {
    /// Who owns the record.
    pub account: AccountId,
    /// Where the record lives.
    pub region: Region,
}

/// The reach of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole installation: nodes, leases.
    Platform,
    /// One account in every region.
    Account(AccountId),
    /// One account in one region.
    AccountRegion(AccountRegion),
}
