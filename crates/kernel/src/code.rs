//! Codes: the names people give to customers, products, units, orders.

use std::fmt;

use crate::Refusal;

/// A code of 1 to 40 characters of `A-Z a-z 0-9 . _ / -`. Case is kept, but does not distinguish.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(String);

impl Code {
    pub const MAX_CHARS: usize = 40;

    /// # Errors
    ///
    /// `code.malformed` if it is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Code, Refusal> {
        let text = text.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        if text.is_empty() || Code::MAX_CHARS < text.len() || !text.bytes().all(allowed) {
            let shown: String = text.chars().take(60).collect();
            return Err(Refusal::value(
                "code.malformed",
                format!(
                    "“{shown}” cannot be a code. Use 1 to 40 characters of A-Z, a-z, 0-9 and . _ / -"
                ),
            ));
        }
        Ok(Code(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two codes the same: `Shop-7` and `SHOP-7` are one code.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_case_and_compare_without_it() {
        let code = Code::parse(" Shop-7/a.b_c ").unwrap();
        assert_eq!(code.as_str(), "Shop-7/a.b_c");
        assert_eq!(code.folded(), "shop-7/a.b_c");
    }

    #[test]
    fn what_cannot_be_typed_into_a_path_is_no_code() {
        let long = "x".repeat(41);
        for text in [
            "",
            "  ",
            "a b",
            "ä",
            "=1+1",
            "a'b",
            "<b>",
            "店",
            long.as_str(),
        ] {
            assert_eq!(
                Code::parse(text).unwrap_err().code,
                "code.malformed",
                "{text:?}"
            );
        }
    }
}
