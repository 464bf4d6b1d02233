//! How Today looks: tiles of the month, the distance to the pace, who is behind, what waits.

#![expect(
    clippy::float_arithmetic,
    reason = "positions of marks on a chart, never amounts"
)]

use book::store::orders::Order;
use jiff::civil::Date;
use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{
    Frame, Kpi, charts, num,
    parts::{self, th, th_n},
};
use plan::{
    attainment::Standing,
    report::{Line, Subject, Table},
    store::handovers::Handover,
};

/// Below this share of pace, in millionths, somebody is behind: the scale of the heat map.
const BEHIND: i64 = 920_000;

/// A draft that waits to be published.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) code: String,
    pub(super) unit: String,
    pub(super) version: i64,
    pub(super) by: String,
}

/// Everything the page shows.
#[derive(Debug, Clone)]
pub(super) struct Today {
    pub(super) table: Option<Table>,
    /// The asker's own line: a sales person sees no line of a unit.
    pub(super) own: Option<Line>,
    /// Place of the running period in the table.
    pub(super) running: Option<usize>,
    pub(super) last_day: Option<(Date, Money, usize)>,
    pub(super) newest: Vec<Order>,
    pub(super) drafts: Vec<Draft>,
    /// Hand-overs that wait for the asker.
    pub(super) waiting: Vec<Handover>,
    pub(super) currency: Currency,
    pub(super) alone: bool,
}

pub(super) fn today_page(frame: &Frame, today: &Today) -> Markup {
    let sub = match (&today.table, today.running, &today.own) {
        (Some(table), Some(running), Some(own)) => {
            let month = own.periods[running];
            frame.tw(
                "today-sub",
                &[
                    ("day", num::day_long(frame, frame.today)),
                    ("elapsed", month.elapsed_days.to_string()),
                    ("days", month.days.to_string()),
                    ("month", num::month_long(frame, table.periods[running].from)),
                ],
            )
        }
        _ => num::day_long(frame, frame.today),
    };
    page::shell(
        frame,
        &frame.t("today-title"),
        html! {
            (page::page_head(frame.t("today-title"), sub, html! {
                (page::Button::script(&frame.t("print"), "data-print").icon("print").key("P"))
            }))
            @match &today.own {
                Some(own) => {
                    div.stack {
                        (tiles(frame, today, own))
                        div.g {
                            div.c8.stack { (pace_card(frame, today, own)) (behind_card(frame, today)) }
                            div.c4.stack { (waiting_card(frame, today)) (newest_card(frame, today)) }
                        }
                    }
                },
                None => (page::card("", "", html! {}, page::empty(frame.t("today-none"), frame.t("today-none-next"),
                    html! { (page::link("/plan", &frame.t("today-to-plan"))) }))),
            }
        },
    )
}

/// An amount for a tile: thousands below a million, so that a small one keeps its figures.
fn scaled(frame: &Frame, money: Money) -> (String, &'static str) {
    let million = money.currency().minor_per_unit().saturating_mul(1_000_000);
    if money.minor().abs() < million {
        return (num::amount_k(frame, money), num::k_unit(frame));
    }
    num::millions(frame, money)
}

/// Too few days are over to call anybody ahead or behind.
const EARLY_DAYS: u32 = 10;

fn tiles(frame: &Frame, today: &Today, own: &Line) -> Markup {
    let month = today.running.map(|running| own.periods[running]);
    let month_name = today
        .running
        .and_then(|running| {
            today
                .table
                .as_ref()
                .map(|table| num::month(frame, table.periods[running].from))
        })
        .unwrap_or_default();
    let mut tiles = Vec::new();
    if let Some(month) = month {
        tiles.push(month_tile(frame, &month, &month_name));
        tiles.push(due_tile(frame, &month));
        tiles.push(needed_tile(frame, &month, own));
    }
    tiles.push(year_tile(frame, own));
    tiles.push(last_day_tile(frame, today));
    page::kpis(&tiles)
}

fn month_tile(frame: &Frame, month: &Standing, name: &str) -> Markup {
    let (value, unit) = scaled(frame, month.actual);
    let detail = month.target.map(|target| {
        let target = num::millions_text(frame, target);
        html! { (frame.tw("today-of-target", &[("target", target)])) }
    });
    let label = frame.tw(
        "today-month-label",
        &[("actual", num::amount(month.actual))],
    );
    let figure = month.target.map(|target| {
        let mark = month.pace.map(Money::minor);
        charts::bullet(
            month.actual.minor(),
            mark,
            target.minor().max(month.actual.minor()).max(1),
            &label,
        )
    });
    page::kpi(Kpi {
        name,
        about: &frame.t("today-booked"),
        value,
        unit,
        detail,
        figure,
        href: Some("/attainment"),
    })
}

fn due_tile(frame: &Frame, month: &Standing) -> Markup {
    let Some(pace) = month.pace else {
        return page::kpi(Kpi {
            name: &frame.t("today-due"),
            value: num::MISSING.to_owned(),
            ..Kpi::default()
        });
    };
    let (value, unit) = scaled(frame, pace);
    let gap = month.gap().unwrap_or(0);
    let amount = Money::of_minor(gap.saturating_abs(), pace.currency());
    let amount = format!("{} {}", num::amount_k(frame, amount), num::k_unit(frame));
    let detail = match (month.elapsed_days, gap) {
        (0, _) => html! { (frame.t("today-month-begins")) },
        (_, 0..) => html! { span.pos { (frame.tw("today-ahead-of-pace", &[("amount", amount)])) } },
        (_, _) => html! { span.neg { (frame.tw("today-behind-pace", &[("amount", amount)])) } },
    };
    page::kpi(Kpi {
        name: &frame.t("today-due"),
        about: &frame.t("today-due-about"),
        value,
        unit,
        detail: Some(detail),
        ..Kpi::default()
    })
}

fn needed_tile(frame: &Frame, month: &Standing, own: &Line) -> Markup {
    let name = frame.t("today-needed");
    let about = frame.t("today-needed-about");
    let Some(needed) = month.needed_per_day() else {
        return page::kpi(Kpi {
            name: &name,
            about: &about,
            value: num::MISSING.to_owned(),
            ..Kpi::default()
        });
    };
    let best = Money::of_minor(own.best_per_day, needed.currency());
    let text = frame.tw(
        "today-best",
        &[(
            "best",
            format!("{} {}", num::amount_k(frame, best), num::k_unit(frame)),
        )],
    );
    let detail = html! { span.neg[best.minor() < needed.minor() && EARLY_DAYS <= month.elapsed_days] { (text) } };
    page::kpi(Kpi {
        name: &name,
        about: &about,
        value: num::amount_k(frame, needed),
        unit: num::k_unit(frame),
        detail: Some(detail),
        ..Kpi::default()
    })
}

fn year_tile(frame: &Frame, own: &Line) -> Markup {
    let name = frame.t("today-year");
    let about = frame.t("today-year-about");
    let Some(share) = own.to_date.of_pace() else {
        let (value, unit) = scaled(frame, own.whole.actual);
        return page::kpi(Kpi {
            name: &name,
            about: &frame.t("today-booked"),
            value,
            unit,
            ..Kpi::default()
        });
    };
    let gap = Money::of_minor(own.to_date.gap().unwrap_or(0), own.whole.actual.currency());
    let actual = num::millions_text(frame, own.whole.actual);
    let detail = html! {
        (actual) ", "
        span.neg[gap.minor() < 0].pos[gap.minor() > 0] { (num::signed_k(frame, gap)) " " (num::k_unit(frame)) }
    };
    let value = num::percent(frame, share);
    page::kpi(Kpi {
        name: &name,
        about: &about,
        value,
        detail: Some(detail),
        href: Some("/attainment"),
        ..Kpi::default()
    })
}

fn last_day_tile(frame: &Frame, today: &Today) -> Markup {
    let name = frame.t("today-last-day");
    let Some((day, sold, _)) = today.last_day else {
        return page::kpi(Kpi {
            name: &name,
            value: num::MISSING.to_owned(),
            ..Kpi::default()
        });
    };
    let about = num::day(frame, day);
    page::kpi(Kpi {
        name: &name,
        about: &about,
        value: num::amount_k(frame, sold),
        unit: num::k_unit(frame),
        href: Some("/orders"),
        ..Kpi::default()
    })
}

/// The year so far as the gap to the pace: what matters is the distance, so that is the axis.
fn pace_card(frame: &Frame, today: &Today, own: &Line) -> Markup {
    let title = frame.t("today-pace");
    let Some(table) = today.table.as_ref().filter(|_| own.whole.target.is_some()) else {
        return page::card(
            title,
            "",
            html! {},
            page::empty(
                frame.t("today-no-target"),
                frame.t("today-no-target-next"),
                html! {},
            ),
        );
    };
    let Course {
        points,
        titles,
        position,
        sum,
    } = course(frame, table, own);
    let gap = Money::of_minor(sum, table.currency);
    let gap_text = format!("{} {}", num::signed_k(frame, gap), num::k_unit(frame));
    let target = own
        .whole
        .target
        .map(|target| num::millions_text(frame, target))
        .unwrap_or_default();
    let finding = frame.tw("today-gap-finding", &[("gap", gap_text.clone())]);
    let zero = frame.tw("today-gap-zero", &[("target", target)]);
    let format = |value: i64| num::signed_k(frame, Money::of_minor(value, table.currency));
    let chart = charts::LineChart {
        finding: &finding,
        slots: table
            .periods
            .iter()
            .map(|period| num::month(frame, period.from))
            .collect(),
        series: vec![charts::Series {
            name: "",
            colour: 1,
            dashed: false,
            points,
            end: gap_text,
        }],
        band: None,
        now: Some(position),
        zero: &zero,
        titles,
        format: &format,
        caption: "",
    };
    let about = frame.tw("today-pace-about", &[("unit", num::k_unit(frame))]);
    page::card(
        title,
        about,
        html! {},
        parts::padded(html! { (charts::gap_chart(&chart)) p.t2 { (finding) } }),
    )
}

/// The gap to the pace, summed up month by month.
struct Course {
    points: Vec<(f64, i64)>,
    titles: Vec<String>,
    /// Where today stands among the months.
    position: f64,
    sum: i64,
}

fn course(frame: &Frame, table: &Table, own: &Line) -> Course {
    let mut points = vec![(0.0, 0)];
    let mut titles = Vec::new();
    let mut sum = 0;
    let mut position = 0.0;
    for (period, standing) in table
        .periods
        .iter()
        .zip(&own.periods)
        .filter(|(period, _)| period.from < table.as_of)
    {
        sum += standing.gap().unwrap_or(0);
        let share = f64::from(standing.elapsed_days) / f64::from(standing.days.max(1));
        position = if period.to <= table.as_of {
            whole(points.len())
        } else {
            whole(points.len() - 1) + share.max(0.05)
        };
        points.push((position, sum));
        titles.push(frame.tw(
            "today-gap-title",
            &[
                ("month", num::month(frame, period.from)),
                (
                    "gap",
                    num::signed_k(frame, Money::of_minor(sum, table.currency)),
                ),
            ],
        ));
    }
    Course {
        points,
        titles,
        position,
        sum,
    }
}

fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(0))
}

/// People behind their pace, those furthest behind first.
fn behind_card(frame: &Frame, today: &Today) -> Markup {
    if today.alone {
        return html! {};
    }
    let title = frame.t("today-behind");
    let over = today.own.as_ref().map_or(0, |own| own.to_date.elapsed_days);
    if over < EARLY_DAYS {
        let why = frame.tw("today-early-next", &[("days", EARLY_DAYS.to_string())]);
        return page::card(
            title,
            "",
            html! {},
            page::empty(frame.t("today-early"), why, html! {}),
        );
    }
    let lines = today
        .table
        .as_ref()
        .map(|table| table.lines.as_slice())
        .unwrap_or_default();
    let mut behind: Vec<(&Line, i64)> = lines
        .iter()
        .filter(|line| matches!(line.subject, Subject::Person { .. }))
        .filter_map(|line| {
            Some((
                line,
                line.to_date.of_pace().filter(|share| *share < BEHIND)?,
            ))
        })
        .collect();
    behind.sort_by_key(|(_, share)| *share);
    let meta = frame.tw("today-behind-meta", &[("count", behind.len().to_string())]);
    if behind.is_empty() {
        return page::card(
            title,
            "",
            html! {},
            page::empty(
                frame.t("today-nobody-behind"),
                frame.t("today-nobody-behind-next"),
                html! {},
            ),
        );
    }
    let head = html! { tr {
        (th(frame.t("today-person"))) (th_n(frame.t("today-of-pace"))) (th_n(frame.tw("today-gap", &[("unit", num::k_unit(frame))])))
        (th(frame.t("today-verdict")))
    } };
    let rows = html! { @for (line, share) in behind.iter().take(8) {
        @if let Subject::Person { name, .. } = &line.subject { tr data-row {
            th scope="row" { (name) }
            td.n.m-tr { (num::percent(frame, *share)) }
            td.n.neg data-l=(frame.t("today-gap-short")) { (num::signed_k(frame, Money::of_minor(line.to_date.gap().unwrap_or(0), today.currency))) }
            td { (plan::web::attainment::verdict_badge(frame, line.whole.verdict(line.best_per_day))) }
        } }
    } };
    let all = html! { (page::link("/attainment", &frame.t("today-all")).ghost().small()) };
    page::card(
        &title,
        meta,
        all,
        parts::stackable_table(&title, head, rows),
    )
}

fn waiting_card(frame: &Frame, today: &Today) -> Markup {
    let title = frame.t("today-waiting");
    if today.drafts.is_empty() && today.waiting.is_empty() {
        return page::card(
            title,
            "",
            html! {},
            page::empty(
                frame.t("today-nothing-waits"),
                frame.t("today-nothing-waits-next"),
                html! {},
            ),
        );
    }
    page::card(
        title,
        "",
        html! {},
        html! { ul.list { @for one in &today.waiting { li {
            (page::icon("user"))
            span {
                b { (frame.t("today-handover")) }
                span.sub { (frame.tw("today-handover-of", &[("from", one.from_name.clone()), ("to", one.to_name.clone())])) }
            }
            span.push { (page::link(&page::address("/people/handovers", &one.number), &frame.t("today-review")).small()) }
        } } @for draft in &today.drafts { li {
            (page::icon("target"))
            span {
                b { (frame.tw("today-draft", &[("unit", draft.unit.clone()), ("version", draft.version.to_string())])) }
                span.sub { (frame.tw("today-draft-by", &[("name", draft.by.clone())])) }
            }
            span.push { (page::link(&page::address("/plan", &draft.code), &frame.t("today-review")).small()) }
        } } } },
    )
}

fn newest_card(frame: &Frame, today: &Today) -> Markup {
    let title = frame.t("today-newest");
    if today.newest.is_empty() {
        return page::card(
            title,
            "",
            html! {},
            page::empty(
                frame.t("today-no-orders"),
                frame.t("today-no-orders-next"),
                html! {},
            ),
        );
    }
    page::card(
        title,
        "",
        html! {},
        html! { ul.list { @for order in &today.newest { li {
            (page::icon("doc"))
            span {
                a.q href=(page::address("/customers", &order.customer_code)) { b { (order.customer_name) } }
                span.sub { a.q href=(page::address("/orders", &order.number)) { (order.number) } @if let Ok(day) = order.day.parse::<Date>() { ", " (num::day_tag(frame, day)) } }
            }
            span.push.num { (num::amount_k(frame, Money::of_exact(order.base_exact, today.currency))) " " (num::k_unit(frame)) }
        } } } },
    )
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let Ok(currency) = Currency::parse("CNY") else {
        return Vec::new();
    };
    let empty = Today {
        table: None,
        own: None,
        running: None,
        last_day: None,
        newest: Vec::new(),
        drafts: Vec::new(),
        waiting: Vec::new(),
        currency,
        alone: false,
    };
    let mut samples = vec![("today-empty", today_page(frame, &empty))];
    if let Some(table) = plan::web::attainment_samples::sample_table() {
        let full = Today {
            own: table.lines.first().cloned(),
            running: Some(1),
            last_day: Some((
                jiff::civil::date(2026, 6, 15),
                Money::of_minor(638_000_00, currency),
                3,
            )),
            newest: vec![sample_order()],
            drafts: vec![Draft {
                code: "2026-NORTH".into(),
                unit: "North".into(),
                version: 2,
                by: "Zhao Jing".into(),
            }],
            waiting: vec![plan::web::moving::sample_handover()],
            table: Some(table),
            ..empty
        };
        let alone = Today {
            alone: true,
            drafts: Vec::new(),
            ..full.clone()
        };
        samples.push(("today", today_page(frame, &full)));
        samples.push(("today-rep", today_page(frame, &alone)));
    }
    samples
}

fn sample_order() -> Order {
    Order {
        id: 1,
        number: "SO-26-04831".into(),
        customer_id: 1,
        customer_code: "C-00001".into(),
        customer_name: "Eastgate Building Supply".into(),
        customer_local: None,
        day: "2026-06-15".into(),
        currency: "CNY".into(),
        status: "confirmed".into(),
        territory_code: None,
        net_exact: 0,
        project: None,
        quotation: None,
        base_exact: 638_000_000_000,
        rate_id: None,
        net_minor: 638_000_00,
        tax_minor: 0,
        gross_minor: 638_000_00,
        version: 1,
    }
}
