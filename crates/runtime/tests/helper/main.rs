//! What the tests of this crate run inside containers, and as the zygote.

use gantry_runtime::zygote::zygote_main;
use std::io::{Read, Write};

mod probe;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
    match words[..] {
        ["zygote"] => zygote_main(),
        ["exit", code] => std::process::exit(code.parse().expect("a status")),
        ["print", ref text @ ..] => println!("{}", text.join(" ")),
        ["sleep", seconds] => sleep(seconds.parse().expect("a number of seconds")),
        ["wait"] => wait(),
        ["probe"] => probe::print_all(),
        ["spew", bytes] => spew(bytes.parse().expect("a number of bytes")),
        ["eat", bytes] => eat(bytes.parse().expect("a number of bytes")),
        ["fork-bomb"] => fork_bomb(),
        ["descriptors"] => descriptors(),
        _ => panic!("unknown words {words:?}"),
    }
}

/// Sleeps and obeys SIGTERM, which the first process of a container ignores unless it asks for it.
fn sleep(seconds: u64) {
    extern "C" fn end(signal: libc::c_int) {
        // SAFETY: allowed in a signal handler.
        unsafe { libc::_exit(128 + signal) }
    }
    // SAFETY: the handler does nothing but end the process.
    unsafe { libc::signal(libc::SIGTERM, end as extern "C" fn(libc::c_int) as libc::sighandler_t) };
    println!("up");
    std::thread::sleep(std::time::Duration::from_secs(seconds));
}

/// Until a signal ends it.
fn wait() {
    loop {
        // SAFETY: waits for a signal.
        unsafe { libc::pause() };
    }
}

/// Writes so many bytes, in numbered lines, as fast as they are taken.
fn spew(bytes: usize) {
    let mut out = std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout().lock());
    let mut written = 0;
    let mut number = 0;
    while written < bytes {
        let line = format!("{number:0>62}\n");
        out.write_all(line.as_bytes()).expect("stdout takes all");
        written += line.len();
        number += 1;
    }
    out.flush().expect("stdout takes all");
}

/// Takes so much memory and touches all of it, then waits to be told to end.
fn eat(bytes: usize) {
    let block = vec![1_u8; bytes];
    println!("ate {}", block.len());
    let mut rest = String::new();
    std::io::stdin().read_to_string(&mut rest).expect("stdin can be read");
}

/// Makes processes until the kernel refuses, and tells how many it got.
fn fork_bomb() {
    let mut children = 0;
    loop {
        // SAFETY: the child only waits.
        match unsafe { libc::fork() } {
            -1 => break,
            0 => loop {
                // SAFETY: waits for a signal.
                unsafe { libc::pause() };
            },
            _ => children += 1,
        }
    }
    println!("{children} {}", std::io::Error::last_os_error().raw_os_error().expect("fork has failed"));
}

/// Lists the descriptors that this program was started with.
fn descriptors() {
    let mut open: Vec<i32> = Vec::new();
    for number in 0..1024 {
        // SAFETY: asks about a number.
        if unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0 {
            open.push(number);
        }
    }
    println!("{open:?}");
}
