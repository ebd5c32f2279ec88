//! Commands about files.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::output::line;
use crate::{Failure, Outcome, tried};

/// `cat [FILE…]`.
pub(crate) fn cat(paths: &[String]) -> Outcome {
    let mut output = io::stdout().lock();
    if paths.is_empty() {
        io::copy(&mut io::stdin().lock(), &mut output).map_err(tried("cannot copy the input"))?;
    }
    for path in paths {
        let mut file = File::open(path).map_err(tried(path))?;
        io::copy(&mut file, &mut output).map_err(tried(path))?;
    }
    output.flush().map_err(tried("cannot write"))?;
    Ok(0)
}

/// `write FILE TEXT…`.
pub(crate) fn write(arguments: &[String]) -> Outcome {
    let [path, words @ ..] = arguments else { return Err(Failure::Usage("write FILE TEXT…")) };
    fs::write(path, words.join(" ") + "\n").map_err(tried(path))?;
    Ok(0)
}

/// `ls [-l] [PATH…]`.
pub(crate) fn ls(arguments: &[String]) -> Outcome {
    let long = arguments.iter().any(|word| word == "-l");
    let mut paths: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "-l").collect();
    if paths.is_empty() {
        paths.push(".");
    }
    for path in paths {
        list(Path::new(path), long)?;
    }
    Ok(0)
}

fn list(path: &Path, long: bool) -> Result<(), Failure> {
    let failed = || tried(path.display());
    let metadata = fs::symlink_metadata(path).map_err(failed())?;
    if !path.is_dir() {
        return line(&describe(path, &path.to_string_lossy(), &metadata, long));
    }
    let mut names: Vec<_> = fs::read_dir(path)
        .and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<_>>()
        })
        .map_err(failed())?;
    names.sort();
    for name in names {
        let path = path.join(&name);
        let metadata = fs::symlink_metadata(&path).map_err(tried(path.display()))?;
        line(&describe(&path, &name.to_string_lossy(), &metadata, long))?;
    }
    Ok(())
}

fn describe(path: &Path, name: &str, metadata: &Metadata, long: bool) -> String {
    if !long {
        return name.to_owned();
    }
    let target = fs::read_link(path).map(|target| format!(" -> {}", target.display())).unwrap_or_default();
    let (uid, gid, size) = (metadata.uid(), metadata.gid(), metadata.len());
    format!("{} {uid:>5} {gid:>5} {size:>10} {name}{target}", mode(metadata))
}

/// `drwxr-xr-x` and the like.
fn mode(metadata: &Metadata) -> String {
    let kind = metadata.file_type();
    let kinds = [
        (kind.is_dir(), 'd'),
        (kind.is_symlink(), 'l'),
        (kind.is_char_device(), 'c'),
        (kind.is_block_device(), 'b'),
        (kind.is_fifo(), 'p'),
        (kind.is_socket(), 's'),
    ];
    let kind = kinds.iter().find(|(is, _)| *is).map_or('-', |(_, letter)| *letter);
    let bits = metadata.mode();
    let letter = |(place, letter): (u32, char)| if bits & (1 << place) == 0 { '-' } else { letter };
    let mut letters: Vec<char> = (0..9).rev().zip("rwxrwxrwx".chars()).map(letter).collect();
    for (bit, place, with, without) in [(0o4000, 2, 's', 'S'), (0o2000, 5, 's', 'S'), (0o1000, 8, 't', 'T')] {
        if bits & bit != 0 {
            letters[place] = if letters[place] == 'x' { with } else { without };
        }
    }
    std::iter::once(kind).chain(letters).collect()
}
