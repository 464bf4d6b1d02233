//! A step of a document's life: a request that needs no body.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderValue, header},
};
use org::api::Ask;
use page::{Kit, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What may be said with a step.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepJson {
    /// Kept in the audit trail.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The ask of a step; no body at all says the same as `{}`.
#[derive(Debug, Clone)]
pub struct Step(pub Ask<StepJson>);

impl FromRequest<Kit> for Step {
    type Rejection = Problem;

    async fn from_request(request: Request, kit: &Kit) -> Result<Step, Problem> {
        let (mut parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, kit)
            .await
            .map_err(|no| Problem::of_status(no.status()))?;
        let body = if bytes.is_empty() {
            let json = HeaderValue::from_static("application/json");
            parts.headers.insert(header::CONTENT_TYPE, json);
            Body::from("{}")
        } else {
            Body::from(bytes)
        };
        let request = Request::from_parts(parts, body);
        Ask::from_request(request, kit).await.map(Step)
    }
}
