//! Compiles the program of the built-in image (crates/hello) to a static executable that needs nothing else, so that
//! it can be the only file of an image. Cargo cannot build one crate in two ways at once; calling the compiler can.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Static, small, and without relocations to do at start.
const FLAGS: [&str; 14] = [
    "--edition=2024",
    "--crate-name=hello",
    "--crate-type=bin",
    "-Copt-level=s",
    "-Cpanic=abort",
    "-Ccodegen-units=1",
    "-Clto=fat",
    "-Cembed-bitcode=yes",
    "-Cdebuginfo=0",
    "-Cstrip=symbols",
    "-Ctarget-feature=+crt-static",
    "-Crelocation-model=static",
    "-Clink-arg=-Wl,--build-id=none",
    "-Clink-arg=-Wl,--gc-sections",
];

fn main() {
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")).join("../hello/src");
    println!("cargo::rerun-if-changed={}", source.display());
    println!("cargo::rerun-if-changed=build.rs");
    let output = PathBuf::from(variable("OUT_DIR")).join("hello");
    let mut compiler = Command::new(variable("RUSTC"));
    compiler
        .args(FLAGS)
        .arg("--target")
        .arg(variable("TARGET"))
        .arg("-o")
        .arg(output)
        .arg(source.join("main.rs"));
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        compiler.arg(format!("-Clinker={linker}"));
    }
    let status = compiler.status().expect("the compiler that builds this crate also runs here");
    assert!(status.success(), "the program of the built-in image does not compile: {status}");
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
