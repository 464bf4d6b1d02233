//! `/api/v1/moves`: customers change hands, looked at first, carried out in one go.

use std::collections::BTreeMap;

use axum::{Extension, extract::State, response::Response};
use book::store::in_flight::{Choice, Open};
use db::Tx;
use kernel::{Money, Role, Scope};
use org::{
    api::{self, Ask, ListQuery, Page},
    store::{company, people, units},
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::Answer;
use utoipa::ToSchema;

use super::attainment::percent_text;
use crate::{
    attainment::share,
    moving::{self, Asked, Drawn, Figures, Given, Kinds, OpenOfKind, Share, Side, Whose},
    store::{
        handovers,
        moves::{self, Move},
    },
};

/// Who may move customers: in their scope.
pub(super) const MOVERS: &[Role] = &[Role::Manager, Role::Administrator];

/// A move to look at or to carry out: of customers, or of a person with targets into another unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewMoveJson {
    /// Code of a person who changes unit, with targets and sales by the rule, and takes the same customers
    /// along. Nothing is said of customers and documents then.
    person: Option<String>,
    /// Code of the unit `person` goes to; with `to_seat` into a seat of it.
    to_unit: Option<String>,
    /// Whether `person` leads it; managers do if left out.
    leads: Option<bool>,
    /// Code of the person whose customers move. Left out, the customers named move from whoever owns
    /// them on the day, or from the house.
    from: Option<String>,
    /// Codes; none are all customers of `from`.
    customers: Vec<String>,
    /// The receiver: code of a person, of a seat (its holder, or the house while it is vacant), or of
    /// a unit whose house it is. Exactly one of the three.
    to: Option<String>,
    to_seat: Option<String>,
    to_house: Option<String>,
    /// The receiver's first day; today if left out.
    day: Option<String>,
    /// `future_only`, `full_book` or `shared_credit`.
    rule: String,
    /// For how many months credit is shared; 1 to 24.
    months: Option<i64>,
    /// Percent of the credit that passes while it is shared; 50 if left out.
    share: Option<String>,
    /// Percent of the target that goes along; measured by sales of the twelve months before if left
    /// out.
    target_share: Option<String>,
    /// By kind of what is open (`drafts`, `orders`, `quotations`, `samples`, `support`, `supporters`):
    /// `move`, `stay` or `end`. What is open and not named here is refused when the move is carried
    /// out. Framework contracts go along.
    documents: BTreeMap<String, String>,
    /// What is chosen otherwise for single documents, by kind and number.
    each: BTreeMap<String, BTreeMap<String, String>>,
    /// Needed to carry it out; both people read it.
    reason: String,
}

impl NewMoveJson {
    pub(super) fn given(&self) -> Given {
        Given {
            person: self.person.clone(),
            to_unit: self.to_unit.clone(),
            leads: self.leads,
            from: self.from.clone(),
            customers: self.customers.clone(),
            to: self.to.clone(),
            to_seat: self.to_seat.clone(),
            to_house: self.to_house.clone(),
            day: self.day.clone(),
            rule: self.rule.clone(),
            share: Share {
                months: self.months,
                credit: self.share.clone(),
                target: self.target_share.clone(),
            },
            documents: self.documents.clone(),
            each: self.each.clone(),
            reason: self.reason.clone(),
        }
    }
}

/// An amount before and after the move.
#[derive(Debug, Serialize, ToSchema)]
pub struct BeforeAfterJson {
    before: String,
    after: String,
}

/// What a person has before and after, over the fiscal year of the move's day. `person` is null for
/// what is nobody's.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcernedJson {
    person: Option<String>,
    target: BeforeAfterJson,
    /// The part of the target before the day, by working days.
    target_until_day: BeforeAfterJson,
    target_from_day: BeforeAfterJson,
    actual: BeforeAfterJson,
    attainment_before: Option<String>,
    attainment_after: Option<String>,
}

/// What all people of a unit have before and after a person leaves it or comes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcernedUnitJson {
    unit: String,
    target: BeforeAfterJson,
    target_from_day: BeforeAfterJson,
    actual: BeforeAfterJson,
    attainment_before: Option<String>,
    attainment_after: Option<String>,
}

/// From whom how much goes; `basis` says what the part of the target was measured by: `all`,
/// `history`, `count` or `given`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FromJson {
    person: Option<String>,
    customers: usize,
    target_share: String,
    basis: &'static str,
}

/// What is open of one kind. `choice` is null while nothing was said, or not the same of all.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenJson {
    kind: &'static str,
    count: usize,
    net: String,
    choice: Option<&'static str>,
    /// What may be chosen; nothing where it goes along by itself.
    choices: Vec<&'static str>,
    /// Of how many nothing was said.
    undecided: usize,
    /// The first 200 of them.
    items: Vec<OpenItemJson>,
}

/// Something open: a document, or support named by its customer or supporter.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenItemJson {
    number: String,
    date: String,
    net: String,
    choice: Option<&'static str>,
}

/// A move looked at. Totals over the concerned are alike before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewJson {
    day: String,
    rule: &'static str,
    year_from: String,
    year_to: String,
    currency: String,
    customers: usize,
    from: Vec<FromJson>,
    people: Vec<ConcernedJson>,
    /// The units a person leaves and goes to; none where customers move.
    units: Vec<ConcernedUnitJson>,
    total_target: BeforeAfterJson,
    total_actual: BeforeAfterJson,
    documents: Vec<OpenJson>,
}

/// A move that was carried out. `to` is null for the house of `unit`.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveJson {
    number: String,
    /// Who changed unit; null where customers changed hands.
    person: Option<String>,
    day: String,
    rule: String,
    months: Option<i64>,
    share: Option<String>,
    to: Option<String>,
    unit: String,
    documents: BTreeMap<String, String>,
    /// What was chosen otherwise for single documents.
    each: BTreeMap<String, BTreeMap<String, String>>,
    reason: String,
    by: String,
    at: String,
    customers: Vec<MovedJson>,
    handovers: Vec<String>,
}

/// A customer of a move, with whose it was; null was the house.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedJson {
    customer: String,
    from: Option<String>,
}

/// A move in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveRowJson {
    number: String,
    day: String,
    rule: String,
    to: Option<String>,
    unit: String,
    customers: i64,
    reason: String,
    by: String,
    at: String,
}

/// Looks at a move: what everybody concerned has before and after, and what is open. Changes nothing.
#[utoipa::path(post, path = "/api/v1/moves/preview", tag = "plan", request_body = NewMoveJson, responses((status = 200, body = PreviewJson), (status = 422)))]
pub async fn preview(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    ask: Ask<NewMoveJson>,
) -> Result<Json<PreviewJson>> {
    ask.actor.may(MOVERS)?;
    let mut tx = kit.db.read().await?;
    let asked = Asked {
        scope: &ask.actor.scope,
        today: ask.today,
    };
    let wish = asked.read(&mut tx, &ask.body.given(), kinds).await?;
    let drawn = moving::draw(&mut tx, wish, kinds, asked).await?;
    let figures = moving::figures(&mut tx, &ask.actor.scope, &drawn, ask.today).await?;
    let company = company::expect(&mut tx).await?;
    let names = people::names(&mut tx, &Scope::All).await?;
    let tree = units::tree(&mut tx, &Scope::All).await?;
    let seen = Seen {
        units: tree
            .into_iter()
            .map(|unit| (unit.id.get(), unit.code))
            .collect(),
        currency: company.currency,
        codes: names.into_iter().map(|name| (name.id, name.code)).collect(),
    };
    Ok(Json(seen.preview(&drawn, &figures)))
}

/// Carries out a move: assignments, targets, credit and hand-overs in one go.
#[utoipa::path(post, path = "/api/v1/moves", tag = "plan", request_body = NewMoveJson, responses((status = 201, body = MoveJson), (status = 409), (status = 422)))]
pub async fn create(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    ask: Ask<NewMoveJson>,
) -> Result<Response> {
    ask.actor.may(MOVERS)?;
    let ask = ask.map(|body| (body, kinds));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(carry_out(tx, ask))).await
}

async fn carry_out(tx: &mut Tx, ask: &Ask<(NewMoveJson, Kinds)>) -> db::Result<Answer> {
    let (body, kinds) = &ask.body;
    let asked = Asked {
        scope: &ask.actor.scope,
        today: ask.today,
    };
    let wish = asked.read(tx, &body.given(), *kinds).await?;
    let drawn = moving::draw(tx, wish, *kinds, asked).await?;
    let number = moving::carry_out(tx, &drawn, &ask.by()).await?;
    let shown = shown(tx, &Scope::All, &number).await?;
    Ok(api::created(
        page::address("/api/v1/moves", &number),
        &shown,
    ))
}

/// Moves of people in scope, newest first.
#[utoipa::path(get, path = "/api/v1/moves", tag = "plan", responses((status = 200, body = Page<MoveRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<MoveRowJson>>> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found = moves::list(&mut tx, &actor.scope, limit, &cursor).await?;
    Ok(Json(Page::of(found, |one| MoveRowJson {
        number: one.number,
        day: one.day,
        rule: one.rule,
        to: one.to_code,
        unit: one.unit_code,
        customers: one.customers,
        reason: one.reason,
        by: one.recorded_by,
        at: instant(one.recorded_at),
    })))
}

/// One move with its customers and hand-overs.
#[utoipa::path(get, path = "/api/v1/moves/{number}", tag = "plan", responses((status = 200, body = MoveJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Json<MoveJson>> {
    let mut tx = kit.db.read().await?;
    Ok(Json(shown(&mut tx, &actor.scope, &number).await?))
}

async fn shown(tx: &mut Tx, scope: &Scope, number: &str) -> db::Result<MoveJson> {
    let found = moves::fetch(tx, scope, number).await?;
    let customers = moves::customers(tx, scope, found.row()).await?;
    let handovers = handovers::of_move(tx, scope, found.row()).await?;
    let shares = found.rule == "shared_credit";
    let share = kernel::Percent::of_millionths(found.share);
    let (documents, each) = documents(&found);
    Ok(MoveJson {
        person: found.to_code.clone().filter(|_| found.person_id.is_some()),
        documents,
        each,
        number: found.number,
        day: found.day,
        rule: found.rule,
        months: shares.then_some(found.months),
        share: shares.then(|| share.to_string()),
        to: found.to_code,
        unit: found.unit_code,
        reason: found.reason,
        by: found.recorded_by,
        at: instant(found.recorded_at),
        customers: customers
            .into_iter()
            .map(|one| MovedJson {
                customer: one.code,
                from: one.from_code,
            })
            .collect(),
        handovers: handovers.into_iter().map(|one| one.number).collect(),
    })
}

type Each = BTreeMap<String, BTreeMap<String, String>>;

/// The choices of a move as they were asked for; once they were told by yes and no.
fn documents(found: &Move) -> (BTreeMap<String, String>, Each) {
    let mut all: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&found.choices_json).unwrap_or_default();
    let each = all
        .remove("each")
        .and_then(|each| serde_json::from_value(each).ok());
    let word = |choice: &serde_json::Value| match choice {
        serde_json::Value::String(word) => word.clone(),
        serde_json::Value::Bool(true) => Choice::Move.as_str().to_owned(),
        _ => Choice::Stay.as_str().to_owned(),
    };
    let documents = all
        .iter()
        .map(|(kind, choice)| (kind.clone(), word(choice)));
    (documents.collect(), each.unwrap_or_default())
}

pub(super) fn instant(at: i64) -> String {
    jiff::Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}

/// What is needed to write figures.
struct Seen {
    currency: kernel::Currency,
    codes: BTreeMap<i64, String>,
    units: BTreeMap<i64, String>,
}

impl Seen {
    fn preview(&self, drawn: &Drawn, figures: &Figures) -> PreviewJson {
        let terms = &drawn.wish.terms;
        let (before, after) = figures.total();
        let people = figures.people.iter();
        PreviewJson {
            day: terms.day.to_string(),
            rule: terms.rule.as_str(),
            year_from: figures.year.0.to_string(),
            year_to: figures.year.1.to_string(),
            currency: self.currency.code().to_owned(),
            customers: drawn.wish.count(),
            from: drawn.parts.iter().map(|part| self.from(part)).collect(),
            people: people
                .map(|(whose, (before, after))| self.concerned(*whose, before, after))
                .collect(),
            units: figures
                .units
                .iter()
                .map(|(unit, (before, after))| self.unit(unit.get(), before, after))
                .collect(),
            total_target: self.minor(before.target, after.target),
            total_actual: self.exact(before.actual, after.actual),
            documents: self.documents(drawn),
        }
    }

    fn from(&self, part: &moving::Part) -> FromJson {
        FromJson {
            person: part
                .from
                .and_then(|person| self.codes.get(&person.get()).cloned()),
            customers: part.customers.len(),
            target_share: part.share.to_string(),
            basis: part.basis.as_str(),
        }
    }

    fn concerned(&self, whose: Whose, before: &Side, after: &Side) -> ConcernedJson {
        let person = match whose {
            Whose::Person(person) => self.codes.get(&person.get()).cloned(),
            Whose::House => None,
        };
        ConcernedJson {
            person,
            target: self.minor(before.target, after.target),
            target_until_day: self.minor(before.until_day(), after.until_day()),
            target_from_day: self.minor(before.from_day, after.from_day),
            actual: self.exact(before.actual, after.actual),
            attainment_before: self.attained(before),
            attainment_after: self.attained(after),
        }
    }

    fn minor(&self, before: i64, after: i64) -> BeforeAfterJson {
        let text = |minor| Money::of_minor(minor, self.currency).decimal();
        BeforeAfterJson {
            before: text(before),
            after: text(after),
        }
    }

    fn exact(&self, before: i64, after: i64) -> BeforeAfterJson {
        let text = |exact| Money::of_exact(exact, self.currency).decimal();
        BeforeAfterJson {
            before: text(before),
            after: text(after),
        }
    }

    fn attained(&self, side: &Side) -> Option<String> {
        let target = Money::of_minor(side.target, self.currency);
        share(Money::of_exact(side.actual, self.currency), target).map(percent_text)
    }

    fn unit(&self, unit: i64, before: &Side, after: &Side) -> ConcernedUnitJson {
        ConcernedUnitJson {
            unit: self.units.get(&unit).cloned().unwrap_or_default(),
            target: self.minor(before.target, after.target),
            target_from_day: self.minor(before.from_day, after.from_day),
            actual: self.exact(before.actual, after.actual),
            attainment_before: self.attained(before),
            attainment_after: self.attained(after),
        }
    }

    /// What is open in all parts by kind.
    fn documents(&self, drawn: &Drawn) -> Vec<OpenJson> {
        let all = moving::open_by_kind(drawn).into_iter();
        all.map(|one| self.of_kind(&one)).collect()
    }

    fn of_kind(&self, one: &OpenOfKind) -> OpenJson {
        let net = |exact| Money::of_exact(exact, self.currency).decimal();
        let item = |(open, choice): &(Open, Option<Choice>)| OpenItemJson {
            number: open.number.clone(),
            date: open.day.to_string(),
            net: net(open.net_exact),
            choice: choice.map(Choice::as_str),
        };
        OpenJson {
            kind: one.kind.name,
            count: one.open.len(),
            net: net(one.net_exact),
            choice: one.choice().map(Choice::as_str),
            choices: one.kind.choices.iter().map(|one| one.as_str()).collect(),
            undecided: one.undecided(),
            items: one.open.iter().take(MOST_ITEMS).map(item).collect(),
        }
    }
}

/// How many open documents of a kind a preview names.
const MOST_ITEMS: usize = 200;
