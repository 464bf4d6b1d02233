//! Row ids, one type per noun, and the random ids shown outside.

use std::fmt;

/// Makes an id type: a row's number in its table, never shown to anyone.
#[macro_export]
macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            pub const fn of(row: i64) -> $name {
                $name(row)
            }

            pub const fn get(self) -> i64 {
                self.0
            }
        }
    )+};
}

row_id!(
    /// A sales person, manager, controller: anyone with a name in the house.
    PersonId,
    /// A unit of the organisation: company, region, territory, team.
    UnitId,
    /// A seat in a unit, held by one person at a time or vacant.
    SeatId,
);

/// A 26-character random id for things that have no code of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicId(String);

impl PublicId {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// Writes 128 random bits as 26 characters; no letter can be mistaken for a digit.
    pub fn of_random(bits: u128) -> PublicId {
        let mut text = String::with_capacity(26);
        for place in (0..26).rev() {
            let digit = usize::try_from((bits >> (place * 5)) & 31).unwrap_or(0);
            text.push(char::from(PublicId::ALPHABET[digit]));
        }
        PublicId(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
