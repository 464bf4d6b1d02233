//! The two times of a question: the day it is about, and the instant whose knowledge counts.

use jiff::civil::Date;
use kernel::{Refusal, times::Moment};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{accepted, address, documents};

/// Asks for what was known at an instant.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct KnownQuery {
    /// As known at this instant; now if left out.
    #[param(format = DateTime, required = false)]
    pub known_at: String,
}

impl KnownQuery {
    /// # Errors
    ///
    /// `instant.malformed`.
    pub fn known_at(&self) -> Result<i64, Refusal> {
        documents::known_at(&self.known_at)
    }
}

/// Asks for what held on a day, as known at an instant.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MomentQuery {
    /// What holds on this day; today if left out.
    #[param(format = Date, required = false)]
    pub as_of: String,
    /// As known at this instant; now if left out.
    #[param(format = DateTime, required = false)]
    pub known_at: String,
}

impl MomentQuery {
    /// The question as it stands behind an address; empty if nothing was asked.
    pub fn asked(&self) -> String {
        address::with("", &[("as_of", &self.as_of), ("known_at", &self.known_at)])
    }

    /// # Errors
    ///
    /// `query.day` or `instant.malformed`.
    pub fn moment(&self, today: Date) -> Result<Moment, Refusal> {
        Ok(Moment {
            as_of: accepted::query_day(&self.as_of, "as_of")?.unwrap_or(today),
            known_at: documents::known_at(&self.known_at)?,
        })
    }
}
