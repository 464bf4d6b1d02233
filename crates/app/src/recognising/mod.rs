//! Files as people make them, taken for a kind: the words of each kind, and what to make of them.

mod words;

use sheet::{
    Layout,
    recognise::{Recognised, recognise},
};

/// Takes the beginning of a file for one of kind `layout`; `None` if it does not look like one.
///
/// `is_typed` says that the text is that of a workbook, whose numbers are numbers.
pub fn attempt(layout: &Layout, head: &str, is_typed: bool) -> Option<Recognised> {
    recognise(layout, words::of(layout.kind), head, is_typed)
}
