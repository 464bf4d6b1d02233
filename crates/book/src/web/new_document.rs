//! `/quotations/new` and its like: a document with its rows is drawn up on a page, by the same rule as
//! through the API. Nothing that was typed is lost, and more rows come with a button.

use axum::{extract::State, http::Uri, response::Response};
use kernel::Role;
use maud::{Markup, html};
use org::api::Act;
use page::{
    Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Query, Result, field,
    parts::{stackable_table, th, th_n},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    deeds::{self, Deeds, Opened, Sent, Typed},
    documents::DocumentsQuery,
    form_page::{FormPage, form_page},
    listing::{self, Document},
};

/// Rows that stand in an empty form, and that a press of the button adds.
const ROWS: usize = 5;
/// The most rows of a form; what has more comes by file.
const MOST_ROWS: usize = 100;

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Day,
    Percent,
    Area,
    /// One of these words; their texts begin with what stands before them.
    Word(&'static str, &'static [&'static str]),
}

/// A field of the head: its name in the request, its text, and whether it must be filled in.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub hint: Option<&'static str>,
}

impl Head {
    pub const fn needed(name: &'static str, label: &'static str, kind: Kind) -> Head {
        Head {
            name,
            label,
            kind,
            required: true,
            hint: None,
        }
    }

    pub const fn free(
        name: &'static str,
        label: &'static str,
        kind: Kind,
        hint: Option<&'static str>,
    ) -> Head {
        Head {
            name,
            label,
            kind,
            required: false,
            hint,
        }
    }
}

/// A column of the rows: its name in the request, its text, and whether a row needs it.
pub type Column = (&'static str, &'static str, bool);

/// What a form asks.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    /// How its deeds' texts begin: `quotation` for `do-quotation-create`.
    pub noun: &'static str,
    /// What the page is called.
    pub new: &'static str,
    pub head: &'static [Head],
    /// What the request calls the rows.
    pub rows: &'static str,
    pub title: &'static str,
    pub columns: &'static [Column],
    /// Said below the rows.
    pub hint: Option<&'static str>,
}

/// A document that is drawn up on a page.
pub trait DrawnUp: Document {
    type New: DeserializeOwned + Send + Sync + 'static;
    const MAY: &'static [Role];
    const SHEET: Sheet;
    const ADD: Act<Self::New>;
}

/// Whom it is for, if one came from a customer's page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewQuery {
    customer: String,
}

/// `GET /quotations`: the list, with the way to a new one for those who may.
pub async fn list<T: DrawnUp>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    let text = frame.t(T::SHEET.new);
    let place = format!("{}/new", T::PATH);
    let may = T::MAY.contains(&actor.role);
    let new = html! { @if may { (page::link(&place, &text).primary().icon("plus")) } };
    listing::show_with::<T>(&kit, &actor, &frame, (&uri, &query), new).await
}

/// `GET /quotations/new`.
pub async fn show<T: DrawnUp>(
    actor: Actor,
    frame: Frame,
    Query(query): Query<NewQuery>,
) -> Result<Markup> {
    actor.may(T::MAY)?;
    let opened = Opened::default().or("customer", query.customer);
    Ok(drawn::<T>(&frame, &opened))
}

/// `POST /quotations`.
pub async fn create<T: DrawnUp>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(mut typed): Form<Typed>,
) -> Result<Response> {
    use axum::response::IntoResponse;
    actor.may(T::MAY)?;
    if typed.remove("more").is_some() {
        let rows = (rows_of(&T::SHEET, &typed) + ROWS).min(MOST_ROWS);
        typed.insert("rows".to_owned(), rows.to_string());
        let opened = Opened {
            typed,
            ..Opened::default()
        };
        return Ok(drawn::<T>(&frame, &opened).into_response());
    }
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: "",
        typed: &typed,
    };
    let done = match deeds::read(body(&T::SHEET, &typed)) {
        Ok(body) => form.carry(body, T::ADD).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => Ok(Deeds::done(
            &frame,
            (T::SHEET.noun, "create"),
            T::PATH,
            &answer,
        )),
        Err(problem) => {
            let kept = filled_rows(&T::SHEET, &typed);
            // A fault is told beside any cell of the form, also one that was not sent.
            for place in 0..rows_of(&T::SHEET, &typed) {
                for (name, ..) in T::SHEET.columns {
                    typed.entry(id(&T::SHEET, place, name)).or_default();
                }
            }
            let mut opened = Opened::refused(&frame, "", typed, &problem)?;
            let rows = T::SHEET.rows;
            opened.errors = opened.errors.renamed(|field| in_form(rows, &kept, field));
            Ok(page::ask_again(&problem, drawn::<T>(&frame, &opened)))
        }
    }
}

/// How many rows the form has.
fn rows_of(sheet: &Sheet, typed: &Typed) -> usize {
    let asked = typed.get("rows").and_then(|rows| rows.parse().ok());
    let last = filled_rows(sheet, typed)
        .last()
        .map_or(0, |place| place + 1);
    asked.unwrap_or(ROWS).max(last).min(MOST_ROWS)
}

fn id(sheet: &Sheet, place: usize, column: &str) -> String {
    format!("{}[{place}].{column}", sheet.rows)
}

/// The rows in which anything stands, in their sequence.
fn filled_rows(sheet: &Sheet, typed: &Typed) -> Vec<usize> {
    let stands = |place: &usize| {
        sheet.columns.iter().any(|(name, ..)| {
            let text = typed.get(&id(sheet, *place, name));
            text.is_some_and(|text| !text.trim().is_empty())
        })
    };
    (0..MOST_ROWS).filter(stands).collect()
}

/// What was typed as a request: of the head what is filled in, of the rows those in which anything stands.
fn body(sheet: &Sheet, typed: &Typed) -> Map<String, Value> {
    let names: Vec<&str> = sheet.head.iter().map(|head| head.name).collect();
    let mut body = deeds::filled(typed, &names);
    for head in sheet.head.iter().filter(|head| head.required) {
        body.entry(head.name)
            .or_insert_with(|| Value::from(String::new()));
    }
    let rows = filled_rows(sheet, typed).into_iter().map(|place| {
        let cells = sheet.columns.iter().filter_map(|(name, _, required)| {
            let text = typed
                .get(&id(sheet, place, name))
                .map_or("", |text| text.trim());
            (*required || !text.is_empty()).then(|| ((*name).to_owned(), Value::from(text)))
        });
        Value::Object(cells.collect())
    });
    body.insert(sheet.rows.to_owned(), rows.collect());
    body
}

/// A field of what was sent on, as the form calls it: rows that were left empty count there as well.
fn in_form(rows: &str, kept: &[usize], field: &str) -> String {
    let renamed = field.strip_prefix(rows).and_then(|rest| {
        let (place, rest) = rest.strip_prefix('[')?.split_once(']')?;
        let place = kept.get(place.parse::<usize>().ok()?)?;
        Some(format!("{rows}[{place}]{rest}"))
    });
    renamed.unwrap_or_else(|| field.to_owned())
}

fn drawn<T: DrawnUp>(frame: &Frame, opened: &Opened) -> Markup {
    let sheet = &T::SHEET;
    let rows = rows_of(sheet, &opened.typed);
    let (plain, areas): (Vec<&Head>, Vec<&Head>) =
        sheet.head.iter().partition(|head| head.kind != Kind::Area);
    let more = frame.t("document-more-rows");
    let fields = html! {
        div.formg { @for head in plain { (head_field(frame, opened, head)) } }
        (table(frame, opened, sheet, rows))
        @if let Some(hint) = sheet.hint { p.t3 { (frame.t(hint)) } }
        input type="hidden" name="rows" value=(rows);
        @if rows < MOST_ROWS {
            div.row { button.btn.s type="submit" name="more" value="1" formnovalidate { (more) } }
        }
        @for head in areas { (head_field(frame, opened, head)) }
    };
    form_page(
        frame,
        &FormPage {
            title: frame.t(sheet.new),
            sub: html! {},
            action: T::PATH.to_owned(),
            back: T::PATH.to_owned(),
            errors: &opened.errors,
            fields,
            button: frame.t(&format!("do-{}-create", sheet.noun)),
            has_file: false,
            below: html! {},
        },
    )
}

fn head_field(frame: &Frame, opened: &Opened, head: &Head) -> Markup {
    let label = frame.t(head.label);
    let hint = head.hint.map(|hint| frame.t(hint));
    let words = match head.kind {
        Kind::Word(before, words) => words
            .iter()
            .map(|word| Choice::new(*word, frame.t(&format!("{before}{word}"))))
            .collect(),
        _ => Vec::new(),
    };
    let kind = match head.kind {
        Kind::Text => FieldKind::Text,
        Kind::Day => FieldKind::Date,
        Kind::Percent => FieldKind::Number { unit: "%" },
        Kind::Area => FieldKind::Area,
        Kind::Word(..) => FieldKind::Select(&words),
    };
    let opened = if matches!((head.name, head.kind), ("date" | "from", Kind::Day)) {
        opened.clone().or(head.name, frame.today.to_string())
    } else {
        opened.clone()
    };
    field(
        frame,
        FieldSpec {
            kind,
            required: head.required,
            hint: hint.as_deref(),
            ..opened.spec(head.name, &label)
        },
    )
}

fn table(frame: &Frame, opened: &Opened, sheet: &Sheet, rows: usize) -> Markup {
    let title = frame.t(sheet.title);
    let head = html! { tr { @for (name, label, _) in sheet.columns {
        @if *name == "product" { (th(frame.t(label))) } @else { (th_n(frame.t(label))) }
    } } };
    let body = html! { @for place in 0..rows { tr { @for (name, label, _) in sheet.columns {
        td.m-full.n[*name != "product"] data-l=(frame.t(label)) { (cell(frame, opened, (sheet, place), (name, label))) }
    } } } };
    stackable_table(&title, head, body)
}

/// A field in the table: its column and its row name it.
fn cell(
    frame: &Frame,
    opened: &Opened,
    (sheet, place): (&Sheet, usize),
    (name, label): (&str, &str),
) -> Markup {
    let id = id(sheet, place, name);
    let error = opened.errors.get(&id);
    let number = name != "product";
    html! {
        input.in.n[number] id=(id) name=(id) value=(opened.value(&id)) autocomplete="off"
            inputmode=[number.then_some("decimal")] aria-label={ (frame.t(label)) " " (place + 1) }
            aria-invalid=[error.map(|_| "true")];
        @if let Some(error) = error { span.err { (error) } }
    }
}

/// The page for the gallery, with something typed.
pub fn sample<T: DrawnUp>(frame: &Frame) -> Markup {
    let opened = Opened::default().or("customer", "C-1");
    let column = T::SHEET.columns.first().map_or("", |(name, ..)| *name);
    drawn::<T>(frame, &opened.or(&id(&T::SHEET, 1, column), "7"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Sheet = Sheet {
        noun: "quotation",
        new: "quotation-new",
        head: &[
            Head::needed("customer", "documents-customer-code", Kind::Text),
            Head::free("date", "orders-date", Kind::Day, None),
        ],
        rows: "lines",
        title: "order-lines",
        columns: &[
            ("product", "order-product", true),
            ("quantity", "order-quantity", true),
            ("unit_price", "order-price", false),
        ],
        hint: None,
    };

    fn typed(cells: &[(&str, &str)]) -> Typed {
        let cells = cells.iter();
        cells
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn empty_rows_are_left_out_and_faults_stand_where_they_were_typed() {
        let typed = typed(&[
            ("date", "2026-06-16"),
            ("lines[0].product", " "),
            ("lines[2].product", "bar"),
            ("lines[4].quantity", "3"),
        ]);
        let sent = Value::Object(body(&SHEET, &typed));
        let expected = serde_json::json!({
            "customer": "", "date": "2026-06-16",
            "lines": [{ "product": "bar", "quantity": "" }, { "product": "", "quantity": "3" }],
        });
        assert_eq!(sent, expected);
        let kept = filled_rows(&SHEET, &typed);
        assert_eq!(
            in_form("lines", &kept, "lines[1].product"),
            "lines[4].product"
        );
        assert_eq!(
            in_form("lines", &kept, "lines[2].product"),
            "lines[2].product"
        );
        assert_eq!(in_form("lines", &kept, "date"), "date");
        assert_eq!(
            (rows_of(&SHEET, &typed), rows_of(&SHEET, &Typed::new())),
            (5, 5)
        );
    }
}
