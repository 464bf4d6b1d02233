//! The grid itself: what a page shows of a version, and what a change of a cell is answered with.

use kernel::decimal::write_places;
use maud::{Markup, html};
use page::{Frame, num, parts};

use super::grid_page::Sheet;
use crate::{
    drafting::Summary,
    grid::{Balance, Grid, Place, Row},
    store::cells::StoredMonth,
};

/// In which unit amounts stand in the grid, so that shown parts add up to shown totals: exactly, as
/// so many decimal places of a minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Decimal places between the shown unit and the minor unit.
    pub places: u32,
    pub thousands: bool,
}

impl Scale {
    /// Thousands for a plan of a million or more, else whole units.
    pub fn of(grid: &Grid) -> Scale {
        let decimals = grid.currency.decimals();
        let million = grid.currency.minor_per_unit().saturating_mul(1_000_000);
        if million <= grid.total() {
            Scale {
                places: decimals + 3,
                thousands: true,
            }
        } else {
            Scale {
                places: decimals,
                thousands: false,
            }
        }
    }

    /// `1,184`, or `896.5` where an amount is no whole number of the unit.
    pub fn show(self, minor: i64) -> String {
        let plain = write_places(minor, self.places, 0);
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = whole.trim_start_matches('-');
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if whole.starts_with('-') { "−" } else { "" };
        if fraction.is_empty() {
            format!("{sign}{grouped}")
        } else {
            format!("{sign}{grouped}.{fraction}")
        }
    }

    fn signed(self, minor: i64) -> String {
        let shown = self.show(minor);
        if minor > 0 {
            format!("+{shown}")
        } else {
            shown
        }
    }
}

/// What a change of a cell is answered with: the grid, and the new edit for the forms beside it.
pub fn grid_answer(frame: &Frame, sheet: &Sheet) -> Markup {
    let edit = sheet.opened.version.edit;
    html! {
        (grid_part(frame, sheet))
        @for id in ["one-edit", "spread-edit"] {
            input type="hidden" name="edit" value=(edit) id=(id) hx-swap-oob="true";
        }
    }
}

/// The grid with the line above it.
pub(super) fn grid_part(frame: &Frame, sheet: &Sheet) -> Markup {
    let opened = &sheet.opened;
    let action = format!("{}/cells", page::address("/plan", &opened.plan.code));
    html! {
        section.card.flat #plan {
            @if sheet.editable { (balance_bar(frame, sheet)) }
            form method="post" action=(action) hx-post=(action) hx-target="#plan" hx-swap="outerMorph"
                hx-trigger="submit" #cells {
                input type="hidden" name="edit" value=(opened.version.edit) id="cells-edit";
                div.tblw tabindex="0" role="region" aria-label=(frame.t("plan-grid")) {
                    table.tbl.grid data-grid[sheet.editable] {
                        caption.vh { (frame.t("plan-grid")) }
                        colgroup {
                            col.wp; col.w1; col.w1; col span=(opened.grid.columns.len()); col.wy; col.w1; col.wk;
                        }
                        (grid_head(frame, sheet))
                        tbody { @for row in 0..opened.grid.rows.len() { (grid_row(frame, sheet, row)) } }
                        (grid_foot(frame, sheet))
                    }
                }
                @if sheet.editable { noscript { div.body.pt { (page::button(&frame.t("plan-apply"))) } } }
            }
        }
    }
}

fn balance_bar(frame: &Frame, sheet: &Sheet) -> Markup {
    let code = &sheet.opened.plan.code;
    let scale = Scale::of(&sheet.opened.grid);
    let choices = [
        Balance::People,
        Balance::Periods,
        Balance::Pool,
        Balance::Total,
    ];
    html! {
        div.bal {
            span { (parts::small_icon("sync")) }
            span aria-live="polite" { @match &sheet.last {
                Some(last) => (what_moved(frame, last, &sheet.opened.months, scale)),
                None => (frame.t("plan-nothing-moved")),
            } }
            @if sheet.last.is_some() {
                form method="post" action={ (page::address("/plan", code)) "/undo" } hx-post={ (page::address("/plan", code)) "/undo" }
                    hx-target="#plan" hx-swap="outerMorph" {
                    input type="hidden" name="edit" value=(sheet.opened.version.edit);
                    input type="hidden" name="balance" value=(sheet.balance.as_str());
                    (page::button(&frame.t("undo")).ghost().small().undoes())
                }
            }
            span.push.row {
                span.sm.t2.m-hide aria-hidden="true" { (frame.t("plan-balance-with")) }
                select.in.sel #balance name="balance" form="cells" aria-label=(frame.t("plan-balance-with")) {
                    @for choice in choices {
                        option value=(choice.as_str()) selected[choice == sheet.balance] {
                            (frame.t(&format!("plan-balance-{}", choice.as_str())))
                        }
                    }
                }
            }
        }
    }
}

fn what_moved(frame: &Frame, last: &Summary, months: &[StoredMonth], scale: Scale) -> Markup {
    let period = named_period(frame, &last.period, months);
    let by: Vec<String> = last
        .balanced
        .iter()
        .map(|(name, by)| format!("{} {}", named(frame, name, months), scale.signed(*by)))
        .collect();
    let holder = pool_name(frame, &last.holder);
    html! {
        @match last.act.as_str() {
            "set" => {
                b { (holder) ", " (period) } " "
                span.num { (scale.show(last.from)) " → " (scale.show(last.to)) " (" (scale.signed(last.to - last.from)) ")" }
                @if !by.is_empty() { (frame.t("plan-balanced-by")) span.num { (by.join(", ")) } }
            },
            "spread" => (frame.tw("plan-spread-done", &[("from", scale.show(last.from)), ("to", scale.show(last.to))])),
            "lock" => (frame.tw("plan-locked", &[("holder", holder), ("period", period.clone())])),
            _ => (frame.tw("plan-unlocked", &[("holder", holder), ("period", period.clone())])),
        }
    }
}

fn pool_name(frame: &Frame, name: &str) -> String {
    if name == "Pool" {
        frame.t("plan-pool")
    } else {
        name.to_owned()
    }
}

/// Whoever or whatever balanced: a person, the pool, or a period.
fn named(frame: &Frame, name: &str, months: &[StoredMonth]) -> String {
    if months.iter().any(|month| month.code == name) {
        named_period(frame, name, months)
    } else {
        pool_name(frame, name)
    }
}

fn named_period(frame: &Frame, code: &str, months: &[StoredMonth]) -> String {
    let month = months.iter().find(|month| month.code == code);
    month.map_or_else(|| code.to_owned(), |month| period_name(frame, month))
}

/// `Jun` for a month of the plan's year, else the code.
fn period_name(frame: &Frame, month: &StoredMonth) -> String {
    let day = month.from_day.parse::<jiff::civil::Date>().ok();
    let is_month = month.code.get(..7) == month.from_day.get(..7) && month.code.len() == 7;
    day.filter(|_| is_month)
        .map_or_else(|| month.code.clone(), |day| num::month(frame, day))
}

fn grid_head(frame: &Frame, sheet: &Sheet) -> Markup {
    let opened = &sheet.opened;
    let closed = opened
        .grid
        .columns
        .iter()
        .filter(|column| column.closed)
        .count();
    let open = opened.grid.columns.len() - closed;
    let year = opened.plan.year;
    html! {
        thead {
            tr.grp {
                th.pin {}
                th.c.m-hide colspan="2" { (frame.t("plan-basis")) }
                @if sheet.editable {
                    @if 0 < closed { th.c.m-hide colspan=(closed) { (frame.t("plan-closed")) } }
                    @if 0 < open { th.c colspan=(open) { (frame.t("plan-open")) } }
                } @else { th.c colspan=(closed + open) { (frame.t("plan-months")) } }
                th.c colspan="2" { (frame.t("plan-year")) }
                th {}
            }
            tr {
                th.pin scope="col" { (frame.t("plan-person")) }
                th.n.m-hide scope="col" { (year - 1) }
                th.n.bl.m-hide scope="col" { (frame.t("plan-share")) }
                @for (place, month) in opened.months.iter().enumerate() {
                    th.n.bl[starts(&opened.grid, place)].m-hide[is_past(frame, sheet, place)] scope="col" {
                        (period_name(frame, month))
                    }
                }
                th.n.bl scope="col" { (year) }
                th.n scope="col" { (frame.tw("plan-versus", &[("year", (year - 1).to_string())])) }
                th scope="col" { span.vh { (frame.t("plan-lock")) } }
            }
        }
    }
}

/// Over on the day one looks: a phone leaves it out.
fn is_past(frame: &Frame, sheet: &Sheet, place: usize) -> bool {
    sheet.opened.months[place].to_day <= frame.today.to_string()
}

/// Where a rule stands between closed and open periods.
fn starts(grid: &Grid, place: usize) -> bool {
    place == 0 || (grid.columns[place - 1].closed && !grid.columns[place].closed)
}

fn grid_row(frame: &Frame, sheet: &Sheet, row: usize) -> Markup {
    let grid = &sheet.opened.grid;
    let scale = Scale::of(grid);
    let holder = &grid.rows[row];
    let last = holder
        .holder
        .person()
        .and_then(|person| sheet.basis.last_year.get(&person))
        .copied();
    let year = grid.year_of(row);
    let name = pool_name(frame, &holder.name);
    html! {
        tr {
            th.pin scope="row" { (name) }
            td.n.t2.m-hide { @match last { Some(last) => (show_units(scale, last)), None => (num::MISSING) } }
            td.n.t2.bl.m-hide { (share_of(frame, year, grid.total())) }
            @for column in 0..grid.columns.len() { (grid_cell(frame, sheet, holder, Place { row, column }, &name)) }
            td.n.bl { b { (scale.show(year)) } }
            td.n { (growth(frame, year, last)) }
            td { (row_lock(frame, sheet, holder, &name)) }
        }
    }
}

/// A past amount, rounded to the shown unit: it adds up to nothing on this page.
fn show_units(scale: Scale, minor: i64) -> String {
    let unit = 10_i64.pow(scale.places);
    let rounded = kernel::decimal::round_div(i128::from(minor), i128::from(unit));
    num::whole(i64::try_from(rounded).unwrap_or(0))
}

fn share_of(frame: &Frame, part: i64, whole: i64) -> String {
    if whole == 0 {
        return num::MISSING.to_owned();
    }
    let share = kernel::decimal::round_div(i128::from(part) * 1_000_000, i128::from(whole));
    num::percent(frame, i64::try_from(share).unwrap_or(0))
}

fn growth(frame: &Frame, year: i64, last: Option<i64>) -> String {
    match last {
        Some(last) if last > 0 => {
            let change =
                kernel::decimal::round_div(i128::from(year - last) * 1_000_000, i128::from(last));
            num::signed_percent(frame, i64::try_from(change).unwrap_or(0))
        }
        _ => num::MISSING.to_owned(),
    }
}

fn grid_cell(frame: &Frame, sheet: &Sheet, row: &Row, place: Place, name: &str) -> Markup {
    let opened = &sheet.opened;
    let (cell, column) = (&row.cells[place.column], &opened.grid.columns[place.column]);
    let scale = Scale::of(&opened.grid);
    let rule = starts(&opened.grid, place.column);
    let shown = scale.show(cell.amount);
    let source = frame.t(&format!("plan-source-{}", cell.source.as_str()));
    if column.closed || !sheet.editable {
        let closed = column.closed;
        return html! { td.n.cl[closed].bl[rule].m-hide[is_past(frame, sheet, place.column)] title=(source) { (shown) } };
    }
    let key = row.holder.key();
    let month = period_name(frame, &opened.months[place.column]);
    let label = frame.tw("plan-cell", &[("name", name.to_owned()), ("period", month)]);
    let lock = format!("{}/lock", page::address("/plan", &opened.plan.code));
    if cell.locked {
        let unlock = frame.tw("plan-unlock-cell", &[("cell", label)]);
        return html! {
            td.n.lk.bl[rule] {
                span title=(frame.t("plan-is-locked")) {
                    button.lockb type="submit" name="lock" value={ (key) "." (column.code) } form="cells"
                        id={ "c-" (key) "-" (column.code) } formaction=(lock) hx-post=(lock) hx-target="#plan"
                        hx-swap="outerMorph" data-lock aria-label=(unlock) { (parts::small_icon("lock")) }
                    (shown)
                }
            }
        };
    }
    let moved = sheet.last.as_ref().is_some_and(|last| {
        last.act == "set" && last.period == column.code && last.holder == row.name
    });
    html! {
        td.n.ed.bl[rule].chg[moved] {
            input.cell id={ "c-" (key) "-" (column.code) } name={ "c." (key) "." (column.code) } value=(shown)
                inputmode="decimal" autocomplete="off" aria-label=(label.clone()) title=(source)
                hx-post={ (page::address("/plan", &opened.plan.code)) "/cells" } hx-trigger="change" hx-target="#plan"
                hx-swap="outerMorph" hx-include="#cells-edit, #balance" hx-sync="#plan:queue all";
            // For the key L; the eye finds the lock of the row.
            button.lockb.vh type="submit" name="lock" value={ (key) "." (column.code) } form="cells" tabindex="-1"
                formaction=(lock) hx-post=(lock) hx-target="#plan" hx-swap="outerMorph" data-lock
                aria-label=(frame.tw("plan-lock-cell", &[("cell", label)])) {}
        }
    }
}

fn row_lock(frame: &Frame, sheet: &Sheet, row: &Row, name: &str) -> Markup {
    if !sheet.editable {
        return html! {};
    }
    let grid = &sheet.opened.grid;
    let locked = row
        .cells
        .iter()
        .zip(&grid.columns)
        .all(|(cell, column)| cell.locked || column.closed);
    let label = frame.tw(
        if locked {
            "plan-unlock-row"
        } else {
            "plan-lock-row"
        },
        &[("name", name.to_owned())],
    );
    let lock = format!("{}/lock", page::address("/plan", &sheet.opened.plan.code));
    html! {
        button.lockb type="submit" name="lock" value=(row.holder.key()) form="cells" formaction=(lock)
            hx-post=(lock) hx-target="#plan" hx-swap="outerMorph" data-lock
            aria-pressed=(if locked { "true" } else { "false" }) aria-label=(label) {
            (parts::small_icon(if locked { "lock" } else { "unlock" }))
        }
    }
}

fn grid_foot(frame: &Frame, sheet: &Sheet) -> Markup {
    let grid = &sheet.opened.grid;
    let scale = Scale::of(grid);
    let line = |title: &str, class: &str, amount: &dyn Fn(usize) -> i64, year: i64| {
        html! {
            tr class=(class) {
                th.pin scope="row" { (frame.t(title)) }
                td.m-hide {}
                td.bl.m-hide {}
                @for place in 0..grid.columns.len() {
                    td.n.bl[starts(grid, place)].m-hide[is_past(frame, sheet, place)] { (scale.show(amount(place))) }
                }
                td.n.bl { (scale.show(year)) }
                td {}
                td {}
            }
        }
    };
    let allocated: i64 = (0..grid.columns.len())
        .map(|place| grid.allocated(place))
        .sum();
    html! {
        tfoot {
            (line("plan-allocated", "", &|place| grid.allocated(place), allocated))
            @if sheet.may_plan {
                (line("plan-target", "tgt", &|place| grid.columns[place].target, grid.total()))
                (line("plan-remainder", "rem", &|place| grid.remainder(place), grid.total() - allocated))
            }
        }
    }
}
