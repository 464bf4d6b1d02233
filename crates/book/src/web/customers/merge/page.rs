//! `/customers/{code}/merge`: the two side by side, what moves, whose holds where both have something, and
//! the code typed before it is done.

use std::collections::BTreeMap;

use ::page::{
    Actor, Choice, FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Path, Problem, Query,
    Result, Tone, field, num,
    parts::{padded, stackable_table, th, th_n},
};
use axum::{Extension, extract::State, response::Response};
use kernel::Refusal;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Followers, MAY_MERGE, MergeJson, MergedJson, MovedJson, Task, merge, previewed};
use crate::{
    store::customers::{self, Customer},
    web::{
        address,
        customers::duplicates::merge_place,
        deeds::{Deeds, Opened, Sent, Typed},
        names, references,
    },
};

/// Whom the customer is to become part of; empty if nobody was named yet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WithQuery {
    into: String,
}

/// What the page is drawn from.
struct Shown {
    from: Customer,
    /// The survivor with what the merge would do.
    looked: Option<(Customer, MergedJson)>,
    opened: Opened,
}

/// `GET /customers/{code}/merge`.
pub async fn show(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Query(query): Query<WithQuery>,
) -> Result<Markup> {
    actor.may(&MAY_MERGE)?;
    let opened = Opened::default().or("into", query.into);
    let shown = look((&kit, &actor, followers), &frame, &code, opened).await?;
    Ok(drawn(&frame, &shown))
}

/// Looks at the two; a survivor that will not do is told beside its field.
async fn look(
    (kit, actor, followers): (&Kit, &Actor, Followers),
    frame: &Frame,
    code: &str,
    mut opened: Opened,
) -> Result<Shown> {
    let mut tx = kit.db.read().await?;
    let from = customers::fetch(&mut tx, &actor.scope, code, kit.today()).await?;
    let into = opened.value("into").trim().to_owned();
    if into.is_empty() {
        return Ok(Shown {
            from,
            looked: None,
            opened,
        });
    }
    let found = references::customer(&mut tx, &actor.scope, "into", &into, kit.today()).await;
    drop(tx);
    let pair = (from.code.clone(), into);
    let would = match found {
        Ok(found) => previewed(kit, actor.clone(), pair, followers)
            .await
            .map(|would| (found, would)),
        Err(error) => Err(Problem::from(error)),
    };
    let looked = match would {
        Ok(looked) => Some(looked),
        Err(problem) => {
            let refused = Opened::refused(frame, "", opened.typed.clone(), &problem)?;
            opened.errors = refused.errors;
            None
        }
    };
    Ok(Shown {
        from,
        looked,
        opened,
    })
}

fn drawn(frame: &Frame, shown: &Shown) -> Markup {
    let from = &shown.from;
    let name = names::one(frame, &from.name, from.name_local.as_deref());
    let title = frame.tw("merge-title", &[("name", name)]);
    ::page::shell(
        frame,
        &title,
        html! {
            (::page::page_head(&title, frame.t("merge-sub"), html! {}))
            @match &shown.looked {
                None => div.g { div.c8.stack { (survivor_card(frame, shown)) } },
                Some((into, would)) => div.g {
                    div.c8.stack {
                        (sides(frame, from, into))
                        (confirming(frame, shown, into, would))
                    }
                    div.c4.stack { (moving(frame, &would.moved)) }
                },
            }
        },
    )
}

/// Names the one that stays.
fn survivor_card(frame: &Frame, shown: &Shown) -> Markup {
    let label = frame.t("merge-into");
    let hint = frame.t("merge-into-hint");
    let spec = FieldSpec {
        required: true,
        hint: Some(&hint),
        ..shown.opened.spec("into", &label)
    };
    let cancel = frame.t("deed-cancel");
    let back = ::page::address("/customers", &shown.from.code);
    let form = html! {
        form.stack method="get" action=(merge_place(&shown.from.code)) {
            (shown.opened.errors.summary(frame))
            (field(frame, spec))
            div.row { (::page::button(&frame.t("merge-look")).primary()) (::page::link(&back, &cancel).ghost()) }
        }
    };
    ::page::card(frame.t("merge-choose"), "", html! {}, padded(form))
}

/// The two beside each other, what differs marked, and the way to turn them round.
fn sides(frame: &Frame, from: &Customer, into: &Customer) -> Markup {
    let facts = |one: &Customer| {
        [
            ("customers-name", Some(one.name.clone())),
            ("customer-local", one.name_local.clone()),
            (
                "customers-group",
                one.group_shown(frame.is_zh()).map(str::to_owned),
            ),
            ("customers-owner", one.owner_name.clone()),
            ("customers-city", one.city.clone()),
            ("customer-parent", one.parent_code.clone()),
            ("customer-payer", one.payer_code.clone()),
            ("customer-currency", Some(one.currency.clone())),
            (
                "customer-terms",
                one.payment_terms
                    .clone()
                    .or(one.payment_terms_days.map(|days| days.to_string())),
            ),
            ("customer-phone", one.phone.clone()),
            ("customer-tax-id", one.tax_id.clone()),
        ]
    };
    let text = |value: Option<String>| value.unwrap_or_else(|| num::MISSING.to_owned());
    let gone = frame.tw("merge-gone", &[("code", from.code.as_str())]);
    let stays = frame.tw("merge-stays", &[("code", into.code.as_str())]);
    let head = html! { tr {
        (th(frame.t("customer-fact"))) (th(&gone)) (th(&stays))
    } };
    let rows = facts(from).into_iter().zip(facts(into));
    let body = html! { @for ((key, one), (_, other)) in rows { @if one.is_some() || other.is_some() {
        @let differs = one != other;
        tr {
            th scope="row" { (frame.t(key)) }
            td.m-full data-l=(gone) { @if differs { s { (text(one)) } } @else { (text(one)) } }
            td.m-full data-l=(stays) { @if differs { b { (text(other)) } } @else { (text(other)) } }
        }
    } } };
    let turned = address::with(&merge_place(&into.code), &[("into", &from.code)]);
    let turn = frame.t("merge-turn");
    let title = frame.t("merge-sides");
    ::page::card(
        &title,
        "",
        html! { (::page::link(&turned, &turn).small().ghost().icon("sync")) },
        stackable_table(&title, head, body),
    )
}

fn moving(frame: &Frame, moved: &[MovedJson]) -> Markup {
    let title = frame.t("merge-moves");
    if moved.is_empty() {
        return ::page::card(
            title,
            "",
            html! {},
            ::page::quiet(frame.t("merge-moves-nothing")),
        );
    }
    let head = html! { tr { (th(frame.t("merge-kind"))) (th_n(frame.t("merge-count"))) } };
    let body = html! { @for one in moved { tr {
        th scope="row" { (frame.t(&format!("merge-kind-{}", one.kind.replace('_', "-")))) }
        td.n.m-tr { (num::whole(one.count)) }
    } } };
    ::page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

/// Whose holds where both have something, why, and the code of the one that goes.
fn confirming(frame: &Frame, shown: &Shown, into: &Customer, would: &MergedJson) -> Markup {
    let from = &shown.from;
    let opened = &shown.opened;
    let none = Choice::new("", frame.t("merge-whose"));
    let sides = [into, from]
        .map(|one| Choice::new(one.code.as_str(), format!("{} · {}", one.code, one.name)));
    let choices: Vec<Choice> = std::iter::once(none).chain(sides).collect();
    let asked = would.conflicts.iter().map(|fact| {
        let id = format!("keep.{fact}");
        let label = frame.t(&format!("merge-keep-{}", fact.replace('_', "-")));
        let spec = FieldSpec {
            kind: FieldKind::Select(&choices),
            required: true,
            ..opened.spec(&id, &label)
        };
        field(frame, spec)
    });
    let asked: Vec<Markup> = asked.collect();
    let confirm = frame.tw("merge-confirm-code", &[("code", from.code.as_str())]);
    let codes = [("from", from.code.as_str()), ("into", into.code.as_str())];
    let cancel = frame.t("deed-cancel");
    let form = html! {
        form.stack method="post" action=(merge_place(&from.code)) {
            (opened.errors.summary(frame))
            input type="hidden" name="into" value=(into.code);
            input type="hidden" name="version" value=(from.version);
            @if !asked.is_empty() {
                (::page::note(Tone::Warn, frame.t("merge-conflicts")))
                @for one in &asked { (one) }
            }
            p.t2 { (frame.tw("merge-effect", &codes)) }
            (opened.reason(frame))
            (field(frame, FieldSpec { required: true, ..opened.spec("confirm", &confirm) }))
            div.row {
                (::page::button(&frame.t("do-merge-carry")).danger())
                (::page::link(&::page::address("/customers", &from.code), &cancel).ghost())
            }
        }
    };
    ::page::card(frame.t("merge-confirm"), "", html! {}, padded(form))
}

/// `POST /customers/{code}/merge`.
pub async fn carry(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_MERGE)?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &code,
        typed: &typed,
    };
    let done = match wish(&frame, &code, &typed) {
        Ok(wish) => {
            let task = Task { followers, wish };
            form.carry(task, |tx, ask| Box::pin(merge(tx, ask))).await
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => {
            let place = ::page::address(
                "/customers",
                form.typed.get("into").map_or("", String::as_str),
            );
            Ok(Deeds::told(&frame, ("merge", "carry"), &place))
        }
        Err(problem) => {
            let refused = Opened::refused(&frame, "", typed, &problem)?;
            let errors = refused.errors.clone();
            let mut shown = look((&kit, &actor, followers), &frame, &code, refused).await?;
            if shown.looked.is_some() {
                shown.opened.errors = errors;
            }
            Ok(::page::ask_again(&problem, drawn(&frame, &shown)))
        }
    }
}

/// What was asked for, if the code of the one that goes was typed.
fn wish(frame: &Frame, code: &str, typed: &Typed) -> Result<MergeJson> {
    let text = |name: &str| typed.get(name).map_or("", |text| text.trim());
    if !text("confirm").eq_ignore_ascii_case(code) {
        let told = frame.tw("merge-confirm-wrong", &[("code", code)]);
        return Err(Refusal::value("merge.confirm", told).at("confirm").into());
    }
    let keep = typed.iter().filter_map(|(name, value)| {
        let fact = name.strip_prefix("keep.")?;
        (!value.trim().is_empty()).then(|| (fact.to_owned(), value.trim().to_owned()))
    });
    let keep: BTreeMap<String, String> = keep.collect();
    Ok(MergeJson {
        into: text("into").to_owned(),
        keep,
        reason: Some(text("reason").to_owned()).filter(|reason| !reason.is_empty()),
    })
}

/// The button on a customer's page and list, for those who may.
pub(in crate::web) fn may_merge(frame: &Frame) -> bool {
    let actor = frame.actor.as_ref();
    actor.is_some_and(|actor| MAY_MERGE.contains(&actor.role))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let from = Customer::sample(2);
    let into = Customer::sample(1);
    let moved = |kind: &str, count: i64| MovedJson {
        kind: kind.to_owned(),
        count,
    };
    let would = MergedJson {
        from: from.code.clone(),
        into: into.code.clone(),
        moved: vec![moved("orders", 1_204), moved("credit_notes", 3)],
        conflicts: vec!["owner".to_owned(), "credit_limit".to_owned()],
    };
    let mut errors = FormErrors::none();
    errors.add(
        "confirm",
        frame.tw("merge-confirm-wrong", &[("code", "C-2")]),
    );
    let shown = Shown {
        from,
        looked: Some((into, would)),
        opened: Opened {
            errors,
            ..Opened::default()
        },
    };
    drawn(frame, &shown)
}

pub(in crate::web) fn sample_choosing(frame: &Frame) -> Markup {
    let shown = Shown {
        from: Customer::sample(2),
        looked: None,
        opened: Opened::default(),
    };
    drawn(frame, &shown)
}
