//! The first row: which character stands between cells, and which column is which.

use std::borrow::Cow;

use crate::{
    Fault, Faults,
    cells::{Cells, DELIMITERS},
    fault::quoted,
    recognise::joined,
};

/// What stands in front of the rows an import left out; reading them in again overlooks it.
const ADDED: [&str; 2] = ["bad_row", "bad_reason"];

/// The header of a file and the walk over the rows below it.
#[derive(Debug)]
pub(crate) struct Opened<'text> {
    pub header: Header,
    pub below: Cells<'text>,
}

/// The names in the first row.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub row: u64,
    pub names: Vec<String>,
}

impl Header {
    /// How many columns there are up to the last that has a name: spreadsheet programs write out empty
    /// columns behind a table.
    pub(crate) fn named(&self) -> usize {
        let last = self.names.iter().rposition(|name| !name.is_empty());
        last.map_or(0, |last| last + 1)
    }

    /// Where the column called exactly `name` stands.
    ///
    /// # Errors
    ///
    /// The sentence that says that it is not there (and which one is close), or there twice.
    pub(crate) fn position(&self, name: &str) -> Result<usize, String> {
        let mut found = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, own)| *own == name);
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(index),
            (Some(_), Some(_)) => Err(format!(
                "the file has two columns “{name}”, so it cannot be told which is meant"
            )),
            (None, _) => {
                let names = self.names.iter().map(String::as_str);
                Err(format!(
                    "the file has no column “{name}”. {}",
                    hint(name, names)
                ))
            }
        }
    }
}

/// Where a header stands: from which row on, and in how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lead {
    pub row: u64,
    pub rows: usize,
}

impl Default for Lead {
    /// In the first row that is not blank.
    fn default() -> Lead {
        Lead { row: 0, rows: 1 }
    }
}

/// Opens a text by its header, telling the delimiter from the names that are expected.
///
/// # Errors
///
/// A header that cannot be read, or in which two delimiters are equally likely.
pub(crate) fn open<'text>(
    text: &'text str,
    expected: &[String],
    lead: Lead,
) -> Result<Opened<'text>, Fault> {
    let mut best: Vec<(usize, usize, Opened<'text>)> = Vec::new();
    let mut fault = None;
    for delimiter in DELIMITERS {
        let opened = match open_with(text, delimiter, lead) {
            Ok(opened) => opened,
            Err(found) => {
                fault.get_or_insert(found);
                continue;
            }
        };
        let names = &opened.header.names;
        let is_known = |name: &&String| expected.iter().any(|e| e.eq_ignore_ascii_case(name));
        let score = (names.iter().filter(is_known).count(), names.len());
        let leader = best.first().map(|(known, count, _)| (*known, *count));
        if leader.is_none_or(|leader| leader < score) {
            best.clear();
        }
        if leader.is_none_or(|leader| leader <= score) {
            best.push((score.0, score.1, opened));
        }
    }
    // A single column needs no delimiter, so all four fit it alike.
    let is_tie = best.iter().filter(|(_, count, _)| 1 < *count).count() > 1;
    if is_tie {
        return Err(Fault::of_row(
            1,
            "It cannot be told whether a comma, semicolon, tab or | stands between the cells. \
             Save the file with commas.",
        ));
    }
    // A single unknown name: the delimiter under which the header cannot be read is likelier.
    match (best.into_iter().next(), fault) {
        (Some((_, _, opened)), None) => Ok(opened),
        (Some((known, count, opened)), Some(_)) if 0 < known || 1 < count => Ok(opened),
        (_, Some(fault)) => Err(fault),
        (None, None) => Err(Fault::of_row(1, "The header cannot be read.")),
    }
}

fn open_with(text: &str, delimiter: u8, lead: Lead) -> Result<Opened<'_>, Fault> {
    let mut below = Cells::new(text, delimiter);
    let mut cells: Vec<Cow<'_, str>> = Vec::new();
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut row = 1;
    while lines.len() < lead.rows
        && let Some(number) = below.next(&mut cells)?
    {
        if number < lead.row {
            continue;
        }
        if lines.is_empty() {
            row = number;
        }
        lines.push(cells.iter().map(|cell| cell.trim().to_owned()).collect());
    }
    let names = match lines.as_mut_slice() {
        [only] => std::mem::take(only),
        several => joined(&several.iter().map(Vec::as_slice).collect::<Vec<_>>()),
    };
    let header = Header { row, names };
    Ok(Opened { header, below })
}

/// What is wrong with a header that must hold known columns only.
pub(crate) fn check_known(header: &Header, layout: &crate::Layout) -> Faults {
    let mut faults = Faults::new();
    let in_header = |message: String| Fault::of_row(header.row, message);
    let mut seen: Vec<String> = Vec::new();
    for (index, name) in header.names[..header.named()].iter().enumerate() {
        if name.is_empty() {
            let place = index + 1;
            let message = format!("Column {place} has no name. Name it or delete the column.");
            faults.push(in_header(message).coded("column.no_name"));
            continue;
        }
        if layout.position(name).is_none() && !ADDED.contains(&name.as_str()) {
            let message = format!("This column is not known. {}", hint(name, layout.names()));
            let fault = in_header(message).coded("column.unknown");
            faults.push(fault.in_column(shortened(name)));
        }
        let folded = name.to_ascii_lowercase();
        if seen.contains(&folded) {
            let message = "This column is there twice. Delete or rename one.".to_owned();
            let fault = in_header(message).coded("column.twice");
            faults.push(fault.in_column(shortened(name)));
        }
        seen.push(folded);
    }
    let missing = |column: &&crate::Column| {
        column.required && !seen.contains(&column.name.to_ascii_lowercase())
    };
    for column in layout.columns.iter().filter(missing) {
        let message = format!(
            "This column is missing and every row needs it: {}.",
            column.what
        );
        let fault = in_header(message).coded("column.missing");
        faults.push(fault.in_column(column.name));
    }
    if header.names.len() == 1 && !faults.is_empty() {
        let message = format!(
            "Only one column was found, {}. \
             Separate columns with a comma, semicolon, tab or |.",
            quoted(&header.names[0])
        );
        faults.push(in_header(message).coded("column.only"));
    }
    faults
}

fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

/// What may have been meant by `name`: the closest of `known`, or all of them.
pub(crate) fn hint<'name>(name: &str, known: impl Iterator<Item = &'name str>) -> String {
    let known: Vec<&str> = known.collect();
    let wanted = name.to_lowercase();
    let allowed = (wanted.chars().count() / 3).min(4);
    let distances = known
        .iter()
        .map(|known| (edits(&wanted, &known.to_lowercase()), *known));
    match distances.min() {
        Some((edits, closest)) if edits <= allowed => format!("Did you mean “{closest}”?"),
        _ => {
            let more = if 40 < known.len() { ", …" } else { "" };
            let list: Vec<&str> = known.iter().take(40).copied().collect();
            format!("There are: {}{more}.", list.join(", "))
        }
    }
}

/// How many letters must be put in, left out, changed or swapped to make `from` into `to`.
fn edits(from: &str, to: &str) -> usize {
    // Names are short; a cell that is not must not cost the square of its length.
    let letters = |text: &str| text.chars().take(60).collect::<Vec<char>>();
    let (from, to) = (letters(from), letters(to));
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=from.len()).collect();
    for (down, letter) in to.iter().enumerate() {
        let mut row = vec![down + 1];
        for (along, own) in from.iter().enumerate() {
            let changed = last[along] + usize::from(own != letter);
            let mut fewest = changed.min(last[along + 1] + 1).min(row[along] + 1);
            let is_swapped =
                0 < down && 0 < along && from[along - 1] == *letter && to[down - 1] == *own;
            if is_swapped {
                fewest = fewest.min(before_last[along - 1] + 1);
            }
            row.push(fewest);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_letter_by_letter() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("wieght", "weight"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("店名", "店"), 1);
        assert_eq!(edits("nmae", "name"), 1);
    }

    #[test]
    fn a_hint_names_the_closest_or_lists_all() {
        let known = || ["code", "name", "owner"].into_iter();
        assert_eq!(hint("Cod", known()), "Did you mean “code”?");
        assert_eq!(hint("price", known()), "There are: code, name, owner.");
    }

    #[test]
    fn the_delimiter_is_the_one_under_which_names_are_known() {
        let expected = ["code".to_owned(), "name".to_owned()];
        for (text, names) in [
            ("code,name\n", vec!["code", "name"]),
            ("code;name\n", vec!["code", "name"]),
            ("code\tname\n", vec!["code", "name"]),
            ("code|name\n", vec!["code", "name"]),
            ("code;name;a,b,c,d\n", vec!["code", "name", "a,b,c,d"]),
            ("code\n", vec!["code"]),
            ("\n\"code\",\"name\"\n", vec!["code", "name"]),
        ] {
            assert_eq!(
                open(text, &expected, Lead::default()).unwrap().header.names,
                names,
                "{text:?}"
            );
        }
        let fault = open("a,b;c\n", &expected, Lead::default()).unwrap_err();
        assert!(fault.message.contains("cannot be told"), "{fault}");
    }
}
