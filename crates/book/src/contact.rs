//! What a contact and an address may say, checked value by value.

use kernel::Refusal;

/// What somebody is to us.
pub const ROLES: [&str; 5] = ["decider", "buyer", "payer", "technical", "other"];
/// How somebody likes to be reached.
pub const CHANNELS: [&str; 5] = ["phone", "email", "message", "visit", "post"];
/// What an address is for.
pub const ADDRESS_KINDS: [&str; 3] = ["billing", "shipping", "visit"];

/// One of the words that are allowed.
///
/// # Errors
///
/// `choice.unknown`, naming them.
pub fn choice(text: &str, allowed: &[&str]) -> Result<String, Refusal> {
    let wanted = text.trim();
    if allowed.contains(&wanted) {
        return Ok(wanted.to_owned());
    }
    let shown: String = wanted.chars().take(40).collect();
    let message = format!("“{shown}” is not one of {}.", allowed.join(", "));
    Err(Refusal::value("choice.unknown", message))
}

/// An e-mail address as far as its form tells: something at something, without spaces or signs that
/// end a header.
///
/// # Errors
///
/// `email.malformed`.
pub fn email(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let sound = text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.len() > 1 && !host.contains('@'))
        && !text.chars().any(|letter| {
            letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter)
        });
    if sound {
        return Ok(text.to_owned());
    }
    let shown: String = text.chars().take(60).collect();
    let message = format!("“{shown}” is not an e-mail address. Write it like ada@firm.example.");
    Err(Refusal::value("email.malformed", message))
}

/// A telephone number: digits with the signs people put between them.
///
/// # Errors
///
/// `phone.malformed`.
pub fn phone(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let sound = (3..=20).contains(&digits)
        && text.len() <= 40
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || "+-() ./#*x".contains(letter));
    if sound {
        return Ok(text.to_owned());
    }
    let shown: String = text.chars().take(60).collect();
    let message = format!("“{shown}” is not a telephone number. Write it like +49 30 1234567.");
    Err(Refusal::value("phone.malformed", message))
}

/// A language by its tag: `en`, `de`, `zh-CN`.
///
/// # Errors
///
/// `lang.malformed`.
pub fn lang(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let sound = (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.len() <= 12
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if sound {
        return Ok(text.to_owned());
    }
    let shown: String = text.chars().take(40).collect();
    let message = format!("“{shown}” is not a language. Write it like en, de or zh-CN.");
    Err(Refusal::value("lang.malformed", message))
}

/// A country by its two letters.
///
/// # Errors
///
/// `country.malformed`.
pub fn country(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code);
    }
    let shown: String = text.trim().chars().take(40).collect();
    let message = format!("“{shown}” is not a country. Write its two letters, like DE or CN.");
    Err(Refusal::value("country.malformed", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_refused() {
        for text in [
            "",
            "a",
            "@b.c",
            "a@",
            "a b@c.d",
            "a@b@c",
            "a@b.c\r\nBcc: x@y.z",
            "a,b@c.d",
        ] {
            assert_eq!(email(text).unwrap_err().code, "email.malformed", "{text:?}");
        }
        assert_eq!(email(" ada@firm.example ").unwrap(), "ada@firm.example");
        for text in ["", "12", "call me", "+49\n30123", "123456789012345678901"] {
            assert_eq!(phone(text).unwrap_err().code, "phone.malformed", "{text:?}");
        }
        assert!(phone("+86 (512) 5555-0100").is_ok());
        for (text, sound) in [
            ("en", true),
            ("zh-CN", true),
            ("EN", false),
            ("e", false),
            ("en-", false),
        ] {
            assert_eq!(lang(text).is_ok(), sound, "{text}");
        }
        assert_eq!(country(" de ").unwrap(), "DE");
        assert!(country("DEU").is_err());
        assert_eq!(choice("boss", &ROLES).unwrap_err().code, "choice.unknown");
    }
}
