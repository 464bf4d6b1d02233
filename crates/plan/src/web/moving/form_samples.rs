//! The form of a move with sample data.

use std::collections::BTreeMap;

use book::{
    CustomerId,
    credit::Receiver,
    store::in_flight::{Choice as Chosen, KINDS, Open},
};
use jiff::civil::date;
use kernel::{
    Currency, Percent, WorkCalendar,
    ids::{PersonId, UnitId},
};
use maud::Markup;
use org::store::people::Name;
use page::{Choice, FormErrors, Frame};

use super::form_page::{Looked, MoveForm, move_page};
use crate::{
    moves::{Basis, Rule, Terms},
    moving::{Drawn, Figures, InFlight, Kinds, Part, Side, Whose, Wish},
};

const CHEN: PersonId = PersonId::of(1);
const LI: PersonId = PersonId::of(2);

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let Ok(currency) = Currency::parse("CNY") else {
        return Vec::new();
    };
    let looked = Looked {
        currency,
        names: [name(1, "Chen Hao", "陈浩"), name(2, "Li Na", "李娜")].into(),
        units: BTreeMap::new(),
        drawn: drawn(),
        figures: figures(),
    };
    let mut wrong = FormErrors::none();
    wrong.add("customers", "There is no customer C-9.");
    let silent = form(&[("to", "li")]);
    let full = form(&[
        ("to", "li"),
        ("documents.orders", "move"),
        ("reason", "Ningbo"),
    ]);
    let right = FormErrors::none();
    vec![
        ("move-new", move_page(frame, &silent, None, &wrong)),
        (
            "move-preview",
            move_page(frame, &full, Some(&looked), &right),
        ),
    ]
}

/// Somebody who goes from the east to the south, looked at.
pub(super) fn looked_person() -> Option<Looked> {
    let side = |target, from_day, actual| Side {
        target,
        from_day,
        actual,
    };
    let own = side(480_000_000, 240_000_000, 2_310_000_000_000);
    let east = side(2_160_000_000, 1_080_000_000, 9_310_000_000_000);
    let south = side(1_440_000_000, 720_000_000, 6_120_000_000_000);
    let moved = |side: Side, by: i64| Side {
        target: side.target + by,
        from_day: side.from_day + by,
        ..side
    };
    let figures = Figures {
        year: (date(2026, 1, 1), date(2027, 1, 1)),
        people: BTreeMap::from([(Whose::Person(CHEN), (own, own))]),
        units: BTreeMap::from([
            (UnitId::of(1), (east, moved(east, -240_000_000))),
            (UnitId::of(2), (south, moved(south, 240_000_000))),
        ]),
    };
    Some(Looked {
        currency: Currency::parse("CNY").ok()?,
        names: [name(1, "Chen Hao", "陈浩")].into(),
        units: [(1, "east".to_owned()), (2, "south".to_owned())].into(),
        drawn: drawn(),
        figures,
    })
}

fn name(id: i64, name: &str, local: &str) -> (i64, Name) {
    let name = Name {
        id,
        code: name.to_lowercase(),
        name: name.to_owned(),
        name_local: Some(local.to_owned()),
    };
    (id, name)
}

fn form(typed: &[(&str, &str)]) -> MoveForm {
    let people = vec![Choice::new("chen", "Chen Hao"), Choice::new("li", "Li Na")];
    let typed = typed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    MoveForm {
        receivers: people.clone(),
        people,
        kinds: Kinds(KINDS),
        typed: typed.collect(),
    }
}

fn figures() -> Figures {
    let sides = |target, before, after, actual| {
        let side = |from_day, target| Side {
            target,
            from_day,
            actual,
        };
        (side(before, target), side(after, target + after - before))
    };
    let chen = sides(480_000_000, 240_000_000, 156_000_000, 2_310_000_000_000);
    let li = sides(360_000_000, 180_000_000, 264_000_000, 1_900_000_000_000);
    Figures {
        units: BTreeMap::new(),
        year: (date(2026, 1, 1), date(2027, 1, 1)),
        people: BTreeMap::from([(Whose::Person(CHEN), chen), (Whose::Person(LI), li)]),
    }
}

fn drawn() -> Drawn {
    let open = Open {
        number: "SO-2026-00001".to_owned(),
        id: 1,
        customer: CustomerId::of(1),
        day: date(2026, 6, 12),
        net_exact: 607_498_200_000,
    };
    let in_flight = KINDS.iter().map(|kind| InFlight {
        kind: *kind,
        open: vec![(open.clone(), Some(Chosen::Move))],
    });
    let part = Part {
        from: Some(CHEN),
        customers: vec![CustomerId::of(1)],
        share: Percent::of_millionths(350_000),
        basis: Basis::History,
        legs: Vec::new(),
        passed: Vec::new(),
        in_flight: in_flight.collect(),
    };
    let terms = Terms {
        rule: Rule::FutureOnly,
        day: date(2026, 7, 1),
        year_start: date(2026, 1, 1),
    };
    let to = Receiver {
        person: Some(LI),
        seat: None,
        unit: UnitId::of(1),
    };
    Drawn {
        wish: Wish {
            terms,
            to,
            from: BTreeMap::new(),
            target_share: None,
            choices: BTreeMap::new(),
            each: BTreeMap::new(),
            sits: None,
            reason: "Ningbo".to_owned(),
        },
        parts: vec![part],
        targets: Vec::new(),
        calendar: WorkCalendar::default(),
    }
}
