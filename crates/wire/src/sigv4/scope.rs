//! What a signing key is valid for.

use std::fmt;

/// The last part of every scope.
pub(super) const TERMINATOR: &str = "aws4_request";

/// One day, region and service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `20110711`, in UTC.
    pub date: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// The service's signing name, such as `ecs`.
    pub service: String,
}

impl Scope {
    /// Splits `AKID/20110711/us-east-1/ecs/aws4_request` into the access key id and the scope.
    pub(super) fn split_credential(credential: &str) -> Option<(String, Scope)> {
        let parts: Vec<&str> = credential.split('/').collect();
        let [key, date, region, service, TERMINATOR] = parts[..] else { return None };
        let is_complete = ![key, date, region, service].contains(&"");
        let scope = Scope { date: date.into(), region: region.into(), service: service.into() };
        is_complete.then(|| (key.to_owned(), scope))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}
