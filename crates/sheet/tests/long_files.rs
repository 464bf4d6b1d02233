//! Files that are read piece by piece come out as they would if they were read at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fmt::Write as _,
    io::{self, Cursor},
};

use encoding_rs::GB18030;
use sheet::{
    Column, Faults, FileError, Layout, Mapping, Place, Reader, Row, Scratch, Source, read,
};

const LAYOUT: Layout = Layout {
    kind: "parcels",
    columns: &[
        Column {
            name: "code",
            required: true,
            what: "the code of the parcel",
        },
        Column {
            name: "note",
            required: false,
            what: "a remark",
        },
    ],
};

fn no_file(_: &str) -> Result<Vec<u8>, FileError> {
    Err(FileError::Missing)
}

#[expect(clippy::unnecessary_wraps, reason = "a file could not be made")]
fn scratch() -> io::Result<Box<dyn Scratch>> {
    Ok(Box::new(Cursor::new(Vec::new())))
}

fn opened(bytes: &[u8], mapping: Option<&Mapping>) -> Result<Reader, Faults> {
    let store = Box::new(Cursor::new(bytes.to_vec()));
    let source = Source::open("long.csv", store, &mut scratch)?;
    Reader::open(&LAYOUT, Some(source), mapping, &mut no_file)
}

/// More than is held in memory, with quotation marks, line breaks within cells and blank rows.
fn long() -> String {
    let mut text = String::from("code,note\r\n");
    let notes = [
        "朝阳门店",
        "\"two\r\nlines\"",
        "\"say \"\"yes\"\"\"",
        "5\" pipe",
        "Größe",
        "",
    ];
    let mut number = 0;
    while text.len() < 5 * 1024 * 1024 {
        let note = notes[number % notes.len()];
        write!(text, "P-{number},{note}\r\n").unwrap();
        if number % 1_000 == 999 {
            text.push_str("\r\n,\r\n");
        }
        number += 1;
    }
    text
}

fn cells(row: &Row) -> (u64, String) {
    let cells: Vec<&str> = row.cells().collect();
    (row.number, cells.join("|"))
}

fn walked(mut reader: Reader) -> (Reader, Vec<(u64, String)>, Vec<Place>) {
    let mut faults = Faults::new();
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    while let Some(found) = reader.next(&mut faults).unwrap() {
        rows.push(cells(&found.row));
        places.push(found.place);
    }
    assert!(faults.is_empty(), "{faults}");
    (reader, rows, places)
}

#[test]
fn a_long_file_is_read_like_a_short_one() {
    let text = long();
    // Read at once: the same text without a file behind it.
    let expected = read(&LAYOUT, "long.csv", text.as_bytes(), None, &mut no_file).unwrap();
    let expected: Vec<(u64, String)> = expected.rows.iter().map(cells).collect();
    assert!(100_000 < expected.len());
    let marked = format!("\u{FEFF}{text}");
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [text.as_bytes(), marked.as_bytes(), &wide] {
        let (mut reader, rows, places) = walked(opened(bytes, None).unwrap());
        assert_eq!(rows.len(), expected.len());
        assert!(rows == expected, "other rows");
        // Every place leads back to its row, in any order.
        let mut untold = Faults::new();
        for at in (0..places.len()).rev().step_by(997) {
            let row = reader.again(places[at], &mut untold).unwrap();
            assert_eq!(cells(&row), expected[at]);
        }
    }
}

#[test]
fn a_long_chinese_file_is_read_in_the_encoding_of_its_country() {
    let text = long().replace("Größe", "大号尺寸").replace('5', "五");
    let (bytes, ..) = GB18030.encode(&text);
    let (_, rows, _) = walked(opened(&bytes, None).unwrap());
    let expected = read(&LAYOUT, "long.csv", text.as_bytes(), None, &mut no_file).unwrap();
    assert!(rows == expected.rows.iter().map(cells).collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_far_down_is_told_by_its_row() {
    let text = long();
    let rows = text.matches('\n').count() + 1;
    for (end, words) in [
        (&b"P-x,\0\n"[..], "NUL character"),
        (b"P-x,M\xFCller Gr\xF6n\n", "encoding that cannot be told"),
    ] {
        let mut bytes = text.clone().into_bytes();
        bytes.extend_from_slice(end);
        let faults = opened(&bytes, None).err().unwrap().to_string();
        assert!(faults.starts_with(&format!("row {rows}: ")), "{faults}");
        assert!(faults.contains(words), "{faults}");
    }
    // A quotation mark that is never closed ends the reading where it opens, not at the end.
    let mut text = String::from("code,note\n");
    (0..900_000).for_each(|number| writeln!(text, "P-{number},").unwrap());
    let text = text.replacen("P-1000,", "P-1000,\"", 1);
    let mut reader = opened(text.as_bytes(), None).unwrap();
    let mut faults = Faults::new();
    let fault = loop {
        match reader.next(&mut faults) {
            Ok(found) => assert!(found.is_some(), "the mark was not noticed"),
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault.row, Some(1_002));
    assert!(fault.message.contains("never closed"), "{fault}");
}

#[test]
fn the_next_larger_value_is_found_in_all_of_a_long_file() {
    let mapping = "[parcels.columns]\ncode = \"code\"\n\
        note = { column = \"code\", following = true, last = \"none\" }\n";
    let mapping = Mapping::parse(mapping, &["parcels"]).unwrap();
    let mut text = String::from("code\n");
    (0..700_000).for_each(|number| writeln!(text, "P-{number:06}").unwrap());
    let (_, rows, _) = walked(opened(text.as_bytes(), Some(&mapping)).unwrap());
    assert_eq!(rows[0].1, "P-000000|P-000001");
    assert_eq!(rows[699_999].1, "P-699999|none");
}
