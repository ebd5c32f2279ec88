//! The engine from outside: scripts with their transcripts, random histories, and the form of its records.

mod fixture;
mod golden;
mod random;
mod scenarios;
mod script;
mod world;
