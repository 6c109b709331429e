//! The program: reads the subcommand, builds what it needs and runs it.

use super::{
    args::{self, Command, PromptsCommand},
    doctor, lens, operator, prompts, rekey, transfer,
};
use crate::{
    clock::Env,
    coach::prompt::Library,
    config::{self, Config, Environment},
    demo,
    interaction::{AppState, Pepper, Settings},
    report::picture::Palette,
    server::{Bot, WorkerMode},
    slack::{
        manifest::{self, Delivery},
        token_cipher::TokenCipher,
        web_api,
    },
    store::{Schema, Store},
    telemetry,
};
use anyhow::Context;
use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// The whole of the `leadlens` binary.
pub fn main() -> ExitCode {
    ignore_broken_pipe();
    let arguments = args::parse(std::env::args_os());
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("the runtime could not start")),
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

/// Ends without an error when the reader of our output has closed it, as `head` does: `print!` panics then.
fn ignore_broken_pipe() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|says| says.starts_with("failed printing to stdout")) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("leadlens: {error:#}");
    ExitCode::FAILURE
}

async fn run(arguments: args::Arguments) -> anyhow::Result<ExitCode> {
    let command = arguments.command.unwrap_or(Command::Serve);
    if let Command::Demo { sessions: true, .. } = command {
        print!("{}", demo::sessions().await?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Demo { open, port, script, keep, sessions: false } = command {
        let shown = if script { demo::play(keep).await } else { demo::serve(port, open, keep).await };
        return shown.map(|()| ExitCode::SUCCESS);
    }
    if matches!(command, Command::Lens) {
        return match lens::run(io::stdin().lock(), io::stdout().lock()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(ExitCode::SUCCESS),
        };
    }
    if let Command::Transfer { from, to } = &command {
        print!("{}", transfer::run(from, to, Env::real().now()).await?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut environment = Environment::load(Path::new("."))?;
    arguments.overrides.apply(&mut environment);
    match command {
        Command::Doctor => {
            let (text, is_well) = doctor::examine(&environment, &Env::real()).await.finish();
            print!("{text}");
            return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Prompts { command } => return Ok(prompts_command(&environment, &command)),
        Command::Health => return health(config::listen(&environment)?).await.map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let config = configured(&environment)?;
    match command {
        Command::Serve => serve(&config).await?,
        Command::Manifest => print_manifest(&config)?,
        other => operate(&config, other).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn configured(environment: &Environment) -> anyhow::Result<Config> {
    Config::from(environment).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the configuration cannot be used:\n  {}", lines.join("\n  "))
    })
}

fn library(folder: Option<&Path>) -> anyhow::Result<Library> {
    prompts::load(folder).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the prompts cannot be used:\n  {}", lines.join("\n  "))
    })
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    config.slack.can_serve()?;
    telemetry::start_logging(&config.log_filter, config.log_format)
        .map_err(|says| anyhow::anyhow!("LEADLENS_LOG: {says}. Example: info"))?;
    for name in &config.unknown_variables {
        tracing::warn!(name, "this variable is set and nothing reads it");
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut reload = signal(SignalKind::hangup())?;
    let bot =
        Bot::start(config, Env::real(), library(config.prompts.as_deref())?, WorkerMode::Background).await?;
    tracing::info!(address = %bot.address(), database = config.database.shown(), "LeadLens is up");
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                break;
            }
            _ = reload.recv() => match library(config.prompts.as_deref()) {
                Ok(library) => {
                    bot.state.use_questions(Arc::new(library));
                    tracing::info!("the prompts were read again");
                }
                Err(error) => tracing::error!(%error, "the prompts were left as they are"),
            },
        }
    }
    tracing::info!("LeadLens stops");
    bot.stop().await;
    Ok(())
}

fn print_manifest(config: &Config) -> anyhow::Result<()> {
    let public = config.public_url.as_ref();
    let delivery = match (&config.slack.app_token, public) {
        (None, Some(url)) => Delivery::Http(url),
        _ => Delivery::Socket,
    };
    let redirect = public.filter(|_| config.slack.oauth.is_some());
    println!("{}", serde_json::to_string_pretty(&manifest::manifest(delivery, redirect))?);
    Ok(())
}

/// Alive means that `/healthz` of the process on this machine answers.
async fn health(listen: SocketAddr) -> anyhow::Result<()> {
    web_api::install_tls_provider();
    let address = match listen {
        address if address.ip().is_unspecified() => format!("127.0.0.1:{}", address.port()),
        address => address.to_string(),
    };
    let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
    let response =
        client.get(format!("http://{address}/healthz")).send().await.context("LeadLens does not answer")?;
    anyhow::ensure!(response.status().is_success(), "LeadLens answers {}", response.status());
    println!("alive");
    Ok(())
}

fn prompts_command(environment: &Environment, command: &PromptsCommand) -> ExitCode {
    let folder = environment.get("LEADLENS_PROMPTS").map(Path::new);
    let outcome = match command {
        PromptsCommand::Check => prompts::check(folder),
        PromptsCommand::List { practice } => prompts::list(folder, practice.as_deref()),
    };
    print!("{}", outcome.text);
    if outcome.is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Commands over the database alone; a bot may run beside them.
async fn operate(config: &Config, command: Command) -> anyhow::Result<()> {
    let database = config.database.reveal();
    // An import may be what fills a new database; everything else asks for one that is there.
    if !matches!(command, Command::Import { .. }) && Store::inspect(database).await?.1 == Schema::Missing {
        anyhow::bail!(
            "There is no database where DATABASE_URL points; nothing was done. Check it, and the folder you are in."
        );
    }
    let store = Store::open(database).await?;
    let pepper = Pepper::derive(config.pepper_secret());
    let settings = Settings { grace_days: config.grace_days, pepper };
    let state =
        AppState::new(store.clone(), Env::real(), Arc::new(library(config.prompts.as_deref())?), settings);
    let peers = store.join_peers(Arc::clone(&state.wake)).await?;
    let done = match command {
        Command::Rekey => rekey_tokens(config, &store).await,
        other => operate_on(&state, other).await,
    };
    peers.leave().await;
    store.close().await;
    done
}

async fn rekey_tokens(config: &Config, store: &Store) -> anyhow::Result<()> {
    let keys = config
        .secret_keys
        .clone()
        .context("LEADLENS_SECRET_KEY is not set: there is no key to encrypt with")?;
    print!("{}", rekey::run(store, &TokenCipher::new(keys), &Env::real()).await?);
    Ok(())
}

async fn operate_on(state: &AppState, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Report { who, month, format, dark, request } => {
            operator::requested(request)?;
            let palette = if dark { Palette::DARK } else { Palette::LIGHT };
            let printed = operator::report(state, &operator::member(&who)?, month, format, palette).await?;
            std::io::stdout().write_all(&printed)?;
        }
        Command::Export { who, format, request } => {
            operator::requested(request)?;
            let bytes = operator::export_member(state, &operator::member(&who)?, format).await?;
            std::io::stdout().write_all(&bytes)?;
        }
        Command::Import { file, team, user } => {
            let who = match (team, user) {
                (Some(team), Some(user)) => Some(operator::member(&args::Who { team, user })?),
                _ => None,
            };
            print!("{}", operator::import(state, &file, who).await?);
        }
        Command::Forget { team, user: Some(user), yes, .. } => {
            let who = operator::member(&args::Who { team, user })?;
            if yes || operator::confirmed(&format!("Erase everything of {who} for good?"))? {
                print!("{}", operator::forget_member(state, &who).await?);
            }
        }
        Command::Forget { team, user: None, yes, .. } => {
            let team = operator::team(&team)?;
            if yes || operator::confirmed(&format!("Erase the whole workspace {team} for good?"))? {
                print!("{}", operator::forget_workspace(state, &team).await?);
            }
        }
        Command::Backup { file } => print!("{}", operator::backup(state, &file).await?),
        Command::Serve
        | Command::Demo { .. }
        | Command::Doctor
        | Command::Manifest
        | Command::Prompts { .. }
        | Command::Lens
        | Command::Transfer { .. }
        | Command::Rekey
        | Command::Health => {}
    }
    Ok(())
}
