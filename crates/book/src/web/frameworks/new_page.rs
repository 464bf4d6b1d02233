//! `/frameworks/new`: what a customer agreed to take over a time is drawn up, at fixed prices.

use kernel::Role;
use org::api::Act;

use super::{MAY_AGREE, NewFrameworkJson, add};
use crate::{
    store::frameworks::Framework,
    web::new_document::{DrawnUp, Head, Kind, Sheet},
};

impl DrawnUp for Framework {
    type New = NewFrameworkJson;

    const MAY: &'static [Role] = &MAY_AGREE;
    const ADD: Act<NewFrameworkJson> = |tx, ask| Box::pin(add(tx, ask));
    const SHEET: Sheet = Sheet {
        noun: "framework",
        new: "framework-new",
        head: &[
            Head::needed("customer", "documents-customer-code", Kind::Text),
            Head::free("from", "deed-from", Kind::Day, None),
            Head::free("to", "deed-to", Kind::Day, Some("deed-to-hint")),
            Head::free(
                "tolerance_percent",
                "framework-tolerance",
                Kind::Percent,
                None,
            ),
            Head::free(
                "currency",
                "customer-currency",
                Kind::Text,
                Some("document-currency-hint"),
            ),
            Head::free(
                "number",
                "documents-number",
                Kind::Text,
                Some("deed-next-number"),
            ),
            Head::free("note", "deed-note", Kind::Area, None),
        ],
        rows: "lines",
        title: "order-lines",
        columns: &[
            ("product", "documents-product-code", true),
            ("unit_price", "order-price", true),
            ("quantity", "order-quantity", false),
            ("value", "framework-value", false),
        ],
        hint: Some("framework-new-hint"),
    };
}
