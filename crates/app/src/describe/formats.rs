//! How the texts of the API are written: by its name a field is a day, an instant or a decimal.

use serde_json::{Value, json};

/// Indexing would write a null where an object has no fields of its own.
pub(super) fn tell_formats(schema: &mut Value) {
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in fields.into_iter().flatten() {
        tell_format(name, field);
    }
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        tell_formats(part);
    }
}

/// Fields that are days wherever they stand.
const DAYS: &[&str] = &[
    "accepted_on",
    "as_of",
    "cancelled_on",
    "date",
    "decided_on",
    "discount_until",
    "due_date",
    "effective_from",
    "ended_on",
    "from",
    "last_date",
    "on",
    "received_on",
    "result_due",
    "result_on",
    "reversed_on",
    "sent_on",
    "to",
    "valid_from",
    "valid_to",
    "valid_until",
];
/// Fields that are instants.
const INSTANTS: &[&str] = &["at", "known_at", "recorded_at"];
/// Fields that are decimals.
const DECIMALS: &[&str] = &[
    "amount",
    "amount_gross",
    "balance",
    "base_net",
    "billed",
    "cost",
    "credited",
    "delivered",
    "difference",
    "discount",
    "discount_percent",
    "gross",
    "left",
    "list_price",
    "net",
    "open",
    "percent",
    "quantity",
    "rate",
    "returned",
    "source_amount",
    "tax",
    "tax_percent",
    "total",
    "unapplied",
    "unbilled",
    "unit_price",
];

/// Says how a text of this name is written.
pub(super) fn tell_format(name: &str, field: &mut Value) {
    let is_text = match &field["type"] {
        Value::String(kind) => kind == "string",
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    };
    if !is_text || field.get("format").is_some() || field.get("pattern").is_some() {
        return;
    }
    if DAYS.contains(&name) {
        field["format"] = json!("date");
    } else if INSTANTS.contains(&name) {
        field["format"] = json!("date-time");
    } else if DECIMALS.contains(&name) {
        field["pattern"] = json!("^-?[0-9]+([.][0-9]+)?$");
    }
}
