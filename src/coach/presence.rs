//! Interprets a member's Slack status and Do Not Disturb. `nudge` decides what they hold back. To recognise
//! another way to say *vacation*, add it to the lists here.

use super::member::Presence;
use jiff::Timestamp;

/// Emoji that mean vacation whatever the status text is. Slack's own status "Vacationing" has the first.
const VACATION_EMOJI: &[&str] =
    &["palm_tree", "desert_island", "beach_with_umbrella", "umbrella_on_ground", "🌴", "🏝", "🏖"];

/// Names of emoji that mean absence when the status has no text: Slack's own of "Out sick", and names that
/// workspaces give to custom emoji. Names with several words, such as `out_of_office`, are read like a text.
#[rustfmt::skip]
const AWAY_EMOJI: &[&str] = &[
    "face_with_thermometer", "🤒", "sick", "ill", "unwell", "leave", "hols", "off", "dayoff", "daysoff",
    "outofoffice", "onvacation", "onleave", "onholiday", "sickleave", "sickday", "outsick", "annualleave",
    "parentalleave", "bankholiday", "publicholiday", "timeoff",
];

/// Words and phrases that mean absence, in lower case, matched as whole words. A status during work (in a
/// meeting, commuting, working remotely, on a business trip) must not match.
#[rustfmt::skip]
const VACATION_PHRASES: &[&str] = &[
    // English
    "vacation", "vacationing", "vacations", "vacay", "staycation", "holiday", "holidays", "on hols",
    "out of office", "out of the office", "ooo", "o o o", "pto", "paid time off", "time off",
    "on leave", "annual leave", "parental leave", "maternity leave", "paternity leave", "sick leave",
    "medical leave", "family leave", "bereavement leave", "compassionate leave", "study leave", "mat leave",
    "pat leave", "day off", "days off", "week off", "sabbatical", "out sick", "off sick", "sick day",
    // German
    "urlaub", "ferien", "im urlaub", "elternzeit", "mutterschutz", "feiertag", "abwesend",
    "krankgeschrieben", "krank", "resturlaub",
    // French
    "vacances", "en congé", "en congés", "en conge", "congé", "congés", "congé maternité",
    "congé parental", "jour férié", "en rtt", "absent du bureau", "arrêt maladie",
    // Spanish
    "vacaciones", "de baja", "de permiso", "fuera de la oficina", "día libre", "dia libre", "festivo",
    // Portuguese
    "férias", "ferias", "de licença", "fora do escritório", "feriado", "de folga",
    // Italian
    "ferie", "vacanza", "in congedo", "fuori ufficio", "in maternità", "in malattia",
    // Dutch
    "vakantie", "met verlof", "verlof", "ouderschapsverlof", "afwezig", "niet op kantoor",
    // Swedish, Danish, Norwegian, Finnish
    "på semester", "föräldraledig", "ledig", "på ferie", "barsel", "orlov", "permisjon",
    "lomalla", "vanhempainvapaalla",
    // Polish, Czech, Hungarian, Romanian
    "urlop", "urlopie", "na urlopie", "dovolená", "na dovolené", "dovolené", "szabadságon", "concediu", "în concediu",
    // Russian, Ukrainian
    "отпуск", "в отпуске", "отпуске", "відпустка", "у відпустці", "відпустці",
    // Turkish, Greek, Hebrew, Arabic, Hindi
    "izinde", "izinli", "tatilde", "άδεια", "διακοπές", "חופשה", "בחופשה", "إجازة", "في إجازة", "छुट्टी",
];

/// Words for absence in scripts without spaces between words, matched anywhere in the text.
const VACATION_FRAGMENTS: &[&str] = &[
    "休暇",
    "お休み",
    "有給",
    "育休",
    "産休",
    "休假",
    "度假",
    "放假",
    "年假",
    "휴가",
    "연차",
    "육아휴직",
    "ลาพักร้อน",
];

/// Words that negate a phrase up to two words after them: "not on vacation", "until my vacation".
const UNDOING: &[&str] = &["not", "no", "before", "until", "till", "kein", "keinen", "bis"];

/// Pairs of words that negate a phrase up to three words after them: "back from my long vacation".
const UNDOING_PAIRS: &[[&str; 2]] =
    &[["back", "from"], ["returned", "from"], ["zurück", "aus"], ["nach", "dem"], ["vor", "dem"]];

/// Words that follow a phrase when it is about work: "holiday party", "PTO requests".
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "party", "planning", "plan", "plans", "cover", "coverage", "request", "requests", "calendar", "policy", "sale",
    "campaign", "season", "vertretung", "planung", "übergabe", "soon",
];

impl Presence {
    /// Whether `now` lies in the Do Not Disturb window `[start, end)` that Slack reports
    /// (<https://docs.slack.dev/reference/methods/dnd.info>). `dnd_enabled` is not considered.
    pub fn in_do_not_disturb(&self, now: Timestamp) -> bool {
        self.do_not_disturb_until(now).is_some()
    }

    /// The end of the current Do Not Disturb window.
    pub fn do_not_disturb_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.dnd.filter(|(start, end)| *start <= now && now < *end).map(|(_, end)| end)
    }

    /// Whether the status says vacation, leave or out of office, and has not expired.
    pub fn on_vacation(&self, now: Timestamp) -> bool {
        if self.status_expires_at.is_some_and(|end| end <= now) {
            return false;
        }
        let emoji = self.status_emoji.trim().trim_matches(':').to_lowercase();
        // A skin tone is a second name: `:wave::skin-tone-2:`.
        let emoji = emoji.split("::").next().unwrap_or_default().trim_end_matches('\u{fe0f}');
        VACATION_EMOJI.contains(&emoji)
            || VACATION_EMOJI.iter().any(|seen| !seen.is_ascii() && self.status_text.contains(seen))
            || says_vacation(&self.status_text)
            || (self.status_text.trim().is_empty() && (AWAY_EMOJI.contains(&emoji) || says_vacation(emoji)))
    }
}

/// Whether a status text says that the person is away from work.
fn says_vacation(text: &str) -> bool {
    let folded = text.to_lowercase();
    if VACATION_FRAGMENTS.iter().any(|fragment| folded.contains(fragment)) {
        return true;
    }
    let words: Vec<&str> = folded.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
    VACATION_PHRASES.iter().any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        (0..words.len()).any(|start| means_absence(&words, start, &phrase))
    })
}

/// Whether the phrase begins at this word, and no word around it changes its meaning.
fn means_absence(words: &[&str], start: usize, phrase: &[&str]) -> bool {
    let Some((before, rest)) = words.split_at_checked(start) else { return false };
    let Some(after) = rest.strip_prefix(phrase) else { return false };
    let nearest = |count: usize| before.get(before.len().saturating_sub(count)..).unwrap_or_default();
    let undone = nearest(2).iter().any(|word| UNDOING.contains(word))
        || nearest(4).windows(2).any(|pair| UNDOING_PAIRS.iter().any(|undoing| pair == undoing));
    !undone && !after.first().is_some_and(|next| ABOUT.contains(next))
}

/// Letters, digits, and the marks within words of Indic and Hebrew scripts.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05c7}' | '\u{0900}'..='\u{0dff}')
}

#[cfg(test)]
mod tests;
