//! A list is never unbounded and never in chance order.
//!
//! What is fetched whole says `limit`, so that a region ten times larger does not fill the memory;
//! and whatever says `limit` says `order by`, or the engine picks the rows that are left out.

use crate::{
    Finding, House, dependencies,
    source::Source,
    sql::{self, Clauses},
};

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in house.programs().filter(|(source, _)| has_queries(source)) {
        for fetch in sql::fetches(&code) {
            let faults = faults(&fetch.sql, fetch.by == "all").into_iter();
            findings.extend(faults.map(|what| Finding::at(&source.path, fetch.line, what)));
        }
    }
    findings
}

fn has_queries(source: &Source) -> bool {
    // `db` itself asks only about its own history.
    source.crate_name != "db" && dependencies::floor(&source.crate_name).is_some()
}

fn faults(sql: &str, whole: bool) -> Vec<&'static str> {
    let clauses = Clauses::of(sql);
    let mut faults = Vec::new();
    for (at, one) in clauses.iter().enumerate() {
        let ordered = one.has(&["order", "by"]);
        if one.has_limit() && !ordered && !one.begins(&["select", "1"]) {
            faults.push("limit without order by");
        }
        let reads = one.begins(&["select"]) || one.begins(&["with"]);
        if at == 0 && whole && reads {
            if !one.has_limit() {
                faults.push("all rows are fetched without a limit");
            }
            if !ordered {
                faults.push("all rows are fetched without an order by");
            }
        }
    }
    faults
}
