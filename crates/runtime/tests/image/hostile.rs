//! Archives that mean harm, or are broken: refused with a reason, and nothing of them stays.

use std::fs;
use std::path::Path;

use gantry_runtime::image::build::{ImageBuilder, LayerBuilder, Packing};
use gantry_runtime::image::{Digest, LoadError};
use tar::EntryType;

use super::shop::{Shop, chain, small};

#[track_caller]
fn refused(layer: LayerBuilder, why: &str) {
    let shop = Shop::open();
    let error = shop.unpack(layer).unwrap_err();
    assert!(error.contains(why), "{error}");
    assert!(shop.image("test/layer:1").is_none());
    assert!(shop.layers().is_empty() && shop.is_tidy());
}

#[test]
fn names_that_leave_the_layer_are_refused() {
    refused(LayerBuilder::new().file("../x", 0o644, b""), "contains `..`");
    refused(LayerBuilder::new().file("a/../../x", 0o644, b""), "contains `..`");
    refused(LayerBuilder::new().folder("..", 0o755), "contains `..`");
    refused(LayerBuilder::new().file("/tmp/x", 0o644, b""), "absolute");
    refused(LayerBuilder::new().symlink("../x", "y"), "contains `..`");
    refused(LayerBuilder::new().hard_link("x", "../../../../etc/passwd"), "contains `..`");
    refused(LayerBuilder::new().hard_link("x", "/etc/passwd"), "absolute");
    refused(LayerBuilder::new().whiteout(".."), "empty");
    refused(LayerBuilder::new().whiteout("."), "empty");
    refused(LayerBuilder::new().whiteout(""), "empty");
}

#[test]
fn links_are_followed_inside_the_layer_only() {
    let shop = Shop::open();
    let outside = tempfile::TempDir::new().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    let outside = outside.path().to_str().unwrap();
    let layer = LayerBuilder::new()
        .folder(outside.trim_start_matches('/'), 0o755)
        .symlink("absolute", outside)
        .symlink("climbing", &format!("../../../../../../../..{outside}"))
        .file("absolute/victim", 0o644, b"inside")
        .file("climbing/second", 0o644, b"inside")
        .hard_link("through", "climbing/victim")
        .whiteout("absolute/third")
        .symlink("file", victim.to_str().unwrap())
        .file("file", 0o644, b"replaces the link");
    let root = shop.unpack(layer).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
    assert_eq!(fs::read_dir(outside).unwrap().count(), 1);
    let inside = root.join(outside.trim_start_matches('/'));
    assert_eq!(fs::read_to_string(inside.join("victim")).unwrap(), "inside");
    assert_eq!(fs::read_to_string(inside.join("second")).unwrap(), "inside");
    assert_eq!(fs::read_to_string(root.join("through")).unwrap(), "inside");
    assert_eq!(fs::read_to_string(root.join("file")).unwrap(), "replaces the link");
}

#[test]
fn a_loop_of_links_ends() {
    refused(LayerBuilder::new().symlink("a", "b").symlink("b", "a").file("a/x", 0o644, b""), "cannot unpack");
}

#[test]
fn the_process_table_of_the_host_is_no_way_out() {
    refused(LayerBuilder::new().symlink("p", "/proc/self/root").file("p/../x", 0o644, b""), "contains `..`");
    let shop = Shop::open();
    let layer = LayerBuilder::new().folder("proc/self/root/tmp", 0o755).symlink("p", "/proc/self/root/tmp");
    let root = shop.unpack(layer.file("p/x", 0o644, b"")).unwrap();
    assert!(root.join("proc/self/root/tmp/x").is_file());
}

#[test]
fn unsupported_and_damaged_entries_are_refused() {
    refused(LayerBuilder::new().entry("a", EntryType::GNUSparse, 0o644, "", b""), "unsupported type `S`");
    refused(LayerBuilder::new().hard_link("a", "missing"), "cannot unpack `a`");
    let long = LayerBuilder::new().entry("x", EntryType::XHeader, 0o644, "", &vec![b'a'; (1 << 20) + 1]);
    refused(long, "more than 1048576");
    refused(
        LayerBuilder::new().entry("x", EntryType::XHeader, 0o644, "", b"99 path=a\n"),
        "PAX record is broken",
    );
    refused(
        LayerBuilder::new().entry("x", EntryType::XHeader, 0o644, "", b"22 GNU.sparse.major=1\n"),
        "PAX record is broken",
    );
}

#[track_caller]
fn archive_refused(archive: &[u8], why: &str) {
    let shop = Shop::open();
    let error = chain(&shop.load(archive).unwrap_err());
    assert!(error.contains(why), "{error}");
    assert!(shop.layers().is_empty() && shop.is_tidy());
}

/// The archive with the first `from` replaced by `to` of the same length, which no digest allows.
fn forged(archive: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = archive.windows(from.len()).position(|window| window == from).expect("the text is there");
    [&archive[..at], to, &archive[at + from.len()..]].concat()
}

#[test]
fn content_that_is_not_what_the_manifest_names_is_refused() {
    let archive = small("test/a:1", "the content").oci_archive();
    archive_refused(&forged(&archive, b"the content", b"bad content"), "packed layer has the digest");
    archive_refused(&forged(&archive, b"diff_ids", b"Diff_ids"), "has the digest");
    archive_refused(
        &forged(&archive, b"application/vnd.oci.image.config", b"application/vnd.OCI.image.config"),
        "has the digest",
    );
}

#[test]
fn a_layer_that_is_not_what_the_configuration_names_is_refused() {
    let archive = small("test/a:1", "the content").docker_archive();
    archive_refused(&forged(&archive, b"the content", b"bad content"), "the layer has the digest");
    archive_refused(&forged(&archive, b"diff_ids", b"Diff_ids"), "has the digest");
}

#[test]
fn truncated_layers_and_archives_are_refused() {
    let layer = || LayerBuilder::new().file("a", 0o644, &noise(200_000));
    for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
        let archive = ImageBuilder::new().layer(layer()).packing(packing).build("test/a:1").oci_archive();
        archive_refused(&archive[..archive.len() / 2], "");
    }
    let packed = ImageBuilder::new().raw_layer(cut_gzip(layer())).build("test/a:1");
    archive_refused(&packed.oci_archive(), "cannot unpack");
    archive_refused(b"", "neither an archive");
    archive_refused(b"no archive at all", "the archive is damaged");
}

/// The first half of a packed layer, with digests that fit.
fn cut_gzip(layer: LayerBuilder) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &layer.into_tar()).unwrap();
    let mut packed = encoder.finish().unwrap();
    packed.truncate(packed.len() / 2);
    packed
}

/// Bytes that do not pack.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn other_archives_are_refused() {
    archive_refused(&LayerBuilder::new().file("etc/passwd", 0o644, b"").into_tar(), "neither an archive");
    archive_refused(
        &LayerBuilder::new().file("index.json", 0o644, b"{").into_tar(),
        "`index.json` in the archive",
    );
    archive_refused(
        &LayerBuilder::new().file("manifest.json", 0o644, b"{}").into_tar(),
        "cannot be understood",
    );
    let empty = LayerBuilder::new().file("index.json", 0o644, br#"{"schemaVersion":2,"manifests":[]}"#);
    archive_refused(&empty.into_tar(), "the image is for nothing");
    let huge = LayerBuilder::new().file("manifest.json", 0o644, &vec![b' '; (4 << 20) + 1]);
    archive_refused(&huge.into_tar(), "larger than 4 MiB");
}

#[test]
fn files_outside_the_archive_are_not_read() {
    let saved = |config: &str| {
        let manifest = format!(r#"[{{"Config":"{config}","RepoTags":["a:1"],"Layers":[]}}]"#);
        LayerBuilder::new()
            .file("manifest.json", 0o644, manifest.as_bytes())
            .symlink("link", "/etc/passwd")
            .into_tar()
    };
    for config in ["/etc/passwd", "../../../../etc/passwd", "link", "missing"] {
        archive_refused(&saved(config), &format!("lacks `{config}`"));
    }
}

#[test]
fn files_outside_a_folder_are_not_read() {
    let shop = Shop::open();
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("manifest.json"), r#"[{"Config":"link","RepoTags":["a:1"],"Layers":[]}]"#)
        .unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
    let error = shop.store.load(folder.path(), None).unwrap_err();
    assert!(matches!(&error, LoadError::Missing(file) if file == "link"), "{error}");
    assert!(matches!(shop.store.load(Path::new("/nowhere/at/all"), None), Err(LoadError::Read(_))));
}

#[test]
fn foreign_layers_are_refused() {
    let layer = Digest::of(b"layer");
    let config = format!(r#"{{"rootfs":{{"type":"layers","diff_ids":["{layer}"]}}}}"#);
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"digest":"{}","size":1}},"layers":[{{"digest":"{layer}","size":1,
        "mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}}]}}"#,
        Digest::of(config.as_bytes())
    );
    let digest = Digest::of(manifest.as_bytes());
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"digest":"{digest}","size":1,
        "annotations":{{"io.containerd.image.name":"docker.io/library/windows:1"}}}}]}}"#
    );
    let blob = |bytes: &str| format!("blobs/sha256/{}", Digest::of(bytes.as_bytes()).hex());
    let archive = LayerBuilder::new().file("index.json", 0o644, index.as_bytes());
    let archive = archive.file(&blob(&config), 0o644, config.as_bytes());
    let archive = archive.file(&blob(&manifest), 0o644, manifest.as_bytes()).into_tar();
    archive_refused(&archive, "is foreign");
}
