//! The book of business: what was agreed with whom. Customers and who looks after them, products
//! and their prices, orders with lines, and the credit frozen on each order.
//!
//! Owns the tables `book_*`. Routes: `/customers`, `/products`, `/orders`, `/quotations`, `/api/v1/customers`,
//! `/api/v1/customer-groups`, `/api/v1/assignments`, `/api/v1/products`, `/api/v1/product-groups`,
//! `/api/v1/orders`, `/api/v1/rates`, `/api/v1/price-lists`, `/api/v1/prices`,
//! `/api/v1/special-prices`, `/api/v1/quotations`, `/api/v1/frameworks`,
//! `/api/v1/samples`, `/api/v1/rebates`.

pub mod alike;
pub mod billing;
pub mod contact;
pub mod course;
pub mod credit;
pub mod currencies;
pub mod file;
pub mod framework;
pub mod fulfilment;
pub mod merge;
pub mod open_list;
pub mod order;
pub mod posting;
pub mod pricing;
pub mod quotation;
pub mod rates;
pub mod rebate;
pub mod sample;
pub mod series;
pub mod settlement;
pub mod sheet;
pub mod store;
pub mod terms;
pub mod web;

/// The texts of this crate's pages.
pub const MESSAGES: page::Messages = page::Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};

kernel::row_id!(
    /// A customer's row.
    CustomerId,
    /// A product's row.
    ProductId,
    /// An order's row.
    OrderId,
    /// A delivery's or return's row.
    DeliveryId,
    /// An invoice's row.
    InvoiceId,
    /// A credit note's row.
    CreditNoteId,
    /// A payment's row.
    PaymentId,
    /// Payment terms' row.
    TermsId,
    /// A rate's row.
    RateId,
    /// A price list's row.
    ListId,
    /// A quotation's row.
    QuotationId,
    /// A framework contract's row.
    FrameworkId,
    /// A rebate agreement's row.
    RebateId,
);
