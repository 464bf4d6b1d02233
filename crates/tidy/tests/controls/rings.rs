//! What each ring must not say, said on purpose.

use tidy::rings;

use crate::{finds, passes};

#[test]
fn a_rule_knows_neither_database_nor_pages() {
    let path = "crates/book/src/credit.rs";
    passes(
        rings::check,
        path,
        "/// See [`db::Tx`] and crate::store.\nuse crate::CustomerId;\nfn store(web: u8) { web.db() }",
    );
    finds(
        rings::check,
        path,
        "use db::{Result, Tx};",
        &["a rule names db"],
    );
    finds(
        rings::check,
        path,
        "use crate::{order, store::orders};",
        &["a rule names store"],
    );
    finds(
        rings::check,
        path,
        "fn a() { super::web::show() }",
        &["a rule names web"],
    );
    finds(
        rings::check,
        path,
        "use maud::html;",
        &["a rule names maud"],
    );
    finds(
        rings::check,
        path,
        "fn a() -> axum::Router {}",
        &["a rule names axum"],
    );
    finds(
        rings::check,
        path,
        "const A: &str = \"select id from book_order\";",
        &["a rule holds SQL"],
    );
    passes(
        rings::check,
        "crates/book/src/lib.rs",
        "pub mod store; pub use store::orders;",
    );
    passes(
        rings::check,
        "crates/org/src/enrol.rs",
        "use crate::store::people; use db::Tx;",
    );
    passes(rings::check, "crates/page/src/kit.rs", "use axum::Router;");
}

#[test]
fn the_store_opens_ends_and_shows_nothing() {
    let path = "crates/plan/src/store/cells.rs";
    passes(
        rings::check,
        path,
        "use db::{Result, Tx};\nfn a() { tx.q(\"select 1\").all() }",
    );
    finds(
        rings::check,
        path,
        "use axum::Json;",
        &["the store names axum"],
    );
    finds(
        rings::check,
        path,
        "use page::Problem;",
        &["the store names page"],
    );
    finds(
        rings::check,
        path,
        "use crate::web::cells;",
        &["the store names web"],
    );
    finds(
        rings::check,
        path,
        "fn a() { tx.commit() }",
        &["the store says commit"],
    );
    finds(
        rings::check,
        path,
        "fn a() { pool.begin() }",
        &["the store says begin"],
    );
    finds(
        rings::check,
        path,
        "fn a(db: &db::Db) {}",
        &["the store takes a Tx, not a Db"],
    );
}

#[test]
fn pages_hold_no_sql_and_pick_no_status() {
    let path = "crates/plan/src/web/cells.rs";
    passes(
        rings::check,
        path,
        "fn a() { p(\"Select a unit from the list.\"); q(\"Delete from it what is old.\"); \
         r(\"Update the set of cells = plan.\"); s(\"insert into the cell\") }",
    );
    for sql in [
        "select id, name from plan_cell",
        "  insert into plan_cell (a, b) values ($1, $2)",
        "update plan_cell set amount = $1",
        "delete from plan_cell where id = $1",
        "with x as (select 1) select a, b from x",
    ] {
        finds(
            rings::check,
            path,
            &format!("const A: &str = \"{sql}\";"),
            &["SQL outside the store"],
        );
    }
    finds(
        rings::check,
        path,
        "fn a() { StatusCode::OK }",
        &["only Problem picks a status"],
    );
    passes(
        rings::check,
        "crates/org/src/api.rs",
        "fn a() { StatusCode::OK }",
    );
    finds(
        rings::check,
        "crates/plan/src/sheet.rs",
        "fn a() { tx.commit() }",
        &["commit is db's own: Db::write does it"],
    );
}
