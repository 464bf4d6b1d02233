//! The platform knows nothing of the trade.
//!
//! `db`, `page`, `sheet`, `trail` and `jobs` could carry any program. A word of sales in them means
//! that a duty's thought has slipped down a floor. Only words with one meaning are listed: a sheet
//! may well multiply and get a product, and a chart may draw a target or a forecast.

use std::collections::BTreeSet;

use crate::{
    Finding, House,
    dependencies::PLATFORM,
    migrations::tables_of,
    names::singular,
    source::Part,
    tokens::{Kind, Token},
};

const TRADE: [&str; 16] = [
    "attainment",
    "customer",
    "discount",
    "dunning",
    "invoice",
    "outlet",
    "prospect",
    "quota",
    "rebate",
    "receivable",
    "sale",
    "salesman",
    "salesperson",
    "territory",
    "turnover",
    "warehouse",
];

/// Names whose words are common but which as a whole are of the trade.
const TRADE_NAMES: [&str; 7] = [
    "Order",
    "OrderId",
    "orders",
    "order_id",
    "order_line",
    "CreditLimit",
    "credit_limit",
];

pub fn check(house: &House) -> Vec<Finding> {
    let tables: BTreeSet<String> = house
        .migrations()
        .into_values()
        .flat_map(tables_of)
        .collect();
    let mut findings = Vec::new();
    for source in house
        .sources
        .iter()
        .filter(|source| source.part == Part::Program)
    {
        let name = source.crate_name.as_str();
        if name != "db" && !PLATFORM.contains(&name) {
            continue;
        }
        for token in source.tokens.iter().filter(|token| !token.in_test) {
            let word = of_trade(token).or_else(|| foreign_table(token, name, &tables));
            let found =
                word.map(|word| format!("“{word}” is a word of the trade; {name} knows none"));
            findings.extend(found.map(|what| Finding::at(&source.path, token.line, what)));
        }
    }
    findings
}

fn of_trade(token: &Token) -> Option<String> {
    if token.kind == Kind::Word && TRADE_NAMES.contains(&token.text.as_str()) {
        return Some(token.text.clone());
    }
    plain_words(&token.text)
        .into_iter()
        .find(|word| TRADE.contains(&singular(word).as_str()))
}

fn foreign_table(token: &Token, name: &str, tables: &BTreeSet<String>) -> Option<String> {
    let own = format!("{name}_");
    let words = crate::sql::words(&token.text).into_iter();
    words
        .filter(|word| tables.contains(word))
        .find(|word| !word.starts_with(&own))
}

/// `CustomerName` and `customer_name` are both `customer` and `name`.
fn plain_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for one in text.chars() {
        let begins = one.is_uppercase() && after_small;
        if begins || !one.is_alphanumeric() {
            words.push(String::new());
        }
        if one.is_alphanumeric() {
            words
                .last_mut()
                .expect("there is always one")
                .extend(one.to_lowercase());
        }
        after_small = one.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
