//! Contacts from files, and the file of them.
//!
//! A contact is known again by its customer and name. An empty cell leaves what is recorded; who left
//! gets a `to`, and a row that begins later tells of somebody who came back.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::PublicId, times::BEGINNING};
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
    CustomerId,
    store::{
        contacts::{self, Contact, Fields},
        named,
    },
    web::contacts::{MOST_CONTACTS, checked},
};

/// What a row makes of a contact.
struct Wanted {
    customer: CustomerId,
    old: Option<Contact>,
    fields: Fields,
}

/// The contacts of a customer by folded name.
type Recorded = BTreeMap<CustomerId, BTreeMap<String, Vec<Contact>>>;

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
    let name = row.required_text("name", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let days = Days::read(row, faults);
    let (Some(name), Some(customer), Some(days)) = (name, customer, days) else {
        return None;
    };
    let from = days.from.unwrap_or(BEGINNING);
    let key = format!("{} {} {from}", customer.id.get(), keys::fold(name));
    firsts.note(&key, row, "name", faults);
    let of_customer = recorded.get(&customer.id);
    let alike = of_customer.and_then(|names| names.get(&keys::fold(name)));
    let alike = alike.map_or(&[][..], Vec::as_slice);
    let spans = alike.iter().filter_map(|one| {
        let fields = one.fields().ok()?;
        Some((fields.from, fields.to))
    });
    let old = match about(days, &spans.collect::<Vec<_>>()) {
        About::New => None,
        About::Recorded(place) => alike.get(place).cloned(),
        About::Unclear => {
            let message = "There are several contacts of this name. Say the first day.";
            faults.push(row.fault("from", message).coded("spell.unclear"));
            return None;
        }
    };
    if let Some(old) = &old {
        firsts.note(&format!("recorded {}", old.id), row, "name", faults);
    }
    let fields = checked(fields(row, name, days, old.as_ref()));
    let field = fields.as_ref().err().and_then(|no| no.fields.first());
    let column = field.map_or("name".to_owned(), |one| one.field.clone());
    let fields = or_fault(row, &column, fields, faults)?;
    Some(Wanted {
        customer: customer.id,
        old,
        fields,
    })
}

async fn recorded(tx: &mut Tx, today: Date) -> Result<Recorded> {
    let mut recorded = Recorded::new();
    for one in contacts::all(tx, &Scope::All, today).await? {
        let customer = CustomerId::of(one.customer_id);
        let names = recorded.entry(customer).or_default();
        names.entry(keys::fold(&one.name)).or_default().push(one);
    }
    Ok(recorded)
}

/// What the row says, and of the rest what is recorded.
fn fields(row: &Row, name: &str, days: Days, old: Option<&Contact>) -> Fields {
    let text = |column: &str, old: Option<&String>| {
        let said = row.text(column).map(str::to_owned);
        said.or_else(|| old.cloned())
    };
    let was = old.and_then(|old| old.fields().ok());
    let was = was.as_ref();
    Fields {
        name: name.to_owned(),
        name_local: text("name_local", was.and_then(|old| old.name_local.as_ref())),
        role: text("role", was.map(|old| &old.role)).unwrap_or_else(|| "other".to_owned()),
        phone: text("phone", was.and_then(|old| old.phone.as_ref())),
        email: text("email", was.and_then(|old| old.email.as_ref())),
        lang: text("lang", was.and_then(|old| old.lang.as_ref())),
        channel: text("channel", was.and_then(|old| old.channel.as_ref())),
        from: days.from.or(was.map(|old| old.from)).unwrap_or(BEGINNING),
        to: days.to.or(was.and_then(|old| old.to)),
    }
}

/// Lists of contacts are shown whole, so they end somewhere.
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
        if let Some(row) = sheet.rows.first().filter(|_| MOST_CONTACTS < there + new) {
            let message = format!("A customer has at most {MOST_CONTACTS} contacts.");
            faults.push(
                row.fault("customer", message)
                    .coded("file.many")
                    .with("most", MOST_CONTACTS),
            );
        }
    }
}

async fn apply(tx: &mut Tx, wanted: Vec<Wanted>, by: &By) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for one in wanted {
        let Some(old) = one.old else {
            let (customer, from) = (one.customer.get().to_string(), one.fields.from.to_string());
            let names = ["contact", &customer, &one.fields.name, &from];
            let id = PublicId::of_random(chance(by, &names));
            contacts::add(tx, one.customer, &id, &one.fields, by.at).await?;
            outcome.added += 1;
            continue;
        };
        if old.fields()? == one.fields {
            outcome.unchanged += 1;
        } else {
            contacts::save(tx, &old, &one.fields, by.at).await?;
            outcome.changed += 1;
        }
    }
    Ok(outcome)
}

/// Writes the contacts of the customers in scope, whenever they hold.
pub(super) async fn export(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    for one in contacts::all(tx, scope, on).await? {
        file.row(&[
            Value::of(&one.customer_code),
            Value::of(&one.name),
            Value::or_empty(one.name_local.as_deref()),
            Value::of(&one.role),
            Value::or_empty(one.phone.as_deref()),
            Value::or_empty(one.email.as_deref()),
            Value::or_empty(one.lang.as_deref()),
            Value::or_empty(one.channel.as_deref()),
            first_day(&one.valid_from),
            day(one.valid_to.as_deref()),
        ])?;
    }
    Ok(())
}
