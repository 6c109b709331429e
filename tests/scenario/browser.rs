//! A browser of somebody who installs LeadLens: it keeps cookies and follows nothing by itself.

use crate::world::World;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::{cell::RefCell, collections::BTreeMap};
use url::Url;

/// What a browser got.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub text: String,
    pub policy: String,
    pub location: Option<Url>,
}

impl Page {
    /// The page says all of these, in this order.
    #[track_caller]
    pub fn says(&self, parts: &[&str]) {
        let mut rest = self.text.as_str();
        for part in parts {
            let at =
                rest.find(part).unwrap_or_else(|| panic!("no {part:?} (in this order) in\n{}", self.text));
            rest = &rest[at..];
        }
    }
}

/// A browser with cookies of its own.
pub struct Browser<'w> {
    world: &'w World,
    http: reqwest::Client,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'w> Browser<'w> {
    pub fn new(world: &'w World) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self { world, http: http.build().expect("a browser"), cookies: RefCell::default() }
    }

    /// Opens a path of the bot's server.
    pub async fn opens(&self, path: &str) -> Page {
        self.opens_with(path, &[]).await
    }

    /// Opens a path with a query.
    pub async fn opens_with(&self, path: &str, query: &[(&str, &str)]) -> Page {
        let address = self.world.bot().address().await;
        let mut url = Url::parse(&format!("http://{address}{path}")).expect("an address");
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let cookies = {
            let kept = self.cookies.borrow();
            kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        };
        let answer = self.http.get(url).header(COOKIE, cookies).send().await.expect("an answer");
        for set in answer.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a name and a value");
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        let header = |name: &str| answer.headers().get(name).map(|it| it.to_str().expect("text").to_owned());
        Page {
            status: answer.status().as_u16(),
            location: header(LOCATION.as_str()).map(|to| to.parse().expect("an address")),
            policy: header("content-security-policy").unwrap_or_default(),
            text: answer.text().await.expect("text"),
        }
    }

    /// A cookie is gone.
    pub fn forgets(&self, cookie: &str) {
        self.cookies.borrow_mut().remove(cookie).expect("the cookie");
    }

    /// Begins an installation and returns the state with which Slack sends the browser back.
    pub async fn begins(&self) -> String {
        let consent = self.opens("/slack/install").await.location.expect("the way to Slack");
        let state = consent.query_pairs().find(|(name, _)| name == "state");
        state.expect("a state").1.into_owned()
    }

    /// Comes back from Slack, where it agreed.
    pub async fn comes_back(&self, state: &str) -> Page {
        let code = self.world.slack().install_code();
        self.opens_with("/slack/oauth_redirect", &[("code", &code), ("state", state)]).await
    }

    /// Installs LeadLens.
    pub async fn installs(&self) {
        let state = self.begins().await;
        let page = self.comes_back(&state).await;
        assert_eq!(page.status, 200, "{}", page.text);
    }
}
