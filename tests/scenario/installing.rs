//! A workspace that installs LeadLens by a click, and the keys that its token is encrypted under.

use crate::{
    browser::Browser,
    setting::Setting,
    world::{Transport, World},
};

const OLD: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const NEW: &str = "0202020202020202020202020202020202020202020202020202020202020202";

/// A bot that workspaces can install, and that no workspace has.
fn installable() -> Setting {
    Setting::at("2026-10-01 08:00")
        .with("SLACK_BOT_TOKEN", "")
        .with("SLACK_CLIENT_ID", "1.2")
        .with("SLACK_CLIENT_SECRET", "client-secret")
        .with("LEADLENS_PUBLIC_URL", "https://leadlens.example.com")
        .with("LEADLENS_SECRET_KEY", OLD)
}

/// Ana can check in: the bot has its token.
async fn ana_is_served(world: &World) {
    let ana = world.ana();
    ana.types("/leadlens checkin").await;
    ana.sees_form("Check in");
    ana.closes_form();
}

async fn installed_and_welcomed(world: &World) {
    Browser::new(world).installs().await;
    world.settle().await;
    world.ana().sees("[Set a cadence]");
}

#[tokio::test]
async fn a_key_is_exchanged_while_the_workspace_is_served() {
    installable()
        .over(Transport::Http, async |world| {
            installed_and_welcomed(world).await;
            ana_is_served(world).await;
            let (said, well) = world.bot().doctor_says().await;
            assert!(well && said.contains("1 token under key 1\n"), "{said}");

            // The new key is put before the old one.
            let both = format!("{NEW},{OLD}");
            world.bot().restarts_with(&[("LEADLENS_SECRET_KEY", &both)]).await;
            ana_is_served(world).await;
            let (said, well) = world.bot().doctor_says().await;
            assert!(well && said.contains("1 token under key 2: `leadlens rekey`"), "{said}");
            assert!(!said.contains("0101") && !said.contains("0202"), "{said}");
            let rekeyed =
                "Encrypted 1 token again, under the first key. The other keys encrypt no token any more.\n";
            assert_eq!(world.bot().is_rekeyed().await.as_deref(), Ok(rekeyed));
            let nothing = world.bot().is_rekeyed().await.unwrap();
            assert!(nothing.starts_with("Encrypted 0 tokens again"), "{nothing}");

            // The old one is taken out.
            world.bot().restarts_with(&[("LEADLENS_SECRET_KEY", NEW)]).await;
            ana_is_served(world).await;
            let (said, well) = world.bot().doctor_says().await;
            assert!(well && said.contains("1 token under key 1\n"), "{said}");
        })
        .await;
}

#[tokio::test]
async fn a_token_whose_key_is_gone_is_named_and_comes_back_with_the_key_or_an_installation() {
    installable()
        .over(Transport::Http, async |world| {
            installed_and_welcomed(world).await;
            world.bot().restarts_with(&[("LEADLENS_SECRET_KEY", NEW)]).await;
            let (said, well) = world.bot().doctor_says().await;
            let lost = "no key of LEADLENS_SECRET_KEY decrypts the token of T0SANDBOX";
            assert!(!well && said.contains(lost), "{said}");
            let error = world.bot().is_rekeyed().await.unwrap_err();
            assert!(error.contains("None of the keys decrypts the token of T0SANDBOX"), "{error}");
            Browser::new(world).installs().await;
            world.settle().await;
            ana_is_served(world).await;
            let (said, well) = world.bot().doctor_says().await;
            assert!(well && said.contains("1 token under key 1\n"), "{said}");
        })
        .await;
}
