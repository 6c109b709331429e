//! Delivery keys, and workspaces.

use crate::{fixture::*, read, stories, write};
use leadlens::{
    coach::ids::{TeamId, UserId},
    store::{EncryptedPair, StoreError, StoredDelivery, Workspace, WorkspaceState},
};

stories!(
    a_redelivery_changes_nothing_and_names_the_first_effect,
    two_deliveries_at_once_act_once,
    a_delivery_that_failed_acts_when_it_comes_again_at_once,
    keys_that_were_known_before_are_found_beside_new_ones,
    two_keys_are_looked_up_at_once,
    two_writers_who_record_the_same_keys_in_another_order_do_not_wait_for_each_other,
    old_keys_are_forgotten_oldest_first,
    a_workspace_is_kept_left_and_installed_again,
    a_token_is_replaced_by_the_same_under_another_key,
    a_token_is_renewed_by_one_who_has_the_lease,
);

async fn a_redelivery_changes_nothing_and_names_the_first_effect(fixture: Fixture) {
    let store = fixture.store;
    assert_eq!(read!(store, |tx| tx.find_delivery("Ev1").await), Ok(None));
    assert_eq!(
        write!(store, |tx| tx.record_delivery("Ev1", Some("reflection:1"), minute(0)).await),
        Ok(true)
    );
    assert_eq!(
        write!(store, |tx| tx.record_delivery("Ev1", Some("reflection:2"), minute(1)).await),
        Ok(false)
    );
    let seen = StoredDelivery { effect: Some("reflection:1".to_owned()) };
    assert_eq!(read!(store, |tx| tx.find_delivery("Ev1").await), Ok(Some(seen)));
    assert_eq!(write!(store, |tx| tx.record_delivery("Ev2", None, minute(0)).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.find_delivery("Ev2").await), Ok(Some(StoredDelivery { effect: None })));
}

async fn two_deliveries_at_once_act_once(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = store.clone();
        tasks.spawn(async move {
            write!(store, |tx| {
                if !tx.record_delivery("the same", None, minute(0)).await? {
                    return Ok(false);
                }
                tx.insert_reflection(&reflection(number, ana(), "once")).await
            })
        });
    }
    let acted = tasks.join_all().await.into_iter().filter(|answer| *answer == Ok(true)).count();
    assert_eq!(acted, 1);
    assert_eq!(read!(store, |tx| tx.member_counts(&ana()).await).unwrap().reflections, 1);
}

async fn a_delivery_that_failed_acts_when_it_comes_again_at_once(fixture: Fixture) {
    let store = fixture.store;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = store.clone();
        tasks.spawn(async move {
            let effect = format!("reflection:{number}");
            let acted = store.write(move |tx| {
                Box::pin(async move {
                    let is_first = tx.record_delivery("the same", Some(&effect), minute(0)).await?;
                    if number % 2 == 0 { Err(StoreError::Full) } else { Ok(is_first.then_some(effect)) }
                })
            });
            acted.await
        });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Err(StoreError::Full)).count(), 6);
    let effects: Vec<_> = answers.into_iter().flatten().flatten().collect();
    assert_eq!(effects.len(), 1, "{effects:?}");
    let kept = read!(store, |tx| tx.find_delivery("the same").await).unwrap();
    assert_eq!(kept.and_then(|seen| seen.effect), effects.first().cloned());
}

async fn keys_that_were_known_before_are_found_beside_new_ones(fixture: Fixture) {
    let store = fixture.store;
    for key in ["a", "b", "c"] {
        write!(store, |tx| tx.record_delivery(key, Some(key), minute(0)).await).unwrap();
    }
    let keys = ["a", "new", "c", "b", "newer"].map(str::to_owned).to_vec();
    let found: Result<Vec<_>, StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for key in &keys {
                    let before = tx.find_delivery(key).await?.and_then(|seen| seen.effect);
                    let is_first = tx.record_delivery(key, Some("again"), minute(1)).await?;
                    let after = tx.find_delivery(key).await?.and_then(|seen| seen.effect);
                    found.push((before, is_first, after));
                }
                Ok(found)
            })
        })
        .await;
    let (kept, again) = (|key: &str| (Some(key.to_owned()), false, Some(key.to_owned())), "again".to_owned());
    let new = (None, true, Some(again));
    assert_eq!(found, Ok(vec![kept("a"), new.clone(), kept("c"), kept("b"), new]));
    let newer = read!(store, |tx| tx.find_delivery("newer").await).unwrap();
    assert_eq!(newer.and_then(|seen| seen.effect).as_deref(), Some("again"));
}

async fn two_keys_are_looked_up_at_once(fixture: Fixture) {
    let store = fixture.store;
    write!(store, |tx| tx.record_delivery("known", Some("first"), minute(0)).await).unwrap();
    let found: Result<_, StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.look_up_deliveries(["known", "new"]).await?;
                let known = tx.find_delivery("known").await?.and_then(|seen| seen.effect);
                let is_first = tx.record_delivery("new", Some("second"), minute(1)).await?;
                // What waits for the commit is not forgotten by a second look.
                tx.look_up_deliveries(["new", "other"]).await?;
                Ok((known, is_first, tx.find_delivery("new").await?.and_then(|seen| seen.effect)))
            })
        })
        .await;
    assert_eq!(found, Ok((Some("first".to_owned()), true, Some("second".to_owned()))));
    assert!(read!(store, |tx| tx.find_delivery("new").await).unwrap().is_some());
}

async fn two_writers_who_record_the_same_keys_in_another_order_do_not_wait_for_each_other(fixture: Fixture) {
    let store = fixture.store;
    for round in 0..20 {
        let mut writers = tokio::task::JoinSet::new();
        for order in [["a", "b"], ["b", "a"]] {
            let store = store.clone();
            writers.spawn(async move {
                let keys = order.map(|key| format!("{key}{round}"));
                let recorded = store.write(move |tx| {
                    Box::pin(async move {
                        let mut first = true;
                        for key in &keys {
                            first &= tx.record_delivery(key, None, minute(0)).await?;
                        }
                        Ok::<_, StoreError>(first)
                    })
                });
                recorded.await
            });
        }
        let answers = writers.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == Ok(true)).count(), 1, "{answers:?}");
    }
}

async fn old_keys_are_forgotten_oldest_first(fixture: Fixture) {
    let store = fixture.store;
    for (key, at) in [("c", 3), ("a", 1), ("b", 2)] {
        write!(store, |tx| tx.record_delivery(key, None, minute(at)).await).unwrap();
    }
    assert_eq!(write!(store, |tx| tx.prune_delivery_keys(minute(3), 1).await), Ok(1));
    assert_eq!(read!(store, |tx| tx.find_delivery("a").await), Ok(None));
    assert_eq!(write!(store, |tx| tx.prune_delivery_keys(minute(3), 10).await), Ok(1));
    assert!(read!(store, |tx| tx.find_delivery("c").await).unwrap().is_some());
}

async fn a_workspace_is_kept_left_and_installed_again(fixture: Fixture) {
    let store = fixture.store;
    assert_eq!(read!(store, |tx| tx.find_workspace(&team()).await), Ok(None));
    let installed = Workspace {
        enterprise: Some("E1".to_owned()),
        bot_user: Some(UserId::parse("UBOT").unwrap()),
        token: Some("sealed".to_owned()),
        scopes: "chat:write,im:history".to_owned(),
        installed_by: Some(ana().user),
        ..Workspace::installed(team(), "Ünïcode & <Team>")
    };
    let given = installed.clone();
    write!(store, |tx| tx.save_workspace(&given).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_workspace(&team()).await), Ok(Some(installed.clone())));
    assert!(!format!("{installed:?}").contains("sealed"));

    write!(store, |tx| tx.set_workspace_unreachable(&team(), Some("account_inactive")).await).unwrap();
    write!(store, |tx| tx.mark_workspace_left(&team(), minute(1), minute(100)).await).unwrap();
    write!(store, |tx| tx.mark_workspace_left(&team(), minute(2), minute(200)).await).unwrap();
    let left = read!(store, |tx| tx.find_workspace(&team()).await).unwrap().unwrap();
    assert_eq!((left.token, left.state), (None, WorkspaceState::Left));
    assert_eq!((left.left_at, left.erase_at), (Some(minute(1)), Some(minute(100))));
    assert_eq!(left.unreachable.as_deref(), Some("account_inactive"));

    let given = installed.clone();
    write!(store, |tx| tx.save_workspace(&given).await).unwrap();
    // Somebody who noticed trouble before this installation changes nothing of it.
    write!(store, |tx| tx.add_workspace(&Workspace::installed(team(), "")).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_workspace(&team()).await), Ok(Some(installed)));

    let unknown = TeamId::parse("T0").unwrap();
    let given = unknown.clone();
    write!(store, |tx| tx.mark_workspace_left(&given, minute(1), minute(100)).await).unwrap();
    let left = read!(store, |tx| tx.find_workspace(&unknown).await).unwrap().unwrap();
    assert_eq!((left.state, left.erase_at), (WorkspaceState::Left, Some(minute(100))));
    let nobody = TeamId::parse("T9").unwrap();
    assert_eq!(write!(store, |tx| tx.set_workspace_unreachable(&nobody, None).await), Ok(false));
}

async fn a_token_is_replaced_by_the_same_under_another_key(fixture: Fixture) {
    let store = fixture.store;
    let given = Workspace { token: Some("old".to_owned()), ..Workspace::installed(team(), "Team") };
    write!(store, |tx| tx.save_workspace(&given).await).unwrap();
    let without = Workspace::installed(TeamId::parse("T0").unwrap(), "Without");
    write!(store, |tx| tx.save_workspace(&without).await).unwrap();
    assert_eq!(read!(store, |tx| tx.teams_with_token().await), Ok(vec![team()]));
    assert_eq!(write!(store, |tx| tx.replace_token(&team(), "other", "new").await), Ok(false));
    assert_eq!(write!(store, |tx| tx.replace_token(&team(), "old", "new").await), Ok(true));
    let kept = read!(store, |tx| tx.find_workspace(&team()).await).unwrap().unwrap();
    assert_eq!(kept.token.as_deref(), Some("new"));
}

async fn a_token_is_renewed_by_one_who_has_the_lease(fixture: Fixture) {
    let store = fixture.store;
    let given = Workspace {
        token: Some("old".to_owned()),
        refresh_token: Some("refresh".to_owned()),
        token_expires_at: Some(minute(720)),
        ..Workspace::installed(team(), "Team")
    };
    let saved = given.clone();
    write!(store, |tx| tx.save_workspace(&saved).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_workspace(&team()).await), Ok(Some(given)));
    assert_eq!(read!(store, |tx| tx.teams_to_renew(minute(720), minute(0), 9).await), Ok(vec![]));
    assert_eq!(read!(store, |tx| tx.teams_to_renew(minute(721), minute(0), 9).await), Ok(vec![team()]));
    assert_eq!(
        write!(store, |tx| tx.lease_renewal(&team(), minute(720), minute(600), minute(601)).await),
        Ok(true)
    );
    assert_eq!(
        write!(store, |tx| tx.lease_renewal(&team(), minute(720), minute(600), minute(601)).await),
        Ok(false)
    );
    assert_eq!(read!(store, |tx| tx.teams_to_renew(minute(721), minute(600), 9).await), Ok(vec![]));
    // The lease is over: somebody else tries.
    assert_eq!(
        write!(store, |tx| tx.lease_renewal(&team(), minute(720), minute(601), minute(602)).await),
        Ok(true)
    );
    let pair = EncryptedPair { token: "new".into(), refresh_token: "next".into(), expires_at: minute(1_320) };
    let renewed = pair.clone();
    assert_eq!(write!(store, |tx| tx.store_renewed(&team(), minute(720), &renewed).await), Ok(true));
    let renewed = pair.clone();
    assert_eq!(write!(store, |tx| tx.store_renewed(&team(), minute(720), &renewed).await), Ok(false), "once");
    assert_eq!(
        write!(store, |tx| tx.lease_renewal(&team(), minute(720), minute(603), minute(604)).await),
        Ok(false)
    );
    assert_eq!(write!(store, |tx| tx.replace_refresh_token(&team(), "refresh", "x").await), Ok(false));
    assert_eq!(write!(store, |tx| tx.replace_refresh_token(&team(), "next", "other").await), Ok(true));
    let kept = read!(store, |tx| tx.find_workspace(&team()).await).unwrap().unwrap();
    assert_eq!((kept.token.as_deref(), kept.refresh_token.as_deref()), (Some("new"), Some("other")));
    assert_eq!(kept.token_expires_at, Some(minute(1_320)));
    assert!(!format!("{kept:?}{pair:?}").contains("new"));
    write!(store, |tx| tx.mark_workspace_left(&team(), minute(1), minute(100)).await).unwrap();
    let left = read!(store, |tx| tx.find_workspace(&team()).await).unwrap().unwrap();
    assert_eq!((left.token, left.refresh_token, left.token_expires_at), (None, None, None));
}
