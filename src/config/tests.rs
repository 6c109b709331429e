use super::*;

fn errors(pairs: &[(&str, &str)]) -> Vec<String> {
    match Config::from(&Environment::of(pairs.iter().copied())) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn an_empty_environment_has_working_defaults() {
    let config = Config::from(&Environment::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database.reveal(), "sqlite://leadlens.db");
    assert_eq!(config.slack.api_url.as_str(), SLACK_API_URL);
    assert_eq!(config.grace_days, 30);
    let missing = config.slack.can_serve().unwrap_err();
    assert_eq!(missing.name, "SLACK_APP_TOKEN");
}

#[test]
fn all_wrong_tokens_are_named_at_once() {
    let wrong = [
        ("SLACK_BOT_TOKEN", "xoxp-SECRET"),
        ("SLACK_APP_TOKEN", "xoxb-SECRET"),
        ("SLACK_SIGNING_SECRET", "SECRET"),
        ("SLACK_API_URL", "SECRET"),
        ("SLACK_CLIENT_ID", "SECRET"),
        ("SLACK_CONNECTIONS", "11"),
    ];
    assert_eq!(errors(&wrong).len(), wrong.len());
}

#[test]
fn a_bad_value_names_the_variable_and_an_example_and_never_the_value() {
    let table = [
        ("SLACK_BOT_TOKEN", "xoxp-SECRET", "another kind"),
        ("SLACK_APP_TOKEN", "xapp-SE CRET", "blanks"),
        ("SLACK_SIGNING_SECRET", "SECRET", "too short"),
        ("SLACK_API_URL", "http://SECRET.example.com/api", "in the clear"),
        ("SLACK_API_URL", "SECRET", "not a URL"),
        ("SLACK_CONNECTIONS", "11", "1 to 10"),
        ("SLACK_CLIENT_ID", "SECRET", "SLACK_CLIENT_SECRET"),
        ("DATABASE_URL", "mysql://u:SECRET@h/d", "sqlite:// or postgres://"),
        ("LEADLENS_LISTEN", "SECRET", "an address and a port"),
        ("LEADLENS_PUBLIC_URL", "http://SECRET.example.com", "https://"),
        ("LEADLENS_SECRET_KEY", "SECRET", "64 hexadecimal digits"),
        ("LEADLENS_PROMPTS", "/SECRET/nowhere", "not a folder"),
        ("LEADLENS_GRACE_DAYS", "soon", "0 to 365"),
        ("LEADLENS_LOG_FORMAT", "SECRET", "text or json"),
    ];
    for (name, value, says) in table {
        let errors = errors(&[(name, value)]).join("\n");
        assert!(errors.contains(says), "{name}: {errors}");
        assert!(errors.contains("Example: "), "{name}: {errors}");
        assert!(!errors.contains("SECRET.") && !errors.contains(":SECRET"), "{name}: {errors}");
    }
}

#[test]
fn what_a_platform_sets_stops_nothing_and_what_looks_mistyped_is_told() {
    let config = Config::from(&Environment::of([
        ("LEADLENS_PORT", "tcp://10.0.0.11:3000"),
        ("LEADLENS_PORT_3000_TCP", "tcp://10.0.0.11:3000"),
        ("LEADLENS_PORT_3000_TCP_PROTO", "tcp"),
        ("LEADLENS_PORT_3000_TCP_PORT", "3000"),
        ("LEADLENS_PORT_3000_TCP_ADDR", "10.0.0.11"),
        ("LEADLENS_SERVICE_HOST", "10.0.0.11"),
        ("LEADLENS_SERVICE_PORT", "3000"),
        ("LEADLENS_SERVICE_PORT_HTTP", "3000"),
        ("LEADLENS_DB_SERVICE_HOST", "10.0.0.12"),
        ("LEADLENS_DB_PORT", "tcp://10.0.0.12:5432"),
        ("LEADLENS_LISTN", "127.0.0.1:80"),
        ("LEADLENS_PORT_", "3000"),
    ]));
    let told = config.unwrap().unknown_variables;
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), ["LEADLENS_LISTN", "LEADLENS_PORT_"]);
}

#[test]
fn a_file_with_a_byte_order_mark_and_a_dollar_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let text = "\u{feff}SLACK_TEST_ONE=xoxb-1\r\nSLACK_TEST_TWO='postgres://u:p$w@h/d'\r\n";
    std::fs::write(folder.path().join(".env"), text).unwrap();
    let environment = Environment::load(folder.path()).unwrap();
    assert_eq!(environment.get("SLACK_TEST_ONE"), Some("xoxb-1"));
    assert_eq!(environment.get("SLACK_TEST_TWO"), Some("postgres://u:p$w@h/d"));
    std::fs::write(folder.path().join(".env"), "SLACK_TEST_ONE=1\nSECRET words").unwrap();
    let error = Environment::load(folder.path()).err().unwrap().to_string();
    assert!(error.contains("line 2") && !error.contains("SECRET words"), "{error}");
}

#[test]
fn oauth_needs_a_key_and_a_public_address() {
    let errors = errors(&[("SLACK_CLIENT_ID", "1.2"), ("SLACK_CLIENT_SECRET", "s")]);
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[test]
fn nothing_secret_is_printed() {
    let config = Config::from(&Environment::of([
        ("SLACK_BOT_TOKEN", "xoxb-hush"),
        ("SLACK_APP_TOKEN", "xapp-hush"),
        ("SLACK_SIGNING_SECRET", "hush0123456789abcdef0123456789ab"),
        ("LEADLENS_SECRET_KEY", &"ab".repeat(32)),
        ("LEADLENS_LLM_URL", "https://models.example"),
        ("LEADLENS_LLM_MODEL", "m"),
        ("LEADLENS_LLM_API_KEY", "hush"),
        ("DATABASE_URL", "postgres://me:hush@db/leadlens"),
    ]))
    .unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("hush") && !shown.contains("abab"), "{shown}");
}
