//! Tables as people make them: what they are taken for, and what the mapping made of them reads.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use sheet::{
    Column, Faults, Layout, Mapping, Sheet,
    recognise::{Decided, Recognised, Sort, Term, Vocabulary, recognise, recognise_as},
};

const fn column(name: &'static str, required: bool) -> Column {
    Column {
        name,
        required,
        what: "what it says",
    }
}

const PARCELS: Layout = Layout {
    kind: "parcels",
    columns: &[
        column("code", true),
        column("sender", false),
        column("sent", false),
        column("weight", false),
        column("worth", true),
    ],
};

const WORDS: Vocabulary<'static> = Vocabulary {
    terms: &[
        Term {
            column: "code",
            sort: Sort::Text,
            names: &["编码", "Paket-Nr"],
        },
        Term {
            column: "sender",
            sort: Sort::Text,
            names: &["寄件人", "Absender"],
        },
        Term {
            column: "sent",
            sort: Sort::Day,
            names: &["日期", "Datum"],
        },
        Term {
            column: "weight",
            sort: Sort::Number,
            names: &["重量", "Gewicht"],
        },
        Term {
            column: "worth",
            sort: Sort::Amount,
            names: &["金额", "Wert"],
        },
    ],
    spread: None,
};

const SHARES: Layout = Layout {
    kind: "shares",
    columns: &[
        column("plan", true),
        column("who", true),
        column("period", true),
        column("amount", true),
    ],
};

const MONTHS: Vocabulary<'static> = Vocabulary {
    terms: &[
        Term {
            column: "plan",
            sort: Sort::Text,
            names: &["方案"],
        },
        Term {
            column: "who",
            sort: Sort::Text,
            names: &["业务员"],
        },
    ],
    spread: Some(("period", "amount")),
};

fn taken(layout: &Layout, words: Vocabulary<'_>, text: &str) -> Recognised {
    recognise(layout, words, text, false).unwrap()
}

/// Reads `text` through the mapping that was made of it.
fn read(layout: &Layout, words: Vocabulary<'_>, text: &str) -> Result<Sheet, Faults> {
    let found = taken(layout, words, text);
    assert_eq!(found.open, [""; 0], "{}", found.mapping);
    let mapping = Mapping::parse(&found.mapping, &[layout.kind]).unwrap();
    sheet::read(
        layout,
        "a.csv",
        text.as_bytes(),
        Some(&mapping),
        &mut |_name| panic!("no file is asked for"),
    )
}

fn rows(sheet: &Sheet) -> Vec<(u64, String)> {
    let joined = sheet
        .rows
        .iter()
        .map(|row| (row.number, row.cells().collect::<Vec<_>>().join("|")));
    joined.collect()
}

#[track_caller]
fn check(found: &Sheet, expected: &[(u64, &str)]) {
    let expected: Vec<(u64, String)> = expected
        .iter()
        .map(|(number, row)| (*number, (*row).to_owned()))
        .collect();
    assert_eq!(rows(found), expected);
}

#[test]
fn a_german_table_below_a_title_is_read() {
    let text = "Pakete 2026;;;;\n\
                Stand: 5.3.2026;;;;\n\
                \n\
                Paket-Nr;Absender;Datum;Gewicht;Wert (TEUR)\n\
                A-1;Ann;5.3.2026;1,5;1.234,56\n\
                A-2;Bob;25.12.2026;20;-0,5\n\
                Summe;;;;1.234,06\n";
    let found = taken(&PARCELS, WORDS, text);
    for sentence in [
        "Row 4 names the columns.",
        "“Paket-Nr” is read as code.",
        "Days in “Datum” are written like d.m.y.",
        "Numbers in “Wert (TEUR)” are written like 1.234,56.",
        "“Wert (TEUR)” is in TEUR: multiplied by 1000.",
    ] {
        assert!(
            found.remarks.iter().any(|own| own == sentence),
            "{sentence} in {:?}",
            found.remarks
        );
    }
    let sheet = read(&PARCELS, WORDS, text).unwrap();
    check(
        &sheet,
        &[
            (5, "A-1|Ann|2026-03-05|1.5|1234560"),
            (6, "A-2|Bob|2026-12-25|20|-500"),
        ],
    );
}

#[test]
fn a_chinese_table_with_months_side_by_side_becomes_rows() {
    let text = "2026年度指标（万元）,,,,,\n\
                方案,业务员,月度指标,,合计,备注\n\
                ,,1月,2月,,\n\
                P26,陈浩,1.5,20,21.5,\n\
                P26,李,,30,30,新\n\
                合计,,1.5,50,51.5,\n";
    let found = taken(&SHARES, MONTHS, text);
    let told = found.remarks.join("\n");
    assert!(
        told.contains("Row 2 and the 1 below it name the columns."),
        "{told}"
    );
    assert!(told.contains("multiplied by 10000"), "{told}");
    assert!(told.contains("Not read: “合计”, “备注”."), "{told}");
    let sheet = read(&SHARES, MONTHS, text).unwrap();
    check(
        &sheet,
        &[
            (4, "P26|陈浩|2026-01|15000"),
            (4, "P26|陈浩|2026-02|200000"),
            (5, "P26|李|2026-02|300000"),
        ],
    );
}

#[test]
fn a_total_that_does_not_agree_is_a_fault() {
    let text = "编码,金额\nA-1,10\nA-2,20\n小计,30\nA-3,5\n小计,5\n总计,35\n";
    check(
        &read(&PARCELS, WORDS, text).unwrap(),
        &[(2, "A-1||||10"), (3, "A-2||||20"), (5, "A-3||||5")],
    );
    // The control: one row changed after the totals were taken.
    let changed = text.replace("A-2,20", "A-2,21");
    let faults = read(&PARCELS, WORDS, &changed).unwrap_err().to_string();
    assert!(
        faults.contains(
            "row 4, column “金额”: The total here is 30, but the rows above add up to 31."
        ),
        "{faults}"
    );
    assert!(faults.contains("row 7"), "{faults}");
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_and_not_taken() {
    for (text, words) in [
        (
            "编码,金额\nA-1,\"1,234\"\n",
            "“1,234” in “金额” can be read in two ways",
        ),
        (
            "Paket-Nr;Wert\nA-1;1.234\n",
            "“1.234” in “Wert” can be read in two ways",
        ),
        (
            "编码,日期,金额\nA-1,3/5/2026,1\n",
            "“3/5/2026” in “日期” can be read in two ways",
        ),
        ("编码,寄件人\nA-1,Ann\n", "No column was taken for worth"),
        (
            "编码,金额,Wert\nA-1,1,2\n",
            "“金额” and “Wert” can both be worth",
        ),
    ] {
        let found = taken(&PARCELS, WORDS, text);
        let open = found.open.join("\n");
        assert!(open.contains(words), "{words} in {open}");
    }
    let no_year = taken(&SHARES, MONTHS, "方案,业务员,1月,2月\nP,A,1,2\n");
    assert!(
        no_year.open[0].contains("Of which year “1月” is cannot be told"),
        "{:?}",
        no_year.open
    );
    // The control: what is typed was decided by the spreadsheet program.
    let typed = recognise(&PARCELS, WORDS, "Paket-Nr;Wert\nA-1;1.234\n", true).unwrap();
    assert_eq!(typed.open, [""; 0]);
}

#[test]
fn a_cell_written_otherwise_further_down_is_a_fault_and_no_other_number() {
    let mut text = String::from("Paket-Nr;Wert\n");
    for row in 0..500 {
        writeln!(text, "A-{row};1.234,5").unwrap();
    }
    text.push_str("A-500;1,234.5\n");
    let faults = read(&PARCELS, WORDS, &text).unwrap_err().to_string();
    assert!(
        faults
            .contains("row 502, column “worth”: “1,234.5” is not a number written like 1.234,56."),
        "{faults}"
    );
}

#[test]
fn our_own_header_is_no_table_to_be_recognised() {
    assert_eq!(
        recognise(&PARCELS, WORDS, "code,worth,wieght\nA-1,1,2\n", false),
        None
    );
    assert_eq!(recognise(&PARCELS, WORDS, "a,b\n1,2\n", false), None);
}

#[test]
fn what_somebody_decides_about_columns_is_followed() {
    let text = "Paket-Nr;Datum;Was;Wert\nA-1;3/5/2026;mira;1,5\nA-2;4/5/2026;tom;2,5\n";
    let found = recognise_as(&PARCELS, WORDS, (text, false), &[]).unwrap();
    let ours: Vec<_> = found.columns.iter().map(|one| one.ours).collect();
    assert_eq!(ours, [Some("code"), Some("sent"), None, Some("worth")]);
    assert_eq!(found.columns[1].ways, ["d/m/y", "m/d/y"]);
    assert_eq!(found.columns[2].first, "mira");
    assert!(!found.open.is_empty(), "a day can be read in two ways");

    let decided = |column: &str, ours: &str, written: &str| Decided {
        column: column.to_owned(),
        ours: ours.to_owned(),
        written: written.to_owned(),
    };
    let say = [
        decided("Datum", "sent", "m/d/y"),
        decided("Was", "sender", ""),
    ];
    let found = recognise_as(&PARCELS, WORDS, (text, false), &say).unwrap();
    assert_eq!(found.open, [""; 0]);
    let mapping = Mapping::parse(&found.mapping, &["parcels"]).unwrap();
    let none = &mut |_: &str| panic!("no file is asked for");
    let sheet = sheet::read(&PARCELS, "a.csv", text.as_bytes(), Some(&mapping), none).unwrap();
    check(
        &sheet,
        &[
            (2, "A-1|mira|2026-03-05||1.5"),
            (3, "A-2|tom|2026-04-05||2.5"),
        ],
    );
    // What is not to be read is missed where it is needed.
    let say = [decided("Wert", "", "")];
    let found = recognise_as(&PARCELS, WORDS, (text, false), &say).unwrap();
    assert_eq!(found.missing, ["worth"]);
}

#[test]
fn a_file_of_ours_is_known_as_such() {
    let text = "code,worth\nA-1,1.234\n";
    let found = recognise_as(&PARCELS, WORDS, (text, false), &[]).unwrap();
    assert!(found.is_own);
    assert_eq!(recognise(&PARCELS, WORDS, text, false), None);
}
