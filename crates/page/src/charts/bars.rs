//! Bars: two figures side by side for each row, and the bridge from one total to another.

#![expect(clippy::float_arithmetic, reason = "positions of marks, never amounts")]

use maud::{Markup, html};

use super::{count, fitted, float, line, place, sheet, text, ticks, title};
use crate::Tone;

/// One row: two figures to compare and what the comparison says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pair<'a> {
    pub label: &'a str,
    pub first: i64,
    pub second: i64,
    /// Written at the end of the row.
    pub note: &'a str,
    pub tone: Tone,
    /// The whole row in one sentence.
    pub title: &'a str,
}

/// Two bars a row: grey the given, blue what is set against it.
pub struct PairBars<'a> {
    pub finding: &'a str,
    pub rows: Vec<Pair<'a>>,
    pub format: &'a dyn Fn(i64) -> String,
    pub caption: &'a str,
}

pub fn pair_bars(chart: &PairBars<'_>) -> Markup {
    fitted(chart.caption, |width, class| draw(chart, width, class))
}

fn draw(chart: &PairBars<'_>, width: f64, class: &'static str) -> Markup {
    const ROW: f64 = 37.0;
    const TOP: f64 = 6.0;
    let narrow = width < 400.0;
    let left = if narrow { 92.0 } else { 112.0 };
    let right = width - if narrow { 74.0 } else { 140.0 };
    let foot = TOP + ROW * count(chart.rows.len());
    let most = chart.rows.iter().map(|row| row.first.max(row.second)).max();
    let scale = ticks(0, most.unwrap_or(0).max(0));
    let end = float(scale.last().copied().unwrap_or(1)).max(1.0);
    let x = |value: i64| left + (float(value) / end).clamp(0.0, 1.0) * (right - left);
    let inside = html! {
        @for value in &scale {
            (line(if *value == 0 { "axis" } else { "grid" }, (x(*value), TOP), (x(*value), foot)))
            (text("tm tc", (x(*value), foot + 14.0), &(chart.format)(*value)))
        }
        @for (index, row) in chart.rows.iter().enumerate() {
            @let y = TOP + ROW * count(index);
            g {
                (title(row.title))
                (text("te", (left - 8.0, y + 21.0), row.label))
                (bar("f5", (left, y + 6.0), x(row.first) - left))
                (bar("f1", (left, y + 18.0), x(row.second) - left))
                (text("tm", (x(row.first) + 5.0, y + 15.0), &(chart.format)(row.first)))
                (text("t1", (x(row.second) + 5.0, y + 27.0), &(chart.format)(row.second)))
                (text(if row.tone == Tone::Bad { "te tbad" } else { "te" }, (width - 2.0, y + 21.0), row.note))
            }
        }
    };
    sheet(class, (width, foot + 20.0), chart.finding, &inside)
}

fn bar(class: &str, (x, y): (f64, f64), width: f64) -> Markup {
    html! { rect class=(class) x=(place(x)) y=(place(y)) width=(place(width)) height="10" {} }
}

/// One step of a bridge: a total stands on the ground, a change on what came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeStep<'a> {
    pub label: &'a str,
    pub value: i64,
    pub total: bool,
    /// Written above the bar.
    pub text: String,
}

/// How one total became another. The scale may begin above zero; then the totals show a break.
pub fn bridge(finding: &str, steps: &[BridgeStep<'_>], format: &dyn Fn(i64) -> String) -> Markup {
    fitted("", |width, class| {
        draw_bridge(finding, steps, format, (width, class))
    })
}

/// The lower and upper end of each bar.
fn levels(steps: &[BridgeStep<'_>]) -> Vec<(i64, i64)> {
    let mut level = 0_i64;
    let mut ends = Vec::with_capacity(steps.len());
    for step in steps {
        let next = if step.total {
            step.value
        } else {
            level.saturating_add(step.value)
        };
        let from = if step.total { 0 } else { level };
        ends.push((from.min(next), from.max(next)));
        level = next;
    }
    ends
}

fn draw_bridge(
    finding: &str,
    steps: &[BridgeStep<'_>],
    format: &dyn Fn(i64) -> String,
    (width, class): (f64, &'static str),
) -> Markup {
    const TOP: f64 = 22.0;
    const FOOT: f64 = 196.0;
    let ends = levels(steps);
    let moving = || ends.iter().zip(steps).filter(|(_, step)| !step.total);
    let tops = ends.iter().map(|(_, high)| *high).max().unwrap_or(0).max(0);
    let lows = moving().map(|((low, _), _)| *low).chain(
        steps
            .iter()
            .filter(|step| step.total)
            .map(|step| step.value),
    );
    let low = lows.min().unwrap_or(0);
    // Where all the movement is near the top, the ground is cut away.
    let cut = 0 < low && tops.saturating_sub(low) < low / 2;
    let scale = ticks(
        if cut {
            low.saturating_sub((tops - low) / 4)
        } else {
            low.min(0)
        },
        tops,
    );
    let (bottom, top) = (
        float(scale.first().copied().unwrap_or(0)),
        float(scale.last().copied().unwrap_or(1)),
    );
    let y =
        |value: i64| TOP + ((top - float(value)) / (top - bottom)).clamp(0.0, 1.0) * (FOOT - TOP);
    let slot = (width - 60.0) / count(steps.len().max(1));
    let inside = html! {
        @for value in &scale {
            (line(if *value == 0 { "axis" } else { "grid" }, (50.0, y(*value)), (width - 10.0, y(*value))))
            (text("tm te", (44.0, y(*value) + 3.5), &format(*value)))
        }
        @for (index, (step, (from, to))) in steps.iter().zip(&ends).enumerate() {
            @let x = 50.0 + slot * count(index);
            @let tall = (y(*from) - y(*to)).max(1.0);
            g {
                (title(&format!("{}: {}", step.label, step.text)))
                rect class=(colour(step, index)) x=(place(x + slot * 0.18)) y=(place(y(*to)))
                    width=(place(slot * 0.64)) height=(place(tall)) {}
                @if cut && step.total { (line("brk", (x + slot * 0.12, FOOT - 14.0), (x + slot * 0.88, FOOT - 18.0))) }
                (text(if step.total { "tb tc" } else { "tc" }, (x + slot / 2.0, y(*to) - 5.0), &step.text))
                (text("tm tc", (x + slot / 2.0, FOOT + 16.0), step.label))
            }
        }
    };
    sheet(class, (width, FOOT + 24.0), finding, &inside)
}

fn colour(step: &BridgeStep<'_>, index: usize) -> &'static str {
    match (step.total, index) {
        (true, 0) => "f5",
        (true, _) => "f1",
        (false, _) if step.value < 0 => "f2",
        (false, _) => "f3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_stand_on_what_came_before() {
        let step = |label, value, total| BridgeStep {
            label,
            value,
            total,
            text: String::new(),
        };
        let steps = [
            step("From", 41_200, true),
            step("Less", -610, false),
            step("More", 118, false),
            step("To", 40_708, true),
        ];
        assert_eq!(
            levels(&steps),
            [(0, 41_200), (40_590, 41_200), (40_590, 40_708), (0, 40_708)]
        );
        let format = |value: i64| value.to_string();
        let drawn = bridge("x", &steps, &format).into_string();
        assert!(drawn.contains("brk"), "the ground is cut away: {drawn}");
    }

    #[test]
    fn no_rows_draw_an_empty_scale() {
        let format = |value: i64| value.to_string();
        let drawn = pair_bars(&PairBars {
            finding: "Nothing yet",
            rows: Vec::new(),
            format: &format,
            caption: "",
        })
        .into_string();
        assert!(!drawn.contains("NaN"));
    }
}
