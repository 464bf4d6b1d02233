//! `/customers/export.csv` and `.xlsx`: the customers one sees, as a file that can be read in again.

use axum::{extract::State, response::Response};
use page::{Actor, Kit, Problem, Query, Result};
use sheet::export::{Export, Format};

use super::CustomersQuery;
use crate::sheet::{CUSTOMERS, export_customers};

/// `GET /customers/export.csv`, narrowed like the list.
pub async fn csv(kit: State<Kit>, actor: Actor, query: Query<CustomersQuery>) -> Result<Response> {
    send(&kit, &actor, &query.0, Format::Csv).await
}

/// `GET /customers/export.xlsx`, narrowed like the list.
pub async fn xlsx(kit: State<Kit>, actor: Actor, query: Query<CustomersQuery>) -> Result<Response> {
    send(&kit, &actor, &query.0, Format::Xlsx).await
}

async fn send(
    kit: &Kit,
    actor: &Actor,
    query: &CustomersQuery,
    format: Format,
) -> Result<Response> {
    let filter = query.filter()?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let mut bytes = Vec::new();
    let mut file = Export::of(&CUSTOMERS, format, today, &mut bytes);
    export_customers(&mut tx, (&actor.scope, today), &filter, &mut file).await?;
    file.finish().map_err(|cause| Problem::failure(&cause))?;
    Ok(org::web::download(CUSTOMERS.kind, format, bytes))
}
