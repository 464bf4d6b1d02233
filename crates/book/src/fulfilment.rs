//! How far an order line is fulfilled, in goods and in money.
//!
//! Of what was ordered, a part may be given up, delivered, taken back, billed and credited. Each
//! quantity stands in exactly one of three places: still to come (open order), gone but not billed
//! (unbilled), or billed. So nothing is counted twice, also where more was delivered than ordered or
//! billed before it was delivered.

use kernel::{Quantity, Refusal, decimal::round_div};

/// A line's quantities in millionths, and in minor units what it is worth with tax, what its invoices
/// take for it, and what credit notes over goods gave back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    pub ordered: i64,
    pub cancelled: i64,
    pub delivered: i64,
    pub returned: i64,
    pub billed: i64,
    /// Credited for goods that came back; a credit on the price counts nothing here.
    pub credited: i64,
    pub gross_minor: i64,
    pub billed_net_minor: i64,
    pub billed_minor: i64,
    pub credited_minor: i64,
}

/// What an invoice or credit note takes of a line: a quantity in millionths, and its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    pub quantity: i64,
    pub net_minor: i64,
    pub gross_minor: i64,
}

impl Standing {
    /// Whether anything was delivered or billed and not taken back by reversing it.
    pub fn has_moved(&self) -> bool {
        self.delivered != 0 || self.billed != 0
    }

    /// Still to be delivered or billed: max(0, ordered − cancelled − max(delivered, billed)).
    pub fn open(&self) -> i64 {
        let taken = self.delivered.max(self.billed);
        (self.ordered - self.cancelled - taken).max(0)
    }

    /// Delivered and kept, not billed: max(0, delivered − returned − (billed − credited)).
    pub fn unbilled(&self) -> i64 {
        (self.delivered - self.returned - (self.billed - self.credited)).max(0)
    }

    /// The most that may be on invoices: what was ordered, or what was delivered where that is more.
    pub fn most_billed(&self) -> i64 {
        let wanted = self.ordered - self.cancelled;
        if self.ordered < 0 {
            wanted
        } else {
            wanted.max(self.delivered - self.returned + self.credited)
        }
    }

    /// Came back after it was billed, without a credit note as yet.
    pub fn credit_due(&self) -> i64 {
        let kept = self.delivered - self.returned;
        let on_invoices = self.billed - self.credited;
        (on_invoices - kept)
            .min(self.returned - self.credited)
            .max(0)
    }

    /// What `quantity` of the line is worth with tax: its part of the line's gross, rounded once.
    ///
    /// Worth of a first part and of first and second part together differ by what the second is
    /// worth, so that parts always add up to the line.
    pub fn worth_of(&self, quantity: i64) -> i64 {
        self.part_of(self.gross_minor, quantity)
    }

    /// The part of an amount of the whole line that belongs to `quantity`, rounded once.
    pub fn part_of(&self, amount: i64, quantity: i64) -> i64 {
        if self.ordered == 0 {
            return 0;
        }
        let product = i128::from(amount) * i128::from(quantity);
        let sign = i128::from(self.ordered.signum());
        let part = round_div(product * sign, i128::from(self.ordered).abs());
        i64::try_from(part).unwrap_or(i64::MAX)
    }

    /// The worth of what is still to come: what was billed of it is worth what was billed.
    pub fn open_worth(&self) -> i64 {
        let upto = self.ordered - self.cancelled;
        if upto <= self.delivered.max(self.billed) {
            return 0;
        }
        let taken = if self.billed < self.delivered {
            self.worth_of(self.delivered)
        } else {
            self.billed_minor
        };
        self.worth_of(upto).saturating_sub(taken).max(0)
    }

    /// The worth of what is delivered and not billed.
    pub fn unbilled_worth(&self) -> i64 {
        let kept = self.delivered - self.returned;
        if kept <= self.billed - self.credited {
            return 0;
        }
        let on_invoices = self.billed_minor.saturating_sub(self.credited_minor);
        self.worth_of(kept).saturating_sub(on_invoices).max(0)
    }
}

/// How much more than ordered may be delivered without being asked, in millionths: a tenth.
const OVER_DELIVERY: i64 = 100_000;

fn shown(quantity: i64) -> String {
    Quantity::of_millionths(quantity).to_string()
}

fn too_much(code: &'static str, message: String) -> Refusal {
    Refusal::value(code, message).at("quantity")
}

fn summed(before: i64, more: i64) -> Result<i64, Refusal> {
    before.checked_add(more).ok_or_else(|| {
        too_much(
            "quantity.too_large",
            "The quantity is larger than can be recorded. Check for a slipped digit.".to_owned(),
        )
    })
}

/// The line after `quantity` was delivered. `over` allows any surplus; without it a tenth is.
///
/// # Errors
///
/// `delivery.returns_line` for a line that takes goods back; `delivery.over` for more than is open.
pub fn deliver(line: Standing, quantity: i64, over: bool) -> Result<Standing, Refusal> {
    let wanted = line.ordered - line.cancelled;
    if line.ordered < 0 {
        let message = "This line takes goods back; there is nothing to deliver.";
        return Err(too_much("delivery.returns_line", message.to_owned()));
    }
    let delivered = summed(line.delivered, quantity)?;
    let most = wanted.saturating_add(
        i64::try_from(i128::from(wanted) * i128::from(OVER_DELIVERY) / 1_000_000).unwrap_or(0),
    );
    if !over && most < delivered {
        let message = format!(
            "{} of {} are delivered; {} more would be over a tenth too much. If that is right, say so with \"over_delivery\".",
            shown(line.delivered),
            shown(wanted),
            shown(quantity)
        );
        return Err(too_much("delivery.over", message));
    }
    Ok(Standing { delivered, ..line })
}

/// The line after `quantity` came back.
///
/// # Errors
///
/// `return.too_much` for more than is with the customer.
pub fn take_back(line: Standing, quantity: i64) -> Result<Standing, Refusal> {
    let returned = summed(line.returned, quantity)?;
    if line.delivered < returned {
        let message = format!(
            "{} were delivered and {} came back already, so {} cannot come back.",
            shown(line.delivered),
            shown(line.returned),
            shown(quantity)
        );
        return Err(too_much("return.too_much", message));
    }
    Ok(Standing { returned, ..line })
}

/// The line as if `quantity` of it had not been delivered.
///
/// # Errors
///
/// `delivery.returned` if so much came back that it must have been delivered.
pub fn undo_delivery(line: Standing, quantity: i64) -> Result<Standing, Refusal> {
    let delivered = line.delivered - quantity;
    if delivered < line.returned {
        let message = format!(
            "{} came back of what was delivered. Reverse the return first.",
            shown(line.returned)
        );
        return Err(too_much("delivery.returned", message));
    }
    Ok(Standing { delivered, ..line })
}

/// The line as if `quantity` of it had not come back.
///
/// # Errors
///
/// `return.credited` if a credit note was written for it.
pub fn undo_return(line: Standing, quantity: i64) -> Result<Standing, Refusal> {
    let returned = line.returned - quantity;
    if returned < line.credited {
        let message = format!(
            "{} were credited because they came back. Cancel the credit note first.",
            shown(line.credited)
        );
        return Err(too_much("return.credited", message));
    }
    Ok(Standing { returned, ..line })
}

/// The line after `quantity` was billed: at most what was ordered, or what was delivered where that
/// is more. A line that takes goods back is billed in negative quantities.
///
/// # Errors
///
/// `invoice.sign` for a quantity of the other sign; `invoice.over` for more than there is to bill.
pub fn bill(line: Standing, quantity: i64) -> Result<Standing, Refusal> {
    if quantity.signum() != line.ordered.signum() {
        let message = format!(
            "The line orders {}; {} of it cannot be billed. Use a credit note to take back.",
            shown(line.ordered),
            shown(quantity)
        );
        return Err(too_much("invoice.sign", message));
    }
    let billed = summed(line.billed, quantity)?;
    if line.most_billed().abs() < billed.abs() {
        let message = format!(
            "{} are billed already and there are {} to bill, so {} more cannot be.",
            shown(line.billed),
            shown(line.most_billed()),
            shown(quantity)
        );
        return Err(too_much("invoice.over", message));
    }
    Ok(Standing { billed, ..line })
}

/// The line after a part of it was credited because it came back.
///
/// # Errors
///
/// `credit_note.over` for more than was billed and came back.
pub fn credit(line: Standing, taken: Taken) -> Result<Standing, Refusal> {
    let credited = summed(line.credited, taken.quantity)?;
    let most = line.billed.min(line.returned);
    if most < credited {
        let message = format!(
            "{} were billed, {} came back and {} are credited already, so {} cannot be credited as a return. Record the return first, or write a credit on the price.",
            shown(line.billed),
            shown(line.returned),
            shown(line.credited),
            shown(taken.quantity)
        );
        return Err(too_much("credit_note.over", message));
    }
    Ok(Standing {
        credited,
        credited_minor: line.credited_minor.saturating_add(taken.gross_minor),
        ..line
    })
}

/// The line as if a part of it had not been billed.
///
/// # Errors
///
/// `invoice.credited` if so much was credited that it must have been billed.
pub fn undo_bill(line: Standing, taken: Taken) -> Result<Standing, Refusal> {
    let billed = line.billed - taken.quantity;
    if billed.abs() < line.credited {
        let message = format!(
            "{} of what was billed were credited. Cancel the credit note first.",
            shown(line.credited)
        );
        return Err(too_much("invoice.credited", message));
    }
    Ok(Standing {
        billed,
        billed_net_minor: line.billed_net_minor.saturating_sub(taken.net_minor),
        billed_minor: line.billed_minor.saturating_sub(taken.gross_minor),
        ..line
    })
}

/// The line as if a part of it had not been credited.
pub fn undo_credit(line: Standing, taken: Taken) -> Standing {
    Standing {
        credited: (line.credited - taken.quantity).max(0),
        credited_minor: line.credited_minor.saturating_sub(taken.gross_minor),
        ..line
    }
}

/// The line of an order closed short: what is still open is given up.
pub fn close_short(line: Standing) -> Standing {
    Standing {
        cancelled: line.cancelled + line.open(),
        ..line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: i64 = 1_000_000;

    /// 100 at 240 with tax.
    fn hundred(delivered: i64, billed: i64) -> Standing {
        Standing {
            ordered: 100 * ONE,
            delivered: delivered * ONE,
            billed: billed * ONE,
            gross_minor: 24_000_00,
            billed_net_minor: billed * 200_00,
            billed_minor: billed * 240_00,
            ..Standing::default()
        }
    }

    fn pieces(count: i64) -> Taken {
        Taken {
            quantity: count * ONE,
            net_minor: count * 200_00,
            gross_minor: count * 240_00,
        }
    }

    #[track_caller]
    fn check(line: Standing, open: i64, unbilled: i64) {
        assert_eq!(
            (line.open_worth(), line.unbilled_worth()),
            (open * 100, unbilled * 100)
        );
    }

    #[test]
    fn each_quantity_stands_in_one_place() {
        check(hundred(60, 40), 9_600, 4_800); // V7
        check(hundred(110, 40), 0, 16_800); // V8: more delivered than ordered
        check(hundred(0, 100), 0, 0); // V8a: billed in advance
        check(close_short(hundred(60, 40)), 0, 4_800); // V8b
        check(close_short(hundred(0, 40)), 0, 0);
    }

    #[test]
    fn goods_that_came_back_leave_the_unbilled_and_then_want_a_credit_note() {
        let line = take_back(hundred(60, 40), 10 * ONE).unwrap();
        check(line, 9_600, 2_400);
        assert_eq!(line.credit_due(), 0);
        let all_billed = take_back(hundred(60, 60), 10 * ONE).unwrap();
        check(all_billed, 9_600, 0);
        assert_eq!(all_billed.credit_due(), 10 * ONE);
        let credited = credit(all_billed, pieces(10)).unwrap();
        assert_eq!(credited.credit_due(), 0);
        check(credited, 9_600, 0);
        assert_eq!(
            credit(credited, pieces(1)).unwrap_err().code,
            "credit_note.over"
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(
            deliver(hundred(100, 0), 11 * ONE, false).unwrap_err().code,
            "delivery.over"
        );
        assert!(deliver(hundred(100, 0), 10 * ONE, false).is_ok());
        assert!(deliver(hundred(100, 0), 11 * ONE, true).is_ok());
        assert_eq!(bill(hundred(0, 100), ONE).unwrap_err().code, "invoice.over");
        assert!(bill(hundred(110, 100), 10 * ONE).is_ok());
        assert_eq!(bill(hundred(0, 0), -ONE).unwrap_err().code, "invoice.sign");
        assert_eq!(
            take_back(hundred(5, 0), 6 * ONE).unwrap_err().code,
            "return.too_much"
        );
        let back = take_back(hundred(5, 0), 5 * ONE).unwrap();
        assert_eq!(
            undo_delivery(back, ONE).unwrap_err().code,
            "delivery.returned"
        );
        let goods_back = Standing {
            ordered: -5 * ONE,
            ..Standing::default()
        };
        assert_eq!(
            deliver(goods_back, ONE, true).unwrap_err().code,
            "delivery.returns_line"
        );
        assert!(bill(goods_back, -5 * ONE).is_ok());
        assert_eq!(
            deliver(hundred(0, 0), i64::MAX, true).map(|line| line.delivered),
            Ok(i64::MAX)
        );
        assert_eq!(
            deliver(hundred(1, 0), i64::MAX, true).unwrap_err().code,
            "quantity.too_large"
        );
    }

    proptest! {
        #[test]
        fn parts_add_up_and_no_quantity_is_in_two_places(
            ordered in 1_i64..1_000, delivered in 0_i64..1_200, returned in 0_i64..1_200,
            billed in 0_i64..1_200, credited in 0_i64..1_200, gross in 0_i64..10_000_000,
        ) {
            let returned = returned.min(delivered);
            let billed = billed.min(ordered.max(delivered));
            let credited = credited.min(billed).min(returned);
            let bare = Standing { ordered: ordered * ONE, gross_minor: gross, ..Standing::default() };
            let (billed_minor, left_minor) = (bare.worth_of(billed * ONE), bare.worth_of((billed - credited) * ONE));
            let line = Standing {
                billed_net_minor: 0, billed_minor, credited_minor: billed_minor - left_minor,
                ordered: ordered * ONE, cancelled: 0, delivered: delivered * ONE, returned: returned * ONE,
                billed: billed * ONE, credited: credited * ONE, gross_minor: gross,
            };
            // OO + UD + AR = OO + max(d − r, b − c), in quantities and in money.
            let billed_net = line.billed - line.credited;
            let kept = line.delivered - line.returned;
            prop_assert_eq!(line.unbilled() + billed_net, kept.max(billed_net));
            prop_assert_eq!(line.unbilled_worth() + line.worth_of(billed_net), line.worth_of(kept.max(billed_net)));
            prop_assert!(line.open() != 0 || line.open_worth() == 0);
            prop_assert_eq!(line.worth_of(line.ordered), gross);
            let closed = close_short(line);
            prop_assert_eq!(closed.open(), 0);
            prop_assert_eq!(closed.unbilled_worth(), line.unbilled_worth());
        }
    }
}
