//! The columns a kind of file has, declared once for reading, writing and the empty form.

/// One column of a kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// As it stands in the header; capitals do not distinguish.
    pub name: &'static str,
    /// The header must have it, and no row may leave it empty.
    pub required: bool,
    /// What belongs into it, as half a sentence: `the code other files refer to`.
    pub what: &'static str,
}

/// The longest text a cell may hold, in characters.
const MOST_CHARS: usize = 200;
/// Columns of whole sentences, and the longest of those.
const SENTENCES: [&str; 2] = ["note", "reason"];
const MOST_CHARS_OF_SENTENCES: usize = 500;

impl Column {
    /// The longest text of its cells, in characters.
    pub(crate) fn most_chars(&self) -> usize {
        if SENTENCES.contains(&self.name) {
            return MOST_CHARS_OF_SENTENCES;
        }
        MOST_CHARS
    }
}

/// A kind of file and its columns, in the order they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The plural noun the file is asked for by.
    pub kind: &'static str,
    pub columns: &'static [Column],
}

impl Layout {
    /// The header line, for a file to start from.
    pub fn template(&self) -> String {
        let mut line = String::new();
        crate::write_row(&mut line, self.names());
        line
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The column called `name`, whatever its capitals.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let same = |column: &Column| column.name.eq_ignore_ascii_case(name);
        self.columns.iter().position(same)
    }
}
