//! Workbooks as people make them, as text; and workbooks nobody should read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use sheet::workbook::{is_workbook, write_text};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn saved(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn text(bytes: &[u8]) -> Result<String, String> {
    text_of_sheet(bytes, None)
}

fn text_of_sheet(bytes: &[u8], sheet: Option<&str>) -> Result<String, String> {
    assert!(is_workbook(bytes));
    let mut out = Vec::new();
    write_text(bytes, sheet, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn cells_are_read_as_they_are_seen() {
    let book = saved(|sheet| {
        let day = Format::new().set_num_format("yyyy年m月d日");
        let percent = Format::new().set_num_format("0.0%");
        let code = Format::new().set_num_format("00000");
        sheet
            .write_row(0, 0, ["code", "day", "share", "net", "note"])
            .unwrap();
        sheet.write_with_format(1, 0, 17, &code).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 2, 28).unwrap();
        sheet.write_with_format(1, 1, &date, &day).unwrap();
        sheet.write_with_format(1, 2, 0.05, &percent).unwrap();
        sheet.write(1, 3, 0.1 + 0.2).unwrap();
        sheet.write(1, 4, "=1+1").unwrap();
        sheet.write(2, 0, "00018").unwrap();
        sheet
            .write(2, 3, Formula::new("=D2*3").set_result("0.9"))
            .unwrap();
        sheet.write(2, 4, "say \"x\", 好\nb").unwrap();
        // Row 4 is empty, and stays a row.
        sheet.write(4, 0, true).unwrap();
        sheet.write(4, 3, -1234.5).unwrap();
        sheet
            .write_formula(4, 4, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
        // A cell with nothing but a colour is no cell.
        sheet
            .write_blank(900, 9, &Format::new().set_bold())
            .unwrap();
    });
    let expected = "code,day,share,net,note\n\
                    00017,2026-02-28,5%,0.3,'=1+1\n\
                    00018,,,0.9,\"say \"\"x\"\", 好\nb\"\n\
                    \n\
                    true,,,-1234.5,#DIV/0!\n";
    assert_eq!(text(&book).unwrap(), expected);
}

#[test]
fn merged_words_are_repeated_and_merged_numbers_are_not() {
    let book = saved(|sheet| {
        let plain = Format::new();
        sheet.merge_range(0, 0, 1, 0, "业务员", &plain).unwrap();
        sheet.merge_range(0, 1, 0, 2, "", &plain).unwrap();
        sheet.write(0, 1, 2026).unwrap();
        sheet.write_row(1, 1, ["1月", "2月"]).unwrap();
        sheet.merge_range(2, 0, 3, 0, "陈浩", &plain).unwrap();
        sheet.merge_range(2, 1, 3, 1, "", &plain).unwrap();
        sheet.write(2, 1, 300).unwrap();
        sheet.write(2, 2, 10).unwrap();
        sheet.write(3, 2, 20).unwrap();
    });
    let expected = "业务员,2026,2026\n业务员,1月,2月\n陈浩,300,10\n陈浩,,20\n";
    assert_eq!(text(&book).unwrap(), expected);
}

#[test]
fn the_first_sheet_with_something_in_it_is_taken_or_the_one_named() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Cover").unwrap();
    let hidden = book.add_worksheet().set_name("Old").unwrap();
    hidden.set_hidden(true).write(0, 0, "hidden").unwrap();
    book.add_worksheet()
        .set_name("2026")
        .unwrap()
        .write(0, 0, "code")
        .unwrap();
    book.add_worksheet()
        .set_name("Notes")
        .unwrap()
        .write(0, 0, "note")
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let taken = write_text(&bytes, None, &mut Vec::new()).unwrap();
    assert_eq!(
        (taken.sheet.as_str(), taken.left_out.as_slice()),
        ("2026", &["Notes".to_owned()][..])
    );
    assert_eq!(text_of_sheet(&bytes, Some("Old")).unwrap(), "hidden\n");
    let no = text_of_sheet(&bytes, Some("Note")).unwrap_err();
    assert!(
        no.contains("no sheet “Note”. Did you mean “Notes”?"),
        "{no}"
    );
    assert!(
        text_of_sheet(&bytes, Some("Cover"))
            .unwrap_err()
            .contains("is empty")
    );
    assert!(text(&saved(|_| {})).unwrap_err().contains("is empty"));
}

// --- Workbooks nobody should read ---------------------------------------------------------------

const OPTIONS: SimpleFileOptions =
    SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated);

/// A workbook of one sheet with this text as its XML, and more files beside it.
fn made_of(sheet: &[u8], more: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The names of vocabularies; nobody goes there.
    let main = concat!(
        "http:",
        "//schemas.openxmlformats.org/spreadsheetml/2006/main"
    );
    let office = concat!(
        "http:",
        "//schemas.openxmlformats.org/officeDocument/2006/relationships"
    );
    let package = concat!(
        "http:",
        "//schemas.openxmlformats.org/package/2006/relationships"
    );
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
    ] {
        zip.start_file(name, OPTIONS).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", OPTIONS).unwrap();
    zip.write_all(sheet).unwrap();
    more(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn with_cells(cells: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    made_of(sheet.as_bytes(), |_| {})
}

#[track_caller]
fn refused(bytes: &[u8], words: &str) {
    let why = text(bytes).unwrap_err();
    assert!(why.contains(words), "{words:?} is not in: {why}");
}

#[test]
fn the_made_workbook_is_one_that_can_be_read() {
    let book = with_cells("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"C1\"><v>2</v></c></row>");
    assert_eq!(text(&book).unwrap(), "1,,2\n");
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_parsed() {
    let blanks = vec![b' '; 256 << 20];
    let bomb = made_of(&blanks, |_| {});
    assert!(bomb.len() < 512 * 1024, "{} bytes", bomb.len());
    refused(&bomb, "unpacks to more than 200 MiB");
    // The table of contents may lie about the size.
    let mut lie = bomb.clone();
    let real = (256_u32 << 20).to_le_bytes();
    while let Some(at) = lie.windows(4).position(|window| window == real) {
        lie[at..at + 4].copy_from_slice(&64_u32.to_le_bytes());
    }
    let why = text(&lie).unwrap_err();
    assert!(why.contains("200 MiB") || why.contains("damaged"), "{why}");
}

#[test]
fn too_many_files_are_refused_by_their_number() {
    let many = |count: u32| {
        made_of(b"<worksheet><sheetData/></worksheet>", |zip| {
            for number in 0..count {
                zip.start_file(format!("xl/media/{number}.txt"), OPTIONS)
                    .unwrap();
            }
        })
    };
    refused(&many(1_000), "more than 1000 files");
    refused(&many(70_000), "more than 1000 files");
    refused(&many(900), "is empty");
}

#[test]
fn cells_out_of_bounds_and_out_of_order_are_refused() {
    let cell = |name: &str| format!("<row><c r=\"{name}\"><v>1</v></c></row>");
    refused(&with_cells(&cell("XFD1048576")), "row 1048576");
    refused(&with_cells(&cell("XFD1")), "column 16384");
    refused(&with_cells(&cell("A1").repeat(100)), "not in order");
    refused(&with_cells(&(cell("A2") + &cell("A1"))), "not in order");
    // Empty cells beyond the table are what colours leave behind.
    let coloured = cell("A1") + "<row><c r=\"XFD1048576\" s=\"1\"/></row>";
    assert_eq!(text(&with_cells(&coloured)).unwrap(), "1\n");
}

#[test]
fn entities_paths_and_twins_are_refused() {
    let laughs = b"<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><worksheet/>";
    refused(&made_of(laughs, |_| {}), "XML entities");
    let outside = b"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet/>";
    refused(&made_of(outside, |_| {}), "XML entities");
    let plain = b"<worksheet><sheetData/></worksheet>";
    let climbing = made_of(plain, |zip| {
        zip.start_file("../../evil.txt", OPTIONS).unwrap();
    });
    refused(&climbing, "leads out of it");
    let mut twins = made_of(plain, |zip| {
        zip.start_file("xl/worksheets/sheet2.xml", OPTIONS).unwrap();
    });
    let own = b"xl/worksheets/sheet2.xml";
    while let Some(at) = twins.windows(own.len()).position(|window| window == own) {
        twins[at..at + own.len()].copy_from_slice(b"xl/worksheets/sheet1.xml");
    }
    refused(&twins, "two files of one name");
}

#[test]
fn a_damaged_workbook_is_refused_wherever_it_is_cut() {
    let book = saved(|sheet| {
        for row in 0..200 {
            sheet.write(row, 0, f64::from(row) * 1.5).unwrap();
        }
    });
    let whole = text(&book).unwrap();
    for cut in (4..book.len()).step_by(97) {
        let mut out = Vec::new();
        assert!(
            write_text(&book[..cut], None, &mut out).is_err(),
            "cut at {cut}"
        );
    }
    // A flipped bit anywhere is found by the check sums, or changes nothing.
    for at in (0..book.len()).step_by(31) {
        let mut flipped = book.clone();
        flipped[at] ^= 0x10;
        let mut out = Vec::new();
        if write_text(&flipped, None, &mut out).is_ok() {
            assert_eq!(String::from_utf8(out).unwrap(), whole, "bit at {at}");
        }
    }
}

#[test]
fn what_is_no_workbook_says_what_it_is() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.bin", OPTIONS).unwrap();
    let binary = zip.finish().unwrap().into_inner();
    refused(&binary, ".xlsb");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/nothing.xml", OPTIONS).unwrap();
    refused(&zip.finish().unwrap().into_inner(), "no Excel workbook");
    assert!(!is_workbook(b"code,name\n"));
    assert!(!is_workbook(b"PK\x03\x04 letter.txt"));
}
