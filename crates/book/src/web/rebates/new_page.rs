//! `/rebates/new`: what comes back to a customer is drawn up, tier by tier.

use kernel::Role;
use org::api::Act;

use super::{MAY_AGREE, NewRebateJson, add};
use crate::{
    store::rebates::Rebate,
    web::new_document::{DrawnUp, Head, Kind, Sheet},
};

impl DrawnUp for Rebate {
    type New = NewRebateJson;

    const MAY: &'static [Role] = &MAY_AGREE;
    const ADD: Act<NewRebateJson> = |tx, ask| Box::pin(add(tx, ask));
    const SHEET: Sheet = Sheet {
        noun: "rebate",
        new: "rebate-new",
        head: &[
            Head::needed("customer", "documents-customer-code", Kind::Text),
            Head::free("from", "deed-from", Kind::Day, None),
            Head::free("to", "deed-to", Kind::Day, Some("rebate-to-hint")),
            Head::needed(
                "method",
                "rebate-method",
                Kind::Word("rebate-method-", &["retroactive", "incremental"]),
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
        rows: "tiers",
        title: "rebate-tiers",
        columns: &[
            ("from_net", "rebate-from-net", true),
            ("percent", "rebate-percent", true),
        ],
        hint: None,
    };
}
