//! What every operation of the API can answer, in words.

use serde_json::{Map, Value, json};

/// What can be answered to any request of this kind, whatever the handler does; what only some
/// handlers answer they say themselves.
pub(super) fn whatever_is_asked(path: &str, method: &str, asks: bool) -> Vec<&'static str> {
    let mut answers = vec!["401", "503"];
    if path.contains('{') {
        answers.push("404");
    }
    if method != "get" {
        answers.extend(["400", "403", "413", "415", "422"]);
    } else if asks {
        answers.push("400");
    }
    if matches!(method, "patch" | "put" | "delete") {
        answers.push("412");
    }
    answers
}

/// Every answer gets a sentence and every refusal the problem document. A program is told all
/// statuses that can come: there is no `default` behind which another could hide.
pub(super) fn complete_answers(operation: &mut Map<String, Value>, common: &[&str]) {
    let problem = json!({ "$ref": "#/components/schemas/ProblemDocument" });
    let answers = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(answers) = answers.as_object_mut() else {
        return;
    };
    for status in common {
        answers
            .entry(*status)
            .or_insert_with(|| json!({ "description": "" }));
    }
    for (status, answer) in answers.iter_mut() {
        let refuses = status.starts_with('4') || status.starts_with('5');
        if refuses {
            refuse_in_words(answer, &problem);
        }
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = json!(about_status(status));
        }
        if let Some(headers) = headers_of(status) {
            answer["headers"] = headers;
        }
    }
    answers.sort_keys();
}

/// A refusal with members of its own may also be the plain one.
fn refuse_in_words(answer: &mut Value, problem: &Value) {
    let own = &answer["content"]["application/problem+json"]["schema"];
    let schema = if own.is_null() {
        problem.clone()
    } else {
        json!({ "anyOf": [problem, own] })
    };
    answer["content"] = json!({ "application/problem+json": { "schema": schema } });
}

/// What an answer of this status says beside its body.
fn headers_of(status: &str) -> Option<Value> {
    let (name, about, kind) = match status {
        "201" => ("Location", "Where it is from now on.", "string"),
        "401" => ("WWW-Authenticate", "Bearer.", "string"),
        "503" => (
            "Retry-After",
            "In how many seconds to try again.",
            "integer",
        ),
        _ => return None,
    };
    Some(json!({ name: { "description": about, "required": true, "schema": { "type": kind } } }))
}

fn about_status(status: &str) -> &'static str {
    match status {
        "200" => "Done.",
        "201" => "Created; Location says where.",
        "204" => "Done, without a body.",
        "400" => "The request cannot be read.",
        "401" => "No token, or one that counts no more.",
        "403" => "Seen, but not yours to do.",
        "404" => "Missing, or not yours to see.",
        "409" => "Not in this state, or the code is taken.",
        "412" => "Your copy is older than the record.",
        "413" => "More than is accepted at once.",
        "415" => "A body of a kind that is not read here.",
        "422" => "A value is not acceptable; errors names the field.",
        "503" => "Not now; nothing was changed. Retry-After says when to try again.",
        _ => "Refused, with the reason.",
    }
}
