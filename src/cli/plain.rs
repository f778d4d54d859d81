//! `centaur console --plain`: the console for those who do not look at screens, line by line.
//!
//! It says what needs you, and takes the scripted twins as words: `take 42`, `say 42 hello`, `next`. A thing is a line,
//! and no line holds an escape sequence, so a screen reader, a serial line and a pipe all do. The words are the commands
//! of the command line themselves, so their checks and answers are the same. Deliberately not here: what is said
//! ([`announce`]), what is understood ([`verb`]), how a line gets out ([`mouth`]).

mod announce;
mod ear;
mod floor;
mod mouth;
mod speech;
#[cfg(test)]
mod tests;
mod verb;

use super::{Context, exit::Failure, ls, output::Output, show, way::Way, when};
use crate::{
    client::{CallError, News, Options, Session},
    config::{By, Glyphs},
    console::alerts::Alerts,
    domain::{ids::ConversationId, text::SafeText},
    protocol::Scope,
};
use announce::Announcer;
pub(super) use floor::Floor;
use floor::Told;
use jiff::tz::TimeZone;
use std::{
    io::{self, IsTerminal, Write},
    pin::pin,
    time::Duration,
};
use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use verb::Verb;

/// Entries that `next` reads from the end of a talk.
const LAST: usize = 4;

/// Where the bell is rung.
pub type Bell = Box<dyn Write + Send>;

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line, as typed, without its end.
    Line(String),
    /// A line that was longer than any command.
    TooLong,
    /// Nothing more comes.
    Silence,
}

/// Speaks and listens on the process's own input and output until the person leaves.
///
/// # Errors
/// No server, or shown the door; interrupted.
pub async fn sit(context: &Context, way: Way, ascii: bool) -> Result<(), Failure> {
    if context.global.json {
        return Err(Failure::Usage("--plain speaks sentences; for JSON there are `centaur ls` and `tail`".to_owned()));
    }
    let ascii = ascii || context.config.glyphs == Glyphs::Ascii;
    let inner = inner(context, way, mouth::output(ascii, || Box::new(io::stdout())));
    let lines = ear::listen(io::stdin())?;
    // Into a pipe or a file nobody rings.
    let bell: Option<Bell> = io::stdout().is_terminal().then(|| Box::new(io::stdout()) as Bell);
    select! {
        result = Box::pin(converse(inner, lines, bell)) => result,
        end = super::told_to_end() => Err(end),
    }
}

/// The context of the words: the same, but for where they go and where they speak.
fn inner(context: &Context, way: Way, out: Output) -> Context {
    let mut global = context.global.clone();
    // What is done is always said here.
    global.quiet = false;
    // A prompt would take the next line of the conversation.
    global.no_input = true;
    Context {
        global,
        paths: context.paths.clone(),
        config: context.config.clone(),
        config_fault: None,
        env: context.env.clone(),
        out,
        way: Some(way),
    }
}

/// Converses until `quit`, or until nothing more comes; rings for what the settings say, if there is a bell.
///
/// # Errors
/// No server, shown the door, or nobody hears.
pub async fn converse(
    mut context: Context,
    mut lines: mpsc::Receiver<Heard>,
    bell: Option<Bell>,
) -> Result<(), Failure> {
    let Some(way) = context.way.clone() else {
        return Err(Failure::Failed("no way to the desk is known".to_owned()));
    };
    let options = Options {
        token: way.token,
        cards: Scope::All,
        program: super::desk::PROGRAM.to_owned(),
        returns: true,
        resume: None,
    };
    let (_peer, mut news) = Session::start(way.dial, options);
    let mut floor = Floor::default();
    greeted(&mut floor, &mut news, context.patience()).await?;
    let alerts = Alerts::new(if bell.is_some() { context.config.alert.clone() } else { Vec::new() });
    let mut room = Room { announcer: Announcer::new(floor.me()), alerts, bell, floor, visited: None, it: None };
    // What stands at the beginning is told as a number, not one by one.
    let minute = room.minute();
    for card in room.floor.cards().values() {
        room.announcer.known(card);
        room.floor.filtered(|context| room.alerts.known(card, context, minute));
    }
    context.out.text(&speech::greeting(&room.floor))?;
    loop {
        let due = room.due_in().map(|wait| Instant::now() + wait);
        select! {
            one = news.recv() => room.hear(one, &mut context)?,
            heard = lines.recv() => match heard {
                None | Some(Heard::Silence) => return Ok(()),
                Some(Heard::TooLong) => context.out.say("that line is too long; nothing was done")?,
                Some(Heard::Line(line)) => {
                    if room.obey(&line, &mut context, &mut news).await? == After::Leave {
                        return Ok(());
                    }
                }
            },
            () = pending_until(due) => {}
        }
        room.speak(&mut context)?;
    }
}

/// Waits until then, or for ever.
async fn pending_until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Hears the news until the whole floor is known.
async fn greeted(floor: &mut Floor, news: &mut mpsc::Receiver<News>, patience: Duration) -> Result<(), Failure> {
    let complete = async {
        loop {
            match news.recv().await {
                None => return Err(over()),
                Some(News::Ended { code, why }) => return Err(CallError::Ended { code, why }.into()),
                // A desk that was never there is a mistake; one that goes away later comes back.
                Some(News::Lost { why, .. }) => return Err(Failure::Unreachable(why)),
                Some(one) => {
                    floor.hear(one);
                    if floor.is_complete() {
                        return Ok(());
                    }
                }
            }
        }
    };
    timeout(patience, complete)
        .await
        .unwrap_or_else(|_| Err(Failure::TimedOut(format!("the desk was not there within {} s", patience.as_secs()))))
}

fn over() -> Failure {
    Failure::Unreachable("the session is over".to_owned())
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Stay,
    Leave,
}

/// What the conversation knows.
struct Room {
    floor: Floor,
    announcer: Announcer,
    alerts: Alerts,
    bell: Option<Bell>,
    /// Where `next` went last.
    visited: Option<ConversationId>,
    /// Which was spoken of last.
    it: Option<ConversationId>,
}

impl Room {
    /// Takes a piece of news in, and says what concerns the line itself.
    fn hear(&mut self, one: Option<News>, context: &mut Context) -> Result<(), Failure> {
        match one {
            None => Err(over()),
            Some(News::Ended { code, why }) => Err(CallError::Ended { code, why }.into()),
            Some(one) => match self.note(one) {
                Told::Lost => context.out.say("the line to the desk is lost; it is called again"),
                Told::Back => context.out.say("the desk is back"),
                Told::Changed(_) | Told::Nothing => Ok(()),
            },
        }
    }

    /// Takes a piece of news in.
    fn note(&mut self, one: News) -> Told {
        let told = self.floor.hear(one);
        if let Told::Changed(changed) = &told {
            let minute = self.minute();
            for conversation in changed {
                if let Some(card) = self.floor.cards().get(conversation) {
                    self.announcer.look(card);
                    self.floor.filtered(|context| self.alerts.look(card, context, minute));
                } else {
                    self.announcer.gone(*conversation);
                    self.alerts.gone(*conversation);
                }
            }
        }
        told
    }

    /// The minute of the day where the person is.
    fn minute(&self) -> u16 {
        when::minute_of_day(self.floor.now(), &TimeZone::system())
    }

    /// In how long something may be said, rung or looked at again; none while there is nothing to wait for.
    fn due_in(&self) -> Option<Duration> {
        let now = self.floor.now();
        let alerts = [self.alerts.due_at(now), self.alerts.again_at(now)];
        let alerts = alerts.into_iter().flatten().map(|at| Duration::from_millis(at.since(now).0));
        alerts.chain(self.announcer.due_in(now)).min()
    }

    /// Rings and says what is due.
    fn speak(&mut self, context: &mut Context) -> Result<(), Failure> {
        let now = self.floor.now();
        if self.alerts.looks_again(now) {
            let minute = self.minute();
            for card in self.floor.cards().values() {
                self.floor.filtered(|context| self.alerts.look(card, context, minute));
            }
        }
        let rings = self.alerts.take(now).is_some_and(|call| call.is_by(By::Bell));
        if let (true, Some(bell)) = (rings, &mut self.bell) {
            bell.write_all(b"\x07")?;
            bell.flush()?;
        }
        match self.announcer.take(self.floor.cards(), self.floor.now()) {
            Some(call) => context.out.text(&speech::call(&call, &self.floor)),
            None => Ok(()),
        }
    }

    /// Does what a line says. News that come meanwhile are taken in, and said afterwards.
    async fn obey(
        &mut self,
        line: &str,
        context: &mut Context,
        news: &mut mpsc::Receiver<News>,
    ) -> Result<After, Failure> {
        let verb::Said { verb, about } = match verb::read(line, self.it) {
            Ok(None) => return Ok(After::Stay),
            Ok(Some(said)) => said,
            Err(said) => {
                for line in said.lines().filter(|line| !line.trim().is_empty()) {
                    context.out.say(line.trim())?;
                }
                return Ok(After::Stay);
            }
        };
        self.it = about.or(self.it);
        let result = match verb {
            Verb::Quit => return Ok(After::Leave),
            Verb::Help { word } => {
                for line in verb::help(word.as_deref()) {
                    context.out.say(&line)?;
                }
                return Ok(After::Stay);
            }
            Verb::Who => return context.out.text(&speech::who(&self.floor)).map(|()| After::Stay),
            Verb::Next => match self.next() {
                None => return context.out.say("nothing needs you now").map(|()| After::Stay),
                Some(conversation) => {
                    (self.visited, self.it) = (Some(conversation), Some(conversation));
                    let read = show::Show::of(conversation, Some(LAST));
                    self.meanwhile(news, tell_talk(&read, context)).await
                }
            },
            Verb::Show(act) => self.meanwhile(news, tell_talk(&act, context)).await,
            Verb::Ls(act) => self.meanwhile(news, tell_list(&act, context)).await,
            verb => {
                let taking = about.filter(|_| matches!(verb, Verb::Take(_) | Verb::Say(_)));
                if let Some(conversation) = taking {
                    self.announcer.taking(conversation);
                }
                let result = self.meanwhile(news, verb.act(context)).await;
                if let (Some(conversation), Err(_)) = (taking, &result) {
                    self.announcer.missed(conversation);
                }
                result
            }
        };
        match result {
            // Nobody hears any more.
            Err(Failure::Unheard) => return Err(Failure::Unheard),
            Err(failure) => {
                let said = speech::failure(&failure);
                context.out.text(&said)?;
            }
            Ok(()) => {}
        }
        Ok(After::Stay)
    }

    /// Does something while the news are heard, so that a busy desk need not wait for a slow act.
    async fn meanwhile(
        &mut self,
        news: &mut mpsc::Receiver<News>,
        work: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        let mut work = pin!(work);
        loop {
            select! {
                biased;
                result = &mut work => return result,
                Some(one) = news.recv() => match one {
                    News::Ended { code, why } => return Err(CallError::Ended { code, why }.into()),
                    one => { self.note(one); }
                },
            }
        }
    }

    /// The next that needs this person: the one after where `next` was last, or the first.
    fn next(&self) -> Option<ConversationId> {
        let needing = self.floor.needing();
        let at = self.visited.and_then(|visited| needing.iter().position(|id| *id == visited));
        at.and_then(|at| needing.get(at + 1)).or(needing.first()).copied()
    }
}

/// Reads a talk and says it: a line for the talk, a line for each entry.
async fn tell_talk(act: &show::Show, context: &mut Context) -> Result<(), Failure> {
    let talk = act.talk(context).await?;
    context.out.text(&show::head(&talk.card, talk.at, &talk.office))?;
    let zone = TimeZone::system();
    for entry in &talk.entries {
        let lines = super::talk::lines(entry, &talk.card.customer.name, &talk.office, &zone);
        context.out.text(&speech::in_a_line(&lines))?;
    }
    Ok(())
}

/// Looks for talks and says each in a line.
async fn tell_list(act: &ls::Ls, context: &mut Context) -> Result<(), Failure> {
    let found = act.found(context).await?;
    for card in &found.cards {
        context.out.text(&speech::row(card, found.at, &found.office))?;
    }
    let sum = match found.cards.len() {
        0 => SafeText::from_own("no conversation fits"),
        1 => SafeText::from_own("1 conversation"),
        n => SafeText::own(format!("{n} conversations")),
    };
    context.out.text(&sum)
}
