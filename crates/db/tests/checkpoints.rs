//! SQLite's log is moved into its file by itself: soon once a company is at rest, and never later than
//! a bounded log asks for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, time::Duration};

use db::{Db, Tx};

/// What a copy of the file alone knows, without the log beside it.
async fn rows_of_the_file_alone(file: &Path) -> Option<i64> {
    let copy = file.with_extension("copy");
    fs::copy(file, &copy).unwrap();
    let db = Db::open_file(&copy).await.unwrap();
    let counted = db
        .read()
        .await
        .unwrap()
        .q("select count(*) from note")
        .one()
        .await;
    db.close().await;
    for ending in ["copy", "copy-wal", "copy-shm", "copy-turn", "copy-next"] {
        let _ = fs::remove_file(file.with_extension(ending));
    }
    counted.ok().map(|(count,): (i64,)| count)
}

async fn insert(tx: &mut Tx, (notes, length): (usize, usize)) -> db::Result<()> {
    for _ in 0..notes {
        tx.q("insert into note (text) values ($1)")
            .bind("x".repeat(length))
            .run()
            .await?;
    }
    Ok(())
}

fn place(name: &str) -> std::path::PathBuf {
    let name = format!("bailiwick-checkpoints-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("notes.db")
}

#[tokio::test]
async fn a_company_at_rest_is_in_its_file() {
    let file = place("rest");
    let db = Db::open_file(&file).await.unwrap();
    db.script("create table note (id integer primary key, text text not null) strict")
        .await
        .unwrap();
    db.write((50, 4_000), |tx, notes| Box::pin(insert(tx, *notes)))
        .await
        .unwrap();
    // Right after the commit everything is in the log, so that nobody waited for the file.
    assert_eq!(rows_of_the_file_alone(&file).await, None);
    let mut look = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..100 {
        look.tick().await;
        if rows_of_the_file_alone(&file).await == Some(50) {
            db.close().await;
            fs::remove_dir_all(file.parent().unwrap()).unwrap();
            return;
        }
    }
    panic!("ten seconds later the rows are still in the log alone");
}

#[tokio::test]
async fn the_log_of_a_long_run_stays_short() {
    let file = place("run");
    let db = Db::open_file(&file).await.unwrap();
    db.script("create table note (id integer primary key, text text not null) strict")
        .await
        .unwrap();
    let mut written = 0;
    for _ in 0..300 {
        db.write_chunk((40, 40_000), |tx, notes| Box::pin(insert(tx, *notes)))
            .await
            .unwrap();
        written += 40 * 40_000;
    }
    let log = fs::metadata(file.with_extension("db-wal")).unwrap().len();
    assert!(log < written / 2, "{log} bytes of log after {written}");
    db.close().await;
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
}
