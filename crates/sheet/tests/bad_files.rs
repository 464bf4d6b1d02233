//! Files as people really send them, and what each of them is told.

use sheet::{Column, Faults, FileError, LIMIT_COLUMNS, Layout, Sheet, read, read_within};

const LAYOUT: Layout = Layout {
    kind: "parcels",
    columns: &[
        Column {
            name: "code",
            required: true,
            what: "the code other files refer to",
        },
        Column {
            name: "date",
            required: true,
            what: "the day it was sent",
        },
        Column {
            name: "weight",
            required: false,
            what: "in kilograms",
        },
        Column {
            name: "note",
            required: false,
            what: "any text",
        },
    ],
};

fn no_file(_: &str) -> Result<Vec<u8>, FileError> {
    Err(FileError::Missing)
}

fn parcels(bytes: &[u8]) -> Result<Sheet, Faults> {
    read(&LAYOUT, "parcels.csv", bytes, None, &mut no_file)
}

/// Reads and asks for every value, as an import does.
fn all_faults(bytes: &[u8]) -> String {
    let sheet = match parcels(bytes) {
        Ok(sheet) => sheet,
        Err(faults) => return faults.to_string(),
    };
    let mut faults = Faults::new();
    for row in &sheet.rows {
        row.required_code("code", &mut faults);
        row.required_date("date", &mut faults);
        row.quantity("weight", &mut faults);
    }
    faults.to_string()
}

#[test]
fn the_template_is_the_header() {
    assert_eq!(LAYOUT.template(), "code,date,weight,note\n");
    assert!(
        parcels(LAYOUT.template().as_bytes())
            .unwrap()
            .rows
            .is_empty()
    );
}

#[test]
#[rustfmt::skip]
fn each_bad_file_is_refused_by_place_and_reason() {
    for (file, expected) in [
        // the file
        (&b""[..],                                "parcels.csv is empty. The first row must name the columns."),
        (b"PK\x03\x04\x14\0xl/worksheets",        "parcels.csv is an Excel workbook; save it as CSV"),
        (b"%PDF-1.4",                             "parcels.csv is a PDF"),
        (b"code,date\nA,2026-01-01\nM\xFCller,2026-01-01\n", "row 3: The text here is in an encoding that cannot be told"),
        (b"code,date\nA\0,2026-01-01\n",          "row 2: There is a NUL character here"),
        // the header
        (b"code:date:weight\nA:B:C\n",            "row 1: Only one column was found, “code:date:weight”. Separate columns with"),
        (b"a,b;c\n1,2;3\n",                       "row 1: It cannot be told whether a comma"),
        (b"code,weight\nA,1\n",                   "row 1, column “date”: This column is missing and every row needs it: the day it was sent."),
        (b"code,date,wieght\nA,2026-01-01,1\n",   "row 1, column “wieght”: This column is not known. Did you mean “weight”?"),
        (b"code,date,Code\nA,2026-01-01,B\n",     "row 1, column “Code”: This column is there twice."),
        (b"code,,date\nA,,2026-01-01\n",          "row 1: Column 2 has no name."),
        (b"code,date,,\nA,2026-01-01,,x\n",       "row 2: A cell stands behind the last column that has a name."),
        (b"\"kode\";\"date\"\nA;2026-01-01\n",  "row 1, column “kode”: This column is not known. Did you mean “code”?"),
        (b"\"Number\";\"Day\"\nA;2026-01-01\n", "row 1, column “Number”: This column is not known. There are: code, date, weight, note."),
        // rows
        (b"code,date\nA,2026-01-01,1\n",          "row 2: The header has 2 cells and this row has 3."),
        (b"code,date,note\nA,2026-01-01\n",       "row 2: The header has 3 cells and this row has 2."),
        (b"code,date\nA,2026-01-01\n\"B,2026-01-01\nC,2026-01-01\n", "row 3: A quotation mark opens here and is never closed."),
        (b"code,date\n\"A\"B,2026-01-01\n",       "row 2: Text follows a closing quotation mark."),
        // cells
        (b"code,date\n,2026-01-01\n",             "row 2, column “code”: The cell is empty, but every row needs a value here."),
        (b"code,date\n\n\nA,2026-02-31\n",        "row 4, column “date”: 31 February does not exist. Write it like 2026-02-28."),
        (b"code,date\n\"A B\",2026-01-01\n",      "row 2, column “code”: “A B” cannot be a code."),
        (b"code,date,weight\nA,2026-01-01,1e308\n", "row 2, column “weight”: “1e308” is not a decimal number."),
        (b"code,date,weight\nA,2026-01-01,NaN\n", "is not a decimal number"),
        (b"code;date;weight\nA;2026-01-01;1,000\n", "has a comma. Write numbers without separators"),
        (b"code,date,weight\nA,2026-01-01,1.1234567\n", "has 7 decimal places, but at most 6"),
        (b"code,date,note\nA,2026-01-01,=HYPERLINK(\"\"x\"\")\n", "row 2, column “note”: “=HYPERLINK"),
        (b"code,date,note\nA,2026-01-01,@SUM(A1)\n", "looks like a formula"),
        (b"code,date,note\nA,2026-01-01,\"\tx\"\n", "starts with a tab"),
        (b"code,date,note\nA,2026-01-01,a\x07b\n", "invisible character (U+0007)"),
    ] {
        let shown = all_faults(file);
        assert!(shown.contains(expected), "{}\n{shown}", String::from_utf8_lossy(file));
    }
}

#[test]
fn what_is_merely_unusual_is_read() {
    for file in [
        "\u{FEFF}code,date,weight\nA,2026-01-01,-1.5\n",
        "CODE;Date;Weight\r\nA;2026-01-01 00:00:00;-1.5\r\n",
        "weight\tcode\tdate\n-1.5\tA\t2026-01-01\n",
        "\n\"code\" | \"date\" | weight\n\n A | 2026-01-01 | -1.5 \n |  | \n"
            .replace('"', "")
            .as_str(),
    ] {
        let sheet = parcels(file.as_bytes()).unwrap();
        let mut faults = Faults::new();
        assert_eq!(sheet.rows.len(), 1, "{file}");
        assert_eq!(
            sheet.rows[0]
                .required_code("code", &mut faults)
                .unwrap()
                .as_str(),
            "A"
        );
        let weight = sheet.rows[0].quantity("weight", &mut faults).unwrap();
        assert_eq!(weight.to_string(), "-1.5");
        assert!(faults.is_empty());
    }
}

#[test]
fn all_bad_rows_are_listed_and_at_most_ten_thousand_in_full() {
    let mut file = "code,date\n".to_owned();
    (0..10_200).for_each(|_| file.push_str("=A,2026-01-01\n"));
    let faults = parcels(file.as_bytes()).unwrap_err();
    assert_eq!((faults.kept().len(), faults.total()), (10_000, 10_200));
    assert_eq!(faults.kept()[9_999].row, Some(10_001));
}

#[test]
fn names_fit_up_to_two_hundred_characters_and_notes_up_to_five_hundred() {
    let of = |code: usize, note: usize| {
        let (code, note) = ("店".repeat(code), "店".repeat(note));
        all_faults(format!("code,date,note\n{code},2026-01-01,{note}\n").as_bytes())
    };
    assert_eq!(of(1, 500).lines().count(), 1, "only that it is no code");
    assert!(!of(200, 1).contains("is longer"));
    assert!(of(201, 1).contains("is longer than 200 characters"));
    assert!(of(1, 501).contains("is longer than 500 characters"));
}

#[test]
fn files_and_headers_have_limits() {
    let file = b"code,date\nA,2026-01-01\n";
    let within = |limit| read_within(&LAYOUT, "p.csv", file, None, &mut no_file, limit);
    assert!(within(file.len()).is_ok());
    let faults = within(file.len() - 1).unwrap_err();
    assert!(faults.to_string().contains("p.csv has 1 MiB, more than"));

    let wide = ",x".repeat(LIMIT_COLUMNS);
    let faults = parcels(format!("code{wide}\n").as_bytes()).unwrap_err();
    assert!(
        faults
            .to_string()
            .contains("row 1: This row has more than 500 cells")
    );
}

#[test]
fn rows_with_a_bad_cell_can_be_kept_but_not_rows_with_too_many() {
    let file = b"code,date,note\nA,2026-01-01,=1\nB,2026-01-02,fine\n";
    let (sheet, faults) =
        sheet::read_marking_bad(&LAYOUT, "p.csv", file, None, &mut no_file).unwrap();
    assert_eq!(faults.total(), 1);
    assert!(sheet.rows[0].is_bad());
    assert_eq!(sheet.rows[0].text("code"), Some("A"));
    assert_eq!(sheet.rows[0].text("note"), None);
    assert!(!sheet.rows[1].is_bad());

    let ragged = b"code,date\nA,2026-01-01\nB,2026-01-02,more\n";
    assert!(sheet::read_marking_bad(&LAYOUT, "p.csv", ragged, None, &mut no_file).is_err());
}
