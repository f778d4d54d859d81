//! `centaur` alone: asks what to open, and opens it: the demo, an empty desk on this machine, or a server's.
//!
//! What does not work is said where it was asked. Deliberately not here: what is asked (`console::welcome`) and how it
//! looks (`console::view::door`).

use super::{
    Act, Cli, Context, DEFAULT_SERVER, console,
    demo::Demo,
    desk::Desk,
    embed::{Embedded, Plan},
    exit::Failure,
    seat::{self, Looks, Visit},
    token,
};
use crate::{
    connectors::web,
    console::{
        app::LAST_ANSWERS,
        input::{Answer, Ending, Input},
        paint::Paint,
        terminal::{Seat as _, Terminal},
        theme::Theme,
        view::{Look, door},
        welcome::{Welcome, Wish},
    },
    domain::{policy::Policy, teammate::Role},
    log,
    protocol::Scope,
    server::Port,
};
use clap::{CommandFactory, Parser};
use futures_util::StreamExt;
use ratatui::layout::Size;
use std::{
    io::{self, Write},
    sync::Arc,
};
use tokio::time::{Instant, timeout_at};

/// Asks and opens until something was opened, or the person leaves. Without a terminal: the help, and a usage error.
///
/// # Errors
/// The terminal refuses, or what was opened fails later on.
pub async fn run(context: &mut Context) -> Result<(), Failure> {
    if seat::check().is_err() {
        // Nobody is left to tell if this cannot be written.
        let _ = writeln!(io::stderr(), "{}", Cli::command().render_help());
        return Err(Failure::Usage("name a command, or start it alone on a terminal to be asked".to_owned()));
    }
    let looks = looks()?;
    // What is wrong with a theme is told by the console that follows.
    let mut look = seat::look(context, &looks, &mut Vec::new())?;
    let if_light = seat::if_light(context, &looks);
    let mut welcome = Welcome::default();
    loop {
        welcome = match ask(welcome, &mut look, if_light.as_ref()).await? {
            Wish::Leave => return Ok(()),
            wish @ (Wish::Demo | Wish::Tour) => match typed("demo")? {
                Act::Demo(demo) => match (Demo { tour: wish == Wish::Tour, ..demo }).run(context).await {
                    Err(why @ (Failure::Failed(_) | Failure::Usage(_))) => Welcome::again(why.sentence().to_owned()),
                    ended => return ended,
                },
                _ => return Ok(()),
            },
            Wish::Empty => match open(context).await {
                Ok(desk) => return show(context, &looks, desk).await,
                Err(why) => Welcome::again(why.sentence().to_owned()),
            },
            Wish::Connect { url, token } => match enter(context, &url, &token).await {
                Ok(()) => return console::visit(context, &looks, token).await,
                Err(why) => {
                    let is_token_bad = matches!(why, Failure::NotSignedIn(_));
                    Welcome::once_more(&url, is_token_bad, why.sentence().to_owned())
                }
            },
        };
    }
}

/// A command as if it had been typed: with its defaults and what the environment says.
fn typed(command: &str) -> Result<Act, Failure> {
    let cli = Cli::try_parse_from(["centaur", command]).map_err(|error| Failure::Usage(error.to_string()))?;
    cli.act.ok_or_else(|| Failure::Usage("no such command".to_owned()))
}

fn looks() -> Result<Looks, Failure> {
    Ok(match typed("console")? {
        Act::Console(console) => console.looks,
        _ => Looks::default(),
    })
}

/// Shows the welcome until there is a wish.
async fn ask(mut welcome: Welcome, look: &mut Look, if_light: Option<&Theme>) -> Result<Wish, Failure> {
    let broken = |error: io::Error| Failure::Failed(format!("the terminal refuses: {error}"));
    let mut seat = Terminal::new();
    let (columns, rows) = seat.size().unwrap_or((80, 24));
    let paint = Paint::new(io::stdout(), Size::new(columns, rows), seat::level());
    let mut screen = ratatui::Terminal::new(paint).map_err(broken)?;
    seat.enter().map_err(broken)?;
    let mut inputs = seat.inputs().map_err(broken)?;
    let mut is_known = false;
    let wish = loop {
        screen.draw(|frame| door::draw(frame, &welcome, look)).map_err(broken)?;
        match inputs.next().await {
            None | Some(Input::Ending(_)) => break Wish::Leave,
            Some(Input::Key(key)) => {
                if let Some(wish) = welcome.key(key) {
                    break wish;
                }
            }
            Some(Input::Pasted(text)) => welcome.paste(&text),
            Some(Input::Resized(columns, rows)) => screen.backend_mut().set_size(Size::new(columns, rows)),
            Some(Input::Resumed) => screen.backend_mut().forget(),
            Some(Input::Answered(answer)) => {
                is_known |= answer == Answer::Attributes;
                if let (Some(theme), true) = (if_light, answer.is_light()) {
                    look.set_theme(theme.clone());
                }
            }
            Some(Input::Focus { .. } | Input::Mouse(_)) => {}
        }
    };
    let until = Instant::now() + LAST_ANSWERS;
    while !is_known && let Ok(Some(input)) = timeout_at(until, inputs.next()).await {
        // Whoever has the terminal next would take its answers for typing.
        is_known = matches!(input, Input::Answered(Answer::Attributes) | Input::Ending(Ending::HungUp));
    }
    drop(inputs);
    seat.leave().map_err(broken)?;
    Ok(wish)
}

/// Tries the token at the server, and keeps it when the server has taken it.
async fn enter(context: &mut Context, url: &str, token: &str) -> Result<(), Failure> {
    context.global.server = Some(url.to_owned());
    let path = token::saved_at(context)?;
    context.out.remark(&format!("connecting to {url}"));
    Desk::with(context, token.to_owned(), Scope::None).await?;
    token::write_secret(&path, token)
}

/// Opens the desk in the data folder, with a door for customers on this machine. No AI works there: it would have
/// nothing of the desk's own to answer from; `centaur serve --knowledge` hires one.
async fn open(context: &Context) -> Result<Embedded, Failure> {
    let port =
        Port::open(super::serve::address(DEFAULT_SERVER.trim_start_matches("http://")).map_err(Failure::Failed)?)
            .await?;
    let plan = Plan { name: "My desk".to_owned(), admin: "you".to_owned(), policy: Policy::default(), shelf: None };
    let desk = Embedded::open(&context.paths.desk(), plan).await?;
    match desk.local("web", Role::Connector).await {
        Ok((_, token)) => {
            desk.running.listen_at(port, web::router(web::WebDoor::open(Arc::clone(&desk.dial), token)));
            Ok(desk)
        }
        Err(why) => {
            desk.close().await;
            Err(why)
        }
    }
}

async fn show(context: &mut Context, looks: &Looks, desk: Embedded) -> Result<(), Failure> {
    let _log = log::start(&context.paths.logs(), "info").ok();
    let drafts = Some(context.paths.drafts().join("own.jsonl"));
    let visit = Visit { dial: Arc::clone(&desk.dial), token: desk.admin_token()?, drafts, tour: false };
    let result = seat::sit(context, looks, visit).await;
    desk.close().await;
    result
}
