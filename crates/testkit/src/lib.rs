//! What tests stand on: a fresh database on each engine, a frozen clock, a small cast.
//!
//! A dev-dependency only. PostgreSQL is used where `BAILIWICK_TEST_PG` names a server on which
//! databases may be created (`bin/check` starts one); without it those tests say so and pass.

mod database;

pub use database::{Fresh, fresh_postgres, fresh_sqlite, postgres, sqlite};

/// Runs one story on a fresh SQLite and a fresh PostgreSQL.
///
/// ```ignore
/// testkit::each_engine!(async fn a_customer_is_found_by_pinyin(db) { … });
/// ```
#[macro_export]
macro_rules! each_engine {
    ($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a story may stand alone")]
            use super::*;

            async fn story($db: ::db::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let fresh = $crate::fresh_sqlite().await;
                story(fresh.db.clone()).await;
                fresh.end().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let Some(fresh) = $crate::fresh_postgres().await else {
                    eprintln!("skipped: BAILIWICK_TEST_PG names no PostgreSQL server");
                    return;
                };
                story(fresh.db.clone()).await;
                fresh.end().await;
            }
        }
    };
}
