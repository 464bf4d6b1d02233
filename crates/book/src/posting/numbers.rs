//! Numbers of documents: given by hand, or the next of a series that is free.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Refusal};

use crate::{
    CustomerId,
    series::Series,
    store::{
        number_series::{self, Keeper},
        numbers::{is_taken, taken_from},
    },
};

/// The number given, or the next that is free of the series of the customer's company on the day. It is
/// taken in the writing transaction, so a document that is not written leaves no gap.
///
/// # Errors
///
/// What [`Code::parse`] refuses, or `number.taken`.
pub async fn next(
    tx: &mut Tx,
    series: Series,
    given: Option<&str>,
    (customer, day): (CustomerId, Date),
) -> Result<Code> {
    if let Some(text) = given {
        let code = Code::parse(text).map_err(|no| no.at(series.field()))?;
        if is_taken(tx, series, &code.folded()).await? {
            return Err(taken(series, &code));
        }
        return Ok(code);
    }
    let keeper = number_series::keeper(tx, series, (customer, day)).await?;
    next_of(tx, series, &keeper, day).await
}

async fn next_of(tx: &mut Tx, series: Series, keeper: &Keeper, day: Date) -> Result<Code> {
    let (pattern, first) = number_series::draw(tx, series, keeper, day.year()).await?;
    let mut number = first;
    loop {
        let code = Code::parse(&pattern.number(day, number))?;
        if !is_taken(tx, series, &code.folded()).await? {
            if number != first {
                number_series::raise(tx, series, keeper.company, day.year(), number).await?;
            }
            return Ok(code);
        }
        // Somebody gave documents these numbers by hand, or a file brought them.
        let end = format!("{}:", pattern.stem(day)).to_ascii_lowercase();
        let taken = taken_from(tx, series, &code.folded(), &end).await?;
        number = after_run(number, &taken, |number| {
            pattern.number(day, number).to_ascii_lowercase()
        });
    }
}

/// The first number from `from` on that is not among `taken`, which come in their order.
fn after_run(from: i64, taken: &[String], numbered: impl Fn(i64) -> String) -> i64 {
    let mut number = from;
    for one in taken {
        let wanted = numbered(number);
        if *one == wanted {
            number += 1;
        } else if wanted < *one {
            break;
        }
    }
    number
}

fn taken(series: Series, code: &Code) -> DbError {
    let message = format!("There already is {} {code}.", series.noun());
    DbError::Refused(Refusal::state("number.taken", message).at(series.field()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_behind_a_run_is_free() {
        let free = |from, taken: &[&str]| {
            let taken: Vec<String> = taken.iter().map(|one| (*one).to_owned()).collect();
            after_run(from, &taken, |number| format!("so-{number:05}"))
        };
        assert_eq!(free(1, &["so-00001", "so-00002", "so-00004"]), 3);
        assert_eq!(free(9, &["so-00009", "so-0000a", "so-00010"]), 11);
        assert_eq!(free(99_999, &["so-99999", "so-9999a"]), 100_000);
        assert_eq!(free(7, &[]), 7);
    }
}
