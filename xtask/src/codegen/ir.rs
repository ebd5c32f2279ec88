//! What a generated file says, before it is text.

/// One generated file.
pub(super) struct Service {
    pub(super) name: String,
    pub(super) signing_name: String,
    pub(super) endpoint_prefix: String,
    pub(super) target_prefix: String,
    pub(super) api_version: String,
    pub(super) xml_namespace: String,
    /// Variants of `Protocol`.
    pub(super) protocols: Vec<&'static str>,
    pub(super) enums: Vec<Enum>,
    pub(super) structures: Vec<Structure>,
    pub(super) operations: Vec<Call>,
    pub(super) errors: Vec<ErrorLine>,
}

/// An enumeration: Rust variants with their values on the wire.
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) variants: Vec<(String, String)>,
}

/// A structure.
pub(super) struct Structure {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// One member of a structure.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) rust_type: String,
    pub(super) wire_name: String,
    /// Building methods of `Member`.
    pub(super) marks: Vec<String>,
}

/// One operation.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) input: String,
    pub(super) output: String,
    pub(super) errors: Vec<String>,
}

/// One error.
pub(super) struct ErrorLine {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) status: u16,
    /// A variant of `Blame`.
    pub(super) blame: &'static str,
}
