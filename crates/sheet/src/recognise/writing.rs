//! What was recognised, as the mapping its author would have written, and in sentences.

use super::{
    Column, Heading, Meaning, Recognised, Seen, Sort, Term, evidence::Evidence, months::Month,
    names::Unit,
};
use crate::{Layout, fault::quoted, totals::TOTALS};

/// The made-up columns that months are turned into.
const MONTH: &str = "the month";
const VALUE: &str = "the month's value";

pub(super) struct Writing {
    head: Vec<String>,
    columns: Vec<(&'static str, String)>,
    /// The file's columns by the column of ours they were taken for.
    taken: Vec<(&'static str, String)>,
    control: Vec<String>,
    spread: Option<String>,
    remarks: Vec<String>,
    open: Vec<String>,
    /// What was made of the columns looked at so far, by their names.
    seen: Vec<Seen>,
}

/// A text as TOML writes it.
fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<Item: AsRef<str>>(items: &[Item]) -> String {
    let items: Vec<String> = items.iter().map(|item| text(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

impl Writing {
    pub(super) fn new(layout: &Layout, heading: &Heading) -> Writing {
        let number = heading.rows[heading.at].0;
        let mut head = vec![
            format!("[{}]", layout.kind),
            format!("header_row = {number}"),
        ];
        let mut remarks = Vec::new();
        if heading.lines == 1 {
            remarks.push(format!("Row {number} names the columns."));
        } else {
            head.push(format!("header_rows = {}", heading.lines));
            remarks.push(format!(
                "Row {number} and the {} below it name the columns.",
                heading.lines - 1
            ));
        }
        head.push(format!("totals = {}", list(&TOTALS)));
        let is_left =
            |column: &&Column| column.meaning == Meaning::Nothing && !column.name.is_empty();
        let left: Vec<String> = heading
            .columns
            .iter()
            .filter(is_left)
            .map(|column| quoted(&column.name))
            .collect();
        if !left.is_empty() {
            remarks.push(format!("Not read: {}.", left.join(", ")));
        }
        Writing {
            head,
            columns: Vec::new(),
            taken: Vec::new(),
            control: Vec::new(),
            spread: None,
            remarks,
            open: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(super) fn column(
        &mut self,
        column: &Column,
        term: Term,
        unit: Option<Unit>,
        evidence: Evidence,
    ) {
        let mut seen = Seen {
            name: column.name.clone(),
            ours: Some(term.column),
            ..Seen::default()
        };
        if let Some((_, first)) = self.taken.iter().find(|(own, _)| *own == term.column) {
            self.open.push(format!(
                "{} and {} can both be {}. Say in a mapping which it is.",
                quoted(first),
                quoted(&column.name),
                term.column
            ));
            seen.is_second = true;
            self.seen.push(seen);
            return;
        }
        self.taken.push((term.column, column.name.clone()));
        if !column.name.eq_ignore_ascii_case(term.column) {
            self.remarks.push(format!(
                "{} is read as {}.",
                quoted(&column.name),
                term.column
            ));
        }
        let unit = unit.filter(|_| term.sort == Sort::Amount);
        seen.written(term.sort, &evidence);
        seen.in_unit(unit);
        self.seen.push(seen);
        if matches!(term.sort, Sort::Amount) {
            self.control.push(column.name.clone());
        }
        let steps = self.steps(&column.name, unit, evidence);
        let recipe = if steps.is_empty() {
            text(&column.name)
        } else {
            format!("{{ column = {}{steps} }}", text(&column.name))
        };
        self.columns.push((term.column, recipe));
    }

    /// What is done to the cells, as further keys of a recipe.
    fn steps(&mut self, name: &str, unit: Option<Unit>, evidence: Evidence) -> String {
        let mut steps = String::new();
        match evidence {
            Evidence::Nothing => {}
            Evidence::Number(form) => {
                self.remarks.push(format!(
                    "Numbers in {} are written like {form}.",
                    quoted(name)
                ));
                steps.push_str(", number = ");
                steps.push_str(&text(&form.to_string()));
            }
            Evidence::Day(form) => {
                let pattern = form.pattern();
                self.remarks.push(format!(
                    "Days in {} are written like {pattern}.",
                    quoted(name)
                ));
                steps.push_str(", date = ");
                steps.push_str(&text(pattern));
            }
            Evidence::Undecided(cell) => self.open.push(format!(
                "{} in {} can be read in two ways, and no other cell decides. \
                 Say with `number` or `date` in a mapping how it is written.",
                quoted(&cell),
                quoted(name)
            )),
        }
        if let Some(Unit { word, factor }) = unit {
            self.remarks.push(format!(
                "{} is in {word}: multiplied by {factor}.",
                quoted(name)
            ));
            steps.push_str(", multiply = ");
            steps.push_str(&text(factor));
        }
        steps
    }

    /// Months side by side, as rows.
    pub(super) fn months(
        &mut self,
        months: &[(&str, Month)],
        year: Option<u16>,
        (period, value): (&'static str, &'static str),
        (unit, evidence): (Option<Unit>, Evidence),
    ) {
        let mut pairs = Vec::new();
        for (name, month) in months {
            let Some(year) = month.year.or(year) else {
                self.open.push(format!(
                    "Of which year {} is cannot be told: neither a heading nor a title says it.",
                    quoted(name)
                ));
                return;
            };
            pairs.push((*name, format!("{year}-{:02}", month.month)));
        }
        let shown = |pair: Option<&(&str, String)>| {
            pair.map_or(String::new(), |(name, code)| {
                format!("{} ({code})", quoted(name))
            })
        };
        self.remarks.push(format!(
            "The columns from {} to {} become rows, each with its month as {period} and its cell as {value}.",
            shown(pairs.first()),
            shown(pairs.last())
        ));
        let named: Vec<String> = pairs
            .iter()
            .map(|(name, code)| format!("{} = \"{code}\"", text(name)))
            .collect();
        self.spread = Some(format!(
            "columns = {{ {} }}\nname = {}\nvalue = {}",
            named.join(", "),
            text(MONTH),
            text(VALUE)
        ));
        self.control
            .extend(months.iter().map(|(name, _)| (*name).to_owned()));
        let steps = self.steps(VALUE, unit, evidence);
        self.columns
            .retain(|(column, _)| *column != period && *column != value);
        self.columns.push((period, text(MONTH)));
        self.columns
            .push((value, format!("{{ column = {}{steps} }}", text(VALUE))));
    }

    /// `firsts` are the first cells of the columns.
    pub(super) fn finish(
        mut self,
        layout: &Layout,
        columns: &[Column],
        firsts: Vec<String>,
    ) -> Recognised {
        let is_filled = |name: &str| self.columns.iter().any(|(column, _)| *column == name);
        let missing: Vec<_> = layout
            .columns
            .iter()
            .filter(|column| column.required && !is_filled(column.name))
            .collect();
        for column in &missing {
            self.open.push(format!(
                "No column was taken for {}: {}. Name it in the file, or fill it in a mapping.",
                column.name, column.what
            ));
        }
        let names_missing = missing.iter().map(|column| column.name).collect();
        let mut lines = self.head;
        if !self.control.is_empty() {
            lines.push(format!("control = {}", list(&self.control)));
        }
        if let Some(spread) = self.spread {
            lines.push(format!("\n[{}.unpivot]\n{spread}", layout.kind));
        }
        lines.push(format!("\n[{}.columns]", layout.kind));
        lines.extend(
            self.columns
                .iter()
                .map(|(column, recipe)| format!("{column} = {recipe}")),
        );
        let gaps = missing
            .iter()
            .map(|column| format!("# {} = {{ value = \"\" }}", column.name));
        lines.extend(gaps);
        Recognised {
            mapping: lines.join("\n") + "\n",
            remarks: self.remarks,
            open: self.open,
            columns: all_seen(self.seen, columns, firsts),
            missing: names_missing,
            is_own: false,
            is_likely: true,
        }
    }
}

/// What was made of every column that has a name.
fn all_seen(seen: Vec<Seen>, columns: &[Column], firsts: Vec<String>) -> Vec<Seen> {
    let mut seen = seen.into_iter();
    let named = columns.iter().zip(firsts);
    let all = named.map(|(column, first)| {
        let own = match column.meaning {
            Meaning::Own(_) => seen.next().unwrap_or_default(),
            Meaning::Month(_) | Meaning::Nothing => Seen::default(),
        };
        Seen {
            name: column.name.clone(),
            first,
            is_month: matches!(column.meaning, Meaning::Month(_)),
            ..own
        }
    });
    all.filter(|one| !one.name.is_empty()).collect()
}
