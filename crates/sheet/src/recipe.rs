//! What a mapping does to the cells of a row, in one fixed order.
//!
//! Source, replace, map, look-ups, map again, number, date, date part, days added, multiplied, rounded, default. The order
//! does not depend on how the mapping is written, so that two people read it the same way. An
//! empty value passes all steps but `map` and `default` untouched.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use jiff::ToSpan;

use crate::{
    Fault,
    cleaning::text_of_cell,
    day::{date_part, day_of},
    exact::Exact,
    fault::quoted,
    forms::{DateForm, NumberForm},
    header::Header,
    lookup::{Answers, Shelf},
    mapping::{Lookup, Missing, Recipe, Source},
    reading::Values,
    template::Piece,
};

/// A recipe bound to the columns of one file.
#[derive(Debug)]
pub(crate) struct Rule {
    pub target: &'static str,
    is_required: bool,
    most_chars: usize,
    origin: Origin,
    steps: Option<BoundSteps>,
}

/// Where the value comes from, by the place of the column.
#[derive(Debug)]
enum Origin {
    /// The file has no such column, or the mapping leaves it out.
    Absent,
    Cell(usize),
    Following {
        at: usize,
        values: BTreeSet<String>,
        last: String,
    },
    Value(String),
    Template(Vec<BoundPiece>),
}

#[derive(Debug)]
enum BoundPiece {
    Text(String),
    Cell(usize),
}

#[derive(Debug)]
struct BoundSteps {
    /// The columns the value comes from, to be named beside a fault.
    from: String,
    replace: Vec<(String, String)>,
    map: BTreeMap<String, String>,
    lookups: Vec<(Lookup, Arc<Answers>)>,
    then_map: BTreeMap<String, String>,
    number: Option<NumberForm>,
    date: Option<DateForm>,
    date_part: bool,
    add_days: Option<i32>,
    multiply: Option<Exact>,
    round: Option<u32>,
    default: Option<String>,
}

impl Rule {
    /// The cell as it stands, from the column at `place` if there is one.
    pub(crate) fn plain(column: &crate::Column, place: Option<usize>) -> Rule {
        Rule {
            target: column.name,
            is_required: column.required,
            most_chars: column.most_chars(),
            origin: place.map_or(Origin::Absent, Origin::Cell),
            steps: None,
        }
    }

    /// `recipe` for `column`, bound to the columns of an opened file.
    ///
    /// # Errors
    ///
    /// A column that the file does not have, or a look-up file that cannot be used.
    pub(crate) fn bound(
        column: &crate::Column,
        recipe: &Recipe,
        header: &Header,
        shelf: &mut Shelf<'_>,
        values: Values<'_>,
    ) -> Result<Rule, Fault> {
        let in_column = |fault: Fault| fault.in_column(column.name);
        let mut lookups = Vec::new();
        for lookup in &recipe.steps.lookups {
            let answers = shelf.answers(&lookup.file, &lookup.key, &lookup.give);
            lookups.push((lookup.clone(), answers.map_err(in_column)?));
        }
        let steps = &recipe.steps;
        Ok(Rule {
            target: column.name,
            is_required: column.required,
            most_chars: column.most_chars(),
            origin: Origin::bound(&recipe.source, header, values).map_err(in_column)?,
            steps: Some(BoundSteps {
                from: recipe.source_columns().join(", "),
                replace: steps.replace.clone(),
                map: steps.map.clone(),
                lookups,
                then_map: steps.then_map.clone(),
                number: steps.number,
                date: steps.date,
                date_part: steps.date_part,
                add_days: steps.add_days,
                multiply: steps.multiply,
                round: steps.round,
                default: steps.default.clone(),
            }),
        })
    }

    /// Whether a row needs a value here and has none.
    pub(crate) fn lacks(&self, cells: &[Cow<'_, str>]) -> bool {
        let Origin::Cell(at) = self.origin else {
            return false;
        };
        self.is_required && cells.get(at).is_none_or(|cell| cell.trim().is_empty())
    }

    /// The value for a row of the file.
    ///
    /// # Errors
    ///
    /// The sentence that says why there is none.
    pub(crate) fn value<'a>(&'a self, cells: &'a [Cow<'a, str>]) -> Result<Cow<'a, str>, String> {
        let value = match &self.steps {
            None => self.origin.value(cells),
            Some(steps) => self
                .origin
                .value(cells)
                .and_then(|value| steps.apply(value)),
        };
        let value = value
            .and_then(|value| check(&value, (self.is_required, self.most_chars)).map(|()| value));
        value.map_err(|why| match &self.steps {
            None => why,
            Some(steps) => steps.with_origin(why),
        })
    }

    /// What somebody put in place of a cell that could not stay, in our own way of writing.
    ///
    /// # Errors
    ///
    /// As [`Rule::value`].
    pub(crate) fn mended<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, String> {
        let value = text_of_cell(text)?;
        check(value, (self.is_required, self.most_chars))?;
        Ok(Cow::Borrowed(value))
    }

    /// What stands in the file where the value comes from, if that is one cell.
    pub(crate) fn cell<'a>(&self, cells: &'a [Cow<'_, str>]) -> Option<&'a str> {
        match self.origin {
            Origin::Cell(at) => cells.get(at).map(|cell| cell.trim()),
            _ => None,
        }
    }
}

/// Refuses a finished value that is too long, or empty where one is needed.
pub(crate) fn check(value: &str, (is_required, most): (bool, usize)) -> Result<(), String> {
    if is_required && value.is_empty() {
        return Err("The cell is empty, but every row needs a value here.".to_owned());
    }
    // No text has more characters than bytes, so the count is rarely needed.
    if most < value.len() && most < value.chars().count() {
        return Err(format!(
            "{} is longer than {most} characters. Shorten it.",
            quoted(value)
        ));
    }
    Ok(())
}

impl Origin {
    fn bound(source: &Source, header: &Header, values: Values<'_>) -> Result<Origin, Fault> {
        let place = |name: &str| {
            let position = header.position(name);
            position.map_err(|why| Fault::of_file(format!("The mapping asks for it, but {why}")))
        };
        Ok(match source {
            Source::Column(column) => Origin::Cell(place(column)?),
            Source::Following { column, last } => {
                let at = place(column)?;
                Origin::Following {
                    at,
                    values: values(at)?,
                    last: last.clone(),
                }
            }
            Source::Value(value) => Origin::Value(value.trim().to_owned()),
            Source::Template(pieces) => {
                let bound = |piece: &Piece| match piece {
                    Piece::Text(text) => Ok(BoundPiece::Text(text.clone())),
                    Piece::Column(column) => place(column).map(BoundPiece::Cell),
                };
                Origin::Template(pieces.iter().map(bound).collect::<Result<_, Fault>>()?)
            }
        })
    }

    fn value<'a>(&'a self, cells: &'a [Cow<'a, str>]) -> Result<Cow<'a, str>, String> {
        let cell = |at: usize| text_of_cell(cells.get(at).map_or("", |cell| cell));
        Ok(match self {
            Origin::Absent => Cow::Borrowed(""),
            Origin::Cell(at) => Cow::Borrowed(cell(*at)?),
            Origin::Value(value) => Cow::Borrowed(value.as_str()),
            Origin::Following { at, values, last } => match cell(*at)? {
                "" => Cow::Borrowed(""),
                value => {
                    let larger = (Bound::Excluded(value), Bound::Unbounded);
                    let next = values.range::<str, _>(larger).next();
                    Cow::Borrowed(next.unwrap_or(last).as_str())
                }
            },
            Origin::Template(pieces) => {
                let mut filled = String::new();
                let mut is_empty = true;
                for piece in pieces {
                    let part = match piece {
                        BoundPiece::Text(text) => text,
                        BoundPiece::Cell(at) => cell(*at)?,
                    };
                    is_empty &= matches!(piece, BoundPiece::Text(_)) || part.is_empty();
                    filled.push_str(part);
                }
                let all_text = pieces
                    .iter()
                    .all(|piece| matches!(piece, BoundPiece::Text(_)));
                if is_empty && !all_text {
                    filled.clear();
                }
                trimmed(Cow::Owned(filled))
            }
        })
    }
}

impl BoundSteps {
    fn apply<'a>(&'a self, mut value: Cow<'a, str>) -> Result<Cow<'a, str>, String> {
        for (from, to) in &self.replace {
            if value.contains(from.as_str()) {
                value = trimmed(Cow::Owned(value.replace(from.as_str(), to)));
            }
        }
        if let Some(mapped) = self.map.get(&*value) {
            value = Cow::Borrowed(mapped.trim());
        }
        for (lookup, answers) in &self.lookups {
            value = found(lookup, answers, value)?;
        }
        if let Some(mapped) = self.then_map.get(&*value) {
            value = Cow::Borrowed(mapped.trim());
        }
        if !value.is_empty() {
            value = self.reckoned(value)?;
        }
        match &self.default {
            Some(default) if value.is_empty() => Ok(Cow::Borrowed(default.trim())),
            _ => Ok(value),
        }
    }

    fn reckoned<'a>(&self, mut value: Cow<'a, str>) -> Result<Cow<'a, str>, String> {
        if let Some(form) = self.number {
            value = Cow::Owned(form.read(&value)?);
        }
        if let Some(form) = self.date {
            value = Cow::Owned(form.read(&value)?);
        }
        if self.date_part {
            value = Cow::Owned(date_part(&value).to_owned());
        }
        if let Some(days) = self.add_days {
            value = Cow::Owned(days_later(&value, days)?);
        }
        if self.multiply.is_some() || self.round.is_some() {
            let mut number = Exact::parse(&value)?;
            if let Some(factor) = self.multiply {
                let too_large = || format!("{} is too large to be multiplied.", quoted(&value));
                number = number.times(factor).ok_or_else(too_large)?;
            }
            if let Some(places) = self.round {
                number = number.rounded(places);
            }
            value = Cow::Owned(number.write());
        }
        Ok(value)
    }

    fn with_origin(&self, why: String) -> String {
        if self.from.is_empty() {
            return why;
        }
        format!("{why} It comes from {} of the file.", self.from)
    }
}

fn found<'a>(
    lookup: &Lookup,
    answers: &'a Answers,
    value: Cow<'a, str>,
) -> Result<Cow<'a, str>, String> {
    if value.is_empty() {
        return Ok(value);
    }
    match (answers.get(&*value), lookup.missing) {
        (Some(answer), _) => Ok(Cow::Borrowed(answer.as_str())),
        (None, Missing::Empty) => Ok(Cow::Borrowed("")),
        (None, Missing::Refuse) => Err(format!(
            "{} is not in column {} of {}.",
            quoted(&value),
            lookup.key,
            lookup.file
        )),
    }
}

fn days_later(value: &str, days: i32) -> Result<String, String> {
    let day = day_of(value)?;
    let moved = day.checked_add(i64::from(days).days());
    let moved = moved
        .map_err(|_out_of_range| format!("{day} moved by {days} days is out of the calendar."))?;
    Ok(moved.to_string())
}

fn trimmed(value: Cow<'_, str>) -> Cow<'_, str> {
    if value.trim().len() == value.len() {
        value
    } else {
        Cow::Owned(value.trim().to_owned())
    }
}
