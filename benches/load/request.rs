//! Slack's requests, signed, over kept-open connections with as little work as can be on this side:
//! the processors are shared with what is measured.

use leadlens_sandbox::sign;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The form of a slash command.
pub fn command(user: &str, nth: u64) -> String {
    serde_urlencoded::to_string([
        ("token", "sandbox"),
        ("team_id", "T0SANDBOX"),
        ("channel_id", "D0LOAD"),
        ("user_id", user),
        ("command", "/leadlens"),
        ("text", "checkin"),
        ("api_app_id", "A0LEADLENS"),
        ("response_url", "http://127.0.0.1:9/respond"),
        ("trigger_id", &format!("{nth}.load")),
    ])
    .unwrap()
}

/// A submitted check-in.
pub fn submission(user: &str, nth: u64) -> Value {
    let text = "Two people want the same thing and neither has said why. I would ask them both.";
    let input = |value: Value| json!({"type": "plain_text_input", "value": value});
    let chosen = |kind: &str, value: &str| json!({"type": kind, "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": value}});
    json!({
        "type": "view_submission", "token": "sandbox", "api_app_id": "A0LEADLENS", "enterprise": null,
        "team": {"id": "T0SANDBOX", "domain": "sandbox"}, "trigger_id": format!("{nth}.load"),
        "user": {"id": user, "username": "load", "name": "load", "team_id": "T0SANDBOX"},
        "view": {
            "id": format!("V{nth}"), "team_id": "T0SANDBOX", "type": "modal", "blocks": [], "hash": "1.a",
            "private_metadata": "v1:{\"form\":\"checkin\",\"nudge\":null,\"prompt\":null,\"care_met\":false}",
            "callback_id": "leadlens_form", "title": {"type": "plain_text", "text": "Check in"},
            "state": {"values": {
                "situation": {"situation": input(Value::Null)},
                "room": {"room": chosen("static_select", "confused")},
                "answer": {"answer": input(json!(text))},
                "hat": {"hat": chosen("radio_buttons", "leader")},
            }},
        },
        "response_urls": [],
    })
}

/// The same as a form.
pub fn submission_form(user: &str, nth: u64) -> String {
    serde_urlencoded::to_string([("payload", submission(user, nth).to_string())]).unwrap()
}

/// One kept-open connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    /// Posts a form, signed, and waits for the whole answer, which must be 200.
    pub async fn post(&mut self, form: &str) -> Duration {
        #[expect(clippy::disallowed_methods, reason = "a load from outside has the machine's clock")]
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().to_string();
        let signature = sign(&now, form);
        let request = format!(
            "POST /slack/events HTTP/1.1\r\nhost: load\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             x-slack-request-timestamp: {now}\r\nx-slack-signature: {signature}\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        let began = Instant::now();
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.buffer.clear();
        while !is_whole(&self.buffer) {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection was closed");
        }
        let took = began.elapsed();
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.buffer));
        took
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    length.is_none_or(|length: usize| body.len() >= length)
}
