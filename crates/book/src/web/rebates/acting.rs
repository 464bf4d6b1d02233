//! What can be done with a rebate agreement on its page, and the forms for it.

use axum::{extract::State, response::Response};
use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{
    Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field,
    parts::{table, th_n},
};
use serde_json::{Value, json};

use super::{MAY_AGREE, MAY_SETTLE, amend, settled, sheet_page, step};
use crate::{
    course::REBATE,
    store::rebates::{Rebate, Terms},
    web::deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
};

const ALL: [Deed; 4] = [
    ("activate", &MAY_AGREE, Weight::Main),
    ("settle", &MAY_SETTLE, Weight::Main),
    ("change", &MAY_AGREE, Weight::Usual),
    ("close", &MAY_AGREE, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Rebate) -> Deeds {
    let place = page::address("/rebates", &own.number);
    let about = ("rebate", place, own.version);
    Deeds::of(frame, about, (&REBATE, &own.status), &ALL)
}

/// The fields of the form that is open; `left` is what could be given.
pub(super) fn fields(
    frame: &Frame,
    opened: &Opened,
    (own, terms): (&Rebate, &Terms),
    left: Money,
) -> Markup {
    match opened.name.as_str() {
        "change" => changing(frame, opened, own, terms, left.currency()),
        "settle" => settling(frame, opened, left),
        _ => opened.reason(frame),
    }
}

fn settling(frame: &Frame, opened: &Opened, left: Money) -> Markup {
    let opened = opened.clone().or("date", frame.today.to_string());
    let opened = opened.or("amount", left.decimal());
    let (amount, day) = (frame.t("rebate-amount"), frame.t("orders-date"));
    let (tax, number) = (frame.t("order-tax-rate"), frame.t("rebate-credit-note"));
    let next = frame.t("deed-next-number");
    let unit = left.currency().code();
    html! { div.formg {
        (field(frame, FieldSpec { kind: FieldKind::Number { unit }, required: true, ..opened.spec("amount", &amount) }))
        (field(frame, FieldSpec { kind: FieldKind::Number { unit: "%" }, ..opened.spec("tax_percent", &tax) }))
        (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
        (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
    } }
}

fn changing(
    frame: &Frame,
    opened: &Opened,
    own: &Rebate,
    terms: &Terms,
    currency: Currency,
) -> Markup {
    let mut opened = opened.clone().or("from", terms.days.0.to_string());
    opened = opened.or("to", terms.days.1.to_string());
    opened = opened.or("method", terms.method.word());
    opened = opened.or("note", own.note.as_str());
    for (place, tier) in terms.tiers.iter().enumerate() {
        let from = Money::of_minor(tier.from_minor, currency).decimal();
        opened = opened.or(&format!("tiers[{place}].from_net"), from);
        opened = opened.or(&format!("tiers[{place}].percent"), tier.percent.to_string());
    }
    let methods = ["retroactive", "incremental"];
    let methods =
        methods.map(|method| Choice::new(method, frame.t(&format!("rebate-method-{method}"))));
    let (from, to) = (frame.t("deed-from"), frame.t("deed-to"));
    let hint = frame.t("rebate-to-hint");
    let (method, note) = (frame.t("rebate-method"), frame.t("deed-note"));
    let head =
        html! { tr { (th_n(frame.t("rebate-from-net"))) (th_n(frame.t("rebate-percent"))) } };
    let body = html! { @for place in 0..=tiers_typed(&opened.typed) { tr {
        td.n { (cell(frame, &opened, place, ("from_net", "rebate-from-net"))) }
        td.n { (cell(frame, &opened, place, ("percent", "rebate-percent"))) }
    } } };
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("from", &from) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, hint: Some(&hint), ..opened.spec("to", &to) }))
            (field(frame, FieldSpec { kind: FieldKind::Select(&methods), required: true, ..opened.spec("method", &method) }))
        }
        (table(&frame.t("rebate-tiers"), head, body))
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    }
}

fn cell(frame: &Frame, opened: &Opened, place: usize, (name, label): (&str, &str)) -> Markup {
    let id = format!("tiers[{place}].{name}");
    let error = opened.errors.get(&id);
    html! {
        input.in.n id=(id) name=(id) value=(opened.value(&id)) autocomplete="off" inputmode="decimal"
            aria-label={ (frame.t(label)) " " (place + 1) } aria-invalid=[error.map(|_| "true")];
        @if let Some(error) = error { span.err { (error) } }
    }
}

/// How many tiers stand in the form one after the other, filled in or not.
fn tiers_typed(typed: &Typed) -> usize {
    let is_filled = |place: &usize| {
        let from = typed.get(&format!("tiers[{place}].from_net"));
        from.is_some_and(|from| !from.trim().is_empty())
    };
    (0..crate::rebate::MOST_TIERS).take_while(is_filled).count()
}

/// `POST /rebates/{number}/{deed}`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((number, deed)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let sent = Sent {
        kit: &kit,
        actor: &actor,
        subject: &number,
        typed: &typed,
    };
    match done(&sent, &deed).await {
        Ok(answer) => {
            let place = page::address("/rebates", &number);
            Ok(Deeds::done(&frame, ("rebate", &deed), &place, &answer))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let look = sheet_page::Look::of(&kit, &actor, &number, None).await?;
            Ok(page::ask_again(
                &problem,
                sheet_page::drawn(&frame, &look, &opened),
            ))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    let may: &[kernel::Role] = match deed {
        "settle" => &MAY_SETTLE,
        _ => &MAY_AGREE,
    };
    form.actor.may(may)?;
    match deed {
        "activate" => {
            let body = form.body(&["reason"])?;
            form.carry(body, |tx, ask| Box::pin(step(tx, ask, "activate")))
                .await
        }
        "close" => {
            let body = form.body(&["reason"])?;
            form.carry(body, |tx, ask| Box::pin(step(tx, ask, "close")))
                .await
        }
        "settle" => {
            let body = form.body(&["number", "date", "amount", "tax_percent"])?;
            form.carry(body, |tx, ask| Box::pin(settled(tx, ask))).await
        }
        "change" => {
            let mut body = deeds::filled(form.typed, &["from", "to", "method"]);
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            body.insert("tiers".to_owned(), tiers(form.typed));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(amend(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}

/// The tiers as they were typed; the first one without a beginning ends them.
fn tiers(typed: &Typed) -> Value {
    let text = |place: usize, name: &str| {
        let text = typed.get(&format!("tiers[{place}].{name}"));
        text.map_or("", |text| text.trim()).to_owned()
    };
    let all = (0..tiers_typed(typed)).map(
        |place| json!({ "from_net": text(place, "from_net"), "percent": text(place, "percent") }),
    );
    Value::Array(all.collect())
}
