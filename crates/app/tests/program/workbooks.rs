//! Excel workbooks read in by the program, and those it must survive.

use std::{
    fs,
    io::{Cursor, Write as _},
    time::{Duration, Instant},
};

use rust_xlsxwriter::{Format, Formula, Workbook};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::shell::{Folder, bailiwick, fails, init, run, succeeds};

#[test]
fn a_workbook_is_read_like_a_file_of_text() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("客户").unwrap();
    sheet
        .write_row(0, 0, ["code", "name", "name_local", "payment_terms_days"])
        .unwrap();
    let code = Format::new().set_num_format("0000");
    sheet.write_with_format(1, 0, 17, &code).unwrap();
    sheet.write_row(1, 1, ["Holm Paint", "浩姆漆"]).unwrap();
    sheet
        .write_formula(1, 3, Formula::new("=15*2").set_result("30"))
        .unwrap();
    sheet.write_row(3, 0, ["0018", "=Sum"]).unwrap();
    let file = folder.at("customers.xlsx");
    book.save(&file).unwrap();
    let import = |arguments: &[&str]| {
        run(&[&["import", "customers"], arguments, &["--data", &data]].concat())
    };
    assert_eq!(
        succeeds(&import(&[&file])),
        "customers: 2 added, 0 changed, 0 unchanged\n"
    );
    assert_eq!(
        succeeds(&import(&[&file])),
        "customers: 0 added, 0 changed, 2 unchanged\n"
    );
    let out = succeeds(&run(&["export", "customers", "--data", &data]));
    assert!(out.contains("\n0017,Holm Paint,浩姆漆,"), "{out}");
    assert!(out.contains("\n0018,'=Sum,"), "{out}");

    // A fault names the row that the spreadsheet program shows.
    let sheet = book.worksheet_from_name("客户").unwrap();
    sheet
        .write_formula(3, 1, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    book.save(&file).unwrap();
    fails(
        &import(&[&file]),
        1,
        &["row 4, column “name”", "divides by zero"],
    );
    let mapping = folder.write("mapping.toml", "[customers]\nsheet = \"Kunden\"\n");
    fails(
        &import(&[&file, "--mapping", &mapping]),
        1,
        &["no sheet “Kunden”", "客户"],
    );
}

/// A workbook of one sheet whose XML is this.
fn made_of(sheet: impl FnOnce(&mut dyn std::io::Write)) -> Vec<u8> {
    let options = SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The name of a vocabulary; nobody goes there.
    let office = concat!(
        "http:",
        "//schemas.openxmlformats.org/officeDocument/2006/relationships"
    );
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    for (name, text) in [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"{office}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        ),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    sheet(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// What the second process answers, how long it took, and the most memory it held.
struct Answer {
    output: std::process::Output,
    took: Duration,
    most_bytes: u64,
}

fn read(book: Vec<u8>) -> Answer {
    let from = Instant::now();
    let mut child = bailiwick(&["read-workbook"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || stdin.write_all(&book));
    let status = format!("/proc/{}/status", child.id());
    let watching = std::thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let Some(line) = text.lines().find(|line| line.starts_with("RssAnon:")) else {
                break;
            };
            let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            most = most.max(kib * 1024);
            std::thread::yield_now();
        }
        most
    });
    let output = child.wait_with_output().unwrap();
    let _ = feeding.join().unwrap();
    Answer {
        took: from.elapsed(),
        most_bytes: watching.join().unwrap(),
        output,
    }
}

const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_BYTES: u64 = 128 << 20;

#[test]
fn bombs_end_in_a_sentence_with_little_time_and_memory() {
    let row = "<row><c r=\"A1\"/></row>";
    for (name, book, words) in [
        (
            "blanks",
            made_of(|out| {
                let piece = vec![b' '; 1 << 20];
                for _ in 0..256 {
                    out.write_all(&piece).unwrap();
                }
            }),
            "unpacks to more than",
        ),
        (
            "out of order",
            made_of(|out| {
                out.write_all(b"<worksheet><sheetData>").unwrap();
                out.write_all(row.repeat(1_000_000).as_bytes()).unwrap();
            }),
            "not in order",
        ),
        ("garbage", b"PK\x03\x04xl/".to_vec(), "cut off or damaged"),
    ] {
        let answer = read(book);
        let told = String::from_utf8_lossy(&answer.output.stderr).into_owned();
        assert_eq!(answer.output.status.code(), Some(1), "{name}: {told}");
        assert!(told.contains(words), "{name}: {told}");
        assert!(answer.took < MOST_TIME, "{name}: {:?}", answer.took);
        assert!(
            answer.most_bytes < MOST_BYTES,
            "{name}: {}",
            answer.most_bytes
        );
    }
}

/// What passes every check of size and still needs more than there is: one cell of 190 MiB.
#[test]
fn the_reader_dies_of_its_appetite_and_the_program_lives() {
    let greedy = made_of(|out| {
        out.write_all(b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>")
            .unwrap();
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..190 {
            out.write_all(&piece).unwrap();
        }
        out.write_all(b"</t></is></c></row></sheetData></worksheet>")
            .unwrap();
    });
    let answer = read(greedy.clone());
    assert_eq!(answer.output.status.code(), None, "it was not stopped");
    assert!(answer.most_bytes < MOST_BYTES, "{}", answer.most_bytes);

    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let file = folder.at("greedy.xlsx");
    fs::write(&file, greedy).unwrap();
    fails(
        &run(&["import", "customers", &file, "--data", &data]),
        1,
        &["needs more memory than a workbook may take here"],
    );
}

/// The control of both: a large honest workbook fits into the same time and memory.
#[test]
fn a_large_honest_workbook_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["code", "name", "city"]).unwrap();
    for row in 1..=60_000 {
        sheet.write(row, 0, format!("C-{row:06}")).unwrap();
        sheet
            .write(row, 1, format!("Customer number {row}"))
            .unwrap();
        sheet.write(row, 2, f64::from(row)).unwrap();
    }
    let answer = read(book.save_to_buffer().unwrap());
    let text = succeeds(&answer.output);
    assert_eq!(text.lines().count(), 60_001);
    assert!(text.ends_with("C-060000,Customer number 60000,60000\n"));
    assert!(answer.most_bytes < MOST_BYTES, "{}", answer.most_bytes);
}
