//! What a command says: answers on stdout, everything else on stderr.

use std::io::{self, Write};

use crate::{folder::plain, trouble::Trouble};

/// One line of an answer.
///
/// # Errors
///
/// stdout cannot be written. A reader that has seen enough, like `head`, is no error.
pub fn say(line: &str) -> Result<(), Trouble> {
    write(&format!("{line}\n"))
}

/// An answer as it is.
///
/// # Errors
///
/// As [`say`].
pub fn write(text: &str) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Trouble::new(format!(
            "The answer cannot be written: {}.",
            plain(&cause)
        ))),
        _ => Ok(()),
    }
}

/// A remark beside the answer.
pub fn remark(line: &str) {
    // Nobody is left to be told if stderr is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Why the command failed.
pub fn complain(trouble: &Trouble) {
    remark(&format!("error: {trouble}"));
}
