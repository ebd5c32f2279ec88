//! The root key: made once, at the first start, and kept in a file that only its owner can read.

use crate::clock::entropy;
use gantry_wire::sigv4::SecretKey;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The key of the account's root user, in the forms that AWS gives to keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RootKey {
    /// `AKIA` and sixteen more capitals and digits.
    pub access_key_id: String,
    /// Forty characters.
    pub secret_access_key: String,
}

/// The file of the root key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The file system refused.
    #[error("cannot read or write the root key")]
    Io(#[from] io::Error),
    /// The file is no key.
    #[error("the file of the root key is damaged")]
    Malformed(#[from] serde_json::Error),
}

/// The alphabet of access key ids: base 32, RFC 4648.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of secrets: base 64, RFC 4648.
const SECRET_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl RootKey {
    /// Reads the key.
    pub fn read(path: &Path) -> Result<Self, RootKeyError> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    /// Reads the key, or makes it when there is none.
    pub fn read_or_make(path: &Path) -> Result<Self, RootKeyError> {
        match Self::read(path) {
            Err(RootKeyError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            other => other,
        }
    }

    /// The secret as signatures want it.
    pub fn secret(&self) -> SecretKey {
        SecretKey::new(self.secret_access_key.as_str())
    }

    /// A new key: whole on disk before its name is there, so that a crash leaves none or all of it.
    fn make(path: &Path) -> Result<Self, RootKeyError> {
        let id: String =
            entropy::<16>().iter().map(|byte| char::from(ID_ALPHABET[usize::from(byte % 32)])).collect();
        let secret = entropy::<40>();
        let secret = secret.iter().map(|byte| char::from(SECRET_ALPHABET[usize::from(byte % 64)])).collect();
        let key = Self { access_key_id: format!("AKIA{id}"), secret_access_key: secret };
        let unnamed = path.with_extension("new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unnamed)?;
        file.write_all(&serde_json::to_vec(&key)?)?;
        file.sync_all()?;
        fs::rename(&unnamed, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(key)
    }
}

/// Does not show the secret.
impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RootKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root-key.json");
        let made = RootKey::read_or_make(&path).unwrap();
        assert_eq!((made.access_key_id.len(), made.secret_access_key.len()), (20, 40));
        assert_eq!(RootKey::read_or_make(&path).unwrap(), made);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{made:?}").contains(&made.secret_access_key));

        fs::write(&path, "{").unwrap();
        assert!(matches!(RootKey::read_or_make(&path), Err(RootKeyError::Malformed(_))));
    }
}
