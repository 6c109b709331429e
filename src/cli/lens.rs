//! `leadlens lens`: reads lines, prints what the lens sees in each as one JSON object.

use crate::coach::lens::{Lens, Reading};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// A line longer than this is read up to here; the lens itself reads less.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Reads `input` line by line until it ends. Bytes that are no UTF-8 count as unknown characters.
///
/// # Errors
/// When the input cannot be read or the output not written.
pub fn run(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let lens = Lens::get();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        if line.last() != Some(&b'\n') {
            skip_line(&mut input)?;
        }
        let text = String::from_utf8_lossy(&line);
        writeln!(output, "{}", object(&lens.read(text.trim_end_matches(['\n', '\r']))))?;
    }
}

/// Skips the rest of a long line.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let rest = input.fill_buf()?;
        let (used, is_end) = match rest.iter().position(|&byte| byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (rest.len(), rest.is_empty()),
        };
        input.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

fn object(reading: &Reading) -> Value {
    let evidence: Vec<_> = reading
        .evidence
        .iter()
        .map(|evidence| json!({ "text": evidence.text, "hat": evidence.hat }))
        .collect();
    json!({
        "hat": reading.hats,
        "forced": reading.best_guess,
        "confidence": rounded(reading.confidence),
        "leader": rounded(reading.leader),
        "manager": rounded(reading.manager),
        "dimension": reading.dimension,
        "language": reading.language,
        "evidence": evidence,
    })
}

/// Four decimals are more than the lens knows.
fn rounded(share: f32) -> f64 {
    (f64::from(share) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        run(input, &mut output).unwrap();
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn one_object_a_line_whatever_the_line() {
        let huge = "ask ".repeat(60_000);
        let input = format!("Moved the release to Thursday.\n\n{huge}\n会議を計画した\r\nno end");
        let objects = printed(input.as_bytes());
        assert_eq!(objects.len(), 5);
        for object in &objects {
            let keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
            let expected =
                ["hat", "forced", "confidence", "leader", "manager", "dimension", "language", "evidence"];
            assert_eq!(keys, expected);
        }
        assert_eq!(objects[0]["forced"], "manager");
        assert_eq!(objects[1]["hat"], Value::Null);
        assert_eq!(objects[1]["evidence"], json!([]));
        assert_eq!(objects[3]["hat"], Value::Null);
        assert_eq!(printed(b"\xff\xfe broken \xc3\n").len(), 1);
        assert_eq!(printed(b"").len(), 0);
    }
}
