//! The lines of a document as a table with their totals below; on a phone, where the table goes on
//! beyond the edge, the totals are a list of their own.

use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{Frame, num, parts::table};

/// What the lines come to, in minor units.
#[derive(Debug, Clone, Copy)]
pub struct Totals {
    pub net_minor: i64,
    pub tax_minor: i64,
    pub gross_minor: i64,
    pub currency: Currency,
}

/// The table: line and product, so many columns (`between`), net and tax.
pub fn lines_table(
    frame: &Frame,
    head: Markup,
    lines: &Markup,
    between: usize,
    totals: Totals,
) -> Markup {
    let shown = |minor: i64| num::amount(Money::of_minor(minor, totals.currency));
    let (net, tax) = (shown(totals.net_minor), shown(totals.tax_minor));
    let gross = shown(totals.gross_minor);
    let body = html! {
        (lines)
        tr.m-hide {
            td {} th scope="row" { (frame.t("order-total")) }
            @for _ in 0..between { td {} }
            td.n { b { (net) } } td.n { (tax) }
        }
        tr.m-hide {
            td {} th scope="row" { (frame.t("order-gross")) }
            @for _ in 0..=between { td {} }
            td.n { b { (gross) } }
        }
    };
    html! {
        (table(&frame.t("order-lines"), head, body))
        dl.kv.on-phone {
            dt { (frame.t("order-total")) } dd { (net) }
            dt { (frame.t("order-tax")) } dd { (tax) }
            dt.tot { (frame.t("order-gross")) } dd.tot { (gross) }
        }
    }
}
