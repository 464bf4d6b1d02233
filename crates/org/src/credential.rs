//! Secrets: passwords are kept as argon2id hashes, session and API tokens as SHA-256.
//!
//! A token is 256 random bits, so a plain hash of it cannot be guessed back; a password can, so its
//! hash is made slow.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::Refusal;
use sha2::{Digest, Sha256};

/// The shortest password accepted.
pub const SHORTEST_PASSWORD: usize = 10;

/// Checks that a new password can be used.
///
/// # Errors
///
/// `password.short` below ten characters, `password.long` above 200, `password.plain` if it is one
/// character repeated.
pub fn accept_password(password: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(Refusal::value(
            "password.short",
            format!("The password has {length} characters; it needs at least {SHORTEST_PASSWORD}. A few unrelated words are easy to remember."),
        )
        .at("password"));
    }
    if 200 < length {
        return Err(Refusal::value(
            "password.long",
            "The password is longer than 200 characters.",
        )
        .at("password"));
    }
    let mut letters = password.chars();
    let first = letters.next();
    if letters.all(|letter| Some(letter) == first) {
        return Err(
            Refusal::value("password.plain", "The password is one character repeated.")
                .at("password"),
        );
    }
    Ok(())
}

/// The slow hash to keep. `salt` is random.
///
/// Takes tens of milliseconds of one core: call it where blocking is allowed.
pub fn hash_password(password: &str, salt: [u8; 16]) -> String {
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hashed
        .expect("the default parameters and a 16-byte salt are valid")
        .to_string()
}

/// Whether `password` is the one behind `hash`. An unreadable hash matches nothing.
pub fn password_matches(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else {
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok()
}

/// A token as given to its owner: 64 hexadecimal digits.
pub fn write_token(random: [u8; 32]) -> String {
    hex(&random)
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// SHA-256 of a text, in hexadecimal: for request and file fingerprints.
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_only_its_own_hash() {
        let hash = hash_password("four plain words here", [7; 16]);
        assert!(password_matches("four plain words here", &hash));
        assert!(!password_matches("four plain words hers", &hash));
        assert!(!password_matches("four plain words here", "not a hash"));
        assert!(hash.starts_with("$argon2id$"));
    }

    #[test]
    fn short_and_repeated_passwords_are_refused() {
        assert_eq!(accept_password("short").unwrap_err().code, "password.short");
        assert_eq!(
            accept_password("aaaaaaaaaaaa").unwrap_err().code,
            "password.plain"
        );
        assert_eq!(
            accept_password(&"ab".repeat(101)).unwrap_err().code,
            "password.long"
        );
        assert!(accept_password("一二三四五六七八九十").is_ok());
    }
}
