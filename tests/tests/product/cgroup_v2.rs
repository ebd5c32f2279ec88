//! x
use gantry_tests::Machine;
use std::path::Path;
use std::time::Instant;

#[test]
fn boots() {
    let t = Instant::now();
    let bin = std::env::var("PROBE_BIN").unwrap();
    let mut m = Machine::boot(&[Path::new("/usr/sbin/nft"), Path::new(&bin), Path::new("/tmp/t/v2/debug/gantry-runtime-helper")]).unwrap();
    println!("boot {:?}", t.elapsed());
    m.ok("mkdir -p /tmp/t/v2/debug /tmp/t/v2/tmp /var/tmp; ln -s /bin/gantry-runtime-helper /tmp/t/v2/debug/; printf '#!/bin/sh\\nLD_TRACE_LOADED_OBJECTS=1 exec \"$@\"\\n' > /bin/ldd; chmod +x /bin/ldd");
    let name = Path::new(&bin).file_name().unwrap().to_str().unwrap().to_owned();
    for c in std::env::var("PROBE").unwrap().split(';') {
        let t = Instant::now();
        let a = m.run(&c.replace("BIN", &name));
        println!("=== {c}: {:?} {}\n{}", t.elapsed(), a.code, a.text);
    }
}
