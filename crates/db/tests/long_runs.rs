//! What a long run learns of others who write, and what it leaves behind chunk by chunk.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use db::{Db, Tx};

fn place(name: &str) -> PathBuf {
    let name = format!("bailiwick-long-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("notes.db")
}

async fn notes(file: &std::path::Path) -> Db {
    let db = Db::open_file(file).await.unwrap();
    db.script("create table if not exists note (text text not null) strict")
        .await
        .unwrap();
    db
}

async fn insert(tx: &mut Tx, text: &str) -> db::Result<()> {
    let insert = tx.q("insert into note (text) values ($1)");
    insert.bind(text.to_owned()).run().await.map(drop)
}

async fn chunk(db: &Db) -> bool {
    let work = db.write_chunk("of the run", |tx, text| Box::pin(insert(tx, text)));
    let ((), taken) = work.await.unwrap();
    assert!(!taken.held.is_zero());
    taken.was_alone
}

#[tokio::test]
async fn a_run_notices_whoever_else_writes() {
    let file = place("noticed");
    let db = notes(&file).await;
    // What was there before is nobody's doing: only the second chunk can tell.
    chunk(&db).await;
    assert!(chunk(&db).await);
    // Its own readers change nothing.
    let mut reading = db.read().await.unwrap();
    let counted: (i64,) = reading.q("select count(*) from note").one().await.unwrap();
    assert_eq!(counted, (2,));
    drop(reading);
    assert!(chunk(&db).await);

    db.write("by hand", |tx, text| Box::pin(insert(tx, text)))
        .await
        .unwrap();
    assert!(!chunk(&db).await, "somebody of this process wrote");
    assert!(chunk(&db).await, "that was told once");

    let other = Db::open_file(&file).await.unwrap();
    other
        .write("from outside", |tx, text| Box::pin(insert(tx, text)))
        .await
        .unwrap();
    assert!(!chunk(&db).await, "another process wrote");
    // What is undone was never written.
    let refused = other.rehearse("tried", |tx, text| Box::pin(insert(tx, text)));
    refused.await.unwrap();
    assert!(chunk(&db).await);

    other.close().await;
    db.close().await;
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn a_chunk_that_fails_leaves_nothing_and_the_run_goes_on() {
    let file = place("failing");
    let db = notes(&file).await;
    chunk(&db).await;
    let failed = db.write_chunk((), |tx, ()| {
        Box::pin(async {
            insert(tx, "half").await?;
            tx.q("insert into nothing values (1)").run().await.map(drop)
        })
    });
    assert!(failed.await.is_err());
    chunk(&db).await;
    let mut reading = db.read().await.unwrap();
    let kept: Vec<(String,)> = reading
        .q("select text from note order by rowid limit 9")
        .all()
        .await
        .unwrap();
    let kept: Vec<&str> = kept.iter().map(|(text,)| text.as_str()).collect();
    assert_eq!(kept, ["of the run", "of the run"]);
    drop(reading);
    db.synced().await.unwrap();
    db.close().await;
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
}
