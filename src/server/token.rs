//! Tokens: 256 random bits; only their hash is ever kept. With that much entropy a plain SHA-256 is enough.

use crate::domain::ids::Digest;
use sha2::{Digest as _, Sha256};

/// What every token begins with, so that a leaked one is recognised.
pub const PREFIX: &str = "cen_";

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A fresh token.
///
/// # Errors
/// If the machine has no randomness to give.
pub fn mint() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 33];
    getrandom::fill(&mut bytes[..32])?;
    let mut token = String::with_capacity(PREFIX.len() + 43);
    token.push_str(PREFIX);
    for chunk in bytes.chunks(3) {
        let word = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        for shift in [18, 12, 6, 0] {
            token.push(char::from(ALPHABET[(word >> shift) as usize & 63]));
        }
    }
    token.truncate(PREFIX.len() + 43);
    Ok(token)
}

/// What is kept of a token.
#[must_use]
pub fn digest(token: &str) -> Digest {
    Digest(Sha256::digest(token.trim().as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_carries_256_bits_and_no_two_are_alike() {
        let (one, other) = (mint().unwrap(), mint().unwrap());
        assert_eq!(one.len(), PREFIX.len() + 43);
        assert_ne!(one, other);
        assert_ne!(digest(&one), digest(&other));
        assert_eq!(digest(&one), digest(&format!("{one}\n")));
    }
}
