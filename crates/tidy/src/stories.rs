//! Tests neither wait for a clock nor reach beyond this machine, and all of them run.

use crate::{
    Finding, House,
    source::runs,
    tokens::{Kind, Token},
};

/// Endings that never lead anywhere (RFC 2606 and 6761).
const NOWHERE: [&str; 4] = ["example", "invalid", "localhost", "test"];

/// Addresses kept for writing about addresses (RFC 5737), and this machine's own.
const HARMLESS: [&str; 5] = ["127.", "0.0.0.0", "192.0.2.", "198.51.100.", "203.0.113."];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &house.sources {
        let code = source.test_code();
        let mut faults: Vec<(usize, String)> = Vec::new();
        let sleeps = runs(&code, &["sleep", "("]).into_iter();
        faults.extend(
            sleeps.map(|line| (line, "a test sleeps: wait for the fact instead".to_owned())),
        );
        let ignored = runs(&code, &["#", "[", "ignore"]).into_iter();
        faults.extend(ignored.map(|line| (line, "an ignored test tells nothing".to_owned())));
        faults.extend(code.iter().filter_map(|token| far_address(token)));
        faults.extend(repeated_names(&code));
        let faults = faults.into_iter();
        findings.extend(faults.map(|(line, what)| Finding::at(&source.path, line, what)));
    }
    findings
}

/// An address with a scheme whose host lies beyond loopback.
fn far_address(token: &Token) -> Option<(usize, String)> {
    if token.kind != Kind::Text {
        return None;
    }
    let host = token
        .text
        .split("://")
        .skip(1)
        .map(host)
        .find(|host| is_far(host))?;
    Some((token.line, format!("{host} lies beyond this machine")))
}

fn host(address: &str) -> &str {
    let end = address.find(['/', '?', '#', ' ', '"', '\\', '>', ')', ',']);
    let authority = &address[..end.unwrap_or(address.len())];
    let named = authority.rsplit('@').next().unwrap_or(authority);
    named.split(':').next().unwrap_or(named)
}

/// A name without a dot is nobody's, and namespaces are names, not places to go.
fn is_far(host: &str) -> bool {
    let ending = host.rsplit('.').next().unwrap_or(host);
    let plain = host
        .chars()
        .all(|one| one.is_ascii_alphanumeric() || one == '.' || one == '-');
    let harmless = HARMLESS.iter().any(|prefix| host.starts_with(prefix))
        || NOWHERE.contains(&ending)
        || host.starts_with("example.")
        || host == "www.w3.org";
    host.contains('.') && plain && !harmless
}

/// `test_` in front of a test's name says what the attribute says.
fn repeated_names(code: &[&Token]) -> Vec<(usize, String)> {
    let pairs = code.windows(2).filter(|pair| pair[0].is_word("fn"));
    let repeated = pairs.filter(|pair| pair[1].text.starts_with("test_"));
    repeated
        .map(|pair| (pair[1].line, format!("{}: name the fact", pair[1].text)))
        .collect()
}
