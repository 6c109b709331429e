//! The pages that a browser sees without an account: what LeadLens is, privacy and support, and the frame of the
//! pages of an installation. Slack's Marketplace asks for them. They load nothing from another host.

mod about;

use crate::config::Operator;
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use maud::{DOCTYPE, Markup, html};
use std::sync::Arc;
use url::Url;

const STYLE: &str = include_str!("site/style.css");
const PICTURE: &str = include_str!("site/picture.svg");

/// Allows our own style file and picture and nothing else: no script, no form, no frame around the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the pages say that differs from server to server.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// The path of the public address, without a slash at its end; usually empty.
    pub base: String,
    /// Who runs this server.
    pub operator: Operator,
    /// How long a workspace's data outlives the app's removal.
    pub grace_days: u32,
    /// Whether a workspace can install LeadLens here.
    pub can_install: bool,
    /// The host of the model that writes follow-up questions for members who agree.
    pub model_host: Option<String>,
}

/// The path before every address of a server that is reached at this URL.
pub fn base_of(public_url: Option<&Url>) -> String {
    public_url.map_or("", |url| url.path().trim_end_matches('/')).to_owned()
}

/// `/`, `/privacy`, `/support`, and what they load.
pub fn router(site: Site) -> Router {
    Router::new()
        .route(
            "/",
            get(|State(site): State<Arc<Site>>| async move {
                page(
                    &site.base,
                    StatusCode::OK,
                    "LeadLens: a Slack coach for people who lead teams",
                    &about::home(&site),
                )
            }),
        )
        .route(
            "/privacy",
            get(|State(site): State<Arc<Site>>| async move {
                page(&site.base, StatusCode::OK, "Privacy · LeadLens", &about::privacy(&site))
            }),
        )
        .route(
            "/support",
            get(|State(site): State<Arc<Site>>| async move {
                page(&site.base, StatusCode::OK, "Support · LeadLens", &about::support(&site))
            }),
        )
        .route("/style.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/picture.svg", get(|| async { file("image/svg+xml", PICTURE) }))
        .with_state(Arc::new(site))
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content).into_response()
}

/// A page with the frame that all of them have. Caches keep none, and what it links to does not learn its address,
/// which in an installation has Slack's code in it.
pub fn page(base: &str, status: StatusCode, title: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href={ (base) "/style.css" };
            }
            body {
                header { a href={ (base) "/" } { "LeadLens" } }
                main { (content) }
                footer {
                    a href={ (base) "/privacy" } { "Privacy" }
                    a href={ (base) "/support" } { "Support" }
                }
            }
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, Html(page.into_string())).into_response()
}
