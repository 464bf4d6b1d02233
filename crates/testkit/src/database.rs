//! Fresh databases, made by copying one that is already migrated.

#![expect(
    clippy::disallowed_methods,
    reason = "tests learn the PostgreSQL server from the environment"
)]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use db::Db;
use tokio::sync::OnceCell;

static COUNT: AtomicU64 = AtomicU64::new(0);

fn unique() -> String {
    format!(
        "{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A fresh, migrated SQLite database in the temporary folder.
pub async fn sqlite() -> Db {
    static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            let file = std::env::temp_dir().join(format!("bailiwick-test-{}.db", unique()));
            let db = Db::open_file(&file)
                .await
                .expect("a database in the temporary folder");
            db.migrate().await.expect("the schema on SQLite");
            db.close().await;
            file
        })
        .await;
    let file = std::env::temp_dir().join(format!("bailiwick-test-{}.db", unique()));
    std::fs::copy(template, &file).expect("a copy of the template");
    Db::open_file(&file)
        .await
        .expect("a copy opens like the original")
}

/// A fresh, migrated PostgreSQL database, if a server was named.
pub async fn postgres() -> Option<Db> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let server = std::env::var("BAILIWICK_TEST_PG")
        .ok()
        .filter(|url| !url.is_empty())?;
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("t{}_template", unique());
            create(&server, &name, "template1").await;
            let db = Db::open_url(&at(&server, &name))
                .await
                .expect("the template database");
            db.migrate().await.expect("the schema on PostgreSQL");
            db.close().await;
            name
        })
        .await;
    let name = format!("t{}", unique());
    create(&server, &name, template).await;
    Some(
        Db::open_url(&at(&server, &name))
            .await
            .expect("the new database"),
    )
}

async fn create(server: &str, name: &str, template: &str) {
    let admin = Db::open_url(&at(server, "postgres"))
        .await
        .expect("the server named in BAILIWICK_TEST_PG");
    let sql: &'static str =
        Box::leak(format!("create database {name} template {template}").into_boxed_str());
    admin.script(sql).await.expect("a new database");
    admin.close().await;
}

/// The address of another database on the same server.
fn at(server: &str, name: &str) -> String {
    let (base, _) = server
        .rsplit_once('/')
        .expect("an address with a database name");
    format!("{base}/{name}")
}
