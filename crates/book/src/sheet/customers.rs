//! Customers from a file. The owner it names looks after a new customer from the beginning, and
//! after a known one from today on; so do the terms it pays by.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Refusal, ids::PersonId, times::BEGINNING};
use org::{
    api::accept_name,
    sheet::{Firsts, Read, refer},
    store::company,
};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{customer_terms, groups::Named, people_by_code};
use crate::{
    CustomerId,
    store::{
        assignments::{self, Assignment},
        customer_terms::{self as agreements, Agreed, Spell},
        customers::{self, Fields, Recorded},
        groups::Of,
        ties::{self, Kind},
    },
    web::accepted,
};

/// A row as it was read; what its cells leave empty is none.
struct Wanted<'s> {
    row: &'s Row,
    code: Code,
    name: String,
    name_local: Option<String>,
    /// Folded, as are parent and payer.
    group: Option<String>,
    owner: Option<PersonId>,
    parent: Option<String>,
    payer: Option<String>,
    currency: Option<Currency>,
    agreed: Option<Agreed>,
    city: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    phone: Option<String>,
    tax_id: Option<String>,
}

/// What rows refer to by code.
struct Known {
    people: BTreeMap<String, PersonId>,
    terms: customer_terms::Known,
}

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    now: Timestamp,
    today: Date,
) -> Result<Read> {
    let recorded = customers::recorded(tx).await?;
    let known = Known {
        people: people_by_code(tx).await?,
        terms: customer_terms::known(tx).await?,
    };
    let mut named = Named::load(tx, Of::Customers).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        if let Some(mut customer) = read(row, &known, &mut named, &mut faults) {
            customer.call_by_present_codes(&recorded);
            firsts.note(&customer.code.folded(), row, "code", &mut faults);
            wanted.push(customer);
        }
    }
    for customer in &wanted {
        check_others(customer, &recorded, &firsts, &mut faults);
    }
    check_circles(&wanted, &recorded, &mut faults);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let groups = named.settle(tx).await?;
    apply(tx, &wanted, &recorded, &groups, (now, today))
        .await
        .map(Ok)
}

fn read<'s>(
    row: &'s Row,
    known: &Known,
    named: &mut Named,
    faults: &mut Faults,
) -> Option<Wanted<'s>> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    let group = named.of_row(row, faults);
    let owner = refer(row, "owner", "person", &known.people, faults);
    let currency = row.currency("currency", faults);
    let agreed = customer_terms::agreed(row, "payment_terms_days", &known.terms, faults);
    let city = row.read("city", faults, |text| accept_name(text, "city"));
    let lat = row.read("lat", faults, |text| degrees(text).and_then(accepted::lat));
    let lon = row.read("lon", faults, |text| degrees(text).and_then(accepted::lon));
    let phone = row.read("phone", faults, |text| accept_name(text, "phone"));
    let tax_id = row.read("tax_id", faults, |text| accept_name(text, "tax_id"));
    let code = code?;
    let payer = row.text("payer").map(str::to_ascii_lowercase);
    Some(Wanted {
        row,
        name: name?,
        name_local,
        group,
        owner,
        parent: row.text("parent").map(str::to_ascii_lowercase),
        // A customer that pays for itself has no payer besides.
        payer: payer.filter(|payer| *payer != code.folded()),
        currency,
        agreed,
        city,
        lat,
        lon,
        phone,
        tax_id,
        code,
    })
}

/// Degrees as a plain decimal: no exponent, no words such as `NaN`.
pub(super) fn degrees(text: &str) -> std::result::Result<f64, Refusal> {
    let malformed = || {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not degrees. Write them like 31.2304 or -0.1276.");
        Refusal::value("degrees.malformed", message)
    };
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    if !plain {
        return Err(malformed());
    }
    text.parse().map_err(|_why| malformed())
}

fn check_others(
    customer: &Wanted<'_>,
    recorded: &BTreeMap<String, Recorded>,
    firsts: &Firsts,
    faults: &mut Faults,
) {
    for (column, code) in [("parent", &customer.parent), ("payer", &customer.payer)] {
        if let Some(code) = code
            && !recorded.contains_key(code)
            && firsts.row(code).is_none()
        {
            let shown: String = code.chars().take(60).collect();
            let message = format!("There is no customer {shown}, here or in the file.");
            faults.push(
                customer
                    .row
                    .fault(column, message)
                    .coded("reference.unknown")
                    .with("code", shown),
            );
        }
    }
}

/// A customer must not stand above itself once the file is read.
fn check_circles(
    wanted: &[Wanted<'_>],
    recorded: &BTreeMap<String, Recorded>,
    faults: &mut Faults,
) {
    let present = |(code, old): &(&String, &Recorded)| old.code.eq_ignore_ascii_case(code);
    let by_id: BTreeMap<i64, &str> = recorded
        .iter()
        .filter(present)
        .map(|(code, old)| (old.id, code.as_str()))
        .collect();
    let mut parents: BTreeMap<String, &str> = recorded
        .iter()
        .filter(present)
        .filter_map(|(code, old)| Some((code.clone(), *by_id.get(&old.parent_id?)?)))
        .collect();
    for customer in wanted {
        if let Some(parent) = &customer.parent {
            parents.insert(customer.code.folded(), parent);
        }
    }
    for customer in wanted.iter().filter(|customer| customer.parent.is_some()) {
        let start = customer.code.folded();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut above = parents.get(&start).copied();
        while let Some(code) = above.filter(|code| seen.insert(code)) {
            if code == start {
                let message = "The customers above it go round in a circle.";
                faults.push(customer.row.fault("parent", message).coded("file.circle"));
                break;
            }
            above = parents.get(code).copied();
        }
    }
}

async fn apply(
    tx: &mut Tx,
    wanted: &[Wanted<'_>],
    recorded: &BTreeMap<String, Recorded>,
    groups: &BTreeMap<String, i64>,
    (now, today): (Timestamp, Date),
) -> Result<Outcome> {
    let base = company::expect(tx).await?.currency;
    let mut new = Vec::new();
    for customer in wanted
        .iter()
        .filter(|one| !recorded.contains_key(&one.code.folded()))
    {
        new.push(customer.fields(groups, None, base)?);
    }
    customers::add_many(tx, &new).await?;
    let now_there = customers::recorded(tx).await?;
    let held = assignments::all(tx).await?;
    let paid = agreements::all(tx).await?;
    let mut outcome = Outcome::default();
    let (mut firsts, mut first_terms) = (Vec::new(), Vec::new());
    for customer in wanted {
        let folded = customer.code.folded();
        let Some(there) = now_there.get(&folded) else {
            continue;
        };
        let known = recorded.contains_key(&folded);
        let fields = customer.fields(groups, Some(there), base)?;
        let mut rewritten = fields != there.fields()?;
        if rewritten {
            customers::save(tx, there.customer(), &fields, there.version).await?;
        }
        for (kind, code, old) in [
            (Kind::Parent, &customer.parent, there.parent_id),
            (Kind::Payer, &customer.payer, there.payer_id),
        ] {
            let other = code.as_ref().and_then(|code| now_there.get(code));
            if let Some(other) = other.filter(|other| Some(other.id) != old) {
                let place = (there.customer(), kind);
                ties::set(tx, place, Some(other.customer()), today, now).await?;
                rewritten = true;
            }
        }
        let agreed = paid.get(&there.customer()).map_or(&[][..], Vec::as_slice);
        if let Some(new) = customer.new_terms(there.customer(), agreed, today) {
            rewritten = true;
            if agreed.is_empty() {
                first_terms.push(new);
            } else {
                agreements::set(tx, new.customer, Some(new.agreed), today, now).await?;
            }
        }
        let owners = held.get(&there.customer()).map_or(&[][..], Vec::as_slice);
        let moved = match new_owner(customer, there.customer(), owners, today) {
            Some(owner) if owner.from == BEGINNING => {
                firsts.push(owner);
                true
            }
            Some(owner) => {
                hand_over(tx, owner, now).await?;
                true
            }
            None => false,
        };
        match (known, rewritten || moved) {
            (false, _) => outcome.added += 1,
            (true, true) => outcome.changed += 1,
            (true, false) => outcome.unchanged += 1,
        }
    }
    assignments::add_many(tx, &firsts, now).await?;
    agreements::add_many(tx, &first_terms, now).await?;
    Ok(outcome)
}

impl Wanted<'_> {
    /// A file may name customers by codes they had before.
    fn call_by_present_codes(&mut self, recorded: &BTreeMap<String, Recorded>) {
        if let Some(there) = recorded.get(&self.code.folded())
            && let Ok(code) = Code::parse(&there.code)
        {
            self.code = code;
        }
        for other in [&mut self.parent, &mut self.payer].into_iter().flatten() {
            if let Some(there) = recorded.get(other.as_str()) {
                *other = there.code.to_ascii_lowercase();
            }
        }
        let own = self.code.folded();
        self.payer = self.payer.take().filter(|payer| *payer != own);
    }

    /// What the row says it pays by, unless it does today.
    fn new_terms(&self, customer: CustomerId, held: &[Spell], today: Date) -> Option<Spell> {
        let agreed = self.agreed?;
        let holds = |one: &&Spell| one.from <= today && one.to.is_none_or(|to| today < to);
        let is_so = held
            .iter()
            .find(holds)
            .is_some_and(|one| one.agreed == agreed);
        (!is_so).then_some(Spell {
            customer,
            agreed,
            from: BEGINNING,
            to: None,
        })
    }

    /// What the row says, and of the rest what is recorded.
    fn fields(
        &self,
        groups: &BTreeMap<String, i64>,
        old: Option<&Recorded>,
        base: Currency,
    ) -> std::result::Result<Fields, Refusal> {
        let old = old.map(Recorded::fields).transpose()?;
        let old = old.as_ref();
        let group = self
            .group
            .as_ref()
            .and_then(|code| groups.get(code))
            .copied();
        Ok(Fields {
            code: old.map_or(&self.code, |old| &old.code).clone(),
            name: self.name.clone(),
            name_local: self.name_local.clone().or_else(|| old?.name_local.clone()),
            group: group.or_else(|| old?.group),
            currency: self
                .currency
                .or(old.map(|old| old.currency))
                .unwrap_or(base),
            city: self.city.clone().or_else(|| old?.city.clone()),
            lat: self.lat.or_else(|| old?.lat),
            lon: self.lon.or_else(|| old?.lon),
            phone: self.phone.clone().or_else(|| old?.phone.clone()),
            tax_id: self.tax_id.clone().or_else(|| old?.tax_id.clone()),
        })
    }
}

/// The owner the row brings, unless the customer is theirs today.
fn new_owner(
    wanted: &Wanted<'_>,
    customer: CustomerId,
    held: &[Assignment],
    today: Date,
) -> Option<Assignment> {
    let person = wanted.owner?;
    let mut owners = held.iter().filter(|one| one.role == "owner").peekable();
    let first = owners.peek().is_none();
    let holds = |one: &Assignment| one.from <= today && one.to.is_none_or(|to| today < to);
    if owners.any(|one| one.person == person && holds(one)) {
        return None;
    }
    let from = if first { BEGINNING } else { today };
    Some(Assignment {
        customer,
        person,
        role: "owner".to_owned(),
        from,
        to: None,
    })
}

async fn hand_over(tx: &mut Tx, owner: Assignment, now: Timestamp) -> Result<()> {
    assignments::make_room(tx, owner.customer, &owner.role, owner.from, owner.to, now).await?;
    assignments::add_many(tx, &[owner], now).await
}
