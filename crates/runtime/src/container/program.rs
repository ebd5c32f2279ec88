//! Finding the program, with Docker's texts for what can be wrong.

use crate::failure::{NOT_EXECUTABLE, NOT_FOUND, NotExecuted, plain};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The path to execute: `name` itself when it has a slash, else the first match in `search_path`.
///
/// Parts of the search path that are not absolute are passed over: they would depend on the working directory.
pub(super) fn find(name: &str, search_path: &str) -> Result<PathBuf, NotExecuted> {
    if name.contains('/') {
        return check(Path::new(name)).map(|()| name.into()).map_err(|problem| in_words(name, problem));
    }
    let absolute = search_path.split(':').map(Path::new).filter(|dir| dir.is_absolute());
    let mut candidates = absolute.map(|dir| dir.join(name)).filter(|_| !name.is_empty());
    candidates.find(|candidate| check(candidate).is_ok()).ok_or_else(|| {
        NotExecuted::new(NOT_FOUND, format!("exec: {name:?}: executable file not found in $PATH"))
    })
}

/// The text for a program that was found and that the kernel refuses, such as one for another architecture.
pub(super) fn refused(path: &Path, error: &io::Error) -> NotExecuted {
    let code = if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
    NotExecuted::new(code, format!("exec {}: {}", path.display(), plain(error)))
}

enum Problem {
    Stat(io::Error),
    Folder,
    NotExecutable,
}

fn check(path: &Path) -> Result<(), Problem> {
    let about = fs::metadata(path).map_err(Problem::Stat)?;
    if about.is_dir() {
        return Err(Problem::Folder);
    }
    if about.permissions().mode() & 0o111 == 0 {
        return Err(Problem::NotExecutable);
    }
    Ok(())
}

fn in_words(name: &str, problem: Problem) -> NotExecuted {
    let (code, text) = match problem {
        Problem::Stat(error) if error.kind() == io::ErrorKind::NotFound => {
            (NOT_FOUND, format!("stat {name}: {}", plain(&error)))
        }
        Problem::Stat(error) => (NOT_EXECUTABLE, format!("stat {name}: {}", plain(&error))),
        Problem::Folder => (NOT_EXECUTABLE, "is a directory".to_owned()),
        Problem::NotExecutable => (NOT_EXECUTABLE, "permission denied".to_owned()),
    };
    NotExecuted::new(code, format!("exec: {name:?}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_search_path() {
        assert_eq!(find("sh", "/nowhere::relative:/usr/bin:/bin").unwrap(), Path::new("/usr/bin/sh"));
        assert_eq!(find("/bin/sh", "").unwrap(), Path::new("/bin/sh"));
    }

    #[test]
    fn problems_are_told_in_docker_s_words() {
        let words = |name: &str| {
            let problem = find(name, "/usr/bin:/bin").unwrap_err();
            (problem.message, problem.code)
        };
        assert_eq!(words("no-such"), (r#"exec: "no-such": executable file not found in $PATH"#.into(), 127));
        assert_eq!(
            words("/no/such"),
            (r#"exec: "/no/such": stat /no/such: no such file or directory"#.into(), 127)
        );
        assert_eq!(words("/etc"), (r#"exec: "/etc": is a directory"#.into(), 126));
        assert_eq!(words("/etc/passwd"), (r#"exec: "/etc/passwd": permission denied"#.into(), 126));
        let format = io::Error::from_raw_os_error(libc::ENOEXEC);
        assert_eq!(refused(Path::new("/app"), &format).message, "exec /app: exec format error");
    }
}
