//! What goes onto an invoice or a credit note, and what it is worth there.
//!
//! A part of an order line is worth its part of the line's amounts, less what was billed of it before:
//! the parts of a line add up to the line, to the cent, in whatever steps it is billed, by quantity or
//! by amount.

use kernel::{Currency, Money, Percent, Refusal, apportion, decimal::round_div};

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
    let line = Standing {
        ordered: whole,
        ..Standing::default()
    };
    line.part_of(amount, before.saturating_add(more)) - line.part_of(amount, before)
}

/// A step of billing: how much of which line, and what it is to be worth with tax if it is not worth
/// what its quantity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub line: i64,
    pub quantity: i64,
    pub gross_minor: Option<i64>,
}

impl Step {
    /// So much of a line, worth what it is.
    pub fn of((line, quantity): (i64, i64)) -> Step {
        Step {
            line,
            quantity,
            gross_minor: None,
        }
    }
}

/// Bills a step of a line: how the line stands afterwards, and what the part is worth. What was billed
/// beyond its quantity's worth before is less of this one, but none is below nothing.
///
/// # Errors
///
/// As [`bill`].
pub fn bill_part(line: &Billable, step: Step) -> Result<(Standing, Part), Refusal> {
    let before = line.standing;
    let after = bill(before, step.quantity)?;
    let (net_minor, gross_minor) = match step.gross_minor {
        Some(gross) => (net_in(line, gross), gross),
        None => worth_upto(line, after.billed),
    };
    let part = Part {
        net_exact: slice(line.net_exact, before.ordered, before.billed, step.quantity),
        net_minor,
        tax_minor: gross_minor.saturating_sub(net_minor),
    };
    let after = Standing {
        billed_net_minor: before.billed_net_minor.saturating_add(net_minor),
        billed_minor: before.billed_minor.saturating_add(gross_minor),
        ..after
    };
    Ok((after, part))
}

/// Net and gross of a line up to a quantity, less what was billed of it.
fn worth_upto(line: &Billable, quantity: i64) -> (i64, i64) {
    let now = line.standing;
    let gross = now.worth_of(quantity).saturating_sub(now.billed_minor);
    if gross.signum() * now.gross_minor.signum() < 0 {
        return (0, 0);
    }
    let net = now.part_of(line.net_minor, quantity);
    (net.saturating_sub(now.billed_net_minor), gross)
}

/// The net in a gross amount of a line: of all that is left to bill all of the net that is left.
fn net_in(line: &Billable, gross: i64) -> i64 {
    let (net_left, gross_left) = worth_upto(line, line.standing.most_billed());
    let net = i128::from(net_left) * i128::from(gross);
    let net = round_div(net, i128::from(gross_left.max(1)));
    i64::try_from(net).unwrap_or(i64::MAX)
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
        let now = line.standing;
        (line.line, now.most_billed() - now.billed)
    });
    left.filter(|(_, quantity)| *quantity != 0).collect()
}

/// What `gross` bills of an order of which only the amount is known: of every line the same share
/// of what is not billed yet. The amounts add up to `gross` to the cent; the quantities are as near
/// as millionths are.
///
/// # Errors
///
/// `invoice.over` if the order has less left to bill; `invoice.too_fine` for a part of a quantity that
/// has none.
pub fn in_proportion(lines: &[Billable], gross: Money) -> Result<Vec<Step>, Refusal> {
    let worths: Vec<i64> = lines.iter().map(worth_left).collect();
    let whole: i128 = worths.iter().map(|worth| i128::from(*worth)).sum();
    if whole < i128::from(gross.minor()) {
        let left = of_wide(whole, gross.currency());
        let message = format!(
            "The order has {} {} left to bill, less than {}.",
            left.decimal(),
            gross.currency(),
            gross.decimal()
        );
        return Err(Refusal::value("invoice.over", message).at("amount_gross"));
    }
    let weights = lines.iter().zip(&worths);
    let weights: Vec<([u8; 8], u64)> = weights
        .map(|(line, worth)| (line.line.to_be_bytes(), worth.unsigned_abs()))
        .collect();
    let amounts = apportion(gross.minor(), &weights)?;
    let mut steps = Vec::with_capacity(lines.len());
    for ((line, worth), amount) in lines.iter().zip(worths).zip(amounts) {
        let quantity = if worth == 0 {
            let share = i128::from(quantity_left(line)) * i128::from(gross.minor());
            i64::try_from(round_div(share, whole.max(1))).unwrap_or(i64::MAX)
        } else {
            quantity_for(line, amount, worth, gross.currency())?
        };
        steps.push(Step {
            line: line.line,
            quantity,
            gross_minor: Some(amount),
        });
    }
    steps.retain(|step| step.quantity != 0);
    Ok(steps)
}

fn quantity_left(line: &Billable) -> i64 {
    if line.standing.ordered < 0 {
        return 0;
    }
    (line.standing.most_billed() - line.standing.billed).max(0)
}

fn worth_left(line: &Billable) -> i64 {
    if quantity_left(line) == 0 {
        return 0;
    }
    let (_, gross) = worth_upto(line, line.standing.most_billed());
    gross.max(0)
}

/// The quantity that stands for `amount` of the `worth` a line has left: all of it for all, and for a
/// part neither nothing nor all.
fn quantity_for(
    line: &Billable,
    amount: i64,
    worth: i64,
    currency: Currency,
) -> Result<i64, Refusal> {
    let left = quantity_left(line);
    if amount == worth {
        return Ok(left);
    }
    if amount == 0 {
        return Ok(0);
    }
    if left == 1 {
        let shown = |minor| Money::of_minor(minor, currency).decimal();
        let message = format!(
            "Of line {} the last millionth is left, worth {}; {} of that cannot be billed. Bill the whole rest.",
            line.line,
            shown(worth),
            shown(amount)
        );
        return Err(Refusal::value("invoice.too_fine", message).at("amount_gross"));
    }
    let now = line.standing;
    let upto = now.most_billed();
    let billed = i128::from(now.billed_minor) + i128::from(amount);
    let reached = round_div(
        i128::from(upto) * billed,
        i128::from(now.worth_of(upto).max(1)),
    );
    let reached = i64::try_from(reached).unwrap_or(i64::MAX);
    Ok(reached.saturating_sub(now.billed).clamp(1, left - 1))
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
            let (after, part) = bill_part(&order, Step::of((1, ONE))).unwrap();
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
        let step = |line, quantity, gross_minor| Step {
            line,
            quantity,
            gross_minor: Some(gross_minor),
        };
        assert_eq!(billed, [step(1, 40 * ONE, 9_600_00), step(2, 4 * ONE, 0)]);
        let no = in_proportion(&lines, eur(24_000_01)).unwrap_err();
        assert_eq!(
            (no.code, no.fields[0].field.as_str()),
            ("invoice.over", "amount_gross")
        );
    }

    #[test]
    fn one_piece_is_billed_in_three_amounts() {
        let mut order = line(1, 8_403_361_34, 1_596_638_66);
        let mut parts = Vec::new();
        for amount in [3_333_333_33, 3_333_333_33, 3_333_333_34] {
            let steps = in_proportion(&[order], eur(amount)).unwrap();
            let (after, part) = bill_part(&order, steps[0]).unwrap();
            order.standing = after;
            parts.push((steps[0].quantity, part.net_minor, part.gross_minor()));
        }
        assert_eq!(
            parts,
            [
                (333_333, 2_801_120_44, 3_333_333_33),
                (333_334, 2_801_120_45, 3_333_333_33),
                (333_333, 2_801_120_45, 3_333_333_34)
            ]
        );
        let mut last = line(1, 10_000_000_00, 0);
        last.standing.billed = ONE - 1;
        last.standing.billed_minor = 9_999_990_00;
        let no = in_proportion(&[last], eur(5_00)).unwrap_err();
        assert_eq!(no.code, "invoice.too_fine");
        assert!(in_proportion(&[last], eur(10_00)).is_ok());
    }

    #[test]
    fn what_is_left_after_an_amount_is_less_by_it() {
        let mut order = line(1, 10_000_000_00, 0);
        let steps = in_proportion(&[order], eur(1)).unwrap();
        order.standing = bill_part(&order, steps[0]).unwrap().0;
        // A millionth is worth 10.00, of which 9.99 are still to be billed.
        assert_eq!(order.standing.open_worth(), 9_999_999_99);
        let (_, part) = bill_part(&order, Step::of((1, ONE - 1))).unwrap();
        assert_eq!(part.gross_minor(), 9_999_999_99);
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
                let (after, part) = bill_part(&order, Step::of((1, quantity))).unwrap();
                order.standing = after;
                sum.net_minor += part.net_minor;
                sum.tax_minor += part.tax_minor;
                sum.net_exact += part.net_exact;
            }
            let left = ordered * ONE - order.standing.billed;
            if left != 0 {
                let (_, part) = bill_part(&order, Step::of((1, left))).unwrap();
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
