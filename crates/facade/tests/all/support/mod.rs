//! States to plan against, and calls as clients write them.

mod call;
mod installation;
mod world;

pub(crate) use call::{answer, command, fault, planned};
pub(crate) use installation::Installation;
pub(crate) use world::*;
