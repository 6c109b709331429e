//! The pages that anybody can open: what LeadLens is, privacy, support.

use crate::{browser::Browser, installing::installable, setting::Setting, world::Transport};

const PAGES: [&str; 3] = ["/", "/privacy", "/support"];

#[tokio::test]
async fn the_pages_say_what_leadlens_is_what_is_kept_and_whom_to_ask() {
    installable()
        .with("LEADLENS_OPERATOR_NAME", "Acme & Sons")
        .with("LEADLENS_OPERATOR_CONTACT", "leadlens@acme.example")
        .with("LEADLENS_GRACE_DAYS", "14")
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            let home = browser.opens("/").await;
            home.says(&["A Slack coach", "/picture.svg", "alt=", "href=\"/slack/install\"", "Add to Slack"]);
            let privacy = browser.opens("/privacy").await;
            privacy.says(&[
                "What is kept",
                "Who can read it",
                "No language model",
                "/leadlens forget",
                "after 14 days",
                "Acme &amp; Sons",
                "mailto:leadlens@acme.example",
            ]);
            browser.opens("/support").await.says(&[
                "What helps at once",
                "Acme &amp; Sons",
                "mailto:leadlens@acme.example",
            ]);
        })
        .await;
}

#[tokio::test]
async fn a_page_loads_from_its_own_server_alone_and_runs_nothing() {
    installable()
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            for path in PAGES.into_iter().chain(["/slack/oauth_redirect"]) {
                let page = browser.opens(path).await;
                assert!(
                    page.policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'"),
                    "{path}"
                );
                for forbidden in [
                    "<script",
                    " style=",
                    "<style",
                    "<iframe",
                    "src=\"http",
                    "rel=\"stylesheet\" href=\"http",
                ] {
                    assert!(!page.text.contains(forbidden), "{path} has {forbidden}");
                }
                page.says(&["<html lang=\"en\">", "width=device-width"]);
            }
            assert_eq!(browser.opens("/style.css").await.status, 200);
            assert_eq!(browser.opens("/picture.svg").await.status, 200);
        })
        .await;
}

#[tokio::test]
async fn without_oauth_the_page_offers_no_installation_and_a_model_is_named() {
    Setting::at("2026-10-01 08:00")
        .with("LEADLENS_LLM_URL", "https://models.example/v1")
        .with("LEADLENS_LLM_MODEL", "m")
        .with("LEADLENS_PUBLIC_URL", "https://example.com/leadlens")
        .over(Transport::Http, async |world| {
            let browser = Browser::new(world);
            let home = browser.opens("/").await;
            assert!(!home.text.contains("Add to Slack"), "{}", home.text);
            home.says(&["href=\"/leadlens/style.css\"", "Type <code>/leadlens</code>"]);
            let privacy = browser.opens("/privacy").await;
            privacy.says(&["models.example", "after 30 days", "Ask the person who installed LeadLens"]);
        })
        .await;
}
