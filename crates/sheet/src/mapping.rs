//! The mapping file: how a file made elsewhere becomes rows of a layout, written in TOML.
//!
//! This is the written form only; what it does to a cell is in `recipe`. Whatever the file says
//! that is not understood is refused with its place, because a misspelt key that is overlooked
//! would import wrong values without a word. It is described for its authors in docs/mapping.md.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{
    Fault,
    exact::Exact,
    forms::{DateForm, NumberForm},
    header::{Lead, hint},
    template::{Piece, pieces},
};

/// A mapping file, read and checked as far as that is possible without the files it speaks of.
#[derive(Debug, Clone)]
pub struct Mapping {
    tables: BTreeMap<String, Table>,
}

impl Mapping {
    /// Reads the text of a mapping file; `kinds` are the kinds it may have tables for.
    ///
    /// # Errors
    ///
    /// Text that is no TOML, a key or kind that is not known, or a recipe that contradicts itself.
    pub fn parse(text: &str, kinds: &[&str]) -> Result<Mapping, Fault> {
        let tables: BTreeMap<String, Table> =
            toml::from_str(text).map_err(|error| at_its_line(text, &error))?;
        for (kind, table) in &tables {
            if !kinds.contains(&kind.as_str()) {
                let hint = hint(kind, kinds.iter().copied());
                let message = format!("Mapping, [{kind}]: this kind is not known. {hint}");
                return Err(Fault::of_file(message));
            }
            let in_table = |why| Fault::of_file(format!("Mapping, [{kind}]: {why}"));
            table.check().map_err(in_table)?;
        }
        Ok(Mapping { tables })
    }

    /// The kinds that have a table, in alphabetical order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// The file to take for `kind` where a folder was named; a plain name, never a path.
    pub fn file(&self, kind: &str) -> Option<&str> {
        self.tables.get(kind)?.file.as_deref()
    }

    /// The sheet to take where the file for `kind` is a workbook.
    pub fn sheet(&self, kind: &str) -> Option<&str> {
        self.tables.get(kind)?.sheet.as_deref()
    }

    /// Whether `kind` can only be read from a file.
    ///
    /// If not, the mapping holds all its rows, and [`crate::read`] takes no bytes for it.
    pub fn needs_file(&self, kind: &str) -> bool {
        self.tables.get(kind).is_none_or(Table::needs_file)
    }

    pub(crate) fn table(&self, kind: &str) -> Option<&Table> {
        self.tables.get(kind)
    }
}

/// What a mapping says about one kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Table {
    pub file: Option<String>,
    pub sheet: Option<String>,
    pub header_row: Option<u64>,
    pub header_rows: Option<usize>,
    pub totals: Vec<String>,
    pub control: Vec<String>,
    pub unpivot: Option<Unpivot>,
    pub columns: Option<BTreeMap<String, Recipe>>,
    pub rows: Vec<BTreeMap<String, String>>,
    pub distinct: Vec<String>,
    pub skip: Vec<Skip>,
}

impl Table {
    pub(crate) fn needs_file(&self) -> bool {
        self.file.is_some() || self.columns.is_some() || self.rows.is_empty()
    }

    /// Where the header stands.
    pub(crate) fn lead(&self) -> Lead {
        Lead {
            row: self.header_row.unwrap_or(0),
            rows: self.header_rows.unwrap_or(1),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self
            .header_rows
            .is_some_and(|rows| !(1..=5).contains(&rows))
        {
            return Err("`header_rows` is a number from 1 to 5.".to_owned());
        }
        if self
            .unpivot
            .as_ref()
            .is_some_and(|unpivot| unpivot.columns.is_empty())
        {
            return Err("`unpivot` needs `columns`.".to_owned());
        }
        self.file.as_deref().map_or(Ok(()), check_file_name)?;
        for skip in &self.skip {
            skip.check()?;
        }
        for (name, recipe) in self.columns.iter().flatten() {
            let in_column = |why| format!("column “{name}”: {why}");
            recipe.check().map_err(in_column)?;
        }
        Ok(())
    }
}

/// Columns side by side that become rows: for each of them a row with what it stands for and with
/// its cell, under two names that recipes use like names of columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unpivot {
    /// What each column of the file stands for.
    pub columns: BTreeMap<String, String>,
    pub name: String,
    pub value: String,
}

/// Rows of the file that are left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Skip {
    pub column: String,
    pub equals: Option<String>,
    pub not_equals: Option<String>,
}

impl Skip {
    fn check(&self) -> Result<(), String> {
        match (&self.equals, &self.not_equals) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(format!(
                "skip of column “{}” needs either equals or not_equals.",
                self.column
            )),
        }
    }
}

/// How the cells of one column come about: a source, and what is done to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recipe {
    pub source: Source,
    pub steps: Steps,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The cell of a column of the file.
    Column(String),
    /// The next larger value in a column of the file, and what follows the largest.
    Following { column: String, last: String },
    /// The same for all rows.
    Value(String),
    /// Text with cells put in.
    Template(Vec<Piece>),
}

impl Default for Source {
    fn default() -> Source {
        Source::Value(String::new())
    }
}

/// What is done to a value, in this order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steps {
    pub replace: Vec<(String, String)>,
    pub map: BTreeMap<String, String>,
    pub lookups: Vec<Lookup>,
    pub then_map: BTreeMap<String, String>,
    pub number: Option<NumberForm>,
    pub date: Option<DateForm>,
    pub date_part: bool,
    pub add_days: Option<i32>,
    pub multiply: Option<Exact>,
    pub round: Option<u32>,
    pub default: Option<String>,
}

/// A value to be found in one column of another file and replaced by that of a second one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lookup {
    pub file: String,
    pub key: String,
    pub give: String,
    #[serde(default)]
    pub missing: Missing,
}

/// What happens to a value that a look-up file does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Missing {
    #[default]
    Refuse,
    Empty,
}

impl Recipe {
    fn check(&self) -> Result<(), String> {
        for lookup in &self.steps.lookups {
            check_file_name(&lookup.file)?;
        }
        Ok(())
    }

    /// The columns of the file it needs.
    pub(crate) fn source_columns(&self) -> Vec<&str> {
        match &self.source {
            Source::Column(column) | Source::Following { column, .. } => vec![column],
            Source::Value(_) => Vec::new(),
            Source::Template(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Column(column) => Some(column.as_str()),
                    Piece::Text(_) => None,
                })
                .collect(),
        }
    }
}

/// A recipe as it stands in the file, before its keys are weighed against each other.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenRecipe {
    column: Option<String>,
    value: Option<String>,
    template: Option<String>,
    following: bool,
    last: Option<String>,
    replace: Vec<(String, String)>,
    map: BTreeMap<String, String>,
    lookups: Vec<Lookup>,
    then_map: BTreeMap<String, String>,
    number: Option<String>,
    date: Option<String>,
    date_part: bool,
    add_days: Option<i32>,
    multiply: Option<String>,
    round: Option<u32>,
    default: Option<String>,
}

impl WrittenRecipe {
    fn recipe(self) -> Result<Recipe, String> {
        if !self.following && self.last.is_some() {
            return Err("`last` is only for `following = true`".to_owned());
        }
        if self.replace.iter().any(|(from, _)| from.is_empty()) {
            return Err("`replace` cannot look for empty text; use `default`".to_owned());
        }
        if self.round.is_some_and(|places| 12 < places) {
            return Err("`round` keeps at most 12 places".to_owned());
        }
        let factor = |text: String| Exact::parse(&text).map_err(|why| format!("`multiply`: {why}"));
        let source = match (self.column, self.value, self.template) {
            (Some(column), None, None) if self.following => Source::Following {
                column,
                last: self.last.unwrap_or_default(),
            },
            _ if self.following => return Err("`following` needs `column`".to_owned()),
            (Some(column), None, None) => Source::Column(column),
            (None, Some(value), None) => Source::Value(value),
            (None, None, Some(template)) => Source::Template(pieces(&template)?),
            _ => return Err("give one of `column`, `value` and `template`".to_owned()),
        };
        let steps = Steps {
            replace: self.replace,
            map: self.map,
            lookups: self.lookups,
            then_map: self.then_map,
            number: self.number.as_deref().map(NumberForm::parse).transpose()?,
            date: self.date.as_deref().map(DateForm::parse).transpose()?,
            date_part: self.date_part,
            add_days: self.add_days,
            multiply: self.multiply.map(factor).transpose()?,
            round: self.round,
            default: self.default,
        };
        Ok(Recipe { source, steps })
    }
}

impl<'de> Deserialize<'de> for Recipe {
    /// Either the bare name of a column or a table. Not an untagged enum, because that would say
    /// of every misspelt key only that nothing matched.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Recipe, D::Error> {
        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Recipe;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or a table such as { value = \"…\" }")
            }

            fn visit_str<E: Error>(self, column: &str) -> Result<Recipe, E> {
                Ok(Recipe {
                    source: Source::Column(column.to_owned()),
                    steps: Steps::default(),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Recipe, A::Error> {
                let written = WrittenRecipe::deserialize(MapAccessDeserializer::new(map))?;
                written.recipe().map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

/// Files are taken from beside the mapping only; a path could reach anything on the machine.
fn check_file_name(name: &str) -> Result<(), String> {
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    if is_plain {
        Ok(())
    } else {
        Err(format!(
            "“{name}” is not a plain file name. Files must stand beside the mapping."
        ))
    }
}

fn at_its_line(text: &str, error: &toml::de::Error) -> Fault {
    let message = error.message().trim();
    let place = error.span().and_then(|span| text.get(..span.start));
    Fault::of_file(match place {
        Some(before) => format!("Mapping, line {}: {message}.", before.split('\n').count()),
        None => format!("Mapping: {message}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refusal(text: &str) -> String {
        let kinds = ["parcels", "senders"];
        Mapping::parse(text, &kinds).unwrap_err().to_string()
    }

    #[test]
    fn a_mapping_names_files_and_knows_whether_it_needs_them() {
        let text = "
            [parcels]
            file = \"parcels.csv\"
            [[senders.rows]]
            code = \"A\"
            [senders]
        ";
        let mapping = Mapping::parse(text, &["parcels", "senders"]).unwrap();
        assert_eq!(mapping.kinds().collect::<Vec<_>>(), ["parcels", "senders"]);
        assert_eq!(mapping.file("parcels"), Some("parcels.csv"));
        assert_eq!(mapping.file("senders"), None);
        assert!(mapping.needs_file("parcels"));
        assert!(!mapping.needs_file("senders"));
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_not_understood_is_refused_with_its_place() {
        for (text, words) in [
            ("[parcels]\ncolunms = 1",                       "line 2: unknown field `colunms`"),
            ("[parcles]",                                    "[parcles]: this kind is not known. Did you mean “parcels”?"),
            ("[parcels.columns]\ncode = { colum = \"A\" }",  "line 2: unknown field `colum`"),
            ("[parcels.columns]\ncode = 5",                  "line 2: invalid type: integer `5`, expected the name of a column"),
            ("[parcels.columns]\ncode = {}",                 "give one of `column`, `value` and `template`"),
            ("[parcels.columns]\ncode = { column = \"A\", value = \"B\" }", "give one of"),
            ("[parcels.columns]\ncode = { value = \"A\", following = true }", "`following` needs `column`"),
            ("[parcels.columns]\ncode = { column = \"A\", last = \"B\" }", "`last` is only for"),
            ("[parcels.columns]\ncode = { column = \"A\", multiply = \"1e2\" }", "`multiply`: “1e2” is not a decimal"),
            ("[parcels.columns]\ncode = { column = \"A\", number = \"1,5\" }", "`number` is an example"),
            ("[parcels.columns]\ncode = { column = \"A\", date = \"d-m\" }", "`date` is a pattern"),
            ("[parcels]\nheader_rows = 9",                  "from 1 to 5"),
            ("[parcels.unpivot]\nname = \"m\"\nvalue = \"v\"\ncolumns = {}", "needs `columns`"),
            ("[parcels.columns]\ncode = { column = \"A\", round = 13 }", "at most 12 places"),
            ("[parcels.columns]\ncode = { column = \"A\", replace = [[\"\", \"x\"]] }", "cannot look for empty text"),
            ("[parcels.columns]\ncode = { template = \"{A\" }", "a brace without its partner"),
            ("[parcels.columns]\ncode = { template = \"A}\" }", "a brace without its partner"),
            ("[[parcels.skip]]\ncolumn = \"A\"",             "needs either equals or not_equals"),
            ("[parcels]\nfile = \"../secret.csv\"",          "is not a plain file name"),
            ("[parcels.columns]\ncode = { column = \"A\", lookups = [{ file = \"/etc/passwd\", key = \"a\", give = \"b\" }] }", "is not a plain file name"),
            ("[parcels.columns]\ncode = { column = \"A\", lookups = [{ file = \"a.csv\", key = \"a\", give = \"b\", missing = \"ok\" }] }", "unknown variant `ok`"),
            ("parcels",                                      "line 1"),
        ] {
            let shown = refusal(text);
            assert!(shown.contains(words), "{text}\n{shown}");
        }
    }
}
