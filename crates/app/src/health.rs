//! `/healthz`: the process answers. `/readyz`: it can also read its database.

use axum::{Router, extract::State, routing::get};
use page::{Kit, Result};

pub fn routes() -> Router<Kit> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
}

async fn ready(State(kit): State<Kit>) -> Result<&'static str> {
    let mut tx = kit.db.read().await?;
    org::store::company::fetch(&mut tx).await?;
    Ok("ready\n")
}
