//! The built-in image: there without a network, and made of a program that needs nothing else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::shop::Shop;

/// A container of it starts in little memory, and the binary that embeds it stays small.
const PROGRAM_BYTES_MAX: u64 = 1_500_000;

/// `PT_INTERP` of elf(5): the program asks for a dynamic linker.
const INTERPRETER: u32 = 3;

fn program(shop: &Shop) -> PathBuf {
    shop.image("gantry/hello").unwrap().layers[0].join("bin/hello")
}

#[test]
fn every_store_has_it_under_three_tags() {
    let shop = Shop::open();
    let versions = ["v1", "v2", "latest"].map(|tag| shop.image(&format!("gantry/hello:{tag}")).unwrap());
    let environments = versions.each_ref().map(|image| image.config.env.clone());
    let of = |version: &str| vec!["PATH=/bin".to_owned(), format!("HELLO_VERSION={version}")];
    assert_eq!(environments, [of("v1"), of("v2"), of("v2")]);
    assert!(versions[0].config.entrypoint.is_empty());
    assert_eq!(versions[0].config.cmd, ["serve"]);
    assert_eq!(versions[0].layers, versions[2].layers);
}

#[test]
fn opening_again_writes_nothing() {
    let shop = Shop::open();
    let index = shop.path().join("index.json");
    let before = fs::metadata(&index).unwrap().modified().unwrap();
    shop.open_again();
    assert_eq!(fs::metadata(&index).unwrap().modified().unwrap(), before);
}

#[test]
fn it_comes_back_after_it_was_removed() {
    let shop = Shop::open();
    shop.store.remove(&super::shop::reference("gantry/hello:v1"), &Default::default()).unwrap();
    assert!(shop.image("gantry/hello:v1").is_none());
    shop.open_again();
    assert!(shop.image("gantry/hello:v1").is_some());
}

#[test]
fn its_program_is_small_and_needs_no_dynamic_linker() {
    let program = fs::read(program(&Shop::open())).unwrap();
    println!("the program has {} bytes", program.len());
    assert!((program.len() as u64) < PROGRAM_BYTES_MAX, "{} bytes", program.len());
    assert_eq!(program[..5], *b"\x7fELF\x02", "a 64-bit program");
    let half = |at: usize| u16::from_le_bytes(program[at..at + 2].try_into().unwrap());
    let headers_at = u64::from_le_bytes(program[32..40].try_into().unwrap()) as usize;
    for number in 0..usize::from(half(56)) {
        let at = headers_at + number * usize::from(half(54));
        assert_ne!(u32::from_le_bytes(program[at..at + 4].try_into().unwrap()), INTERPRETER);
    }
}

#[test]
fn its_commands_are_links_to_the_program() {
    let shop = Shop::open();
    let bin = program(&shop).parent().unwrap().to_owned();
    for entry in fs::read_dir(&bin).unwrap().map(Result::unwrap).filter(|entry| entry.file_name() != "hello")
    {
        assert_eq!(fs::read_link(entry.path()).unwrap(), PathBuf::from("hello"));
    }
    let output = Command::new(bin.join("print")).args(["one", "two"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one two\n");
    let usage = Command::new(bin.join("hello")).output().unwrap();
    let usage = String::from_utf8(usage.stderr).unwrap();
    let known: Vec<&str> = usage.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    for command in &known {
        assert!(bin.join(command).exists(), "{command} has no link");
    }
    assert_eq!(known.len() + 1, fs::read_dir(&bin).unwrap().count());
}
