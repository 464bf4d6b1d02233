//! The price lists two customers buy by and their special prices, made one customer's.

use db::{Result, Tx};
use jiff::Timestamp;

use crate::{
    CustomerId,
    merge::{Span, outside, overlap},
    store::{
        price_lists::{self, Buyer, Own},
        prices::{self, Key, Priced},
    },
};

/// Whether both have another list of one currency, or another special price of one product, on a day.
pub(super) async fn differ(tx: &mut Tx, from: CustomerId, into: CustomerId) -> Result<bool> {
    let theirs = price_lists::of_customer(tx, into).await?;
    let lists = price_lists::of_customer(tx, from).await?.iter().any(|one| {
        theirs.iter().any(|other| {
            one.list.currency == other.list.currency
                && one.list.id != other.list.id
                && overlap(one.span, other.span)
        })
    });
    if lists {
        return Ok(true);
    }
    let theirs = prices::specials_of(tx, into).await?;
    let own = prices::specials_of(tx, from).await?;
    Ok(own.iter().any(|one| {
        theirs.iter().any(|other| {
            is_for_the_same(one, other)
                && one.1.price != other.1.price
                && overlap(days(&one.1), days(&other.1))
        })
    }))
}

/// Whether only one of the two can hold on a day. Prices in two currencies can stand side by side.
fn is_for_the_same((one, price): &(Key, Priced), (other, theirs): &(Key, Priced)) -> bool {
    price.currency == theirs.currency
        && (one.product, &one.project, one.from_quantity)
            == (other.product, &other.project, other.from_quantity)
}

fn days(price: &Priced) -> Span {
    (price.from, price.to)
}

/// Gives the survivor what the other bought by; how many special prices and lists that were.
pub(super) async fn carry(
    tx: &mut Tx,
    (from, into): (CustomerId, CustomerId),
    survivor_holds: bool,
    now: Timestamp,
) -> Result<i64> {
    let specials = prices::specials_of(tx, from).await?;
    let lists = price_lists::of_customer(tx, from).await?;
    let moved = specials.len() + lists.len();
    prices::retract_specials(tx, from, now).await?;
    price_lists::retract_uses(tx, from, now).await?;
    carry_specials(tx, into, specials, survivor_holds, now).await?;
    carry_lists(tx, into, lists, survivor_holds, now).await?;
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}

async fn carry_specials(
    tx: &mut Tx,
    into: CustomerId,
    specials: Vec<(Key, Priced)>,
    survivor_holds: bool,
    now: Timestamp,
) -> Result<()> {
    let theirs = prices::specials_of(tx, into).await?;
    for special in specials {
        let same = theirs
            .iter()
            .filter(|other| survivor_holds && is_for_the_same(&special, other));
        let taken: Vec<Span> = same.map(|(_, price)| days(price)).collect();
        let (key, price) = special;
        let key = Key {
            customer: Some(into),
            ..key
        };
        for (start, end) in outside(days(&price), &taken) {
            let piece = Priced {
                from: start,
                to: end,
                ..price.clone()
            };
            prices::set(tx, &key, &piece, now).await?;
        }
    }
    Ok(())
}

async fn carry_lists(
    tx: &mut Tx,
    into: CustomerId,
    lists: Vec<Own>,
    survivor_holds: bool,
    now: Timestamp,
) -> Result<()> {
    let theirs = price_lists::of_customer(tx, into).await?;
    for own in lists {
        let same = theirs
            .iter()
            .filter(|other| survivor_holds && other.list.currency == own.list.currency);
        let taken: Vec<Span> = same.map(|other| other.span).collect();
        for span in outside(own.span, &taken) {
            price_lists::let_use(tx, &own.list, Buyer::Customer(into), span, now).await?;
        }
    }
    Ok(())
}
