//! Charts as SVG, drawn on the server, coloured by classes only.
//!
//! Every chart says its finding in words as its label, and every mark its figures as a title. A
//! chart in a card is drawn in four widths, so that its words keep their size; the style sheet
//! shows the one that fits.

mod bars;
mod heat;
mod lines;
mod small;

pub use bars::{BridgeStep, Pair, PairBars, bridge, pair_bars};
pub use heat::{heat_cell, heat_cell_on, heat_class, heat_scale};
pub use lines::{Band, LineChart, Series, gap_chart, lines};
pub use small::{Bullet, bullet, bullet_of, spark};

use maud::{Markup, PreEscaped, html};

/// The widths a chart is drawn in, each with its class.
const WIDTHS: [(f64, &str); 5] = [
    (340.0, "nr"),
    (480.0, "md"),
    (640.0, "wd"),
    (760.0, "lg"),
    (900.0, "xl"),
];

/// A chart in all its widths.
fn fitted(caption: &str, draw: impl Fn(f64, &'static str) -> Markup) -> Markup {
    html! {
        figure.chart {
            @for (width, class) in WIDTHS { (draw(width, class)) }
            @if !caption.is_empty() { figcaption { (caption) } }
        }
    }
}

/// The drawing itself: `inside` on a sheet of this size, labelled with its finding.
fn sheet(class: &str, (width, height): (f64, f64), finding: &str, inside: &Markup) -> Markup {
    let (width, height) = (place(width), place(height));
    html! {
        svg class=(class) viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
            role="img" aria-label=(finding) { (inside) }
    }
}

/// A position on the sheet, to a tenth of a pixel.
fn place(value: f64) -> String {
    let text = format!("{value:.1}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// A line through `points`.
fn path(points: &[(f64, f64)]) -> String {
    let mut text = String::from("M");
    for (index, (x, y)) in points.iter().enumerate() {
        if 0 < index {
            text.push(' ');
        }
        text.push_str(&place(*x));
        text.push(',');
        text.push_str(&place(*y));
    }
    text
}

/// Anything a chart draws as a float. Pixels need no more than its 53 bits.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a pixel does not show the difference"
)]
fn float(value: i64) -> f64 {
    value as f64
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "counts of marks are small"
)]
fn count(value: usize) -> f64 {
    value as f64
}

/// Round values from at or below `low` to at or above `high`, three to six of them.
fn ticks(low: i64, high: i64) -> Vec<i64> {
    let (low, high) = (low.min(high), high.max(low.saturating_add(1)));
    let span = high.saturating_sub(low).max(1);
    // 1, 2, 5, 10, 20, 50 ...
    let mut step = 1_i64;
    let mut leaps = [(2, 1), (5, 2), (2, 1)].into_iter().cycle();
    while step.saturating_mul(4) < span && step < i64::MAX / 10 {
        let (times, parts) = leaps.next().unwrap_or((2, 1));
        step = step / parts * times;
    }
    let first = low.div_euclid(step).saturating_mul(step);
    let mut values = vec![first];
    let mut value = first;
    while value < high && values.len() < 12 {
        value = value.saturating_add(step);
        values.push(value);
    }
    values
}

/// A word on the sheet.
fn text(class: &str, (x, y): (f64, f64), words: &str) -> Markup {
    html! { text class=(class) x=(place(x)) y=(place(y)) { (words) } }
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    html! { line class=(class) x1=(place(x1)) y1=(place(y1)) x2=(place(x2)) y2=(place(y2)) {} }
}

fn title(words: &str) -> Markup {
    html! { (PreEscaped("<title>")) (words) (PreEscaped("</title>")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_step_by_one_two_or_five() {
        assert_eq!(ticks(0, 30), [0, 10, 20, 30]);
        assert_eq!(ticks(-4_100, 2_000), [-6_000, -4_000, -2_000, 0, 2_000]);
        assert_eq!(ticks(0, 0), [0, 1]);
        assert_eq!(ticks(7, 7), [7, 8]);
        assert_eq!(ticks(0, 96), [0, 50, 100]);
        assert!(ticks(i64::MIN, i64::MAX).len() <= 12);
    }

    #[test]
    fn positions_are_short() {
        assert_eq!(place(12.0), "12");
        assert_eq!(place(12.34), "12.3");
        assert_eq!(place(-0.01), "0");
        assert_eq!(path(&[(0.0, 1.0), (2.5, 3.0)]), "M0,1 2.5,3");
    }
}
