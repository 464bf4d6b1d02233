//! A file read row by row: no more of it in memory than a piece, however long it is.
//!
//! Each row comes with its [`Place`], by which it can be read again: the rows of one document may
//! lie far apart, and are brought together by their places.

use std::{
    borrow::Cow,
    collections::{BTreeSet, VecDeque},
};

use crate::{
    Fault, Faults, Layout, Mapping, Row, Source,
    cells::{Cells, Mark},
    cleaning::text_of_cell,
    control::Control,
    header::{self, Lead},
    mapping::Table,
    reading::{Mended, OpenFile, Plan, Taken, expected, literal_rows},
};

/// The longest row, in bytes: a quotation mark that is never closed would go on to the end.
const LIMIT_ROW_BYTES: usize = 4 * 1024 * 1024;

/// Where a row of a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The byte it begins at; of a row of the mapping its place there.
    at: u64,
    /// 0 for a row of the mapping.
    length: u32,
    number: u32,
}

/// A row and where it stands.
#[derive(Debug, Clone)]
pub struct Found {
    pub row: Row,
    pub place: Place,
    /// It has more or fewer cells than the header: only its first cell is sure.
    pub is_ragged: bool,
}

/// The rows of a file, one after the other.
pub struct Reader {
    plan: Plan,
    source: Option<Source>,
    walk: Walk,
    literal: Vec<Row>,
    given: usize,
    seen: BTreeSet<Vec<String>>,
    control: Control,
    /// Rows of the line read last that are still to be given.
    waiting: VecDeque<Found>,
}

impl Reader {
    /// Opens a file of kind `layout`, through `mapping` if it has a table for that kind. Without a
    /// source the rows that stand in the mapping itself are all there is.
    ///
    /// `open` loads the look-up files the mapping names.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the header, the mapping or its look-up files.
    pub fn open(
        layout: &Layout,
        mut source: Option<Source>,
        mapping: Option<&Mapping>,
        open: OpenFile<'_>,
    ) -> Result<Reader, Faults> {
        let table = mapping.and_then(|mapping| mapping.table(layout.kind));
        let literal = table.map_or(Ok(Vec::new()), |table| literal_rows(layout, table))?;
        let Some(text) = &mut source else {
            return Ok(Reader {
                plan: Plan::empty(layout),
                source,
                walk: Walk::default(),
                literal,
                given: 0,
                seen: BTreeSet::new(),
                control: Control::default(),
                waiting: VecDeque::new(),
            });
        };
        let mut walk = Walk::default();
        walk.load(text)?;
        let lead = table.map_or_else(Lead::default, Table::lead);
        let opened = header::open(&walk.text, &expected(layout, table), lead)?;
        let (header, delimiter, mark) =
            (opened.header, opened.below.delimiter(), opened.below.mark());
        walk.delimiter = delimiter;
        walk.mark = mark;
        let mut values = |at: usize| values_at(at, text, (delimiter, mark));
        let plan = Plan::of(layout, header, table, open, &mut values)?;
        Ok(Reader {
            plan,
            source,
            walk,
            literal,
            given: 0,
            seen: BTreeSet::new(),
            control: Control::default(),
            waiting: VecDeque::new(),
        })
    }

    /// The next row that is neither left out nor a repetition; `None` at the end.
    ///
    /// A row with a bad cell is given without that cell and marked [`Row::is_bad`]; what is wrong
    /// with it is added to `faults`.
    ///
    /// # Errors
    ///
    /// What makes it impossible to read on.
    pub fn next(&mut self, faults: &mut Faults) -> Result<Option<Found>, Fault> {
        if let Some(row) = self.literal.get(self.given) {
            let at = u64::try_from(self.given).unwrap_or(u64::MAX);
            self.given += 1;
            return Ok(Some(Found {
                row: row.clone(),
                place: Place {
                    at,
                    length: 0,
                    number: 0,
                },
                is_ragged: false,
            }));
        }
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        if let Some(found) = self.waiting.pop_front() {
            return Ok(Some(found));
        }
        let (plan, seen, control) = (&self.plan, &mut self.seen, &mut self.control);
        let waiting = &mut self.waiting;
        loop {
            let found = self.walk.next(source, |place, cells| {
                control.see(plan, place.number(), cells, faults);
                line(plan, (place, cells), (&mut *seen, &mut *faults), waiting)
            })?;
            let Some(found) = found else {
                return Ok(None);
            };
            if let Some(first) = waiting.pop_front() {
                return Ok(Some(first));
            }
            if let Some((place, Taken { row, is_ragged })) = found {
                return Ok(Some(Found {
                    row,
                    place,
                    is_ragged,
                }));
            }
        }
    }

    /// The row at a place given before, with its faults again.
    ///
    /// # Errors
    ///
    /// The file cannot be read any more, or is another by now.
    pub fn again(&mut self, place: Place, faults: &mut Faults) -> Result<Row, Fault> {
        if place.length == 0 {
            let at = usize::try_from(place.at).unwrap_or(usize::MAX);
            let row = self.literal.get(at).cloned();
            return row.ok_or_else(|| Fault::of_file("The mapping was changed. Try again."));
        }
        if !self.plan.parts.is_empty() {
            return Err(Fault::of_file(
                "Lines of documents cannot be made of columns side by side. \
                 Leave `unpivot` out of the mapping.",
            )
            .coded("mapping.spread"));
        }
        let delimiter = self.walk.delimiter;
        let Some(source) = &mut self.source else {
            return Err(Fault::of_file("There is no file."));
        };
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        let text = source.again(place.at, length)?;
        let mut cells = Vec::new();
        let number = u64::from(place.number);
        Cells::new(text, delimiter).next(&mut cells)?;
        let taken = self.plan.take(number, &cells, None, faults);
        drop(cells);
        match taken {
            Some(taken) => Ok(taken.row),
            None => Err(source.changed()),
        }
    }

    /// What the cells of a place stand for, for writing them out again.
    ///
    /// # Errors
    ///
    /// As [`Reader::again`].
    pub fn cells(&mut self, place: Place) -> Result<Vec<String>, Fault> {
        let delimiter = self.walk.delimiter;
        let Some(source) = self.source.as_mut().filter(|_| place.length != 0) else {
            return Ok(Vec::new());
        };
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        let text = source.again(place.at, length)?;
        let mut cells = Vec::new();
        Cells::new(text, delimiter).next(&mut cells)?;
        let text = |cell: &Cow<'_, str>| text_of_cell(cell).unwrap_or(cell).to_owned();
        Ok(cells.iter().map(text).collect())
    }

    /// Reads some cells as somebody corrected them; the file stays as it is.
    pub fn mend(&mut self, mended: Mended) {
        self.plan.mended = mended;
    }

    pub fn layout(&self) -> &Layout {
        &self.plan.layout
    }

    /// The names in the file's own header.
    pub fn header(&self) -> &[String] {
        self.plan.header()
    }
}

impl Place {
    /// The row as a spreadsheet program counts it; 0 for a row of the mapping.
    pub fn number(self) -> u64 {
        u64::from(self.number)
    }
}

/// The row a line makes; where columns become rows, the rows it makes are put to those that wait.
fn line(
    plan: &Plan,
    (place, cells): (Place, &[Cow<'_, str>]),
    (seen, faults): (&mut BTreeSet<Vec<String>>, &mut Faults),
    waiting: &mut VecDeque<Found>,
) -> Option<(Place, Taken)> {
    if plan.parts.is_empty() {
        let taken = plan.take(place.number(), cells, Some(seen), faults);
        return taken.map(|taken| (place, taken));
    }
    let taken = plan
        .take_parts(place.number(), cells, seen, faults)
        .into_iter();
    waiting.extend(taken.map(|Taken { row, is_ragged }| Found {
        row,
        place,
        is_ragged,
    }));
    None
}

/// All values in the column at `at`; a pass of its own over the file.
fn values_at(
    at: usize,
    source: &mut Source,
    (delimiter, mark): (u8, Mark),
) -> Result<BTreeSet<String>, Fault> {
    let mut values = BTreeSet::new();
    let mut walk = Walk::default();
    walk.load(source)?;
    walk.delimiter = delimiter;
    walk.mark = mark;
    let mut note = |_place: Place, cells: &[Cow<'_, str>]| {
        let raw = cells.get(at).map_or("", |cell| &**cell);
        // A cell that cannot stand is refused when its own row is read.
        let value = text_of_cell(raw).unwrap_or("");
        if !value.is_empty() && !values.contains(value) {
            values.insert(value.to_owned());
        }
    };
    while walk.next(source, &mut note)?.is_some() {}
    Ok(values)
}

/// The piece of text in memory, and how far it was walked.
#[derive(Debug)]
struct Walk {
    text: String,
    /// The byte of the file the text begins at.
    text_at: u64,
    mark: Mark,
    delimiter: u8,
    /// Nothing follows the text.
    is_all: bool,
}

impl Default for Walk {
    fn default() -> Walk {
        Walk {
            text: String::new(),
            text_at: 0,
            mark: Mark::default(),
            delimiter: b',',
            is_all: false,
        }
    }
}

impl Walk {
    /// What `take` makes of the next row that is not blank.
    fn next<T>(
        &mut self,
        source: &mut Source,
        take: impl FnOnce(Place, &[Cow<'_, str>]) -> T,
    ) -> Result<Option<T>, Fault> {
        loop {
            let mut cells = Vec::new();
            let mut walk = Cells::resume(&self.text, self.mark, self.delimiter);
            let found = walk.next(&mut cells);
            // Whatever ends where the text in memory ends may go on in what follows.
            let may_go_on = found.is_err() || walk.mark().at == self.text.len();
            let is_blank = matches!(found, Ok(None));
            let is_long = LIMIT_ROW_BYTES < self.text.len() - self.mark.at;
            if !self.is_all && may_go_on && (is_blank || !is_long) {
                // Blank rows need not be walked again.
                let walked = [self.mark, walk.mark()][usize::from(is_blank)];
                drop(cells);
                self.mark = walked;
                self.load(source)?;
                continue;
            }
            let (span, mark) = (walk.span(), walk.mark());
            let Some(number) = found? else {
                return Ok(None);
            };
            let begins = u64::try_from(span.start).unwrap_or(u64::MAX);
            let place = Place {
                at: self.text_at.saturating_add(begins),
                length: u32::try_from(span.len()).unwrap_or(u32::MAX),
                number: u32::try_from(number).unwrap_or(u32::MAX),
            };
            let taken = take(place, &cells);
            self.mark = mark;
            return Ok(Some(taken));
        }
    }

    /// Lets go of what was walked and adds the next piece.
    fn load(&mut self, source: &mut Source) -> Result<(), Fault> {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.drain(..self.mark.at);
        let walked = u64::try_from(self.mark.at).unwrap_or(u64::MAX);
        self.text_at = self.text_at.saturating_add(walked);
        self.mark.at = 0;
        let had = bytes.len();
        let next = self
            .text_at
            .saturating_add(u64::try_from(had).unwrap_or(u64::MAX));
        source.piece(next, &mut bytes)?;
        self.is_all = bytes.len() == had;
        if !self.is_all {
            cut_back(&mut bytes, had);
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.text = text,
            Err(_changed) => return Err(source.changed()),
        }
        Ok(())
    }
}

/// Leaves a character or line end that is not there as a whole for the next piece.
fn cut_back(bytes: &mut Vec<u8>, had: usize) {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to().max(had));
    }
    if bytes.last() == Some(&b'\r') && had + 1 < bytes.len() {
        bytes.pop();
    }
}
