//! `/customers/{code}/merge` and `/api/v1/customers/{code}/merge`: two records of one customer become one.
//!
//! Everything moves to the survivor. Of what there can be only one on a day (who looks after it, whom
//! it belongs to, who pays and by which terms, what it pays for a product) the asker chooses whose holds where both have
//! something.

mod carrying;
mod facts;
pub mod page;
mod prices;

use std::collections::BTreeMap;

use ::page::{Actor, Json, Kit, Path, Query, Result};
use axum::{Extension, extract::State, response::Response};
use db::Tx;
use jiff::civil::Date;
use kernel::{Refusal, Role, Scope};
use org::api::{self, Ask};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::{IntoParams, ToSchema};

use self::facts::Facts;
use super::CustomerJson;
use crate::{
    store::{
        customers::{self, Customer},
        merging::Follower,
    },
    web::references,
};

/// Who may merge customers in their sight.
pub(super) const MAY_MERGE: [Role; 3] = [Role::Administrator, Role::Manager, Role::Finance];

/// The other customer of a preview.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct IntoQuery {
    /// The code of the survivor.
    #[param(required = true)]
    into: String,
}

/// A merge to carry out: this customer becomes part of another.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeJson {
    /// The code of the survivor.
    into: String,
    /// Whose holds where both have something on one day: by `owner`, `parent`, `payer`, `payment_terms`,
    /// `prices` or `credit_limit` the code of one of the two.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// Kept in the audit trail.
    #[serde(default)]
    reason: Option<String>,
}

/// What other crates keep of customers and how it follows a merge.
#[derive(Debug, Clone, Copy)]
pub struct Followers(pub &'static [Follower]);

/// A merge with those who follow it.
#[derive(Debug, Clone)]
struct Task {
    followers: Followers,
    wish: MergeJson,
}

/// How many of a kind move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedJson {
    /// `orders`, `contacts` and so on.
    kind: String,
    count: i64,
}

/// What a merge does, or would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedJson {
    /// The code of the customer that is merged.
    #[schema(pattern = "^[A-Za-z0-9._/-]{1,40}$")]
    from: String,
    into: String,
    moved: Vec<MovedJson>,
    /// Of what both have something else on one day: what is to be chosen in `keep`.
    conflicts: Vec<String>,
}

/// What a merge would do. Nothing changes.
#[utoipa::path(get, path = "/api/v1/customers/{code}/merge", tag = "book", params(IntoQuery), responses((status = 200, body = MergedJson), (status = 403), (status = 409), (status = 422)))]
pub async fn preview(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<IntoQuery>,
) -> Result<Json<MergedJson>> {
    actor.may(&MAY_MERGE)?;
    Ok(Json(
        previewed(&kit, actor, (code, query.into), followers).await?,
    ))
}

async fn previewed(
    kit: &Kit,
    actor: Actor,
    (code, into): (String, String),
    followers: Followers,
) -> Result<MergedJson> {
    let input = (actor, code, into, followers, (kit.today(), kit.now()));
    // All of it is done and taken back, so what is shown is what would happen.
    let work = kit
        .db
        .rehearse(input, |tx, (actor, code, into, followers, (today, now))| {
            Box::pin(async move {
                let pair = Pair::find(tx, &actor.scope, code, into, *today).await?;
                let mut facts = Facts::load(tx, &pair, followers.0).await?;
                let conflicts = facts.conflicts();
                facts.keep_the_survivors();
                let moved = carrying::carry_out(tx, &pair, &facts, *now).await?;
                Ok(pair.told(moved, conflicts))
            })
        });
    Ok(work.await?)
}

/// Merges a customer into another, whose code goes on; this one's code answers for it.
#[utoipa::path(post, path = "/api/v1/customers/{code}/merge", tag = "book", request_body = MergeJson, responses((status = 200, body = MergedJson), (status = 409)))]
pub async fn create(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    Path(code): Path<String>,
    ask: Ask<MergeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_MERGE)?;
    let ask = ask.about(code).map(|wish| Task { followers, wish });
    api::carry_out(&kit, ask, |tx, ask| Box::pin(merge(tx, ask))).await
}

async fn merge(tx: &mut Tx, ask: &Ask<Task>) -> db::Result<Answer> {
    let Task { followers, wish } = &ask.body;
    let pair = Pair::find(tx, &ask.actor.scope, &ask.subject, &wish.into, ask.today).await?;
    ask.fresh(pair.from.version)?;
    let mut facts = Facts::load(tx, &pair, followers.0).await?;
    facts.choose(&pair, &wish.keep, ask.actor.role)?;
    let before = serde_json::json!({
        "from": CustomerJson::from(pair.from.clone()),
        "into": CustomerJson::from(pair.into.clone()),
    });
    let moved = carrying::carry_out(tx, &pair, &facts, ask.now).await?;
    let told = pair.told(moved, Vec::new());
    let now = customers::fetch(tx, &Scope::All, &pair.into.code, ask.today).await?;
    let after = serde_json::json!({ "into": CustomerJson::from(now), "merge": &told });
    let entry = Entry {
        action: "merge",
        noun: "customer",
        subject: &pair.into.code,
        why: wish.reason.as_deref().unwrap_or_default(),
        before: Some(before),
        after: Some(after),
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&told))
}

/// The two, and the day they are looked at.
struct Pair {
    from: Customer,
    into: Customer,
    today: Date,
}

impl Pair {
    async fn find(
        tx: &mut Tx,
        scope: &Scope,
        from: &str,
        into: &str,
        today: Date,
    ) -> db::Result<Pair> {
        let from = customers::fetch(tx, scope, from, today).await?;
        let into = references::customer(tx, scope, "into", into, today).await?;
        if from.id == into.id {
            let text = "A customer cannot be merged into itself. Name the one that stays.";
            return Err(Refusal::value("merge.itself", text).at("into").into());
        }
        let ended = into.ended_on.as_ref();
        if ended.is_some_and(|day| *day <= today.to_string()) {
            let text = format!(
                "Customer {} has ended. Take its end back first, or merge the other way round.",
                into.code
            );
            return Err(Refusal::state("merge.ended", text).at("into").into());
        }
        Ok(Pair { from, into, today })
    }

    fn told(&self, moved: Vec<MovedJson>, conflicts: Vec<String>) -> MergedJson {
        MergedJson {
            from: self.from.code.clone(),
            into: self.into.code.clone(),
            moved,
            conflicts,
        }
    }
}
