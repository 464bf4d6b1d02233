//! What lists of documents are asked, and the days documents may have.

use db::{Cursor, Limit, Sort, SortBy};
use jiff::civil::Date;
use kernel::{Moment, Refusal, Scope, refusal::Kind};
use page::{Frame, Narrowing, list::By};
use serde::Deserialize;

use super::{accepted, choices::Choices};
use crate::store::{
    documents::BY_DAY,
    listed::{Asked, Filter},
};

/// The questions a list of documents takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentsQuery {
    pub q: String,
    pub unit: String,
    pub owner: String,
    pub status: String,
    pub customer: String,
    pub order: String,
    pub from: String,
    pub to: String,
    /// One of the list's orders, with `-` before it for the other way round.
    pub sort: String,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// A question that was understood.
#[derive(Debug, Clone)]
pub struct Question {
    filter: Filter,
    limit: Limit,
    cursor: Cursor,
}

impl Question {
    /// Whether this is a later page of the list.
    pub fn is_further(&self) -> bool {
        !self.cursor.is_start()
    }

    pub fn asked<'a>(&'a self, scope: &'a Scope, on: Date) -> Asked<'a> {
        Asked {
            scope,
            filter: &self.filter,
            on,
            limit: self.limit,
            from: &self.cursor,
        }
    }
}

impl DocumentsQuery {
    /// The question with a `status` that is one of `statuses` and a `sort` that is one of `sorts`.
    ///
    /// # Errors
    ///
    /// `query.status`, `query.sort`, `query.day`, `page.limit` or `page.cursor`.
    pub fn read(&self, statuses: &[&str], sorts: &[SortBy]) -> Result<Question, Refusal> {
        if !self.status.is_empty() && !statuses.contains(&self.status.as_str()) {
            let message = format!("“{}” is not one of {}.", self.status, statuses.join(", "));
            return Err(Refusal::new(Kind::Malformed, "query.status", message).at("status"));
        }
        let newest = Sort {
            by: BY_DAY,
            down: true,
        };
        Ok(Question {
            filter: Filter {
                q: self.q.clone(),
                status: self.status.clone(),
                customer: self.customer.clone(),
                owner: self.owner.clone(),
                unit: self.unit.clone(),
                order: self.order.clone(),
                from: accepted::query_day(&self.from, "from")?,
                to: accepted::query_day(&self.to, "to")?,
                sort: Some(Sort::parse(&self.sort, sorts, newest)?),
                ..Filter::default()
            },
            limit: Limit::parse(self.limit)?,
            cursor: Cursor::parse(self.cursor.as_deref())?,
        })
    }
}

impl DocumentsQuery {
    /// What is asked at `path`, for the links of a page.
    pub fn asked(&self, path: &'static str) -> page::Asked {
        let limit = self.limit.map(|rows| rows.to_string()).unwrap_or_default();
        let conditions = [
            ("q", self.q.as_str()),
            ("status", &self.status),
            ("customer", &self.customer),
            ("order", &self.order),
            ("owner", &self.owner),
            ("unit", &self.unit),
            ("from", &self.from),
            ("to", &self.to),
            ("sort", &self.sort),
            ("limit", &limit),
        ];
        page::Asked::of(path, &conditions)
    }
}

/// The chips all lists of documents have: status, days, customer, order, owner and unit.
pub fn narrowings(
    frame: &Frame,
    asked: &page::Asked,
    statuses: Vec<(String, String)>,
    choices: &Choices,
) -> Vec<Narrowing> {
    let link = |label: &str, name: &'static str| Narrowing {
        label: frame.t(label),
        shown: Some(asked.get(name).to_owned()).filter(|value| !value.is_empty()),
        by: By::Link(name),
    };
    let mut narrowings = vec![
        Narrowing::choice(asked, frame.t("orders-status"), "status", statuses),
        Narrowing::days(asked, frame.t("orders-date"), "from", "to"),
        link("orders-customer", "customer"),
        link("documents-order", "order"),
    ];
    narrowings.extend(choices.narrowings(frame, asked));
    narrowings.retain(Narrowing::is_of_use);
    narrowings
}

/// The moment a figure is asked for: as of a day, as known at an instant.
///
/// # Errors
///
/// `query.day` or `instant.malformed`.
pub fn moment(as_of: Option<&str>, known_at: Option<&str>, today: Date) -> Result<Moment, Refusal> {
    let day = accepted::query_day(as_of.unwrap_or_default(), "as_of")?.unwrap_or(today);
    Ok(Moment {
        as_of: day,
        known_at: self::known_at(known_at.unwrap_or_default())?,
    })
}

/// An instant in microseconds; empty is all there ever was to know.
///
/// # Errors
///
/// `instant.malformed`.
pub fn known_at(text: &str) -> Result<i64, Refusal> {
    if text.is_empty() {
        return Ok(i64::MAX);
    }
    let instant: jiff::Timestamp = text.parse().map_err(|_unreadable| {
        let message = "Write an instant like 2026-06-30T16:00:00Z.";
        Refusal::new(Kind::Malformed, "instant.malformed", message).at("known_at")
    })?;
    Ok(instant.as_microsecond())
}

/// The day of something that happened: given, or today; not after today.
///
/// # Errors
///
/// `date.malformed`, `date.range` or `date.future`, pointing at `field`.
pub fn past_day(text: Option<&str>, field: &'static str, today: Date) -> Result<Date, Refusal> {
    let Some(text) = text else { return Ok(today) };
    let day = accepted::day(text)
        .and_then(|day| accepted::document_day(day, today))
        .map_err(|no| no.at(field))?;
    if today < day {
        let message = format!("{day} is after today, {today}. Only what has happened is recorded.");
        return Err(Refusal::value("date.future", message).at(field));
    }
    Ok(day)
}

/// A note or reason: trimmed, at most 500 characters, none of them control; empty if left out.
///
/// # Errors
///
/// `text.long` or `text.control`, pointing at `field`.
pub fn note(text: Option<&str>, field: &'static str) -> Result<String, Refusal> {
    let text = text.unwrap_or_default().trim();
    if 500 < text.chars().count() {
        let message = format!("{field} is longer than 500 characters.");
        return Err(Refusal::value("text.long", message).at(field));
    }
    if text
        .chars()
        .any(|letter| letter.is_control() && letter != '\n')
    {
        let message = format!("{field} contains control characters.");
        return Err(Refusal::value("text.control", message).at(field));
    }
    Ok(text.to_owned())
}
