//! Where the text of a file comes from: read piece by piece, never all at once.
//!
//! Small files are decoded in memory. Large ones are looked over once; text that is not UTF-8 is
//! written into a scratch file as UTF-8, so that every place in it can be found again.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};

use crate::{
    Fault,
    encoding::{Pairs, other_format, text_of, unknown_encoding, with_nul},
};

/// Files up to this size are decoded in memory.
const IN_MEMORY_BYTES: u64 = 4 * 1024 * 1024;
/// What is read at once.
const PIECE_BYTES: usize = 256 * 1024;

/// A file that is open: its bytes, at any place.
pub trait Store: Read + Seek + Send {}
impl<T: Read + Seek + Send> Store for T {}

/// A file of our own, to be written and read again.
pub trait Scratch: Store + Write {}
impl<T: Store + Write> Scratch for T {}

/// Makes an empty scratch file, which nobody else sees.
pub type MakeScratch<'make> = &'make mut dyn FnMut() -> io::Result<Box<dyn Scratch>>;

/// The text of a file.
pub struct Source {
    name: String,
    store: Box<dyn Store>,
    begin: u64,
    end: u64,
    /// What was read last, the latest first: lines at the end of a file may belong to documents at
    /// its beginning, and the walk then goes to and fro between two places.
    windows: [Window; 2],
}

/// A part of the text.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    at: u64,
}

impl Window {
    /// Where the `length` bytes from byte `at` of the text on are in it.
    fn span(&self, at: u64, length: usize) -> Option<std::ops::Range<usize>> {
        let begins = usize::try_from(at.checked_sub(self.at)?).ok()?;
        let ends = begins.checked_add(length)?;
        (ends <= self.bytes.len()).then_some(begins..ends)
    }
}

impl Source {
    /// The text of bytes that are in memory.
    ///
    /// # Errors
    ///
    /// What is no table, or in an encoding that cannot be told.
    pub fn of_bytes(name: &str, bytes: &[u8]) -> Result<Source, Fault> {
        let text = text_of(name, bytes)?.into_owned().into_bytes();
        let end = u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(Source::over(name, Box::new(Cursor::new(text)), (0, end)))
    }

    /// The text of an open file.
    ///
    /// # Errors
    ///
    /// As [`Source::of_bytes`]; a file that cannot be read.
    pub fn open(
        name: &str,
        mut store: Box<dyn Store>,
        scratch: MakeScratch<'_>,
    ) -> Result<Source, Fault> {
        let unreadable = |cause| unreadable(name, &cause);
        let size = store.seek(SeekFrom::End(0)).map_err(unreadable)?;
        store.rewind().map_err(unreadable)?;
        if size <= IN_MEMORY_BYTES {
            let mut bytes = Vec::new();
            store.read_to_end(&mut bytes).map_err(unreadable)?;
            return Source::of_bytes(name, &bytes);
        }
        let mut head = vec![0; PIECE_BYTES];
        store.read_exact(&mut head).map_err(unreadable)?;
        if let Some(what) = other_format(&head) {
            return Err(Fault::of_file(format!("{name} {what}")).coded("file.format"));
        }
        for (mark, encoding) in [(b"\xFF\xFE", UTF_16LE), (b"\xFE\xFF", UTF_16BE)] {
            if head.starts_with(mark) {
                return recoded(name, store, 2, encoding, scratch);
            }
        }
        let begin = if head.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        let found = look_over(&mut store, begin).map_err(unreadable)?;
        match found {
            Text::Utf8 { nul: None } => Ok(Source::over(name, store, (begin, size))),
            Text::Utf8 { nul: Some(row) } => Err(with_nul(row)),
            Text::Other { pairs, .. } if begin == 0 && pairs.look_chinese() => {
                recoded(name, store, 0, GB18030, scratch)
            }
            Text::Other { row, .. } => Err(unknown_encoding(name, row)),
        }
    }

    /// The first piece of the text, as far as its characters are whole.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn head(&mut self) -> Result<String, Fault> {
        let mut bytes = Vec::new();
        self.piece(0, &mut bytes)?;
        let whole = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) => error.valid_up_to(),
        };
        bytes.truncate(whole);
        String::from_utf8(bytes).map_err(|_changed| self.changed())
    }

    fn over(name: &str, store: Box<dyn Store>, (begin, end): (u64, u64)) -> Source {
        Source {
            name: name.to_owned(),
            store,
            begin,
            end,
            windows: Default::default(),
        }
    }

    /// Adds the next piece of the text from byte `at` on to `into`; nothing at the end.
    pub(crate) fn piece(&mut self, at: u64, into: &mut Vec<u8>) -> Result<(), Fault> {
        let from = self.begin.saturating_add(at);
        let left = usize::try_from(self.end.saturating_sub(from)).unwrap_or(usize::MAX);
        let begins = into.len();
        into.resize(begins + left.min(PIECE_BYTES), 0);
        let read = self.store.seek(SeekFrom::Start(from));
        let read = read.and_then(|_at| self.store.read_exact(&mut into[begins..]));
        read.map_err(|cause| unreadable(&self.name, &cause))
    }

    /// The text of `length` bytes from byte `at` on, which was read before.
    pub(crate) fn again(&mut self, at: u64, length: usize) -> Result<&str, Fault> {
        let [latest, other] = &self.windows;
        let span = match (latest.span(at, length), other.span(at, length)) {
            (Some(span), _) => span,
            (None, Some(span)) => {
                self.windows.swap(0, 1);
                span
            }
            (None, None) => self.look_at(at, length)?,
        };
        match std::str::from_utf8(&self.windows[0].bytes[span]) {
            Ok(text) => Ok(text),
            Err(_other_by_now) => Err(Fault::of_file(changed(&self.name))),
        }
    }

    /// Moves the older window to `length` bytes from byte `at` on.
    fn look_at(&mut self, at: u64, length: usize) -> Result<std::ops::Range<usize>, Fault> {
        self.windows.swap(0, 1);
        let mut bytes = std::mem::take(&mut self.windows[0].bytes);
        bytes.clear();
        while bytes.len() < length {
            let had = bytes.len();
            let done = u64::try_from(had).unwrap_or(u64::MAX);
            self.piece(at.saturating_add(done), &mut bytes)?;
            if bytes.len() == had {
                return Err(self.changed());
            }
        }
        self.windows[0] = Window { bytes, at };
        Ok(0..length)
    }

    pub(crate) fn changed(&self) -> Fault {
        Fault::of_file(changed(&self.name))
    }
}

fn changed(name: &str) -> String {
    format!("{name} was changed while it was read. Try again.")
}

fn unreadable(name: &str, cause: &io::Error) -> Fault {
    Fault::of_file(format!("{name} cannot be read: {cause}."))
}

/// What a large file holds.
enum Text {
    Utf8 {
        /// The row of the first NUL character.
        nul: Option<u64>,
    },
    /// The row in which it stops to be UTF-8.
    Other { row: u64, pairs: Pairs },
}

/// Reads all of it once to tell its encoding.
fn look_over(store: &mut dyn Store, begin: u64) -> io::Result<Text> {
    store.seek(SeekFrom::Start(begin))?;
    let mut piece = vec![0; PIECE_BYTES];
    let mut kept = 0;
    let mut rows = 1;
    let mut nul = None;
    let mut broken = None;
    let mut pairs = Pairs::default();
    loop {
        let read = store.read(&mut piece[kept..])?;
        let filled = kept + read;
        let part = &piece[..filled];
        pairs.take(&part[kept..]);
        if nul.is_none()
            && let Some(at) = part.iter().position(|byte| *byte == 0)
        {
            nul = Some(rows + line_ends(&part[..at]));
        }
        let valid = match std::str::from_utf8(part) {
            Ok(_) => filled,
            Err(error) => {
                // A character may be cut by the end of the piece, but not by the end of the file.
                let is_cut = error.error_len().is_none() && read != 0;
                if !is_cut && broken.is_none() {
                    broken = Some(rows + line_ends(&part[..error.valid_up_to()]));
                }
                if is_cut { error.valid_up_to() } else { filled }
            }
        };
        rows += line_ends(&part[..valid]);
        if read == 0 {
            break;
        }
        piece.copy_within(valid..filled, 0);
        kept = filled - valid;
    }
    Ok(match broken {
        None => Text::Utf8 { nul },
        Some(row) => Text::Other { row, pairs },
    })
}

fn line_ends(bytes: &[u8]) -> u64 {
    let ends = bytes.split(|byte| *byte == b'\n').count() - 1;
    u64::try_from(ends).unwrap_or(u64::MAX)
}

/// The same text as UTF-8, in a scratch file.
fn recoded(
    name: &str,
    mut store: Box<dyn Store>,
    begin: u64,
    encoding: &'static Encoding,
    scratch: MakeScratch<'_>,
) -> Result<Source, Fault> {
    let unreadable = |cause| unreadable(name, &cause);
    let mut target = scratch().map_err(unreadable)?;
    store.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut piece = vec![0; PIECE_BYTES];
    let mut text = vec![0; PIECE_BYTES * 4];
    let mut size = 0;
    let mut rows = 1;
    loop {
        let read = store.read(&mut piece).map_err(unreadable)?;
        let mut part = &piece[..read];
        loop {
            let (result, taken, written) =
                decoder.decode_to_utf8_without_replacement(part, &mut text, read == 0);
            let made = &text[..written];
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(unknown_encoding(name, rows + line_ends(made)));
            }
            if let Some(at) = made.iter().position(|byte| *byte == 0) {
                return Err(with_nul(rows + line_ends(&made[..at])));
            }
            rows += line_ends(made);
            target.write_all(made).map_err(unreadable)?;
            size += u64::try_from(written).unwrap_or(u64::MAX);
            part = &part[taken..];
            if result == DecoderResult::InputEmpty {
                break;
            }
        }
        if read == 0 {
            break;
        }
    }
    target.flush().map_err(unreadable)?;
    Ok(Source::over(name, Box::new(ReadBack(target)), (0, size)))
}

/// A scratch file that is only read from here on.
struct ReadBack(Box<dyn Scratch>);

impl Read for ReadBack {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Seek for ReadBack {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
