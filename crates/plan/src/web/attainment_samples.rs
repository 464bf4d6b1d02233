//! Sample data for the pages of attainment, here and on Today.

use jiff::civil::date;
use kernel::{
    Code, Currency, Period, View,
    ids::{PersonId, UnitId},
};
use maud::Markup;
use page::Frame;
use reckon::pace::{Curve, Stage};

use super::attainment::attainment_page;
use crate::{
    asked::Asked,
    attainment::Standing,
    report::{Line, Subject, Table},
};

/// The pages of attainment with sample data.
pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let Some(table) = sample_table() else {
        return Vec::new();
    };
    let empty = Table {
        lines: Vec::new(),
        ..table.clone()
    };
    vec![
        (
            "attainment",
            attainment_page(frame, &table, View::AsWas, false),
        ),
        (
            "attainment-own",
            attainment_page(frame, &table, View::AsWas, true),
        ),
        (
            "attainment-empty",
            attainment_page(frame, &empty, View::AsIs, false),
        ),
    ]
}

/// A small table for sample pages, here and on Today.
pub fn sample_table() -> Option<Table> {
    let currency = Currency::parse("CNY").ok()?;
    let months = [
        ("2026-05", date(2026, 5, 1), date(2026, 6, 1)),
        ("2026-06", date(2026, 6, 1), date(2026, 7, 1)),
    ];
    let periods: Vec<Period> = months
        .iter()
        .filter_map(|(code, from, to)| Period::new(Code::parse(code).ok()?, *from, *to).ok())
        .collect();
    let standing = |target: i64, elapsed: u32, days: u32, actual: i64| {
        let stage = Stage {
            target: target * 1_000_00,
            elapsed_days: elapsed,
            days,
        };
        Standing::of(
            Some(&[stage]),
            (elapsed, days),
            actual * 1_000_000_000,
            &Curve::default(),
            currency,
        )
    };
    let line = |subject: Subject, target: i64, may: i64, june: i64| Line {
        subject,
        whole: standing(2 * target, 30, 40, may + june),
        periods: vec![
            standing(target, 20, 20, may),
            standing(target, 10, 20, june),
        ],
        to_date: standing(2 * target, 30, 40, may + june),
        best_per_day: 80_000_00,
    };
    let person = |id: i64, name: &str| Subject::Person {
        id: PersonId::of(id),
        code: format!("P-{id}"),
        name: name.to_owned(),
        name_local: None,
    };
    Some(Table {
        asked: Asked {
            text: "2026".into(),
            from: date(2026, 1, 1),
            to: date(2027, 1, 1),
        },
        as_of: date(2026, 6, 16),
        currency,
        periods,
        lines: vec![
            line(
                Subject::Unit {
                    id: UnitId::of(1),
                    code: "NORTH".into(),
                    name: "North".into(),
                    name_local: Some("北区".into()),
                    depth: 0,
                },
                2_000,
                1_800,
                850,
            ),
            line(person(1, "Lin Wei"), 1_000, 1_120, 560),
            line(person(2, "Chen Hao"), 1_000, 680, 290),
            line(Subject::House, 0, 0, 12),
        ],
        days: (115, 250),
        curve: Curve::default(),
    })
}
