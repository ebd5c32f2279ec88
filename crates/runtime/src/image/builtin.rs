//! The built-in image `gantry/hello`: a small static program under many names, so that tests, demos and first steps
//! need no other image and no network. Every store has it.

use super::build::{BuiltImage, ImageBuilder, LayerBuilder, oci_archive};
use super::{ImageStore, LoadError, Reference};

/// The program, compiled by this crate's build script.
const HELLO: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hello"));

/// The names under which it is found; each is a command of its own.
const COMMANDS: [&str; 18] = [
    "cat",
    "eat-memory",
    "env",
    "exit",
    "false",
    "fetch",
    "fork-without-end",
    "hostname",
    "id",
    "ignore-term",
    "ls",
    "print",
    "serve",
    "sleep",
    "stamp",
    "true",
    "whoami",
    "write",
];

/// The tags, and what each says about itself.
const TAGS: [(&str, &str); 3] = [("v1", "v1"), ("v2", "v2"), ("latest", "v2")];

/// Loads the image where the store has none or another build of it.
pub(super) fn install(store: &ImageStore) -> Result<(), LoadError> {
    let images = images();
    let index = store.index()?;
    let is_there = |image: &BuiltImage, tag: &str| {
        let name: Reference = name(tag).parse().expect("the name is fixed and valid");
        index.names.get(&name.to_string()) == Some(&image.digest())
    };
    if images.iter().zip(TAGS).all(|(image, (tag, _))| is_there(image, tag)) {
        return Ok(());
    }
    store.load_stream(oci_archive(&images).as_slice(), None)?;
    Ok(())
}

fn images() -> Vec<BuiltImage> {
    let base = ImageBuilder::new()
        .layer(layer())
        .env("PATH", "/bin")
        .cmd(["serve"])
        .configure(|config| config.exposed_ports = ["8080/tcp".into()].into());
    TAGS.map(|(tag, version)| base.clone().env("HELLO_VERSION", version).build(&name(tag))).into()
}

fn name(tag: &str) -> String {
    format!("gantry/hello:{tag}")
}

fn layer() -> LayerBuilder {
    let layer = LayerBuilder::new()
        .folder("bin", 0o755)
        .file("bin/hello", 0o755, HELLO)
        .folder("etc", 0o755)
        .file("etc/passwd", 0o644, b"root:x:0:0:root:/:/bin/false\nhello:x:1000:1000:hello:/tmp:/bin/false\n")
        .file("etc/group", 0o644, b"root:x:0:\nhello:x:1000:\n")
        .folder("tmp", 0o1777);
    COMMANDS.iter().fold(layer, |layer, command| layer.symlink(&format!("bin/{command}"), "hello"))
}
