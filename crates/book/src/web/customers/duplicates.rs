//! `/customers/duplicates` and `/api/v1/customer-duplicates`: customers that may be one, to be looked at and merged.

use std::collections::BTreeMap;

use axum::extract::State;
use db::Tx;
use jiff::civil::Date;
use kernel::Scope;
use maud::{Markup, html};
use org::api::Page;
use page::{
    Actor, Frame, Json, Kit, Result, Tone, num,
    parts::{stackable_table, th},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::merge::MAY_MERGE;
use crate::{
    store::duplicates::{self, Pair, Same},
    web::{address, names},
};

/// Two customers that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DuplicateJson {
    one: String,
    one_name: String,
    other: String,
    other_name: String,
    /// What is the same: `name`, `phone`, `tax_id`.
    same: Vec<&'static str>,
}

/// Pairs of customers in scope with the same name, telephone or tax number; whoever has most in
/// common comes first. At most 500 for each.
#[utoipa::path(get, path = "/api/v1/customer-duplicates", tag = "book", responses((status = 200, body = Page<DuplicateJson>)))]
pub async fn list(State(kit): State<Kit>, actor: Actor) -> Result<Json<Page<DuplicateJson>>> {
    let mut tx = kit.db.read().await?;
    let found = found(&mut tx, &actor.scope, kit.today()).await?;
    let items = found.into_iter().map(|(pair, same)| DuplicateJson {
        one: pair.one_code,
        one_name: pair.one_name,
        other: pair.other_code,
        other_name: pair.other_name,
        same,
    });
    Ok(Json(Page {
        items: items.collect(),
        next_cursor: None,
    }))
}

/// A pair, and what is the same of it.
type Alike = (Pair, Vec<&'static str>);

async fn found(tx: &mut Tx, scope: &Scope, today: Date) -> db::Result<Vec<Alike>> {
    let mut found: BTreeMap<(String, String), Alike> = BTreeMap::new();
    for same in Same::ALL {
        for pair in duplicates::pairs(tx, scope, same, today).await? {
            let key = (pair.one_code.clone(), pair.other_code.clone());
            let one = found.entry(key).or_insert((pair, Vec::new()));
            one.1.push(same.as_str());
        }
    }
    let mut items: Vec<Alike> = found.into_values().collect();
    items.sort_by_key(|(_, same)| std::cmp::Reverse(same.len()));
    Ok(items)
}

/// `GET /customers/duplicates`.
pub async fn show(State(kit): State<Kit>, actor: Actor, frame: Frame) -> Result<Markup> {
    actor.may(&MAY_MERGE)?;
    let mut tx = kit.db.read().await?;
    let pairs = found(&mut tx, &actor.scope, kit.today()).await?;
    Ok(drawn(&frame, &pairs))
}

fn drawn(frame: &Frame, pairs: &[Alike]) -> Markup {
    let title = frame.t("duplicates-title");
    let body = if pairs.is_empty() {
        page::empty(
            frame.t("duplicates-none"),
            frame.t("duplicates-none-next"),
            html! {},
        )
    } else {
        table_of(frame, &title, pairs)
    };
    let count = num::whole(i64::try_from(pairs.len()).unwrap_or(i64::MAX));
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("duplicates-sub"), html! {}))
            (page::card(&title, count, html! {}, body))
        },
    )
}

fn table_of(frame: &Frame, title: &str, pairs: &[Alike]) -> Markup {
    let one = |code: &str, name: &str, local: Option<&str>| {
        html! { (names::customer(frame, (code, name, local))) span.sub { (code) } }
    };
    let head = html! { tr {
        (th(frame.t("duplicates-one"))) (th(frame.t("duplicates-other"))) (th(frame.t("duplicates-same")))
        (th(html! { span.vh { (frame.t("duplicates-look")) } }))
    } };
    let body = html! { @for (pair, same) in pairs {
        @let look = address::with(&merge_place(&pair.other_code), &[("into", &pair.one_code)]);
        @let text = frame.t("duplicates-look");
        tr.two data-row {
            th scope="row" { (one(&pair.one_code, &pair.one_name, pair.one_local.as_deref())) }
            td { (one(&pair.other_code, &pair.other_name, pair.other_local.as_deref())) }
            td { @for same in same {
                (page::badge(Tone::Line, frame.t(&format!("duplicates-same-{same}")))) " "
            } }
            td.m-act { div.rowact { (page::link(&look, &text).small()) } }
        }
    } };
    stackable_table(title, head, body)
}

/// Where a customer is merged into another.
pub(super) fn merge_place(code: &str) -> String {
    format!("{}/merge", page::address("/customers", code))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let pair = |same: &[&'static str]| {
        let pair = Pair {
            one_code: "C-1".to_owned(),
            one_name: "Linkway Steel Structures".to_owned(),
            one_local: Some("凌威钢构有限公司".to_owned()),
            other_code: "C-2".to_owned(),
            other_name: "Linkway Steel Struct.".to_owned(),
            other_local: None,
        };
        (pair, same.to_vec())
    };
    drawn(
        frame,
        &[pair(&["name", "phone", "tax_id"]), pair(&["phone"])],
    )
}

pub(in crate::web) fn sample_none(frame: &Frame) -> Markup {
    drawn(frame, &[])
}
