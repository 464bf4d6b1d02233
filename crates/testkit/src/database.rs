//! Fresh databases, made by copying one that is already migrated.
//!
//! The migrated original is made once and shared by all test programs; it is named after the schema,
//! so a changed schema makes a new one. A database goes when its test has passed.

#![expect(
    clippy::disallowed_methods,
    reason = "tests learn the PostgreSQL server from the environment"
)]

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use db::{Db, Engine};

static COUNT: AtomicU64 = AtomicU64::new(0);

fn unique() -> String {
    format!(
        "{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

fn original(engine: Engine) -> String {
    let mut hasher = DefaultHasher::new();
    db::schema(engine).hash(&mut hasher);
    format!("bailiwick_original_{:016x}", hasher.finish())
}

/// A fresh, migrated database, gone after [`Fresh::end`].
#[derive(Debug)]
pub struct Fresh {
    pub db: Db,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Server { admin: String, name: String },
}

impl Fresh {
    /// Closes and removes it. A test that fails before leaves it for a look.
    pub async fn end(self) {
        self.db.close().await;
        match self.place {
            Place::File(file) => {
                for suffix in ["", "-wal", "-shm", "-turn", "-next"] {
                    let mut name = file.clone().into_os_string();
                    name.push(suffix);
                    let _ = std::fs::remove_file(name);
                }
            }
            Place::Server { admin, name } => {
                run(&admin, format!("drop database {name} with (force)")).await;
            }
        }
    }
}

/// A fresh, migrated SQLite database in the temporary folder.
pub async fn fresh_sqlite() -> Fresh {
    let folder = std::env::temp_dir();
    let original = folder.join(format!("{}.db", original(Engine::Sqlite)));
    if !original.exists() {
        let draft = folder.join(format!("bailiwick-draft-{}.db", unique()));
        let db = Db::open_file(&draft)
            .await
            .expect("a database in the temporary folder");
        db.migrate().await.expect("the schema on SQLite");
        db.close().await;
        // Whoever renames last wins; all drafts are alike.
        std::fs::rename(&draft, &original).expect("the migrated original in its place");
    }
    let file = folder.join(format!("bailiwick-test-{}.db", unique()));
    std::fs::copy(&original, &file).expect("a copy of the original");
    let db = Db::open_file(&file)
        .await
        .expect("a copy opens like the original");
    Fresh {
        db,
        place: Place::File(file),
    }
}

/// A fresh, migrated PostgreSQL database, if a server was named.
pub async fn fresh_postgres() -> Option<Fresh> {
    let server = std::env::var("BAILIWICK_TEST_PG")
        .ok()
        .filter(|url| !url.is_empty())?;
    let admin = at(&server, "postgres");
    let original = original(Engine::Postgres);
    let name = format!("t{}", unique());
    let copy = format!("create database {name} template {original}");
    if try_run(&admin, copy.clone()).await.is_err() {
        make_original(&server, &admin, &original).await;
        run(&admin, copy).await;
    }
    let db = Db::open_url(&at(&server, &name))
        .await
        .expect("the new database");
    Some(Fresh {
        db,
        place: Place::Server { admin, name },
    })
}

async fn make_original(server: &str, admin: &str, original: &str) {
    let draft = format!("draft{}", unique());
    run(admin, format!("create database {draft} template template0")).await;
    let db = Db::open_url(&at(server, &draft))
        .await
        .expect("the draft database");
    db.migrate().await.expect("the schema on PostgreSQL");
    db.close().await;
    // Another program may have been faster; its original is as good.
    if try_run(
        admin,
        format!("alter database {draft} rename to {original}"),
    )
    .await
    .is_err()
    {
        run(admin, format!("drop database {draft} with (force)")).await;
    }
}

async fn run(server: &str, sql: String) {
    try_run(server, sql)
        .await
        .expect("the server named in BAILIWICK_TEST_PG does as told");
}

async fn try_run(server: &str, sql: String) -> db::Result<()> {
    let admin = Db::open_url(server).await?;
    let outcome = admin.script(Box::leak(sql.into_boxed_str())).await;
    admin.close().await;
    outcome
}

/// The address of another database on the same server.
fn at(server: &str, name: &str) -> String {
    let (base, _) = server
        .rsplit_once('/')
        .expect("an address with a database name");
    format!("{base}/{name}")
}

/// A fresh SQLite database that nobody removes.
pub async fn sqlite() -> Db {
    fresh_sqlite().await.db
}

/// A fresh PostgreSQL database that nobody removes, if a server was named.
pub async fn postgres() -> Option<Db> {
    Some(fresh_postgres().await?.db)
}
