//! Every page of the book with sample data, for `tests/pages.rs`.

use maud::Markup;
use page::Frame;

use super::{
    customers, frameworks, invoices, new_document, number_series, orders, payments, products,
    quotations, rates, rebates, samples as trials,
};
use crate::store::{frameworks::Framework, quotations::Quotation, rebates::Rebate};

/// Every page of this crate with sample data.
pub fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let mut all = vec![
        ("customers", customers::list_page::sample(frame)),
        ("customers-none", customers::list_page::sample_empty(frame)),
        ("customer", customers::card_page::sample(frame)),
        ("customer-new", customers::card_page::sample_new(frame)),
        ("duplicates", customers::duplicates::sample(frame)),
        ("duplicates-none", customers::duplicates::sample_none(frame)),
        ("merge", customers::merge::page::sample(frame)),
        ("merge-into", customers::merge::page::sample_choosing(frame)),
        ("products", products::page::sample(frame)),
        ("orders", orders::list_page::sample(frame)),
        ("orders-none", orders::list_page::sample_empty(frame)),
        ("order", orders::sheet_page::sample(frame)),
        (
            "order-deliver",
            orders::sheet_page::sample_delivering(frame),
        ),
    ];
    all.extend(customers::keeping::samples(frame));
    all.extend(money_samples(frame));
    all.extend(offers_samples(frame));
    all.extend(number_series::page::samples(frame));
    all.extend(rates::page::samples(frame));
    all
}

fn money_samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    use super::{credit_notes as notes, deliveries as goods};
    vec![
        ("deliveries", goods::list_page::sample(frame)),
        ("deliveries-none", goods::list_page::sample_empty(frame)),
        ("delivery", goods::page::sample(frame)),
        ("delivery-bill", goods::page::sample_billing(frame)),
        ("invoices", invoices::list_page::sample(frame)),
        ("invoices-none", invoices::list_page::sample_empty(frame)),
        ("invoice", invoices::page::sample(frame)),
        ("invoice-amount", invoices::page::sample_by_amount(frame)),
        ("invoice-credit", invoices::page::sample_crediting(frame)),
        ("credit-notes", notes::list_page::sample(frame)),
        ("credit-notes-none", notes::list_page::sample_empty(frame)),
        ("credit-note", notes::page::sample(frame)),
        ("credit-note-amount", notes::page::sample_by_amount(frame)),
        ("payments", payments::list_page::sample(frame)),
        ("payments-none", payments::list_page::sample_empty(frame)),
        ("payment", payments::page::sample(frame)),
        ("payment-settle", payments::page::sample_settling(frame)),
        ("payment-release", payments::page::sample_releasing(frame)),
        ("payment-new", payments::new_page::sample(frame)),
    ]
}

fn offers_samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    vec![
        ("quotations", quotations::list_page::sample(frame)),
        (
            "quotations-none",
            quotations::list_page::sample_empty(frame),
        ),
        ("quotation", quotations::sheet_page::sample(frame)),
        ("quotation-new", new_document::sample::<Quotation>(frame)),
        ("framework-drawn", new_document::sample::<Framework>(frame)),
        ("rebate-new", new_document::sample::<Rebate>(frame)),
        (
            "quotation-change",
            quotations::sheet_page::sample_changing(frame),
        ),
        (
            "quotation-convert",
            quotations::sheet_page::sample_converting(frame),
        ),
        ("frameworks", frameworks::list_page::sample(frame)),
        (
            "frameworks-none",
            frameworks::list_page::sample_empty(frame),
        ),
        ("framework", frameworks::sheet_page::sample(frame)),
        ("framework-new", frameworks::sheet_page::sample_new(frame)),
        ("samples", trials::list_page::sample(frame)),
        ("samples-none", trials::list_page::sample_empty(frame)),
        ("sample", trials::sheet_page::sample(frame)),
        ("sample-sell", trials::sheet_page::sample_selling(frame)),
        ("sample-new", trials::new_page::sample(frame)),
        ("rebates", rebates::list_page::sample(frame)),
        ("rebates-none", rebates::list_page::sample_empty(frame)),
        ("rebate", rebates::sheet_page::sample(frame)),
        ("rebate-change", rebates::sheet_page::sample_changing(frame)),
    ]
}
