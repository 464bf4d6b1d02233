//! Which numbers of documents are in use, in anybody's scope.

use db::{Result, Tx};

use crate::series::Series;

/// Whether a document of the series has this folded number.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn is_taken(tx: &mut Tx, series: Series, folded: &str) -> Result<bool> {
    const ORDER: &str = "select id from book_order where number_key = $1";
    const DELIVERY: &str = "select id from book_delivery where number_key = $1";
    const INVOICE: &str = "select id from book_invoice where number_key = $1";
    const CREDIT_NOTE: &str = "select id from book_credit_note where number_key = $1";
    const PAYMENT: &str = "select id from book_payment where reference_key = $1";
    let sql = match series {
        Series::Order => ORDER,
        Series::Delivery | Series::Return => DELIVERY,
        Series::Invoice => INVOICE,
        Series::CreditNote => CREDIT_NOTE,
        Series::Payment => PAYMENT,
    };
    let found: Option<(i64,)> = tx.q(sql).bind(folded.to_owned()).maybe().await?;
    Ok(found.is_some())
}
