//! Taking a customer in, and changing what is recorded of one.

use db::{Result, Tx};
use kernel::{Code, Currency, Refusal, Role, Scope, ids::PersonId, times::BEGINNING};
use org::{
    api::{self, Ask, accept_name},
    store::company,
    web::units::taken,
};
use trail::{Answer, Entry};

use super::{CustomerChangeJson, CustomerJson, NewCustomerJson};
use crate::{
    CustomerId,
    store::{
        assignments::{self, Assignment},
        customers::{self, Customer, Fields},
        groups::Of,
    },
    web::{accepted, change::Change, references},
};

pub(super) async fn add(tx: &mut Tx, ask: &Ask<NewCustomerJson>) -> Result<Answer> {
    let fields = new_fields(tx, ask).await?;
    let owner = first_owner(tx, ask).await?;
    let id = customers::add(tx, &fields)
        .await
        .map_err(|error| taken(error, "customer", fields.code.as_str()))?;
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
    let scope = &ask.actor.scope;
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let currency = match &body.currency {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
        None => company::expect(tx).await?.currency,
    };
    let (parent, payer) = (body.parent.as_deref(), body.payer.as_deref());
    Ok(Fields {
        code,
        name: accept_name(&body.name, "name")?,
        name_local: optional_text(body.name_local.as_deref(), "name_local")?,
        group: references::group(tx, Of::Customers, body.group.as_deref()).await?,
        parent: references::other_customer(tx, scope, "parent", parent, ask.today).await?,
        payer: references::other_customer(tx, scope, "payer", payer, ask.today).await?,
        currency,
        payment_terms_days: checked(
            body.payment_terms_days,
            accepted::terms_days,
            "payment_terms_days",
        )?,
        city: optional_text(body.city.as_deref(), "city")?,
        lat: checked(body.lat, accepted::lat, "lat")?,
        lon: checked(body.lon, accepted::lon, "lon")?,
    })
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
    customers::save(tx, id, &fields, customer.version).await?;
    change_owner(tx, ask, &customer).await?;
    let code = customer.code.clone();
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
    let terms = body.payment_terms_days.or(old.payment_terms_days);
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
        parent: changed_parent(tx, ask, id, old.parent).await?,
        payer: changed_payer(tx, ask, id, old.payer).await?,
        currency,
        payment_terms_days: checked(terms, accepted::terms_days, "payment_terms_days")?,
        city: optional_text(city.as_deref(), "city")?,
        lat: checked(body.lat.or(old.lat), accepted::lat, "lat")?,
        lon: checked(body.lon.or(old.lon), accepted::lon, "lon")?,
        code: old.code,
    })
}

async fn changed_parent(
    tx: &mut Tx,
    ask: &Ask<CustomerChangeJson>,
    id: CustomerId,
    old: Option<CustomerId>,
) -> Result<Option<CustomerId>> {
    let code = match &ask.body.parent {
        Change::Keep => return Ok(old),
        Change::Clear => return Ok(None),
        Change::Set(code) => code,
    };
    let parent = references::customer(tx, &ask.actor.scope, "parent", code, ask.today).await?;
    if customers::stands_above(tx, id, parent.customer()).await? {
        let message = format!(
            "{} stands below this customer already, so it cannot be its parent.",
            parent.code
        );
        return Err(Refusal::value("customer.parent_cycle", message)
            .at("parent")
            .into());
    }
    Ok(Some(parent.customer()))
}

/// A customer that pays for itself has no payer besides.
async fn changed_payer(
    tx: &mut Tx,
    ask: &Ask<CustomerChangeJson>,
    id: CustomerId,
    old: Option<CustomerId>,
) -> Result<Option<CustomerId>> {
    let code = match &ask.body.payer {
        Change::Keep => return Ok(old),
        Change::Clear => return Ok(None),
        Change::Set(code) => code,
    };
    let payer = references::customer(tx, &ask.actor.scope, "payer", code, ask.today).await?;
    Ok(Some(payer.customer()).filter(|payer| *payer != id))
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
