//! Lines over time: cumulative figures against their pace, or the gap between the two.

#![expect(clippy::float_arithmetic, reason = "positions of marks, never amounts")]

use maud::{Markup, html};

use super::{count, fitted, float, line, path, sheet, text, ticks, title};

/// One line. A position of 1.5 is half-way through the second slot; positions ascend.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series<'a> {
    pub name: &'a str,
    /// `1` actual, `2` worse, `3` better, `5` what was expected, or the past.
    pub colour: u8,
    pub dashed: bool,
    pub points: Vec<(f64, i64)>,
    /// Written at its end; empty for none.
    pub end: String,
}

/// A range between two lines, such as where a forecast may end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// Position, lower and upper value.
    pub points: Vec<(f64, i64, i64)>,
    pub low: String,
    pub high: String,
}

/// What a line chart shows. The slots are the labels along its foot.
pub struct LineChart<'a> {
    /// The finding in one sentence.
    pub finding: &'a str,
    pub slots: Vec<String>,
    pub series: Vec<Series<'a>>,
    pub band: Option<Band>,
    /// Today's position.
    pub now: Option<f64>,
    /// What the zero line means, for [`gap_chart`].
    pub zero: &'a str,
    /// One sentence for each slot that has figures.
    pub titles: Vec<String>,
    /// How a value is written on the scale.
    pub format: &'a dyn Fn(i64) -> String,
    pub caption: &'a str,
}

/// Several lines from zero up.
pub fn lines(chart: &LineChart<'_>) -> Markup {
    fitted(chart.caption, |width, class| {
        draw(chart, (width, class), false)
    })
}

/// The distance of the first series from its reference, which is the zero line; the surface
/// between them is filled.
pub fn gap_chart(chart: &LineChart<'_>) -> Markup {
    fitted(chart.caption, |width, class| {
        draw(chart, (width, class), true)
    })
}

/// Where values and positions are on the sheet.
struct Plane {
    left: f64,
    right: f64,
    top: f64,
    foot: f64,
    slots: f64,
    low: f64,
    high: f64,
}

impl Plane {
    fn x(&self, position: f64) -> f64 {
        self.left + position * (self.right - self.left) / self.slots
    }

    fn y(&self, value: i64) -> f64 {
        let share = (self.high - float(value)) / (self.high - self.low);
        self.top + share * (self.foot - self.top)
    }

    fn all(&self, points: &[(f64, i64)]) -> Vec<(f64, f64)> {
        points
            .iter()
            .map(|(x, y)| (self.x(*x), self.y(*y)))
            .collect()
    }
}

fn draw(chart: &LineChart<'_>, (width, class): (f64, &'static str), gap: bool) -> Markup {
    let height = 268.0;
    let narrow = width < 400.0;
    let scale = scale(chart);
    let plane = Plane {
        left: 46.0,
        right: width - if narrow { 92.0 } else { 128.0 },
        top: 12.0,
        foot: height - 24.0,
        slots: count(chart.slots.len().max(1)),
        low: float(scale.first().copied().unwrap_or(0)),
        high: float(scale.last().copied().unwrap_or(1)),
    };
    let inside = html! {
        (grid(chart, &plane, &scale))
        (feet(chart, &plane, narrow))
        @if let Some(band) = &chart.band { (range(band, &plane)) }
        @if gap { (surface(chart, &plane)) }
        @if let Some(now) = chart.now {
            (line("now", (plane.x(now), plane.top), (plane.x(now), plane.foot)))
        }
        @for series in chart.series.iter().rev() { (stroke(series, &plane)) }
        @if gap && !chart.zero.is_empty() {
            (text("ha", (plane.left + 6.0, plane.y(0) - 7.0), chart.zero))
        }
        (ends(chart, &plane))
        (hits(chart, &plane))
    };
    sheet(class, (width, height), chart.finding, &inside)
}

fn scale(chart: &LineChart<'_>) -> Vec<i64> {
    let points = chart.series.iter().flat_map(|series| &series.points);
    let mut values: Vec<i64> = points.map(|(_, value)| *value).collect();
    if let Some(band) = &chart.band {
        values.extend(band.points.iter().flat_map(|(_, low, high)| [*low, *high]));
    }
    values.push(0);
    ticks(
        values.iter().copied().min().unwrap_or(0),
        values.iter().copied().max().unwrap_or(0),
    )
}

fn grid(chart: &LineChart<'_>, plane: &Plane, scale: &[i64]) -> Markup {
    html! {
        @for value in scale {
            @let y = plane.y(*value);
            (line(if *value == 0 { "zero" } else { "grid" }, (plane.left, y), (plane.right, y)))
            (text("tm te", (plane.left - 6.0, y + 3.5), &(chart.format)(*value)))
        }
    }
}

fn feet(chart: &LineChart<'_>, plane: &Plane, narrow: bool) -> Markup {
    let every = if narrow && 6 < chart.slots.len() {
        3
    } else {
        1
    };
    html! {
        @for (index, label) in chart.slots.iter().enumerate().step_by(every) {
            (text("tm tc", (plane.x(count(index) + 0.5), plane.foot + 17.0), label))
        }
    }
}

fn range(band: &Band, plane: &Plane) -> Markup {
    let upper = band
        .points
        .iter()
        .map(|(x, _, high)| (plane.x(*x), plane.y(*high)));
    let lower = band
        .points
        .iter()
        .rev()
        .map(|(x, low, _)| (plane.x(*x), plane.y(*low)));
    let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
    html! { @if !outline.is_empty() { path.band d={ (path(&outline)) "z" } {} } }
}

/// Between the first series and the zero line.
fn surface(chart: &LineChart<'_>, plane: &Plane) -> Markup {
    let Some(series) = chart.series.first() else {
        return html! {};
    };
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else {
        return html! {};
    };
    let mut outline = plane.all(&series.points);
    outline.push((plane.x(last.0), plane.y(0)));
    outline.push((plane.x(first.0), plane.y(0)));
    html! { path.gapf d={ (path(&outline)) "z" } {} }
}

fn stroke(series: &Series<'_>, plane: &Plane) -> Markup {
    let points = plane.all(&series.points);
    let weight = if series.dashed { "l th da" } else { "l" };
    html! {
        @if 1 < points.len() {
            path class={ (weight) " l" (series.colour) } d=(path(&points)) { (title(series.name)) }
        } @else if let Some((x, y)) = points.first() {
            circle class={ "f" (series.colour) " ring" } cx=(super::place(*x)) cy=(super::place(*y)) r="4.5" {}
        }
    }
}

/// The words at the ends of the lines, kept from writing over each other.
fn ends(chart: &LineChart<'_>, plane: &Plane) -> Markup {
    let mut words: Vec<(f64, String, String)> = Vec::new();
    for series in &chart.series {
        if let Some((_, value)) = series.points.last()
            && !series.end.is_empty()
        {
            let class = match series.colour {
                1 => "t1".to_owned(),
                2 | 3 => format!("tx{}", series.colour),
                _ => String::new(),
            };
            words.push((plane.y(*value) + 4.0, class, series.end.clone()));
        }
    }
    if let Some(band) = &chart.band
        && let Some((_, low, high)) = band.points.last()
    {
        words.push((plane.y(*high) + 4.0, String::new(), band.high.clone()));
        words.push((plane.y(*low) + 4.0, String::new(), band.low.clone()));
    }
    words.retain(|(_, _, word)| !word.is_empty());
    words.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lowest = f64::MIN;
    for word in &mut words {
        word.0 = word.0.max(lowest + 13.0);
        lowest = word.0;
    }
    html! {
        @for (y, class, word) in &words { (text(class, (plane.right + 7.0, *y), word)) }
    }
}

/// A surface over each slot that tells its figures.
fn hits(chart: &LineChart<'_>, plane: &Plane) -> Markup {
    html! {
        @for (index, words) in chart.titles.iter().enumerate().take(chart.slots.len()) {
            @let from = plane.x(count(index));
            @let to = plane.x(count(index) + 1.0);
            rect.hit x=(super::place(from)) y=(super::place(plane.top)) width=(super::place(to - from))
                height=(super::place(plane.foot - plane.top)) { (title(words)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, i64)>) -> String {
        let format = |value: i64| value.to_string();
        lines(&LineChart {
            finding: "Two lines",
            slots: vec!["Jan".to_owned(), "Feb".to_owned()],
            series: vec![Series {
                name: "Actual",
                colour: 1,
                points,
                end: "Actual 5".to_owned(),
                ..Series::default()
            }],
            band: None,
            now: Some(1.0),
            zero: "",
            titles: vec!["January: 5".to_owned()],
            format: &format,
            caption: "",
        })
        .into_string()
    }

    #[test]
    fn a_chart_comes_in_every_width_with_its_finding() {
        let drawn = chart(vec![(0.0, 0), (2.0, 5)]);
        assert_eq!(
            drawn.matches("aria-label=\"Two lines\"").count(),
            crate::charts::WIDTHS.len()
        );
        assert!(drawn.contains("class=\"wd\"") && drawn.contains("class=\"nr\""));
        assert!(drawn.contains("January: 5"));
        crate::check_markup(&drawn).unwrap();
    }

    #[test]
    fn a_chart_without_figures_is_still_drawn() {
        for points in [
            vec![],
            vec![(0.0, 0)],
            vec![(0.0, i64::MIN), (1.0, i64::MAX)],
        ] {
            let drawn = chart(points);
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }
}
