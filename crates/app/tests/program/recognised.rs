//! Files as companies have them, read in without a mapping, and what is said about it.

use rust_xlsxwriter::{Format, Workbook};

use crate::shell::{Folder, fails, init, run, succeeds};

#[test]
fn a_sheet_of_targets_as_a_manager_keeps_it_is_read_in() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let import = |kind: &str, file: &str| run(&["import", kind, file, "--data", &data]);
    people_and_periods(&folder, &import);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet
        .merge_range(0, 0, 0, 4, "2026年度销售指标（万元）", &plain)
        .unwrap();
    sheet.merge_range(1, 0, 2, 0, "计划", &plain).unwrap();
    sheet.merge_range(1, 1, 2, 1, "业务员", &plain).unwrap();
    sheet.merge_range(1, 2, 1, 3, "月度", &plain).unwrap();
    sheet.write_row(2, 2, ["1月", "2月", "合计"]).unwrap();
    sheet.merge_range(3, 0, 4, 0, "P26", &plain).unwrap();
    sheet.write(3, 1, "0017").unwrap();
    sheet.write_row(3, 2, [1.5, 2.25, 3.75]).unwrap();
    sheet.write(4, 1, "0018").unwrap();
    sheet.write_row(4, 2, [10.0, 20.0, 30.0]).unwrap();
    sheet.write(5, 0, "合计").unwrap();
    sheet.write_row(5, 2, [11.5, 22.25, 33.75]).unwrap();
    let file = folder.at("targets.xlsx");
    book.save(&file).unwrap();
    assert_eq!(
        succeeds(&import("targets", &file)),
        "targets: 4 added, 0 changed, 0 unchanged\n"
    );
    let out = succeeds(&run(&["export", "targets", "--data", &data]));
    assert!(
        out.contains("P26,company,booked,2026-01,0017,15000.00\n"),
        "{out}"
    );
    assert!(
        out.contains("P26,company,booked,2026-02,0018,200000.00\n"),
        "{out}"
    );

    // The mapping can be kept, and reads the same.
    let mapping = succeeds(&run(&["recognise", "targets", &file]));
    let mapping = folder.write("targets.toml", &mapping);
    let again = run(&[
        "import",
        "targets",
        &file,
        "--mapping",
        &mapping,
        "--data",
        &data,
    ]);
    assert_eq!(
        succeeds(&again),
        "targets: 0 added, 0 changed, 4 unchanged\n"
    );

    // The control: a total that does not agree keeps the file out.
    book.worksheet_from_index(0)
        .unwrap()
        .write(5, 2, 11.0)
        .unwrap();
    book.save(&file).unwrap();
    fails(
        &import("targets", &file),
        1,
        &["row 6", "The total here is 11", "add up to 11.5"],
    );
}

/// What targets refer to; the people come from a file in other words as well.
fn people_and_periods(folder: &Folder, import: &dyn Fn(&str, &str) -> std::process::Output) {
    let people = folder.write(
        "people.csv",
        "工号;姓名;部门\n0017;陈浩;company\n0018;李娜;company\n",
    );
    let told = import("people", &people);
    assert_eq!(succeeds(&told), "people: 2 added, 0 changed, 0 unchanged\n");
    let remarks = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(remarks.contains("“工号” is read as code."), "{remarks}");
    let periods =
        "calendar,code,from,to\nc,2026-01,2026-01-01,2026-02-01\nc,2026-02,2026-02-01,2026-03-01\n";
    succeeds(&import("periods", &folder.write("periods.csv", periods)));
}

#[test]
fn what_is_not_clear_is_asked_in_words() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let file = folder.write("rates.csv", "币种,日期,汇率\nUSD,3/5/2026,0.9\n");
    fails(
        &run(&["import", "rates", &file, "--data", &data]),
        1,
        &["“3/5/2026” in “日期” can be read in two ways", "`date`"],
    );
    let nothing = folder.write("nothing.csv", "a,b\n1,2\n");
    fails(
        &run(&["recognise", "people", &nothing]),
        1,
        &["nothing.csv", "no two columns"],
    );
}
