//! What goes onto an invoice or a credit note, and what it is worth there.
//!
//! A part of an order line is worth its part of the line's amounts, worked out from what was billed
//! before: the parts of a line add up to the line, to the cent, in whatever steps it is billed.

use kernel::{Currency, Money, Percent, Refusal, decimal::round_div};

use crate::fulfilment::{Standing, bill};

/// A line of an order as billing sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billable {
    pub line: i64,
    pub standing: Standing,
    pub net_exact: i64,
    pub net_minor: i64,
}

/// The amounts of a part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    pub net_exact: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
}

impl Part {
    /// Net and tax.
    pub fn gross_minor(&self) -> i64 {
        self.net_minor.saturating_add(self.tax_minor)
    }
}

/// What the step from `before` to `before + more` out of `whole` takes of `amount`.
fn slice(amount: i64, whole: i64, before: i64, more: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let upto = |quantity: i64| {
        let product = i128::from(amount) * i128::from(quantity) * i128::from(whole.signum());
        round_div(product, i128::from(whole).abs())
    };
    let taken = upto(before.saturating_add(more)) - upto(before);
    i64::try_from(taken).unwrap_or(i64::MAX)
}

/// Bills `quantity` of a line: how the line stands afterwards, and what the part is worth.
///
/// # Errors
///
/// As [`bill`].
pub fn bill_part(line: &Billable, quantity: i64) -> Result<(Standing, Part), Refusal> {
    let before = line.standing;
    let after = bill(before, quantity)?;
    let step = |amount| slice(amount, before.ordered, before.billed, quantity);
    let net_minor = step(line.net_minor);
    let part = Part {
        net_exact: step(line.net_exact),
        net_minor,
        tax_minor: step(before.gross_minor).saturating_sub(net_minor),
    };
    Ok((after, part))
}

/// The part of an invoice line of which `before` of `whole` was credited already.
pub fn credit_part(amounts: Part, whole: i64, before: i64, quantity: i64) -> Part {
    let net_minor = slice(amounts.net_minor, whole, before, quantity);
    Part {
        net_exact: 0,
        net_minor,
        tax_minor: slice(amounts.gross_minor(), whole, before, quantity).saturating_sub(net_minor),
    }
}

/// What was delivered and is not billed yet, line by line.
pub fn unbilled(lines: &[Billable]) -> Vec<(i64, i64)> {
    let due = lines
        .iter()
        .map(|line| (line.line, line.standing.unbilled()));
    due.filter(|(_, quantity)| *quantity != 0).collect()
}

/// What is not billed yet, delivered or not, line by line.
pub fn rest(lines: &[Billable]) -> Vec<(i64, i64)> {
    let left = lines.iter().map(|line| {
        let Standing {
            ordered,
            cancelled,
            delivered,
            returned,
            billed,
            credited,
            ..
        } = line.standing;
        let wanted = ordered - cancelled;
        let upto = if ordered < 0 {
            wanted
        } else {
            wanted.max(delivered - returned + credited)
        };
        (line.line, upto - billed)
    });
    left.filter(|(_, quantity)| *quantity != 0).collect()
}

/// What `gross` bills of an order of which only the amount is known: of every line the same share
/// of what is not billed yet.
///
/// # Errors
///
/// `invoice.over` if the order has less left to bill.
pub fn in_proportion(lines: &[Billable], gross: Money) -> Result<Vec<(i64, i64)>, Refusal> {
    let left = |line: &Billable| {
        let Standing {
            delivered,
            returned,
            credited,
            ..
        } = line.standing;
        let wanted = line.standing.ordered - line.standing.cancelled;
        let upto = wanted.max(delivered - returned + credited);
        (upto - line.standing.billed).max(0)
    };
    let worth = |line: &Billable| {
        let billed = line.standing.billed;
        i128::from(line.standing.worth_of(billed + left(line)))
            - i128::from(line.standing.worth_of(billed))
    };
    let whole: i128 = lines.iter().map(worth).sum();
    let wanted = i128::from(gross.minor());
    if whole < wanted {
        let left = Money::of_minor(i64::try_from(whole).unwrap_or(i64::MAX), gross.currency());
        let message = format!(
            "The order has {} {} left to bill, less than {}.",
            left.decimal(),
            gross.currency(),
            gross.decimal()
        );
        return Err(Refusal::value("invoice.over", message).at("amount_gross"));
    }
    let share = |line: &Billable| {
        let quantity = round_div(i128::from(left(line)) * wanted, whole.max(1));
        (line.line, i64::try_from(quantity).unwrap_or(i64::MAX))
    };
    let shares = lines.iter().map(share);
    Ok(shares.filter(|(_, quantity)| *quantity != 0).collect())
}

/// Net and tax of a gross amount at one rate.
///
/// # Errors
///
/// What does not fit is refused.
pub fn split_gross(gross: Money, rate: Percent) -> Result<(Money, Money), Refusal> {
    let whole = i128::from(Percent::WHOLE.millionths());
    let net = round_div(
        i128::from(gross.minor()) * whole,
        whole + i128::from(rate.millionths()),
    );
    let net = of_wide(net, gross.currency());
    Ok((net, gross.minus(net)?))
}

/// The rate by which [`split_gross`] gives this net, with as few places as do; none if no rate does.
pub fn rate_in(net: Money, gross: Money) -> Option<Percent> {
    const PERCENT: i64 = 10_000;
    let tax = i128::from(gross.minor()) - i128::from(net.minor());
    let whole = i128::from(Percent::WHOLE.millionths());
    let of_step = |step: i64| {
        let steps = round_div(tax * whole, i128::from(net.minor()) * i128::from(step));
        let millionths = i64::try_from(steps).ok()?.checked_mul(step)?;
        let rate = Percent::of_millionths(millionths);
        let split = split_gross(gross, rate).ok()?;
        (split.0 == net).then_some(rate)
    };
    if net.minor() == 0 {
        return (tax == 0).then_some(Percent::ZERO);
    }
    [PERCENT, 1_000, 100, 10, 1].into_iter().find_map(of_step)
}

/// Net and tax of a part of a document, in the proportion of the document's own.
///
/// # Errors
///
/// What does not fit is refused.
pub fn split_like(
    gross: Money,
    whole_net: i64,
    whole_gross: i64,
) -> Result<(Money, Money), Refusal> {
    let net = round_div(
        i128::from(gross.minor()) * i128::from(whole_net),
        i128::from(whole_gross.max(1)),
    );
    let net = of_wide(net, gross.currency());
    Ok((net, gross.minus(net)?))
}

fn of_wide(minor: i128, currency: Currency) -> Money {
    Money::of_minor(i64::try_from(minor).unwrap_or(i64::MAX), currency)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: i64 = 1_000_000;

    fn line(ordered: i64, net_minor: i64, tax_minor: i64) -> Billable {
        Billable {
            line: 1,
            standing: Standing {
                ordered: ordered * ONE,
                gross_minor: net_minor + tax_minor,
                ..Standing::default()
            },
            net_exact: net_minor * 10_000,
            net_minor,
        }
    }

    fn eur(minor: i64) -> Money {
        Money::of_minor(minor, Currency::parse("EUR").unwrap())
    }

    #[test]
    fn three_parts_of_ten_cents_add_up() {
        let mut order = line(3, 10, 2);
        let mut parts = Vec::new();
        for _ in 0..3 {
            let (after, part) = bill_part(&order, ONE).unwrap();
            order.standing = after;
            parts.push((part.net_minor, part.tax_minor));
        }
        assert_eq!(parts, [(3, 1), (4, 0), (3, 1)]);
    }

    #[test]
    fn an_amount_alone_bills_every_line_in_proportion() {
        let lines = [
            line(100, 20_000_00, 4_000_00),
            Billable {
                line: 2,
                ..line(10, 0, 0)
            },
        ];
        let billed = in_proportion(&lines, eur(9_600_00)).unwrap();
        assert_eq!(billed, [(1, 40 * ONE), (2, 4 * ONE)]);
        let no = in_proportion(&lines, eur(24_000_01)).unwrap_err();
        assert_eq!(
            (no.code, no.fields[0].field.as_str()),
            ("invoice.over", "amount_gross")
        );
    }

    #[test]
    fn a_gross_amount_splits_at_its_rate() {
        let (net, tax) = split_gross(eur(119_00), Percent::parse("19").unwrap()).unwrap();
        assert_eq!((net.minor(), tax.minor()), (100_00, 19_00));
        let (net, tax) = split_like(eur(50_00), 100_00, 119_00).unwrap();
        assert_eq!((net.minor(), tax.minor()), (42_02, 7_98));
    }

    proptest! {
        #[test]
        fn however_a_line_is_billed_and_credited_it_adds_up(
            ordered in 1_i64..40, net in 0_i64..1_000_000, tax in 0_i64..200_000, cuts in proptest::collection::vec(1_i64..10, 1..40),
        ) {
            let mut order = line(ordered, net, tax);
            let mut sum = Part::default();
            for cut in cuts {
                let left = ordered * ONE - order.standing.billed;
                let quantity = (cut * ONE).min(left);
                if quantity == 0 { break; }
                let (after, part) = bill_part(&order, quantity).unwrap();
                order.standing = after;
                sum.net_minor += part.net_minor;
                sum.tax_minor += part.tax_minor;
                sum.net_exact += part.net_exact;
            }
            let left = ordered * ONE - order.standing.billed;
            if left != 0 {
                let (_, part) = bill_part(&order, left).unwrap();
                sum.net_minor += part.net_minor;
                sum.tax_minor += part.tax_minor;
                sum.net_exact += part.net_exact;
            }
            prop_assert_eq!((sum.net_minor, sum.tax_minor, sum.net_exact), (net, tax, net * 10_000));
            let first = credit_part(sum, ordered * ONE, 0, ONE);
            let rest = credit_part(sum, ordered * ONE, ONE, (ordered - 1) * ONE);
            prop_assert_eq!(first.gross_minor() + rest.gross_minor(), net + tax);
        }
    }
}
