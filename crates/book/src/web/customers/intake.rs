//! Taking a customer in, and changing what is recorded of one.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Moment, Refusal, Role, Scope, ids::PersonId, times::BEGINNING};
use org::{
    api::{self, Ask, accept_name},
    store::company,
    web::units::taken,
};
use trail::{Answer, Entry};

use super::{CustomerChangeJson, CustomerJson, NewCustomerJson, terms};
use crate::{
    CustomerId,
    store::{
        assignments::{self, Assignment},
        customer_terms,
        customers::{self, Customer, Fields},
        former_codes::{self, Noun},
        groups::Of,
        ties::{self, Kind, Tie},
    },
    web::{accepted, change::Change, references, step::StepJson},
};

pub(super) async fn add(tx: &mut Tx, ask: &Ask<NewCustomerJson>) -> Result<Answer> {
    let fields = new_fields(tx, ask).await?;
    let owner = first_owner(tx, ask).await?;
    let id = customers::add(tx, &fields)
        .await
        .map_err(|error| taken(error, "customer", fields.code.as_str()))?;
    tie_new(tx, ask, id).await?;
    let said = (
        ask.body.payment_terms.as_deref(),
        ask.body.payment_terms_days,
    );
    let agreed = terms::first(tx, said.0, said.1).await?;
    customer_terms::set(tx, id, agreed, ask.today, ask.now).await?;
    if let Some(person) = owner {
        let first = Assignment {
            customer: id,
            person,
            role: "owner".to_owned(),
            from: BEGINNING,
            to: None,
        };
        assignments::add_many(tx, &[first], ask.now).await?;
    }
    let code = fields.code.as_str();
    let shown = CustomerJson::from(customers::fetch(tx, &Scope::All, code, ask.today).await?);
    let entry = Entry {
        action: "create",
        noun: "customer",
        subject: code,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/customers", code),
        &shown,
    ))
}

async fn new_fields(tx: &mut Tx, ask: &Ask<NewCustomerJson>) -> Result<Fields> {
    let body = &ask.body;
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let currency = match &body.currency {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
        None => company::expect(tx).await?.currency,
    };
    Ok(Fields {
        code,
        name: accept_name(&body.name, "name")?,
        name_local: optional_text(body.name_local.as_deref(), "name_local")?,
        group: references::group(tx, Of::Customers, body.group.as_deref()).await?,
        currency,
        city: optional_text(body.city.as_deref(), "city")?,
        lat: checked(body.lat, accepted::lat, "lat")?,
        lon: checked(body.lon, accepted::lon, "lon")?,
        phone: optional_text(body.phone.as_deref(), "phone")?,
        tax_id: optional_text(body.tax_id.as_deref(), "tax_id")?,
    })
}

/// Whom a new customer belongs to, and who pays for it.
async fn tie_new(tx: &mut Tx, ask: &Ask<NewCustomerJson>, id: CustomerId) -> Result<()> {
    for (kind, code) in [
        (Kind::Parent, &ask.body.parent),
        (Kind::Payer, &ask.body.payer),
    ] {
        let change = code.clone().map_or(Change::Keep, Change::Set);
        change_tie(tx, ask, (id, kind), &change).await?;
    }
    Ok(())
}

/// A sales person owns what they add. So does a manager who names nobody else: the customer would
/// otherwise be out of the manager's own sight.
async fn first_owner(tx: &mut Tx, ask: &Ask<NewCustomerJson>) -> Result<Option<PersonId>> {
    let actor = &ask.actor;
    if let Some(code) = &ask.body.owner {
        let owner = references::person(tx, &actor.scope, "owner", code, ask.today).await?;
        return Ok(Some(owner));
    }
    let adds_own = actor.role == Role::Rep || !actor.scope.is_all();
    Ok(adds_own.then_some(actor.person))
}

pub(super) async fn change(tx: &mut Tx, ask: &Ask<CustomerChangeJson>) -> Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(customer.version)?;
    let id = customer.customer();
    let fields = changed_fields(tx, ask, &customer).await?;
    rename(tx, ask, &customer, &fields.code).await?;
    customers::save(tx, id, &fields, customer.version)
        .await
        .map_err(|error| taken(error, "customer", fields.code.as_str()))?;
    change_tie(tx, ask, (id, Kind::Parent), &ask.body.parent).await?;
    change_tie(tx, ask, (id, Kind::Payer), &ask.body.payer).await?;
    change_terms(tx, ask, id).await?;
    change_owner(tx, ask, &customer).await?;
    change_end(tx, ask, id).await?;
    let code = fields.code.to_string();
    let before = serde_json::to_value(CustomerJson::from(customer)).ok();
    let shown = CustomerJson::from(customers::fetch(tx, &Scope::All, &code, ask.today).await?);
    let entry = Entry {
        action: "change",
        noun: "customer",
        subject: &code,
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

async fn changed_fields(
    tx: &mut Tx,
    ask: &Ask<CustomerChangeJson>,
    customer: &Customer,
) -> Result<Fields> {
    let body = &ask.body;
    let id = customer.customer();
    let old = customers::recorded_one(tx, id).await?.fields()?;
    let currency = match &body.currency {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
        None => old.currency,
    };
    let code = match &body.code {
        Some(code) => Code::parse(code).map_err(|no| no.at("code"))?,
        None => old.code,
    };
    let name = body.name.as_deref().unwrap_or(&old.name);
    let name_local = body.name_local.or(old.name_local);
    let city = body.city.or(old.city);
    Ok(Fields {
        name: accept_name(name, "name")?,
        name_local: optional_text(name_local.as_deref(), "name_local")?,
        group: match &body.group {
            Change::Keep => old.group,
            Change::Clear => None,
            Change::Set(code) => references::group(tx, Of::Customers, Some(code)).await?,
        },
        currency,
        city: optional_text(city.as_deref(), "city")?,
        lat: checked(body.lat.or(old.lat), accepted::lat, "lat")?,
        lon: checked(body.lon.or(old.lon), accepted::lon, "lon")?,
        phone: optional_text(body.phone.or(old.phone).as_deref(), "phone")?,
        tax_id: optional_text(body.tax_id.or(old.tax_id).as_deref(), "tax_id")?,
        code,
    })
}

/// The old code goes on answering.
async fn rename(
    tx: &mut Tx,
    ask: &Ask<CustomerChangeJson>,
    old: &Customer,
    code: &Code,
) -> Result<()> {
    let before = old.code.to_ascii_lowercase();
    let keys = (before.as_str(), code.folded());
    former_codes::rename(tx, Noun::Customer, old.id, (keys.0, &keys.1), ask.now)
        .await
        .map_err(|error| taken(error, "customer", code.as_str()))
}

async fn change_end(tx: &mut Tx, ask: &Ask<CustomerChangeJson>, id: CustomerId) -> Result<()> {
    let day = match &ask.body.ended_on {
        Change::Keep => return Ok(()),
        Change::Clear => None,
        Change::Set(text) => {
            let day = accepted::day(text).and_then(|day| accepted::document_day(day, ask.today));
            Some(day.map_err(|no| no.at("ended_on"))?)
        }
    };
    customers::end(tx, id, day).await
}

/// Another parent or payer, from today on. A customer that pays for itself has no payer besides.
async fn change_tie<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    (id, kind): (CustomerId, Kind),
    change: &Change<String>,
) -> Result<()> {
    let other = match change {
        Change::Keep => return Ok(()),
        Change::Clear => None,
        Change::Set(code) => {
            let scope = &ask.actor.scope;
            let other = references::customer(tx, scope, kind.as_str(), code, ask.today).await?;
            Some(other.customer())
        }
    };
    let other = other.filter(|other| kind != Kind::Payer || *other != id);
    if let Some(other) = other {
        refuse_circle(tx, (id, kind), other, ask.today).await?;
    }
    ties::set(tx, (id, kind), other, ask.today, ask.now).await
}

/// Other payment terms, from today on.
async fn change_terms(tx: &mut Tx, ask: &Ask<CustomerChangeJson>, id: CustomerId) -> Result<()> {
    let said = (&ask.body.payment_terms, &ask.body.payment_terms_days);
    let old = customer_terms::on(tx, id, Moment::latest(ask.today)).await?;
    let agreed = terms::changed(tx, old, said).await?;
    if agreed == old {
        return Ok(());
    }
    customer_terms::set(tx, id, agreed, ask.today, ask.now).await
}

async fn refuse_circle(
    tx: &mut Tx,
    (customer, kind): (CustomerId, Kind),
    other: CustomerId,
    from: Date,
) -> Result<()> {
    let tie = Tie {
        customer,
        kind,
        other,
        from,
        to: None,
    };
    if other == customer || ties::leads_back(tx, &tie).await? {
        return Err(super::ties::circle(kind).into());
    }
    Ok(())
}

/// The new owner begins today; the first one a customer ever has, in the beginning.
async fn change_owner(tx: &mut Tx, ask: &Ask<CustomerChangeJson>, old: &Customer) -> Result<()> {
    let owner = match &ask.body.owner {
        Change::Keep => return Ok(()),
        Change::Clear => None,
        Change::Set(code) => {
            Some(references::person(tx, &ask.actor.scope, "owner", code, ask.today).await?)
        }
    };
    if owner.map(PersonId::get) == old.owner_id {
        return Ok(());
    }
    // Who looks after whom is the manager's to say, here as with assignments.
    if ask.actor.role == Role::Finance {
        let text =
            "Finance keeps a customer's terms, not who looks after it. Ask the manager to move it.";
        return Err(kernel::Refusal::forbidden(text).at("owner").into());
    }
    let id = old.customer();
    let held = assignments::of_customer(tx, id).await?;
    let first = held.iter().all(|one| one.role != "owner");
    let from = if first { BEGINNING } else { ask.today };
    assignments::make_room(tx, id, "owner", from, None, ask.now).await?;
    let Some(person) = owner else { return Ok(()) };
    let new = Assignment {
        customer: id,
        person,
        role: "owner".to_owned(),
        from,
        to: None,
    };
    assignments::add_many(tx, &[new], ask.now).await
}

pub(super) async fn delete(tx: &mut Tx, ask: &Ask<StepJson>) -> Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(customer.version)?;
    customers::delete(tx, customer.customer()).await?;
    let shown = CustomerJson::from(customer);
    let entry = Entry {
        action: "delete",
        noun: "customer",
        subject: &shown.code,
        why: ask.body.reason.as_deref().unwrap_or_default(),
        before: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

fn optional_text(
    text: Option<&str>,
    field: &'static str,
) -> std::result::Result<Option<String>, Refusal> {
    accepted::text(text.unwrap_or_default(), field)
}

fn checked<T>(
    value: Option<T>,
    check: fn(T) -> std::result::Result<T, Refusal>,
    field: &'static str,
) -> std::result::Result<Option<T>, Refusal> {
    value.map(check).transpose().map_err(|no| no.at(field))
}
