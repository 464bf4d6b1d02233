//! The program as it is run from a shell: what it does, what it says when it cannot, and its exits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod circumstances;
mod files;
mod founding;
mod recognised;
mod serving;
mod shell;
mod workbooks;
