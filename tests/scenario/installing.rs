//! A workspace that installs LeadLens by a click, and the keys that its token is encrypted under.

use crate::{
    browser::{Browser, Page},
    setting::Setting,
    world::{Transport, World},
};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::Fault;

const OLD: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const NEW: &str = "0202020202020202020202020202020202020202020202020202020202020202";

/// A bot that workspaces can install, and that no workspace has.
pub fn installable() -> Setting {
    Setting::at("2026-10-01 08:00")
        .with("SLACK_BOT_TOKEN", "")
        .with("SLACK_CLIENT_ID", "1.2")
        .with("SLACK_CLIENT_SECRET", "client-secret")
        .with("LEADLENS_PUBLIC_URL", "https://leadlens.example.com")
        .with("LEADLENS_SECRET_KEY", OLD)
}

/// Ana can check in: the bot has its token.
pub async fn ana_is_served(world: &World) {
    let ana = world.ana();
    ana.types("/leadlens checkin").await;
    ana.sees_form("Check in");
    ana.closes_form();
}

pub async fn installed_and_welcomed(world: &World) {
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

/// What a browser shows that comes back with a query of the test's.
async fn back_with(browser: &Browser<'_>, query: &[(&str, &str)]) -> Page {
    browser.opens_with("/slack/oauth_redirect", query).await
}

#[tokio::test]
async fn an_installation_is_carried_through_once_and_its_page_can_be_loaded_again() {
    installable()
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            let state = browser.begins().await;
            let page = browser.comes_back(&state).await;
            assert_eq!(page.status, 200);
            page.says(&["LeadLens is installed", "has written to you", "Open Slack"]);
            world.settle().await;
            world.ana().sees("[Set a cadence]");
            let calls = || {
                world
                    .slack()
                    .look(|state| state.calls.iter().filter(|(it, _)| it == "oauth.v2.access").count())
            };
            assert_eq!(calls(), 1);

            // A reload, at once and when the state has expired.
            let reload = browser.comes_back(&state).await;
            assert_eq!(reload.status, 200);
            reload.says(&["LeadLens is installed", "Loading the page again changes nothing"]);
            world.clock_forward(SignedDuration::from_hours(1)).await;
            browser.comes_back(&state).await.says(&["LeadLens is installed", "changes nothing"]);

            // The same address in another browser.
            let other = Browser::new(world);
            let stolen = other.comes_back(&state).await;
            assert_eq!(stolen.status, 400);
            stolen.says(&["Nothing was installed now", "another browser", "Begin again"]);
            assert_eq!(calls(), 1, "Slack was asked once");
        })
        .await;
}

#[tokio::test]
async fn a_state_is_used_once_also_by_a_browser_that_forgets_that_it_did() {
    installable()
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            let state = browser.begins().await;
            browser.comes_back(&state).await.says(&["LeadLens is installed"]);
            browser.forgets("leadlens_installed");
            let replay = browser.comes_back(&state).await;
            assert_eq!(replay.status, 400);
            replay.says(&[
                "Nothing was installed now",
                "can be only once",
                "If LeadLens has written to you",
                "Begin again",
            ]);
            world.bot().restarts().await;
            browser.comes_back(&state).await.says(&["can be only once"]);
            world.settle().await;
            world.ana().sees("[Set a cadence]");
        })
        .await;
}

#[tokio::test]
async fn an_installation_that_fails_says_why_and_what_to_do() {
    installable()
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            let state = browser.begins().await;
            let page = back_with(&browser, &[("error", "access_denied"), ("state", &state)]).await;
            assert_eq!(page.status, 200);
            page.says(&["Not installed", "You chose not to install", "Begin again"]);
            let page =
                back_with(&browser, &[("error", "<b>no_bot_scopes_requested</b>"), ("state", &state)]).await;
            assert!(!page.text.contains("no_bot_scopes"), "a query is not repeated: {}", page.text);
            page.says(&["Not installed", "Slack did not go through", "/slack/install", "Begin again"]);
            back_with(&browser, &[("state", &state)]).await.says(&["Not installed", "no code"]);
            back_with(&browser, &[("code", "c")])
                .await
                .says(&["Not installed", "did not begin on this page"]);
            let forged = back_with(&browser, &[("code", "c"), ("state", "abc.1759298400.f0f0")]).await;
            assert_eq!(forged.status, 400);
            forged.says(&["Nothing was installed now", "This server did not begin this installation"]);

            world.clock_forward(SignedDuration::from_mins(11)).await;
            let late = browser.comes_back(&state).await;
            assert_eq!(late.status, 400);
            late.says(&["Nothing was installed now", "More than ten minutes", "Begin again"]);
            assert_eq!(world.database().count("select count(*) from workspace").await, 0);
        })
        .await;
}

#[tokio::test]
async fn an_error_of_slack_says_whether_it_is_the_persons_the_operators_or_slacks() {
    let errors = [
        ("invalid_code", "Nothing was installed now", "does not know the code", "Begin again"),
        ("bad_client_secret", "Not installed", "what this server is set up with", "/support"),
        ("bad_redirect_uri", "Not installed", "its public address", "/support"),
        ("internal_error", "Not installed", "Slack did not confirm", "Begin again"),
    ];
    installable()
        .over(Transport::Http, async |world| {
            for (code, title, happened, next) in errors {
                let browser = Browser::new(world);
                let state = browser.begins().await;
                world.slack().faults().fail("oauth.v2.access", Fault::Error(code.to_owned()));
                let page = browser.comes_back(&state).await;
                assert_eq!(page.status, 502, "{code}");
                page.says(&[title, happened, next]);
                assert!(!page.text.contains(code) && !page.text.contains("code-of"), "{}", page.text);
            }
            let browser = Browser::new(world);
            let state = browser.begins().await;
            world.slack().faults().fail("oauth.v2.access", Fault::CutBefore);
            browser.comes_back(&state).await.says(&["Not installed", "Slack did not confirm", "Begin again"]);
            assert_eq!(world.database().count("select count(*) from workspace").await, 0);
        })
        .await;
}

#[tokio::test]
async fn installing_again_renews_the_token_and_keeps_everything() {
    installable()
        .over(Transport::Http, async |world| {
            installed_and_welcomed(world).await;
            let ana = world.ana();
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "Let Raj decide."), ("hat", "Leader: what and why")]);
            ana.submits().await;
            ana.stops_here();
            let sealed = "select sealed_token from workspace";
            let before = world.database().text(sealed).await;
            let browser = Browser::new(world);
            let state = browser.begins().await;
            let page = browser.comes_back(&state).await;
            assert_eq!(page.status, 200);
            page.says(&[
                "LeadLens is installed again",
                "Everything that members kept is as it was",
                "Open Slack",
            ]);
            world.settle().await;
            assert_ne!(world.database().text(sealed).await, before, "the token is a new one");
            assert_eq!(ana.reflections().await.len(), 1);
            ana.sees_nothing_new();
            ana_is_served(world).await;
        })
        .await;
}
