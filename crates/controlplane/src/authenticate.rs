//! Who makes a request: the holder of the root key, or anybody where the installation is open.

use crate::clock::wall_ms;
use crate::credentials::RootKey;
use crate::settings::Auth;
use gantry_facade::Caller;
use gantry_model::{AccountId, AccountRegion, Region, arn};
use gantry_wire::schema::Timestamp;
use gantry_wire::sigv4::{Claim, KeyError, SecretKey, SignatureError};
use gantry_wire::{ErrorInfo, Fault, HttpRequest, Protocol};

/// Checks signatures.
#[derive(Debug)]
pub(crate) struct Authenticator {
    pub(crate) auth: Auth,
    pub(crate) root_key: RootKey,
    pub(crate) account: AccountId,
    /// The region of a request that names none.
    pub(crate) region: Region,
}

const INVALID_SIGNATURE: ErrorInfo = ErrorInfo::sender("InvalidSignatureException", 400);

impl Authenticator {
    /// The caller of a request to a service; a fault is spelled for `protocol`.
    pub(crate) fn caller(
        &self,
        request: &HttpRequest<'_>,
        service: &str,
        protocol: Protocol,
    ) -> Result<Caller, Fault> {
        match self.auth {
            Auth::Signed => self.signed(request, service, protocol),
            Auth::Open => self.open(request),
        }
    }

    fn signed(&self, request: &HttpRequest<'_>, service: &str, protocol: Protocol) -> Result<Caller, Fault> {
        let fault = |error: SignatureError| error.fault(protocol);
        let claim = Claim::of(request).map_err(fault)?;
        let now = Timestamp::from_epoch_ms(wall_ms());
        let secret_of = |id: &str, token: Option<&str>| self.secret_of(id, token);
        let signer = claim.verify(request, service, now, secret_of).map_err(fault)?;
        Ok(self.root_user(signer.access_key_id, region(&signer.region)?))
    }

    /// An open installation believes whatever a request says of itself, and asks for nothing.
    fn open(&self, request: &HttpRequest<'_>) -> Result<Caller, Fault> {
        match Claim::of(request) {
            Ok(claim) => Ok(self.root_user(claim.access_key_id().to_owned(), region(&claim.scope().region)?)),
            Err(_) => Ok(self.root_user(self.root_key.access_key_id.clone(), self.region.clone())),
        }
    }

    fn secret_of(&self, access_key_id: &str, session_token: Option<&str>) -> Result<SecretKey, KeyError> {
        if access_key_id == self.root_key.access_key_id && session_token.is_none() {
            Ok(self.root_key.secret())
        } else {
            Err(KeyError::Unknown)
        }
    }

    fn root_user(&self, access_key_id: String, region: Region) -> Caller {
        let account = self.account;
        Caller {
            principal: arn::root_user(account),
            user_id: account.to_string(),
            access_key_id,
            scope: AccountRegion { account, region },
        }
    }
}

fn region(text: &str) -> Result<Region, Fault> {
    let words = || format!("Credential should be scoped to a valid region, not '{text}'. ");
    text.parse().map_err(|_| Fault::new(INVALID_SIGNATURE, words()))
}
