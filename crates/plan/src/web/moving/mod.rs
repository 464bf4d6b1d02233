//! `/people/moves`: customers change hands on a page. The form is looked at as often as one likes; only
//! the confirmed one is carried out.

mod form_page;
mod form_samples;
pub mod handing;
mod handing_page;
mod list_page;
pub mod person;

use std::collections::BTreeMap;

use axum::{Extension, extract::State, http::Uri, response::Response};
use db::{DbError, Tx};
use kernel::{Refusal, Scope};
use maud::Markup;
use org::{
    api::{ListQuery, next_href},
    store::{company, people, units},
};
use page::{Actor, Choice, Form, FormErrors, Frame, Kit, Path, Problem, Query, Result};

use self::form_page::{Looked, MoveForm};
pub use self::list_page::sample_handover;
use super::moves::MOVERS;
use crate::{
    moving::{self, Asked, Given, Kinds, Share},
    store::{handovers, moves},
};

/// What was typed, by the name of the field.
pub(super) type Typed = BTreeMap<String, String>;

/// `GET /people/moves`.
pub async fn index(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<ListQuery>,
) -> Result<Markup> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found = moves::list(&mut tx, &actor.scope, limit, &cursor).await?;
    let start = db::Cursor::start();
    let waiting = handovers::list(&mut tx, &actor.scope, "waiting", limit, &start).await?;
    let next = next_href(&uri, found.next.as_ref());
    let may = actor.may(MOVERS).is_ok();
    Ok(list_page::index_page(
        &frame,
        &found.items,
        &waiting.items,
        next.as_deref(),
        may,
    ))
}

/// `GET /people/moves/new`: the form, and below it what the move would do once it was looked at.
pub async fn fill_in(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    actor: Actor,
    frame: Frame,
    Query(typed): Query<Typed>,
) -> Result<Markup> {
    actor.may(MOVERS)?;
    let mut tx = kit.db.read().await?;
    let form = form(&mut tx, &kit, &actor, &frame, typed, kinds).await?;
    let mut errors = FormErrors::none();
    let mut looked = None;
    if form.typed.contains_key("look") {
        match look(&mut tx, &kit, &actor, &given(&form.typed, kinds), kinds).await {
            Ok(drawn) => looked = Some(drawn),
            Err(DbError::Refused(no)) => errors = FormErrors::from(&by_field(no)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(form_page::move_page(
        &frame,
        &form,
        looked.as_ref(),
        &errors,
    ))
}

/// `POST /people/moves`.
pub async fn create(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(MOVERS)?;
    match carry(&kit, &actor, given(&typed, kinds), kinds).await {
        Ok(number) => Ok(page::see(
            &page::address("/people/moves", &number),
            &frame.t("move-done"),
        )),
        Err(DbError::Refused(no)) => {
            let mut tx = kit.db.read().await?;
            let form = form(&mut tx, &kit, &actor, &frame, typed, kinds).await?;
            let looked = look(&mut tx, &kit, &actor, &given(&form.typed, kinds), kinds)
                .await
                .ok();
            let no = by_field(no);
            let errors = FormErrors::from(&no);
            let page = form_page::move_page(&frame, &form, looked.as_ref(), &errors);
            Ok(page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /people/moves/{number}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let found = moves::fetch(&mut tx, &actor.scope, &number).await?;
    let customers = moves::customers(&mut tx, &actor.scope, found.row()).await?;
    let over = handovers::of_move(&mut tx, &actor.scope, found.row()).await?;
    Ok(list_page::move_page(&frame, &found, &customers, &over))
}

/// The form with everybody one may choose from.
async fn form(
    tx: &mut Tx,
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    mut typed: Typed,
    kinds: Kinds,
) -> Result<MoveForm> {
    let today = kit.today().to_string();
    for (name, value) in [
        ("day", today.as_str()),
        ("rule", "future_only"),
        ("months", "3"),
    ] {
        typed
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    let names = people::names(tx, &actor.scope).await?;
    let people = names.into_iter().map(|name| {
        let text = match &name.name_local {
            Some(local) if frame.is_zh() => local.clone(),
            _ => name.name,
        };
        Choice::new(name.code, text)
    });
    let people: Vec<Choice> = people.collect();
    let tree = units::tree(tx, &actor.scope).await?;
    let houses = tree.into_iter().map(|unit| {
        let name = match unit.name_local {
            Some(local) if frame.is_zh() => local,
            _ => unit.name,
        };
        let text = frame.tw("move-house-of", &[("unit", name)]);
        Choice::new(format!("house:{}", unit.code), text)
    });
    Ok(MoveForm {
        receivers: people.iter().cloned().chain(houses).collect(),
        people,
        kinds,
        typed,
    })
}

/// Carries out what a page asked for; answers the move's number.
async fn carry(kit: &Kit, actor: &Actor, given: Given, kinds: Kinds) -> db::Result<String> {
    let by = org::api::by(actor, kit.now());
    let input = (given, actor.clone(), kit.today(), kinds, by);
    let done = kit.db.write(input, |tx, (given, actor, today, kinds, by)| {
        Box::pin(async move {
            let asked = Asked {
                scope: &actor.scope,
                today: *today,
            };
            let wish = asked.read(tx, given, *kinds).await?;
            let drawn = moving::draw(tx, wish, *kinds, asked).await?;
            moving::carry_out(tx, &drawn, by).await
        })
    });
    done.await
}

/// What a move would do, for the page to show.
async fn look(
    tx: &mut Tx,
    kit: &Kit,
    actor: &Actor,
    given: &Given,
    kinds: Kinds,
) -> db::Result<Looked> {
    let asked = Asked {
        scope: &actor.scope,
        today: kit.today(),
    };
    let wish = asked.read(tx, given, kinds).await?;
    let drawn = moving::draw(tx, wish, kinds, asked).await?;
    let figures = moving::figures(tx, &actor.scope, &drawn, kit.today()).await?;
    let names = people::names(tx, &Scope::All).await?;
    Ok(Looked {
        units: BTreeMap::new(),
        currency: company::expect(tx).await?.currency,
        names: names.into_iter().map(|name| (name.id, name)).collect(),
        drawn,
        figures,
    })
}

/// The typed fields as a request.
fn given(typed: &Typed, kinds: Kinds) -> Given {
    let field = |name: &str| {
        typed
            .get(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let to = field("to");
    let house = to.as_deref().and_then(|to| to.strip_prefix("house:"));
    let shares = field("rule").as_deref() == Some("shared_credit");
    let codes = field("customers").unwrap_or_default();
    let separated = |letter: char| letter.is_whitespace() || ",;，；、".contains(letter);
    let documents = kinds.0.iter().filter_map(|kind| {
        let choice = field(&format!("documents.{}", kind.name))?;
        Some((kind.name.to_owned(), choice))
    });
    Given {
        from: field("from"),
        each: each(typed),
        customers: codes
            .split(separated)
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
        to_house: house.map(str::to_owned),
        to: to.clone().filter(|_| house.is_none()),
        to_seat: None,
        day: field("day"),
        rule: field("rule").unwrap_or_default(),
        share: Share {
            months: field("months")
                .filter(|_| shares)
                .and_then(|text| text.parse().ok()),
            credit: field("share").filter(|_| shares),
            target: field("target_share"),
        },
        documents: documents.collect(),
        reason: field("reason").unwrap_or_default(),
        ..Given::default()
    }
}

/// Single documents by kind: the field `each.orders.SO-2026-00001`.
fn each(typed: &Typed) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut each: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let chosen = typed.iter().filter(|(_, choice)| !choice.trim().is_empty());
    for (name, choice) in chosen {
        let place = name.strip_prefix("each.");
        if let Some((kind, number)) = place.and_then(|place| place.split_once('.')) {
            let own = each.entry(kind.to_owned()).or_default();
            own.insert(number.to_owned(), choice.trim().to_owned());
        }
    }
    each
}

/// Faults of one customer of the list belong to the one field they are typed into.
fn by_field(mut no: Refusal) -> Refusal {
    for fault in &mut no.fields {
        if fault.field.starts_with("customers") {
            fault.field = "customers".to_owned();
        } else if fault.field == "to_house" {
            fault.field = "to".to_owned();
        }
    }
    no
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let mut samples = form_samples::samples(frame);
    samples.extend(list_page::samples(frame));
    samples.extend(handing_page::samples(frame));
    samples.extend(person::samples(frame));
    samples
}
