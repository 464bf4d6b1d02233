//! Workbooks of ours in a real spreadsheet program: the same texts, and totals it works out itself.
//!
//! Skipped with a word where LibreOffice Calc is not installed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::civil::date;
use kernel::{Currency, Money};
use rust_xlsxwriter::{Formula, Workbook};
use sheet::export::{Export, Format, Value};

/// Has every formula worked out anew when a workbook is opened, whatever results are stored.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="NAMES">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// What the spreadsheet program shows of a workbook, row by row; none if there is no such program.
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn shown(name: &str, book: &[u8]) -> Option<Vec<Vec<String>>> {
    if Command::new("soffice")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("skipped: there is no soffice; install libreoffice-calc");
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("calc-{name}-{}", std::process::id()));
    let profile = folder.join("profile/user");
    fs::create_dir_all(&profile).unwrap();
    // The name of a vocabulary; nobody goes there.
    let settings = SETTINGS.replace("NAMES", concat!("http:", "//openoffice.org/2001/registry"));
    fs::write(profile.join("registrymodifications.xcu"), settings).unwrap();
    let file = folder.join("book.xlsx");
    fs::write(&file, book).unwrap();
    convert(&folder, &file);
    let text = fs::read_to_string(folder.join("book.csv")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    Some(rows.collect())
}

fn convert(folder: &Path, file: &Path) {
    let profile = format!(
        "-env:UserInstallation=file://{}",
        folder.join("profile").display()
    );
    // Commas, UTF-8, cells as they are shown.
    let format = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
    let done = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", format, "--outdir"])
        .arg(folder)
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn totals_worked_out_again_are_the_same_and_no_text_runs() {
    let euro = Currency::parse("EUR").unwrap();
    let names = [
        "=HYPERLINK(\"http://holm.invalid\")",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\tA1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "'=x",
        "'t Hart",
        "000123",
        "1e5",
        "2026-02-28",
        "say \"x\", 好",
        "-5",
        "TRUE",
        "1/2",
        "#N/A",
    ];
    let mut bytes = Vec::new();
    let columns = ["code", "name", "day", "price", "net", "tax"];
    let on = date(2026, 6, 16);
    let mut file = Export::new("orders", &columns, (Format::Xlsx, on), &mut bytes);
    let (mut net, mut tax) = (0_i64, 0_i64);
    for place in 0..500_i64 {
        let name = names[usize::try_from(place).unwrap() % names.len()];
        let code = format!("{place:06}");
        let amount = (place * 7_919_333) % 100_003 - 20_000;
        net += amount * 10_000 + place;
        tax += amount;
        file.row(&[
            Value::of(&code),
            Value::of(name),
            Value::Day(date(2026, 2, 28)),
            Value::number(&"12.345678"),
            Value::exact(amount * 10_000 + place, euro),
            Value::money(Money::of_minor(amount, euro)),
        ])
        .unwrap();
    }
    file.finish().unwrap();

    let Some(rows) = shown("totals", &bytes) else {
        return;
    };
    assert_eq!(rows[0], columns);
    assert_eq!(rows.len(), 502);
    for (place, row) in rows[1..501].iter().enumerate() {
        assert_eq!(row[0], format!("{place:06}"));
        // The program drops a tab and an apostrophe nowhere: what stands is what was written.
        assert_eq!(row[1], names[place % names.len()], "row {place}");
        assert_eq!(
            (row[2].as_str(), row[3].as_str()),
            ("2026-02-28", "12.345678")
        );
    }
    let total = &rows[501];
    assert_eq!(total[0], "Total");
    let shown = |cell: &str| cell.replace(',', "");
    let millionths = |text: &str| kernel::decimal::parse_places(text, 6).unwrap();
    assert_eq!(millionths(&shown(&total[4])), net);
    assert_eq!(shown(&total[5]), Money::of_minor(tax, euro).decimal());
}

/// The control: a result that is stored wrongly is not believed, so the totals above were worked out.
#[test]
fn the_spreadsheet_program_does_not_believe_stored_results() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, 1.5).unwrap();
    sheet.write(1, 0, 2.5).unwrap();
    sheet
        .write(2, 0, Formula::new("=SUBTOTAL(109,A1:A2)").set_result("99"))
        .unwrap();
    let Some(rows) = shown("control", &book.save_to_buffer().unwrap()) else {
        return;
    };
    assert_eq!(rows[2][0], "4");
}
