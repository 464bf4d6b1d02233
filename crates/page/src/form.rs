//! Fields of a form that keep what was typed and say what is wrong beside it.

use std::collections::BTreeMap;

use kernel::Refusal;
use maud::{Markup, html};

use crate::{Frame, Problem, Tone, note, parts::small_icon};

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub text: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Choice {
        Choice {
            value: value.into(),
            text: text.into(),
        }
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind<'a> {
    #[default]
    Text,
    Email,
    Password,
    Search,
    Date,
    /// A number typed as text, right-aligned; a unit may stand beside it.
    Number {
        unit: &'a str,
    },
    Area,
    Check,
    File,
    Select(&'a [Choice]),
    /// A text, with some that are likely offered.
    Likely(&'a [Choice]),
}

/// A field: `id` is its id and its name, `label` and `hint` are already in the reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSpec<'a> {
    pub id: &'a str,
    pub label: &'a str,
    pub value: &'a str,
    pub kind: FieldKind<'a>,
    pub hint: Option<&'a str>,
    pub error: Option<&'a str>,
    pub required: bool,
    pub autocomplete: Option<&'a str>,
}

impl FieldSpec<'_> {
    fn hint_id(&self) -> String {
        format!("{}-hint", self.id)
    }

    fn list_id(&self) -> String {
        format!("{}-list", self.id)
    }

    fn error_id(&self) -> String {
        format!("{}-error", self.id)
    }

    fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| self.hint_id());
        let error = self.error.map(|_| self.error_id());
        let both: Vec<String> = error.into_iter().chain(hint).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }
}

pub fn field(frame: &Frame, spec: FieldSpec<'_>) -> Markup {
    if spec.kind == FieldKind::Check {
        return check(&spec);
    }
    html! {
        div.field {
            label for=(spec.id) {
                (spec.label)
                @if !spec.required { span.opt-mark { " " (frame.t("optional")) } }
            }
            (control(&spec))
            (remarks(&spec))
        }
    }
}

fn check(spec: &FieldSpec<'_>) -> Markup {
    let on = !matches!(spec.value, "" | "0" | "false" | "off");
    html! {
        div.field {
            label.row {
                input type="checkbox" id=(spec.id) name=(spec.id) value="1" checked[on]
                    required[spec.required] aria-invalid=[spec.error.map(|_| "true")]
                    aria-describedby=[spec.described_by()];
                " " (spec.label)
            }
            (remarks(spec))
        }
    }
}

fn remarks(spec: &FieldSpec<'_>) -> Markup {
    html! {
        @if let Some(error) = spec.error {
            span.err id=(spec.error_id()) { (small_icon("warn")) span { (error) } }
        }
        @if let Some(hint) = spec.hint { span.hint id=(spec.hint_id()) { (hint) } }
    }
}

fn control(spec: &FieldSpec<'_>) -> Markup {
    match spec.kind {
        FieldKind::Area => html! {
            textarea.in id=(spec.id) name=(spec.id) required[spec.required]
                aria-invalid=[spec.error.map(|_| "true")] aria-describedby=[spec.described_by()] {
                (spec.value)
            }
        },
        FieldKind::Select(choices) => html! {
            select.in id=(spec.id) name=(spec.id) required[spec.required]
                aria-invalid=[spec.error.map(|_| "true")] aria-describedby=[spec.described_by()] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == spec.value] { (choice.text) }
                }
            }
        },
        FieldKind::Likely(choices) => html! {
            (input(spec, "text"))
            datalist id=(spec.list_id()) {
                @for choice in choices { option value=(choice.value) { (choice.text) } }
            }
        },
        FieldKind::Number { unit } if !unit.is_empty() => html! {
            div.inw { (input(spec, "text")) span.u { (unit) } }
        },
        FieldKind::Email => input(spec, "email"),
        FieldKind::Password => input(spec, "password"),
        FieldKind::Search => input(spec, "search"),
        FieldKind::Date => input(spec, "date"),
        FieldKind::File => input(spec, "file"),
        FieldKind::Text | FieldKind::Number { .. } | FieldKind::Check => input(spec, "text"),
    }
}

fn input(spec: &FieldSpec<'_>, kind: &str) -> Markup {
    let number = matches!(spec.kind, FieldKind::Number { .. });
    // A password is never sent back to the page, and a browser refuses to be told a file.
    let kept = !matches!(spec.kind, FieldKind::Password | FieldKind::File);
    let list = matches!(spec.kind, FieldKind::Likely(_)).then(|| spec.list_id());
    html! {
        input.in.n[number] id=(spec.id) name=(spec.id) type=(kind) value=[kept.then_some(spec.value)]
            inputmode=[number.then_some("decimal")] required[spec.required] list=[list]
            autocomplete=[spec.autocomplete.or(number.then_some("off"))]
            aria-invalid=[spec.error.map(|_| "true")] aria-describedby=[spec.described_by()];
    }
}

/// What is wrong with a form, by field; shown beside the fields with all that was typed kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormErrors {
    fields: BTreeMap<String, String>,
    /// What belongs to no field.
    general: Option<String>,
}

impl FormErrors {
    pub fn none() -> FormErrors {
        FormErrors::default()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.general.is_none()
    }

    /// What is wrong with `field`, for [`FieldSpec::error`].
    pub fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// Adds a fault; the first one of a field stays.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.fields
            .entry(field.into())
            .or_insert_with(|| message.into());
    }

    /// What a refused form is told in the reader's words, where the texts have them. What concerns no
    /// field that is `shown` belongs to the whole form.
    pub fn told(frame: &Frame, problem: &Problem, shown: impl Fn(&str) -> bool) -> FormErrors {
        let sentence = problem.sentence(frame);
        let is_translated = sentence != problem.detail();
        let mut errors = FormErrors::none();
        for fault in problem.errors() {
            let alone = problem.errors().len() == 1 && is_translated;
            let message = if alone { &sentence } else { &fault.message };
            if shown(&fault.field) {
                errors.add(fault.field.as_str(), message.as_str());
            } else {
                errors.general.get_or_insert_with(|| message.clone());
            }
        }
        if errors.is_empty() {
            errors.general = Some(sentence);
        }
        errors
    }

    /// The same faults at fields of other names.
    #[must_use]
    pub fn renamed(self, name: impl Fn(&str) -> String) -> FormErrors {
        let fields = self.fields.into_iter();
        FormErrors {
            fields: fields
                .map(|(field, message)| (name(&field), message))
                .collect(),
            general: self.general,
        }
    }

    /// The summary above the form: what belongs to no field, and links to the fields where more
    /// than one is wrong.
    pub fn summary(&self, frame: &Frame) -> Markup {
        let many = 1 < self.fields.len();
        html! {
            @if let Some(general) = &self.general { (note(Tone::Bad, general)) }
            @if many {
                (note(Tone::Bad, html! {
                    b { (frame.t("form-faults")) }
                    ul {
                        @for (field, message) in &self.fields { li { a href={ "#" (field) } { (message) } } }
                    }
                }))
            }
        }
    }
}

impl From<&Refusal> for FormErrors {
    fn from(refusal: &Refusal) -> FormErrors {
        let mut errors = FormErrors::none();
        for fault in &refusal.fields {
            errors.add(fault.field.as_str(), fault.message.as_str());
        }
        if refusal.fields.is_empty() {
            errors.general = Some(refusal.message.clone());
        }
        errors
    }
}

impl From<Refusal> for FormErrors {
    fn from(refusal: Refusal) -> FormErrors {
        FormErrors::from(&refusal)
    }
}

impl From<&Problem> for FormErrors {
    fn from(problem: &Problem) -> FormErrors {
        let mut errors = FormErrors::none();
        for fault in problem.errors() {
            errors.add(fault.field.as_str(), fault.message.as_str());
        }
        if problem.errors().is_empty() {
            errors.general = Some(problem.detail().to_owned());
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;

    #[test]
    fn a_field_keeps_what_was_typed_and_says_what_is_wrong() {
        let frame = Frame::sample(Lang::En, &[]);
        let spec = FieldSpec {
            id: "due",
            label: "Due",
            value: "2026-02-31\"",
            error: Some("31 February does not exist."),
            required: true,
            ..FieldSpec::default()
        };
        let text = field(&frame, spec).into_string();
        assert!(text.contains(r#"value="2026-02-31&quot;""#), "{text}");
        assert!(text.contains(r#"aria-describedby="due-error""#));
        assert!(text.contains("31 February does not exist."));
        crate::check_markup(&text).unwrap();
    }

    #[test]
    fn what_is_likely_is_offered_beside_what_is_typed() {
        let frame = Frame::sample(Lang::En, &[]);
        let likely = [Choice::new("INV-1", "100.00 open")];
        let spec = FieldSpec {
            id: "invoice",
            label: "Invoice",
            value: "INV-2",
            kind: FieldKind::Likely(&likely),
            ..FieldSpec::default()
        };
        let text = field(&frame, spec).into_string();
        assert!(text.contains(r#"value="INV-2""#) && text.contains(r#"list="invoice-list""#));
        assert!(text.contains(r#"<datalist id="invoice-list"><option value="INV-1">100.00 open"#));
        crate::check_markup(&text).unwrap();
    }

    #[test]
    fn a_password_is_never_sent_back() {
        let frame = Frame::sample(Lang::En, &[]);
        let spec = FieldSpec {
            id: "word",
            label: "Word",
            value: "secret",
            kind: FieldKind::Password,
            ..FieldSpec::default()
        };
        assert!(!field(&frame, spec).into_string().contains("secret"));
    }

    #[test]
    fn what_no_field_shows_is_told_above_the_form() {
        let frame = Frame::sample(Lang::En, &[]);
        let problem = Problem::from(Refusal::value("a.b", "Too low.").at("amount"));
        let beside = FormErrors::told(&frame, &problem, |field| field == "amount");
        assert_eq!(beside.get("amount"), Some("Too low."));
        let above = FormErrors::told(&frame, &problem, |_| false);
        assert_eq!(above.get("amount"), None);
        assert!(above.summary(&frame).into_string().contains("Too low."));
        let moved = beside.renamed(|field| format!("{field}-2"));
        assert_eq!(moved.get("amount-2"), Some("Too low."));
    }

    #[test]
    fn faults_come_from_a_refusal() {
        let refusal = Refusal::value("a.b", "Too low.")
            .at("amount")
            .and("day", "Too late.");
        let errors = FormErrors::from(&refusal);
        assert_eq!(errors.get("amount"), Some("Too low."));
        assert_eq!(errors.get("day"), Some("Too late."));
        let general = FormErrors::from(Refusal::state("a.c", "Closed."));
        let frame = Frame::sample(Lang::En, &[]);
        assert!(general.summary(&frame).into_string().contains("Closed."));
    }
}
