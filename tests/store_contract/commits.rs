//! Transactions: each is committed whole or not at all, alone or in a commit shared with sixty others, whether
//! its neighbours fail or its caller goes away.

use crate::{fixture::*, read, stories, write};
use leadlens::store::{Engine, Store, StoreError, Tx};
use tokio::sync::oneshot;

stories!(
    a_failing_and_a_panicking_neighbour_harm_nobody,
    a_failed_transaction_takes_no_other_along,
    a_failed_statement_cannot_be_shrugged_off,
    what_has_begun_is_completed_without_its_caller,
    a_look_sees_one_state_and_changes_nothing,
    a_closed_store_says_so,
    a_store_that_answers_says_so,
);

/// Occupies SQLite's writer until the returned sender is used or dropped, so that later writes share one
/// commit. On PostgreSQL nothing waits.
async fn hold(store: &Store) -> oneshot::Sender<()> {
    let (begun, has_begun) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let store = store.clone();
    tokio::spawn(async move {
        write!(store, |_tx| {
            let _ = begun.send(());
            let _ = released.await;
            Ok(())
        })
    });
    has_begun.await.unwrap();
    release
}

async fn a_failing_and_a_panicking_neighbour_harm_nobody(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    let release = hold(&store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            let answer: Result<(), StoreError> = write!(store, |tx| {
                tx.record_delivery(&format!("delivery-{number}"), None, minute(0)).await?;
                tx.insert_reflection(&reflection(number, ana(), "kept")).await?;
                match number {
                    7 => Err(StoreError::Full),
                    13 => panic!("a defect in one use case"),
                    _ => Ok(()),
                }
            });
            (number, answer)
        });
    }
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    for (number, answer) in tasks.join_all().await {
        match number {
            7 => assert_eq!(answer, Err(StoreError::Full)),
            13 => assert_eq!(answer, Err(StoreError::Panicked)),
            _ => assert_eq!(answer, Ok(()), "{number}"),
        }
    }
    let kept = read!(store, |tx| tx.reflections_of(&ana()).await).unwrap();
    assert_eq!(kept.len(), 18);
    for (number, kept) in [(6, true), (7, false), (12, true), (13, false), (19, true)] {
        let key = format!("delivery-{number}");
        assert_eq!(read!(store, |tx| tx.find_delivery(&key).await).unwrap().is_some(), kept, "{number}");
    }
}

/// The work of one transaction in [`a_failed_transaction_takes_no_other_along`].
async fn does(tx: &mut Tx, number: u32) -> Result<(), StoreError> {
    let key = format!("delivery-{number}");
    match number % 6 {
        // Stores both, after a read.
        0 => tx.find_member(&ana()).await.map(|_| ())?,
        // Its first statement is refused.
        1 => return tx.insert_reflection(&reflection(number, ben(), "of nobody")).await.map(|_| ()),
        // Records its key and nothing else.
        2 => return tx.record_delivery(&key, None, minute(0)).await.map(|_| ()),
        // Fails before any statement.
        3 => return Err(StoreError::Full),
        // Records its key, then its statement is refused.
        4 => {
            tx.record_delivery(&key, None, minute(0)).await?;
            return tx.insert_reflection(&reflection(number, ben(), "of nobody")).await.map(|_| ());
        }
        // Stores both, beginning with a write.
        _ => {}
    }
    tx.insert_reflection(&reflection(number, ana(), "kept")).await?;
    tx.record_delivery(&key, None, minute(0)).await.map(|_| ())
}

async fn a_failed_transaction_takes_no_other_along(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    let release = hold(&store).await;
    let mut tasks = tokio::task::JoinSet::new();
    // More transactions than one commit takes; the last one is refused.
    for number in 0..77 {
        let store = store.clone();
        tasks.spawn(async move {
            let acts = store.write(move |tx| Box::pin(does(tx, number)));
            (number, acts.await)
        });
    }
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    for (number, answer) in tasks.join_all().await {
        assert_eq!(answer.is_ok(), matches!(number % 6, 0 | 2 | 5), "{number}: {answer:?}");
        let key = format!("delivery-{number}");
        let marked = read!(store, |tx| tx.find_delivery(&key).await).unwrap().is_some();
        assert_eq!(marked, answer.is_ok(), "{number}");
        let kept = read!(store, |tx| tx.find_reflection(&ana(), &row(number)).await).unwrap().is_some();
        assert_eq!(kept, matches!(number % 6, 0 | 5), "{number}");
    }
}

async fn a_failed_statement_cannot_be_shrugged_off(fixture: Fixture) {
    let store = fixture.store;
    let answer: Result<(), StoreError> = write!(store, |tx| {
        tx.record_delivery("before", None, minute(0)).await?;
        let refused = tx.insert_reflection(&reflection(1, ana(), "of nobody")).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })));
        let next = tx.record_delivery("after", None, minute(0)).await;
        assert_eq!(next.err(), refused.err());
        Ok(())
    });
    assert!(matches!(answer, Err(StoreError::Refused { .. })), "{answer:?}");
    for key in ["before", "after"] {
        assert_eq!(read!(store, |tx| tx.find_delivery(key).await), Ok(None));
    }
    assert!(write!(store, |tx| tx.record_delivery("later", None, minute(0)).await).unwrap());
}

async fn what_has_begun_is_completed_without_its_caller(fixture: Fixture) {
    let store = fixture.store;
    let (begun, has_begun) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let caller = tokio::spawn({
        let store = store.clone();
        async move {
            write!(store, |tx| {
                let marked = tx.record_delivery("begun", None, minute(0)).await;
                let _ = begun.send(());
                let _ = released.await;
                marked
            })
        }
    });
    has_begun.await.unwrap();
    let late = tokio::spawn({
        let store = store.clone();
        async move { write!(store, |tx| tx.record_delivery("not begun", None, minute(0)).await) }
    });
    tokio::task::yield_now().await;
    if store.engine() == Engine::Sqlite {
        late.abort();
        assert!(late.await.unwrap_err().is_cancelled());
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    // On PostgreSQL this waits for the first transaction's lock on the key.
    let again = write!(store, |tx| tx.record_delivery("begun", None, minute(0)).await);
    assert_eq!(again, Ok(false));
    if store.engine() == Engine::Sqlite {
        assert_eq!(read!(store, |tx| tx.find_delivery("not begun").await), Ok(None));
    }
}

async fn a_look_sees_one_state_and_changes_nothing(fixture: Fixture) {
    let store = fixture.store;
    let (looked, has_looked) = oneshot::channel();
    let (written, is_written) = oneshot::channel::<()>();
    let look = tokio::spawn({
        let store = store.clone();
        async move {
            read!(store, |tx| {
                let before = tx.find_delivery("key").await?;
                let _ = looked.send(());
                let _ = is_written.await;
                Ok((before, tx.find_delivery("key").await?))
            })
        }
    });
    has_looked.await.unwrap();
    assert!(write!(store, |tx| tx.record_delivery("key", None, minute(0)).await).unwrap());
    written.send(()).unwrap();
    assert_eq!(look.await.unwrap(), Ok((None, None)));
    assert!(read!(store, |tx| tx.find_delivery("key").await).unwrap().is_some());
    let refused = read!(store, |tx| tx.record_delivery("other", None, minute(0)).await);
    assert_eq!(refused, Err(StoreError::ReadOnly));
}

async fn a_closed_store_says_so(fixture: Fixture) {
    let clone = fixture.store.clone();
    fixture.store.close().await;
    assert_eq!(clone.ping().await, Err(StoreError::Closed));
    assert_eq!(read!(clone, |tx| tx.find_delivery("key").await), Err(StoreError::Closed));
}

async fn a_store_that_answers_says_so(fixture: Fixture) {
    assert_eq!(fixture.store.ping().await, Ok(()));
    let (answer, nested) = oneshot::channel();
    let store = fixture.store.clone();
    write!(fixture.store, |tx| {
        if tx.engine() == Engine::Sqlite {
            let _ = answer.send(store.ping().await);
        }
        Ok(())
    })
    .unwrap();
    if fixture.store.engine() == Engine::Sqlite {
        // It would wait for itself forever.
        assert_eq!(nested.await, Ok(Err(StoreError::Nested)));
    }
}

/// Two machines lock the same two members in opposite order: the server aborts one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_changes_in_each_others_way_end_with_one_to_try_again() {
    on_postgres(|fixture| async move {
        let store = fixture.store;
        insert_members(&store, &[ana(), ben()]).await;
        let (one, other) = (oneshot::channel(), oneshot::channel());
        let take = |store: Store, first, second, mine: oneshot::Sender<()>, yours: oneshot::Receiver<()>| {
            tokio::spawn(async move {
                write!(store, |tx| {
                    tx.find_member(&first).await?;
                    let _ = mine.send(());
                    let _ = yours.await;
                    tx.find_member(&second).await
                })
            })
        };
        let one_took = take(store.clone(), ana(), ben(), one.0, other.1);
        let other_took = take(store.clone(), ben(), ana(), other.0, one.1);
        let answers = [one_took.await.unwrap(), other_took.await.unwrap()];
        let conflicts = answers.iter().filter(|answer| **answer == Err(StoreError::Conflict)).count();
        assert_eq!(conflicts, 1, "{answers:?}");
    })
    .await;
}

/// Not a test but a measurement: `cargo test --test store_contract -- --ignored --nocapture measure`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and says nothing about right or wrong"]
async fn measure_units_of_work_per_second() {
    for callers in [1, 8, 64] {
        on_sqlite_with(callers).await;
    }
}

async fn on_sqlite_with(callers: u32) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let url = format!("sqlite://{}", folder.path().join("leadlens.db").display());
    let store = Store::open(&url).await.unwrap();
    let people: Vec<_> = (0..callers).map(|number| person(&format!("U{number}"))).collect();
    insert_members(&store, &people).await;
    let each = 3_000 / callers + 100;
    let begun = std::time::Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let store = store.clone();
        tasks.spawn(async move {
            let mut slowest = std::time::Duration::ZERO;
            for turn in 0..each {
                let number = caller * each + turn;
                let one_begun = std::time::Instant::now();
                write!(store, |tx| {
                    let who = person(&format!("U{caller}"));
                    tx.record_delivery(&format!("delivery-{number}"), None, minute(0)).await?;
                    tx.find_member(&who).await?;
                    tx.insert_reflection(&reflection(number, who.clone(), "The best move is to ask."))
                        .await?;
                    let new = leadlens::store::NewOutbox::for_member(
                        row(number),
                        who,
                        leadlens::store::OutboxPayload::Kept { reflection: row(number) },
                        minute(0),
                    );
                    tx.enqueue(new).await
                })
                .unwrap();
                slowest = slowest.max(one_begun.elapsed());
            }
            slowest
        });
    }
    let slowest = tasks.join_all().await.into_iter().max().unwrap();
    let total = each * callers;
    let rate = f64::from(total) / begun.elapsed().as_secs_f64();
    println!("{callers:>3} callers: {rate:.0} units of work a second, slowest {slowest:?}");
}
