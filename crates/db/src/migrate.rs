//! The schema's one numbered history, brought up to date at start.
//!
//! A script is written once. Before it runs, the few words on which the engines disagree are put
//! into the engine's own: `row_id` (a key the engine counts up), `bigint`, `bytes`, `text`, and the
//! `strict` that makes SQLite refuse a text in a number's column. What cannot be said that way
//! (triggers) stands in a second script per engine.

use sqlx::AssertSqlSafe;

use crate::{Db, DbError, Engine, Result, Tx};

struct Script {
    name: &'static str,
    common: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! script {
    ($name:literal) => {
        Script {
            name: $name,
            common: include_str!(concat!("../migrations/", $name, ".sql")),
            sqlite: "",
            postgres: "",
        }
    };
    ($name:literal, per engine) => {
        Script {
            name: $name,
            common: include_str!(concat!("../migrations/", $name, ".sql")),
            sqlite: include_str!(concat!("../migrations/", $name, ".sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $name, ".postgres.sql")),
        }
    };
}

const HISTORY: &[Script] = &[
    script!("0001_trail", per engine),
    script!("0002_org"),
    script!("0003_book"),
    script!("0004_plan", per engine),
    script!("0005_documents"),
    script!("0006_imports"),
    script!("0007_rates"),
    script!("0008_lists"),
    script!("0009_views"),
    script!("0010_moves"),
    script!("0011_credit_limits"),
    script!("0012_short_lists"),
    script!("0013_prices"),
    script!("0014_open_lists"),
    script!("0015_masters"),
    script!("0016_quotations"),
    script!("0017_samples"),
    script!("0018_agreements"),
    script!("0019_uploads"),
    script!("0020_series"),
    script!("0021_whose"),
    script!("0022_pasts"),
    script!("0023_leaner"),
    script!("0024_beside"),
];

/// The version this program writes.
pub const SCHEMA_VERSION: usize = HISTORY.len();

/// The whole schema as one engine sees it: for tests that compare the two.
pub fn schema(engine: Engine) -> Vec<String> {
    HISTORY
        .iter()
        .map(|script| in_words_of(engine, script))
        .collect()
}

impl Db {
    /// Brings the schema up to date, each script in a transaction of its own.
    ///
    /// # Errors
    ///
    /// [`DbError::Unreachable`] if the database was written by a newer version of the program.
    pub async fn migrate(&self) -> Result<()> {
        let version = self.write((), |tx, ()| Box::pin(begin_history(tx))).await?;
        let known = i64::try_from(SCHEMA_VERSION).unwrap_or(i64::MAX);
        if known < version {
            return Err(DbError::Unreachable(format!(
                "the database has schema version {version}, this program knows {known}. It was written by a newer bailiwick; start that one, or restore the backup made before the upgrade"
            )));
        }
        for number in version + 1..=known {
            self.write(number, |tx, number| Box::pin(run_script(tx, *number)))
                .await?;
        }
        Ok(())
    }
}

async fn begin_history(tx: &mut Tx) -> Result<i64> {
    if tx.engine() == Engine::Postgres {
        // Two nodes starting at once take turns.
        tx.q("select pg_advisory_xact_lock(726001)").run().await?;
        run_text(tx, POSTGRES_WORDS.to_owned()).await?;
    }
    run_text(tx, in_engine_words(tx.engine(), FIRST_TABLE)).await?;
    let (version,): (i64,) = tx
        .q("select coalesce(max(version), cast(0 as bigint)) from db_history")
        .one()
        .await?;
    Ok(version)
}

async fn run_script(tx: &mut Tx, number: i64) -> Result<()> {
    let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
    let script = HISTORY.get(place).ok_or(DbError::Missing)?;
    if tx.engine() == Engine::Postgres {
        tx.q("select pg_advisory_xact_lock(726001)").run().await?;
        let (done,): (i64,) = tx
            .q("select count(*) from db_history where version >= $1")
            .bind(number)
            .one()
            .await?;
        if done > 0 {
            return Ok(());
        }
    }
    run_text(tx, in_words_of(tx.engine(), script)).await?;
    tx.q("insert into db_history (version, name) values ($1, $2)")
        .bind(number)
        .bind(script.name)
        .run()
        .await
        .map(drop)
}

async fn run_text(tx: &mut Tx, text: String) -> Result<()> {
    use sqlx::Executor as _;
    // Safe: the scripts are part of the program.
    let script = sqlx::raw_sql(AssertSqlSafe(text));
    match &mut tx.inner {
        crate::engine::Inner::Lite(tx) => (&mut **tx).execute(script).await.map(drop)?,
        crate::engine::Inner::Pg(tx) => (&mut **tx).execute(script).await.map(drop)?,
    }
    Ok(())
}

const FIRST_TABLE: &str = "
create table if not exists db_history (
    version bigint primary key,
    name text not null
) strict;";

/// What SQLite has and PostgreSQL lacks: a JSON list as rows, so that `in (select value from
/// json_each($1))` is one text for both.
const POSTGRES_WORDS: &str = "
create or replace function json_each(list text) returns table(key bigint, value text)
language sql immutable strict parallel safe as
$$ select ord - 1, item from jsonb_array_elements_text(list::jsonb) with ordinality as t(item, ord) $$;";

fn in_words_of(engine: Engine, script: &Script) -> String {
    let own = match engine {
        Engine::Sqlite => script.sqlite,
        Engine::Postgres => script.postgres,
    };
    format!("{}\n{own}", in_engine_words(engine, script.common))
}

/// Replaces whole words outside comments and quotes.
fn in_engine_words(engine: Engine, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let (code, comment) = line
            .split_once("--")
            .map_or((line, None), |(a, b)| (a, Some(b)));
        let mut quoted = false;
        let mut word = String::new();
        for letter in code.chars().chain([' ']) {
            if letter.is_ascii_alphanumeric() || letter == '_' {
                word.push(letter);
                continue;
            }
            out.push_str(if quoted {
                &word
            } else {
                engine_word(engine, &word)
            });
            word.clear();
            quoted ^= letter == '\'';
            out.push(letter);
        }
        if let Some(comment) = comment {
            out.push_str("--");
            out.push_str(comment);
        }
        out.push('\n');
    }
    out
}

fn engine_word(engine: Engine, word: &str) -> &str {
    match (engine, word) {
        (Engine::Sqlite, "row_id") => "integer primary key",
        (Engine::Sqlite, "bigint") => "integer",
        (Engine::Sqlite, "bytes") => "blob",
        (Engine::Sqlite, "double") => "real",
        (Engine::Postgres, "row_id") => "bigint generated by default as identity primary key",
        (Engine::Postgres, "text") => "text collate \"C\"",
        (Engine::Postgres, "bytes") => "bytea",
        (Engine::Postgres, "double") => "double precision",
        (Engine::Postgres, "strict") => "",
        _ => word,
    }
}
