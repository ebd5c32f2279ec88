//! Who Gantry is measured against. Each is started on a host of its own and ends with it.

pub(crate) mod disk;
pub(crate) mod docker;
pub(crate) mod moto;
