//! The pages that the person who installs LeadLens sees in the browser: what happened, and what to do next.

use crate::site;
use axum::{http::StatusCode, response::Response};
use maud::html;

/// How an installation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// LeadLens is installed.
    Installed,
    /// LeadLens was installed before, and its token is renewed.
    InstalledAgain,
    /// The page of a completed installation was loaded again.
    Reloaded,
    /// The person declined on Slack's page.
    Declined,
    /// Slack ended the installation for another reason.
    Refused,
    /// The browser came back without a code.
    NoCode,
    /// The browser came back without a state: the installation did not begin on this server.
    NoState,
    /// The state is forged, or signed with a key that is gone.
    UnknownState,
    /// The state is too old.
    ExpiredState,
    /// The state was given to another browser.
    OtherBrowser,
    /// The state was used before.
    UsedState,
    /// Slack does not know the code any more.
    CodeGone,
    /// Slack refuses this server's credentials or address.
    Misconfigured,
    /// Slack did not answer, or refused for another reason.
    NotConfirmed,
    /// Slack's answer has not the documented form.
    UnexpectedAnswer,
    /// The app was installed for a whole organisation, which is not supported.
    WholeOrganisation,
    /// The server could not sign or encrypt.
    NoKey,
    /// The store did not answer.
    NotStored,
}

/// What the person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing more in the browser.
    OpenSlack,
    /// Begin again, if they want to.
    ChangeMind,
    /// Begin again.
    StartAgain,
    /// Begin again if it was not a success before: a reload of an old page may be one after a success.
    StartAgainIfNeeded,
    /// Ask the operator.
    AskOperator,
}

impl Page {
    fn status(self) -> StatusCode {
        match self {
            Page::Installed | Page::InstalledAgain | Page::Reloaded | Page::Declined => StatusCode::OK,
            Page::NoCode
            | Page::NoState
            | Page::UnknownState
            | Page::ExpiredState
            | Page::OtherBrowser
            | Page::UsedState
            | Page::WholeOrganisation => StatusCode::BAD_REQUEST,
            Page::NoKey => StatusCode::INTERNAL_SERVER_ERROR,
            Page::NotStored => StatusCode::SERVICE_UNAVAILABLE,
            Page::Refused
            | Page::CodeGone
            | Page::Misconfigured
            | Page::NotConfirmed
            | Page::UnexpectedAnswer => StatusCode::BAD_GATEWAY,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Page::Installed | Page::Reloaded => "LeadLens is installed",
            Page::InstalledAgain => "LeadLens is installed again",
            Page::UnknownState
            | Page::ExpiredState
            | Page::OtherBrowser
            | Page::UsedState
            | Page::CodeGone => "Nothing was installed now",
            Page::Declined
            | Page::Refused
            | Page::NoCode
            | Page::NoState
            | Page::Misconfigured
            | Page::NotConfirmed
            | Page::UnexpectedAnswer
            | Page::WholeOrganisation
            | Page::NoKey
            | Page::NotStored => "Not installed",
        }
    }

    fn happened(self) -> &'static str {
        match self {
            Page::Installed => "LeadLens is in your workspace now, and has written to you.",
            Page::InstalledAgain => {
                "Slack has given LeadLens a new token for your workspace. Everything that members kept is as it was, and their schedules go on."
            }
            Page::Reloaded => "This installation is completed. Loading the page again changes nothing.",
            Page::Declined => "You chose not to install LeadLens, and nothing was changed.",
            Page::Refused => "Slack did not go through with the installation, and nothing was changed.",
            Page::NoCode => "Slack sent no code, so nothing was installed.",
            Page::NoState => "This installation did not begin on this page, so nothing was installed.",
            Page::UnknownState => "This server did not begin this installation.",
            Page::ExpiredState => "More than ten minutes have passed since this installation began.",
            Page::OtherBrowser => "This installation began in another browser, or this one keeps no cookies.",
            Page::UsedState => "This installation was carried through before, and each can be only once.",
            Page::CodeGone => "Slack does not know the code of this installation any more.",
            Page::Misconfigured => {
                "Slack refuses what this server is set up with: its client id, its client secret or its public address."
            }
            Page::NotConfirmed => "Slack did not confirm the installation, and nothing was changed.",
            Page::UnexpectedAnswer => "Slack's answer was not as documented, so nothing was kept.",
            Page::WholeOrganisation => {
                "LeadLens is installed into one workspace at a time, and you chose the whole organisation. Nothing was kept; choose a workspace."
            }
            Page::NoKey => "This server could not encrypt the token that Slack gave, so nothing was kept.",
            Page::NotStored => {
                "The installation could not be stored, because this server's database did not answer."
            }
        }
    }

    fn next(self) -> Next {
        match self {
            Page::Installed | Page::InstalledAgain | Page::Reloaded => Next::OpenSlack,
            Page::UnknownState
            | Page::ExpiredState
            | Page::OtherBrowser
            | Page::UsedState
            | Page::CodeGone => Next::StartAgainIfNeeded,
            Page::Declined => Next::ChangeMind,
            Page::Refused
            | Page::NoCode
            | Page::NoState
            | Page::NotConfirmed
            | Page::UnexpectedAnswer
            | Page::WholeOrganisation
            | Page::NotStored => Next::StartAgain,
            Page::Misconfigured | Page::NoKey => Next::AskOperator,
        }
    }

    /// The page, on a server whose paths begin with `base`.
    pub(super) fn response(self, base: &str) -> Response {
        let content = html! {
            h1 { (self.title()) }
            p { (self.happened()) }
            @match self.next() {
                Next::OpenSlack => p {
                    "Open Slack and look for LeadLens under Apps, or type " code { "/leadlens checkin" }
                    " in any conversation. You can close this page."
                },
                Next::ChangeMind => p { "You can close this page, or begin again if you change your mind." }
                Next::StartAgain => p { "You can begin again. If it fails once more, " (support(base)) " says whom to ask." },
                Next::StartAgainIfNeeded => p {
                    "If LeadLens has written to you in Slack, it is installed and there is nothing to do. Otherwise begin again."
                },
                Next::AskOperator => p {
                    "You can do nothing about it here: " (support(base)) " says whom to ask. The log of this server has the reason."
                },
            }
            @if matches!(self.next(), Next::ChangeMind | Next::StartAgain | Next::StartAgainIfNeeded) {
                p { a.button href={ (base) "/slack/install" } { "Begin again" } }
            }
        };
        site::page(base, self.status(), self.title(), &content)
    }
}

fn support(base: &str) -> maud::Markup {
    html! { a href={ (base) "/support" } { "Support" } }
}
