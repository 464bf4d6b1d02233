//! Names that customers have in two languages: which is shown, and which stands beside it.

use maud::{Markup, html};
use page::Frame;

use super::listing::Buyer;

/// The name in the reader's language where there is one.
pub fn one<'a>(frame: &Frame, name: &'a str, local: Option<&'a str>) -> &'a str {
    local.filter(|_| frame.is_zh()).unwrap_or(name)
}

/// The other name, for a second place; nothing where there is only one.
pub fn other(frame: &Frame, name: &str, local: Option<&str>) -> Markup {
    html! { @if let Some(local) = local {
        @if frame.is_zh() { span lang="en" { (name) } } @else { span lang="zh" { (local) } }
    } }
}

/// A customer as a link.
pub fn customer(frame: &Frame, (code, name, local): Buyer<'_>) -> Markup {
    html! { a href=(page::address("/customers", code)) { (one(frame, name, local)) } }
}
