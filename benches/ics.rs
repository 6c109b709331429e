//! How long a calendar of 10 MB and 20,000 events takes to read beside the aim of 300 ms, how much memory
//! it costs beyond its own bytes, and what hostile ones cost: `cargo bench --bench ics`. Memory is what the
//! allocator handed out at most, in this process alone. `cargo bench --bench ics -- whole` gives the same
//! and smaller files whole to the `icalendar` crate, which explains why it is given one event at a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets what it did not expect should stop there"
)]
#![allow(unsafe_code, reason = "an allocator that counts is unsafe to write")]

use leadlens::coach::{calendar, member::Zone};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on to the system's allocator unchanged; only sizes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise is ours.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is ours.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn calendar_of(events: usize, bytes: usize, event: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for nth in 0..events {
        let event = event(nth);
        let room = bytes / events;
        let filler = room.saturating_sub(event.len() + 60);
        text.push_str("BEGIN:VEVENT\r\n");
        text.push_str(&event);
        for line in 0..filler / 76 {
            let name = if line == 0 { "DESCRIPTION:" } else { " " };
            text.push_str(name);
            text.push_str(&"x".repeat(74 - name.len()));
            text.push_str("\r\n");
        }
        text.push_str("END:VEVENT\r\n");
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into_bytes()
}

/// What the slowest reading may take.
const AIM_MS: f64 = 300.0;

const ROUNDS: usize = 20;

/// Times of one kind of reading, and the memory of the greediest.
struct Measured {
    ms: Vec<f64>,
    peak: usize,
    answer: String,
}

fn measure(rounds: usize, mut read: impl FnMut() -> String) -> Measured {
    let mut measured = Measured { ms: Vec::new(), peak: 0, answer: String::new() };
    for _ in 0..rounds {
        let before = NOW.load(Ordering::Relaxed);
        MOST.store(before, Ordering::Relaxed);
        let began = Instant::now();
        measured.answer = read();
        measured.ms.push(began.elapsed().as_secs_f64() * 1_000.0);
        measured.peak = measured.peak.max(MOST.load(Ordering::Relaxed).saturating_sub(before));
    }
    measured.ms.sort_by(f64::total_cmp);
    measured
}

impl Measured {
    fn print(&self, name: &str, bytes: usize) {
        let at = |part: usize| self.ms[(self.ms.len() * part).div_ceil(100).max(1) - 1];
        let (p50, p95, max) = (at(50), at(95), at(100));
        let aim = if max < AIM_MS { "yes" } else { "NO" };
        let peak = self.peak / 1_024;
        let answer = &self.answer;
        println!("{name:<32} {bytes:>9} {p50:>7.1} {p95:>7.1} {max:>7.1}  {aim:<4} {peak:>9}  {answer}");
    }
}

/// An event as calendars hold many: every eleventh of this year.
fn event(nth: usize, rule: &str) -> String {
    format!(
        "UID:{nth}\r\nSUMMARY:Meeting {nth}\r\nDTSTART;TZID=Europe/Berlin:{}{:02}{:02}T{:02}0000\r\n\
         ATTENDEE;CN=\"Doe, Jane\";ROLE=REQ-PARTICIPANT:mailto:jane@a.example\r\n{rule}",
        2016 + nth % 11,
        nth % 12 + 1,
        nth % 28 + 1,
        nth % 24
    )
}

fn main() {
    let ten = calendar::MAX_BYTES - 1_000;
    let of = |rule: &'static str| calendar_of(20_000, ten, move |nth| event(nth, rule));
    println!(
        "{:<32} {:>9} {:>7} {:>7} {:>7}  <{AIM_MS} {:>9}  answer",
        "calendar", "bytes", "p50 ms", "p95", "max", "kB more"
    );
    if std::env::args().any(|arg| arg == "whole") {
        return whole(&of(""), ten);
    }
    let zone = Zone::parse("Europe/Berlin", true).unwrap();
    let now = "2026-10-02T08:00:00Z".parse().unwrap();
    let lines = |line: &str| {
        let line = line.repeat((ten - 100) / line.len());
        format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}END:VEVENT\r\nEND:VCALENDAR\r\n").into_bytes()
    };
    let short = "BEGIN:VEVENT\r\nDTSTART;A=B;C=D:\r\nRRULE:FREQ=YEARLY;BYDAY=MO\r\nEND:VEVENT\r\n";
    let short = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", short.repeat(100_000));
    let utf16 = String::from_utf8(calendar_of(10_000, ten / 2, |nth| event(nth, ""))).unwrap();
    let cases = [
        ("20,000 single events", of("")),
        ("20,000 single events, LF", String::from_utf8(of("")).unwrap().replace('\r', "").into_bytes()),
        ("20,000 weekly series", of("RRULE:FREQ=WEEKLY\r\n")),
        ("20,000 series of 52 weeks", of("RRULE:FREQ=WEEKLY;COUNT=52\r\n")),
        ("20,000 second Tuesdays", of("RRULE:FREQ=MONTHLY;BYDAY=2TU\r\n")),
        ("20,000 endless daily series", of("RRULE:FREQ=DAILY\r\n")),
        ("20,000 endless counts", of("RRULE:FREQ=YEARLY;COUNT=4000000000;BYDAY=MO\r\n")),
        ("10,000 events in UTF-16", utf16.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("100,000 short broken events", short.into_bytes()),
        ("one event of short lines", lines("DTSTART:\r\n")),
        ("one event of parameters", lines("DTSTART;A=B;A=B;A=B;A=B;A=B;A=B;A=B:1\r\n")),
        ("one line of 10 MB", [b"BEGIN:VCALENDAR\r\nX:".as_slice(), &vec![b'x'; ten - 100]].concat()),
        ("nested without an end", "BEGIN:VCALENDAR\n".repeat(ten / 16).into_bytes()),
    ];
    for (name, bytes) in cases {
        let read = || match calendar::last_meetings(&bytes, &zone, now) {
            Ok(found) => format!("{} meetings, {} unread", found.meetings.len(), found.unread.len()),
            Err(trouble) => format!("{trouble:?}"),
        };
        measure(ROUNDS, read).print(name, bytes.len());
    }
}

/// The `icalendar` crate alone, over whole files.
fn whole(twenty_thousand: &[u8], ten: usize) {
    let short = "X:\r\n".repeat(ten / 4);
    let short = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{short}END:VEVENT\r\nEND:VCALENDAR\r\n");
    let lf = |events: usize| {
        String::from_utf8(calendar_of(events, events * 500, |nth| event(nth, ""))).unwrap().replace('\r', "")
    };
    let cases = [
        ("20,000 single events, whole", String::from_utf8(twenty_thousand.to_vec()).unwrap()),
        ("1,000 single events, LF, whole", lf(1_000)),
        ("2,000 single events, LF, whole", lf(2_000)),
        ("4,000 single events, LF, whole", lf(4_000)),
        ("short lines, whole", short),
    ];
    for (name, text) in cases {
        let read = || {
            let unfolded = icalendar::parser::unfold(&text);
            let read = icalendar::parser::read_calendar_simple(&unfolded);
            read.map_or("refused".to_owned(), |read| format!("{} components", read[0].components.len()))
        };
        measure(3, read).print(name, text.len());
    }
}
