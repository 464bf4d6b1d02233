//! The currencies that are used: whatever a rate, a customer, a product or a price list names.

use db::{Result, Tx};

/// Their codes in order, without the company's own unless something names it; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn in_use(tx: &mut Tx) -> Result<Vec<String>> {
    const SQL: &str = "
        select u.currency
          from (select currency from book_rate where retracted_at is null
                union
                select currency from book_customer where merged_into_id is null
                union
                select currency from book_product
                union
                select currency from book_price_list) u
         order by u.currency
         limit 500";
    let rows: Vec<(String,)> = tx.q(SQL).all().await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}
