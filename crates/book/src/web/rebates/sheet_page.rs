//! `/rebates/{number}`: one agreement, and what is due of it as of a day, number by number.

use axum::extract::State;
use jiff::civil::Date;
use kernel::{Moment, Money, Percent};
use maud::{Markup, html};
use page::{
    Actor, FieldKind, FieldSpec, Frame, Kit, Kpi, Path, Query, Result, field, num,
    parts::{padded, stackable_table, table, th, th_n},
};
use serde::Deserialize;

use super::{accrued, acting, list_page::state_badge, shapes::Accrual};
use crate::{
    rebate::{Method, Piece, Tier},
    store::rebates::{self, Base, Counted, Rebate, Settled, Terms},
    web::{
        deeds::{DeedQuery, Opened},
        documents::moment,
        listing::Document,
        names,
    },
};

/// The day that is looked from, what was known then, and which form is open.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SheetQuery {
    as_of: String,
    known_at: String,
    #[serde(rename = "do")]
    open: String,
}

/// An agreement with what is due of it.
pub(super) struct Look {
    own: Rebate,
    /// As they are known now.
    terms: Terms,
    accrual: Accrual,
    as_of: Date,
}

impl Look {
    /// The agreement as of today, or as of the moment asked for.
    pub async fn of(kit: &Kit, actor: &Actor, number: &str, at: Option<Moment>) -> Result<Look> {
        let at = at.unwrap_or_else(|| Moment::latest(kit.today()));
        let mut tx = kit.db.read().await?;
        let own = rebates::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
        own.money()?;
        Ok(Look {
            terms: rebates::terms(&mut tx, &own, i64::MAX).await?,
            accrual: accrued(&mut tx, &own, at).await?,
            as_of: at.as_of,
            own,
        })
    }

    /// An amount without its currency.
    fn shown(&self, minor: i64) -> String {
        self.money(minor)
            .map_or(num::MISSING.to_owned(), num::amount)
    }

    fn money(&self, minor: i64) -> Option<Money> {
        let currency = self.own.money().ok()?;
        Some(Money::of_minor(minor, currency))
    }

    fn left_minor(&self) -> i64 {
        let accrual = &self.accrual;
        accrual
            .accrued_minor()
            .saturating_sub(accrual.settled_minor())
    }
}

/// `GET /rebates/{number}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Query(query): Query<SheetQuery>,
) -> Result<Markup> {
    let at = moment(Some(&query.as_of), Some(&query.known_at), kit.today())?;
    let look = Look::of(&kit, &actor, &number, Some(at)).await?;
    let opened = Opened::of(DeedQuery { open: query.open });
    Ok(drawn(&frame, &look, &opened))
}

/// The page with a form that is open or none.
pub(super) fn drawn(frame: &Frame, look: &Look, opened: &Opened) -> Markup {
    let own = &look.own;
    let title = html! { (frame.tw("rebate-title", &[("number", own.number.as_str())])) };
    let (from, to) = look.accrual.terms.days;
    let last = to.yesterday().unwrap_or(to);
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day(frame, from)) " – " (num::day(frame, last))
        " " (state_badge(frame, own))
    };
    let deeds = acting::deeds(frame, own);
    let left = look.money(look.left_minor().max(0));
    let fields = left.map(|left| acting::fields(frame, opened, (own, &look.terms), left));
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, opened)))
            (deeds.sheet(frame, opened, &fields.unwrap_or_default()))
            (page::kpis(&tiles(frame, look)))
            div.g.mt {
                div.c8.stack { (explained(frame, look)) (documents(frame, look)) }
                div.c4.stack { (asked_for(frame, look)) (agreed(frame, look)) (given(frame, look)) }
            }
        },
    )
}

fn tiles(frame: &Frame, look: &Look) -> Vec<Markup> {
    let accrual = &look.accrual;
    let unit = look.own.currency.as_str();
    let tile = |key: &str, minor: i64, detail: Option<Markup>| {
        page::kpi(Kpi {
            name: &frame.t(key),
            value: look.shown(minor),
            unit,
            detail,
            ..Kpi::default()
        })
    };
    let base = accrual.base_minor();
    let next = accrual
        .terms
        .tiers
        .iter()
        .find(|tier| base < tier.from_minor);
    let missing = next.map(|tier| {
        let missing = look.shown(tier.from_minor.saturating_sub(base));
        let percent = tier.percent.to_string();
        html! { (frame.tw("rebate-to-next", &[("amount", missing), ("percent", percent)])) }
    });
    vec![
        tile("rebate-base", base, missing),
        tile("rebate-accrued", accrual.accrued_minor(), None),
        tile("rebate-given", accrual.settled_minor(), None),
        tile("rebate-open", look.left_minor(), None),
    ]
}

/// How the sum comes about, tier by tier, ending in what is left to give.
fn explained(frame: &Frame, look: &Look) -> Markup {
    let accrual = &look.accrual;
    let title = frame.t("rebate-explained");
    let base = accrual.base;
    let head = html! { tr {
        (th(frame.t("rebate-step"))) (th_n(frame.t("rebate-counted"))) (th_n(frame.t("rebate-percent")))
        (th_n(frame.t("rebate-rebate")))
    } };
    let sum = |key: &str, minor: i64| {
        html! { tr {
            th scope="row" { (frame.t(key)) } td.n { (look.shown(minor)) } td.n {} td.n {}
        } }
    };
    let result = |key: &str, minor: i64| {
        html! { tr {
            th scope="row" { (frame.t(key)) } td.n {} td.n {} td.n { b { (look.shown(minor)) } }
        } }
    };
    let body = html! {
        (sum("rebate-invoiced", base.invoiced_minor))
        (sum("rebate-credited", base.credited_minor.saturating_neg()))
        (sum("rebate-base", accrual.base_minor()))
        @for piece in &accrual.pieces { (tier_row(frame, look, piece)) }
        (result("rebate-accrued", accrual.accrued_minor()))
        (result("rebate-given", accrual.settled_minor().saturating_neg()))
        (result("rebate-open", look.left_minor()))
    };
    let says = match accrual.terms.method {
        Method::Retroactive => "rebate-says-retroactive",
        Method::Incremental => "rebate-says-incremental",
    };
    let body = html! { (padded(html! { p.t2 { (frame.t(says)) } })) (table(&title, head, body)) };
    let meta = frame.tw("rebate-as-of", &[("day", num::day_long(frame, look.as_of))]);
    page::card(&title, meta, html! {}, body)
}

fn tier_row(frame: &Frame, look: &Look, piece: &Piece) -> Markup {
    let from = look.shown(piece.tier.from_minor);
    html! { tr {
        th scope="row" { (frame.tw("rebate-tier-from", &[("amount", from)])) }
        td.n { (look.shown(piece.counted_minor)) }
        td.n { (piece.tier.percent) " %" }
        td.n { (look.shown(piece.rebate_minor)) }
    } }
}

/// The day that is looked from.
fn asked_for(frame: &Frame, look: &Look) -> Markup {
    let label = frame.t("rebate-look-from");
    let day = look.as_of.to_string();
    let spec = FieldSpec {
        id: "as_of",
        label: &label,
        value: &day,
        kind: FieldKind::Date,
        required: true,
        ..FieldSpec::default()
    };
    let place = page::address("/rebates", &look.own.number);
    let form = html! {
        form.stack method="get" action=(place) { (field(frame, spec)) (page::button(&frame.t("rebate-look"))) }
    };
    page::card(frame.t("rebate-as-of-title"), "", html! {}, padded(form))
}

fn agreed(frame: &Frame, look: &Look) -> Markup {
    let title = frame.t("rebate-tiers");
    let terms = &look.accrual.terms;
    let head =
        html! { tr { (th_n(frame.t("rebate-from-net"))) (th_n(frame.t("rebate-percent"))) } };
    let body = html! { @for tier in &terms.tiers { tr {
        td.n { (look.shown(tier.from_minor)) }
        td.n { (tier.percent) " %" }
    } } };
    let note =
        html! { @if !look.own.note.is_empty() { (padded(html! { p.t2 { (look.own.note) } })) } };
    let method = frame.t(&format!("rebate-method-{}", terms.method.word()));
    page::card(
        &title,
        method,
        html! {},
        html! { (table(&title, head, body)) (note) },
    )
}

fn given(frame: &Frame, look: &Look) -> Markup {
    let title = frame.t("rebate-given-by");
    if look.accrual.settled.is_empty() {
        return page::card(
            title,
            "",
            html! {},
            page::quiet(frame.t("rebate-given-none")),
        );
    }
    let head = html! { tr {
        (th(frame.t("rebate-credit-note"))) (th(frame.t("orders-date"))) (th_n(frame.t("order-net")))
    } };
    let body = html! { @for one in &look.accrual.settled { tr {
        th scope="row" { (one.credit_note) }
        td data-l=(frame.t("orders-date")) { (num::stored_day(frame, &one.day)) }
        td.n.m-tr { (look.shown(one.net_minor)) }
    } } };
    page::card(
        &title,
        look.own.currency.as_str(),
        html! {},
        stackable_table(&title, head, body),
    )
}

/// The documents that count; of very many the first.
fn documents(frame: &Frame, look: &Look) -> Markup {
    let title = frame.t("rebate-documents");
    let counted = &look.accrual.documents;
    if counted.is_empty() {
        let none = page::empty(
            frame.t("rebate-no-documents"),
            frame.t("rebate-no-documents-next"),
            html! {},
        );
        return page::card(title, "", html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("documents-number"))) (th(frame.t("orders-date"))) (th_n(frame.t("order-net")))
    } };
    let body = html! { @for one in counted { tr {
        th scope="row" {
            @if one.kind == "invoice" { a href=(page::address("/invoices", &one.number)) { (one.number) } }
            @else { (one.number) span.sub { (frame.t("allocation-credit")) } }
        }
        td data-l=(frame.t("orders-date")) { (num::stored_day(frame, &one.day)) }
        td.n.m-tr { (look.shown(one.net_minor)) }
    } } };
    let shown = i64::try_from(counted.len()).unwrap_or(i64::MAX);
    let numbers = [
        ("shown", num::whole(shown)),
        ("all", num::whole(look.accrual.base.documents)),
    ];
    let meta = frame.tw("rebate-documents-shown", &numbers);
    page::card(&title, meta, html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    drawn(frame, &sample_look("active"), &Opened::default())
}

pub(in crate::web) fn sample_changing(frame: &Frame) -> Markup {
    let opened = Opened::of(DeedQuery {
        open: "change".to_owned(),
    });
    drawn(frame, &sample_look("active"), &opened)
}

fn sample_look(status: &str) -> Look {
    let tier = |from_minor: i64, percent: i64| Tier {
        from_minor,
        percent: Percent::of_millionths(percent),
    };
    let terms = Terms {
        days: (jiff::civil::date(2026, 1, 1), jiff::civil::date(2027, 1, 1)),
        method: Method::Incremental,
        tiers: vec![
            tier(10_000_000, 10_000),
            tier(50_000_000, 20_000),
            tier(90_000_000, 30_000),
        ],
    };
    let base = Base {
        invoiced_minor: 62_000_000,
        credited_minor: 2_000_000,
        documents: 812,
    };
    let counted = |kind: &str, number: &str, net_minor: i64| Counted {
        kind: kind.to_owned(),
        number: number.to_owned(),
        day: "2026-03-05".to_owned(),
        net_minor,
    };
    let minor = base.invoiced_minor - base.credited_minor;
    Look {
        own: Rebate::sample(1, status),
        accrual: Accrual {
            pieces: crate::rebate::accrue(terms.method, &terms.tiers, minor),
            settled: vec![Settled {
                credit_note: "CN-2026-00001".to_owned(),
                day: "2026-06-05".to_owned(),
                net_minor: 300_000,
            }],
            documents: vec![
                counted("invoice", "INV-2026-00001", 62_000_000),
                counted("credit_note", "CN-2026-00002", -2_000_000),
            ],
            terms: terms.clone(),
            base,
        },
        terms,
        as_of: jiff::civil::date(2026, 6, 16),
    }
}
