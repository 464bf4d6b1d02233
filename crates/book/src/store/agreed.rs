//! Offers and agreements row by row, as files have them, and who buys by which price list.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;

use super::{
    sight::in_sight,
    written::{Place, next, placed},
};

placed!(
    FrameworkRow,
    CallOffRow,
    RebateRow,
    QuotationRow,
    SampleRow,
    TieRow,
    TermsRow,
    UseRow
);

/// A line of a framework contract with its head; quantities and nets in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FrameworkRow {
    document: i64,
    part: i64,
    pub number: String,
    pub customer_code: String,
    pub currency: String,
    pub day: String,
    pub ends_on: Option<String>,
    pub tolerance: i64,
    pub status: String,
    pub line: i64,
    pub product_code: String,
    pub unit_price: i64,
    pub quantity: Option<i64>,
    pub value_exact: Option<i64>,
    pub note: String,
}

/// The next 2,000 lines of framework contracts, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn frameworks(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<FrameworkRow>> {
    const SQL: &str = concat!(
        "select l.framework_id as document, l.line as part, d.number, c.code as customer_code,
                d.currency, d.day, d.ends_on, d.tolerance, d.status, l.line,
                p.code as product_code, l.unit_price, l.quantity, l.value_exact, d.note
           from book_framework_line l
           join book_framework d on d.id = l.framework_id
           join book_customer c on c.id = d.customer_id
           join book_product p on p.id = l.product_id
          where (l.framework_id, l.line) > ($5, $6)
            and ",
        in_sight!("d.customer_id"),
        " order by l.framework_id, l.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A line of an order that calls off.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CallOffRow {
    document: i64,
    part: i64,
    pub order_number: String,
    pub line: i64,
    pub framework_number: String,
    pub framework_line: i64,
}

/// The next 2,000 lines of orders that call off, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn call_offs(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<CallOffRow>> {
    const SQL: &str = concat!(
        "select k.order_id as document, k.line as part, o.number as order_number, k.line,
                f.number as framework_number, k.framework_line
           from book_call_off k
           join book_order o on o.id = k.order_id
           join book_framework f on f.id = k.framework_id
          where (k.order_id, k.line) > ($5, $6)
            and ",
        in_sight!("o.customer_id"),
        " order by k.order_id, k.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A tier of a rebate agreement with its head.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RebateRow {
    document: i64,
    part: i64,
    pub number: String,
    pub customer_code: String,
    pub currency: String,
    pub valid_from: String,
    pub valid_to: String,
    pub method: String,
    pub from_minor: i64,
    pub share: i64,
    pub status: String,
    pub note: String,
}

/// The next 2,000 tiers of rebate agreements as now believed, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn rebates(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<RebateRow>> {
    const SQL: &str = concat!(
        "select d.id as document, r.tier as part, d.number, c.code as customer_code, d.currency,
                t.valid_from, t.valid_to, t.method, r.from_minor, r.share, d.status, d.note
           from book_rebate d
           join book_rebate_terms t on t.rebate_id = d.id and t.retracted_at is null
           join book_rebate_tier r on r.terms_id = t.id
           join book_customer c on c.id = d.customer_id
          where $5 <= d.id
            and (d.id, r.tier) > ($5, $6)
            and ",
        in_sight!("d.customer_id"),
        " order by d.id, r.tier
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A line of an edition of a quotation with both heads; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct QuotationRow {
    document: i64,
    part: i64,
    pub number: String,
    pub edition: i64,
    pub customer_code: String,
    pub currency: String,
    pub project: Option<String>,
    pub day: String,
    pub valid_until: String,
    pub sent_on: Option<String>,
    pub line: i64,
    pub product_code: String,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_exact: i64,
    pub status: String,
    pub decided_on: Option<String>,
    pub lost_reason: Option<String>,
    pub competitor: Option<String>,
    pub lost_text: Option<String>,
    pub order_number: Option<String>,
}

/// The next 2,000 lines of quotations, edition by edition, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn quotations(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<QuotationRow>> {
    // An edition has at most 1,000 lines.
    const SQL: &str = concat!(
        "select l.quotation_id as document, l.edition * 10000 + l.line as part, d.number, l.edition,
                c.code as customer_code, d.currency, d.project, e.day, e.valid_until, e.sent_on,
                l.line, p.code as product_code, l.quantity, l.unit_price, l.discount, l.tax,
                l.net_exact, d.status, d.decided_on, d.lost_reason, d.competitor, d.lost_text,
                o.number as order_number
           from book_quotation_line l
           join book_quotation_edition e
             on e.quotation_id = l.quotation_id
            and e.edition = l.edition
           join book_quotation d on d.id = l.quotation_id
           join book_customer c on c.id = d.customer_id
           join book_product p on p.id = l.product_id
           left join book_order o on o.id = d.order_id
          where $5 <= l.quotation_id
            and (l.quotation_id, l.edition * 10000 + l.line) > ($5, $6)
            and ",
        in_sight!("d.customer_id"),
        " order by l.quotation_id, l.edition, l.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A sample or trial with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SampleRow {
    document: i64,
    part: i64,
    pub number: String,
    pub kind: String,
    pub customer_code: String,
    pub product_code: String,
    pub quantity: i64,
    pub day: String,
    pub result_due: String,
    pub status: String,
    pub result_on: Option<String>,
    pub reason: String,
    pub order_number: Option<String>,
    pub note: String,
}

/// The next 2,000 samples and trials, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn samples(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<SampleRow>> {
    const SQL: &str = concat!(
        "select d.id as document, cast(0 as bigint) as part, d.number, d.kind,
                c.code as customer_code, p.code as product_code, d.quantity, d.day, d.result_due,
                d.status, d.result_on, d.reason, o.number as order_number, d.note
           from book_sample d
           join book_customer c on c.id = d.customer_id
           join book_product p on p.id = d.product_id
           left join book_order o on o.id = d.order_id
          where (d.id, 0) > ($5, $6)
            and ",
        in_sight!("d.customer_id"),
        " order by d.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// Whom a customer belongs to, or who pays for it, with its days.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TieRow {
    document: i64,
    part: i64,
    pub customer_code: String,
    pub kind: String,
    pub other_code: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

/// The next 2,000 ties of customers now believed, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ties(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<TieRow>> {
    const SQL: &str = concat!(
        "select t.id as document, cast(0 as bigint) as part, c.code as customer_code, t.kind,
                o.code as other_code, t.valid_from, t.valid_to
           from book_customer_tie t
           join book_customer c on c.id = t.customer_id
           join book_customer o on o.id = t.other_id
          where t.retracted_at is null
            and (t.id, 0) > ($5, $6)
            and ",
        in_sight!("t.customer_id"),
        " order by t.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// What a customer pays by, with the days; neither terms nor days where nothing is agreed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TermsRow {
    document: i64,
    part: i64,
    pub customer_code: String,
    pub terms_code: Option<String>,
    pub days: Option<i64>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

/// The next 2,000 spells of what customers pay by, as now believed, in the order they were recorded. The
/// time before each that nobody agreed anything for comes behind it, and that after the last: the file
/// of customers says only what they pay by today.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn terms(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<TermsRow>> {
    const SQL: &str = concat!(
        "select t.id as document, k.part, c.code as customer_code, n.code as terms_code,
                case k.part when 0 then t.days end as days,
                case k.part when 0 then t.valid_from
                            when 1 then coalesce((select max(b.valid_to) from book_customer_terms b
                                                   where b.customer_id = t.customer_id
                                                     and b.retracted_at is null
                                                     and b.valid_to <= t.valid_from), '0001-01-01')
                            else t.valid_to end as valid_from,
                case k.part when 0 then t.valid_to when 1 then t.valid_from end as valid_to
           from book_customer_terms t
           join (select cast(0 as bigint) as part union all select 1 union all select 2) k
             on k.part = 0
             or (k.part = 1 and '0001-01-01' < t.valid_from and not exists (
                    select 1 from book_customer_terms b
                     where b.customer_id = t.customer_id
                       and b.retracted_at is null
                       and b.valid_to = t.valid_from))
             or (k.part = 2 and t.valid_to is not null and not exists (
                    select 1 from book_customer_terms b
                     where b.customer_id = t.customer_id
                       and b.retracted_at is null
                       and t.valid_to <= b.valid_from))
           join book_customer c on c.id = t.customer_id
           left join book_terms n on n.id = t.terms_id and k.part = 0
          where t.retracted_at is null
            and (t.id, k.part) > ($5, $6)
            and ",
        in_sight!("t.customer_id"),
        " order by t.id, k.part
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// Who buys by a price list, with the days.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UseRow {
    document: i64,
    part: i64,
    pub list_code: String,
    pub customer_code: Option<String>,
    pub group_code: Option<String>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

/// The next 2,000 uses of price lists now believed, by groups and by customers in scope, in the order
/// they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn uses(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<UseRow>> {
    const SQL: &str = concat!(
        "select u.id as document, cast(0 as bigint) as part, l.code as list_code,
                c.code as customer_code, g.code as group_code, u.valid_from, u.valid_to
           from book_list_use u
           join book_price_list l on l.id = u.list_id
           left join book_customer c on c.id = u.customer_id
           left join book_customer_group g on g.id = u.group_id
          where u.retracted_at is null
            and (u.id, 0) > ($5, $6)
            and (u.customer_id is null or ",
        in_sight!("u.customer_id"),
        ") order by u.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}
