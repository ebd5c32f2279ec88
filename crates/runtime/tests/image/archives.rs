//! Archives of every accepted form.

use std::fs::{self, File};
use std::io::Write;

use gantry_runtime::image::build::{
    BuiltImage, ImageBuilder, LayerBuilder, Packing, docker_archive, multi_platform_archive, oci_archive,
};
use gantry_runtime::image::{Digest, LoadError, Platform};

use super::shop::{Shop, file_layer, reference, small};

fn web(packing: Packing) -> BuiltImage {
    ImageBuilder::new()
        .layer(LayerBuilder::new().folder("etc", 0o755).file("etc/a", 0o644, b"1"))
        .layer(LayerBuilder::new().file("etc/b", 0o644, b"2"))
        .env("PATH", "/bin")
        .cmd(["/bin/web", "--port", "80"])
        .configure(|config| config.user = "app".into())
        .packing(packing)
        .build("team/web:v1")
}

/// Topmost layer first, and all that was configured.
#[track_caller]
fn assert_is_web(shop: &Shop, digest: &Digest) {
    let image = shop.image("team/web:v1").unwrap();
    assert_eq!(&image.digest, digest);
    assert_eq!(image.config.cmd, ["/bin/web", "--port", "80"]);
    assert_eq!((image.config.env, image.config.user.as_str()), (vec!["PATH=/bin".to_owned()], "app"));
    assert_eq!(fs::read_to_string(image.layers[0].join("etc/b")).unwrap(), "2");
    assert_eq!(fs::read_to_string(image.layers[1].join("etc/a")).unwrap(), "1");
    assert_eq!(image.layers.len(), 2);
}

#[test]
fn oci_archives_of_every_packing() {
    for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
        let (shop, image) = (Shop::open(), web(packing));
        let loaded = shop.load(&image.oci_archive()).unwrap();
        assert_eq!(
            (loaded[0].reference.familiar().as_str(), &loaded[0].digest),
            ("team/web:v1", &image.digest())
        );
        assert_is_web(&shop, &image.digest());
    }
}

#[test]
fn docker_archives_have_the_digest_of_their_configuration() {
    let shop = Shop::open();
    let archive = web(Packing::Plain).docker_archive();
    let loaded = shop.load(&archive).unwrap();
    assert_is_web(&shop, &loaded[0].digest);
    assert_ne!(loaded[0].digest, web(Packing::Plain).digest());
}

#[test]
fn folders_packed_archives_and_streams() {
    let (image, archive) = (web(Packing::Gzip), web(Packing::Gzip).oci_archive());
    let folder = tempfile::TempDir::new().unwrap();
    tar::Archive::new(archive.as_slice()).unpack(folder.path()).unwrap();
    let shop = Shop::open();
    shop.store.load(folder.path(), None).unwrap();
    assert_is_web(&shop, &image.digest());

    let shop = Shop::open();
    let packed = shop.folder_file("archive.tar.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(File::create(&packed).unwrap(), flate2::Compression::fast());
    encoder.write_all(&archive).unwrap();
    encoder.finish().unwrap();
    shop.store.load(&packed, None).unwrap();
    assert_is_web(&shop, &image.digest());

    let shop = Shop::open();
    shop.store.load_stream(archive.as_slice(), None).unwrap();
    assert_is_web(&shop, &image.digest());
    assert!(shop.is_tidy());
}

#[test]
fn several_images_share_their_layers() {
    let of = |name: &str, content: &str| {
        ImageBuilder::new().layer(file_layer("shared")).layer(file_layer(content)).build(name)
    };
    let images = [of("a:1", "x"), of("b:1", "y")];
    for archive in [oci_archive(&images), docker_archive(&images)] {
        let shop = Shop::open();
        assert_eq!(shop.load(&archive).unwrap().len(), 2);
        assert_eq!(shop.layers().len(), 3);
    }
}

#[test]
fn an_image_for_several_platforms_gives_the_one_for_this_host() {
    let other = Platform { os: "linux".into(), architecture: "s390x".into() };
    let foreign = ImageBuilder::new().layer(file_layer("other")).platform(other.clone()).build("x");
    let own = ImageBuilder::new().layer(file_layer("own")).build("x");
    let shop = Shop::open();
    let archive = multi_platform_archive("team/multi:1", &[foreign.clone(), own.clone()]);
    let loaded = shop.load(&archive).unwrap();
    let image = shop.image("team/multi:1").unwrap();
    assert_eq!(fs::read_to_string(image.layers[0].join("file")).unwrap(), "own");
    assert_eq!(image.digest, loaded[0].digest);
    assert_ne!(image.digest, own.digest(), "the name means the index of variants, as in a registry");
    let pinned = reference(&format!("team/multi@{}", own.digest()));
    assert_eq!(shop.store.resolve(&pinned).unwrap().unwrap().layers, image.layers);

    for archive in [
        multi_platform_archive("team/multi:1", std::slice::from_ref(&foreign)),
        foreign.oci_archive(),
        foreign.docker_archive(),
    ] {
        let error = Shop::open().load(&archive).unwrap_err();
        assert!(matches!(error, LoadError::Platform { .. }), "{error}");
        assert!(
            error.to_string().starts_with(&format!("the image is for {other}, this host is linux/")),
            "{error}"
        );
    }
}

#[test]
fn an_image_without_a_name_gets_the_callers() {
    let shop = Shop::open();
    for bare in [small("v1", "x").oci_archive(), small("latest", "x").oci_archive()] {
        let path = shop.write("bare", &bare);
        assert!(matches!(shop.store.load(&path, None), Err(LoadError::Unnamed)));
        let name = reference("team/given:7");
        assert_eq!(shop.store.load(&path, Some(&name)).unwrap()[0].reference, name);
    }
    let named = shop.write("named", &small("team/own:1", "y").oci_archive());
    assert_eq!(
        shop.store.load(&named, Some(&reference("other"))).unwrap()[0].reference,
        reference("team/own:1")
    );
}

#[test]
fn older_archives_link_equal_layers_to_each_other() {
    let shop = Shop::open();
    let tar = file_layer("x").into_tar();
    let layer = Digest::of(&tar);
    let host = Platform::host();
    let config = format!(
        r#"{{"os":"{}","architecture":"{}","rootfs":{{"type":"layers","diff_ids":["{layer}","{layer}"]}}}}"#,
        host.os, host.architecture
    );
    let manifest = br#"[{"Config":"c.json","RepoTags":["old:1"],"Layers":["a/layer.tar","b/layer.tar"]}]"#;
    let archive =
        LayerBuilder::new().file("c.json", 0o644, config.as_bytes()).file("a/layer.tar", 0o644, &tar);
    let archive =
        archive.symlink("b/layer.tar", "../a/layer.tar").file("manifest.json", 0o644, manifest).into_tar();
    shop.load(&archive).unwrap();
    assert_eq!(shop.image("old:1").unwrap().layers.len(), 1, "an equal layer counts once");
}
