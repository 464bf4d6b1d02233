//! Which price a line takes, and why.
//!
//! A price somebody typed stands. Otherwise the customer's special price comes before its own list,
//! that before the list of its group, and that before the product's list price; for a project the
//! project's special price comes first. Of one list the price of the largest quantity that is reached
//! counts. A price in another currency than the document's is never converted: it is passed over.

use jiff::civil::Date;
use kernel::{
    Currency, Percent, Price, Quantity, Refusal,
    decimal::{ONE, round_div},
};

/// Where a line's price comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Rule {
    /// Agreed for a project, a customer, or a customer's part in a project.
    Special,
    /// The list the customer buys by.
    CustomerList,
    /// The list its group buys by.
    GroupList,
    /// The product's own list price.
    ListPrice,
    /// The line of a quotation or a framework contract it was called from.
    Agreed,
    /// Typed with the line, or brought by a file.
    #[default]
    Given,
}

impl Rule {
    const ALL: [(Rule, &'static str); 6] = [
        (Rule::Special, "special"),
        (Rule::CustomerList, "customer_list"),
        (Rule::GroupList, "group_list"),
        (Rule::ListPrice, "list_price"),
        (Rule::Agreed, "agreed"),
        (Rule::Given, "given"),
    ];

    /// The word files, programs and tables have for it.
    pub fn word(self) -> &'static str {
        let found = Rule::ALL.iter().find(|(rule, _)| *rule == self);
        found.map_or("given", |(_, word)| word)
    }

    /// The rule of a word written by us.
    pub fn of_word(word: &str) -> Rule {
        let found = Rule::ALL.iter().find(|(_, own)| *own == word);
        found.map_or(Rule::Given, |(rule, _)| *rule)
    }
}

/// The answer to “why this price”, kept with the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    pub rule: Rule,
    /// The code of the list or document, or the reason of a special price.
    pub source: Option<String>,
    /// The day from which the price holds.
    pub since: Option<Date>,
}

/// A price that could be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub origin: Origin,
    pub price: Price,
    pub currency: Currency,
    /// Whether the price has the tax in it.
    pub is_gross: bool,
    /// The least quantity it is for.
    pub from_quantity: Quantity,
}

/// A price that was found: before tax, for one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub unit_price: Price,
    pub origin: Origin,
}

/// The first of `candidates`, which come best first, that is in `currency` and for this quantity. A
/// return is priced by what goes back, as if it went out.
///
/// # Errors
///
/// `price.missing`, with the other currencies there are prices in.
pub fn find(
    candidates: &[Candidate],
    product: &str,
    quantity: Quantity,
    tax: Percent,
    currency: Currency,
) -> Result<Found, Refusal> {
    let wanted = quantity.millionths().saturating_abs();
    let reached = candidates
        .iter()
        .filter(|one| one.from_quantity.millionths() <= wanted);
    let mut others: Vec<&str> = Vec::new();
    for one in reached {
        if one.currency == currency {
            return Ok(Found {
                unit_price: one.net(tax)?,
                origin: one.origin.clone(),
            });
        }
        others.push(one.currency.code());
    }
    others.sort_unstable();
    others.dedup();
    let message = if others.is_empty() {
        format!("{product} has no price on this day. Give a unit price.")
    } else {
        format!(
            "{product} has a price in {}, but the document is in {currency}. Give a unit price.",
            others.join(", ")
        )
    };
    Err(Refusal::value("price.missing", message))
}

impl Candidate {
    /// The price before tax; of a price with tax, rounded once to a millionth.
    fn net(&self, tax: Percent) -> Result<Price, Refusal> {
        if !self.is_gross {
            return Ok(self.price);
        }
        let gross = i128::from(self.price.millionths()) * i128::from(ONE);
        let net = round_div(gross, i128::from(ONE) + i128::from(tax.millionths().max(0)));
        let net = i64::try_from(net).map_err(|_wide| {
            Refusal::value("price.missing", "The price is too large to be used.")
        })?;
        Ok(Price::of_millionths(net))
    }
}

/// The days a price is for, `from` up to but without `to`.
///
/// # Errors
///
/// `price.empty_span`.
pub fn accept_span(from: Date, to: Option<Date>) -> Result<(), Refusal> {
    match to {
        Some(to) if to <= from => {
            let message = format!("{to} is not after the first day, {from}.");
            Err(Refusal::value("price.empty_span", message).at("to"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn candidate(rule: Rule, currency: &str, price: &str, from_quantity: &str) -> Candidate {
        Candidate {
            origin: Origin {
                rule,
                source: Some("X".to_owned()),
                since: Some(date(2026, 1, 1)),
            },
            price: Price::parse(price).unwrap(),
            currency: Currency::parse(currency).unwrap(),
            is_gross: false,
            from_quantity: Quantity::parse(from_quantity).unwrap(),
        }
    }

    fn found(candidates: &[Candidate], quantity: &str) -> Result<(Rule, String), Refusal> {
        let quantity = Quantity::parse(quantity).unwrap();
        let eur = Currency::parse("EUR").unwrap();
        let found = find(candidates, "bar", quantity, Percent::ZERO, eur)?;
        Ok((found.origin.rule, found.unit_price.to_string()))
    }

    #[test]
    fn the_first_that_fits_is_taken() {
        let all = [
            candidate(Rule::Special, "CNY", "500", "0"),
            candidate(Rule::Special, "EUR", "80", "100"),
            candidate(Rule::CustomerList, "EUR", "90", "10"),
            candidate(Rule::CustomerList, "EUR", "95", "0"),
            candidate(Rule::ListPrice, "EUR", "100", "0"),
        ];
        for (quantity, expected) in [
            ("1", (Rule::CustomerList, "95.00")),
            ("9.999999", (Rule::CustomerList, "95.00")),
            ("10", (Rule::CustomerList, "90.00")),
            ("100", (Rule::Special, "80.00")),
            ("-100", (Rule::Special, "80.00")),
        ] {
            let (rule, price) = found(&all, quantity).unwrap();
            assert_eq!((rule, price.as_str()), expected, "{quantity}");
        }
        let no = found(&all[..1], "1").unwrap_err();
        assert_eq!(no.code, "price.missing");
        assert!(no.message.contains("CNY"), "{no}");
        assert!(found(&[], "1").unwrap_err().message.contains("no price"));
    }

    #[test]
    fn a_price_with_tax_gives_its_tax_back() {
        let mut gross = candidate(Rule::CustomerList, "EUR", "119", "0");
        gross.is_gross = true;
        let eur = Currency::parse("EUR").unwrap();
        let one = Quantity::of_whole(1);
        for (tax, expected) in [("19", "100.00"), ("7", "111.214953"), ("0", "119.00")] {
            let tax = Percent::parse(tax).unwrap();
            let found = find(std::slice::from_ref(&gross), "bar", one, tax, eur).unwrap();
            assert_eq!(found.unit_price.to_string(), expected);
        }
    }

    #[test]
    fn rules_are_read_as_written() {
        for (rule, word) in Rule::ALL {
            assert_eq!((rule.word(), Rule::of_word(word)), (word, rule));
        }
        assert_eq!(Rule::of_word("anything"), Rule::Given);
    }
}
