//! The keys that encrypt workspace tokens at rest: from a variable, from a file, or from a command that asks a
//! cloud's key service. Neither a key nor what a command printed is ever part of an error.

use super::{ConfigError, Environment, wrong};
use std::{
    fs::File,
    io::Read as _,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A 256-bit key; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// The key itself, for the cipher.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// What was wrong, without the value.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return Err(
                "must be 64 hexadecimal digits (32 bytes), or several such keys with commas between them",
            );
        }
        let mut key = [0_u8; 32];
        for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| "must be hexadecimal digits")?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| "must be hexadecimal digits")?;
        }
        Ok(Self(key))
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

/// One key or more. The first encrypts and all decrypt, so that a new key can be put before an old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretKeys {
    first: SecretKey,
    older: Vec<SecretKey>,
}

impl SecretKeys {
    /// Reads keys with commas or blanks between them.
    ///
    /// # Errors
    /// What was wrong, without the value.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut keys = Vec::new();
        for key in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|key| !key.is_empty()) {
            let key = SecretKey::parse(key)?;
            if keys.contains(&key) {
                return Err("has the same key twice");
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or("has no key in it")?;
        Ok(Self { first, older: keys.collect() })
    }

    /// The key that encrypts.
    pub fn first(&self) -> &SecretKey {
        &self.first
    }

    /// The last key, which stays the same while new ones are put before it.
    pub fn oldest(&self) -> &SecretKey {
        self.older.last().unwrap_or(&self.first)
    }

    /// All keys, the first of them first.
    pub fn iter(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.first).chain(&self.older)
    }
}

const KEY: &str = "LEADLENS_SECRET_KEY";
const FILE: &str = "LEADLENS_SECRET_KEY_FILE";
const COMMAND: &str = "LEADLENS_SECRET_KEY_CMD";
pub(super) const KEY_EXAMPLE: &str = "the output of `openssl rand -hex 32`";
const FILE_EXAMPLE: &str = "/run/secrets/leadlens-key";
const COMMAND_EXAMPLE: &str = "gcloud secrets versions access latest --secret=leadlens";

/// How long a key service may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// More bytes than any number of keys that makes sense.
const MOST_BYTES: u64 = 64 * 1024;

/// The keys from whichever variable is set.
///
/// # Errors
/// Two of the variables are set, or the one that is set gives no key.
pub(super) fn secret_keys(environment: &Environment) -> Result<Option<SecretKeys>, ConfigError> {
    let given = [KEY, FILE, COMMAND].into_iter().filter_map(|name| Some((name, environment.get(name)?)));
    let given: Vec<(&'static str, &str)> = given.collect();
    let (name, text) = match given.as_slice() {
        [] => return Ok(None),
        [(name, value)] => match *name {
            FILE => (FILE, from_file(value)?),
            COMMAND => (COMMAND, from_command(value, COMMAND_TIMEOUT)?),
            _ => (KEY, (*value).to_owned()),
        },
        [(first, _), (second, _), ..] => {
            return Err(wrong(second, format!("is set beside {first}: set one of them"), example(second)));
        }
    };
    SecretKeys::parse(&text).map(Some).map_err(|problem| {
        let problem = match name {
            FILE => format!("names a file whose content {problem}"),
            COMMAND => format!("is a command whose output {problem}"),
            _ => problem.to_owned(),
        };
        wrong(name, problem, example(name))
    })
}

fn example(name: &str) -> &'static str {
    match name {
        FILE => FILE_EXAMPLE,
        COMMAND => COMMAND_EXAMPLE,
        _ => KEY_EXAMPLE,
    }
}

fn from_file(path: &str) -> Result<String, ConfigError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(wrong(
            FILE,
            format!("names a file that cannot be read as text ({})", error.kind()),
            FILE_EXAMPLE,
        )),
    }
}

/// The standard output of a shell command. Its standard error is dropped, because a program that fails may repeat a
/// secret there.
fn from_command(command: &str, within: Duration) -> Result<String, ConfigError> {
    let failed = |how: &str| {
        wrong(COMMAND, format!("is a command that {how}; run it by hand to see why"), COMMAND_EXAMPLE)
    };
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().map_err(|_| failed("could not be started"))?;
    let Some(output) = read_within(&mut child, within) else {
        // It has ended already, or ends now; nobody needs its status.
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(&format!("did not end within {} seconds", within.as_secs())));
    };
    match child.wait() {
        Ok(status) if status.success() => String::from_utf8(output).map_err(|_| failed("did not print text")),
        Ok(status) => Err(failed(&match status.code() {
            Some(code) => format!("ended with status {code}"),
            None => "was killed".to_owned(),
        })),
        Err(_) => Err(failed("could not be waited for")),
    }
}

/// What the command prints until it closes its output; `None` if that takes too long.
fn read_within(child: &mut Child, within: Duration) -> Option<Vec<u8>> {
    let output = child.stdout.take()?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(MOST_BYTES).read_to_end(&mut bytes);
        // The receiver is gone if this took too long.
        let _ = send.send(read.map(|_| bytes));
    });
    receive.recv_timeout(within).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> Result<usize, String> {
        let keys = secret_keys(&Environment::of(pairs.iter().copied())).map_err(|error| error.to_string())?;
        Ok(keys.map_or(0, |keys| keys.iter().count()))
    }

    #[test]
    fn several_keys_have_commas_or_blanks_between_them_and_the_first_encrypts() {
        let (one, two) = ("01".repeat(32), "02".repeat(32));
        for between in [",", ", ", " ", "\n", " ,\r\n"] {
            let keys = SecretKeys::parse(&format!("{one}{between}{two}\n")).unwrap();
            assert_eq!(keys.first(), &SecretKey::parse(&one).unwrap());
            assert_eq!(keys.oldest(), &SecretKey::parse(&two).unwrap());
            assert_eq!(keys.iter().count(), 2);
        }
        let single = SecretKeys::parse(&one).unwrap();
        assert_eq!(single.first(), single.oldest());
        assert!(SecretKeys::parse(&format!("{one},{}", "x".repeat(64))).is_err());
        assert!(SecretKeys::parse(&format!("{one},{one}")).unwrap_err().contains("twice"));
        assert!(SecretKeys::parse(" , ").is_err());
    }

    #[test]
    fn a_key_comes_from_a_variable_a_file_or_a_command_but_from_one_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let (path, one) = (folder.path().join("key"), "01".repeat(32));
        std::fs::write(&path, format!("{one}\n{}\n", "02".repeat(32))).unwrap();
        let path = path.to_str().unwrap();
        let command = format!("cat {path}");
        assert_eq!(keys(&[]), Ok(0));
        assert_eq!(keys(&[(KEY, &one)]), Ok(1));
        assert_eq!(keys(&[(FILE, path)]), Ok(2));
        assert_eq!(keys(&[(COMMAND, &command)]), Ok(2));
        let both = keys(&[(KEY, &one), (FILE, path)]).unwrap_err();
        assert!(both.starts_with("LEADLENS_SECRET_KEY_FILE is set beside LEADLENS_SECRET_KEY"), "{both}");
    }

    #[test]
    fn a_source_without_a_key_says_which_and_never_what_it_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "SECRET").unwrap();
        let table = [
            (FILE, path.to_str().unwrap(), "a file whose content must be 64 hexadecimal digits"),
            (FILE, "/nowhere/at/all", "cannot be read as text (entity not found)"),
            (COMMAND, "echo SECRET", "a command whose output must be 64 hexadecimal digits"),
            (COMMAND, "echo SECRET; echo SECRET >&2; exit 3", "ended with status 3"),
            (COMMAND, "no-such-program-of-ours", "ended with status 127"),
            (COMMAND, "true", "has no key in it"),
            (COMMAND, "kill -9 $$", "was killed"),
            (COMMAND, "printf '\\377'", "did not print text"),
        ];
        for (name, value, says) in table {
            let error = keys(&[(name, value)]).unwrap_err();
            assert!(error.contains(says) && error.starts_with(name), "{error}");
            assert!(!error.contains("SECRET;") && !error.contains("output SECRET"), "{error}");
            assert_eq!(error.matches("SECRET").count(), 1, "only the variable's name: {error}");
        }
    }

    #[test]
    fn a_command_that_hangs_stops_the_start() {
        let error = from_command("exec sleep 60", Duration::from_millis(50)).unwrap_err().to_string();
        assert!(error.contains("did not end within"), "{error}");
    }
}
