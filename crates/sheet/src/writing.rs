//! Files for others: the same columns that are read, and no cell that runs in a spreadsheet.

use crate::{Layout, cleaning::protected};

/// What some spreadsheet programs need at the start of a file to show Chinese rightly.
pub const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The header of `layout` and one line for each of `rows`, in UTF-8 with commas.
///
/// Each row has a cell for every column, in the layout's order; an absent value is empty text.
pub fn write<Rows, Cells, Cell>(layout: &Layout, rows: Rows) -> String
where
    Rows: IntoIterator<Item = Cells>,
    Cells: IntoIterator<Item = Cell>,
    Cell: AsRef<str>,
{
    let mut file = layout.template();
    for row in rows {
        write_row(&mut file, row);
    }
    file
}

/// Adds one line to `file`, for files too large to be held as rows.
///
/// A cell that a spreadsheet program would run as a formula gets an apostrophe in front, which
/// reading takes off again. Plain numbers stay numbers, negative ones too.
pub fn write_row<Cell: AsRef<str>>(file: &mut String, cells: impl IntoIterator<Item = Cell>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if 0 < index {
            file.push(',');
        }
        let cell = protected(cell.as_ref());
        let is_blank_at_an_end = cell.trim().len() < cell.len();
        if is_blank_at_an_end || cell.contains([',', '"', '\n', '\r', ';', '\t', '|']) {
            file.push('"');
            file.push_str(&cell.replace('"', "\"\""));
            file.push('"');
        } else {
            file.push_str(&cell);
        }
    }
    file.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_never_run() {
        let mut file = String::new();
        write_row(
            &mut file,
            ["a", "", "b,c", "say \"x\"", "x\ny", "=1+1", "-5", "-x"],
        );
        assert_eq!(file, "a,,\"b,c\",\"say \"\"x\"\"\",\"x\ny\",'=1+1,-5,'-x\n");
    }
}
