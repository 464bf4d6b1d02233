//! Rebate agreements: what comes back to a customer for what it bought in a time.
//!
//! The base is what was billed less what was credited, before tax. By the retroactive method the
//! percent of the tier that is reached counts for all of it; by the incremental one each tier's percent
//! counts for its own part only. The whole is rounded once; the parts shown add up to it.

use jiff::civil::Date;
use kernel::{
    Percent, Refusal,
    decimal::{ONE, round_div},
};

/// The most tiers an agreement has.
pub const MOST_TIERS: usize = 20;

/// What the percent of a tier counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// All that was bought, once the tier is reached.
    Retroactive,
    /// What was bought within the tier.
    Incremental,
}

impl Method {
    /// The word programs and tables have for it.
    pub fn word(self) -> &'static str {
        match self {
            Method::Retroactive => "retroactive",
            Method::Incremental => "incremental",
        }
    }

    /// # Errors
    ///
    /// `rebate.method`.
    pub fn parse(text: &str) -> Result<Method, Refusal> {
        match text.trim() {
            "retroactive" => Ok(Method::Retroactive),
            "incremental" => Ok(Method::Incremental),
            other => {
                let shown: String = other.chars().take(40).collect();
                let message = format!("“{shown}” is neither retroactive nor incremental.");
                Err(Refusal::value("rebate.method", message).at("method"))
            }
        }
    }
}

/// From how much on which percent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    pub from_minor: i64,
    pub percent: Percent,
}

/// What a tier brings: so much is counted at its percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub tier: Tier,
    pub counted_minor: i64,
    pub rebate_minor: i64,
}

/// What is due on a base, tier by tier. Nothing on a base of nothing or less, or below the first tier.
pub fn accrue(method: Method, tiers: &[Tier], base_minor: i64) -> Vec<Piece> {
    let reached: Vec<Tier> = tiers
        .iter()
        .copied()
        .filter(|tier| 0 < base_minor && tier.from_minor <= base_minor)
        .collect();
    match method {
        Method::Retroactive => reached
            .last()
            .map(|tier| Piece {
                tier: *tier,
                counted_minor: base_minor,
                rebate_minor: share(base_minor, tier.percent),
            })
            .into_iter()
            .collect(),
        Method::Incremental => in_parts(&reached, base_minor),
    }
}

fn in_parts(reached: &[Tier], base_minor: i64) -> Vec<Piece> {
    let mut sum = 0_i128;
    let mut pieces = Vec::with_capacity(reached.len());
    for (place, tier) in reached.iter().enumerate() {
        let end = reached.get(place + 1);
        let counted_minor = end.map_or(base_minor, |next| next.from_minor) - tier.from_minor;
        let before = rounded(sum);
        sum += exact(counted_minor, tier.percent);
        pieces.push(Piece {
            tier: *tier,
            counted_minor,
            rebate_minor: rounded(sum) - before,
        });
    }
    pieces
}

/// A percent of an amount, rounded.
pub fn share(minor: i64, percent: Percent) -> i64 {
    rounded(exact(minor, percent))
}

fn exact(minor: i64, percent: Percent) -> i128 {
    i128::from(minor) * i128::from(percent.millionths())
}

/// Never beyond the base: no percent is above 100 %.
fn rounded(exact: i128) -> i64 {
    i64::try_from(round_div(exact, i128::from(ONE))).unwrap_or(i64::MAX)
}

/// Tiers that begin one above the other.
///
/// # Errors
///
/// `rebate.tiers`.
pub fn accept_tiers(tiers: &[Tier]) -> Result<(), Refusal> {
    let rises = tiers
        .windows(2)
        .all(|two| two[0].from_minor < two[1].from_minor);
    if !tiers.is_empty() && tiers.len() <= MOST_TIERS && rises {
        return Ok(());
    }
    let message = format!(
        "An agreement has 1 to {MOST_TIERS} tiers, and each begins above the one before it."
    );
    Err(Refusal::value("rebate.tiers", message).at("tiers"))
}

/// What of an accrual can be given: at most what is open of it.
///
/// # Errors
///
/// `rebate.nothing` or `rebate.over_settled`.
pub fn accept_settlement(
    number: &str,
    (accrued_minor, settled_minor): (i64, i64),
    wanted_minor: Option<i64>,
    write: impl Fn(i64) -> String,
) -> Result<i64, Refusal> {
    let open = accrued_minor.saturating_sub(settled_minor);
    let wanted = wanted_minor.unwrap_or(open);
    if open <= 0 {
        let message = format!(
            "Of rebate {number} {} are accrued and {} were given: nothing is left to give.",
            write(accrued_minor),
            write(settled_minor)
        );
        return Err(Refusal::state("rebate.nothing", message));
    }
    if open < wanted {
        let message = format!(
            "Of rebate {number} {} are accrued and {} were given; at most {} can be given, not {}.",
            write(accrued_minor),
            write(settled_minor),
            write(open),
            write(wanted)
        );
        return Err(Refusal::value("rebate.over_settled", message).at("amount"));
    }
    Ok(wanted)
}

/// The last day that counts on `on`: the agreement's own if it has ended. None before it begins.
pub fn last_counted((from, to): (Date, Date), on: Date) -> Option<Date> {
    let last = to.yesterday().unwrap_or(to).min(on);
    (from <= last).then_some(last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn tiers() -> Vec<Tier> {
        let tier = |from_minor, percent| Tier {
            from_minor,
            percent: Percent::parse(percent).unwrap(),
        };
        vec![
            tier(10_000_00, "2"),
            tier(50_000_00, "3"),
            tier(100_000_00, "5"),
        ]
    }

    fn due(method: Method, base_minor: i64) -> i64 {
        let pieces = accrue(method, &tiers(), base_minor);
        pieces.iter().map(|piece| piece.rebate_minor).sum()
    }

    #[test]
    #[rustfmt::skip]
    fn a_tier_counts_for_all_or_for_its_own_part() {
        for (base, retroactive, incremental) in [
            (-1_00,        0,        0),
            (0,            0,        0),
            (9_999_99,     0,        0),
            (10_000_00,    200_00,   0),
            (49_999_99,    1_000_00, 800_00),
            (50_000_00,    1_500_00, 800_00),
            // 2 % of 40,000 and 3 % of 50,000; 5 % of 20,000 on top.
            (100_000_00,   5_000_00, 2_300_00),
            (120_000_00,   6_000_00, 3_300_00),
        ] {
            assert_eq!(due(Method::Retroactive, base), retroactive, "retroactive on {base}");
            assert_eq!(due(Method::Incremental, base), incremental, "incremental on {base}");
        }
    }

    #[test]
    fn parts_add_up_to_the_whole_rounded_once() {
        let halves: Vec<Tier> = (0..20)
            .map(|place| Tier {
                from_minor: place * 25,
                percent: Percent::parse("2").unwrap(),
            })
            .collect();
        for base in 1..=600 {
            let parts = accrue(Method::Incremental, &halves, base);
            let whole = accrue(Method::Retroactive, &halves, base);
            let sum: i64 = parts.iter().map(|piece| piece.rebate_minor).sum();
            assert_eq!(
                sum, whole[0].rebate_minor,
                "{base} at one percent throughout"
            );
            let counted: i64 = parts.iter().map(|piece| piece.counted_minor).sum();
            assert_eq!(counted, base);
        }
    }

    #[test]
    fn tiers_rise() {
        let mut all = tiers();
        assert!(accept_tiers(&all).is_ok());
        assert!(accept_tiers(&[]).is_err());
        all.swap(0, 1);
        assert!(accept_tiers(&all).is_err());
        all[1] = all[0];
        assert!(accept_tiers(&all).is_err());
    }

    #[test]
    fn no_more_is_given_than_is_accrued() {
        let write = |minor: i64| minor.to_string();
        assert_eq!(
            accept_settlement("R", (500, 200), None, write).unwrap(),
            300
        );
        assert_eq!(
            accept_settlement("R", (500, 200), Some(300), write).unwrap(),
            300
        );
        let no = accept_settlement("R", (500, 200), Some(301), write).unwrap_err();
        assert_eq!(no.code, "rebate.over_settled");
        let no = accept_settlement("R", (100, 200), None, write).unwrap_err();
        assert_eq!(no.code, "rebate.nothing");
    }

    #[test]
    fn an_agreement_counts_its_own_days() {
        let days = (date(2026, 1, 1), date(2027, 1, 1));
        assert_eq!(last_counted(days, date(2025, 12, 31)), None);
        assert_eq!(last_counted(days, date(2026, 1, 1)), Some(date(2026, 1, 1)));
        assert_eq!(
            last_counted(days, date(2027, 3, 1)),
            Some(date(2026, 12, 31))
        );
    }
}
