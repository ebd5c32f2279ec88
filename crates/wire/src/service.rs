//! What a service says about itself, so that requests for it can be recognised and answered.

use crate::Protocol;

/// One AWS service. The generated crate has one constant per service; routing takes a table of them.
#[derive(Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Our folder name of the service, such as `ecs`.
    pub name: &'static str,
    /// The service in the credential scope of a signature.
    pub signing_name: &'static str,
    /// The first label of AWS's host names for it.
    pub endpoint_prefix: &'static str,
    /// What stands before the dot in `X-Amz-Target`; empty where no protocol of the service uses it.
    pub target_prefix: &'static str,
    /// The `Version` field of form requests.
    pub api_version: &'static str,
    /// The default namespace of XML answers; empty where no protocol of the service answers in XML.
    pub xml_namespace: &'static str,
    /// The protocols that it speaks.
    pub protocols: &'static [Protocol],
    /// The names of its operations, in ascending order of their bytes.
    pub operations: &'static [&'static str],
}

impl ServiceInfo {
    /// The operation of exactly this name.
    pub fn operation(&self, name: &str) -> Option<&'static str> {
        self.operations.binary_search(&name).ok().map(|index| self.operations[index])
    }
}
