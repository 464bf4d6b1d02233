//! Control totals: what a file says its columns add up to, compared with what they do.
//!
//! A row of totals holds for everything above it, or for what is above it since the last one. If
//! neither agrees, a row is missing, twice there, or was changed after the total was taken.

use std::borrow::Cow;

use crate::{
    Fault, Faults,
    exact::Exact,
    forms::NumberForm,
    header::Header,
    mapping::{Recipe, Source, Table},
    reading::Plan,
};

/// The places to which sums are compared: what is behind them is noise of the program that added.
const PLACES: u32 = 6;

/// A column whose totals are compared.
#[derive(Debug, Clone)]
pub(crate) struct Controlled {
    at: usize,
    name: String,
    form: Option<NumberForm>,
}

/// The columns a mapping wants compared.
pub(crate) fn controlled(table: &Table, header: &Header, faults: &mut Faults) -> Vec<Controlled> {
    let mut columns = Vec::new();
    for name in &table.control {
        match header.position(name) {
            Ok(at) => columns.push(Controlled {
                at,
                name: name.clone(),
                form: form_of(table, name),
            }),
            Err(why) => {
                let message = format!("The mapping’s control asks for it, but {why}");
                faults.push(Fault::of_column(name, message).coded("mapping.column"));
            }
        }
    }
    columns
}

/// How the recipe that reads a column says its numbers are written.
fn form_of(table: &Table, name: &str) -> Option<NumberForm> {
    let unpivoted = table.unpivot.as_ref();
    let unpivoted = unpivoted.filter(|unpivot| unpivot.columns.contains_key(name));
    let read_as = unpivoted.map_or(name, |unpivot| unpivot.value.as_str());
    let is_of = |recipe: &&Recipe| matches!(&recipe.source, Source::Column(own) if own == read_as);
    let mut recipes = table.columns.iter().flat_map(|columns| columns.values());
    recipes.find(is_of)?.steps.number
}

/// The sums so far.
#[derive(Debug, Default)]
pub(crate) struct Control {
    sums: Vec<Sums>,
}

/// Of one column: everything, and what came since the last total; none where a cell is no number.
#[derive(Debug, Clone, Copy)]
struct Sums {
    all: Option<Exact>,
    since: Option<Exact>,
}

impl Control {
    /// Adds a row up, or compares it if it is one of totals.
    pub(crate) fn see(
        &mut self,
        plan: &Plan,
        number: u64,
        cells: &[Cow<'_, str>],
        faults: &mut Faults,
    ) {
        if plan.control.is_empty() {
            return;
        }
        let zero = Some(Exact::ZERO);
        let none = Sums {
            all: zero,
            since: zero,
        };
        self.sums.resize(plan.control.len(), none);
        let is_total = plan.is_total(cells);
        for (column, sums) in plan.control.iter().zip(&mut self.sums) {
            let cell = cells.get(column.at).map_or("", |cell| cell.trim());
            let value = column.value(cell);
            if !is_total {
                sums.all = sums.all.zip(value).and_then(|(sum, value)| sum.plus(value));
                sums.since = sums
                    .since
                    .zip(value)
                    .and_then(|(sum, value)| sum.plus(value));
                continue;
            }
            if let (Some(value), false) = (value, cell.is_empty()) {
                let fault = |why| Fault::of_row(number, why).in_column(column.name.as_str());
                let coded = |why| fault(why).coded("file.control");
                sums.differs(value)
                    .map(coded)
                    .into_iter()
                    .for_each(|fault| faults.push(fault));
            }
            sums.since = zero;
        }
    }
}

impl Controlled {
    fn value(&self, cell: &str) -> Option<Exact> {
        if cell.is_empty() {
            return Some(Exact::ZERO);
        }
        let plain = match self.form {
            Some(form) => form.read(cell).ok()?,
            None => cell.to_owned(),
        };
        Exact::parse(&plain).ok()
    }
}

impl Sums {
    fn differs(self, total: Exact) -> Option<String> {
        let (all, since) = (self.all?.rounded(PLACES), self.since?.rounded(PLACES));
        let total = total.rounded(PLACES);
        let same = |sum: Exact| sum.write() == total.write();
        if same(all) || same(since) {
            return None;
        }
        Some(format!(
            "The total here is {}, but the rows above add up to {}. \
             Mend the file, or leave the column out of `control` in a mapping.",
            total.write(),
            all.write()
        ))
    }
}
