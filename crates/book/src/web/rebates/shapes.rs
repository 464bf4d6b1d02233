//! Rebate agreements as the API writes and reads them.

use kernel::{Currency, Money, Percent, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    rebate::{Piece, Tier},
    store::rebates::{Base, Counted, Rebate, Settled, Terms},
};

/// A rebate agreement with its terms as known now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebateJson {
    #[serde(flatten)]
    head: RebateRowJson,
    /// The first day that counts.
    from: String,
    /// The first day that counts no longer.
    to: String,
    /// `retroactive` or `incremental`.
    method: String,
    tiers: Vec<TierJson>,
}

/// A rebate agreement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebateRowJson {
    number: String,
    customer: String,
    currency: String,
    /// The first day that counts.
    date: String,
    /// `draft`, `active` or `closed`.
    status: String,
    note: String,
    version: i64,
}

/// From how much, before tax, on which percent counts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierJson {
    pub(super) from_net: String,
    pub(super) percent: String,
}

/// A rebate agreement to create, as a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRebateJson {
    /// The next of the series `RB-YEAR-` if left out.
    #[serde(default)]
    pub(super) number: Option<String>,
    pub(super) customer: String,
    /// The company's if left out. Documents in others do not count.
    #[serde(default)]
    pub(super) currency: Option<String>,
    /// Today if left out.
    #[serde(default)]
    pub(super) from: Option<String>,
    /// The first day that counts no longer; a year later if left out.
    #[serde(default)]
    pub(super) to: Option<String>,
    /// `retroactive`: a tier's percent counts for everything once it is reached. `incremental`: for
    /// what lies within the tier.
    pub(super) method: String,
    /// Each begins above the one before it.
    pub(super) tiers: Vec<TierJson>,
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// What of an agreement can be changed; what is left out stays. Terms that were known stay known as of
/// then.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RebateChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    /// They replace all tiers there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tiers: Option<Vec<TierJson>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// How much of a rebate is given, by a credit note.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SettlementJson {
    /// The credit note's; the next of its series if left out.
    pub(super) number: Option<String>,
    /// Today if left out; what is accrued by then can be given.
    pub(super) date: Option<String>,
    /// Before tax; all that is open if left out.
    pub(super) amount: Option<String>,
    /// The tax on it; none if left out.
    pub(super) tax_percent: Option<String>,
}

/// What is due of a rebate at a moment, number by number: `base` is what was invoiced less what was
/// credited, `accrued` the sum of the tiers' rebates, `open` what of it was not given yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccrualJson {
    number: String,
    customer: String,
    currency: String,
    as_of: String,
    /// The days that count, by the terms as known then.
    from: String,
    to: String,
    method: String,
    invoiced: String,
    credited: String,
    base: String,
    tiers: Vec<AccruedTierJson>,
    accrued: String,
    given: String,
    open: String,
    /// What is missing to the next tier; none at the last one.
    to_next_tier: Option<String>,
    given_by: Vec<GivenJson>,
    /// How many documents count; the first 500 are listed.
    document_count: i64,
    documents: Vec<CountedJson>,
}

/// What one tier brings.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccruedTierJson {
    from_net: String,
    percent: String,
    /// How much is counted at this percent.
    counted: String,
    rebate: String,
}

/// A credit note that gave some of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenJson {
    credit_note: String,
    date: String,
    net: String,
}

/// A document that counts; a credit note's net is below zero.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountedJson {
    /// `invoice` or `credit_note`.
    kind: String,
    number: String,
    date: String,
    net: String,
}

impl From<&Rebate> for RebateRowJson {
    fn from(one: &Rebate) -> RebateRowJson {
        RebateRowJson {
            number: one.number.clone(),
            customer: one.customer_code.clone(),
            currency: one.currency.clone(),
            date: one.day.clone(),
            status: one.status.clone(),
            note: one.note.clone(),
            version: one.version,
        }
    }
}

impl RebateJson {
    pub(super) fn of(one: &Rebate, terms: &Terms) -> Result<RebateJson, Refusal> {
        let currency = one.money()?;
        Ok(RebateJson {
            head: RebateRowJson::from(one),
            from: terms.days.0.to_string(),
            to: terms.days.1.to_string(),
            method: terms.method.word().to_owned(),
            tiers: terms
                .tiers
                .iter()
                .map(|tier| tier_json(*tier, currency))
                .collect(),
        })
    }
}

fn tier_json(tier: Tier, currency: Currency) -> TierJson {
    TierJson {
        from_net: Money::of_minor(tier.from_minor, currency).decimal(),
        percent: tier.percent.to_string(),
    }
}

/// An accrual with everything that explains it, in minor units.
#[derive(Debug, Clone)]
pub(super) struct Accrual {
    pub terms: Terms,
    pub base: Base,
    pub documents: Vec<Counted>,
    pub pieces: Vec<Piece>,
    pub settled: Vec<Settled>,
}

impl Accrual {
    pub fn base_minor(&self) -> i64 {
        self.base
            .invoiced_minor
            .saturating_sub(self.base.credited_minor)
    }

    pub fn accrued_minor(&self) -> i64 {
        let rebates = self.pieces.iter().map(|piece| piece.rebate_minor);
        rebates.fold(0, i64::saturating_add)
    }

    pub fn settled_minor(&self) -> i64 {
        let given = self.settled.iter().map(|one| one.net_minor);
        given.fold(0, i64::saturating_add)
    }

    pub fn shown(&self, one: &Rebate, as_of: jiff::civil::Date) -> Result<AccrualJson, Refusal> {
        let currency = one.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        let base = self.base_minor();
        let next = self.terms.tiers.iter().find(|tier| base < tier.from_minor);
        Ok(AccrualJson {
            number: one.number.clone(),
            customer: one.customer_code.clone(),
            currency: one.currency.clone(),
            as_of: as_of.to_string(),
            from: self.terms.days.0.to_string(),
            to: self.terms.days.1.to_string(),
            method: self.terms.method.word().to_owned(),
            invoiced: amount(self.base.invoiced_minor),
            credited: amount(self.base.credited_minor),
            base: amount(base),
            tiers: self
                .pieces
                .iter()
                .map(|piece| AccruedTierJson {
                    from_net: amount(piece.tier.from_minor),
                    percent: piece.tier.percent.to_string(),
                    counted: amount(piece.counted_minor),
                    rebate: amount(piece.rebate_minor),
                })
                .collect(),
            accrued: amount(self.accrued_minor()),
            given: amount(self.settled_minor()),
            open: amount(self.accrued_minor().saturating_sub(self.settled_minor())),
            to_next_tier: next.map(|tier| amount(tier.from_minor.saturating_sub(base))),
            given_by: self
                .settled
                .iter()
                .map(|given| GivenJson {
                    credit_note: given.credit_note.clone(),
                    date: given.day.clone(),
                    net: amount(given.net_minor),
                })
                .collect(),
            document_count: self.base.documents,
            documents: self
                .documents
                .iter()
                .map(|counted| CountedJson {
                    kind: counted.kind.clone(),
                    number: counted.number.clone(),
                    date: counted.day.clone(),
                    net: amount(counted.net_minor),
                })
                .collect(),
        })
    }
}

/// Tiers as they are written.
pub(super) fn read_tiers(tiers: &[TierJson], currency: Currency) -> Result<Vec<Tier>, Refusal> {
    let read = tiers.iter().take(crate::rebate::MOST_TIERS + 1).enumerate();
    let read = read.map(|(place, tier)| {
        let field = |name: &str| format!("tiers[{place}].{name}");
        let from = Money::parse(&tier.from_net, currency).map_err(|no| no.at(field("from_net")))?;
        if from.minor() < 0 {
            let message = format!("{} is below zero.", tier.from_net);
            return Err(Refusal::value("rebate.tiers", message).at(field("from_net")));
        }
        let percent: Percent =
            crate::web::accepted::percent(&tier.percent).map_err(|no| no.at(field("percent")))?;
        Ok(Tier {
            from_minor: from.minor(),
            percent,
        })
    });
    read.collect()
}
