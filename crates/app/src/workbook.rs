//! Excel workbooks from outside, read by a process of its own that may fail without harm.
//!
//! The parser's appetite depends on the file, and a file can be made to be insatiable. So the
//! program starts itself a second time with little memory and little time, hands it the workbook
//! and takes the text of one sheet from it. Whatever becomes of that process is only a sentence
//! for the person who sent the file.

use std::{
    io::{self, Read, Seek, Write},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use sheet::{Fault, workbook::LIMIT_PACKED_BYTES};

use crate::folder::plain;

/// The subcommand the second process is started with.
pub const COMMAND: &str = "read-workbook";

/// The memory the second process may take for data, beyond the program itself.
const LIMIT_MEMORY_BYTES: u64 = 112 * 1024 * 1024;
/// The time it may take. An ordinary workbook takes a second or two.
const LIMIT_TIME: Duration = Duration::from_mins(1);
/// What it may say beside the text.
const LIMIT_REMARKS_BYTES: u64 = 8 * 1024;
/// The exit code of a refusal, as of every command.
const REFUSED: i32 = 1;

/// Whether an open file is an Excel workbook; it stands at its beginning afterwards.
///
/// # Errors
///
/// The file cannot be read.
pub fn is_one(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut head = Vec::new();
    file.by_ref().take(64 * 1024).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(sheet::workbook::is_workbook(&head))
}

/// The bytes of a workbook as it lies on the disk.
///
/// # Errors
///
/// It is too large, or cannot be read.
pub fn packed(file: &mut impl Read) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(LIMIT_PACKED_BYTES).unwrap_or(u64::MAX);
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|cause| {
        Fault::of_file(format!("The workbook cannot be read: {}.", plain(&cause)))
    })?;
    if bytes.len() <= LIMIT_PACKED_BYTES {
        return Ok(bytes);
    }
    Err(Fault::of_file(format!(
        "The workbook has more than the {} MiB allowed. Save the sheet as CSV (UTF-8).",
        LIMIT_PACKED_BYTES >> 20
    )))
}

/// A small file as text: of a workbook its first sheet as CSV, every other as it is.
///
/// # Errors
///
/// As [`write_text`].
pub fn or_text(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if !sheet::workbook::is_workbook(&bytes) {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    write_text(&bytes, None, &mut text)?;
    Ok(text)
}

/// Writes the text of one sheet: the one called `sheet`, or the first that is not empty. Gives what
/// is to be told about the choice.
///
/// # Errors
///
/// What is wrong with the workbook and what to do; part of the text may be written by then.
pub fn write_text(
    bytes: &[u8],
    sheet: Option<&str>,
    out: &mut (impl Write + Send),
) -> Result<Vec<String>, Fault> {
    let unusable = |cause: io::Error| {
        let why = plain(&cause);
        Fault::of_file(format!(
            "The workbook cannot be read by a second process: {why}."
        ))
    };
    let mut command = Command::new(program().map_err(unusable)?);
    command.arg(COMMAND);
    if let Some(sheet) = sheet {
        command.arg("--sheet").arg(sheet);
    }
    let child = command
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(unusable)?;
    attend(child, bytes, out).map_err(unusable)?.judged()
}

/// This program, also after its file was replaced by a newer one.
fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() {
        return Ok(own);
    }
    std::env::current_exe()
}

/// What became of the second process.
struct Told {
    /// None: it took too long and was stopped.
    status: Option<ExitStatus>,
    remarks: String,
}

impl Told {
    fn judged(self) -> Result<Vec<String>, Fault> {
        match self.status.map(|status| (status.success(), status.code())) {
            Some((true, _)) => Ok(self.remarks.lines().map(str::to_owned).collect()),
            Some((false, Some(REFUSED))) => {
                let why = self.remarks.trim().trim_start_matches("error: ");
                Err(Fault::of_file(why))
            }
            Some(_) => Err(Fault::of_file(
                "The workbook is damaged, or needs more memory than a workbook may take here. \
                 Save the sheet alone in a new workbook, or as CSV (UTF-8).",
            )),
            None => Err(Fault::of_file(format!(
                "The workbook was not read within {} seconds. \
                 Save the sheet alone in a new workbook, or as CSV (UTF-8).",
                LIMIT_TIME.as_secs()
            ))),
        }
    }
}

/// Feeds the process, takes in what it says, and ends it when its time is over.
fn attend(mut child: Child, input: &[u8], out: &mut (impl Write + Send)) -> io::Result<Told> {
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("its pipes are missing"));
    };
    thread::scope(|scope| {
        // A process that refuses at once does not read all of its input; that is no error.
        scope.spawn(move || stdin.write_all(input));
        let remarks = scope.spawn(move || {
            let mut text = Vec::new();
            let read = stderr.take(LIMIT_REMARKS_BYTES).read_to_end(&mut text);
            read.map(|_count| String::from_utf8_lossy(&text).into_owned())
        });
        let (send, received) = mpsc::channel();
        scope.spawn(move || {
            let limit = u64::try_from(sheet::LIMIT_BYTES).unwrap_or(u64::MAX);
            // Nobody waits any more once the time is over.
            let _ = send.send(io::copy(&mut stdout.take(limit), out));
        });
        let copied = received.recv_timeout(LIMIT_TIME);
        if copied.is_err() {
            child.kill()?;
        }
        let status = child.wait()?;
        let remarks = remarks.join().unwrap_or_else(|_panic| Ok(String::new()))?;
        let status = match copied {
            Ok(copied) => copied.map(|_count| Some(status))?,
            Err(_time_is_over) => None,
        };
        Ok(Told { status, remarks })
    })
}

/// The second process: little memory, the workbook from stdin, the text to stdout.
///
/// # Errors
///
/// The sentence that says why the workbook cannot be read.
pub fn read_and_write(sheet: Option<&str>) -> Result<Vec<String>, String> {
    take_little_memory();
    let bytes = packed(&mut io::stdin().lock()).map_err(|fault| fault.message)?;
    let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let taken = sheet::workbook::write_text(&bytes, sheet, &mut out)?;
    if taken.left_out.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "Sheet “{}” was read; not read: {}.",
        taken.sheet,
        taken.left_out.join(", ")
    )])
}

/// From here on an allocation beyond the limit ends the process.
#[cfg(unix)]
fn take_little_memory() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |bytes: u64| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    let seconds = LIMIT_TIME.as_secs();
    for (resource, limit) in [
        (Resource::Data, limit(LIMIT_MEMORY_BYTES)),
        (Resource::As, limit(LIMIT_MEMORY_BYTES * 8)),
        (Resource::Cpu, limit(seconds)),
        (Resource::Core, limit(0)),
    ] {
        // A system that knows no such limit still has the size checks and the clock.
        let _ = setrlimit(resource, limit);
    }
}

#[cfg(not(unix))]
fn take_little_memory() {}
