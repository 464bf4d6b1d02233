//! Two records of one customer become one: what moves, and in which tables.

use db::{Result, Tx, WorkFuture};
use jiff::{Timestamp, civil::Date};
use kernel::Role;

use super::former_codes::{self, Noun};
use crate::CustomerId;

/// Something a customer has only one of on a day, kept by a crate above this one. The program gives
/// the list of them to merges, so a duty adds its own without merges knowing it.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    /// As requests choose it: `credit_limit`.
    pub name: &'static str,
    /// As what moved is counted: `credit_limits`.
    pub kind: &'static str,
    /// The columns that refer to customers, and are taken care of by it.
    pub columns: &'static [(&'static str, &'static str)],
    /// Who may choose between two of them.
    pub may_choose: &'static [Role],
    /// What others are told.
    pub whose_choice: &'static str,
    /// Whether both customers, the one that goes and the one that stays, have another on one day.
    pub differ: for<'a> fn(&'a mut Tx, (CustomerId, CustomerId)) -> WorkFuture<'a, bool>,
    /// Gives what one has to the other; how many there were.
    pub carry: for<'a> fn(&'a mut Tx, Merging) -> WorkFuture<'a, i64>,
}

/// A merge, as those who follow it see it.
#[derive(Debug, Clone, Copy)]
pub struct Merging {
    pub from: CustomerId,
    pub into: CustomerId,
    /// Whether the survivor's holds where both have something.
    pub survivor_holds: bool,
    pub now: Timestamp,
}

/// What follows the customer to the survivor: its kind, table and column, and the statement that
/// moves it.
macro_rules! moved {
    ($($kind:literal: $table:literal . $column:literal),+ $(,)?) => {
        [$((
            $kind,
            $table,
            $column,
            concat!("update ", $table, " set ", $column, " = $1 where ", $column, " = $2"),
        )),+]
    };
}

/// Documents name their customer as it is called now.
pub const MOVED: [(&str, &str, &str, &str); 11] = moved![
    "orders": "book_order"."customer_id",
    "deliveries": "book_delivery"."customer_id",
    "invoices": "book_invoice"."customer_id",
    "invoices_to_pay": "book_invoice"."payer_id",
    "credit_notes": "book_credit_note"."customer_id",
    "credit_notes_to_take": "book_credit_note"."payer_id",
    "payments": "book_payment"."payer_id",
    "quotations": "book_quotation"."customer_id",
    "frameworks": "book_framework"."customer_id",
    "samples": "book_sample"."customer_id",
    "rebates": "book_rebate"."customer_id",
];

/// Dated facts are retracted and recorded anew, so that what was believed before stays readable;
/// `merge` moves them one by one.
pub const RETRACTED: [(&str, &str); 10] = [
    ("book_assignment", "customer_id"),
    ("book_shared_credit", "customer_id"),
    ("book_list_use", "customer_id"),
    ("book_price", "customer_id"),
    ("book_credit", "customer_id"),
    ("book_contact", "customer_id"),
    ("book_address", "customer_id"),
    ("book_customer_tie", "customer_id"),
    ("book_customer_tie", "other_id"),
    ("book_customer_terms", "customer_id"),
];

/// What tells a history and stays with the record it was told of.
pub const LEFT: [(&str, &str); 1] = [("book_customer", "merged_into_id")];

/// Moves the documents; how many of each kind.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn move_documents(
    tx: &mut Tx,
    from: CustomerId,
    to: CustomerId,
) -> Result<Vec<(&'static str, u64)>> {
    let mut moved = Vec::new();
    for (kind, _, _, sql) in MOVED {
        let count = tx.q(sql).bind(to.get()).bind(from.get()).run().await?;
        moved.push((kind, count));
    }
    Ok(moved)
}

/// The credit of the orders is retracted and recorded anew under the survivor, to the millionth.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn move_credit(
    tx: &mut Tx,
    from: CustomerId,
    to: CustomerId,
    now: Timestamp,
) -> Result<u64> {
    const ADD: &str = "
        insert into book_credit
               (order_id, customer_id, person_id, seat_id, unit_id, day, share, net_exact, recorded_at)
        select order_id, $1, person_id, seat_id, unit_id, day, share, net_exact, $2
          from book_credit
         where customer_id = $3
           and retracted_at is null";
    const RETRACT: &str = "
        update book_credit
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null";
    let at = now.as_microsecond();
    let moved = tx
        .q(ADD)
        .bind(to.get())
        .bind(at)
        .bind(from.get())
        .run()
        .await?;
    tx.q(RETRACT).bind(at).bind(from.get()).run().await?;
    Ok(moved)
}

/// Retracts who looked after the customer, whenever it was.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_assignments(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_assignment
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .run()
        .await
        .map(drop)
}

/// Retracts who shares the customer's credit, whenever it is.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_shared(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_shared_credit
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .run()
        .await
        .map(drop)
}

/// The record becomes a shell: it is in no list any more, and its codes answer for the survivor.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn close(
    tx: &mut Tx,
    (from, code_key): (CustomerId, &str),
    to: CustomerId,
    today: Date,
    now: Timestamp,
) -> Result<()> {
    // No code can be typed that begins like this, so the shell stands in nobody's way.
    const SQL: &str = "
        update book_customer
           set merged_into_id = $1, code_key = $3,
               ended_on = case when ended_on <= $2 then ended_on else $2 end,
               name_key = '', phone_key = null, tax_key = null, version = version + 1
         where id = $4";
    tx.q(SQL)
        .bind(to.get())
        .bind(today.to_string())
        .bind(format!("~{}", from.get()))
        .bind(from.get())
        .run()
        .await?;
    let noun = Noun::Customer;
    former_codes::hand_over(tx, noun, from.get(), to.get()).await?;
    former_codes::keep(tx, noun, to.get(), code_key, now).await
}
