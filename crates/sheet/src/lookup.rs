//! Look-up files: one column finds the row, another gives what stands there instead.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use crate::{
    Fault, FileError, cleaning::text_of_cell, encoding::text_of, fault::quoted, header,
    header::Lead,
};

/// What each key of a look-up file stands for.
pub(crate) type Answers = BTreeMap<String, String>;

/// The look-up files loaded so far, each read once per pair of columns.
pub(crate) struct Shelf<'open> {
    open: &'open mut dyn FnMut(&str) -> Result<Vec<u8>, FileError>,
    loaded: BTreeMap<(String, String, String), Arc<Answers>>,
}

impl Shelf<'_> {
    pub(crate) fn new(open: &mut dyn FnMut(&str) -> Result<Vec<u8>, FileError>) -> Shelf<'_> {
        Shelf {
            open,
            loaded: BTreeMap::new(),
        }
    }

    /// What column `give` holds in the row of `file` where column `key` holds the key.
    ///
    /// # Errors
    ///
    /// A file that cannot be loaded or read, lacks a column, or gives two answers for one key.
    pub(crate) fn answers(
        &mut self,
        file: &str,
        key: &str,
        give: &str,
    ) -> Result<Arc<Answers>, Fault> {
        let name = (file.to_owned(), key.to_owned(), give.to_owned());
        if let Some(answers) = self.loaded.get(&name) {
            return Ok(Arc::clone(answers));
        }
        let in_file = |message: String| Fault::of_file(format!("Look-up file {file}: {message}"));
        let bytes = (self.open)(file).map_err(|error| in_file(format!("{error}.")))?;
        if crate::LIMIT_BYTES < bytes.len() {
            return Err(in_file("it is too large.".to_owned()));
        }
        let answers = read_answers(file, &bytes, key, give).map_err(|fault| Fault {
            message: in_file(fault.to_string()).message,
            ..Fault::of_file("")
        })?;
        let answers = Arc::new(answers);
        self.loaded.insert(name, Arc::clone(&answers));
        Ok(answers)
    }
}

fn read_answers(file: &str, bytes: &[u8], key: &str, give: &str) -> Result<Answers, Fault> {
    let text = text_of(file, bytes)?;
    let mut opened = header::open(&text, &[key.to_owned(), give.to_owned()], Lead::default())?;
    let position = |name: &str| {
        let missing = |message| Fault::of_row(opened.header.row, message);
        opened.header.position(name).map_err(missing)
    };
    let (key_at, give_at) = (position(key)?, position(give)?);
    let mut answers = Answers::new();
    let mut cells: Vec<Cow<'_, str>> = Vec::new();
    while let Some(row) = opened.below.next(&mut cells)? {
        let cell = |at: usize, column: &str| {
            let raw = cells.get(at).map_or("", |cell| &**cell);
            text_of_cell(raw).map_err(|message| Fault::of_row(row, message).in_column(column))
        };
        let (own_key, answer) = (cell(key_at, key)?, cell(give_at, give)?);
        if own_key.is_empty() {
            continue;
        }
        match answers.entry(own_key.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(answer.to_owned());
            }
            Entry::Occupied(first) if first.get() == answer => {}
            Entry::Occupied(first) => {
                let message = format!(
                    "{} is here a second time with {}, but first with {}. Keep one of the rows.",
                    quoted(own_key),
                    quoted(answer),
                    quoted(first.get())
                );
                return Err(Fault::of_row(row, message).in_column(key));
            }
        }
    }
    Ok(answers)
}
