//! Sample data for the pages of plans: three people, two closed and two open months.

use kernel::{Currency, ids::PersonId};
use maud::Markup;
use page::{FormErrors, Frame};

use super::{
    grid::TypedPlan,
    grid_page::{Basis, NewPlan, Sheet, index_page, plan_page},
};
use crate::{
    PeriodId, VersionId,
    drafting::{Opened, Summary},
    grid::{Balance, Cell, Column, Grid, Row},
    store::{
        cells::{Frame as Stored, StoredMonth},
        plans::Plan,
        versions::Version,
    },
    target::{Holder, Source},
};

/// The pages of plans with sample data.
pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let Some(sheet) = sample_sheet(true) else {
        return Vec::new();
    };
    let mut published = sheet.clone();
    published.editable = false;
    published.opened.version.state = "published".to_owned();
    published.opened.version.published_by = Some("Zhao Jing".to_owned());
    published.opened.version.published_at = Some(1_767_000_000_000_000);
    let form = NewPlan {
        units: vec![("NORTH".into(), "North".into())],
        typed: TypedPlan {
            year: "2026".into(),
            total: "12 million".into(),
            ..TypedPlan::default()
        },
        currency: sheet.opened.grid.currency,
    };
    let errors = FormErrors::from(
        kernel::Refusal::value("decimal.malformed", "“12 million” is not a decimal number.")
            .at("total"),
    );
    let versions = [
        sheet.opened.version.clone(),
        published.opened.version.clone(),
    ];
    let plans = [sheet.opened.plan.clone()];
    let lines = [(
        sheet.opened.plan.clone(),
        sheet.opened.version.clone(),
        true,
    )];
    vec![
        ("plan-draft", plan_page(frame, &sheet, &versions, &plans)),
        (
            "plan-published",
            plan_page(frame, &published, &versions[..1], &plans),
        ),
        (
            "plan-index",
            index_page(frame, &lines, None, &FormErrors::none()),
        ),
        ("plan-first", index_page(frame, &[], Some(&form), &errors)),
    ]
}

/// Three people, two closed and two open months.
#[expect(clippy::too_many_lines, reason = "sample data, written out")]
fn sample_sheet(editable: bool) -> Option<Sheet> {
    let currency = Currency::parse("CNY").ok()?;
    let cell = |amount: i64, locked: bool| Cell {
        amount: amount * 1_000_00,
        weight: 1,
        locked,
        source: Source::History,
    };
    let row = |id: i64, name: &str, amounts: [i64; 4]| Row {
        holder: Holder::Person(PersonId::of(id)),
        name: name.to_owned(),
        cells: amounts
            .iter()
            .enumerate()
            .map(|(place, amount)| cell(*amount, place == 3 && id == 1))
            .collect(),
    };
    let mut rows = vec![
        row(1, "Lin Wei", [964, 752, 1_461, 1_184]),
        row(2, "Chen Hao", [911, 629, 1_215, 1_096]),
        row(3, "Zhou Ning", [793, 603, 1_217, 1_105]),
    ];
    rows.push(Row {
        holder: Holder::Pool(kernel::ids::UnitId::of(1)),
        name: "Pool".to_owned(),
        cells: vec![cell(0, false); 4],
    });
    let months = ["2026-01", "2026-02", "2026-06", "2026-07"];
    let columns = months.iter().enumerate().map(|(place, code)| Column {
        code: (*code).to_owned(),
        target: rows.iter().map(|row| row.cells[place].amount).sum(),
        closed: place < 2,
    });
    let grid = Grid {
        currency,
        columns: columns.collect(),
        rows,
    };
    let stored = |code: &&str| StoredMonth {
        period_id: 1,
        code: (*code).to_owned(),
        from_day: format!("{code}-01"),
        to_day: format!("{code}-28"),
        amount_minor: 0,
    };
    let opened = Opened {
        plan: Plan {
            id: 1,
            code: "2026-NORTH".into(),
            unit_id: 1,
            unit_code: "NORTH".into(),
            unit_name: "North".into(),
            unit_local: Some("华北".into()),
            year: 2026,
            measure: "booked".into(),
            currency: "CNY".into(),
            calendar_id: 1,
        },
        version: Version {
            id: 1,
            plan_id: 1,
            number: 2,
            state: "draft".into(),
            effective_from: "2026-06-01".into(),
            total_minor: grid.total(),
            weight_source: "history".into(),
            edit: 3,
            created_at: 0,
            created_by: "Zhao Jing".into(),
            published_at: None,
            published_by: None,
        },
        frame: Stored {
            version: VersionId::of(1),
            periods: vec![PeriodId::of(1); 4],
            units: Vec::new(),
        },
        grid,
        months: months.iter().map(stored).collect(),
        cells: Vec::new(),
    };
    let last = Summary {
        act: "set".into(),
        holder: "Zhou Ning".into(),
        period: "2026-07".into(),
        from: 1_065_000_00,
        to: 1_105_000_00,
        balanced: vec![
            ("Lin Wei".into(), -20_000_00),
            ("Chen Hao".into(), -20_000_00),
        ],
    };
    let basis = Basis {
        last_year: [
            (PersonId::of(1), 14_120_000_00),
            (PersonId::of(2), 13_060_000_00),
        ]
        .into(),
    };
    Some(Sheet {
        opened,
        last: Some(last),
        basis,
        balance: Balance::People,
        editable,
        may_plan: true,
    })
}
