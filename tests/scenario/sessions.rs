//! The printed sessions of `docs/`: told as the bot tells them today, and in each the member has the word.

use leadlens::{coach::word_budget::MIN_ANSWER_WORDS, demo};

#[tokio::test]
async fn the_page_is_up_to_date() {
    let told = demo::sessions().await.expect("the sessions");
    let page = include_str!("../../docs/sessions.md");
    let differs = told.lines().zip(page.lines()).find(|(told, page)| told != page);
    assert!(
        told == page,
        "docs/sessions.md: run `cargo run -- demo --sessions > docs/sessions.md`\n{differs:#?}"
    );
}

#[test]
fn in_each_the_member_says_more_than_leadlens() {
    for session in &demo::SESSIONS {
        let talk = session.talk().expect("known prompts");
        assert!(talk.member_said_more() || talk.said < 3 * MIN_ANSWER_WORDS, "{}: {talk:?}", session.name);
    }
}
