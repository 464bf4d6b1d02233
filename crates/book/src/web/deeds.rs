//! What can be done on the page of one thing: a button for each deed that its course allows now and that
//! this person may do, and the form of the one that was chosen.
//!
//! A button is a link to the same page with the form in it, so it works without a script, and the
//! browser's own button closes it. What is refused is told in the form, beside the field, and all that
//! was typed stays.

use std::collections::BTreeMap;

use axum::{http::header, response::Response};
use kernel::{Refusal, Role};
use maud::{Markup, html};
use org::api::{self, Act, Ask};
use page::{Actor, FieldKind, FieldSpec, FormErrors, Frame, Kit, Problem, Result, field, see};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::course::Course;

/// What was typed, by the name of the field.
pub type Typed = BTreeMap<String, String>;

/// How much a deed weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What one comes to the page for.
    Main,
    Usual,
    /// It takes something away.
    Grave,
}

/// Something that can be done: its name in the course and in addresses, who may, and its weight.
pub type Deed = (&'static str, &'static [Role], Weight);

/// What is asked of the page of one thing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeedQuery {
    /// The deed whose form is open.
    #[serde(rename = "do")]
    pub open: String,
}

/// What a page can do: where it is, the version it shows, and the deeds that are open to this reader.
#[derive(Debug, Clone)]
pub struct Deeds {
    /// How the texts begin: `quotation` for `do-quotation-send`.
    pub noun: &'static str,
    pub place: String,
    pub version: i64,
    pub open: Vec<Deed>,
}

impl Deeds {
    /// The deeds of `all` that the course allows in `state` to whoever reads.
    pub fn of(
        frame: &Frame,
        (noun, place, version): (&'static str, String, i64),
        (course, state): (&Course, &str),
        all: &[Deed],
    ) -> Deeds {
        let role = frame.actor.as_ref().map(|actor| actor.role);
        let open = all.iter().copied().filter(|(name, may, _)| {
            role.is_some_and(|role| may.contains(&role)) && course.allows(name, state)
        });
        Deeds {
            noun,
            place,
            version,
            open: open.collect(),
        }
    }

    /// Offers another deed beside those of the course, to whoever may.
    #[must_use]
    pub fn also(mut self, frame: &Frame, deed: Deed) -> Deeds {
        let role = frame.actor.as_ref().map(|actor| actor.role);
        if role.is_some_and(|role| deed.1.contains(&role)) {
            let main = |one: &Deed| one.2 == Weight::Main;
            let place = self.open.iter().take_while(|one| main(one)).count();
            self.open.insert(place, deed);
        }
        self
    }

    /// What a deed is called on its button.
    fn text(&self, frame: &Frame, name: &str) -> String {
        frame.t(&format!("do-{}-{name}", self.noun))
    }

    fn chosen(&self, opened: &Opened) -> Option<&Deed> {
        self.open.iter().find(|(name, ..)| *name == opened.name)
    }

    /// The buttons, for the head of the page; none while the form of one is open.
    pub fn buttons(&self, frame: &Frame, opened: &Opened) -> Markup {
        if self.chosen(opened).is_some() {
            return html! {};
        }
        html! { @for (name, _, weight) in &self.open {
            @let text = self.text(frame, name);
            @let link = page::link(&format!("{}?do={name}", self.place), &text);
            @match weight {
                Weight::Main => (link.primary()),
                Weight::Usual => (link),
                Weight::Grave => (link.danger()),
            }
        } }
    }

    /// The form of the deed that was chosen, with these fields. A deed that is not open any more leaves
    /// only what it was refused for.
    pub fn sheet(&self, frame: &Frame, opened: &Opened, fields: &Markup) -> Markup {
        let Some((name, _, weight)) = self.chosen(opened) else {
            return opened.errors.summary(frame);
        };
        let text = self.text(frame, name);
        let button = page::button(&text).confirms();
        let cancel = frame.t("deed-cancel");
        html! {
            section.card.mb.deed #deed tabindex="-1" autofocus aria-label=(text) {
                header { h2 { (text) } }
                div.body {
                    form.stack method="post" action={ (self.place) "/" (name) } {
                        (opened.errors.summary(frame))
                        p.t2 { (frame.t(&format!("do-{}-{name}-effect", self.noun))) }
                        input type="hidden" name="version" value=(self.version);
                        (counts_once())
                        (fields)
                        div.row {
                            @if *weight == Weight::Grave { (button.danger()) } @else { (button.primary()) }
                            (page::link(&self.place, &cancel).ghost())
                        }
                    }
                }
            }
        }
    }

    /// After a deed: the page of what it made, or this one again, and what was done in a word.
    pub fn done(
        frame: &Frame,
        (noun, name): (&str, &str),
        place: &str,
        answer: &Response,
    ) -> Response {
        let made = answer.headers().get(header::LOCATION);
        let made = made.and_then(|made| made.to_str().ok()?.strip_prefix("/api/v1"));
        Deeds::told(frame, (noun, name), made.unwrap_or(place))
    }

    /// Leads to `place` and says there what was done.
    pub fn told(frame: &Frame, (noun, name): (&str, &str), place: &str) -> Response {
        let step = frame.t(&format!("do-{noun}-{name}"));
        see(place, &frame.tw("deed-done", &[("step", step)]))
    }
}

/// The deed whose form is open, what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    pub name: String,
    pub typed: Typed,
    pub errors: FormErrors,
}

impl Opened {
    pub fn of(query: DeedQuery) -> Opened {
        Opened {
            name: query.open,
            ..Opened::default()
        }
    }

    /// The form again, after it was refused.
    ///
    /// # Errors
    ///
    /// The problem itself if the form cannot mend it.
    pub fn refused(frame: &Frame, name: &str, typed: Typed, problem: &Problem) -> Result<Opened> {
        if !problem.is_mendable() {
            return Err(problem.clone());
        }
        Ok(Opened {
            name: name.to_owned(),
            errors: FormErrors::told(frame, problem, |field| typed.contains_key(field)),
            typed,
        })
    }

    /// Fills in what nobody has typed yet.
    #[must_use]
    pub fn or(mut self, id: &str, value: impl Into<String>) -> Opened {
        self.typed
            .entry(id.to_owned())
            .or_insert_with(|| value.into());
        self
    }

    pub fn value(&self, id: &str) -> &str {
        self.typed.get(id).map_or("", String::as_str)
    }

    /// The fields for the day of something that is taken back, and for its reason.
    pub fn day_and_reason(&self, frame: &Frame) -> Markup {
        let opened = self.clone().or("date", frame.today.to_string());
        let (day, reason) = (frame.t("orders-date"), frame.t("deed-reason"));
        html! { div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            (field(frame, opened.spec("reason", &reason)))
        } }
    }

    /// The field for a note, which can be emptied.
    pub fn note(&self, frame: &Frame, was: &str) -> Markup {
        let opened = self.clone().or("note", was);
        let label = frame.t("deed-note");
        field(
            frame,
            FieldSpec {
                kind: FieldKind::Area,
                ..opened.spec("note", &label)
            },
        )
    }

    /// The field for a reason, which is kept in the trail.
    pub fn reason(&self, frame: &Frame) -> Markup {
        let label = frame.t("deed-reason");
        field(frame, self.spec("reason", &label))
    }

    /// A field with what was typed in it and what is wrong with it.
    pub fn spec<'a>(&'a self, id: &'a str, label: &'a str) -> FieldSpec<'a> {
        FieldSpec {
            id,
            label,
            value: self.value(id),
            error: self.errors.get(id),
            autocomplete: Some("off"),
            ..FieldSpec::default()
        }
    }
}

/// The field that tells one drawing of a form from every other.
const FORM_KEY: &str = "form_key";

/// Makes a form count once, however often its button is pressed.
pub fn counts_once() -> Markup {
    html! { input type="hidden" name=(FORM_KEY) value=(api::form_key()); }
}

/// A form that was sent: by whom, about what.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    pub kit: &'a Kit,
    pub actor: &'a Actor,
    pub subject: &'a str,
    pub typed: &'a Typed,
}

impl Sent<'_> {
    /// The fields with these names as a body; what is empty is left out.
    pub fn body<B: DeserializeOwned>(&self, names: &[&str]) -> Result<B> {
        read(filled(self.typed, names))
    }

    /// Carries out what the API would with the same body, if nobody was faster.
    pub async fn carry<B>(&self, body: B, act: Act<B>) -> Result<Response>
    where
        B: Send + Sync + 'static,
    {
        let shown = self.typed.get("version");
        let ask = Ask::of_form(self.kit, self.actor.clone(), self.subject.to_owned(), body);
        let ask = Ask {
            if_match: shown.and_then(|version| version.parse().ok()),
            ..ask
        };
        let ask = match self.typed.get(FORM_KEY) {
            Some(key) => ask.once(key, &format!("{:?}", self.typed)),
            None => ask,
        };
        api::carry_out(self.kit, ask, act).await
    }
}

/// What was filled in of these fields.
pub fn filled(typed: &Typed, names: &[&str]) -> Map<String, Value> {
    let given = names.iter().filter_map(|name| {
        let text = typed.get(*name)?.trim();
        (!text.is_empty()).then(|| ((*name).to_owned(), Value::from(text)))
    });
    given.collect()
}

/// These fields as a change: what is empty is emptied.
pub fn emptied(typed: &Typed, names: &[&str]) -> Map<String, Value> {
    let given = names.iter().filter_map(|name| {
        let text = typed.get(*name)?.trim();
        let value = Some(text).filter(|text| !text.is_empty());
        Some(((*name).to_owned(), Value::from(value)))
    });
    given.collect()
}

/// This field as it is, empty or not.
pub fn as_typed(typed: &Typed, name: &str) -> Value {
    Value::from(typed.get(name).map(|text| text.trim()))
}

/// This field as a number; an empty one is none.
///
/// # Errors
///
/// `number.malformed`, pointing at the field.
pub fn number(typed: &Typed, name: &str) -> Result<Value> {
    let text = typed.get(name).map_or("", |text| text.trim());
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let read: Option<serde_json::Number> = serde_json::from_str(text).ok();
    let number = read.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not a number. Write it like 31.2304.");
        Refusal::value("number.malformed", message).at(name)
    })?;
    Ok(Value::Number(number))
}

/// # Errors
///
/// 422 with the field that cannot be read.
pub fn read<B: DeserializeOwned>(body: Map<String, Value>) -> Result<B> {
    page::extract::read_json(Value::Object(body).to_string().as_bytes())
}

/// The refusal of a deed the page does not have.
pub fn unknown(name: &str) -> Problem {
    let shown: String = name.chars().take(40).collect();
    Problem::from(Refusal::missing(format!("deed {shown}")))
}
