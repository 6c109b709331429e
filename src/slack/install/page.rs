//! The pages that the person who installs LeadLens sees in the browser.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// How an installation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// LeadLens is installed.
    Installed,
    /// The person declined on Slack's page.
    Declined,
    /// The state could not be signed.
    CannotSign,
    /// Slack ended the installation for another reason.
    Refused,
    /// The browser came back without a code.
    NoCode,
    /// The browser came back without a state: the installation did not begin on this server.
    NoState,
    /// The state is expired, forged or from another browser.
    InvalidState,
    /// Slack refused to exchange the code.
    NotConfirmed,
    /// Slack's answer has not the documented form.
    UnexpectedAnswer,
    /// The app was installed for a whole organisation, which is not supported.
    WholeOrganisation,
    /// There is no key to encrypt the token with.
    NoKey,
    /// The store did not keep the workspace.
    NotStored,
}

impl Page {
    fn status(self) -> StatusCode {
        match self {
            Page::Installed | Page::Declined => StatusCode::OK,
            Page::NoCode | Page::NoState | Page::InvalidState => StatusCode::BAD_REQUEST,
            Page::CannotSign => StatusCode::INTERNAL_SERVER_ERROR,
            Page::Refused
            | Page::NotConfirmed
            | Page::UnexpectedAnswer
            | Page::WholeOrganisation
            | Page::NoKey
            | Page::NotStored => StatusCode::BAD_GATEWAY,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Page::Installed => "LeadLens is installed",
            // A reload of an old page may be one after a success.
            Page::InvalidState | Page::NotConfirmed => "Nothing was installed now",
            Page::Declined
            | Page::Refused
            | Page::CannotSign
            | Page::NoCode
            | Page::NoState
            | Page::UnexpectedAnswer
            | Page::WholeOrganisation
            | Page::NoKey
            | Page::NotStored => "Not installed",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Page::Installed => {
                "Open Slack: LeadLens has written to you. Type /leadlens checkin in any conversation to begin."
            }
            Page::Declined => "You chose not to install LeadLens. Nothing was changed.",
            Page::CannotSign => "This server cannot sign. Please try again.",
            Page::Refused => {
                "Slack did not go through with the installation, and nothing was changed. Please start again at /slack/install. If that fails too, the log of this server has Slack's reason."
            }
            Page::NoCode => {
                "Slack sent no code, so nothing was installed. Please start again at /slack/install."
            }
            Page::NoState => {
                "This installation did not begin here, so nothing was installed. Please start at /slack/install on this server."
            }
            Page::InvalidState => {
                "This page is too old or came from another browser, so nothing was installed now. If LeadLens has written to you in Slack, it was installed before. Otherwise please start again at /slack/install."
            }
            Page::NotConfirmed => {
                "Slack did not confirm the installation, so nothing was changed now. If LeadLens has written to you in Slack, it was installed before. Otherwise please start again at /slack/install."
            }
            Page::UnexpectedAnswer => {
                "Slack's answer was not as documented, so nothing was kept. Please try again."
            }
            Page::WholeOrganisation => {
                "LeadLens is installed into one workspace at a time. Please choose a workspace instead of the whole organisation."
            }
            Page::NoKey => "No key to seal the token with.",
            Page::NotStored => "The installation could not be kept. Please try again in a minute.",
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (title, text) = (self.title(), self.text());
        let html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title}</title><body style=\"font:1.1rem/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem\">\
             <h1>{title}</h1><p>{text}</p></body></html>"
        );
        // The page describes this one attempt, so no cache may keep it.
        let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        (self.status(), no_store, Html(html)).into_response()
    }
}
