//! What an order is worth: nets, taxes and totals from its lines.
//!
//! A line's exact net is price × quantity × (1 − discount) to a millionth of the unit; the amount on
//! the document is that rounded to the minor unit. Tax is worked out once per rate from the sum of
//! the rounded nets and then cut along the lines, so that lines and document agree to the cent.

use std::collections::BTreeMap;

use kernel::{
    Currency, Money, Percent, Price, Quantity, Refusal, apportion,
    decimal::{ONE, line_net, round_div},
};

use crate::{ProductId, pricing::Origin};

/// The most lines one order, or any document that follows it, may have.
pub const MOST_LINES: usize = 1_000;

/// Refuses more lines of a delivery, invoice or credit note than are ever read back of one.
///
/// # Errors
///
/// `code`, pointing at the lines.
pub fn accept_count(count: usize, code: &'static str) -> Result<(), Refusal> {
    if count <= MOST_LINES {
        return Ok(());
    }
    let text =
        format!("A document has at most {MOST_LINES} lines; this one has {count}. Split it.");
    Err(Refusal::value(code, text).at("lines"))
}

/// A line as it is entered. A line number counts from 1 in the order entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    pub product: ProductId,
    pub quantity: Quantity,
    pub unit_price: Price,
    pub discount: Percent,
    pub tax: Percent,
    /// The exact net an imported line brings with it, in millionths of the unit.
    pub own_net: Option<i64>,
    /// Why the unit price is what it is.
    pub origin: Origin,
}

/// A line with its amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub draft: LineDraft,
    pub net_exact: i64,
    pub net: Money,
    pub tax: Money,
}

/// An order's lines and totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    pub lines: Vec<Line>,
    pub net_exact: i64,
    pub net: Money,
    pub tax: Money,
    pub gross: Money,
}

/// Works out nets, tax and totals.
///
/// # Errors
///
/// `order.no_lines` or `order.too_many_lines`; a discount outside 0 to 100 % or a tax outside 0 to
/// 100 %; an own net more than a minor unit away from price × quantity; an amount that does not fit.
/// Fields are named by their path in the request, which counts from 0: `lines[1].discount_percent` is
/// the second line.
pub fn worth(drafts: Vec<LineDraft>, currency: Currency) -> Result<Worth, Refusal> {
    if drafts.is_empty() {
        return Err(
            Refusal::value("order.no_lines", "An order needs at least one line.").at("lines"),
        );
    }
    if MOST_LINES < drafts.len() {
        let text = format!(
            "An order has at most {MOST_LINES} lines; this one has {}. Split it.",
            drafts.len()
        );
        return Err(Refusal::value("order.too_many_lines", text).at("lines"));
    }
    let mut lines = Vec::with_capacity(drafts.len());
    let mut net_exact: i64 = 0;
    for (place, draft) in drafts.into_iter().enumerate() {
        let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
        let exact = exact_net(&draft, currency).map_err(|no| at_line(no, place))?;
        net_exact = net_exact.checked_add(exact).ok_or_else(too_large)?;
        let net = Money::of_exact(exact, currency);
        lines.push(Line {
            line: number,
            draft,
            net_exact: exact,
            net,
            tax: Money::zero(currency),
        });
    }
    put_tax_on(&mut lines, currency)?;
    let net = Money::sum(lines.iter().map(|line| line.net), currency)?;
    let tax = Money::sum(lines.iter().map(|line| line.tax), currency)?;
    Ok(Worth {
        net_exact,
        net,
        tax,
        gross: net.plus(tax)?,
        lines,
    })
}

/// The order with the taxes its lines bring with them, in minor units; a document keeps its own.
///
/// # Errors
///
/// `line.tax_differs` for a tax more than a minor unit away from the line's net times its rate, where
/// the line has a rate; an amount that does not fit.
pub fn with_own_taxes(mut worth: Worth, taxes: &[Option<i64>]) -> Result<Worth, Refusal> {
    let currency = worth.net.currency();
    for (place, (line, own)) in worth.lines.iter_mut().zip(taxes).enumerate() {
        let Some(own) = *own else { continue };
        let rate = i128::from(line.draft.tax.millionths());
        let computed = round_div(i128::from(line.net.minor()) * rate, i128::from(ONE));
        if rate != 0 && 1 < (i128::from(own) - computed).abs() {
            let text = format!(
                "The line says its tax is {}, but {} % of its net {} is more than one minor unit away.",
                Money::of_minor(own, currency).decimal(),
                line.draft.tax,
                line.net.decimal()
            );
            return Err(at_line(
                Refusal::value("line.tax_differs", text).at("tax"),
                place,
            ));
        }
        line.tax = Money::of_minor(own, currency);
    }
    worth.tax = Money::sum(worth.lines.iter().map(|line| line.tax), currency)?;
    worth.gross = worth.net.plus(worth.tax)?;
    Ok(worth)
}

fn exact_net(draft: &LineDraft, currency: Currency) -> Result<i64, Refusal> {
    within_whole(draft.discount, "discount_percent")?;
    within_whole(draft.tax, "tax_percent")?;
    if draft.unit_price < Price::ZERO {
        return Err(Refusal::value(
            "line.negative_price",
            "A unit price is not negative. A return has a negative quantity.",
        )
        .at("unit_price"));
    }
    let computed = line_net(draft.unit_price, draft.quantity, draft.discount)?;
    let Some(own) = draft.own_net else {
        return Ok(computed);
    };
    let one_minor = ONE / currency.minor_per_unit();
    if one_minor
        < (i128::from(own) - i128::from(computed))
            .unsigned_abs()
            .try_into()
            .unwrap_or(i64::MAX)
    {
        let text = format!(
            "The line says its net is {}, but price × quantity less discount is {}: more than one minor unit apart.",
            Money::of_exact(own, currency).decimal(),
            Money::of_exact(computed, currency).decimal()
        );
        return Err(Refusal::value("line.net_differs", text).at("net"));
    }
    Ok(own)
}

fn within_whole(percent: Percent, field: &'static str) -> Result<(), Refusal> {
    if percent < Percent::ZERO || Percent::WHOLE < percent {
        let text = format!("{percent} % is not between 0 and 100 %.");
        return Err(Refusal::value("line.percent", text).at(field));
    }
    Ok(())
}

/// Tax per rate from the sum of the rounded nets, cut along the lines of that rate.
fn put_tax_on(lines: &mut [Line], currency: Currency) -> Result<(), Refusal> {
    let mut by_rate: BTreeMap<Percent, Vec<usize>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        by_rate.entry(line.draft.tax).or_default().push(place);
    }
    for (rate, places) in by_rate {
        let nets: Vec<i64> = places
            .iter()
            .map(|place| lines[*place].net.minor())
            .collect();
        let sum: i128 = nets.iter().map(|net| i128::from(*net)).sum();
        let tax = round_div(sum * i128::from(rate.millionths()), i128::from(ONE));
        let tax = i64::try_from(tax).map_err(|_wide| too_large())?;
        for (place, part) in places.iter().zip(cut_tax(tax, rate, &nets, &places)?) {
            lines[*place].tax = Money::of_minor(part, currency);
        }
    }
    Ok(())
}

/// Deliveries only, or returns only, are cut in proportion to their nets. Where both stand on one
/// order a proportion has no meaning, so each line gets its own rounded tax and the largest line
/// takes the few minor units of difference.
fn cut_tax(tax: i64, rate: Percent, nets: &[i64], places: &[usize]) -> Result<Vec<i64>, Refusal> {
    let one_sign = nets.iter().all(|net| 0 <= *net) || nets.iter().all(|net| *net <= 0);
    if one_sign {
        if tax == 0 {
            return Ok(vec![0; nets.len()]);
        }
        let weights: Vec<([u8; 8], u64)> = places
            .iter()
            .zip(nets)
            .map(|(place, net)| {
                (
                    u64::try_from(*place).unwrap_or(u64::MAX).to_be_bytes(),
                    net.unsigned_abs(),
                )
            })
            .collect();
        return apportion(tax, &weights);
    }
    let own = |net: &i64| {
        round_div(
            i128::from(*net) * i128::from(rate.millionths()),
            i128::from(ONE),
        )
    };
    let mut parts: Vec<i64> = nets
        .iter()
        .map(|net| i64::try_from(own(net)).unwrap_or(0))
        .collect();
    let difference = tax - parts.iter().sum::<i64>();
    if let Some(largest) =
        (0..nets.len()).max_by_key(|place| (nets[*place].unsigned_abs(), usize::MAX - place))
    {
        parts[largest] += difference;
    }
    Ok(parts)
}

/// The same refusal, pointing into the line at `place`.
pub fn at_line(mut no: Refusal, place: usize) -> Refusal {
    if no.fields.is_empty() {
        return no.at(format!("lines[{place}]"));
    }
    for field in &mut no.fields {
        field.field = format!("lines[{place}].{}", field.field);
    }
    no
}

fn too_large() -> Refusal {
    Refusal::value(
        "order.too_large",
        "The order's total is larger than can be recorded. Check for a slipped digit.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::parse("EUR").unwrap()
    }

    fn line(quantity: &str, price: &str, discount: &str, tax: &str) -> LineDraft {
        LineDraft {
            product: ProductId::of(1),
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: Price::parse(price).unwrap(),
            discount: Percent::parse(discount).unwrap(),
            tax: Percent::parse(tax).unwrap(),
            own_net: None,
            origin: Origin::default(),
        }
    }

    #[test]
    fn a_hundred_at_200_with_20_percent_tax_is_24_000() {
        let worth = worth(vec![line("100", "200", "0", "20")], eur()).unwrap();
        assert_eq!(worth.net.decimal(), "20000.00");
        assert_eq!(worth.tax.decimal(), "4000.00");
        assert_eq!(worth.gross.decimal(), "24000.00");
    }

    #[test]
    fn tax_is_rounded_once_per_rate_and_lines_add_up() {
        let three = vec![
            line("1", "0.33", "0", "19"),
            line("1", "0.33", "0", "19"),
            line("1", "0.34", "0", "7"),
        ];
        let worth = worth(three, eur()).unwrap();
        // 19 % of 0.66 is 0.1254; each line alone would be 0.06 + 0.06 = 0.12 of 0.13.
        assert_eq!(
            worth
                .lines
                .iter()
                .map(|l| l.tax.minor())
                .collect::<Vec<_>>(),
            [7, 6, 2]
        );
        assert_eq!(worth.tax.minor(), 15);
        assert_eq!(worth.gross.minor(), 115);
    }

    #[test]
    fn the_exact_net_is_kept_beside_the_rounded_one() {
        let worth = worth(
            vec![
                line("3", "2024.994", "0", "0"),
                line("1", "0.004", "0", "0"),
            ],
            eur(),
        )
        .unwrap();
        assert_eq!(worth.net_exact, 6_074_986_000);
        assert_eq!(worth.net.decimal(), "6074.98");
    }

    #[test]
    fn an_own_net_may_differ_by_one_minor_unit_only() {
        let mut near = line("1", "10", "2", "0");
        near.own_net = Some(9_809_900);
        assert_eq!(
            worth(vec![near.clone()], eur()).unwrap().net_exact,
            9_809_900
        );
        near.own_net = Some(9_810_001);
        assert_eq!(
            worth(vec![near], eur()).unwrap_err().code,
            "line.net_differs"
        );
    }

    #[test]
    fn a_document_keeps_its_own_taxes() {
        let lines = || {
            worth(
                vec![line("1", "9.99", "0", "19"), line("1", "5", "0", "0")],
                eur(),
            )
        };
        let own = with_own_taxes(lines().unwrap(), &[Some(191), Some(7)]).unwrap();
        assert_eq!((own.tax.minor(), own.gross.minor()), (198, 1_697));
        let kept = with_own_taxes(lines().unwrap(), &[None, None]).unwrap();
        assert_eq!(kept.tax.minor(), 190);
        let no = with_own_taxes(lines().unwrap(), &[Some(192), None]).unwrap_err();
        assert_eq!(
            (no.code, no.fields[0].field.as_str()),
            ("line.tax_differs", "lines[0].tax")
        );
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        let no = worth(
            vec![line("1", "1", "0", "0"), line("1", "1", "101", "0")],
            eur(),
        )
        .unwrap_err();
        assert_eq!(no.fields[0].field, "lines[1].discount_percent");
        assert_eq!(worth(vec![], eur()).unwrap_err().code, "order.no_lines");
        let huge = vec![
            line("9000000000000", "1000000", "0", "0"),
            line("9000000000000", "1000000", "0", "0"),
        ];
        assert!(worth(huge, eur()).is_err());
    }

    #[test]
    fn a_return_beside_a_delivery_keeps_the_tax_exact() {
        let worth = worth(
            vec![line("3", "9.99", "0", "19"), line("-1", "9.99", "0", "19")],
            eur(),
        )
        .unwrap();
        assert_eq!(worth.net.minor(), 19_98);
        assert_eq!(worth.tax.minor(), 3_80);
        assert_eq!(worth.lines.iter().map(|l| l.tax.minor()).sum::<i64>(), 3_80);
    }
}
