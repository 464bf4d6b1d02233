//! Pages and API of the book.

#![expect(
    clippy::missing_errors_doc,
    reason = "what a handler answers stands in its annotation; references and pages fail as the store does"
)]

pub mod accepted;
mod address;
pub mod addresses;
pub mod assignments;
pub mod attachments;
pub mod bulk;
mod change;
pub mod choices;
pub mod contacts;
pub mod credit_notes;
pub mod currencies;
pub mod customers;
mod deeds;
pub mod deliveries;
pub mod documents;
mod exports;
pub mod finders;
mod form_page;
pub mod frameworks;
mod gallery;
pub mod groups;
pub mod invoices;
pub mod known;
mod lines_table;
mod listing;
mod names;
mod new_document;
pub mod number_series;
pub mod orders;
pub mod payments;
pub mod price_lists;
pub mod prices;
pub mod products;
pub mod quotations;
pub mod rates;
pub mod rebates;
pub mod receivables;
mod recorded;
mod references;
pub mod samples;
mod step;
pub mod terms;
mod typed_lines;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    routing::{delete, get, post},
};
use page::{Actor, Kit, Query};
use sheet::export::Format;

pub use gallery::samples;

use self::{
    customers::keeping::Kept, documents::DocumentsQuery, listing::Document, new_document::DrawnUp,
};
use crate::store::{
    addresses::Address, contacts::Contact, credit_notes::CreditNote, deliveries::Delivery,
    frameworks::Framework, invoices::Invoice, payments::Payment, quotations::Quotation,
    rebates::Rebate, samples::Sample,
};

/// What a form has besides its file.
const LIMIT_AROUND_BYTES: usize = 64 * 1024;

/// The routes of this crate.
pub fn routes() -> Router<Kit> {
    pages()
        .merge(files())
        .merge(api())
        .merge(prices_api())
        .merge(customers_api())
        .merge(offers_api())
        .merge(goods_api())
        .merge(money_api())
        .merge(series())
}

/// How documents are numbered and counted.
fn series() -> Router<Kit> {
    Router::new()
        .route(
            "/settings/rates",
            get(rates::page::show).post(rates::page::record),
        )
        .route(
            "/settings/number-series",
            get(number_series::page::show).post(number_series::page::set),
        )
        .route(
            "/api/v1/number-series",
            get(number_series::list).post(number_series::create),
        )
        .route(
            "/api/v1/number-series/{company}/{kind}/{year}",
            get(number_series::one).patch(number_series::change),
        )
}

fn pages() -> Router<Kit> {
    Router::new()
        .route("/customers", get(customers::list_page::show))
        .route("/customers/export.csv", get(customers::export::csv))
        .route("/customers/export.xlsx", get(customers::export::xlsx))
        .route("/customers/bulk", post(customers::bulk::act))
        .route("/customers/{code}", get(customers::card_page::show))
        .route(
            "/customers/{code}/panels/{name}",
            get(customers::card_page::panel),
        )
        .route("/attachments/{id}", get(attachments::content::send))
        .route(
            "/customers/{code}/statement.csv",
            get(customers::statement::csv),
        )
        .route("/products", get(products::page::show))
        .route("/orders", get(orders::list_page::show))
        .route("/orders/bulk", post(orders::bulk::act))
        .route("/orders/{number}", get(orders::sheet_page::show))
        .route("/orders/{number}/{deed}", post(orders::acting::act))
        .merge(money_pages())
        .merge(offers_pages())
        .merge(keeping_pages())
}

/// A list, and the page on which a new one is drawn up.
fn drawn_up<T: DrawnUp>(list: &str, new: &str) -> Router<Kit> {
    use new_document::{create, list as listed, show};
    Router::new()
        .route(list, get(listed::<T>).post(create::<T>))
        .route(new, get(show::<T>))
}

/// What follows an order: goods, bills and money.
fn money_pages() -> Router<Kit> {
    Router::new()
        .route("/deliveries", get(listing::show::<Delivery>))
        .route("/deliveries/{number}", get(deliveries::page::show))
        .route("/deliveries/{number}/{deed}", post(deliveries::acting::act))
        .route("/invoices", get(listing::show::<Invoice>))
        .route("/invoices/{number}", get(invoices::page::show))
        .route("/invoices/{number}/{deed}", post(invoices::acting::act))
        .route("/credit-notes", get(listing::show::<CreditNote>))
        .route("/credit-notes/{number}", get(credit_notes::page::show))
        .route(
            "/credit-notes/{number}/{deed}",
            post(credit_notes::acting::act),
        )
        .route(
            "/payments",
            get(payments::list_page::show).post(payments::new_page::create),
        )
        .route("/payments/new", get(payments::new_page::show))
        .route("/payments/{reference}", get(payments::page::show))
        .route("/payments/{reference}/{deed}", post(payments::acting::act))
}

/// What comes before an order.
fn offers_pages() -> Router<Kit> {
    Router::new()
        .merge(drawn_up::<Quotation>("/quotations", "/quotations/new"))
        .route("/quotations/{number}", get(quotations::sheet_page::show))
        .route("/quotations/{number}/{deed}", post(quotations::acting::act))
        .merge(drawn_up::<Framework>("/frameworks", "/frameworks/new"))
        .route("/frameworks/{number}", get(frameworks::sheet_page::show))
        .route("/frameworks/{number}/{deed}", post(frameworks::acting::act))
        .route(
            "/samples",
            get(samples::list_page::show).post(samples::new_page::create),
        )
        .route("/samples/new", get(samples::new_page::show))
        .route("/samples/{number}", get(samples::sheet_page::show))
        .route("/samples/{number}/{deed}", post(samples::acting::act))
        .merge(drawn_up::<Rebate>("/rebates", "/rebates/new"))
        .route("/rebates/{number}", get(rebates::sheet_page::show))
        .route("/rebates/{number}/{deed}", post(rebates::acting::act))
}

/// What is kept of customers, and making one of two.
fn keeping_pages() -> Router<Kit> {
    use customers::{duplicates, keeping, merge};
    let most = DefaultBodyLimit::max(crate::file::MOST_BYTES + LIMIT_AROUND_BYTES);
    let router = kept_pages::<Address>(kept_pages::<Contact>(Router::new()));
    router
        .route("/customers/duplicates", get(duplicates::show))
        .route(
            "/customers/{code}/merge",
            get(merge::page::show).post(merge::page::carry),
        )
        .route(
            "/customers/{code}/payment-terms/new",
            get(keeping::terms::fill_in),
        )
        .route(
            "/customers/{code}/payment-terms",
            post(keeping::terms::create),
        )
        .route("/customers/{code}/ties/new", get(keeping::ties::fill_in))
        .route("/customers/{code}/ties", post(keeping::ties::create))
        .route(
            "/customers/{code}/ties/{kind}/end",
            get(keeping::ties::ask_end).post(keeping::ties::finish),
        )
        .route("/customers/{code}/files/new", get(keeping::files::fill_in))
        .route(
            "/customers/{code}/files",
            post(keeping::files::create).layer(most),
        )
        .route("/attachments/{id}/edit", get(keeping::files::show))
        .route("/attachments/{id}/note", post(keeping::files::annotate))
        .route("/attachments/{id}/remove", post(keeping::files::remove))
}

fn kept_pages<K: Kept>(router: Router<Kit>) -> Router<Kit> {
    use customers::keeping::{create, fill_in, remove, save, show};
    let place = format!("/customers/{{code}}/{}", K::PATH);
    router
        .route(&place, post(create::<K>))
        .route(&format!("{place}/new"), get(fill_in::<K>))
        .route(&format!("{place}/{{id}}"), get(show::<K>).post(save::<K>))
        .route(&format!("{place}/{{id}}/remove"), post(remove::<K>))
}

/// A list as a file, in either format.
macro_rules! list_file {
    ($router:expr, $name:ident, $query:ty) => {
        [
            (concat!("/", stringify!($name), "/export.csv"), Format::Csv),
            (
                concat!("/", stringify!($name), "/export.xlsx"),
                Format::Xlsx,
            ),
        ]
        .into_iter()
        .fold($router, |router, (path, format)| {
            let send = move |kit: State<Kit>, actor: Actor, query: Query<$query>| {
                exports::$name(kit.0, actor, query.0, format)
            };
            router.route(path, get(send))
        })
    };
}

fn files() -> Router<Kit> {
    let files = list_file!(Router::new(), orders, orders::OrdersQuery);
    let files = list_file!(files, products, products::ProductsQuery);
    let files = document_files::<Payment>(document_files::<Invoice>(files));
    let files = document_files::<Delivery>(document_files::<CreditNote>(files));
    let files = document_files::<Framework>(document_files::<Quotation>(files));
    document_files::<Rebate>(document_files::<Sample>(files))
}

fn document_files<T: Document>(router: Router<Kit>) -> Router<Kit> {
    let formats = [("csv", Format::Csv), ("xlsx", Format::Xlsx)];
    formats.into_iter().fold(router, |router, (end, format)| {
        let send = move |kit: State<Kit>, actor: Actor, query: Query<DocumentsQuery>| {
            exports::documents::<T>(kit.0, actor, query.0, format)
        };
        router.route(&format!("{}/export.{end}", T::PATH), get(send))
    })
}

fn api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/customer-groups",
            get(groups::customer_groups).post(groups::create_customer_group),
        )
        .route(
            "/api/v1/product-groups",
            get(groups::product_groups).post(groups::create_product_group),
        )
        .route(
            "/api/v1/customer-groups/{code}",
            get(groups::customer_group).patch(groups::change_customer_group),
        )
        .route(
            "/api/v1/product-groups/{code}",
            get(groups::product_group).patch(groups::change_product_group),
        )
        .route(
            "/api/v1/assignments",
            get(assignments::list).post(assignments::create),
        )
        .route(
            "/api/v1/assignments/{customer}/{role}/{from}",
            get(assignments::one)
                .patch(assignments::change)
                .delete(assignments::take_back),
        )
        .route(
            "/api/v1/products",
            get(products::list).post(products::create),
        )
        .route(
            "/api/v1/products/{code}",
            get(products::one).patch(products::change),
        )
        .route("/api/v1/orders", get(orders::list).post(orders::create))
        .route(
            "/api/v1/orders/{number}",
            get(orders::one).patch(orders::amendment::change),
        )
        .route(
            "/api/v1/orders/{number}/confirm",
            post(orders::course::confirm),
        )
        .route(
            "/api/v1/orders/{number}/cancel",
            post(orders::course::cancel),
        )
        .route("/api/v1/orders/{number}/close", post(orders::course::close))
}

/// Customers with all that is kept of them.
fn customers_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/customers",
            get(customers::list).post(customers::create),
        )
        .route(
            "/api/v1/customers/{code}",
            get(customers::one)
                .patch(customers::change)
                .delete(customers::remove),
        )
        .route(
            "/api/v1/customer-duplicates",
            get(customers::duplicates::list),
        )
        .route(
            "/api/v1/customers/{code}/merge",
            get(customers::merge::preview).post(customers::merge::create),
        )
        .route(
            "/api/v1/customers/{code}/statement",
            get(customers::statement::api),
        )
        .route(
            "/api/v1/customers/{code}/ties",
            get(customers::ties::list).post(customers::ties::create),
        )
        .route(
            "/api/v1/customers/{code}/payment-terms",
            get(customers::terms::list).post(customers::terms::create),
        )
        .route(
            "/api/v1/customers/{code}/ties/end",
            post(customers::ties::finish),
        )
        .merge(kept_api())
}

/// What is kept of a customer under ids of its own, and files wherever they are kept.
fn kept_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/customers/{code}/attachments",
            get(attachments::of_customer).post(attachments::upload::to_customer),
        )
        .route(
            "/api/v1/orders/{number}/attachments",
            get(attachments::of_order).post(attachments::upload::to_order),
        )
        .route(
            "/api/v1/attachments/{id}",
            get(attachments::one)
                .patch(attachments::change)
                .delete(attachments::remove),
        )
        .route(
            "/api/v1/attachments/{id}/content",
            get(attachments::content::send),
        )
        .route(
            "/api/v1/customers/{code}/contacts",
            get(contacts::list).post(contacts::create),
        )
        .route(
            "/api/v1/customers/{code}/contacts/{id}",
            get(contacts::one)
                .patch(contacts::change)
                .delete(contacts::remove),
        )
        .route(
            "/api/v1/customers/{code}/addresses",
            get(addresses::list).post(addresses::create),
        )
        .route(
            "/api/v1/customers/{code}/addresses/{id}",
            get(addresses::one)
                .patch(addresses::change)
                .delete(addresses::remove),
        )
}

/// What things cost: prices and rates.
fn prices_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/price-lists",
            get(price_lists::list).post(price_lists::create),
        )
        .route(
            "/api/v1/price-lists/{code}",
            get(price_lists::one).patch(price_lists::change),
        )
        .route(
            "/api/v1/price-lists/{code}/uses",
            get(price_lists::uses).post(price_lists::let_use),
        )
        .route("/api/v1/prices", get(prices::list).post(prices::create))
        .route("/api/v1/prices/find", get(prices::find))
        .route(
            "/api/v1/special-prices",
            get(prices::specials).post(prices::agree),
        )
        .route("/api/v1/rates", get(rates::list).post(rates::create))
        .route(
            "/api/v1/rates/{currency}/{date}",
            get(rates::one).patch(rates::change),
        )
}

/// What comes before an order: offers and contracts.
fn offers_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/quotations",
            get(quotations::list).post(quotations::create),
        )
        .route(
            "/api/v1/quotations/{number}",
            get(quotations::one).patch(quotations::change),
        )
        .route("/api/v1/quotations/{number}/send", post(quotations::send))
        .route(
            "/api/v1/quotations/{number}/revise",
            post(quotations::revise),
        )
        .route(
            "/api/v1/quotations/{number}/accept",
            post(quotations::accept),
        )
        .route("/api/v1/quotations/{number}/lose", post(quotations::lose))
        .route(
            "/api/v1/quotations/{number}/withdraw",
            post(quotations::withdraw),
        )
        .route(
            "/api/v1/quotations/{number}/convert",
            post(quotations::convert),
        )
        .route("/api/v1/rebates", get(rebates::list).post(rebates::create))
        .route(
            "/api/v1/rebates/{number}",
            get(rebates::one).patch(rebates::change),
        )
        .route("/api/v1/rebates/{number}/accrual", get(rebates::accrual))
        .route("/api/v1/rebates/{number}/activate", post(rebates::activate))
        .route("/api/v1/rebates/{number}/settle", post(rebates::settle))
        .route("/api/v1/rebates/{number}/close", post(rebates::close))
        .route("/api/v1/samples", get(samples::list).post(samples::create))
        .route(
            "/api/v1/samples/{number}",
            get(samples::one).patch(samples::change),
        )
        .route("/api/v1/samples/{number}/result", post(samples::result))
        .route("/api/v1/samples/{number}/sell", post(samples::sell))
        .route(
            "/api/v1/frameworks",
            get(frameworks::list).post(frameworks::create),
        )
        .route(
            "/api/v1/frameworks/{number}",
            get(frameworks::one).patch(frameworks::change),
        )
        .route(
            "/api/v1/frameworks/{number}/activate",
            post(frameworks::activate),
        )
        .route("/api/v1/frameworks/{number}/close", post(frameworks::close))
}

/// What follows an order: goods and bills.
fn goods_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/orders/{number}/deliveries",
            post(deliveries::deliver),
        )
        .route(
            "/api/v1/orders/{number}/returns",
            post(deliveries::take_back),
        )
        .route(
            "/api/v1/deliveries",
            get(deliveries::list).post(deliveries::create),
        )
        .route(
            "/api/v1/deliveries/{number}",
            get(deliveries::one).patch(deliveries::change),
        )
        .route(
            "/api/v1/deliveries/{number}/reverse",
            post(deliveries::reverse),
        )
        .route(
            "/api/v1/invoices",
            get(invoices::list).post(invoices::create),
        )
        .route(
            "/api/v1/invoices/{number}",
            get(invoices::one).patch(invoices::change),
        )
        .route("/api/v1/invoices/{number}/cancel", post(invoices::cancel))
        .route(
            "/api/v1/credit-notes",
            get(credit_notes::list).post(credit_notes::create),
        )
        .route(
            "/api/v1/credit-notes/{number}",
            get(credit_notes::one).patch(credit_notes::change),
        )
        .route(
            "/api/v1/credit-notes/{number}/cancel",
            post(credit_notes::cancel),
        )
}

/// Money, and what it settles.
fn money_api() -> Router<Kit> {
    Router::new()
        .route(
            "/api/v1/credit-notes/{number}/allocations",
            post(payments::allocating::from_credit_note),
        )
        .route(
            "/api/v1/credit-notes/{number}/allocations/{id}",
            delete(payments::allocating::end_of_credit_note),
        )
        .route(
            "/api/v1/payments",
            get(payments::list).post(payments::create),
        )
        .route(
            "/api/v1/payments/{reference}",
            get(payments::one).patch(payments::change),
        )
        .route(
            "/api/v1/payments/{reference}/reverse",
            post(payments::reverse),
        )
        .route(
            "/api/v1/payments/{reference}/paper/{step}",
            post(payments::paper_step),
        )
        .route(
            "/api/v1/payments/{reference}/allocations",
            post(payments::allocating::from_payment),
        )
        .route(
            "/api/v1/payments/{reference}/allocations/{id}",
            delete(payments::allocating::end_of_payment),
        )
        .route(
            "/api/v1/payment-terms",
            get(terms::list).post(terms::create),
        )
        .route(
            "/api/v1/payment-terms/{code}",
            get(terms::one).patch(terms::change),
        )
        .route("/api/v1/currencies", get(currencies::list))
        .route("/api/v1/currencies/{code}", get(currencies::one))
        .route("/api/v1/open-items", get(receivables::open_items))
        .route("/api/v1/balances", get(receivables::balances))
}
