//! `/api/v1/customer-duplicates`: customers that may be one, to be looked at and merged.

use std::collections::BTreeMap;

use axum::extract::State;
use org::api::Page;
use page::{Actor, Json, Kit, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::duplicates::{self, Same};

/// Two customers that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DuplicateJson {
    one: String,
    one_name: String,
    other: String,
    other_name: String,
    /// What is the same: `name`, `phone`, `tax_id`.
    same: Vec<&'static str>,
}

/// Pairs of customers in scope with the same name, telephone or tax number; whoever has most in
/// common comes first. At most 500 for each.
#[utoipa::path(get, path = "/api/v1/customer-duplicates", tag = "book", responses((status = 200, body = Page<DuplicateJson>)))]
pub async fn list(State(kit): State<Kit>, actor: Actor) -> Result<Json<Page<DuplicateJson>>> {
    let mut tx = kit.db.read().await?;
    let mut found: BTreeMap<(String, String), DuplicateJson> = BTreeMap::new();
    for same in Same::ALL {
        for pair in duplicates::pairs(&mut tx, &actor.scope, same, kit.today()).await? {
            let key = (pair.one_code.clone(), pair.other_code.clone());
            let one = found.entry(key).or_insert(DuplicateJson {
                one: pair.one_code,
                one_name: pair.one_name,
                other: pair.other_code,
                other_name: pair.other_name,
                same: Vec::new(),
            });
            one.same.push(same.as_str());
        }
    }
    let mut items: Vec<DuplicateJson> = found.into_values().collect();
    items.sort_by_key(|pair| std::cmp::Reverse(pair.same.len()));
    Ok(Json(Page {
        items,
        next_cursor: None,
    }))
}
