//! x
use gantry_tests::Machine;
use std::path::Path;
use std::time::Instant;

#[test]
fn boots() {
    let t = Instant::now();
    let bin = std::env::var("PROBE_BIN").unwrap();
    let mut m = Machine::boot(&[Path::new("/usr/sbin/nft"), Path::new(&bin)]).unwrap();
    println!("boot {:?}", t.elapsed());
    for c in std::fs::read_to_string("/tmp/v2p/cmds").unwrap().lines().filter(|l| !l.is_empty()) {
        let t = Instant::now();
        let a = m.run(&format!("[ -e /tmp/env ] && . /tmp/env; {c}"));
        println!("=== {c}: {:?} {}\n{}", t.elapsed(), a.code, a.text);
    }
}
