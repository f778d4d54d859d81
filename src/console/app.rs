//! The loop: wait for a key, news, a frame, a wake or the end; update; do what follows; draw.
//!
//! It takes its screen, its seat, its session and its clock as arguments, so that a test runs this very loop. It never
//! ticks: an idle console waits for one thing only. Keys are drawn at once, all else at most every 16 ms. Deliberately not
//! here: what anything means (`update`), what it looks like (`view`).

mod answers;
mod away;
#[cfg(test)]
mod tests;

pub use answers::LAST_ANSWERS;

use super::{
    alerts::Alerts,
    composer::canned::Canned,
    drafts::Keeper,
    effect::Effect,
    input::{Ending, Input},
    keymap::Keymap,
    model::{DraftKey, Holds, Model},
    msg::{Msg, What},
    pace::Pace,
    paint::ColorLevel,
    perform::Performer,
    terminal::{Inputs, Screen, Seat},
    theme::Theme,
    tour::Tour,
    update::update,
    view::{self, Look},
};
use crate::{
    client::{News, Peer, session::Order},
    config::Rule,
    domain::time::Timestamp,
};
use futures_util::{FutureExt, StreamExt};
use ratatui::layout::{Rect, Size};
use std::{collections::VecDeque, fmt, io, path::PathBuf, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::Instant};

/// How long the first frame waits for the terminal to say whether it is light or dark.
const FOR_COLOUR: Duration = Duration::from_millis(40);
/// What is taken at once before drawing.
const AT_ONCE: usize = 256;
/// The longest that the loop waits for a wake; a clock that was set meanwhile is then seen.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Tells the local time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a console is started with.
pub struct Options {
    /// Which key does what.
    pub keymap: Arc<Keymap>,
    /// The local time.
    pub clock: Clock,
    /// The local time zone, in minutes east of UTC.
    pub zone: i32,
    /// Keeps unsent texts, with those of an earlier run.
    pub drafts: Option<(Keeper, Vec<(DraftKey, String)>)>,
    /// When the person is called.
    pub alerts: Vec<Rule>,
    /// Where the sheets of shifts go.
    pub sheets: Option<PathBuf>,
    /// The command that edits a file, as in `$VISUAL`; run through `sh`.
    pub editor: String,
    /// The person's canned replies.
    pub canned: Arc<[Canned]>,
    /// How long a reply can be taken back before it goes.
    pub holds: Holds,
    /// Whether to begin with the tour.
    pub tour: bool,
    /// What was wrong in the person's files: a sentence each.
    pub troubles: Vec<String>,
    /// Theme and caches of drawing.
    pub look: Look,
    /// The theme's name, or its file.
    pub theme: String,
    /// How many colours the terminal has.
    pub level: ColorLevel,
    /// Whether the mouse is ours from the beginning.
    pub mouse: bool,
    /// The theme for terminals that say that they are light, if the person has chosen none.
    pub if_light: Option<Theme>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("zone", &self.zone).field("editor", &self.editor).finish_non_exhaustive()
    }
}

/// The console cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The terminal refuses.
    #[error("the terminal refuses: {0}")]
    Terminal(#[from] io::Error),
    /// The screen cannot be drawn.
    #[error("the screen cannot be drawn: {0}")]
    Screen(String),
}

/// What ended a wait.
enum Came {
    Input(Option<Input>),
    News(Option<News>),
    Frame,
    Wake,
    Scan,
    CaughtUp,
}

/// What made the screen show less than the model knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    No,
    ByNews,
    /// Somebody waits for the answer to a key.
    ByKey,
}

/// A console at work.
pub struct App<B: Screen, S: Seat> {
    screen: ratatui::Terminal<B>,
    seat: S,
    inputs: Option<Inputs>,
    news: Option<mpsc::Receiver<News>>,
    model: Model,
    look: Look,
    performer: Performer,
    clock: Clock,
    editor: String,
    wake: Option<Timestamp>,
    scan: bool,
    stale: Stale,
    if_light: Option<Theme>,
    first_theme: Theme,
    level: ColorLevel,
    start: Instant,
    pace: Pace,
    ended: Option<Ending>,
    away: Option<away::Away>,
    over: bool,
}

impl<B: Screen, S: Seat> App<B, S> {
    /// A console that draws on `backend`, hears keys from `seat`, and speaks to `peer`, whose news come in `news`.
    ///
    /// # Errors
    /// If the backend does not tell its size.
    pub fn new(
        backend: B,
        mut seat: S,
        peer: Peer,
        news: mpsc::Receiver<News>,
        options: Options,
    ) -> Result<Self, Broken> {
        let screen = ratatui::Terminal::new(backend).map_err(drawing)?;
        let size = screen.size().map_err(drawing)?;
        let mut model = Model::new((size.width, size.height), options.keymap);
        model.zone = options.zone;
        model.theme = options.theme;
        model.mouse = options.mouse;
        seat.mouse(options.mouse);
        let first_theme = options.look.theme.clone();
        model.alerts = Alerts::new(options.alerts);
        model.canned = options.canned;
        model.holds = options.holds;
        model.tour = options.tour.then(Tour::begin);
        let (keeper, kept) = options.drafts.map_or((None, Vec::new()), |(keeper, kept)| (Some(keeper), kept));
        let mut app = Self {
            screen,
            seat,
            inputs: None,
            news: Some(news),
            model,
            look: options.look,
            performer: Performer::new(peer, keeper).with_sheets(options.sheets),
            clock: options.clock,
            editor: options.editor,
            wake: None,
            scan: false,
            stale: Stale::ByNews,
            if_light: options.if_light,
            first_theme,
            level: options.level,
            start: Instant::now(),
            pace: Pace::new(),
            ended: None,
            away: None,
            over: false,
        };
        app.hear(What::Restored(kept));
        // The newest notice is on top: the first trouble is to be read first.
        for why in options.troubles.into_iter().rev() {
            app.hear(What::Trouble(why));
        }
        Ok(app)
    }

    /// What it knows.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What it draws on.
    #[must_use]
    pub fn backend(&self) -> &B {
        self.screen.backend()
    }

    /// Runs until the person quits or the program is asked to end, and says which it was. Puts the terminal back and every
    /// unsent text on disk.
    ///
    /// # Errors
    /// [`Broken`] if the terminal cannot be taken or drawn on.
    pub async fn run(&mut self) -> Result<Option<Ending>, Broken> {
        self.seat.enter()?;
        self.pace.asked_what(self.start.elapsed());
        if self.if_light.is_some() {
            self.pace.wait_until(self.start.elapsed() + FOR_COLOUR);
        }
        self.inputs = Some(self.seat.inputs()?);
        let ended = self.live().await;
        self.performer.flush();
        self.hear_out().await;
        self.inputs = None;
        // What was ordered before is sent; a session that is over already needs no closing.
        let _ = self.performer.peer().try_order(Order::Close);
        if ended.is_err() && self.seat.is_gone() {
            self.ended = self.ended.or(Some(Ending::HungUp));
        }
        let left = self.seat.leave();
        if self.ended.is_none() {
            // Otherwise the terminal may be gone.
            left?;
            ended?;
        }
        Ok(self.ended)
    }

    async fn live(&mut self) -> Result<(), Broken> {
        while !self.over {
            self.draw_if_due()?;
            match self.wait().await {
                Came::Input(Some(input)) => {
                    self.take_input(input);
                    self.take_inputs();
                }
                Came::Input(None) => self.over = true,
                Came::News(Some(news)) => {
                    self.take_news(news);
                    self.take_all_news();
                }
                Came::News(None) => self.news = None,
                Came::Frame | Came::CaughtUp => {}
                Came::Wake => self.wake_up(),
                Came::Scan => self.scan_on(),
            }
            self.go_away().await?;
        }
        Ok(())
    }

    async fn wait(&mut self) -> Came {
        let wake = self.until_wake();
        let frame = self.start + self.pace.next(self.stale == Stale::ByKey);
        let Self { inputs, news, performer, stale, scan, .. } = self;
        tokio::select! {
            biased;
            input = async { match inputs { Some(inputs) => inputs.next().await, None => std::future::pending().await } } => {
                Came::Input(input)
            }
            () = tokio::time::sleep_until(frame), if *stale > Stale::No => Came::Frame,
            told = async { match news { Some(news) => news.recv().await, None => std::future::pending().await } } => {
                Came::News(told)
            }
            () = performer.catch_up(), if performer.has_backlog() => Came::CaughtUp,
            () = std::future::ready(()), if *scan => Came::Scan,
            () = tokio::time::sleep(wake.unwrap_or(LONGEST_WAIT)), if wake.is_some() => Came::Wake,
        }
    }

    fn until_wake(&self) -> Option<Duration> {
        let span = self.wake?.since((self.clock)());
        Some(Duration::from_millis(span.0).min(LONGEST_WAIT))
    }

    fn take_input(&mut self, input: Input) {
        let what = match input {
            Input::Key(key) => What::Key(key),
            Input::Pasted(text) => What::Pasted(text),
            Input::Mouse(mouse) => What::Mouse(mouse),
            Input::Answered(answer) => return self.answered(answer),
            Input::Resized(columns, rows) => {
                self.screen.backend_mut().set_size(Size::new(columns, rows));
                What::Resized(columns, rows)
            }
            Input::Focus { here } => What::Focus { here },
            Input::Resumed => What::Resumed,
            Input::Ending(ending) => {
                self.ended = Some(ending);
                What::Ending
            }
        };
        self.hear(what);
    }

    /// Takes the inputs that are there already, but for what comes after a key that leads away from the screen.
    fn take_inputs(&mut self) -> bool {
        let mut took = false;
        for _ in 0..AT_ONCE {
            if self.over || self.away.is_some() {
                break;
            }
            let Some(inputs) = &mut self.inputs else { break };
            let Some(input) = inputs.next().now_or_never() else { break };
            match input {
                Some(input) => self.take_input(input),
                None => self.over = true,
            }
            took = true;
        }
        took
    }

    fn take_news(&mut self, news: News) {
        if let Some(what) = self.performer.hear(news) {
            self.hear(what);
        }
    }

    fn take_all_news(&mut self) -> bool {
        let mut took = false;
        for _ in 0..AT_ONCE {
            let Some(news) = self.news.as_mut().and_then(|news| news.try_recv().ok()) else { break };
            self.take_news(news);
            took = true;
        }
        took
    }

    fn wake_up(&mut self) {
        if self.wake.is_some_and(|at| at <= (self.clock)()) {
            self.wake = None;
            self.hear(What::Woke);
        }
    }

    fn scan_on(&mut self) {
        self.scan = false;
        self.hear(What::ScanOn);
    }

    /// Updates the model, and does what follows, and what follows from that.
    fn hear(&mut self, what: What) {
        let by =
            if matches!(what, What::Key(_) | What::Pasted(_) | What::Mouse(_)) { Stale::ByKey } else { Stale::ByNews };
        let mut heard = VecDeque::from([what]);
        while let Some(what) = heard.pop_front() {
            let before = self.model.revision;
            let effects = update(&mut self.model, Msg { at: (self.clock)(), what });
            if self.model.revision != before {
                self.stale = self.stale.max(by);
            }
            for effect in effects {
                match self.performer.perform(effect) {
                    Ok(told) => heard.extend(told),
                    Err(effect) => self.perform(effect),
                }
            }
        }
    }

    /// Does what concerns screen, seat and time.
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::WakeAt(at) => self.wake = at,
            Effect::ScanOn => self.scan = true,
            Effect::Edit(text) => self.away = Some(away::Away::Editor(text)),
            Effect::Call { rings, says } => self.seat.call(rings, says.as_ref()),
            Effect::Title(title) => self.seat.entitle(&title),
            Effect::Suspend => self.away = Some(away::Away::Shell),
            Effect::Repaint => self.repaint(),
            Effect::Theme(name) => {
                let theme = Theme::built_in(&name, self.level).unwrap_or_else(|| self.first_theme.clone());
                self.look.set_theme(theme);
                self.if_light = None;
            }
            Effect::Copy(text) => self.seat.copy(&text),
            Effect::Mouse(on) => self.seat.mouse(on),
            Effect::Quit => self.over = true,
            // The performer does the rest.
            _ => {}
        }
    }

    fn repaint(&mut self) {
        self.screen.backend_mut().forget();
        self.stale = self.stale.max(Stale::ByNews);
    }

    fn draw_if_due(&mut self) -> Result<(), Broken> {
        let due = self.pace.next(self.stale == Stale::ByKey) <= self.start.elapsed();
        if self.stale > Stale::No && !self.over && due { self.draw() } else { Ok(()) }
    }

    fn draw(&mut self) -> Result<(), Broken> {
        self.stale = Stale::No;
        self.screen.backend_mut().ask_after(self.pace.asks(self.start.elapsed()));
        let (model, look) = (&self.model, &mut self.look);
        self.screen.draw(|frame| view::draw(frame, model, look)).map_err(drawing)?;
        self.pace.drew(self.start.elapsed(), self.screen.backend().asked());
        self.seat.owes(self.pace.owed(self.start.elapsed()));
        let scrolls = self.model.talk.as_ref().is_some_and(|talk| talk.scroll.by != 0 || talk.scroll.to_selected);
        if scrolls || self.look.measured != self.model.measured {
            self.hear(What::Measured(self.look.measured));
        }
        Ok(())
    }

    /// Lets everything come to rest that is under way: inputs and news that are there, filters, wakes that are due,
    /// answers that the server owes. Then draws. For tests, which need not sleep.
    ///
    /// # Errors
    /// [`Broken`] if the screen cannot be drawn.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        if self.inputs.is_none() {
            self.inputs = Some(self.seat.inputs()?);
        }
        while !self.over {
            let mut moved = self.take_inputs() | self.take_all_news();
            if self.scan {
                self.scan_on();
                moved = true;
            }
            if self.wake.is_some_and(|at| at <= (self.clock)()) {
                self.wake_up();
                moved = true;
            }
            self.go_away().await?;
            if moved {
                continue;
            }
            if self.performer.has_backlog() {
                self.performer.catch_up().await;
            } else if self.performer.in_flight() > 0
                && let Some(news) = &mut self.news
            {
                match news.recv().await {
                    Some(told) => self.take_news(told),
                    None => self.news = None,
                }
            } else if self.stale > Stale::No {
                self.draw()?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The whole screen is ours again, and its size may be another.
    fn come_back(&mut self) -> Result<(), Broken> {
        self.seat.enter()?;
        self.pace.forget();
        if let Some((columns, rows)) = self.seat.size() {
            self.screen.backend_mut().set_size(Size::new(columns, rows));
            self.screen.resize(Rect::new(0, 0, columns, rows)).map_err(drawing)?;
            self.hear(What::Resized(columns, rows));
        }
        self.inputs = Some(self.seat.inputs()?);
        self.hear(What::Resumed);
        Ok(())
    }
}

fn drawing<E: fmt::Display>(error: E) -> Broken {
    Broken::Screen(error.to_string())
}
