//! `/quotations/new`: what is offered to a customer is drawn up; prices left empty are looked up.

use kernel::Role;
use org::api::Act;

use super::{MAY_OFFER, NewQuotationJson, add};
use crate::{
    store::quotations::Quotation,
    web::new_document::{DrawnUp, Head, Kind, Sheet},
};

impl DrawnUp for Quotation {
    type New = NewQuotationJson;

    const MAY: &'static [Role] = &MAY_OFFER;
    const ADD: Act<NewQuotationJson> = |tx, ask| Box::pin(add(tx, ask));
    const SHEET: Sheet = Sheet {
        noun: "quotation",
        new: "quotation-new",
        head: &[
            Head::needed("customer", "documents-customer-code", Kind::Text),
            Head::free("date", "orders-date", Kind::Day, None),
            Head::free(
                "valid_until",
                "quotations-until",
                Kind::Day,
                Some("quotation-until-hint"),
            ),
            Head::free("project", "document-project", Kind::Text, None),
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
        ],
        rows: "lines",
        title: "order-lines",
        columns: &[
            ("product", "documents-product-code", true),
            ("quantity", "order-quantity", true),
            ("unit_price", "order-price", false),
            ("discount_percent", "order-discount", false),
            ("tax_percent", "order-tax-rate", false),
        ],
        hint: Some("document-price-hint"),
    };
}
