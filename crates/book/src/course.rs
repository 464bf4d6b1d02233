//! What can be done to a document in each of its states: every pair is decided here, and nowhere else.
//!
//! A step names the states it is allowed in and the state it leads to. Whatever is not named is
//! refused, with the states in which it would have been possible.

use kernel::Refusal;

/// One thing that can be done: its name, the states it is allowed in, and the state afterwards
/// (`None` leaves the state as it is).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub action: &'static str,
    pub from: &'static [&'static str],
    pub to: Option<&'static str>,
    /// As it is said in a sentence: "can be *confirmed*".
    pub done: &'static str,
}

/// The life of one kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// As it begins a sentence, `Order`.
    pub noun: &'static str,
    /// The refusal's code, `order.state`.
    pub code: &'static str,
    pub states: &'static [&'static str],
    pub steps: &'static [Step],
}

impl Course {
    /// The state after `action`, done to the document `number` in `state`.
    ///
    /// # Errors
    ///
    /// The course's code if the action is not allowed in this state. An action the course does not
    /// have is allowed in none.
    pub fn after(
        &self,
        action: &str,
        number: &str,
        state: &'static str,
    ) -> Result<&'static str, Refusal> {
        let step = self.steps.iter().find(|step| step.action == action);
        if let Some(step) = step
            && step.from.contains(&state)
        {
            return Ok(step.to.unwrap_or(state));
        }
        let (from, done): (&[&str], &str) = match step {
            Some(step) => (step.from, step.done),
            None => (&[], action),
        };
        let message = format!(
            "{} {number} is {state}; only one that is {} can be {done}.",
            self.noun,
            from.join(" or ")
        );
        Err(Refusal::state(self.code, message))
    }

    /// Whether `action` can be done in this state.
    pub fn allows(&self, action: &str, state: &str) -> bool {
        let step = self.steps.iter().find(|step| step.action == action);
        step.is_some_and(|step| step.from.contains(&state))
    }

    /// The state with this name, as the course writes it.
    pub fn state(&self, name: &str) -> &'static str {
        let known = self.states.iter().find(|state| **state == name);
        known.copied().unwrap_or("unknown")
    }
}

const fn step(
    action: &'static str,
    from: &'static [&'static str],
    to: Option<&'static str>,
    done: &'static str,
) -> Step {
    Step {
        action,
        from,
        to,
        done,
    }
}

/// An order. Closing it short gives up what is still open; what was delivered can be billed and
/// taken back afterwards. Cancelling needs an order from which nothing was delivered or billed.
#[rustfmt::skip]
pub const ORDER: Course = Course {
    noun: "Order",
    code: "order.state",
    states: &["draft", "held", "confirmed", "closed", "cancelled"],
    steps: &[
        step("change",  &["draft"],                      None,              "changed"),
        step("confirm", &["draft"],                      Some("confirmed"), "confirmed"),
        step("deliver", &["confirmed"],                  None,              "delivered"),
        step("return",  &["confirmed", "closed"],        None,              "taken back"),
        step("bill",    &["confirmed", "closed"],        None,              "billed"),
        step("close",   &["confirmed"],                  Some("closed"),    "closed"),
        step("cancel",  &["draft", "held", "confirmed"], Some("cancelled"), "cancelled"),
    ],
};

/// Goods out or back. A mistake is reversed, never edited.
#[rustfmt::skip]
pub const DELIVERY: Course = Course {
    noun: "Delivery",
    code: "delivery.state",
    states: &["posted", "reversed"],
    steps: &[
        step("change",  &["posted"], None,             "changed"),
        step("reverse", &["posted"], Some("reversed"), "reversed"),
    ],
};

/// An invoice. It is posted when it is made; its cancellation is a credit note over all of it.
#[rustfmt::skip]
pub const INVOICE: Course = Course {
    noun: "Invoice",
    code: "invoice.state",
    states: &["posted", "cancelled"],
    steps: &[
        step("change", &["posted"], None,              "changed"),
        step("settle", &["posted"], None,              "settled"),
        step("credit", &["posted"], None,              "credited"),
        step("cancel", &["posted"], Some("cancelled"), "cancelled"),
    ],
};

/// A credit note. Cancelling it gives back what it settled.
#[rustfmt::skip]
pub const CREDIT_NOTE: Course = Course {
    noun: "Credit note",
    code: "credit_note.state",
    states: &["posted", "cancelled"],
    steps: &[
        step("change", &["posted"], None,              "changed"),
        step("settle", &["posted"], None,              "used"),
        step("cancel", &["posted"], Some("cancelled"), "cancelled"),
    ],
};

/// Money in. A payment that did not come after all is reversed, and all it settled is open again.
#[rustfmt::skip]
pub const PAYMENT: Course = Course {
    noun: "Payment",
    code: "payment.state",
    states: &["posted", "reversed"],
    steps: &[
        step("change",  &["posted"], None,             "changed"),
        step("settle",  &["posted"], None,             "allocated"),
        step("reverse", &["posted"], Some("reversed"), "reversed"),
    ],
};

/// A bill or cheque from its receipt until it is paid or comes back. While it is endorsed or
/// discounted with recourse its acceptor is still our risk.
#[rustfmt::skip]
pub const BILL: Course = Course {
    noun: "Bill",
    code: "bill.state",
    states: &["received", "presented", "endorsed", "discounted", "cleared", "returned"],
    steps: &[
        step("present",  &["received"],                            Some("presented"),  "presented"),
        step("endorse",  &["received"],                            Some("endorsed"),   "endorsed"),
        step("discount", &["received"],                            Some("discounted"), "discounted"),
        step("clear",    &["presented", "endorsed", "discounted"], Some("cleared"),    "cleared"),
        step("return",   &["presented", "endorsed", "discounted"], Some("returned"),   "returned"),
    ],
};

/// A quotation. Sent it waits for the customer until it expires; revised it is drafted anew in its next
/// edition. An accepted one becomes an order once.
#[rustfmt::skip]
pub const QUOTATION: Course = Course {
    noun: "Quotation",
    code: "quotation.state",
    states: &["draft", "sent", "accepted", "ordered", "lost", "expired", "withdrawn"],
    steps: &[
        step("change",   &["draft"],                       None,              "changed"),
        step("send",     &["draft"],                       Some("sent"),      "sent"),
        step("revise",   &["sent", "expired"],             Some("draft"),     "revised"),
        step("accept",   &["sent"],                        Some("accepted"),  "accepted"),
        step("lose",     &["sent", "accepted", "expired"], Some("lost"),      "lost"),
        step("withdraw", &["draft", "sent", "expired"],    Some("withdrawn"), "withdrawn"),
        step("convert",  &["accepted"],                    Some("ordered"),   "made an order"),
    ],
};

/// A framework contract. Orders call off while it is active.
#[rustfmt::skip]
pub const FRAMEWORK: Course = Course {
    noun: "Framework contract",
    code: "framework.state",
    states: &["draft", "active", "closed"],
    steps: &[
        step("change",   &["draft"],           None,           "changed"),
        step("activate", &["draft"],           Some("active"), "activated"),
        step("call off", &["active"],          None,           "called off"),
        step("close",    &["draft", "active"], Some("closed"), "closed"),
    ],
};

/// A sample or trial. It is open until its result is known: the goods come back, are sold by an order,
/// or are used up and won or lost the business.
#[rustfmt::skip]
pub const SAMPLE: Course = Course {
    noun: "Sample",
    code: "sample.state",
    states: &["open", "returned", "sold", "won", "lost", "withdrawn"],
    steps: &[
        step("change",   &["open"], None,              "changed"),
        step("return",   &["open"], Some("returned"),  "taken back"),
        step("sell",     &["open"], Some("sold"),      "sold"),
        step("win",      &["open"], Some("won"),       "won"),
        step("lose",     &["open"], Some("lost"),      "lost"),
        step("withdraw", &["open"], Some("withdrawn"), "withdrawn"),
    ],
};

/// A rebate agreement. Its terms are corrected while it runs; what is accrued is given by credit notes.
#[rustfmt::skip]
pub const REBATE: Course = Course {
    noun: "Rebate agreement",
    code: "rebate.state",
    states: &["draft", "active", "closed"],
    steps: &[
        step("change",   &["draft", "active"], None,           "changed"),
        step("activate", &["draft"],           Some("active"), "activated"),
        step("settle",   &["active"],          None,           "settled"),
        step("close",    &["draft", "active"], Some("closed"), "closed"),
    ],
};

/// Every course, for tests that walk all pairs.
pub const ALL: [&Course; 10] = [
    &ORDER,
    &DELIVERY,
    &INVOICE,
    &CREDIT_NOTE,
    &PAYMENT,
    &BILL,
    &QUOTATION,
    &FRAMEWORK,
    &SAMPLE,
    &REBATE,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair that is allowed, as a controller would list them.
    #[rustfmt::skip]
    const ALLOWED: &[(&str, &str, &str, &str)] = &[
        ("Order", "draft", "change", "draft"),
        ("Order", "draft", "confirm", "confirmed"),
        ("Order", "draft", "cancel", "cancelled"),
        ("Order", "held", "cancel", "cancelled"),
        ("Order", "confirmed", "deliver", "confirmed"),
        ("Order", "confirmed", "return", "confirmed"),
        ("Order", "confirmed", "bill", "confirmed"),
        ("Order", "confirmed", "close", "closed"),
        ("Order", "confirmed", "cancel", "cancelled"),
        ("Order", "closed", "return", "closed"),
        ("Order", "closed", "bill", "closed"),
        ("Delivery", "posted", "change", "posted"),
        ("Delivery", "posted", "reverse", "reversed"),
        ("Invoice", "posted", "change", "posted"),
        ("Invoice", "posted", "settle", "posted"),
        ("Invoice", "posted", "credit", "posted"),
        ("Invoice", "posted", "cancel", "cancelled"),
        ("Credit note", "posted", "change", "posted"),
        ("Credit note", "posted", "settle", "posted"),
        ("Credit note", "posted", "cancel", "cancelled"),
        ("Payment", "posted", "change", "posted"),
        ("Payment", "posted", "settle", "posted"),
        ("Payment", "posted", "reverse", "reversed"),
        ("Bill", "received", "present", "presented"),
        ("Bill", "received", "endorse", "endorsed"),
        ("Bill", "received", "discount", "discounted"),
        ("Bill", "presented", "clear", "cleared"),
        ("Bill", "presented", "return", "returned"),
        ("Bill", "endorsed", "clear", "cleared"),
        ("Bill", "endorsed", "return", "returned"),
        ("Bill", "discounted", "clear", "cleared"),
        ("Bill", "discounted", "return", "returned"),
        ("Quotation", "draft", "change", "draft"),
        ("Quotation", "draft", "send", "sent"),
        ("Quotation", "draft", "withdraw", "withdrawn"),
        ("Quotation", "sent", "revise", "draft"),
        ("Quotation", "sent", "accept", "accepted"),
        ("Quotation", "sent", "lose", "lost"),
        ("Quotation", "sent", "withdraw", "withdrawn"),
        ("Quotation", "accepted", "lose", "lost"),
        ("Quotation", "accepted", "convert", "ordered"),
        ("Quotation", "expired", "revise", "draft"),
        ("Quotation", "expired", "lose", "lost"),
        ("Quotation", "expired", "withdraw", "withdrawn"),
        ("Framework contract", "draft", "change", "draft"),
        ("Framework contract", "draft", "activate", "active"),
        ("Framework contract", "draft", "close", "closed"),
        ("Framework contract", "active", "call off", "active"),
        ("Framework contract", "active", "close", "closed"),
        ("Sample", "open", "change", "open"),
        ("Sample", "open", "return", "returned"),
        ("Sample", "open", "sell", "sold"),
        ("Sample", "open", "win", "won"),
        ("Sample", "open", "lose", "lost"),
        ("Sample", "open", "withdraw", "withdrawn"),
        ("Rebate agreement", "draft", "change", "draft"),
        ("Rebate agreement", "draft", "activate", "active"),
        ("Rebate agreement", "draft", "close", "closed"),
        ("Rebate agreement", "active", "change", "active"),
        ("Rebate agreement", "active", "settle", "active"),
        ("Rebate agreement", "active", "close", "closed"),
    ];

    #[test]
    fn every_pair_of_state_and_action_is_decided() {
        let pairs = ALL.into_iter().flat_map(|course| {
            let states = course.states.iter();
            states.flat_map(move |state| {
                course
                    .steps
                    .iter()
                    .map(move |step| (course, *state, step.action))
            })
        });
        for (course, state, action) in pairs {
            let allowed = ALLOWED
                .iter()
                .find(|pair| (pair.0, pair.1, pair.2) == (course.noun, state, action));
            let found = course.after(action, "X-1", state);
            assert_eq!(
                found.clone().ok(),
                allowed.map(|pair| pair.3),
                "{} {state} {action}",
                course.noun
            );
            assert_eq!(course.allows(action, state), allowed.is_some());
            if let Err(no) = found {
                assert_eq!(no.code, course.code);
                assert!(no.message.contains(state), "{no}");
            }
        }
    }

    #[test]
    fn a_refused_step_says_where_it_would_be_possible() {
        let no = ORDER.after("close", "SO-1", "draft").unwrap_err();
        assert_eq!(
            no.message,
            "Order SO-1 is draft; only one that is confirmed can be closed."
        );
        assert_eq!(ORDER.state("closed"), "closed");
        assert_eq!(ORDER.state("gone"), "unknown");
    }
}
