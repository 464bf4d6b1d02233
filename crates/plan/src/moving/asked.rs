//! A move as it is asked for, read into one with every reference found.

use std::collections::{BTreeMap, BTreeSet};

use book::{
    CustomerId,
    credit::{Places, Receiver},
    store::{
        assignments::{self, MOST_MOVED, Owned},
        in_flight::{Choice, Kind},
        named, places,
    },
    web::accepted,
};
use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Refusal, Scope, ids::PersonId, refusal::Kind as RefusalKind};
use org::{
    store::{company, people, seats, units},
    web::units::unknown,
};

use super::{Kinds, Sits, Wish};
use crate::moves::{Rule, Terms};

/// What a request says. Codes as they were typed.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Somebody who changes unit, instead of customers who change hands.
    pub person: Option<String>,
    /// The unit that person goes to.
    pub to_unit: Option<String>,
    /// Whether that person leads it.
    pub leads: Option<bool>,
    /// Whose customers; without it those named, whoever owns them.
    pub from: Option<String>,
    /// None named are all of `from`.
    pub customers: Vec<String>,
    pub to: Option<String>,
    pub to_seat: Option<String>,
    pub to_house: Option<String>,
    pub day: Option<String>,
    pub rule: String,
    pub share: Share,
    /// By kind: `move`, `stay` or `end`.
    pub documents: BTreeMap<String, String>,
    /// By kind and number, what is chosen otherwise.
    pub each: BTreeMap<String, BTreeMap<String, String>>,
    pub reason: String,
}

/// The figures of a request that only some moves have.
#[derive(Debug, Clone, Default)]
pub struct Share {
    pub months: Option<i64>,
    /// Of the credit, in percent, while it is shared.
    pub credit: Option<String>,
    /// Of the target, in percent.
    pub target: Option<String>,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub scope: &'a Scope,
    pub today: Date,
}

impl Asked<'_> {
    /// Finds everything the request names.
    ///
    /// # Errors
    ///
    /// The refusal of the field that is wrong; whoever and whatever is out of scope answers like
    /// nothing.
    pub async fn read(&self, tx: &mut Tx, given: &Given, kinds: Kinds) -> Result<Wish> {
        if let Some(code) = &given.person {
            return self.read_person(tx, given, code).await;
        }
        if given.to_unit.is_some() || given.leads.is_some() {
            let text = "A unit and leading belong to the move of a person. Name the person.";
            return Err(Refusal::value("move.person", text).at("person").into());
        }
        let terms = self.terms(tx, given).await?;
        let to = self.receiver(tx, given, terms.day).await?;
        let from = self.customers(tx, given, terms.day).await?;
        accept_pairs(&from, to, terms.rule)?;
        let target_share = match &given.share.target {
            Some(text) => Some(accepted::percent(text).map_err(|no| no.at("target_share"))?),
            None => None,
        };
        Ok(Wish {
            terms,
            to,
            from,
            target_share,
            choices: choices(&given.documents, kinds)?,
            each: each(&given.each, kinds)?,
            sits: None,
            reason: accept_reason(&given.reason)?,
        })
    }

    /// Reads the move of a person into another unit.
    async fn read_person(&self, tx: &mut Tx, given: &Given, code: &str) -> Result<Wish> {
        accept_alone(given)?;
        let terms = self.terms(tx, given).await?;
        if matches!(terms.rule, Rule::SharedCredit { .. }) {
            let text = "A person who changes unit shares nothing. Use future_only or full_book.";
            return Err(Refusal::value("move.person_shares", text).at("rule").into());
        }
        let found = people::fetch(tx, self.scope, code, self.today).await;
        let person = found.map_err(|error| as_unknown(error, "person", "person", code))?;
        let unit = given.to_unit.as_deref().unwrap_or_default();
        let found = units::fetch(tx, self.scope, unit).await;
        let unit = found.map_err(|error| as_unknown(error, "to_unit", "unit", unit))?;
        let sits = Sits {
            person: person.person(),
            seat: given.to_seat.clone(),
            leads: given
                .leads
                .unwrap_or(person.role.as_deref() == Some("manager")),
        };
        let held = Places::of(places::of_people(tx, &[sits.person]).await?);
        let place = held.at(sits.person, terms.day);
        if place.is_some_and(|place| place.unit == unit.id) {
            let text = format!("{} sits in {} on that day already.", person.name, unit.code);
            return Err(Refusal::value("move.same", text).at("to_unit").into());
        }
        Ok(Wish {
            terms,
            to: Receiver {
                person: Some(sits.person),
                seat: None,
                unit: unit.id,
            },
            from: BTreeMap::new(),
            target_share: None,
            choices: BTreeMap::new(),
            each: BTreeMap::new(),
            reason: accept_reason(&given.reason)?,
            sits: Some(sits),
        })
    }

    async fn terms(&self, tx: &mut Tx, given: &Given) -> Result<Terms> {
        let day = match &given.day {
            Some(text) => accepted::day(text)
                .and_then(|day| accepted::document_day(day, self.today))
                .map_err(|no| no.at("day"))?,
            None => self.today,
        };
        let share = match &given.share.credit {
            Some(text) => Some(accepted::percent(text).map_err(|no| no.at("share"))?),
            None => None,
        };
        let fiscal = company::expect(tx).await?.fiscal;
        Ok(Terms {
            rule: Rule::parse(&given.rule, given.share.months, share)?,
            day,
            year_start: fiscal.start_of(fiscal.year_of(day))?,
        })
    }

    /// The person, whoever holds the seat, or the house. A vacant seat is its unit's house.
    async fn receiver(&self, tx: &mut Tx, given: &Given, day: Date) -> Result<Receiver> {
        let named = [&given.to, &given.to_seat, &given.to_house];
        if named.iter().filter(|one| one.is_some()).count() != 1 {
            let text = "Name one receiver: a person (to), a seat (to_seat) or the house of a unit (to_house).";
            return Err(Refusal::value("move.receiver", text).at("to").into());
        }
        if let Some(code) = &given.to {
            let person = self.person(tx, "to", code).await?;
            return self.in_place(tx, person, day).await;
        }
        if let Some(code) = &given.to_seat {
            let missing = || DbError::from(unknown("to_seat", "seat", code));
            let (seat, unit) = match seats::by_code(tx, code).await {
                Err(DbError::Missing) => return Err(missing()),
                other => other?,
            };
            if !self.scope.is_all() && !self.scope.reaches_unit(unit) {
                return Err(missing());
            }
            return match seats::holder_on(tx, seat, day).await? {
                Some(person) => self.in_place(tx, person, day).await,
                None => Ok(Receiver {
                    person: None,
                    seat: Some(seat),
                    unit,
                }),
            };
        }
        let code = given.to_house.as_deref().unwrap_or_default();
        let unit = units::fetch(tx, self.scope, code).await;
        let unit = unit.map_err(|error| as_unknown(error, "to_house", "unit", code))?;
        Ok(Receiver {
            person: None,
            seat: None,
            unit: unit.id,
        })
    }

    async fn person(&self, tx: &mut Tx, field: &'static str, code: &str) -> Result<PersonId> {
        let found = people::fetch(tx, self.scope, code, self.today).await;
        let person = found.map_err(|error| as_unknown(error, field, "person", code))?;
        Ok(person.person())
    }

    /// The person in the place of the day; whoever sits nowhere is placed at the root.
    async fn in_place(&self, tx: &mut Tx, person: PersonId, day: Date) -> Result<Receiver> {
        let held = Places::of(places::of_people(tx, &[person]).await?);
        let place = held.at(person, day).or_else(|| held.at(person, self.today));
        let unit = match place {
            Some(place) => place.unit,
            None => units::root(tx).await?.id,
        };
        Ok(Receiver {
            person: Some(person),
            seat: place.and_then(|place| place.seat),
            unit,
        })
    }

    /// The customers by whose they are on the day.
    async fn customers(
        &self,
        tx: &mut Tx,
        given: &Given,
        day: Date,
    ) -> Result<BTreeMap<Option<PersonId>, Vec<Owned>>> {
        let from = match &given.from {
            Some(code) => Some(self.person(tx, "from", code).await?),
            None => None,
        };
        let found = match from {
            Some(person) if given.customers.is_empty() => {
                assignments::owned_by(tx, person, day).await?
            }
            _ => self.named(tx, given, from, day).await?,
        };
        if found.is_empty() {
            let text = format!(
                "On {day} there is no customer to move. Name customers, or another person."
            );
            return Err(Refusal::value("move.nothing", text).at("customers").into());
        }
        if MOST_MOVED < found.len() {
            let text = format!("A move takes at most {MOST_MOVED} customers. Move them in parts.");
            return Err(Refusal::value("move.large", text).at("customers").into());
        }
        let mut by_owner: BTreeMap<Option<PersonId>, Vec<Owned>> = BTreeMap::new();
        for one in found {
            by_owner.entry(one.owner()).or_default().push(one);
        }
        Ok(by_owner)
    }

    async fn named(
        &self,
        tx: &mut Tx,
        given: &Given,
        from: Option<PersonId>,
        day: Date,
    ) -> Result<Vec<Owned>> {
        let codes: Vec<String> = given
            .customers
            .iter()
            .map(|code| code.trim().to_ascii_lowercase())
            .collect();
        let asked: BTreeSet<String> = codes.iter().cloned().collect();
        let ids = named::customers(tx, &asked).await?;
        let all: Vec<CustomerId> = ids.values().map(|one| one.id).collect();
        let found = assignments::of_these(tx, self.scope, &all, (self.today, day)).await?;
        for (place, code) in codes.iter().enumerate() {
            let field = format!("customers[{place}]");
            let reached = |owned: &&Owned| {
                owned
                    .owner()
                    .is_none_or(|person| self.scope.reaches_person(person))
            };
            let known = found
                .iter()
                .find(|one| {
                    ids.get(code)
                        .is_some_and(|named| named.id == one.customer())
                })
                .filter(reached);
            let Some(one) = known else {
                return Err(unknown(&field, "customer", &given.customers[place]).into());
            };
            if from.is_some() && one.owner() != from {
                let text = format!(
                    "Customer {} is somebody else’s on {day}. Leave it out, or leave out from.",
                    one.code
                );
                return Err(Refusal::value("move.not_owner", text).at(field).into());
            }
        }
        Ok(found)
    }
}

/// A person moves alone: whose the customers are does not change.
fn accept_alone(given: &Given) -> std::result::Result<(), Refusal> {
    let customers = [&given.from, &given.to, &given.to_house];
    let is_alone = customers.iter().all(|one| one.is_none())
        && given.customers.is_empty()
        && given.documents.is_empty()
        && given.each.is_empty()
        && given.share.target.is_none();
    if is_alone {
        return Ok(());
    }
    let text = "A person changes unit alone. Customers, receivers, shares and documents belong to a move of customers.";
    Err(Refusal::value("move.person", text).at("person"))
}

/// Turns “there is none” into a fault of the field that refers to it.
fn as_unknown(error: DbError, field: &str, noun: &str, code: &str) -> DbError {
    match error {
        DbError::Missing
        | DbError::Refused(Refusal {
            kind: RefusalKind::Missing,
            ..
        }) => unknown(field, noun, &code.chars().take(60).collect::<String>()).into(),
        other => other,
    }
}

fn accept_pairs(
    from: &BTreeMap<Option<PersonId>, Vec<Owned>>,
    to: Receiver,
    rule: Rule,
) -> std::result::Result<(), Refusal> {
    if let Some(own) = from.get(&to.person).and_then(|owned| owned.first()) {
        let text = format!(
            "Customer {} is the receiver’s already. Leave it out.",
            own.code
        );
        return Err(Refusal::value("move.same", text).at("to"));
    }
    let house = to.person.is_none() || from.contains_key(&None);
    if house && matches!(rule, Rule::SharedCredit { .. }) {
        let text =
            "Credit is shared by two people; the house shares none. Use future_only or full_book.";
        return Err(Refusal::value("move.house_shares", text).at("rule"));
    }
    Ok(())
}

fn choices(
    given: &BTreeMap<String, String>,
    kinds: Kinds,
) -> std::result::Result<BTreeMap<&'static str, Choice>, Refusal> {
    let mut choices = BTreeMap::new();
    for (name, text) in given {
        let field = format!("documents.{}", name.chars().take(40).collect::<String>());
        let kind = kind_named(name, kinds).map_err(|no| no.at(field.as_str()))?;
        let choice = choice_of(kind, text).map_err(|no| no.at(field))?;
        choices.insert(kind.name, choice);
    }
    Ok(choices)
}

type Each = BTreeMap<&'static str, BTreeMap<String, Choice>>;

fn each(
    given: &BTreeMap<String, BTreeMap<String, String>>,
    kinds: Kinds,
) -> std::result::Result<Each, Refusal> {
    let mut each = Each::new();
    for (name, numbers) in given {
        let field = format!("each.{}", name.chars().take(40).collect::<String>());
        let kind = kind_named(name, kinds).map_err(|no| no.at(field.as_str()))?;
        for (number, text) in numbers {
            let shown: String = number.chars().take(60).collect();
            let choice = choice_of(kind, text).map_err(|no| no.at(format!("{field}.{shown}")))?;
            let own = each.entry(kind.name).or_default();
            own.insert(number.trim().to_ascii_lowercase(), choice);
        }
    }
    Ok(each)
}

fn kind_named(name: &str, kinds: Kinds) -> std::result::Result<&'static Kind, Refusal> {
    let kind = kinds.0.iter().find(|kind| kind.name == name);
    kind.ok_or_else(|| {
        let asked = kinds.0.iter().filter(|kind| !kind.choices.is_empty());
        let names: Vec<&str> = asked.map(|kind| kind.name).collect();
        let text = format!("There is no such kind. Use {}.", names.join(", "));
        Refusal::value("move.documents", text)
    })
}

fn choice_of(kind: &Kind, text: &str) -> std::result::Result<Choice, Refusal> {
    if kind.choices.is_empty() {
        let text = format!("There is nothing to choose: {} go along.", kind.name);
        return Err(Refusal::value("move.documents", text));
    }
    let choice = Choice::parse(text).filter(|choice| kind.choices.contains(choice));
    choice.ok_or_else(|| {
        let words: Vec<&str> = kind.choices.iter().map(|choice| choice.as_str()).collect();
        let text = format!("Say {} for {}.", words.join(" or "), kind.name);
        Refusal::value("move.documents", text)
    })
}

/// The longest reason.
const MOST_LETTERS: usize = 1_000;

fn accept_reason(text: &str) -> std::result::Result<String, Refusal> {
    let reason = text.trim();
    if MOST_LETTERS < reason.chars().count() {
        let text = format!("The reason is longer than {MOST_LETTERS} characters.");
        return Err(Refusal::value("reason.long", text).at("reason"));
    }
    Ok(reason.to_owned())
}
