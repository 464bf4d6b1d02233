//! What is kept of a customer, as panels of its page: whom to talk to, where it is, whom it belongs to
//! and who pays for it, and its files.

use db::{Cursor, Limit, Tx};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::Role;
use maud::{Markup, html};
use org::store::company;
use page::{
    Frame, num,
    panels::{About, Drawing, Panel},
    parts::Tone,
};

use super::held;
use crate::{
    CustomerId,
    store::{
        addresses::{self, Address},
        attachments::{self, Attachment, Noun},
        contacts::{self, Contact},
        customer_terms,
        ties::{self, Shown},
    },
    web::names,
};

/// Files that are shown; the API lists all.
const MOST_FILES: i64 = 50;

/// A file with the day it came.
struct Filed {
    file: Attachment,
    day: Option<Date>,
}

pub(super) fn panels() -> Vec<Panel> {
    let panel = |name, title_key, draw| Panel {
        subject: "customer",
        name,
        title_key,
        wide: false,
        later: false,
        draw,
    };
    vec![
        panel("contacts", "panel-contacts", contacts_panel),
        panel("addresses", "panel-addresses", addresses_panel),
        panel("ties", "panel-ties", ties_panel),
        panel("terms", "panel-terms", terms_panel),
        panel("files", "panel-files", files_panel),
    ]
}

fn contacts_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = CustomerId::of(about.id);
        let found = contacts::of_customer(tx, customer, about.moment).await?;
        Ok(Some(contacts_card(&about.frame, &about.code, &found)))
    })
}

fn addresses_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = CustomerId::of(about.id);
        let found = addresses::of_customer(tx, customer, about.moment).await?;
        Ok(Some(addresses_card(&about.frame, &about.code, &found)))
    })
}

fn ties_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = CustomerId::of(about.id);
        let own = ties::shown(tx, customer, about.moment.known_at).await?;
        let below = ties::below(tx, &about.scope, customer, about.moment.as_of).await?;
        Ok(Some(ties_card(&about.frame, &about.code, (&own, &below))))
    })
}

fn terms_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = CustomerId::of(about.id);
        let agreed = customer_terms::shown(tx, customer, about.moment.known_at).await?;
        Ok(Some(terms_card(&about.frame, &about.code, &agreed)))
    })
}

fn files_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(MOST_FILES))?;
        let start = Cursor::start();
        let found = attachments::list(tx, Noun::Customer, about.id, limit, &start).await?;
        let zone = company::expect(tx).await?.zone;
        let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        let files: Vec<Filed> = found
            .items
            .into_iter()
            .map(|file| Filed {
                day: day_of(file.added_at, &zone),
                file,
            })
            .collect();
        Ok(Some(files_card(&about.frame, &about.code, &files)))
    })
}

fn day_of(micros: i64, zone: &TimeZone) -> Option<Date> {
    let at = Timestamp::from_microsecond(micros).ok()?;
    Some(at.to_zoned(zone.clone()).date())
}

/// The way to add something, for those who may.
fn adding(frame: &Frame, code: &str, (path, label): (&str, &str), may: &[Role]) -> Markup {
    let place = format!("{}/{path}/new", page::address("/customers", code));
    let text = frame.t(label);
    html! { @if is_among(frame, may) { (page::link(&place, &text).small().ghost().icon("plus")) } }
}

/// The way to change one thing, for those who may; named for who does not see its place.
fn changing(frame: &Frame, place: &str, name: &str, may: &[Role]) -> Markup {
    html! { @if is_among(frame, may) {
        " " a.btn.s.ghost.icon href=(place) aria-label=(frame.tw("panel-change", &[("name", name)])) {
            (page::icon("edit"))
        }
    } }
}

fn is_among(frame: &Frame, may: &[Role]) -> bool {
    let actor = frame.actor.as_ref();
    actor.is_some_and(|actor| may.contains(&actor.role))
}

fn contacts_card(frame: &Frame, code: &str, contacts: &[Contact]) -> Markup {
    let title = frame.t("panel-contacts");
    let may = &crate::web::contacts::MAY_CHANGE;
    let add = adding(frame, code, ("contacts", "panel-add"), may);
    if contacts.is_empty() {
        return page::card(title, "", add, page::quiet(frame.t("panel-no-contacts")));
    }
    let place = |one: &Contact| {
        let customer = page::address("/customers", code);
        format!("{customer}/contacts/{}", one.public_id)
    };
    let body = html! { ul.list { @for one in contacts { li {
        (page::icon("user"))
        span {
            b { (names::one(frame, &one.name, one.name_local.as_deref())) }
            " " span.t3 { (names::other(frame, &one.name, one.name_local.as_deref())) }
            span.sub {
                @if let Some(phone) = &one.phone { a href=(dial(phone)) { (phone) } " " }
                @if let Some(email) = &one.email { a href={ "mailto:" (email) } { (email) } }
            }
        }
        span.push {
            (page::badge(role_tone(&one.role), frame.t(role_key(&one.role))))
            (changing(frame, &place(one), &one.name, may))
        }
    } } } };
    page::card(title, contacts.len(), add, body)
}

fn role_tone(role: &str) -> Tone {
    if role == "decider" {
        Tone::Info
    } else {
        Tone::Plain
    }
}

fn role_key(role: &str) -> &'static str {
    match role {
        "decider" => "contact-decider",
        "buyer" => "contact-buyer",
        "payer" => "contact-payer",
        "technical" => "contact-technical",
        _ => "contact-other",
    }
}

/// The number as a telephone dials it.
fn dial(phone: &str) -> String {
    let digits: String = phone
        .chars()
        .filter(|letter| letter.is_ascii_digit() || *letter == '+')
        .collect();
    format!("tel:{digits}")
}

fn addresses_card(frame: &Frame, code: &str, addresses: &[Address]) -> Markup {
    let title = frame.t("panel-addresses");
    let may = &crate::web::addresses::MAY_CHANGE;
    let add = adding(frame, code, ("addresses", "panel-add"), may);
    if addresses.is_empty() {
        return page::card(title, "", add, page::quiet(frame.t("panel-no-addresses")));
    }
    let place = |one: &Address| {
        let customer = page::address("/customers", code);
        format!("{customer}/addresses/{}", one.public_id)
    };
    let body = html! { ul.list { @for one in addresses { li {
        (page::icon("pin"))
        span {
            b { (frame.t(kind_key(&one.kind))) }
            span.sub { (in_one_line(one)) }
            @if let Some((lat, lon)) = one.lat.zip(one.lon) { span.sub { (lat) ", " (lon) } }
        }
        span.push { (changing(frame, &place(one), &one.line1, may)) }
    } } } };
    page::card(title, "", add, body)
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "billing" => "address-billing",
        "shipping" => "address-shipping",
        _ => "address-visit",
    }
}

fn in_one_line(address: &Address) -> String {
    let place = [address.postcode.as_deref(), address.city.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let place = Some(place.join(" ")).filter(|place| !place.is_empty());
    let parts = [
        Some(address.line1.clone()),
        address.line2.clone(),
        place,
        address.country.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

fn ties_card(frame: &Frame, code: &str, (own, below): (&[Shown], &[Shown])) -> Markup {
    let title = frame.t("panel-ties");
    let may = &crate::web::customers::ties::MAY_CHANGE;
    let add = adding(frame, code, ("ties", "panel-add"), may);
    if own.is_empty() && below.is_empty() {
        return page::card(title, "", add, page::quiet(frame.t("panel-no-ties")));
    }
    let ending = |one: &Shown| {
        let place = format!(
            "{}/ties/{}/end",
            page::address("/customers", code),
            one.kind
        );
        let text = frame.t("panel-end-tie");
        html! { @if one.valid_to.is_none() && is_among(frame, may) { " " (page::link(&place, &text).small().ghost()) } }
    };
    let body = html! { ul.list {
        @for one in own { li {
            (page::icon("up"))
            span {
                b { (one.other_name) } " " span.t3 { (one.other_code) }
                span.sub { (days(frame, one)) }
            }
            span.push { (page::badge(Tone::Plain, frame.t(tie_key(&one.kind)))) (ending(one)) }
        } }
        @for one in below { li {
            (page::icon("cust"))
            span {
                a href=(page::address("/customers", &one.other_code)) { b { (one.other_name) } }
                " " span.t3 { (one.other_code) }
                span.sub { (days(frame, one)) }
            }
            span.push { (page::badge(Tone::Line, frame.t(below_key(&one.kind)))) }
        } }
    } };
    page::card(title, "", add, body)
}

fn tie_key(kind: &str) -> &'static str {
    if kind == "payer" {
        "tie-payer"
    } else {
        "tie-parent"
    }
}

fn below_key(kind: &str) -> &'static str {
    if kind == "payer" {
        "tie-pays"
    } else {
        "tie-child"
    }
}

fn days(frame: &Frame, tie: &Shown) -> String {
    span(frame, &tie.valid_from, tie.valid_to.as_deref())
}

fn span(frame: &Frame, from: &str, to: Option<&str>) -> String {
    let from = from.parse().unwrap_or(frame.today);
    held(frame, from, to.and_then(|day| day.parse().ok()))
}

/// What it paid and pays by, the last agreed first.
fn terms_card(frame: &Frame, code: &str, agreed: &[customer_terms::Shown]) -> Markup {
    let title = frame.t("panel-terms");
    let may = &crate::web::customers::terms::MAY_CHANGE;
    let add = adding(frame, code, ("payment-terms", "panel-agree-terms"), may);
    if agreed.is_empty() {
        return page::card(title, "", add, page::quiet(frame.t("panel-no-terms")));
    }
    let body = html! { ul.list { @for one in agreed.iter().rev() { li {
        (page::icon("cal"))
        span {
            @if let Some(name) = &one.name {
                b { (names::one(frame, name, one.name_local.as_deref())) }
                @if let Some(code) = &one.code { " " span.t3 { (code) } }
            } @else if let Some(days) = one.days {
                b { (frame.tw("panel-terms-days", &[("days", num::whole(days))])) }
            }
            span.sub { (span(frame, &one.valid_from, one.valid_to.as_deref())) }
        }
    } } } };
    page::card(title, "", add, body)
}

fn files_card(frame: &Frame, code: &str, files: &[Filed]) -> Markup {
    let title = frame.t("panel-files");
    let may = &crate::web::attachments::MAY_CHANGE;
    let add = adding(frame, code, ("files", "panel-add"), may);
    if files.is_empty() {
        return page::card(title, "", add, page::quiet(frame.t("panel-no-files")));
    }
    let place = |one: &Filed| {
        format!(
            "{}/edit",
            page::address("/attachments", &one.file.public_id)
        )
    };
    let body = html! { ul.list { @for one in files { li {
        (page::icon("doc"))
        span {
            a href=(page::address("/attachments", &one.file.public_id)) hx-boost="false" { (one.file.name) }
            span.sub {
                (size(frame, one.file.size_bytes)) " · " (one.file.added_by)
                @if let Some(day) = one.day { " · " (num::day(frame, day)) }
                @if let Some(note) = &one.file.note { " · " (note) }
            }
        }
        span.push { (changing(frame, &place(one), &one.file.name, may)) }
    } } } };
    page::card(title, "", add, body)
}

/// Bytes as people say them, rounded up so that nothing is empty.
fn size(frame: &Frame, bytes: i64) -> String {
    let kib = bytes.div_euclid(1024) + i64::from(bytes.rem_euclid(1024) != 0);
    frame.tw("panel-size", &[("kib", num::whole(kib))])
}

/// The panels as they look, with everything or with nothing.
pub(super) fn samples(frame: &Frame, is_new: bool) -> Vec<Markup> {
    let mut people = vec![Contact::sample()];
    for role in ["buyer", "payer", "technical", "other"] {
        people.push(Contact {
            role: role.to_owned(),
            ..Contact::sample()
        });
    }
    let mut places = vec![Address::sample()];
    for kind in ["billing", "visit"] {
        places.push(Address {
            kind: kind.to_owned(),
            ..Address::sample()
        });
    }
    let mut own = vec![Shown::sample("parent"), Shown::sample("payer")];
    let mut below = own.clone();
    let mut agreed = vec![
        customer_terms::Shown::sample(false),
        customer_terms::Shown::sample(true),
    ];
    let mut files = vec![Filed {
        file: Attachment::sample(),
        day: Some(frame.today),
    }];
    if is_new {
        people.clear();
        places.clear();
        own.clear();
        below.clear();
        agreed.clear();
        files.clear();
    }
    vec![
        contacts_card(frame, "C-1", &people),
        addresses_card(frame, "C-1", &places),
        ties_card(frame, "C-1", (&own, &below)),
        terms_card(frame, "C-1", &agreed),
        files_card(frame, "C-1", &files),
    ]
}
