//! What reading a file in did.

/// Rows by what became of them; they add up to all rows read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    pub added: u64,
    pub changed: u64,
    /// Already there just so: a second run of the same file changes nothing.
    pub unchanged: u64,
}

impl Outcome {
    pub fn rows(self) -> u64 {
        self.added + self.changed + self.unchanged
    }
}
