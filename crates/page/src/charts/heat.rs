//! Heat: a table cell says the percent, its colour repeats how far it is from the reference.

use maud::{Markup, html};

use crate::{Frame, num};

/// The class of a share of its reference, in millionths: `dn3` far below to `dp3` far above.
pub fn heat_class(millionths: i64) -> &'static str {
    match num::percent_of(millionths) {
        ..82 => "dn3",
        82..=91 => "dn2",
        92..=96 => "dn1",
        97..=102 => "d0",
        103..=105 => "dp1",
        106..=109 => "dp2",
        110.. => "dp3",
    }
}

/// A cell of a `table.heat`: the percent, an arrow on the extremes, or a dash for no figure.
pub fn heat_cell(share_millionths: Option<i64>, title: &str) -> Markup {
    heat_cell_on(share_millionths, title, false)
}

/// The same; `wide_only` cells are left out on a phone.
pub fn heat_cell_on(share_millionths: Option<i64>, title: &str, wide_only: bool) -> Markup {
    let Some(share) = share_millionths else {
        return html! { td.nil.m-hide[wide_only] { (num::MISSING) } };
    };
    let class = heat_class(share);
    let arrow = match class {
        "dn3" => "▼ ",
        "dp3" => "▲ ",
        _ => "",
    };
    let class = if wide_only {
        format!("{class} m-hide")
    } else {
        class.to_owned()
    };
    let title = (!title.is_empty()).then_some(title);
    html! { td class=(class) title=[title] { (arrow) (num::percent_of(share)) } }
}

/// What the colours mean.
pub fn heat_scale(frame: &Frame) -> Markup {
    let steps = [
        ("dn3", "▼ <82"),
        ("dn2", "82–91"),
        ("dn1", "92–96"),
        ("d0", "97–102"),
        ("dp1", "103–105"),
        ("dp2", "106–109"),
        ("dp3", "▲ ≥110"),
    ];
    html! {
        span.scale role="img" aria-label=(frame.t("heat-scale")) {
            @for (class, text) in steps { span class=(class) { (text) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percent_shown_decides_the_colour() {
        for (millionths, class) in [
            (-50_000, "dn3"),
            (814_999, "dn3"),
            (815_000, "dn2"),
            (914_999, "dn2"),
            (915_000, "dn1"),
            (965_000, "d0"),
            (1_024_999, "d0"),
            (1_025_000, "dp1"),
            (1_060_000, "dp2"),
            (1_095_000, "dp3"),
            (9_000_000, "dp3"),
        ] {
            assert_eq!(heat_class(millionths), class, "{millionths}");
        }
    }
}
