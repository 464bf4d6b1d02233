//! The small figures inside tiles and rows: spark lines and bullets.

#![expect(clippy::float_arithmetic, reason = "positions of marks, never amounts")]

use maud::{Markup, html};

use super::{count, float, path, place, title};

/// A line without axes: where a figure came from. `class` is its series, `l1` to `l6`; the
/// reference is drawn dashed. Fewer than two values draw nothing.
pub fn spark(values: &[i64], reference: Option<i64>, class: &str, finding: &str) -> Markup {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 26.0;
    let all = || values.iter().copied().chain(reference);
    let (Some(low), Some(high)) = (all().min(), all().max()) else {
        return html! {};
    };
    if values.len() < 2 {
        return html! {};
    }
    let span = (float(high) - float(low)).max(1.0);
    let y = |value: i64| HEIGHT - 4.0 - (float(value) - float(low)) / span * (HEIGHT - 8.0);
    let x = |index: usize| 2.0 + count(index) * (WIDTH - 8.0) / count(values.len() - 1);
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .map(|(index, value)| (x(index), y(*value)))
        .collect();
    html! {
        span.spark {
            svg viewBox="0 0 120 26" preserveAspectRatio="none" role="img" aria-label=(finding) {
                @if let Some(reference) = reference {
                    line.ref x1="0" x2="120" y1=(place(y(reference))) y2=(place(y(reference))) {}
                }
                path class={ "l th " (class) } vector-effect="non-scaling-stroke" d=(path(&points)) {}
            }
        }
    }
}

/// A bar against a mark, inside a track that ends at `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bullet<'a> {
    pub actual: i64,
    /// What comes on top of the actual without being there yet.
    pub committed: i64,
    /// What part of the actual is late.
    pub overdue: i64,
    pub mark: Option<i64>,
    pub max: i64,
    /// The same in words and figures.
    pub label: &'a str,
}

/// A bar of `actual` with a tick at `mark`, both of `max`; what exceeds the track ends with it.
pub fn bullet(actual: i64, mark: Option<i64>, max: i64, label: &str) -> Markup {
    bullet_of(&Bullet {
        actual,
        mark,
        max,
        label,
        ..Bullet::default()
    })
}

pub fn bullet_of(bullet: &Bullet<'_>) -> Markup {
    let share = |value: i64| {
        let part = float(value) / float(bullet.max.max(1)) * 100.0;
        place(part.clamp(0.0, 100.0)) + "%"
    };
    let bar = |class: &str, value: i64| {
        html! { rect class=(class) x="0" y="2" width=(share(value)) height="8" rx="1.5" {} }
    };
    html! {
        svg.bul height="12" role="img" aria-label=(bullet.label) {
            (title(bullet.label))
            rect.tr x="0" y="2" width="100%" height="8" rx="1.5" {}
            @if 0 < bullet.committed { (bar("cm", bullet.actual.saturating_add(bullet.committed))) }
            (bar("a", bullet.actual))
            @if 0 < bullet.overdue { (bar("od", bullet.overdue)) }
            @if let Some(mark) = bullet.mark { rect.mk x=(share(mark)) y="0" width="2" height="12" {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bullet_never_leaves_its_track() {
        let drawn = bullet(150, Some(-5), 100, "150 of 100").into_string();
        assert!(
            drawn.contains(r#"class="a" x="0" y="2" width="100%""#),
            "{drawn}"
        );
        assert!(drawn.contains(r#"class="mk" x="0%""#));
        assert!(bullet(1, None, 0, "").into_string().contains("100%"));
    }

    #[test]
    fn one_value_makes_no_line() {
        assert!(spark(&[5], None, "l1", "x").0.is_empty());
        assert!(spark(&[], Some(5), "l1", "x").0.is_empty());
        let flat = spark(&[5, 5], None, "l1", "flat").into_string();
        assert!(flat.contains("M2,22 114,22"), "{flat}");
    }
}
