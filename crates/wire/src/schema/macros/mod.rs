//! The macros that generated files expand. Each line of a generated file is one entry of one of them.

mod errors;
mod operations;
mod services;
mod shape;
mod string_enum;
