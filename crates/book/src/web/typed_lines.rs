//! Lines in a form: a field for each, and which of them were sent on.
//!
//! A line whose quantity is empty or 0 is left out of what is sent. What is then refused counts the lines
//! that were sent; the form says it beside the line it was typed in.

use maud::{Markup, html};
use page::Frame;

use super::deeds::{Opened, Typed};

/// A field in a table: its column and its row name it.
pub fn cell(
    frame: &Frame,
    opened: &Opened,
    place: usize,
    (name, label): (&str, &str),
    product: &str,
) -> Markup {
    let id = format!("lines[{place}].{name}");
    let error = opened.errors.get(&id);
    let number = name != "product";
    html! {
        input.in.n[number] id=(id) name=(id) value=(opened.value(&id)) autocomplete="off"
            inputmode=[number.then_some("decimal")] aria-label={ (frame.t(label)) " " (product) }
            aria-invalid=[error.map(|_| "true")] placeholder=[(!number).then(|| frame.t(label))];
        @if let Some(error) = error { span.err { (error) } }
    }
}

/// What was typed for one line.
pub fn typed_at<'a>(typed: &'a Typed, place: usize, name: &str) -> Option<&'a str> {
    typed
        .get(&format!("lines[{place}].{name}"))
        .map(|text| text.trim())
}

/// The quantity typed for a line, unless that leaves it out.
pub fn quantity_at(typed: &Typed, place: usize) -> Option<&str> {
    typed_at(typed, place, "quantity").filter(|text| !matches!(*text, "" | "0"))
}

/// The lines of the form that were sent on, in their sequence.
pub fn kept_places(typed: &Typed) -> Vec<usize> {
    let all = (0..).take_while(|place| typed_at(typed, *place, "quantity").is_some());
    all.filter(|place| quantity_at(typed, *place).is_some())
        .collect()
}

/// A field of what was sent on, as the form calls it: lines that were left out count there as well.
pub fn in_form(kept: &[usize], field: &str) -> String {
    let renamed = field.strip_prefix("lines[").and_then(|rest| {
        let (place, rest) = rest.split_once(']')?;
        let place = kept.get(place.parse::<usize>().ok()?)?;
        Some(format!("lines[{place}]{rest}"))
    });
    renamed.unwrap_or_else(|| field.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(quantities: &[&str]) -> Typed {
        let fields = quantities.iter().enumerate();
        fields
            .map(|(place, text)| (format!("lines[{place}].quantity"), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_fault_is_told_beside_the_line_it_was_typed_in() {
        let kept = kept_places(&typed(&["", "3", "0", "-1"]));
        assert_eq!(in_form(&kept, "lines[0].quantity"), "lines[1].quantity");
        assert_eq!(in_form(&kept, "lines[1].unit_price"), "lines[3].unit_price");
        assert_eq!(in_form(&kept, "lines[2].quantity"), "lines[2].quantity");
        assert_eq!(in_form(&kept, "date"), "date");
    }
}
