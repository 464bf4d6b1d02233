//! Reading a file from its bytes to its rows.
//!
//! What is wrong with the file as a whole ends the reading at once; what is wrong with a row is
//! noted and the reading goes on, so that one attempt shows everything there is to mend.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    Fault, Faults, FileError, Layout, Mapping, Row, Sheet,
    encoding::text_of,
    header::{Header, Opened, check_known, hint, open},
    lookup::Shelf,
    mapping::Table,
    recipe::{Rule, check},
    row::Draft,
};

/// The largest file that is read, 200 MiB.
pub const LIMIT_BYTES: usize = 200 * 1024 * 1024;
/// The most rows a file may have.
pub const LIMIT_ROWS: usize = 1_000_000;
/// The most columns a file may have.
pub const LIMIT_COLUMNS: usize = 500;

/// Loads a file that stands beside the mapping, by its plain name.
type OpenFile<'open> = &'open mut dyn FnMut(&str) -> Result<Vec<u8>, FileError>;

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
    let mut rows = table.map_or(Ok(Vec::new()), |table| literal_rows(layout, table))?;
    let mut faults = Faults::new();
    let is_in_mapping = table.is_some_and(|table| !table.needs_file());
    if !(bytes.is_empty() && is_in_mapping) {
        let text = text_of(file_name, bytes)?;
        let plan = Plan::of(layout, &text, table, open)?;
        faults = plan.fill(&mut rows)?;
    }
    let layout = *layout;
    Ok((Sheet { layout, rows }, faults))
}

fn check_size(file_name: &str, bytes: &[u8], limit_bytes: usize) -> Result<(), Faults> {
    if bytes.len() <= limit_bytes {
        return Ok(());
    }
    let (has, may) = (bytes.len().div_ceil(1 << 20), limit_bytes >> 20);
    let message = format!("{file_name} has {has} MiB, more than the {may} allowed. Split it.");
    Err(Fault::of_file(message).into())
}

/// The rows that stand in the mapping itself; they come before those of the file.
fn literal_rows(layout: &Layout, table: &Table) -> Result<Vec<Row>, Faults> {
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
            if let Err(why) = check(value, column.required) {
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

/// How the rows of one file are read: everything the header and the mapping decide.
struct Plan<'text> {
    layout: Layout,
    opened: Opened<'text>,
    rules: Vec<Rule>,
    left_out: Vec<LeftOut>,
    distinct: Vec<usize>,
}

/// Rows whose cell at `at` is (or is not) `text`.
struct LeftOut {
    at: usize,
    text: String,
    if_same: bool,
}

impl<'text> Plan<'text> {
    fn of(
        layout: &Layout,
        text: &'text str,
        table: Option<&Table>,
        open_file: OpenFile<'_>,
    ) -> Result<Plan<'text>, Faults> {
        let opened = open(text, &expected(layout, table))?;
        let mut faults = Faults::new();
        let rules =
            rules(layout, table, &opened, &mut Shelf::new(open_file)).unwrap_or_else(|found| {
                faults.append(found);
                Vec::new()
            });
        let (left_out, distinct) = table.map_or_else(Default::default, |table| {
            choices(table, &opened.header, &mut faults)
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Plan {
            layout: *layout,
            opened,
            rules,
            left_out,
            distinct,
        })
    }

    /// Adds the file's rows to `rows` and gives the faults of those that stay in spite of one.
    fn fill(mut self, rows: &mut Vec<Row>) -> Result<Faults, Faults> {
        let width = self.opened.header.names.len();
        let mut faults = Faults::new();
        let mut is_ragged = false;
        let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
        let mut cells: Vec<Cow<'text, str>> = Vec::with_capacity(width);
        loop {
            let number = match self.opened.below.next(&mut cells) {
                Ok(Some(number)) => number,
                Ok(None) => break,
                Err(fault) => {
                    faults.push(fault);
                    return Err(faults);
                }
            };
            if rows.len() == LIMIT_ROWS {
                let message = format!("There are more than {LIMIT_ROWS} rows. Split the file.");
                faults.push(Fault::of_row(number, message));
                return Err(faults);
            }
            if cells.len() != width {
                is_ragged = true;
                faults.push(ragged(number, width, cells.len()));
            } else if self.takes(&cells, &mut seen) {
                rows.push(self.row(number, &cells, &mut faults));
            }
        }
        if is_ragged { Err(faults) } else { Ok(faults) }
    }

    /// Whether the row is neither left out nor a repetition.
    fn takes(&self, cells: &[Cow<'text, str>], seen: &mut BTreeSet<Vec<String>>) -> bool {
        let holds = |rule: &LeftOut| (cells[rule.at].trim() == rule.text) == rule.if_same;
        if self.left_out.iter().any(holds) {
            return false;
        }
        let key = || {
            self.distinct
                .iter()
                .map(|at| cells[*at].trim().to_owned())
                .collect()
        };
        self.distinct.is_empty() || seen.insert(key())
    }

    fn row(&self, number: u64, cells: &[Cow<'text, str>], faults: &mut Faults) -> Row {
        let mut draft = Draft::of_file(number);
        for rule in &self.rules {
            match rule.value(cells) {
                Ok(value) => draft.add(&value),
                Err(why) => {
                    faults.push(Fault::of_row(number, why).in_column(rule.target));
                    draft.add("");
                    draft.mark_bad();
                }
            }
        }
        draft.finish(self.layout.columns)
    }
}

/// The names the header is recognised by.
fn expected(layout: &Layout, table: Option<&Table>) -> Vec<String> {
    let recipes = table.and_then(|table| table.columns.as_ref());
    let from_recipes = recipes.into_iter().flat_map(|recipes| recipes.values());
    let mut names: Vec<String> = from_recipes
        .flat_map(|recipe| recipe.source_columns())
        .map(str::to_owned)
        .collect();
    if let Some(table) = table {
        names.extend(table.distinct.iter().cloned());
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
    opened: &Opened<'_>,
    shelf: &mut Shelf<'_>,
) -> Result<Vec<Rule>, Faults> {
    let Some(recipes) = table.and_then(|table| table.columns.as_ref()) else {
        let faults = check_known(&opened.header, layout);
        if !faults.is_empty() {
            return Err(faults);
        }
        let place = |name: &str| {
            let mut names = opened.header.names.iter();
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
        faults.push(Fault::of_column(name, message));
    }
    let mut rules = Vec::with_capacity(layout.columns.len());
    for column in layout.columns {
        let rule = match recipes.get(column.name) {
            Some(recipe) => Rule::bound(column, recipe, opened, shelf),
            None if column.required => Err(Fault::of_column(
                column.name,
                format!(
                    "The mapping does not fill it, but every row needs it: {}.",
                    column.what
                ),
            )),
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

/// Which rows a mapping leaves out, by place: those skipped, and those that repeat another.
fn choices(table: &Table, header: &Header, faults: &mut Faults) -> (Vec<LeftOut>, Vec<usize>) {
    let mut place = |key: &str, name: &str| {
        let position = header.position(name);
        position
            .map_err(|why| {
                let message = format!("The mapping’s {key} asks for it, but {why}");
                faults.push(Fault::of_column(name, message));
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

fn ragged(number: u64, width: usize, found: usize) -> Fault {
    Fault::of_row(
        number,
        format!(
            "The header has {width} cells and this row has {found}. \
             A cell that holds the separator must stand in quotation marks."
        ),
    )
}
