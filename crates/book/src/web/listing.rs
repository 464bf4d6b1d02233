//! A list of documents as a page: what all kinds share, and what each says of itself.

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::{Count, Listing, Sort, SortBy};
use jiff::civil::Date;
use kernel::Refusal;
use maud::{Markup, html};
use org::web::views;
use page::{
    Actor, Asked, Column, Frame, Kit, ListPage, Query, Result, View, list::Row, list_page, num,
};
use sheet::export::Value;

use super::{
    choices::Choices,
    documents::{DocumentsQuery, narrowings},
    names,
};
use crate::store::{
    documents::BY_DAY,
    groups::Of,
    listed::{self, Listed, Look},
};

/// The keys of a list's texts.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub title: &'static str,
    /// What a document's number is called.
    pub number: &'static str,
    pub search: &'static str,
    /// There is none yet, and what to do.
    pub none: (&'static str, &'static str),
    pub not_found: &'static str,
}

/// Whose document it is: code, name, and the name in the customer's own language.
pub type Buyer<'a> = (&'a str, &'a str, Option<&'a str>);

/// A document with a list and a page of its own.
pub trait Document: Listed + Sync {
    /// Where the list is; a document is below it.
    const PATH: &'static str;
    const WORDS: Words;
    /// What the list can be narrowed to.
    const STATUSES: &'static [&'static str];
    const SORTS: &'static [SortBy];
    /// Where the list is sent as a file, and the file's kind.
    const EXPORTS: [(&'static str, &'static str); 2];
    /// What the file is called, and its columns.
    const FILE: (&'static str, &'static [&'static str]);

    fn number(&self) -> &str;
    fn date(&self) -> Date;
    fn buyer(&self) -> Buyer<'_>;
    fn status_text(frame: &Frame, status: &str) -> String;
    /// The columns behind number, date and customer.
    fn columns(frame: &Frame) -> Vec<Column>;
    /// The cells below them.
    fn cells(&self, frame: &Frame, today: Date) -> Markup;
    /// The row of the file, a value for each of its columns.
    fn values(&self, today: Date) -> std::result::Result<Vec<Value<'_>>, Refusal>;
}

/// What the page is drawn from.
struct Shown<'a, T> {
    asked: Asked,
    further: bool,
    look: &'a Look<T>,
    choices: &'a Choices,
    views: &'a [View],
    today: Date,
    /// Buttons in the head.
    actions: Markup,
}

/// One page of a list, as the API is asked for it.
pub async fn found<T: Document>(
    kit: &Kit,
    actor: &Actor,
    query: &DocumentsQuery,
) -> Result<Listing<T>> {
    let question = query.read(T::STATUSES, T::SORTS)?;
    let mut tx = kit.db.read().await?;
    Ok(listed::page(&mut tx, question.asked(&actor.scope, kit.today())).await?)
}

/// `GET /invoices` and its like.
pub async fn show<T: Document>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    show_with::<T>(&kit, &actor, &frame, (&uri, &query), html! {}).await
}

/// The same with buttons in its head.
pub async fn show_with<T: Document>(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    (uri, query): (&Uri, &DocumentsQuery),
    actions: Markup,
) -> Result<Response> {
    let question = query.read(T::STATUSES, T::SORTS)?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, actor, T::PATH).await?;
    if let Some(elsewhere) = views::opening(uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let mut choices = Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?;
    choices.groups.clear();
    let look: Look<T> = listed::look(&mut tx, question.asked(scope, today)).await?;
    let shown = Shown {
        asked: query.asked(T::PATH),
        further: question.is_further(),
        look: &look,
        choices: &choices,
        views: &views,
        today,
        actions,
    };
    Ok(drawn(frame, &shown).into_response())
}

fn drawn<T: Document>(frame: &Frame, shown: &Shown<'_, T>) -> Markup {
    let statuses = T::STATUSES.iter();
    let statuses = statuses.map(|status| ((*status).to_owned(), T::status_text(frame, status)));
    let mut columns = vec![
        Column::of(frame.t(T::WORDS.number)).sorts("number"),
        Column::of(frame.t("orders-date")).sorts_down("date"),
        Column::of(frame.t("orders-customer")).sorts("customer"),
    ];
    columns.extend(T::columns(frame));
    let title = frame.t(T::WORDS.title);
    let rows = shown.look.rows.items.iter();
    list_page(
        frame,
        &ListPage {
            title: title.clone(),
            sub: String::new(),
            actions: shown.actions.clone(),
            exports: T::EXPORTS.to_vec(),
            asked: &shown.asked,
            views: shown.views,
            filters: narrowings(frame, &shown.asked, statuses.collect(), shown.choices),
            search: frame.t(T::WORDS.search),
            caption: title,
            meta: String::new(),
            columns,
            sort: shown.look.sort,
            count: shown.look.count,
            rows: rows.map(|own| row(frame, own, shown.today)).collect(),
            none: (frame.t(T::WORDS.none.0), frame.t(T::WORDS.none.1)),
            not_found: (
                frame.t(T::WORDS.not_found),
                frame.t("orders-not-found-next"),
            ),
            next: shown.look.rows.next.as_ref(),
            further: shown.further,
            bulk: None,
        },
    )
}

fn row<T: Document>(frame: &Frame, own: &T, today: Date) -> Row {
    let number = own.number();
    Row {
        code: number.to_owned(),
        name: number.to_owned(),
        cells: html! {
            th scope="row" { a href=(page::address(T::PATH, number)) { (number) } }
            td data-l=(frame.t("orders-date")) { (num::day_tag(frame, own.date())) }
            td { (names::customer(frame, own.buyer())) }
            (own.cells(frame, today))
        },
    }
}

/// The values every row begins with: number, day, and whose it is.
pub(super) fn first_values<T: Document>(own: &T) -> Vec<Value<'_>> {
    let (code, name, _) = own.buyer();
    vec![
        Value::of(own.number()),
        Value::Day(own.date()),
        Value::of(code),
        Value::of(name),
    ]
}

/// A list for the gallery: with these rows, narrowed to a status.
pub(in crate::web) fn sample<T: Document>(frame: &Frame, items: Vec<T>, status: &str) -> Markup {
    let count = i64::try_from(items.len()).unwrap_or(0);
    let next = items.last().map(|last| db::Cursor {
        key: last.date().to_string(),
        id: last.id(),
    });
    let query = DocumentsQuery {
        status: status.to_owned(),
        ..DocumentsQuery::default()
    };
    let shown = Shown {
        asked: query.asked(T::PATH),
        further: false,
        look: &Look {
            rows: Listing { items, next },
            count: Count::Exactly(count),
            sort: Sort {
                by: BY_DAY,
                down: true,
            },
        },
        choices: &Choices::sample(),
        views: &[],
        today: frame.today,
        actions: html! {},
    };
    drawn(frame, &shown)
}
