//! Erasure of members and workspaces: no row of any table names them, no byte of the file has their text.

use crate::{fixture::*, read, stories, write};
use leadlens::{
    coach::{member_text::MemberText, nudge::NudgeState},
    store::{
        Engine, Erased, ErasedWorkspace, JobKind, JobPayload, NewJob, NewOutbox, OutboxPayload, Store,
        StoreError, StoreOptions, Workspace,
    },
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use std::{path::Path, time::Duration};
use tokio::sync::oneshot;

stories!(
    an_erased_member_is_in_no_table,
    a_neighbour_of_an_erased_member_keeps_everything,
    a_workspace_that_left_takes_everything_along,
);

const SECRET: &str = "zebra-crossing-7341";

/// Gives a member a row in every table that can hold one.
async fn live(store: &Store, number: u32, who: &str, words: &str) {
    let (id, words) = (person(who), words.to_owned());
    write!(store, |tx| {
        let mut member = new_member(id.clone());
        member.unreachable = Some("user_disabled".to_owned());
        tx.insert_member(&member).await?;
        let mut workspace = Workspace::installed(team(), "Team");
        workspace.installed_by = Some(id.user.clone());
        tx.save_workspace(&workspace).await?;
        let mut asked = nudge(number, id.clone());
        asked.state = NudgeState::Answered;
        asked.question = format!("What about {words}?");
        asked.sent_at = Some(minute(1));
        asked.message = Some(message("D1", &format!("1.{number}")));
        tx.insert_nudge(&asked).await?;
        let mut answer = reflection(number, id.clone(), &words);
        answer.situation = MemberText::new(&words);
        answer.follow_up = Some(format!("You wrote {words}. What next?"));
        answer.follow_up_answer = MemberText::new(&words);
        tx.insert_reflection(&answer).await?;
        tx.add_message_part(
            &row(number),
            &message("D1", &format!("2.{number}")),
            &MemberText::new(&words),
            minute(1),
        )
        .await?;
        tx.save_look_back(&id, &crate::look_backs::look_back(number, number)).await?;
        let mut given = crate::coaching_acts::act(number, id.clone());
        given.question = format!("What about {words}?");
        tx.insert_act(&given).await?;
        tx.save_audit(&crate::plans::audit(number, id.clone(), &words)).await?;
        let mut made = crate::plans::plan(number, id.clone(), &words);
        made.message = Some(message("D1", &format!("5.{number}")));
        tx.insert_plan(&made).await?;
        tx.note_first_look(&id.team, &format!("hash {number}")).await?;
        tx.save_room_read(&id, leadlens::coach::room::Room::Confused, minute(1)).await?;
        let today = jiff::civil::date(2026, 10, 1);
        tx.request_llm_consent(&id, "models.example", &row(number), today, minute(1)).await?;
        let sent = NewOutbox::for_member(
            row(number),
            id.clone(),
            OutboxPayload::Export { by_operator: false },
            minute(0),
        )
        .once(format!("export:{id}"));
        tx.enqueue(sent).await?;
        let kept = OutboxPayload::Kept { reflection: row(number) };
        tx.enqueue(NewOutbox::for_member(row(number + 1_000), id.clone(), kept, minute(60))).await?;
        claim_everything(tx, minute(1), minute(5), "me", 10).await?;
        tx.mark_sent(
            &row(number),
            "me",
            Some(&message("D1", &format!("3.{number}"))),
            &["F1".to_owned(), "F2".to_owned()],
            minute(1),
        )
        .await?;
        let delete = JobPayload::DeleteMessage { at: message("D1", "4.0") };
        for (offset, payload) in [(0, JobPayload::RefreshProfile), (1_000, delete)] {
            let key = format!("{}:{id}:{number}", payload.kind());
            let job = NewJob::for_member(row(number + offset), id.clone(), payload, minute(0));
            tx.enqueue_job(job.once(key)).await?;
        }
        tx.record_delivery(&format!("view:{number}"), Some(&format!("reflection:{}", row(number))), minute(0))
            .await
    })
    .unwrap();
}

/// Every value of every table, as text, with its table and column.
pub async fn everything(fixture: &Fixture) -> Vec<(String, String)> {
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    let (tables, columns) = match fixture.store.engine() {
        Engine::Sqlite => (
            "SELECT name FROM sqlite_master WHERE type = 'table'".to_owned(),
            "SELECT name FROM pragma_table_info('TABLE')",
        ),
        Engine::Postgres => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
                .to_owned(),
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_name = 'TABLE'",
        ),
    };
    let mut values = Vec::new();
    let tables = connection.fetch_all(AssertSqlSafe(tables)).await.unwrap();
    assert!(tables.len() >= 9, "found {} tables only", tables.len());
    for table in tables {
        let table: String = table.get(0);
        let columns = connection.fetch_all(AssertSqlSafe(columns.replace("TABLE", &table))).await.unwrap();
        for column in columns {
            let column: String = column.get(0);
            if column == "checksum" {
                continue; // The migrator's, and not text.
            }
            let text = format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL");
            for row in connection.fetch_all(AssertSqlSafe(text)).await.unwrap() {
                values.push((format!("{table}.{column}"), row.get(0)));
            }
        }
    }
    connection.close().await.unwrap();
    values
}

async fn an_erased_member_is_in_no_table(fixture: Fixture) {
    let store = &fixture.store;
    live(store, 1, "UANA", SECRET).await;
    let held: Vec<_> = everything(&fixture).await;
    for table in [
        "member",
        "nudge",
        "reflection",
        "look_back",
        "act",
        "room_read",
        "audit",
        "plan",
        "model_consent",
        "outbox",
        "job",
    ] {
        let column = format!("{table}.user_id");
        assert!(held.iter().any(|(place, value)| *place == column && value == "UANA"), "{column}");
    }
    let erased = write!(store, |tx| tx.erase_member(&ana()).await).unwrap();
    let expected = Erased {
        reflections: 1,
        nudges: 1,
        outbox: 2,
        messages: vec![message("D1", "1.1"), message("D1", "3.1"), message("D1", "5.1")],
        files: vec!["F1".to_owned(), "F2".to_owned()],
        unsettled: Vec::new(),
        dm: Some(message("D1", "1.1").channel),
    };
    assert_eq!(erased, expected);
    store.scrub().await.unwrap();
    let left: Vec<_> = everything(&fixture).await;
    let named: Vec<_> =
        left.iter().filter(|(_, value)| value.contains("UANA") || value.contains(SECRET)).collect();
    assert!(named.is_empty(), "{named:?}");
    // The job that deletes a message of ours in Slack goes on, without the name.
    let jobs = write!(store, |tx| tx.claim_jobs(minute(1), minute(5), "me", 10).await).unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].kind, &jobs[0].member), (JobKind::DeleteMessage, &None));
    // A redelivery of what was submitted before is still known, and brings nothing back.
    assert!(!write!(store, |tx| tx.record_delivery("view:1", None, minute(9)).await).unwrap());
    let again = write!(store, |tx| tx.erase_member(&ana()).await).unwrap();
    assert_eq!(again, Erased::default());
}

async fn a_neighbour_of_an_erased_member_keeps_everything(fixture: Fixture) {
    let store = &fixture.store;
    live(store, 2, "UBEN", "ben's words").await;
    let before: Vec<_> = everything(&fixture).await;
    live(store, 1, "UANA", SECRET).await;
    write!(store, |tx| tx.erase_member(&ana()).await).unwrap();
    let mut after: Vec<_> = everything(&fixture).await;
    // Ana installed the app again after Ben; the installer is not stored any more.
    after.retain(|(place, value)| !(place.starts_with("seen.") && value.ends_with(":1")));
    for value in before.iter().filter(|(place, _)| place != "workspace.installed_by") {
        assert!(after.contains(value), "{value:?} is gone");
    }
}

async fn a_workspace_that_left_takes_everything_along(fixture: Fixture) {
    let store = &fixture.store;
    live(store, 1, "UANA", SECRET).await;
    live(store, 2, "UBEN", SECRET).await;
    write!(store, |tx| {
        tx.mark_workspace_left(&team(), minute(1), minute(60)).await?;
        // Slack says it twice, in any order.
        tx.mark_workspace_left(&team(), minute(2), minute(90)).await
    })
    .unwrap();
    let erased = write!(store, |tx| tx.erase_workspace(&team()).await).unwrap();
    assert_eq!(erased, ErasedWorkspace { members: 2, was_known: true });
    for (place, value) in everything(&fixture).await {
        let ours = value == "T1" || value.contains("UANA") || value.contains(SECRET);
        assert!(!ours, "{place} still holds {value}");
    }
    // A workspace that installed the app without any member is known as well.
    write!(store, |tx| tx.save_workspace(&Workspace::installed(team(), "Team")).await).unwrap();
    for was_known in [true, false] {
        let erased = write!(store, |tx| tx.erase_workspace(&team()).await);
        assert_eq!(erased, Ok(ErasedWorkspace { members: 0, was_known }));
    }
}

/// All bytes of the database: the file and its write-ahead log.
fn bytes(file: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(file).unwrap();
    bytes.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

/// Forty members write and edit, so that their rows share pages and are moved between them; then nearly all
/// are erased, one by one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_an_erased_member_is_left_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leadlens.db");
    let store = Store::open(&format!("sqlite://{}", file.display())).await.unwrap();
    let people: Vec<_> = (0..40).map(|number| person(&format!("U{number:02}"))).collect();
    insert_members(&store, &people).await;
    let secret = |number: u32| format!("<secret of {number}>");
    write!(store, |tx| {
        let mut chance = SeededRandom(7);
        let write = |number: u32, chance: &mut SeededRandom| {
            let who = number % 40;
            let length = [20, 100, 400, 900, 3_000][chance.below(5) as usize];
            reflection(number, people[who as usize].clone(), &(secret(who) + &"z".repeat(length)))
        };
        for number in 0..1_000 {
            tx.insert_reflection(&write(number, &mut chance)).await?;
        }
        for _ in 0..2_000 {
            let number = chance.below(1_000);
            tx.save_reflection(&write(number, &mut chance)).await?;
        }
        Ok(())
    })
    .unwrap();
    assert!((0..40).all(|number| holds(&bytes(&file), &secret(number))));
    for turn in 0..38 {
        let number = turn * 17 % 40;
        let name = format!("U{number:02}");
        let id = person(&name);
        write!(store, |tx| tx.erase_member(&id).await).unwrap();
        store.scrub().await.unwrap();
        let bytes = bytes(&file);
        assert!(!holds(&bytes, &secret(number)), "words of {name} are left");
        assert!(!holds(&bytes, &format!("T1{name}")), "rows of {name} are left");
    }
    assert!([38, 39].iter().all(|turn| holds(&bytes(&file), &secret(turn * 17 % 40))));
}

/// Numbers that repeat (<https://en.wikipedia.org/wiki/Linear_congruential_generator>).
struct SeededRandom(u32);

impl SeededRandom {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % bound
    }
}

/// A long read keeps the log in use; scrubbing does not succeed before it has ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_waits_for_a_reader_that_still_sees_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leadlens.db");
    let store = Store::open(&format!("sqlite://{}", file.display())).await.unwrap();
    insert_members(&store, &[ana()]).await;
    write!(store, |tx| tx.insert_reflection(&reflection(1, ana(), SECRET)).await).unwrap();
    let (looking, is_looking) = oneshot::channel();
    let (done, is_done) = oneshot::channel::<()>();
    let reader = tokio::spawn({
        let store = store.clone();
        async move {
            read!(store, |tx| {
                let before = tx.member_counts(&ana()).await?;
                let _ = looking.send(());
                let _ = is_done.await;
                Ok((before, tx.member_counts(&ana()).await?))
            })
        }
    });
    is_looking.await.unwrap();
    write!(store, |tx| tx.erase_member(&ana()).await).unwrap();
    let scrubbing = tokio::spawn({
        let store = store.clone();
        async move { store.scrub().await }
    });
    // Writers go on while the scrubbing waits.
    for number in 0..20 {
        write!(store, |tx| tx.record_delivery(&format!("{number}"), None, minute(0)).await).unwrap();
    }
    assert!(!scrubbing.is_finished());
    assert!(holds(&bytes(&file), SECRET));
    done.send(()).unwrap();
    let (before, after) = reader.await.unwrap().unwrap();
    assert_eq!((before.reflections, after.reflections), (1, 1));
    scrubbing.await.unwrap().unwrap();
    assert!(!holds(&bytes(&file), SECRET));
}

/// The log cannot be emptied while a read lasts longer than the lock timeout.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erased_is_not_said_while_the_log_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("leadlens.db").display());
    let settings = StoreOptions { lock_timeout: Duration::from_millis(100), ..StoreOptions::default() };
    let store = Store::open_with(&url, &settings).await.unwrap();
    let other = store.clone();
    let answer: Result<_, StoreError> = read!(store, |tx| {
        tx.find_delivery("key").await?;
        write!(other, |tx| tx.record_delivery("key", None, minute(0)).await)?;
        Ok(other.scrub().await)
    });
    assert_eq!(answer, Ok(Err(StoreError::WalInUse)));
}
