//! Which numbers of documents are in use, in anybody's scope.

use db::{Result, Tx};

use crate::series::Series;

/// What is asked about the numbers of one kind of document.
struct Questions {
    one: &'static str,
    /// Numbers of one length from one on.
    from: &'static str,
}

macro_rules! questions {
    ($table:literal, $number:literal) => {
        Questions {
            one: concat!("select id from ", $table, " where ", $number, " = $1"),
            from: concat!(
                "select ",
                $number,
                " from ",
                $table,
                " where ",
                $number,
                " >= $1 and ",
                $number,
                " < $2 and length(",
                $number,
                ") = $3
                  order by ",
                $number,
                " limit 5000"
            ),
        }
    };
}

fn questions(series: Series) -> Questions {
    match series {
        Series::Order => questions!("book_order", "number_key"),
        Series::Delivery | Series::Return => questions!("book_delivery", "number_key"),
        Series::Invoice => questions!("book_invoice", "number_key"),
        Series::CreditNote => questions!("book_credit_note", "number_key"),
        Series::Payment => questions!("book_payment", "reference_key"),
        Series::Rebate => questions!("book_rebate", "number_key"),
        Series::Sample => questions!("book_sample", "number_key"),
        Series::Quotation => questions!("book_quotation", "number_key"),
        Series::Framework => questions!("book_framework", "number_key"),
    }
}

/// Whether a document of the series has this folded number.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn is_taken(tx: &mut Tx, series: Series, folded: &str) -> Result<bool> {
    let sql = questions(series).one;
    let found: Option<(i64,)> = tx.q(sql).bind(folded.to_owned()).maybe().await?;
    Ok(found.is_some())
}

/// Folded numbers in use that are as long as `first`, from it on and before `end`, in their order; at
/// most 5,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn taken_from(
    tx: &mut Tx,
    series: Series,
    first: &str,
    end: &str,
) -> Result<Vec<String>> {
    let length = i64::try_from(first.chars().count()).unwrap_or(i64::MAX);
    let sql = questions(series).from;
    let found: Vec<(String,)> = tx
        .q(sql)
        .bind(first.to_owned())
        .bind(end.to_owned())
        .bind(length)
        .all()
        .await?;
    Ok(found.into_iter().map(|(number,)| number).collect())
}
