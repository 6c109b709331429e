//! What the three pages say.

use super::Site;
use crate::config::Contact;
use maud::{Markup, html};

/// What LeadLens is, in a few lines.
pub(super) fn home(site: &Site) -> Markup {
    html! {
        h1 { "A Slack coach for people who lead teams" }
        p {
            "LeadLens asks one short question at the hour you choose, and never tells you what to do. Once a month it shows \
             you how often you wore each of your two hats: " strong { "manager" } " (how and when) and "
            strong { "leader" } " (what and why). What you train is knowing which of them the room needs now."
        }
        img.picture src={ (site.base) "/picture.svg" } width="640" height="430"
            alt="A question in Slack, “What do you think the best move is?”, with the buttons Reflect, Later and Skip. Below it, bars for the leader hat and the manager hat in four weeks.";
        ul {
            li { "A check-in takes a minute: what is in front of you, and your next move." }
            li { "No manager, no admin and no colleague is shown in Slack what you write for yourself." }
            li { "Nothing comes by itself before you choose your days and hours." }
            li { "Everything can be exported and erased at any time, by you." }
        }
        @if site.can_install {
            p { a.button href={ (site.base) "/slack/install" } { "Add to Slack" } }
            p { "Slack shows what LeadLens asks for before anything is installed." }
        } @else {
            p { "Is LeadLens in your workspace? Type " code { "/leadlens" } " in any conversation." }
        }
    }
}

/// What is kept, for how long, who can read it, and how it is deleted.
pub(super) fn privacy(site: &Site) -> Markup {
    html! {
        h1 { "Privacy" }
        h2 { "What is kept" }
        ul {
            li { "What you write to LeadLens and tick in its forms: check-ins, answers, plans, readings of the room, audits of meetings." }
            li { "Of a calendar that you upload: the titles and times of the meetings that you choose for an audit." }
            li { "Your schedule and settings, your time zone, and Slack's ids of you, your workspace and LeadLens's messages to you." }
            li { "Of the workspace: its name, who installed LeadLens, and the token that Slack gave, encrypted." }
            li { "What colleagues say in a feedback round, without who said it or when, until the round closes." }
        }
        p {
            "LeadLens reads no channel. Of others' messages it gets the one on which you choose Ask, don't fix, and does not keep it. It counts what it does, in numbers and codes; no log \
             line has a word of yours in it. These pages set no cookie, except one for a day after an installation."
        }
        h2 { "Who can read it" }
        p {
            "LeadLens shows what you write for yourself to no one else in Slack: no manager, no admin, no colleague. The \
             person who runs this server could read its database. Slack keeps the conversation, and on some plans the \
             owners of a workspace can have direct messages exported."
        }
        @match &site.model_host {
            Some(host) => p {
                "A language model at " strong { (host) } " writes follow-up questions for members who agreed to it, and for \
                 nobody else. It gets the text of that one check-in, without names and ids that LeadLens knows."
            },
            None => p { "No language model and no other service is told anything." },
        }
        h2 { "How long, and how to delete it" }
        ul {
            li { "It is kept until you delete it: one entry at a time in " code { "/leadlens history" } ", or everything at once with " code { "/leadlens forget" } "." }
            li { code { "/leadlens export" } " gives you all of it as files." }
            li { (after_removal(site.grace_days)) }
            li { "Your own messages stay in Slack until you delete them there. Backups that the operator made keep what was in them until they expire." }
        }
        h2 { "Whom to ask" }
        (whom_to_ask(site))
    }
}

fn after_removal(days: u32) -> String {
    match days {
        0 => "When a workspace removes LeadLens, its data is erased at once.".to_owned(),
        1 => "When a workspace removes LeadLens, its token is deleted at once and its data after one day, so that a mistake can be undone.".to_owned(),
        days => format!(
            "When a workspace removes LeadLens, its token is deleted at once and its data after {days} days, so that a mistake can be undone."
        ),
    }
}

/// What helps at once, and whom to ask.
pub(super) fn support(site: &Site) -> Markup {
    html! {
        h1 { "Support" }
        h2 { "What helps at once" }
        ul {
            li { "What can I do? Type " code { "/leadlens help" } " in any conversation." }
            li { "It asks at the wrong time: " code { "/leadlens schedule" } " has days, hours, quiet hours and days off." }
            li { "It should be quiet for a while: " code { "/leadlens pause" } ". For good: write " code { "stop" } " to it." }
            li { "Nothing comes any more: " code { "/leadlens schedule" } " shows the next question. Ignored questions become fewer, and answering one brings them back." }
            li { "I want my data, or none of it kept: " code { "/leadlens export" } ", " code { "/leadlens forget" } "." }
            li { "LeadLens should leave the workspace: an administrator removes it in Slack under Apps. " (after_removal(site.grace_days)) }
        }
        h2 { "Whom to ask" }
        (whom_to_ask(site))
        p { "Do not send what you wrote to LeadLens along. The day and what you did are enough." }
    }
}

/// The operator's name and address.
fn whom_to_ask(site: &Site) -> Markup {
    let operator = &site.operator;
    html! {
        @match (&operator.name, &operator.contact) {
            (Some(name), Some(contact)) => p { "This server is run by " (name) ": " (contact_link(contact)) "." },
            (Some(name), None) => p { "This server is run by " (name) "." },
            (None, Some(contact)) => p { "Write to whoever runs this server: " (contact_link(contact)) "." },
            (None, None) => p { "Ask the person who installed LeadLens in your workspace, or whoever runs this server." },
        }
    }
}

fn contact_link(contact: &Contact) -> Markup {
    match contact {
        Contact::Email(address) => html! { a href={ "mailto:" (address) } { (address) } },
        Contact::Page(url) => html! { a href=(url.as_str()) { (url.as_str()) } },
    }
}
