//! A stored text that this version cannot read, as after a downgrade: nothing is sent or done for it, the
//! operator sees the count, and everything else goes on.

use crate::setting::over_both_transports;
use sqlx::Executor as _;

#[tokio::test]
async fn a_redelivery_whose_stored_effect_cannot_be_read_is_acknowledged_and_counted() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens pause 2026-10-05").await;
        ana.sees("Paused.");
        let broken = r#"update seen set effect = '{"v":9,"feature":"schedule","effect":"paused"}'"#;
        world.database().connection().await.execute(broken).await.expect("an update");
        world.bot().restarts().await;
        assert!(world.slack().deliveries().redeliver_last().await.acked);
        world.settle().await;
        ana.sees_nothing_new();
        assert_eq!(world.bot().counted(r#"leadlens_malformed_payloads_total{kind="effect"}"#).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_and_a_job_that_cannot_be_read_are_given_up_and_counted() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        let (who, now) = (world.member_id("U0ANA"), world.now().as_millisecond());
        let row = format!(
            "insert into outbox (id, team_id, user_id, kind, subject, due_at, state, attempts, wake_at, file_ids, \
             created_at) values ('01K6DA3Q00000000000000000A', '{}', 'U0ANA', 'nudge', '{{\"v\":9}}', {now}, \
             'waiting', 0, {now}, '', {now})",
            who.team
        );
        let job = format!(
            "insert into job (id, team_id, user_id, kind, subject, due_at, attempts, wake_at) \
             values ('01K6DA3Q00000000000000000B', '{}', 'U0ANA', 'check-asked', '{{\"v\":9}}', {now}, 0, {now})",
            who.team
        );
        let mut database = world.database().connection().await;
        database.execute(sqlx::AssertSqlSafe(row)).await.expect("a row");
        database.execute(sqlx::AssertSqlSafe(job)).await.expect("a job");
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
        for kind in ["outbox", "job"] {
            let name = format!(r#"leadlens_malformed_payloads_total{{kind="{kind}"}}"#);
            assert_eq!(world.bot().counted(&name).await, 1, "{kind}");
        }
        let given_up = "select (select count(*) from outbox where state = 'failed' and last_error = \
                        'malformed-payload') + (select count(*) from job where failed_at is not null)";
        assert_eq!(world.database().count(given_up).await, 2);
    })
    .await;
}
