//! Addresses from files, and the file of them.
//!
//! An address is known again by its customer, its kind and its first line. An empty cell leaves what is
//! recorded; a row that begins after the end of another tells of a place that is used again.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Refusal, Scope, ids::PublicId, times::BEGINNING};
use org::{
    keys,
    sheet::{Firsts, Read, or_fault, refer},
};
use sheet::{
    Faults, Outcome, Row, Sheet,
    export::{Export, Value},
};
use trail::By;

use super::{
    chance,
    spells::{About, Days, about, day, first_day},
};
use crate::{
    CustomerId, contact,
    store::{
        addresses::{self, Address, Fields},
        named,
    },
    web::addresses::{MOST_ADDRESSES, checked},
};

/// What a row makes of an address.
struct Wanted {
    customer: CustomerId,
    old: Option<Address>,
    fields: Fields,
}

/// The addresses of a customer by kind and folded first line.
type Recorded = BTreeMap<CustomerId, BTreeMap<String, Vec<Address>>>;

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    let texts = sheet.rows.iter().filter_map(|row| row.text("customer"));
    let codes: BTreeSet<String> = texts.map(str::to_ascii_lowercase).collect();
    let customers = named::customers(tx, &codes).await?;
    let recorded = recorded(tx, today).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        wanted.extend(read(row, (&customers, &recorded), &mut firsts, &mut faults));
    }
    refuse_crowds(sheet, &wanted, &recorded, &mut faults);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, wanted, by).await.map(Ok)
}

fn read(
    row: &Row,
    (customers, recorded): (&named::ByCode<CustomerId>, &Recorded),
    firsts: &mut Firsts,
    faults: &mut Faults,
) -> Option<Wanted> {
    row.required_text("customer", faults);
    let kind = row.required_read("kind", faults, accept_kind);
    let line = row.required_text("line1", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let days = Days::read(row, faults);
    let (Some((kind, line)), Some(customer), Some(days)) = (kind.zip(line), customer, days) else {
        return None;
    };
    let from = days.from.unwrap_or(BEGINNING);
    let place = place(&kind, line);
    let key = format!("{} {place} {from}", customer.id.get());
    firsts.note(&key, row, "line1", faults);
    let of_customer = recorded.get(&customer.id);
    let alike = of_customer.and_then(|names| names.get(&place));
    let alike = alike.map_or(&[][..], Vec::as_slice);
    let spans = alike.iter().filter_map(|one| {
        let fields = one.fields().ok()?;
        Some((fields.from, fields.to))
    });
    let old = match about(days, &spans.collect::<Vec<_>>()) {
        About::New => None,
        About::Recorded(place) => alike.get(place).cloned(),
        About::Unclear => {
            let message = "There are several addresses of this kind and line. Say the first day.";
            faults.push(row.fault("from", message).coded("spell.unclear"));
            return None;
        }
    };
    if let Some(old) = &old {
        firsts.note(&format!("recorded {}", old.id), row, "line1", faults);
    }
    let (lat, lon) = (degrees(row, "lat", faults), degrees(row, "lon", faults));
    let fields = checked(fields(row, (kind, line), days, (lat, lon), old.as_ref()));
    let field = fields.as_ref().err().and_then(|no| no.fields.first());
    let column = field.map_or("line1".to_owned(), |one| one.field.clone());
    let fields = or_fault(row, &column, fields, faults)?;
    Some(Wanted {
        customer: customer.id,
        old,
        fields,
    })
}

async fn recorded(tx: &mut Tx, today: Date) -> Result<Recorded> {
    let mut recorded = Recorded::new();
    for one in addresses::all(tx, &Scope::All, today).await? {
        let customer = CustomerId::of(one.customer_id);
        let names = recorded.entry(customer).or_default();
        names
            .entry(place(&one.kind, &one.line1))
            .or_default()
            .push(one);
    }
    Ok(recorded)
}

fn accept_kind(text: &str) -> std::result::Result<String, Refusal> {
    contact::choice(text, &contact::ADDRESS_KINDS)
}

/// By what an address is known again.
fn place(kind: &str, line: &str) -> String {
    format!("{kind} {}", keys::fold(line))
}

fn degrees(row: &Row, column: &str, faults: &mut Faults) -> Option<f64> {
    row.read(column, faults, super::customers::degrees)
}

/// What the row says, and of the rest what is recorded.
fn fields(
    row: &Row,
    (kind, line): (String, &str),
    days: Days,
    (lat, lon): (Option<f64>, Option<f64>),
    old: Option<&Address>,
) -> Fields {
    let text = |column: &str, old: Option<&String>| {
        let said = row.text(column).map(str::to_owned);
        said.or_else(|| old.cloned())
    };
    let was = old.and_then(|old| old.fields().ok());
    let was = was.as_ref();
    Fields {
        kind,
        line1: line.to_owned(),
        line2: text("line2", was.and_then(|old| old.line2.as_ref())),
        postcode: text("postcode", was.and_then(|old| old.postcode.as_ref())),
        city: text("city", was.and_then(|old| old.city.as_ref())),
        country: text("country", was.and_then(|old| old.country.as_ref())),
        lat: lat.or(was.and_then(|old| old.lat)),
        lon: lon.or(was.and_then(|old| old.lon)),
        from: days.from.or(was.map(|old| old.from)).unwrap_or(BEGINNING),
        to: days.to.or(was.and_then(|old| old.to)),
    }
}

/// Lists of addresses are shown whole, so they end somewhere.
fn refuse_crowds(sheet: &Sheet, wanted: &[Wanted], recorded: &Recorded, faults: &mut Faults) {
    let mut crowds: BTreeMap<CustomerId, usize> = BTreeMap::new();
    for one in wanted.iter().filter(|one| one.old.is_none()) {
        *crowds.entry(one.customer).or_default() += 1;
    }
    for (customer, new) in crowds {
        let names = recorded
            .get(&customer)
            .into_iter()
            .flat_map(BTreeMap::values);
        let there: usize = names.map(Vec::len).sum();
        if let Some(row) = sheet.rows.first().filter(|_| MOST_ADDRESSES < there + new) {
            let message = format!("A customer has at most {MOST_ADDRESSES} addresses.");
            faults.push(
                row.fault("customer", message)
                    .coded("file.many")
                    .with("most", MOST_ADDRESSES),
            );
        }
    }
}

async fn apply(tx: &mut Tx, wanted: Vec<Wanted>, by: &By) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for one in wanted {
        let Some(old) = one.old else {
            let (customer, from) = (one.customer.get().to_string(), one.fields.from.to_string());
            let place = place(&one.fields.kind, &one.fields.line1);
            let names = ["address", &customer, &place, &from];
            let id = PublicId::of_random(chance(by, &names));
            addresses::add(tx, one.customer, &id, &one.fields, by.at).await?;
            outcome.added += 1;
            continue;
        };
        if old.fields()? == one.fields {
            outcome.unchanged += 1;
        } else {
            addresses::save(tx, &old, &one.fields, by.at).await?;
            outcome.changed += 1;
        }
    }
    Ok(outcome)
}

/// Writes the addresses of the customers in scope, whenever they hold.
pub(super) async fn export(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let number = |value: Option<f64>| value.map_or(Value::Empty, |value| Value::number(&value));
    for one in addresses::all(tx, scope, on).await? {
        file.row(&[
            Value::of(&one.customer_code),
            Value::of(&one.kind),
            Value::of(&one.line1),
            Value::or_empty(one.line2.as_deref()),
            Value::or_empty(one.postcode.as_deref()),
            Value::or_empty(one.city.as_deref()),
            Value::or_empty(one.country.as_deref()),
            number(one.lat),
            number(one.lon),
            first_day(&one.valid_from),
            day(one.valid_to.as_deref()),
        ])?;
    }
    Ok(())
}
