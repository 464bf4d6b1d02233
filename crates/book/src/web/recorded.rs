//! What the trail is told of an act on a document: what it was before, and what it is now.

use db::{Result, Tx};
use org::api::Ask;
use serde::Serialize;
use trail::Entry;

/// Records an act on the document `number`, with the reason if one was given.
pub async fn record<B: Sync, T: Serialize + Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    (noun, number): (&'static str, &str),
    (action, why): (&'static str, &str),
    (before, after): (Option<&T>, &T),
) -> Result<()> {
    let entry = Entry {
        action,
        noun,
        subject: number,
        why,
        before: before.and_then(|before| serde_json::to_value(before).ok()),
        after: serde_json::to_value(after).ok(),
    };
    trail::record(tx, &ask.by(), entry).await
}
