//! Files made elsewhere, read through a mapping; among them the example in the documentation.

use std::collections::BTreeMap;

use sheet::{Column, Faults, FileError, Layout, Mapping, Row, Sheet, read};

const fn column(name: &'static str, required: bool) -> Column {
    let what = "as the file has it";
    Column {
        name,
        required,
        what,
    }
}

const PEOPLE: Layout = Layout {
    kind: "people",
    columns: &[
        column("code", true),
        column("name", true),
        column("email", false),
        column("role", true),
        column("unit", false),
        column("from", false),
    ],
};

const PERIODS: Layout = Layout {
    kind: "periods",
    columns: &[
        column("code", true),
        column("from", true),
        column("to", true),
    ],
};

const ORDERS: Layout = Layout {
    kind: "orders",
    columns: &[
        column("number", true),
        column("sales_person", false),
        column("date", true),
        column("product", true),
        column("quantity", true),
        column("unit_price", true),
        column("discount_percent", false),
        column("rate", false),
    ],
};

const KINDS: [&str; 3] = ["people", "periods", "orders"];

/// The parts of the documentation between fences of `language`.
fn fenced(language: &str) -> Vec<&'static str> {
    let page = include_str!("../../../docs/mapping.md");
    let fence = format!("\n```{language}\n");
    let after = page.split(fence.as_str()).skip(1);
    after
        .map(|part| part.split_once("\n```").expect("a fence is closed").0)
        .collect()
}

fn cells(row: &Row) -> Vec<&str> {
    row.cells().collect()
}

/// Reads `file` as people through `mapping`, with `beside` as the only look-up file.
fn people(mapping: &str, file: &str, beside: (&str, &str)) -> Result<Sheet, Faults> {
    let mapping = Mapping::parse(mapping, &KINDS).expect("the mapping is sound");
    let mut open = |name: &str| {
        let is_there = name == beside.0;
        is_there
            .then(|| beside.1.as_bytes().to_vec())
            .ok_or(FileError::Missing)
    };
    read(
        &PEOPLE,
        "staff.csv",
        file.as_bytes(),
        Some(&mapping),
        &mut open,
    )
}

/// What becomes of `value` in column X by a recipe for X.
fn made(recipe: &str, value: &str) -> Result<String, String> {
    let mapping = format!(
        "[people.columns]\ncode = {{ value = 'c' }}\nname = {{ value = 'n' }}\n\
         role = {{ value = 'r' }}\nunit = {recipe}"
    );
    let beside = ("b.csv", "K,G,H\n1,one,uno\n2,,dos\n1,one,uno\n");
    let sheet = people(&mapping, &format!("X,Y\n{value},why\n"), beside);
    let sheet = sheet.map_err(|faults| faults.to_string())?;
    Ok(sheet.rows[0].text("unit").unwrap_or("").to_owned())
}

/// The rows of one kind in the documented example: `number: cell|cell|…`.
fn documented(layout: &Layout) -> Vec<String> {
    let mapping = Mapping::parse(fenced("toml")[0], &KINDS).expect("the example is sound");
    let names = ["staff.csv", "badges.csv", "sales.csv"];
    let files: BTreeMap<&str, &str> = names.into_iter().zip(fenced("csv")).collect();
    let mut open = |name: &str| {
        let file = files.get(name).ok_or(FileError::Missing)?;
        Ok(file.as_bytes().to_vec())
    };
    let name = mapping.file(layout.kind).expect("each kind has a file");
    let bytes = files[name].as_bytes();
    let sheet = read(layout, name, bytes, Some(&mapping), &mut open);
    let rows = sheet.expect("the example has no faults").rows;
    let shown = |row: &Row| format!("{}: {}", row.number, cells(row).join("|"));
    rows.iter().map(shown).collect()
}

#[test]
fn the_documented_example_does_what_the_page_says() {
    assert_eq!(
        documented(&PEOPLE),
        [
            "0: boss|Dana Li|dana@example.com|manager||",
            "2: 17|mira|17@example.com|rep|HQ|2024-03-01",
            "3: 18|tom|18@example.com|rep|head-office|2024-04-15",
        ]
    );
    assert_eq!(
        documented(&PERIODS),
        [
            "2: P-2024-01-01|2024-01-01|2024-04-01",
            "4: P-2024-04-01|2024-04-01|2024-07-01",
        ]
    );
    assert_eq!(
        documented(&ORDERS),
        [
            "2: S-1|17|2024-01-15|ROD-7|3|12.5000|2|0.9998",
            "3: S-1|17|2024-01-15|REEL-2|1|80.0000|0|0.9998",
            "4: S-2|18|2024-04-15|ROD-7|10|11.9000|10|1.000901",
        ]
    );
}

#[test]
#[rustfmt::skip]
fn each_step_does_one_thing() {
    for (recipe, value, expected) in [
        ("'X'",                                                  " a ",         "a"),
        ("{ column = 'X' }",                                     "a",           "a"),
        ("{ value = ' fixed ' }",                                "a",           "fixed"),
        ("{ template = '{X}/{Y}' }",                             "a",           "a/why"),
        ("{ template = '{X}-' }",                                "",            ""),
        ("{ template = '{{{X}}}' }",                             "a",           "{a}"),
        ("{ template = 'same' }",                                "",            "same"),
        ("{ column = 'X', replace = [['.0', ''], ['a', 'bb']] }", "a1.0",       "bb1"),
        ("{ column = 'X', map = { a = 'b' } }",                  "a",           "b"),
        ("{ column = 'X', map = { a = 'b' } }",                  "c",           "c"),
        ("{ column = 'X', map = { '' = 'b' } }",                 "",            "b"),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }] }", "1", "one"),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }] }", "2", ""),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }], then_map = { one = 'uno' } }", "1", "uno"),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }] }", "",  ""),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G', missing = 'empty' }], default = 'd' }", "9", "d"),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }, { file = 'b.csv', key = 'G', give = 'H' }] }", "1", "uno"),
        ("{ column = 'X', date_part = true }",                   "2014-02-08 10:01:36.827", "2014-02-08"),
        ("{ column = 'X', add_days = -153 }",                    "2011-05-31",  "2010-12-29"),
        ("{ column = 'X', date_part = true, add_days = 1 }",     "2024-02-28 08:00", "2024-02-29"),
        ("{ column = 'X', multiply = '100' }",                   "0.02",        "2"),
        ("{ column = 'X', multiply = '100' }",                   "",            ""),
        ("{ column = 'X', multiply = '0.5', round = 1 }",        "0.5",         "0.3"),
        ("{ column = 'X', default = 'none' }",                   " ",           "none"),
        ("{ column = 'X', replace = [['x', '']], map = { NA = '' }, default = 'none' }", "NxA", "none"),
        ("{ column = 'X', following = true, last = 'end' }",     "2024-01-01",  "end"),
    ] {
        assert_eq!(made(recipe, value).as_deref(), Ok(expected), "{recipe} of {value:?}");
    }
}

#[test]
#[rustfmt::skip]
fn what_a_step_cannot_do_is_a_fault_of_row_and_column() {
    for (recipe, value, expected) in [
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }] }", "9",
            "row 2, column “unit”: “9” is not in column K of b.csv. It comes from X of the file."),
        ("{ column = 'X', add_days = 1 }",    "2014-02-08 10:01:36", "has a time of day"),
        ("{ column = 'X', add_days = 1 }",    "9999-12-31",  "is out of the calendar"),
        ("{ column = 'X', multiply = '2' }",  "1e5",         "“1e5” is not a decimal number"),
        ("'X'",                               "=1",          "row 2, column “unit”: “=1” looks like a formula"),
        ("{ template = '{X}' }",              "@x",          "looks like a formula"),
        // the mapping itself
        ("'Z'",                               "a",           "column “unit”: The mapping asks for it, but the file has no column “Z”. There are: X, Y."),
        ("{ template = '{x}' }",              "a",           "Did you mean “X”?"),
        ("{ column = 'X', lookups = [{ file = 'c.csv', key = 'K', give = 'G' }] }", "9",
            "column “unit”: Look-up file c.csv: it does not exist beside the mapping."),
        ("{ column = 'X', lookups = [{ file = 'b.csv', key = 'Key', give = 'G' }] }", "9",
            "Look-up file b.csv: row 1: the file has no column “Key”."),
        ("'X'\nunti = 'X'",                   "a",           "column “unti”: The mapping fills it, but people have no such column. Did you mean “unit”?"),
    ] {
        let shown = made(recipe, value).unwrap_err();
        assert!(shown.contains(expected), "{recipe} of {value:?}: {shown}");
    }
}

#[test]
fn look_up_files_must_not_answer_twice() {
    let mapping = "[people.columns]\ncode = 'X'\nname = 'X'\n\
        role = { column = 'X', lookups = [{ file = 'b.csv', key = 'K', give = 'G' }] }";
    let faults = people(mapping, "X\n1\n", ("b.csv", "K,G\n1,one\n1,uno\n")).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "column “role”: Look-up file b.csv: row 3, column “K”: “1” is here a second time with \
         “uno”, but first with “one”. Keep one of the rows."
    );
}

#[test]
fn required_columns_must_be_filled_by_the_mapping() {
    let faults = people("[people.columns]\ncode = 'X'", "X\n1\n", ("", "")).unwrap_err();
    let columns: Vec<&str> = faults
        .kept()
        .iter()
        .map(|fault| fault.column.as_deref().unwrap())
        .collect();
    assert_eq!(columns, ["name", "role"]);
}

#[test]
fn columns_that_are_not_used_may_hold_anything() {
    let mapping = "[people.columns]\ncode = 'A'\nname = 'A'\nrole = 'A'";
    let file = format!("A,B,B,\n1,=1+1,{},\n", "x".repeat(5_000));
    assert_eq!(people(mapping, &file, ("", "")).unwrap().rows.len(), 1);
    let twice = "[people.columns]\ncode = 'A'\nname = 'B'\nrole = 'A'";
    let faults = people(twice, &file, ("", "")).unwrap_err();
    assert!(
        faults.to_string().contains("the file has two columns “B”"),
        "{faults}"
    );
}

#[test]
fn rows_are_left_out_by_what_they_hold_and_kept_once() {
    let mapping = "
        [people]
        distinct = ['code', 'name']
        [[people.skip]]
        column = 'role'
        equals = ''
        [[people.skip]]
        column = 'unit'
        not_equals = 'north'
    ";
    let file = "code,name,role,unit\n1,a,rep,south\n1,a,rep,north\n1,a,,north\n\
                1,a,rep,north\n1,b,rep,north\n";
    let sheet = people(mapping, file, ("", "")).unwrap();
    let numbers: Vec<u64> = sheet.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [3, 6]);

    let unknown = mapping.replace("'unit'", "'units'");
    let faults = people(&unknown, file, ("", "")).unwrap_err();
    assert!(
        faults
            .to_string()
            .contains("skip asks for it, but the file has no column “units”")
    );
}

#[test]
fn a_kind_of_written_rows_only_needs_no_file() {
    let mapping = "[[people.rows]]\ncode = '1'\nname = 'a'\nrole = 'rep'";
    let sheet = people(mapping, "", ("", "")).unwrap();
    assert_eq!(cells(&sheet.rows[0]), ["1", "a", "", "rep", "", ""]);

    let faults = people(&mapping.replace("name", "nmae"), "", ("", "")).unwrap_err();
    let shown = faults.to_string();
    assert!(shown.contains("column “nmae”: This column is not known. Did you mean “name”?"));
    assert!(
        shown.contains("column “name”: The cell is empty"),
        "{shown}"
    );
    assert!(shown.contains("(own row 1 of the mapping)"));
}

#[test]
fn a_kind_without_a_table_is_read_as_it_is() {
    let sheet = people(
        "[orders]\nfile = 'o.csv'",
        "code,name,role\n1,a,rep\n",
        ("", ""),
    );
    assert_eq!(sheet.unwrap().rows.len(), 1);
}
