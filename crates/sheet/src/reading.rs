//! Reading a file from its bytes to its rows.
//!
//! What is wrong with the file as a whole ends the reading at once; what is wrong with a row is
//! noted and the reading goes on, so that one attempt shows everything there is to mend.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    Fault, Faults, FileError, Layout, Mapping, Reader, Row, Sheet, Source,
    control::{Controlled, controlled},
    header::{Header, check_known, hint},
    lookup::Shelf,
    mapping::Table,
    recipe::{Rule, check},
    row::Draft,
    totals::{TOTALS, is_total},
};

/// The largest file whose rows are held in memory, 200 MiB.
pub const LIMIT_BYTES: usize = 200 * 1024 * 1024;
/// The most rows that are held in memory.
pub const LIMIT_ROWS: usize = 1_000_000;
/// The most columns a file may have.
pub const LIMIT_COLUMNS: usize = 500;

/// Loads a file that stands beside the mapping, by its plain name.
pub type OpenFile<'open> = &'open mut dyn FnMut(&str) -> Result<Vec<u8>, FileError>;

/// Reads the rows of a file of kind `layout`, through `mapping` if it has a table for that kind.
///
/// `open` loads the look-up files the mapping names. A header without rows is an empty sheet.
///
/// # Errors
///
/// Everything that is wrong with the file, by row and column. Nothing is returned besides.
pub fn read(
    layout: &Layout,
    file_name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    open: OpenFile<'_>,
) -> Result<Sheet, Faults> {
    read_within(layout, file_name, bytes, mapping, open, LIMIT_BYTES)
}

/// Like [`read`], for files of at most `limit_bytes`.
///
/// # Errors
///
/// As [`read`].
pub fn read_within(
    layout: &Layout,
    file_name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    open: OpenFile<'_>,
    limit_bytes: usize,
) -> Result<Sheet, Faults> {
    check_size(file_name, bytes, limit_bytes)?;
    let (sheet, faults) = gather(layout, file_name, bytes, mapping, open)?;
    if faults.is_empty() {
        Ok(sheet)
    } else {
        Err(faults)
    }
}

/// Like [`read`], but a row with a bad cell stays, without that cell and marked [`Row::is_bad`].
///
/// For imports that go on without the bad rows: several rows may be one document, and the
/// document of a bad row can only be told while the row's other cells are there.
///
/// # Errors
///
/// What is wrong with the file as a whole, and rows with more or fewer cells than the header:
/// which column such cells belong to, and so which document, cannot be told.
pub fn read_marking_bad(
    layout: &Layout,
    file_name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    open: OpenFile<'_>,
) -> Result<(Sheet, Faults), Faults> {
    check_size(file_name, bytes, LIMIT_BYTES)?;
    gather(layout, file_name, bytes, mapping, open)
}

fn gather(
    layout: &Layout,
    file_name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    open: OpenFile<'_>,
) -> Result<(Sheet, Faults), Faults> {
    let table = mapping.and_then(|mapping| mapping.table(layout.kind));
    let is_in_mapping = table.is_some_and(|table| !table.needs_file());
    let source = if bytes.is_empty() && is_in_mapping {
        None
    } else {
        Some(Source::of_bytes(file_name, bytes)?)
    };
    Reader::open(layout, source, mapping, open)?.all()
}

impl Reader {
    /// All rows at once, for kinds whose rows can only be judged together.
    ///
    /// # Errors
    ///
    /// What makes it impossible to read on; more than [`LIMIT_ROWS`] rows; rows with more or fewer
    /// cells than the header: which column such cells belong to cannot be told.
    pub fn all(mut self) -> Result<(Sheet, Faults), Faults> {
        let mut faults = Faults::new();
        let mut rows = Vec::new();
        let mut is_ragged = false;
        loop {
            let found = match self.next(&mut faults) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(fault) => {
                    faults.push(fault);
                    return Err(faults);
                }
            };
            if rows.len() == LIMIT_ROWS {
                let message = format!("There are more than {LIMIT_ROWS} rows. Split the file.");
                faults.push(
                    found
                        .row
                        .fault_of_row(message)
                        .coded("file.rows")
                        .with("most", LIMIT_ROWS),
                );
                return Err(faults);
            }
            is_ragged |= found.is_ragged;
            rows.push(found.row);
        }
        if is_ragged {
            return Err(faults);
        }
        let layout = *self.layout();
        Ok((Sheet { layout, rows }, faults))
    }
}

fn check_size(file_name: &str, bytes: &[u8], limit_bytes: usize) -> Result<(), Faults> {
    if bytes.len() <= limit_bytes {
        return Ok(());
    }
    let (has, may) = (bytes.len().div_ceil(1 << 20), limit_bytes >> 20);
    let message = format!("{file_name} has {has} MiB, more than the {may} allowed. Split it.");
    Err(Fault::of_file(message)
        .coded("file.large")
        .with("most", may)
        .into())
}

/// The rows that stand in the mapping itself; they come before those of the file.
pub(crate) fn literal_rows(layout: &Layout, table: &Table) -> Result<Vec<Row>, Faults> {
    let mut faults = Faults::new();
    let mut rows = Vec::new();
    for (place, cells) in (1..).zip(&table.rows) {
        let in_row = |column: &str, why: &str| {
            let message = format!("{why} (own row {place} of the mapping)");
            Fault::of_column(column, message)
        };
        for name in cells
            .keys()
            .filter(|name| layout.names().all(|own| own != **name))
        {
            let why = format!("This column is not known. {}", hint(name, layout.names()));
            faults.push(in_row(name, &why));
        }
        let mut draft = Draft::of_mapping(place);
        for column in layout.columns {
            let value = cells.get(column.name).map_or("", |value| value.trim());
            if let Err(why) = check(value, (column.required, column.most_chars())) {
                faults.push(in_row(column.name, &why));
            }
            draft.add(value);
        }
        rows.push(draft.finish(layout.columns));
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(faults)
    }
}

/// All values in a column of the file.
pub(crate) type Values<'file> = &'file mut dyn FnMut(usize) -> Result<BTreeSet<String>, Fault>;

/// How the rows of one file are read: everything the header and the mapping decide.
pub(crate) struct Plan {
    pub layout: Layout,
    header: Header,
    /// The file's own columns; behind them stand those that are made of others.
    width: usize,
    /// Those of them up to the last that has a name, where a name is needed.
    named: usize,
    pub parts: Vec<Part>,
    totals: Totals,
    pub control: Vec<Controlled>,
    rules: Vec<Rule>,
    left_out: Vec<LeftOut>,
    distinct: Vec<usize>,
    /// Cells that somebody corrected.
    pub mended: Mended,
}

/// What stands in place of cells of a file: by row, our column and value, in our own way of writing.
pub type Mended = BTreeMap<u64, BTreeMap<String, String>>;

/// What became of a row's cells.
pub(crate) struct Taken {
    pub row: Row,
    pub is_ragged: bool,
}

/// A column of the file that becomes a row, and what it stands for.
pub(crate) struct Part {
    at: usize,
    name: String,
}

/// Which rows add others up.
enum Totals {
    /// Those that could be nothing else: such a word in front, and a cell missing that a row needs.
    /// Our own workbooks end with one.
    Implied,
    /// Those with one of these words in front.
    Said(Vec<String>),
}

/// Rows whose cell at `at` is (or is not) `text`.
struct LeftOut {
    at: usize,
    text: String,
    if_same: bool,
}

impl Plan {
    pub(crate) fn of(
        layout: &Layout,
        mut header: Header,
        table: Option<&Table>,
        open_file: OpenFile<'_>,
        values: Values<'_>,
    ) -> Result<Plan, Faults> {
        let mut faults = Faults::new();
        let width = header.names.len();
        let named = table.map_or_else(|| header.named(), |_| width);
        let control = table.map_or_else(Vec::new, |table| controlled(table, &header, &mut faults));
        let parts = table.map_or_else(Vec::new, |table| parts(table, &mut header, &mut faults));
        let mut shelf = Shelf::new(open_file);
        let rules = rules(layout, table, &header, &mut shelf, values).unwrap_or_else(|found| {
            faults.append(found);
            Vec::new()
        });
        let (left_out, distinct) = table.map_or_else(Default::default, |table| {
            choices(table, &header, &mut faults)
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        let said = table
            .map(|table| &table.totals)
            .filter(|words| !words.is_empty());
        let totals = said.map_or(Totals::Implied, |words| Totals::Said(words.clone()));
        Ok(Plan {
            layout: *layout,
            header,
            width,
            named,
            parts,
            totals,
            control,
            rules,
            left_out,
            distinct,
            mended: Mended::new(),
        })
    }

    /// For a kind whose rows all stand in the mapping.
    pub(crate) fn empty(layout: &Layout) -> Plan {
        Plan {
            layout: *layout,
            header: Header {
                row: 0,
                names: Vec::new(),
            },
            width: 0,
            named: 0,
            parts: Vec::new(),
            totals: Totals::Implied,
            control: Vec::new(),
            rules: Vec::new(),
            left_out: Vec::new(),
            distinct: Vec::new(),
            mended: Mended::new(),
        }
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header.names[..self.width]
    }

    /// The row these cells make, unless it is left out or repeats one of `seen`.
    pub(crate) fn take(
        &self,
        number: u64,
        cells: &[Cow<'_, str>],
        seen: Option<&mut BTreeSet<Vec<String>>>,
        faults: &mut Faults,
    ) -> Option<Taken> {
        if self.is_total(cells) {
            return None;
        }
        let width = self.width;
        let is_ragged = cells.len() != width;
        if is_ragged {
            faults.push(ragged(number, width, cells.len()));
            // Nothing but the first cell is sure, so that the others are missing is no fault besides.
            let first = cells.get(..1).unwrap_or_default();
            let mut draft = self.draft(number, first, &mut Faults::new());
            draft.mark_bad();
            let row = draft.finish(self.layout.columns);
            return Some(Taken { row, is_ragged });
        }
        if self.is_left_out(cells, seen) {
            return None;
        }
        let mut draft = self.draft(number, cells, faults);
        if cells[self.named..]
            .iter()
            .any(|cell| !cell.trim().is_empty())
        {
            faults.push(unnamed(number));
            draft.mark_bad();
        }
        let row = draft.finish(self.layout.columns);
        Some(Taken { row, is_ragged })
    }

    /// The rows these cells make where columns become rows: one for each that is not empty.
    pub(crate) fn take_parts(
        &self,
        number: u64,
        cells: &[Cow<'_, str>],
        seen: &mut BTreeSet<Vec<String>>,
        faults: &mut Faults,
    ) -> Vec<Taken> {
        if cells.len() != self.width {
            return self.take(number, cells, None, faults).into_iter().collect();
        }
        if self.is_total(cells) || self.is_left_out(cells, Some(seen)) {
            return Vec::new();
        }
        let filled = self
            .parts
            .iter()
            .filter(|part| !cells[part.at].trim().is_empty());
        let rows = filled.map(|part| {
            let made = [Cow::Borrowed(part.name.as_str()), cells[part.at].clone()];
            let cells: Vec<Cow<'_, str>> = cells.iter().cloned().chain(made).collect();
            let row = self
                .draft(number, &cells, faults)
                .finish(self.layout.columns);
            let is_ragged = false;
            Taken { row, is_ragged }
        });
        rows.collect()
    }

    /// Whether the row adds others up.
    pub(crate) fn is_total(&self, cells: &[Cow<'_, str>]) -> bool {
        match &self.totals {
            Totals::Said(words) => is_total(cells, words),
            Totals::Implied => {
                let lacks = |rule: &Rule| rule.lacks(cells);
                is_total(cells, &TOTALS) && self.rules.iter().any(lacks)
            }
        }
    }

    fn is_left_out(
        &self,
        cells: &[Cow<'_, str>],
        seen: Option<&mut BTreeSet<Vec<String>>>,
    ) -> bool {
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let holds = |rule: &LeftOut| (cell(rule.at) == rule.text) == rule.if_same;
        if self.left_out.iter().any(holds) {
            return true;
        }
        let key = || {
            self.distinct
                .iter()
                .map(|at| cells[*at].trim().to_owned())
                .collect()
        };
        seen.is_some_and(|seen| !self.distinct.is_empty() && !seen.insert(key()))
    }

    fn draft(&self, number: u64, cells: &[Cow<'_, str>], faults: &mut Faults) -> Draft {
        let mut draft = Draft::of_file(number);
        let mended = self.mended.get(&number);
        for rule in &self.rules {
            let value = match mended.and_then(|cells| cells.get(rule.target)) {
                Some(text) => rule.mended(text),
                None => rule.value(cells),
            };
            match value {
                Ok(value) => draft.add(&value),
                Err(why) => {
                    let text = mended.and_then(|cells| cells.get(rule.target));
                    let cell = text.map(String::as_str).or(rule.cell(cells));
                    let code = match cell {
                        Some("") => "sheet.empty",
                        _ => "cell.unreadable",
                    };
                    let fault = Fault::of_row(number, why).coded(code).holding(cell);
                    faults.push(fault.in_column(rule.target));
                    draft.add("");
                    draft.mark_bad();
                }
            }
        }
        draft
    }
}

/// The names the header is recognised by.
pub(crate) fn expected(layout: &Layout, table: Option<&Table>) -> Vec<String> {
    let recipes = table.and_then(|table| table.columns.as_ref());
    let from_recipes = recipes.into_iter().flat_map(|recipes| recipes.values());
    let mut names: Vec<String> = from_recipes
        .flat_map(|recipe| recipe.source_columns())
        .map(str::to_owned)
        .collect();
    if let Some(table) = table {
        names.extend(table.distinct.iter().cloned());
        names.extend(table.control.iter().cloned());
        names.extend(
            table
                .unpivot
                .iter()
                .flat_map(|unpivot| unpivot.columns.keys().cloned()),
        );
        names.extend(table.skip.iter().map(|skip| skip.column.clone()));
    }
    if recipes.is_none() {
        names.extend(layout.names().map(str::to_owned));
    }
    names
}

/// One rule for each column of the layout, in its order.
fn rules(
    layout: &Layout,
    table: Option<&Table>,
    header: &Header,
    shelf: &mut Shelf<'_>,
    values: Values<'_>,
) -> Result<Vec<Rule>, Faults> {
    let Some(recipes) = table.and_then(|table| table.columns.as_ref()) else {
        let faults = check_known(header, layout);
        if !faults.is_empty() {
            return Err(faults);
        }
        let place = |name: &str| {
            let mut names = header.names.iter();
            names.position(|own| own.eq_ignore_ascii_case(name))
        };
        let columns = layout.columns.iter();
        return Ok(columns
            .map(|column| Rule::plain(column, place(column.name)))
            .collect());
    };
    let mut faults = Faults::new();
    for name in recipes
        .keys()
        .filter(|name| layout.names().all(|own| own != **name))
    {
        let hint = hint(name, layout.names());
        let message = format!(
            "The mapping fills it, but {} have no such column. {hint}",
            layout.kind
        );
        faults.push(Fault::of_column(name, message).coded("mapping.column"));
    }
    let mut rules = Vec::with_capacity(layout.columns.len());
    for column in layout.columns {
        let rule = match recipes.get(column.name) {
            Some(recipe) => Rule::bound(column, recipe, header, shelf, values),
            None if column.required => Err(Fault::of_column(
                column.name,
                format!(
                    "The mapping does not fill it, but every row needs it: {}.",
                    column.what
                ),
            )
            .coded("column.missing")),
            None => Ok(Rule::plain(column, None)),
        };
        match rule {
            Ok(rule) => rules.push(rule),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(rules)
    } else {
        Err(faults)
    }
}

/// The columns that become rows, in the order of the file; the header gets the two made of them.
fn parts(table: &Table, header: &mut Header, faults: &mut Faults) -> Vec<Part> {
    let Some(unpivot) = &table.unpivot else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    for (column, name) in &unpivot.columns {
        match header.position(column) {
            Ok(at) => parts.push(Part {
                at,
                name: name.trim().to_owned(),
            }),
            Err(why) => {
                let message = format!("The mapping’s unpivot asks for it, but {why}");
                faults.push(Fault::of_column(column, message).coded("mapping.column"));
            }
        }
    }
    parts.sort_by_key(|part| part.at);
    header
        .names
        .extend([unpivot.name.clone(), unpivot.value.clone()]);
    parts
}

/// Which rows a mapping leaves out, by place: those skipped, and those that repeat another.
fn choices(table: &Table, header: &Header, faults: &mut Faults) -> (Vec<LeftOut>, Vec<usize>) {
    let mut place = |key: &str, name: &str| {
        let position = header.position(name);
        position
            .map_err(|why| {
                let message = format!("The mapping’s {key} asks for it, but {why}");
                faults.push(Fault::of_column(name, message).coded("mapping.column"));
            })
            .ok()
    };
    let mut left_out = Vec::new();
    for skip in &table.skip {
        let text = skip.equals.as_ref().or(skip.not_equals.as_ref());
        left_out.extend(place("skip", &skip.column).map(|at| LeftOut {
            at,
            text: text.map_or_else(String::new, |text| text.trim().to_owned()),
            if_same: skip.equals.is_some(),
        }));
    }
    let distinct = table.distinct.iter();
    let distinct = distinct
        .filter_map(|name| place("distinct", name))
        .collect();
    (left_out, distinct)
}

fn unnamed(number: u64) -> Fault {
    let message =
        "A cell stands behind the last column that has a name. Name its column or empty it.";
    Fault::of_row(number, message).coded("column.no_name")
}

fn ragged(number: u64, width: usize, found: usize) -> Fault {
    Fault::of_row(
        number,
        format!(
            "The header has {width} cells and this row has {found}. \
             A cell that holds the separator must stand in quotation marks."
        ),
    )
    .coded("row.width")
    .with("width", width)
    .with("found", found)
}
