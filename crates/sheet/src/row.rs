//! A row that has been read, and how its cells are asked for.
//!
//! Each kind of value has two questions: `date` gives nothing for an empty cell, `required_date`
//! makes a fault of it. A cell that holds something else than was asked for is always a fault.

use jiff::civil::Date;
use kernel::{Code, Currency, Money, Percent, Price, Quantity, Rate, Refusal, decimal};

use crate::{Column, Fault, Faults, Layout, day::day_of, fault::quoted};

/// The rows of a file, in the columns of its layout.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub layout: Layout,
    pub rows: Vec<Row>,
}

/// The rows of a file that are one document, in the order they stand in it.
#[derive(Debug, Clone)]
pub struct Document {
    pub rows: Vec<Row>,
}

/// One row: the cells of the layout's columns, trimmed.
#[derive(Debug, Clone)]
pub struct Row {
    /// As a spreadsheet program shows it, the header being row 1. A row that stands in the
    /// mapping instead of the file has 0.
    pub number: u64,
    /// The place among the mapping's own rows, counted from 1.
    literal: Option<u64>,
    columns: &'static [Column],
    /// All cells one behind the other, and where each of them ends.
    text: Box<str>,
    ends: Box<[usize]>,
    is_bad: bool,
}

impl Row {
    /// The row's text, `None` if the cell is empty or the file does not have the column.
    pub fn text(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|own| own.name == column);
        debug_assert!(index.is_some(), "no column {column} in the layout");
        self.cell(index?)
    }

    /// Like [`Row::text`]; an empty cell is a fault.
    pub fn required_text(&self, column: &str, faults: &mut Faults) -> Option<&str> {
        let text = self.text(column);
        if text.is_none() {
            faults.push(self.empty(column));
        }
        text
    }

    /// A cell read by `read`, whose refusal becomes a fault of this cell.
    pub fn read<T>(
        &self,
        column: &str,
        faults: &mut Faults,
        read: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        match read(self.text(column)?) {
            Ok(value) => Some(value),
            Err(refusal) => {
                faults.push(self.refused(column, refusal));
                None
            }
        }
    }

    /// Like [`Row::read`]; an empty cell is a fault.
    pub fn required_read<T>(
        &self,
        column: &str,
        faults: &mut Faults,
        read: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.required_text(column, faults)?;
        self.read(column, faults, read)
    }

    /// An amount of `currency`, with no more decimals than it has.
    pub fn money(&self, column: &str, currency: Currency, faults: &mut Faults) -> Option<Money> {
        self.read(column, faults, |text| {
            plain(text)?;
            Money::parse(text, currency)
        })
    }

    /// Like [`Row::money`]; an empty cell is a fault.
    pub fn required_money(
        &self,
        column: &str,
        currency: Currency,
        faults: &mut Faults,
    ) -> Option<Money> {
        self.required_text(column, faults)?;
        self.money(column, currency, faults)
    }

    /// A fault of this cell, for a rule that only the caller knows.
    pub fn fault(&self, column: &str, message: impl Into<String>) -> Fault {
        let fault = self.fault_of_row(message).in_column(column);
        let is_own = self.literal.is_none() && self.names().any(|own| own == column);
        if is_own {
            return fault.holding(Some(self.text(column).unwrap_or_default()));
        }
        fault
    }

    /// What a rule refused, as a fault of this cell.
    pub fn refused(&self, column: &str, no: Refusal) -> Fault {
        self.fault(column, no.message).coded(no.code)
    }

    /// A fault of the row as a whole.
    pub fn fault_of_row(&self, message: impl Into<String>) -> Fault {
        let message = message.into();
        match self.literal {
            None => Fault::of_row(self.number, message),
            Some(place) => Fault::of_file(format!("{message} (own row {place} of the mapping)")),
        }
    }

    /// Whether a fault was found in this row while reading; see [`crate::read_marking_bad`].
    pub fn is_bad(&self) -> bool {
        self.is_bad
    }

    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// All cells in the order of the layout, empty ones as empty text.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.columns.len()).map(|index| self.cell(index).unwrap_or(""))
    }

    fn cell(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let cell = self.text.get(start..*self.ends.get(index)?)?;
        (!cell.is_empty()).then_some(cell)
    }

    fn empty(&self, column: &str) -> Fault {
        self.fault(column, "The cell is empty, but a value is needed here.")
            .coded("sheet.empty")
    }
}

macro_rules! readings {
    ($($(#[$doc:meta])* $name:ident, $required:ident: $kind:ty = $read:expr;)*) => {
        impl Row {
            $(
                $(#[$doc])*
                pub fn $name(&self, column: &str, faults: &mut Faults) -> Option<$kind> {
                    self.read(column, faults, $read)
                }

                /// The same; an empty cell is a fault.
                pub fn $required(&self, column: &str, faults: &mut Faults) -> Option<$kind> {
                    self.required_read(column, faults, $read)
                }
            )*
        }
    };
}

readings! {
    /// A code.
    code, required_code: Code = Code::parse;
    /// A day, written `2026-02-28`; a time of midnight behind it is overlooked.
    date, required_date: Date = |text| day_of(text).map_err(|why| refused("sheet.date", why));
    /// A decimal with at most six places, in millionths.
    decimal6, required_decimal6: i64 = |text| plain(text).and_then(|()| decimal::parse_places(text, 6));
    /// A price, at most six places.
    price, required_price: Price = |text| plain(text).and_then(|()| Price::parse(text));
    /// A quantity, at most six places.
    quantity, required_quantity: Quantity = |text| plain(text).and_then(|()| Quantity::parse(text));
    /// An exchange rate, at most six places.
    rate, required_rate: Rate = |text| plain(text).and_then(|()| Rate::parse(text));
    /// A percentage, `17.065` or `17.065 %`, at most four places.
    percent, required_percent: Percent = |text| plain(text).and_then(|()| Percent::parse(text));
    /// A whole number, negative ones included.
    whole, required_whole: i64 = |text| plain(text).and_then(|()| decimal::parse_places(text, 0));
    /// The three letters of a currency.
    currency, required_currency: Currency = Currency::parse;
    /// `yes` or `no`, also `true`, `false`, `1`, `0`, in any capitals.
    yes_or_no, required_yes_or_no: bool = yes_or_no;
}

fn yes_or_no(text: &str) -> Result<bool, Refusal> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(refused(
            "sheet.yes_or_no",
            format!("{} is neither yes nor no.", quoted(text)),
        )),
    }
}

/// Says what is wrong with numbers as people and programs write them elsewhere.
///
/// The comma deserves its own sentence: `1,000` is a thousand here and one there.
fn plain(text: &str) -> Result<(), Refusal> {
    if text.contains(',') {
        return Err(refused(
            "sheet.comma",
            format!(
                "{} has a comma. Write numbers without separators between thousands and with a \
                 point before decimals, like 1234.50.",
                quoted(text)
            ),
        ));
    }
    Ok(())
}

fn refused(code: &'static str, message: String) -> Refusal {
    Refusal::value(code, message)
}

/// A row while its cells are filled in, one after the other.
#[derive(Debug)]
pub(crate) struct Draft {
    number: u64,
    literal: Option<u64>,
    text: String,
    ends: Vec<usize>,
    is_bad: bool,
}

impl Draft {
    pub(crate) fn of_file(number: u64) -> Draft {
        Draft {
            number,
            literal: None,
            text: String::new(),
            ends: Vec::new(),
            is_bad: false,
        }
    }

    pub(crate) fn of_mapping(place: u64) -> Draft {
        Draft {
            literal: Some(place),
            ..Draft::of_file(0)
        }
    }

    pub(crate) fn add(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(crate) fn mark_bad(&mut self) {
        self.is_bad = true;
    }

    pub(crate) fn finish(self, columns: &'static [Column]) -> Row {
        debug_assert_eq!(self.ends.len(), columns.len(), "one cell for each column");
        Row {
            number: self.number,
            literal: self.literal,
            columns,
            text: self.text.into_boxed_str(),
            ends: self.ends.into_boxed_slice(),
            is_bad: self.is_bad,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column {
            name: "code",
            required: true,
            what: "its name for other files",
        },
        Column {
            name: "value",
            required: false,
            what: "what it is worth",
        },
    ];

    fn row(value: &str) -> Row {
        let mut draft = Draft::of_file(7);
        draft.add("A-1");
        draft.add(value);
        draft.finish(COLUMNS)
    }

    #[test]
    fn cells_are_read_as_what_they_are_asked_for() {
        let faults = &mut Faults::new();
        let euro = Currency::parse("EUR").unwrap();
        assert_eq!(row("x").code("code", faults).unwrap().as_str(), "A-1");
        assert_eq!(
            row("2026-02-28").date("value", faults),
            Some(date(2026, 2, 28))
        );
        assert_eq!(
            row("1.5").price("value", faults),
            Some(Price::of_millionths(1_500_000))
        );
        assert_eq!(
            row("-2").quantity("value", faults),
            Some(Quantity::of_whole(-2))
        );
        assert_eq!(row("1.25").decimal6("value", faults), Some(1_250_000));
        assert_eq!(
            row("0.98").rate("value", faults),
            Some(Rate::of_millionths(980_000))
        );
        assert_eq!(
            row("17.065 %").percent("value", faults),
            Some(Percent::of_millionths(170_650))
        );
        assert_eq!(row("12").whole("value", faults), Some(12));
        assert_eq!(row("EUR").currency("value", faults), Some(euro));
        assert_eq!(row("Yes").yes_or_no("value", faults), Some(true));
        let money = row("9.99").money("value", euro, faults);
        assert_eq!(money, Some(Money::of_minor(999, euro)));
        assert!(faults.is_empty(), "{faults}");
    }

    #[test]
    fn an_empty_cell_is_absent_and_a_fault_only_where_it_is_needed() {
        let faults = &mut Faults::new();
        assert_eq!(row("").text("value"), None);
        assert_eq!(row("").date("value", faults), None);
        assert!(faults.is_empty());
        assert_eq!(row("").required_date("value", faults), None);
        let expected = "row 7, column “value”: The cell is empty, but a value is needed here.";
        assert_eq!(faults.to_string(), expected);
    }

    #[test]
    #[rustfmt::skip]
    fn numbers_that_are_none_are_faults_with_their_reason() {
        for (text, word) in [
            ("1e308",      "is not a decimal number"),
            ("NaN",        "is not a decimal number"),
            ("1,000",      "has a comma"),
            ("1.234,56",   "has a comma"),
            ("1.2345678",  "has 7 decimal places"),
            ("99999999999999999999", "larger than this field can hold"),
        ] {
            let faults = &mut Faults::new();
            assert_eq!(row(text).price("value", faults), None);
            let shown = faults.to_string();
            assert!(shown.starts_with("row 7, column “value”: "), "{shown}");
            assert!(shown.contains(word), "{shown}");
        }
        let faults = &mut Faults::new();
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(row("1.5").money("value", yen, faults), None);
        assert_eq!(row("1.5").whole("value", faults), None);
        assert_eq!(row("1.23456").percent("value", faults), None);
        assert_eq!(row("euro").currency("value", faults), None);
        assert_eq!(row("maybe").yes_or_no("value", faults), None);
        assert_eq!(row("a b").code("value", faults), None);
        assert_eq!(faults.total(), 6);
    }

    #[test]
    fn a_row_of_the_mapping_says_so() {
        let mut draft = Draft::of_mapping(2);
        draft.add("A-1");
        draft.add("");
        let fault = draft.finish(COLUMNS).fault("value", "Odd.");
        assert_eq!(
            fault.to_string(),
            "column “value”: Odd. (own row 2 of the mapping)"
        );
    }
}
