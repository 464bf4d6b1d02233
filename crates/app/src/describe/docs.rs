//! `/api/docs`: the document as a page, without any program running in the browser.

use maud::{Markup, html};
use page::{Frame, link, page_head, parts, shell};
use serde_json::{Map, Value};

/// The document as a page, one card for each operation.
pub fn describe(frame: &Frame, document: &Value) -> Markup {
    let operations = operations(document);
    let mut tags: Vec<&str> = Vec::new();
    for operation in &operations {
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
    }
    let sub = frame.tw("api-sub", &[("count", operations.len().to_string())]);
    let text = frame.t("api-document");
    let raw = html! { (link("/api/openapi.json", &text).icon("dl").downloads()) };
    shell(
        frame,
        &frame.t("api-title"),
        html! {
            (page_head(frame.t("api-title"), sub, raw))
            div.stack {
                p.t2 { (frame.t("api-intro")) }
                @for tag in tags {
                    h2 id=(tag) { (tag) }
                    @for operation in operations.iter().filter(|one| one.tag == tag) {
                        (card(frame, document, operation))
                    }
                }
            }
        },
    )
}

struct Operation<'d> {
    tag: &'d str,
    method: String,
    path: &'d str,
    told: &'d Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, told)| Operation {
                tag: told["tags"][0].as_str().unwrap_or("other"),
                method: method.to_uppercase(),
                path,
                told,
            })
        })
        .collect()
}

fn card(frame: &Frame, document: &Value, operation: &Operation<'_>) -> Markup {
    let title = html! { code { (operation.method) " " (operation.path) } };
    let about = operation.told["summary"]
        .as_str()
        .or(operation.told["description"].as_str());
    let parameters = operation.told["parameters"].as_array();
    let body = &operation.told["requestBody"]["content"]["application/json"]["schema"];
    let fields = resolved(document, body)["properties"].as_object();
    parts::card(
        title,
        "",
        html! {},
        parts::padded(html! { div.stack {
            @if let Some(about) = about { p { (words(about)) } }
            @if let Some(parameters) = parameters.filter(|list| !list.is_empty()) {
                (parameter_table(frame, parameters))
            }
            @if let Some(fields) = fields { (body_table(frame, fields, resolved(document, body))) }
            (answers(frame, document, operation))
        } }),
    )
}

fn parameter_table(frame: &Frame, parameters: &[Value]) -> Markup {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = parameters.iter().map(|one| Row {
        name: text(&one["name"]),
        kind: format!("{}, {}", text(&one["in"]), text(&one["schema"]["type"])),
        required: one["required"] == true,
        about: text(&one["description"]),
    });
    table(frame, &frame.t("api-parameters"), rows.collect())
}

fn body_table(frame: &Frame, fields: &Map<String, Value>, schema: &Value) -> Markup {
    let required = schema["required"].as_array();
    let rows = fields.iter().map(|(name, field)| Row {
        name: name.clone(),
        kind: kind_of(field),
        required: required.is_some_and(|list| list.iter().any(|one| one == name)),
        about: field["description"].as_str().unwrap_or_default().to_owned(),
    });
    table(frame, &frame.t("api-body"), rows.collect())
}

fn answers(frame: &Frame, document: &Value, operation: &Operation<'_>) -> Markup {
    let answers = operation.told["responses"]
        .as_object()
        .into_iter()
        .flatten();
    html! {
        h3 { (frame.t("api-answers")) }
        dl.kv.l {
            @for (status, answer) in answers {
                @let fields = fields_of(document, answer);
                dt { code { (status) } }
                dd {
                    (answer["description"].as_str().unwrap_or_default())
                    @if !fields.is_empty() { " " code { (fields) } }
                }
            }
        }
    }
}

/// The names of what an answer holds, for a glance.
fn fields_of(document: &Value, answer: &Value) -> String {
    let schema = resolved(document, &answer["content"]["application/json"]["schema"]);
    let names = schema["properties"].as_object().into_iter().flatten();
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

struct Row {
    name: String,
    kind: String,
    required: bool,
    about: String,
}

fn table(frame: &Frame, caption: &str, rows: Vec<Row>) -> Markup {
    html! {
        h3 { (caption) }
        (parts::stackable_table(
            caption,
            html! { tr {
                (parts::th(frame.t("api-name"))) (parts::th(frame.t("api-kind"))) (parts::th(frame.t("api-about")))
            } },
            html! {
                @for row in rows {
                    tr {
                        td { code { (row.name) } }
                        td { (row.kind) ", " (frame.t(if row.required { "api-required" } else { "api-optional" })) }
                        td { (words(&row.about)) }
                    }
                }
            },
        ))
    }
}

/// A description with what stands between backticks set as code.
fn words(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The schema behind a reference, or the schema itself.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

/// `string`, `array`, `string or null`, or the name of another schema.
fn kind_of(field: &Value) -> String {
    let named = |value: &Value| {
        value["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next())
            .map(str::to_owned)
    };
    if let Some(name) = named(field) {
        return name;
    }
    match &field["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => {
            let choices = field["oneOf"].as_array().into_iter().flatten();
            let names: Vec<String> = choices
                .map(|one| named(one).unwrap_or_else(|| kind_of(one)))
                .collect();
            names.join(" or ")
        }
    }
}

/// The page with the real document.
pub fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    vec![("api-docs", describe(frame, super::document()))]
}
