//! The secret of a chat: made once, told once, and kept only as its hash.
//!
//! Deliberately not here: where the hash is kept (with the conversation, at the desk).

use crate::{connectors::keys, domain::ids::Digest};
use subtle::ConstantTimeEq;

/// What every secret begins with, so that a leaked one can be found by a search.
const PREFIX: &str = "centaur_chat_";
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A fresh secret: 32 random bytes, base64url without padding.
///
/// # Errors
/// If the system has no randomness.
pub(super) fn mint() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{PREFIX}{}", base64url(&bytes)))
}

/// Whether `said` is the secret with this hash. Takes as long for a chat that does not exist.
pub(super) fn fits(said: &str, kept: Option<&Digest>) -> bool {
    let said = keys::digest(said.as_bytes());
    let against = kept.map_or([0; 32], |digest| digest.0);
    let same = bool::from(said.0.ct_eq(&against));
    same && kept.is_some()
}

fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut bits = 0u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for sextet in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * sextet)) & 63;
            text.extend(LETTERS.get(index as usize).map(|letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_base64url_without_padding() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|said| base64url(said.as_bytes())),
            ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]
        );
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn only_the_secret_itself_fits() {
        let secret = mint().unwrap();
        assert_eq!(secret.len(), PREFIX.len() + 43);
        let kept = keys::digest(secret.as_bytes());
        assert!(fits(&secret, Some(&kept)));
        assert!(!fits(&secret, None));
        assert!(!fits(&mint().unwrap(), Some(&kept)));
        assert!(!fits("", Some(&kept)));
    }
}
