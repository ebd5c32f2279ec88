//! The wire crate against small shapes of its own.

mod answer;
mod http;
mod json;
mod limits;
mod query;
mod route;
mod shapes;
mod sigv4;
mod sigv4_mutations;
mod visit;
mod xml;
