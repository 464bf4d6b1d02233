//! Requests that take effect once, however often they are sent.
//!
//! A client that lost the answer sends its request again with the same key and gets the first
//! answer. The same key with another body is a mistake of the client and refused.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::Refusal;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    /// JSON text.
    pub body: String,
}

/// The answer already given to this login's key, if any.
///
/// # Errors
///
/// `idempotency.other_body` if the key was used for another request.
pub async fn recall(
    tx: &mut Tx,
    login: i64,
    key: &str,
    request_hash: &str,
) -> Result<Option<Answer>> {
    #[derive(FromRow)]
    struct Row {
        request_hash: String,
        status: i64,
        location: Option<String>,
        body: String,
    }
    const SQL: &str = "
        select request_hash, status, location, body
          from trail_idempotency
         where login_id = $1
           and request_key = $2";
    let Some(row) = tx
        .q(SQL)
        .bind(login)
        .bind(key.to_owned())
        .maybe::<Row>()
        .await?
    else {
        return Ok(None);
    };
    if row.request_hash != request_hash {
        return Err(Refusal::value(
            "idempotency.other_body",
            format!("Idempotency-Key “{key}” was already used for another request. Use a new key for a new request."),
        )
        .into());
    }
    let status = u16::try_from(row.status).unwrap_or(200);
    Ok(Some(Answer {
        status,
        location: row.location,
        body: row.body,
    }))
}

/// Keeps the answer beside its effect.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the same key is being answered at the same moment.
pub async fn keep(
    tx: &mut Tx,
    login: i64,
    key: &str,
    request_hash: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into trail_idempotency
               (login_id, request_key, request_hash, status, location, body, at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    tx.q(SQL)
        .bind(login)
        .bind(key.to_owned())
        .bind(request_hash.to_owned())
        .bind(i64::from(answer.status))
        .bind(answer.location.clone())
        .bind(answer.body.clone())
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}
