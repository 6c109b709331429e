//! What a calendar says about itself before its events: whether it cancels them, the zone of times without
//! one, and whose calendar it is.

use super::line::parameter;
use icalendar::parser::Property;

/// The properties of a calendar that are read.
const PROPERTIES: &[&str] = &["METHOD", "X-WR-TIMEZONE", "X-OWNER", "X-WR-CALNAME"];

/// What a calendar says about itself.
#[derive(Default)]
pub(super) struct CalendarHeader {
    /// `METHOD:CANCEL`: its events are cancelled.
    pub(super) is_cancelled: bool,
    /// The name of the zone of times without one.
    pub(super) time_zone: Option<String>,
    /// Outlook names the owner, with an address.
    owner: Option<String>,
    /// Google calls a member's main calendar by the member's address.
    named_after: Option<String>,
}

impl CalendarHeader {
    /// Whether a property matters.
    pub(super) fn reads(name: &[u8]) -> bool {
        PROPERTIES.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()))
    }

    /// Reads a line.
    pub(super) fn take(&mut self, line: &str) {
        let Ok(property) = Property::try_from(line) else { return };
        let value = property.val.as_str().trim();
        match property.name.as_str().to_ascii_uppercase().as_str() {
            "METHOD" => self.is_cancelled = value.eq_ignore_ascii_case("CANCEL"),
            "X-WR-TIMEZONE" => self.time_zone = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "X-OWNER" => self.owner = address(value),
            "X-WR-CALNAME" => self.named_after = address(value),
            _ => {}
        }
    }

    /// The address of the person whose calendar it is, if it says so.
    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.as_deref().or(self.named_after.as_deref())
    }
}

/// Whether an `ATTENDEE` line says that this person declined.
pub(super) fn is_declined_by(owner: &str, line: &str) -> bool {
    if !line.to_ascii_uppercase().contains("DECLINED") {
        return false;
    }
    let Ok(attendee) = Property::try_from(line) else { return false };
    let declined = parameter(&attendee, "PARTSTAT").is_some_and(|it| it.eq_ignore_ascii_case("DECLINED"));
    let is_owner = |written: &str| address(written).is_some_and(|it| it == owner);
    // Apple's value is a path on its server, with the address beside it.
    declined && (is_owner(attendee.val.as_str()) || parameter(&attendee, "EMAIL").is_some_and(is_owner))
}

/// A mail address in small letters; `None` for any other text.
fn address(written: &str) -> Option<String> {
    let written = written.trim().to_lowercase();
    let address = written.strip_prefix("mailto:").unwrap_or(&written).trim();
    let (name, host) = address.split_once('@')?;
    let is_address = !name.is_empty() && !host.is_empty() && !address.contains(char::is_whitespace);
    is_address.then(|| address.to_owned())
}
