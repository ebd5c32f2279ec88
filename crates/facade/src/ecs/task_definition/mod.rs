//! Task definitions: register, describe, list, deregister.
//!
//! [`convert_in`] reads what a client sends, [`validate`] refuses what AWS refuses, [`convert_out`] shows what is stored with
//! what AWS fills in.

mod convert_in;
mod convert_out;
mod deregister;
mod describe;
mod image;
mod list;
mod list_families;
mod register;
mod validate;

pub(super) use deregister::deregister;
pub(super) use describe::describe;
pub(super) use list::list;
pub(super) use list_families::list_families;
pub(super) use register::register;
