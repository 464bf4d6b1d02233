//! What both engines must do alike, and what must never be lost.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

use db::{Cell, Db, DbError};

#[derive(db::FromRow, Debug, PartialEq)]
struct Named {
    id: i64,
    name: String,
}

async fn table(db: &Db) {
    db.script("create table probe (id bigint primary key, name text not null unique)")
        .await
        .unwrap();
}

async fn names(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<Named> = tx
        .q("select id, name from probe order by id limit 100")
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

testkit::each_engine!(
    async fn a_write_is_whole_or_nothing(db) {
        table(&db).await;
        db.write((), |tx, ()| Box::pin(async move {
            tx.q("insert into probe (id, name) values ($1, $2)").bind(1_i64).bind("kept").run().await
        })).await.unwrap();
        let refused = db.write((), |tx, ()| Box::pin(async move {
            tx.q("insert into probe (id, name) values ($1, $2)").bind(2_i64).bind("undone").run().await?;
            tx.q("insert into probe (id, name) values ($1, $2)").bind(3_i64).bind("kept").run().await
        })).await;
        assert!(matches!(refused, Err(DbError::Taken(_))), "{refused:?}");
        assert_eq!(names(&db).await, ["kept"]);
    }
);

testkit::each_engine!(
    async fn many_rows_go_in_as_written(db) {
        table(&db).await;
        db.write((), |tx, ()| Box::pin(async move {
            let rows = (0..9_001).map(|id: i64| vec![Cell::from(id), Cell::from(format!("n{id}"))]).collect();
            tx.insert_many("insert into probe (id, name) values", rows).await?;
            tx.insert_many("insert into probe (id, name) values", Vec::new()).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (count,): (i64,) = tx.q("select count(*) from probe").one().await.unwrap();
        assert_eq!(count, 9_001);
        let some: Vec<Named> = tx
            .q("select id, name from probe where id in (select cast(value as bigint) from json_each($1)) order by id")
            .bind("[7,9000]")
            .all()
            .await
            .unwrap();
        assert_eq!(some, [Named { id: 7, name: "n7".into() }, Named { id: 9_000, name: "n9000".into() }]);
    }
);

testkit::each_engine!(
    async fn a_snapshot_does_not_see_later_writes(db) {
        table(&db).await;
        let mut before = db.read().await.unwrap();
        let (count,): (i64,) = before.q("select count(*) from probe").one().await.unwrap();
        assert_eq!(count, 0);
        db.write((), |tx, ()| Box::pin(async move {
            tx.q("insert into probe (id, name) values ($1, $2)").bind(1_i64).bind("later").run().await
        })).await.unwrap();
        let (count,): (i64,) = before.q("select count(*) from probe").one().await.unwrap();
        assert_eq!(count, 0);
        drop(before);
        assert_eq!(names(&db).await, ["later"]);
    }
);

testkit::each_engine!(
    async fn a_reader_cannot_write(db) {
        table(&db).await;
        let mut tx = db.read().await.unwrap();
        let refused = tx.q("insert into probe (id, name) values ($1, $2)").bind(1_i64).bind("x").run().await;
        assert!(matches!(refused, Err(DbError::CannotWrite(_))), "{refused:?}");
    }
);

testkit::each_engine!(
    async fn a_sum_that_does_not_fit_is_told(db) {
        table(&db).await;
        db.write((), |tx, ()| Box::pin(async move {
            for id in [i64::MAX, i64::MAX - 1] {
                tx.q("insert into probe (id, name) values ($1, $2)").bind(id).bind(id.to_string()).run().await?;
            }
            Ok(())
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sum = tx.q("select cast(sum(id) as bigint) from probe").one::<(i64,)>().await;
        assert!(matches!(sum, Err(DbError::Overflow)), "{sum:?}");
    }
);

testkit::each_engine!(
    async fn text_is_ordered_by_its_bytes(db) {
        let mut tx = db.read().await.unwrap();
        let rows: Vec<(String,)> = tx
            .q("select value from json_each($1) order by value")
            .bind(r#"["b","a","B","ä","陈","1"]"#)
            .all()
            .await
            .unwrap();
        // The engines agree on stored columns; a function's result follows the database's collation,
        // which is "C" in the test server as it should be in production.
        let order: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
        assert_eq!(order, ["1", "B", "a", "b", "ä", "陈"]);
    }
);

testkit::each_engine!(
    async fn a_newer_database_is_not_touched(db) {
        db.migrate().await.unwrap();
        db.script("insert into db_history (version, name) values (9999, 'from the future')").await.unwrap();
        let refused = db.migrate().await.unwrap_err().to_string();
        assert!(refused.contains("newer bailiwick"), "{refused}");
    }
);

testkit::each_engine!(
    async fn the_trail_cannot_be_edited(db) {
        db.write((), |tx, ()| Box::pin(async move {
            tx.q("insert into trail_audit (at, person_name, via, action, noun, subject, why) values (1, 'a', 'api', 'b', 'c', 'd', '')").run().await
        })).await.unwrap();
        for sql in ["update trail_audit set why = 'x'", "delete from trail_audit"] {
            assert!(db.script(sql).await.is_err(), "{sql}");
        }
    }
);

testkit::each_engine!(
    async fn sixteen_writers_at_once_all_count(db) {
        table(&db).await;
        db.script("insert into probe (id, name) values (1, '0')").await.unwrap();
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                for _ in 0..5 {
                    // Read, then write what was read plus one: a lost update would show.
                    while let Err(error) = db.write((), |tx, ()| Box::pin(async move {
                        let (now,): (String,) = tx.q("select name from probe where id = 1").one().await?;
                        let next = (now.parse::<i64>().unwrap_or(0) + 1).to_string();
                        tx.q("update probe set name = $1 where id = 1").bind(next).run().await
                    })).await {
                        assert!(matches!(error, DbError::Busy), "{error}");
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(names(&db).await, ["80"]);
    }
);

#[tokio::test]
async fn a_file_that_cannot_be_made_durable_is_not_served() {
    // A database in memory has no write-ahead log; the setting is read back and found wanting.
    let refused = Db::open_file(std::path::Path::new(":memory:")).await;
    let told = refused
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(told.contains("journal_mode"), "{told:?}");
}
