//! A page with one form, for what is too much for a sheet: something new, or a fact kept of a customer.

use maud::{Markup, html};
use page::{FormErrors, Frame, parts::padded};

use super::deeds;

/// What the page is drawn from.
pub struct FormPage<'a> {
    pub title: String,
    pub sub: Markup,
    /// Where the form goes.
    pub action: String,
    /// Where one came from.
    pub back: String,
    pub errors: &'a FormErrors,
    pub fields: Markup,
    /// What the button says.
    pub button: String,
    /// The form brings a file.
    pub has_file: bool,
    /// A second form below, such as to take back.
    pub below: Markup,
}

pub fn form_page(frame: &Frame, shown: &FormPage<'_>) -> Markup {
    let cancel = frame.t("deed-cancel");
    let kind = shown.has_file.then_some("multipart/form-data");
    let boost = shown.has_file.then_some("false");
    let form = html! {
        form.stack method="post" action=(shown.action) enctype=[kind] hx-boost=[boost] {
            (shown.errors.summary(frame))
            @if !shown.has_file { (deeds::counts_once()) }
            (shown.fields)
            div.row {
                (page::button(&shown.button).primary().confirms())
                (page::link(&shown.back, &cancel).ghost())
            }
        }
    };
    page::shell(
        frame,
        &shown.title,
        html! {
            (page::page_head(&shown.title, &shown.sub, html! {}))
            div.g { div.c8.stack {
                (page::card("", "", html! {}, padded(form)))
                (shown.below)
            } }
        },
    )
}
