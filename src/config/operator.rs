//! Who runs the server, for `/privacy` and `/support`.

use super::{ConfigError, Environment, wrong};
use url::Url;

/// The operator, as far as they are named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// `LEADLENS_OPERATOR_NAME`.
    pub name: Option<String>,
    /// `LEADLENS_OPERATOR_CONTACT`.
    pub contact: Option<Contact>,
}

/// Where questions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// An e-mail address.
    Email(String),
    /// A page.
    Page(Url),
}

impl Operator {
    pub(super) fn from(environment: &Environment) -> Result<Self, ConfigError> {
        let name = environment.get("LEADLENS_OPERATOR_NAME").map(str::to_owned);
        let contact = environment.get(CONTACT).map(contact).transpose()?;
        Ok(Self { name, contact })
    }
}

const CONTACT: &str = "LEADLENS_OPERATOR_CONTACT";

fn contact(text: &str) -> Result<Contact, ConfigError> {
    if let Ok(url) = Url::parse(text)
        && url.scheme() == "https"
    {
        return Ok(Contact::Page(url));
    }
    // What a link could read as more than an address is refused.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_+@".contains(c);
    let parts = text.split_once('@').filter(|(user, host)| !user.is_empty() && host.contains('.'));
    match parts {
        Some((_, host)) if !host.contains('@') && text.chars().all(is_plain) => {
            Ok(Contact::Email(text.to_owned()))
        }
        _ => Err(wrong(CONTACT, "must be an e-mail address or begin with https://", "leadlens@example.com")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address_or_a_page() {
        assert_eq!(
            contact("lead.lens+x@example.com"),
            Ok(Contact::Email("lead.lens+x@example.com".to_owned()))
        );
        assert!(matches!(contact("https://example.com/help"), Ok(Contact::Page(_))));
        for wrong in [
            "http://example.com",
            "ask Bob",
            "a@b",
            "@example.com",
            "a@b@c.d",
            "javascript:alert(1)",
            "a?b@c.de",
        ] {
            assert!(contact(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Operator::from(&Environment::default()), Ok(Operator::default()));
    }
}
