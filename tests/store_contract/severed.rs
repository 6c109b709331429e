//! A PostgreSQL server that ends connections in the middle of work, as one does that restarts or fails over.

use crate::{
    fixture::{Fixture, minute, new_member, on_postgres, person, postgres, reflection, row},
    read, write,
};
use sqlx::{AssertSqlSafe, Executor as _};
use std::time::Duration;

const WRITERS: u32 = 8;
const WRITES_EACH: u32 = 60;
const CUTS: u32 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_whose_connections_are_ended_is_done_once() {
    on_postgres(every_write_is_done_once).await;
}

async fn every_write_is_done_once(fixture: Fixture) {
    let store = fixture.store;
    for writer in 0..WRITERS {
        write!(store, |tx| tx.insert_member(&new_member(person(&format!("U{writer}")))).await).unwrap();
    }
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            let mut failures = 0_u32;
            for nth in 0..WRITES_EACH {
                let number = writer * WRITES_EACH + nth;
                // As a delivery that Slack repeats: the key is stored with its effect.
                while let Err(error) = write!(store, |tx| {
                    if tx.record_delivery(&format!("delivery-{number}"), None, minute(0)).await? {
                        let who = person(&format!("U{writer}"));
                        tx.insert_reflection(&reflection(number, who, "Ask.")).await?;
                    }
                    Ok(())
                }) {
                    failures += 1;
                    assert!(failures < 1_000, "it recovers: {error}");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            failures
        });
    }
    let (_, mut admin) = postgres().await.unwrap();
    let database = fixture.url.rsplit('/').next().unwrap();
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    for _ in 0..CUTS {
        tokio::time::sleep(Duration::from_millis(60)).await;
        admin.execute(AssertSqlSafe(cut.clone())).await.unwrap();
    }
    let failures: u32 = writers.join_all().await.into_iter().sum();
    println!("{failures} of {} units of work failed and were done again", WRITERS * WRITES_EACH);
    for writer in 0..WRITERS {
        let kept = read!(store, |tx| tx.reflections_of(&person(&format!("U{writer}"))).await).unwrap();
        let numbers: Vec<_> = kept.iter().map(|it| it.id.clone()).collect();
        let all = (0..WRITES_EACH).map(|nth| row(writer * WRITES_EACH + nth)).collect::<Vec<_>>();
        assert_eq!(numbers, all);
    }
}
