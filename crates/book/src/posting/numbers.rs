//! Numbers of documents: given by hand, or the next of a series that is free.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Refusal};

use crate::{
    series::Series,
    store::{numbers::is_taken, orders::next_number},
};

/// The number given, or the next of its year's series that is free. It is taken in the writing
/// transaction, so a document that is not written leaves no gap.
///
/// # Errors
///
/// What [`Code::parse`] refuses, or `number.taken`.
pub async fn next(tx: &mut Tx, series: Series, given: Option<&str>, day: Date) -> Result<Code> {
    if let Some(text) = given {
        let code = Code::parse(text).map_err(|no| no.at(series.field()))?;
        if is_taken(tx, series, &code.folded()).await? {
            return Err(taken(series, &code));
        }
        return Ok(code);
    }
    loop {
        let next = next_number(tx, series.kind(), day.year()).await?;
        let code = Code::parse(&format!("{}-{}-{next:05}", series.prefix(), day.year()))?;
        // Somebody may have given a document this number by hand.
        if !is_taken(tx, series, &code.folded()).await? {
            return Ok(code);
        }
    }
}

fn taken(series: Series, code: &Code) -> DbError {
    let message = format!("There already is {} {code}.", series.noun());
    DbError::Refused(Refusal::state("number.taken", message).at(series.field()))
}
