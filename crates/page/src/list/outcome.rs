//! What became of each row after something was done with several at once.

use maud::{Markup, html};

use crate::{
    Button, Frame, Tone, badge, card, note, page_head,
    parts::{stackable_table, th},
    shell,
};

/// One row: done, or the reason why not.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub code: String,
    pub href: String,
    pub refused: Option<String>,
}

/// The page: how many, and every single one.
pub fn outcome_page(frame: &Frame, title: &str, outcomes: &[Outcome], back: &str) -> Markup {
    let refused = outcomes.iter().filter(|one| one.refused.is_some()).count();
    let done = outcomes.len() - refused;
    let (tone, text) = match (done, refused) {
        (0, 0) => (Tone::Warn, "bulk-none"),
        (_, 0) => (Tone::Good, "bulk-all"),
        (0, _) => (Tone::Bad, "bulk-refused"),
        _ => (Tone::Warn, "bulk-some"),
    };
    let sum = frame.tw(
        text,
        &[("done", done.to_string()), ("refused", refused.to_string())],
    );
    let head = html! { tr { (th(frame.t("bulk-row"))) (th(frame.t("bulk-outcome"))) } };
    let body = html! { @for one in outcomes { tr {
        th scope="row" { a href=(one.href) { (one.code) } }
        td.wr { @match &one.refused {
            None => (badge(Tone::Good, frame.t("bulk-done"))),
            Some(why) => { (badge(Tone::Bad, frame.t("bulk-not-done"))) " " (why) },
        } }
    } } };
    let list = frame.t("bulk-list");
    let main = html! {
        (page_head(title, "", html! {}))
        (note(tone, sum))
        @if !outcomes.is_empty() { (card(&list, "", html! {}, stackable_table(&list, head, body))) }
        div.row.mt { (Button::link(back, &frame.t("bulk-back")).primary()) }
    };
    shell(frame, title, main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, check_markup};

    #[test]
    fn everything_is_told_of_every_row() {
        let frame = Frame::sample(Lang::En, &[]);
        let row = |code: &str, refused: Option<&str>| Outcome {
            code: code.to_owned(),
            href: format!("/samples/{code}"),
            refused: refused.map(str::to_owned),
        };
        let rows = [row("A-1", None), row("A-2", Some("A-2 is closed."))];
        let page = outcome_page(&frame, "Things", &rows, "/samples").into_string();
        assert_eq!(check_markup(&page), Ok(()));
        assert!(page.contains("A-2 is closed.") && page.contains("1 done, 1 not"));
    }
}
