//! What is written is read back the same, and runs nowhere on the way.

use proptest::prelude::*;
use sheet::{BYTE_ORDER_MARK, Column, FileError, Layout, read, write};

const LAYOUT: Layout = Layout {
    kind: "notes",
    columns: &[
        Column {
            name: "code",
            required: true,
            what: "its code",
        },
        Column {
            name: "first",
            required: false,
            what: "any text",
        },
        Column {
            name: "second",
            required: false,
            what: "any text",
        },
    ],
};

fn read_back(file: &str) -> Vec<Vec<String>> {
    let mut no_file = |_: &str| Err(FileError::Missing);
    let sheet = read(&LAYOUT, "notes.csv", file.as_bytes(), None, &mut no_file)
        .expect("what we write is read");
    let cells = |row: &sheet::Row| row.cells().map(str::to_owned).collect();
    sheet.rows.iter().map(cells).collect()
}

/// The cells as another program sees them.
fn seen_elsewhere(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn formulas_come_back_as_the_text_they_are() {
    let rows = [
        ["A", "=HYPERLINK(\"http://x\",\"y\")", "-5.25"],
        ["B", "'=quoted", "'t Hart"],
        ["C", "@x", "+49 170 1234"],
        ["D", "", "a, b; \"c\"\nd"],
    ];
    let file = write(&LAYOUT, rows);
    assert_eq!(read_back(&file), rows);
    assert_eq!(read_back(&format!("{BYTE_ORDER_MARK}{file}")), rows);
    assert_eq!(
        seen_elsewhere(&file)[0][1],
        "'=HYPERLINK(\"http://x\",\"y\")"
    );
    assert_eq!(seen_elsewhere(&file)[0][2], "-5.25");
}

proptest! {
    #[test]
    fn any_trimmed_text_comes_back(
        rows in prop::collection::vec(("[A-Z]{1,3}", "[-=+@'＝a0. ,;|\"\n\t店]{0,8}", "[-+=@'0-9.]{0,5}"), 0..8)
    ) {
        let rows: Vec<[String; 3]> = rows
            .into_iter()
            .map(|(code, first, second)| [code, first.trim().to_owned(), second.trim().to_owned()])
            .collect();
        let file = write(&LAYOUT, &rows);
        prop_assert_eq!(read_back(&file), rows.clone());
        for cell in seen_elsewhere(&file).iter().flatten() {
            let is_number = cell.parse::<f64>().is_ok();
            prop_assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{}", cell);
        }
    }
}
