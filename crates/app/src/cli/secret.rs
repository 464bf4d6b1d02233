//! Asking for a password: unseen at a terminal, else the first line of what is piped in.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::{Command, Stdio},
};

use org::credential::{accept_password, hash_password};

use crate::{folder::plain, trouble::Trouble};

/// Reads a new password, checks it, and gives its hash.
///
/// # Errors
///
/// There is none, it is not acceptable, or the two typings differ.
pub fn new_password_hash() -> Result<String, Trouble> {
    let password = if io::stdin().is_terminal() {
        let first = typed("Password: ")?;
        accept_password(&first)?;
        if typed("Again: ")? != first {
            return Err(Trouble::new(
                "The two passwords differ. Nothing was changed.",
            ));
        }
        first
    } else {
        let first = first_line()?;
        accept_password(&first)?;
        first
    };
    Ok(hash_password(&password, rand::random()))
}

fn first_line() -> Result<String, Trouble> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|cause| Trouble::new(format!("The password cannot be read: {}.", plain(&cause))))?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Trouble::new(
            "No password was given. Type it at a terminal, or pipe it in as the first line.",
        ));
    }
    Ok(line.to_owned())
}

/// The shell reads the line, because it can turn the echo off and, should it be interrupted, on
/// again. Where there is none the line is read in plain sight.
fn typed(prompt: &str) -> Result<String, Trouble> {
    const READ: &str =
        "trap 'stty echo' EXIT INT TERM; stty -echo; IFS= read -r line; printf '%s' \"$line\"";
    let _ = write!(io::stderr(), "{prompt}");
    let shell = Command::new("sh")
        .args(["-c", READ])
        .stdin(Stdio::inherit())
        .stderr(Stdio::null())
        .output();
    let _ = writeln!(io::stderr());
    match shell {
        Ok(read) if read.status.success() => String::from_utf8(read.stdout)
            .map_err(|cause| Trouble::new(format!("The password is not readable text: {cause}."))),
        _ => first_line(),
    }
}
