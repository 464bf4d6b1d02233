//! `GET /search?q=`: what the command palette shows below its commands, in the asker's scope.

use axum::extract::State;
use book::store::{customers, orders};
use db::{Cursor, Limit};
use maud::{Markup, html};
use org::store::people;
use page::{Actor, Frame, Kit, Query, Result};
use serde::Deserialize;

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// Hits of one kind at most.
const EACH: i64 = 6;

/// One line of the palette.
struct Hit {
    href: String,
    icon: &'static str,
    text: String,
    beside: String,
}

/// Customers by name, people by name, orders by number.
pub async fn find(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let q = asked.q.trim().to_owned();
    if q.is_empty() {
        return Ok(html! {});
    }
    let limit = Limit::parse(Some(EACH))?;
    let (today, start, scope) = (kit.today(), Cursor::start(), &actor.scope);
    let mut tx = kit.db.read().await?;
    let wanted = customers::Filter {
        q: q.clone(),
        ..customers::Filter::default()
    };
    let found = customers::list(&mut tx, scope, &wanted, today, limit, &start).await?;
    let mut hits: Vec<Hit> = found
        .items
        .into_iter()
        .map(|customer| Hit {
            href: page::address("/customers", &customer.code),
            icon: "cust",
            text: [Some(customer.name), customer.name_local]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            beside: customer.code,
        })
        .collect();
    let wanted = people::Filter {
        q: q.clone(),
        ..people::Filter::default()
    };
    let found = people::list(&mut tx, scope, &wanted, today, limit, &start).await?;
    hits.extend(found.items.into_iter().map(|person| {
        Hit {
            href: format!("/people?q={}", person.code),
            icon: "user",
            text: [Some(person.name), person.name_local]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            beside: person.unit_name.unwrap_or_default(),
        }
    }));
    // Orders are looked up by number only: a name finds the customer above.
    if q.chars().any(|letter| letter.is_ascii_digit()) {
        let wanted = orders::Filter {
            q,
            ..orders::Filter::default()
        };
        let found = orders::list(&mut tx, scope, &wanted, today, limit, &start).await?;
        hits.extend(found.items.into_iter().map(|order| Hit {
            href: page::address("/orders", &order.number),
            icon: "doc",
            text: order.number,
            beside: order.customer_name,
        }));
    }
    Ok(hit_list(&frame, &hits))
}

fn hit_list(frame: &Frame, hits: &[Hit]) -> Markup {
    html! {
        @for hit in hits {
            li role="option" aria-selected="false" {
                a href=(hit.href) tabindex="-1" {
                    (page::icon(hit.icon)) span { (hit.text) } span.push.t3 { (hit.beside) }
                }
            }
        }
        @if hits.is_empty() { li.t3.sm { (frame.t("nothing-found")) } }
    }
}
