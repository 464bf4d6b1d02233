//! Tables, queries, words and migrations, broken on purpose.

use tidy::{migrations, queries, tables, words};

use crate::{findings, finds, passes};

#[test]
fn a_table_is_written_by_its_owner() {
    let path = "crates/plan/src/store/cells.rs";
    let text = |sql: &str| format!("const A: &str = \"{sql}\";");
    passes(
        tables::check,
        path,
        &text("insert into plan_cell (a) values ($1) on conflict do update set a = 1"),
    );
    passes(
        tables::check,
        path,
        &text("select a, b from org_unit for update"),
    );
    passes(
        tables::check,
        "crates/plan/tests/cells.rs",
        &text("delete from org_unit"),
    );
    for sql in [
        "insert into org_unit (a) values ($1)",
        "update org_unit set a = $1",
        "update org_unit as u set a = $1",
        "delete from org_unit where a = $1",
        "delete from org_unit",
        "with a as (select 1) delete from org_unit where b in (select * from a)",
        "INSERT INTO org_unit SELECT * FROM plan_cell",
    ] {
        finds(
            tables::check,
            path,
            &text(sql),
            &["plan writes org_unit, which is not its own"],
        );
    }
    finds(
        tables::check,
        path,
        &text("create table plan_more (a bigint)"),
        &["the schema changes in crates/db/migrations only"],
    );
}

#[test]
fn desk_writes_nothing() {
    let path = "crates/desk/src/store/today.rs";
    passes(
        tables::check,
        path,
        "fn a() { write!(f, \"x\"); kit.db.read() }",
    );
    finds(
        tables::check,
        path,
        "const A: &str = \"update desk_seen set a = 1\";",
        &["desk writes nothing, not even desk_seen"],
    );
    finds(
        tables::check,
        path,
        "fn a() { kit.db.write(b, c) }",
        &["desk writes nothing"],
    );
    finds(
        tables::check,
        path,
        "fn a() { tx.insert_many(B, c) }",
        &["desk writes nothing"],
    );
}

#[test]
fn a_table_is_named_after_its_crate() {
    let path = "crates/db/migrations/0001_x.sql";
    passes(
        tables::check,
        path,
        "-- create table stray\ncreate table org_unit (a text) strict;",
    );
    finds(
        tables::check,
        path,
        "create table stock_item (a text) strict; create table org (a text) strict;",
        &["org belongs to no crate", "stock_item belongs to no crate"],
    );
}

#[test]
fn a_list_is_bounded_and_ordered() {
    let path = "crates/org/src/store/units.rs";
    let text = |sql: &str, by: &str| {
        format!(
            "fn a() {{ const SQL: &str = \"{sql}\"; tx.q(SQL).bind(b.all(|c| d)).{by}().await }}"
        )
    };
    passes(
        queries::check,
        path,
        &text("select a from b order by a limit $1", "all"),
    );
    passes(queries::check, path, &text("select count(*) from b", "one"));
    passes(
        queries::check,
        path,
        &text("select 1 where exists (select 1 from b limit 1)", "one"),
    );
    passes(
        queries::check,
        path,
        &text("update b set c = 1 returning d", "all::<Row>"),
    );
    let (no_limit, no_order) = (
        "all rows are fetched without a limit",
        "all rows are fetched without an order by",
    );
    finds(
        queries::check,
        path,
        &text("select a from b", "all"),
        &[no_limit, no_order],
    );
    finds(
        queries::check,
        path,
        &text("select a from b order by a", "all::<Row>"),
        &[no_limit],
    );
    // What a bracket holds does not bound what stands around it.
    let inner = "select a from b where c in (select d from e order by d limit 9)";
    finds(
        queries::check,
        path,
        &text(inner, "all"),
        &[no_limit, no_order],
    );
    finds(
        queries::check,
        path,
        &text("select a from b limit 1", "maybe"),
        &["limit without order by"],
    );
    let inner = "select (select a from b limit 1) from c order by d limit 5";
    finds(
        queries::check,
        path,
        &text(inner, "all"),
        &["limit without order by"],
    );
    finds(
        queries::check,
        path,
        "fn a() { tx.q(\"select a from b order by a\").all() }",
        &[no_limit],
    );
}

#[test]
fn a_query_put_together_by_a_macro_is_seen_whole() {
    let path = "crates/org/src/store/units.rs";
    let whole = |end: &str| {
        format!(
            "macro_rules! select_unit {{ ($($rest:expr),+) => {{ concat!(\"select a from b \", $($rest),+) }}; }}\n\
             fn a() {{ const SQL: &str = select_unit!(\"where (c = 1 or \", db::holds!(\"x\", \"$1\", \"$2\"), \"){end}\"); \
             tx.q(SQL).all() }}"
        )
    };
    passes(queries::check, path, &whole(" order by a limit 10"));
    finds(
        queries::check,
        path,
        &whole(" order by a"),
        &["all rows are fetched without a limit"],
    );
}

#[test]
fn the_platform_knows_no_trade() {
    let path = "crates/page/src/parts.rs";
    passes(
        words::check,
        path,
        "// In this order: payment of a product's target, quotation marks, `Ordering`.\nfn order_by() { p(\"order by a\") }",
    );
    passes(words::check, "crates/book/src/order.rs", "fn customer() {}");
    passes(
        words::check,
        "crates/page/src/parts.rs",
        "#[cfg(test)] mod tests { fn customer() {} }",
    );
    passes(
        words::check,
        "crates/sheet/tests/mapped.rs",
        "const ORDERS: &str = \"orders\";",
    );
    let trade = |word: &str| format!("“{word}” is a word of the trade; page knows none");
    for (text, word) in [
        ("fn a(customer: u8) {}", "customer"),
        ("struct CustomerName;", "customer"),
        ("// Shown on invoices.", "invoices"),
        ("fn a() { b(\"Sales by territory\") }", "sales"),
        ("struct Order;", "Order"),
        ("fn a(order_id: i64) {}", "order_id"),
    ] {
        finds(words::check, path, text, &[&trade(word)]);
    }
    let files = [
        (
            "crates/db/migrations/0001_x.sql",
            "create table plan_cell (a text) strict;",
        ),
        (path, "const A: &str = \"select a from plan_cell\";"),
    ];
    assert_eq!(findings(words::check, &files), [trade("plan_cell")]);
}

const HISTORY: (&str, &str) = (
    "crates/db/src/migrate.rs",
    "const A: &[Script] = &[script!(\"0001_a\"), script!(\"0002_b\")];",
);

fn history(one: &str, two: (&str, &str)) -> Vec<String> {
    let path = format!("crates/db/migrations/{}", two.0);
    findings(
        migrations::check,
        &[
            HISTORY,
            ("crates/db/migrations/0001_a.sql", one),
            (&path, two.1),
        ],
    )
}

#[test]
fn migrations_are_one_numbered_history() {
    assert!(history("-- A.\n", ("0002_b.sql", "-- B.\n")).is_empty());
    assert!(history("-- A.\n", ("0001_a.sqlite.sql", "create trigger x;")).is_empty());
    assert_eq!(
        history("-- A.\n", ("0003_b.sql", "-- B.\n")),
        ["its number should be 0002", "db's history does not name it"]
    );
    assert_eq!(
        history("-- A.\n", ("0002_b.sql", "B\n")),
        ["the first line does not say what it brings"]
    );
    assert_eq!(
        history("-- A.\n", ("0002_c.postgres.sql", "")),
        ["there is no 0002_c.sql before it"]
    );
}

#[test]
fn columns_are_portable_and_money_is_whole() {
    let two = ("0002_b.sql", "-- B.\n");
    let good = "-- A.\ncreate table org_a (\n  id row_id, -- json\n  b text not null check (b in ('x', 'y')),\n  \
                c_minor bigint, primary key (id, b)\n) strict;";
    assert!(history(good, two).is_empty());
    let bad = "-- A.\ncreate table org_a (id uuid, b_minor double, c boolean);";
    assert_eq!(
        history(bad, two),
        [
            "org_a is not strict",
            "org_a.id has the type uuid, which is not portable",
            "org_a.b_minor is money and must be a bigint",
            "org_a.c has the type boolean, which is not portable",
        ]
    );
}
