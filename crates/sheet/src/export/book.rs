//! The workbook that is written: one sheet with a header that stays, filters, and totals below.
//!
//! Rows go to a scratch file as they come, so a large export does not fill the memory. A number of
//! more than fifteen digits, which a spreadsheet would cut off, is written as text.

use std::io::{self, Write};

use jiff::civil::Date;
use kernel::Currency;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::value::{Value, decimal};

/// The digits a spreadsheet keeps of a number.
const LIMIT_DIGITS: usize = 15;
/// The background of the header, a light grey.
const SHADE: u32 = 0x00EE_F1F5;

pub(super) struct Book<'out> {
    workbook: Workbook,
    columns: Vec<Column>,
    formats: Formats,
    /// The row written last, the header being row 0.
    last: u32,
    failed: Option<XlsxError>,
    out: &'out mut (dyn Write + Send),
}

/// What is known of a column by what was written into it.
#[derive(Debug, Clone, Copy, Default)]
enum Column {
    #[default]
    Uncounted,
    Amounts(i128, Currency),
    /// Amounts that cannot be added: several currencies, or one that is no number.
    Mixed,
}

struct Formats {
    text: Format,
    day: Format,
    plain: Format,
    /// By the number of places.
    amounts: Vec<Format>,
    totals: Vec<Format>,
    label: Format,
}

impl Formats {
    fn new() -> Formats {
        let amount = |places: usize| {
            let fraction = if places == 0 {
                String::new()
            } else {
                format!(".{}", "0".repeat(places))
            };
            Format::new().set_num_format(format!("#,##0{fraction}"))
        };
        let total = |format: Format| format.set_bold().set_border_top(FormatBorder::Thin);
        Formats {
            text: Format::new().set_num_format("@"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            plain: Format::new(),
            amounts: (0..=6).map(amount).collect(),
            totals: (0..=6).map(|places| total(amount(places))).collect(),
            label: total(Format::new()),
        }
    }
}

impl<'out> Book<'out> {
    pub(super) fn new(
        name: &str,
        columns: &[&str],
        on: Date,
        out: &'out mut (dyn Write + Send),
    ) -> Book<'out> {
        let mut made = Book {
            workbook: Workbook::new(),
            columns: vec![Column::default(); columns.len()],
            formats: Formats::new(),
            last: 0,
            failed: None,
            out,
        };
        made.failed = made.head(name, columns, on).err();
        made
    }

    fn head(&mut self, name: &str, columns: &[&str], on: Date) -> Result<(), XlsxError> {
        if let Some(day) = day_of(on) {
            let properties = DocProperties::new().set_creation_datetime(&day);
            self.workbook.set_properties(&properties);
        }
        let sheet = self.workbook.add_worksheet_with_low_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        let head = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(SHADE))
            .set_border_bottom(FormatBorder::Thin);
        for (column, name) in (0..).zip(columns) {
            let letters = u32::try_from(name.chars().count()).unwrap_or(u32::MAX);
            sheet.set_column_width(column, f64::from(letters.clamp(10, 40) + 4))?;
            sheet.write_string_with_format(0, column, *name, &head)?;
        }
        Ok(())
    }

    pub(super) fn row(&mut self, values: &[Value<'_>]) {
        self.last += 1;
        if self.failed.is_none() {
            self.failed = self.cells(values).err();
        }
    }

    fn cells(&mut self, values: &[Value<'_>]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        let (formats, row) = (&self.formats, self.last);
        for ((place, value), column) in (0_u16..).zip(values).zip(&mut self.columns) {
            let at = (row, place);
            match value {
                Value::Empty => {}
                Value::Text(text) => put_text(sheet, at, text, &formats.text)?,
                Value::Day(day) => match day_of(*day) {
                    Some(day) => {
                        sheet.write_datetime_with_format(row, place, &day, &formats.day)?;
                    }
                    // No spreadsheet has days before 1900.
                    None => put_text(sheet, at, &day.to_string(), &formats.text)?,
                },
                Value::Number(text) => {
                    put_number(sheet, at, text, (&formats.plain, &formats.text))?;
                }
                Value::Amount(millionths, currency) => {
                    let text = value.text();
                    let format = &formats.amounts[places_of(&text).min(6)];
                    let is_number = put_number(sheet, at, &text, (format, &formats.text))?;
                    column.take(*millionths, *currency, is_number);
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self: Box<Self>) -> io::Result<()> {
        let failed = match self.failed.take() {
            Some(error) => Err(error),
            None => self.foot(),
        };
        let bytes = failed.and_then(|()| self.workbook.save_to_buffer());
        let bytes = bytes.map_err(|error| io::Error::other(error.to_string()))?;
        self.out.write_all(&bytes)?;
        self.out.flush()
    }

    /// Filters over the rows, and below them the totals of what is shown.
    fn foot(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        let Some(end) = u16::try_from(self.columns.len())
            .ok()
            .and_then(|n| n.checked_sub(1))
        else {
            return Ok(());
        };
        sheet.autofilter(0, 0, self.last, end)?;
        let has_totals = self
            .columns
            .iter()
            .any(|one| matches!(one, Column::Amounts(..)));
        if self.last == 0 || !has_totals {
            return Ok(());
        }
        let row = self.last + 1;
        for (place, column) in (0_u16..).zip(&self.columns) {
            let Column::Amounts(total, currency) = column else {
                put_text(sheet, (row, place), label_at(place), &self.formats.label)?;
                continue;
            };
            let text = decimal(*total, currency.decimals());
            let format = &self.formats.totals[places_of(&text).min(6)];
            let letters = rust_xlsxwriter::utility::column_number_to_name(place);
            // 109 adds what a filter leaves.
            let formula = format!("=SUBTOTAL(109,{letters}2:{letters}{})", self.last + 1);
            let formula = Formula::new(formula).set_result(text);
            sheet.write_formula_with_format(row, place, formula, format)?;
        }
        Ok(())
    }
}

impl Column {
    fn take(&mut self, millionths: i128, currency: Currency, is_number: bool) {
        *self = match *self {
            _ if !is_number => Column::Mixed,
            Column::Uncounted => Column::Amounts(millionths, currency),
            Column::Amounts(sum, own) if own == currency => sum
                .checked_add(millionths)
                .map_or(Column::Mixed, |sum| Column::Amounts(sum, own)),
            Column::Amounts(..) | Column::Mixed => Column::Mixed,
        };
    }
}

fn label_at(column: u16) -> &'static str {
    if column == 0 { "Total" } else { "" }
}

fn put_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, text, format)?;
    Ok(())
}

/// Writes a plain decimal as a number if a spreadsheet keeps all its digits; whether it did.
fn put_number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    (format, as_text): (&Format, &Format),
) -> Result<bool, XlsxError> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(number) if digits <= LIMIT_DIGITS => {
            sheet.write_number_with_format(row, column, number, format)?;
            Ok(true)
        }
        _ => {
            sheet.write_string_with_format(row, column, text, as_text)?;
            Ok(false)
        }
    }
}

fn places_of(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, fraction)| fraction.len())
}

fn day_of(day: Date) -> Option<ExcelDateTime> {
    // From March 1900 on: spreadsheets have a 29 February before it that never was.
    let is_safe = (1900, 3) <= (day.year(), day.month());
    let year = u16::try_from(day.year()).ok().filter(|_| is_safe)?;
    let month = u8::try_from(day.month()).ok()?;
    ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).ok()?).ok()
}
