//! How long a calendar of 10 MB and 20,000 events takes to read, how much memory it costs beyond its own
//! bytes, and what hostile ones cost: `cargo bench --bench ics`. Memory is what the allocator handed out
//! at most, in this process alone.

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

fn main() {
    let zone = Zone::parse("Europe/Berlin", true).unwrap();
    let now = "2026-10-02T08:00:00Z".parse().unwrap();
    let series = |rule: &'static str| {
        move |nth: usize| {
            format!(
                "UID:{nth}\r\nSUMMARY:Meeting {nth}\r\nDTSTART;TZID=Europe/Berlin:{}{:02}{:02}T{:02}0000\r\n{rule}",
                2016 + nth % 11,
                nth % 12 + 1,
                nth % 28 + 1,
                nth % 24
            )
        }
    };
    let ten = calendar::MAX_BYTES - 1_000;
    let cases = [
        ("20,000 single events", calendar_of(20_000, ten, series(""))),
        ("20,000 weekly series", calendar_of(20_000, ten, series("RRULE:FREQ=WEEKLY\r\n"))),
        ("20,000 endless daily series", calendar_of(20_000, ten, series("RRULE:FREQ=DAILY\r\n"))),
        (
            "20,000 endless counts",
            calendar_of(20_000, ten, series("RRULE:FREQ=YEARLY;COUNT=4000000000;BYDAY=MO\r\n")),
        ),
        ("one line of 10 MB", [b"BEGIN:VCALENDAR\r\nX:".as_slice(), &vec![b'x'; ten - 100]].concat()),
        ("nested without an end", "BEGIN:VCALENDAR\n".repeat(ten / 16).into_bytes()),
    ];
    println!("{:<30} {:>9} {:>8} {:>12}  answer", "calendar", "bytes", "ms", "peak kB more");
    for (name, bytes) in cases {
        let mut best = f64::MAX;
        let mut most = 0;
        let mut answer = String::new();
        for _ in 0..5 {
            let before = NOW.load(Ordering::Relaxed);
            MOST.store(before, Ordering::Relaxed);
            let began = Instant::now();
            let found = calendar::last_meetings(&bytes, &zone, now);
            best = best.min(began.elapsed().as_secs_f64() * 1_000.0);
            most = most.max(MOST.load(Ordering::Relaxed) - before);
            answer = match found {
                Ok(meetings) => format!("{} meetings", meetings.len()),
                Err(trouble) => format!("{trouble:?}"),
            };
        }
        println!("{name:<30} {:>9} {best:>8.1} {:>12}  {answer}", bytes.len(), most / 1_024);
    }
}
