//! All that the console knows and shows: one value, changed only by `update`, read by `view`.
//!
//! Mostly plain public data. Who draws it reads: [`Model::line`] (is it live), [`Model::screen`] (which one),
//! [`Model::floor`] (the rows), [`Model::needs`] (the queue), [`Model::talk`] (the open conversation), [`Model::layer`] (what lies over the screen and takes the keys),
//! [`Model::sending`] and [`Model::acts`] (what is under way), [`Model::notices`], [`Model::hints`].
//! What only drawing can know (how many rows fit, which line is at the top) comes back as [`Measured`].
//! All strings that came from outside are as received: the view shows them through `SafeText` only.
//! Deliberately not here: time (it comes in with each message), terminal, files.

pub mod ai;
pub mod floor;
pub mod guidance;
pub mod hints;
pub mod layer;
pub mod line;
pub mod log;
pub mod many;
pub mod needs;
pub mod notice;
pub mod saved;
pub mod screen;
pub mod sending;
pub mod shift;
pub mod talk;
pub mod wall;

use super::{alerts::Alerts, composer::canned::Canned, input::Key, keymap::Keymap, tour::Tour};
use crate::domain::{
    card::Card,
    ceiling::{self, Usage},
    desk::Office,
    health::Health,
    ids::{ConversationId, EntryNo, LogId, Seq, TeammateId},
    teammate::Teammate,
    time::Timestamp,
};
use crate::protocol::{Present, limits::Limits};
use std::{collections::BTreeMap, sync::Arc};

pub use ai::{Ai, AiRow};
pub use floor::{Counts, Floor, Row};
pub use layer::{
    Asked, Choice, Choosing, Composer, DraftKey, FilterLine, Help, InUse, JobBox, Layer, Palette, PaletteRow, Pick,
    Picker, Value, Writing,
};
pub use line::Line;
pub use log::{Log, Replay};
pub use many::{Deed, Job, Many};
pub use needs::{Asks, Need, Needs};
pub use notice::{Notice, Severity};
pub use saved::Saved;
pub use screen::Screen;
pub use sending::{Act, Holds, Outgoing, OutgoingState, PendingAct, What};
pub use talk::{Anchor, Growing, Loading, Scroll, Talk};
pub use wall::Wall;

/// The parts of the floor that can have the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The conversations.
    #[default]
    List,
    /// The open conversation.
    Talk,
    /// Why, and who.
    Inspector,
}

/// What only drawing can know. The view writes it into `Look::measured` at each frame; the loop hands it back
/// as `Msg::Measured` when it changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// How many rows of the list fit. 0 when the list is not shown.
    pub list_rows: u16,
    /// How many lines of the talk fit. 0 when the talk is not shown.
    pub talk_rows: u16,
    /// The line of the talk that is drawn first, after `Talk::scroll` was resolved.
    pub anchor: Option<Anchor>,
    /// Whether the first line of what is loaded is visible: time to ask for earlier history.
    pub at_top: bool,
    /// Whether the last line is visible.
    pub at_end: bool,
    /// Whether the inspector is visible.
    pub inspector: bool,
    /// How many lines of the inspector do not fit: as far down it can be turned.
    pub inspector_over: u16,
    /// How many lines of the card that waits for a decision do not fit, and how many are turned at once.
    pub card_over: (u16, u16),
}

/// All that the console knows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The server's time, as of the last message. Clocks are shown from this, in whole minutes; below one as `now`.
    pub now: Timestamp,
    /// The local time zone, in minutes east of UTC: clocks show `now` in it.
    pub zone: i32,
    /// What must be added to the local clock to get the server's, in milliseconds.
    pub skew: i64,
    /// Who sits here; unknown until the first welcome.
    pub you: Option<Teammate>,
    /// The desk: name, teammates, policy.
    pub office: Office,
    /// Whether what is shown is fresh.
    pub line: Line,
    /// Which screen is in sight.
    pub screen: Screen,
    /// The conversations.
    pub floor: Floor,
    /// What waits for a decision.
    pub needs: Needs,
    /// The log, as far as it was read.
    pub log: Log,
    /// The AI screen, as far as it was read.
    pub ai: Ai,
    /// A talk as it was at a moment, over the log.
    pub replay: Option<Replay>,
    /// Those that are marked, and the job on many.
    pub many: Many,
    /// One's own saved filters.
    pub saved: Vec<Saved>,
    /// Several talks beside each other.
    pub wall: Wall,
    /// The open conversation.
    pub talk: Option<Talk>,
    /// On the wall: the talks that have not the keys.
    pub beside: Vec<Talk>,
    /// Which part has the keys.
    pub pane: Pane,
    /// Whether the inspector was asked for. On wide terminals it is shown anyway, unless put away.
    pub inspector: InspectorWish,
    /// What lies over the screen and takes the keys.
    pub layer: Layer,
    /// Texts, notes and tags on their way to the server, oldest first.
    pub sending: Vec<Outgoing>,
    /// Acts that the server has not answered yet: shown as *taking…*, never as done.
    pub acts: Vec<PendingAct>,
    /// What the person should know, newest last.
    pub notices: Vec<Notice>,
    /// What is read at the end of a shift, while it is read.
    pub shift: Option<shift::Shift>,
    /// When the person is called.
    pub alerts: Alerts,
    /// Texts that were begun and not sent.
    pub drafts: BTreeMap<DraftKey, String>,
    /// The person's canned replies, by name.
    pub canned: Arc<[Canned]>,
    /// How long a reply stays here before it goes, by channel.
    pub holds: Holds,
    /// The tour, while there is one.
    pub tour: Option<Tour>,
    /// Who is here, and what they look at.
    pub presence: Vec<Present>,
    /// How the AIs did in the last hour; asked for now and then.
    pub health: Vec<Health>,
    /// What all AIs used today, as of then.
    pub usage: Usage,
    /// Which key does what.
    pub keymap: Arc<Keymap>,
    /// Keys of an unfinished sequence, as `g` of `g g`.
    pub pending_keys: Vec<Key>,
    /// What drawing found out.
    pub measured: Measured,
    /// The name of the theme in use; a file's path where it is none of the built-in ones.
    pub theme: String,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// How wide list and inspector were made by hand, where they were.
    pub split: Split,
    /// How many lines of the inspector are above its upper edge.
    pub inspector_top: u16,
    /// Whether the terminal has the focus; none while it has not told.
    pub focused: Option<bool>,
    /// Grows with each message that changed something visible.
    pub revision: u64,
    /// What only `update` needs.
    pub(crate) inner: Inner,
}

/// How wide parts were made by hand, in columns. They keep their bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The list.
    pub list: Option<u16>,
    /// The inspector.
    pub inspector: Option<u16>,
}

/// An edge between two parts that the mouse can drag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// At the right of the list.
    List,
    /// At the left of the inspector.
    Inspector,
}

/// Whether the inspector was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectorWish {
    /// Shown if there is room beside list and talk.
    #[default]
    IfRoom,
    /// Asked for: shown, in place of another part if there is no room.
    Shown,
    /// Put away.
    Hidden,
}

/// What only `update` needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inner {
    /// The last ticket given to an effect.
    pub ticket: u64,
    /// When the health of the AIs was asked for last.
    pub health_at: Timestamp,
    /// The head of the log at that time: while nothing happens nothing is asked.
    pub health_head: Seq,
    /// The last number given to a query.
    pub query: u32,
    /// The last epoch given to a talk.
    pub epoch: u64,
    /// The log that is read.
    pub log: Option<LogId>,
    /// The bounds of the server.
    pub limits: Limits,
    /// The head of the log, as far as the server told.
    pub head: Seq,
    /// Up to which event the cards are complete.
    pub current: Seq,
    /// When the talk follows the cursor.
    pub follow_at: Option<Timestamp>,
    /// When the order of the list is live again.
    pub release_at: Option<Timestamp>,
    /// When Ctrl-C was pressed first.
    pub interrupted_at: Option<Timestamp>,
    /// When the other side was last told that one types.
    pub typed_at: Timestamp,
    /// The wake that was asked for last.
    pub wake_at: Option<Timestamp>,
    /// The edge that the mouse drags.
    pub dragged: Option<Edge>,
    /// A conversation that is looked at though the list does not have it.
    pub visiting: Option<ConversationId>,
    /// One's own acts that can be undone, newest last; 64 at most.
    pub acts: Vec<Undoable>,
    /// The ticket of an act that is to be undone as soon as the server has done it.
    pub undo_next: Option<u64>,
    /// The take-over that was accepted last: where, and as which event. Its card comes a moment later.
    pub taken: Option<(ConversationId, Seq)>,
    /// Whether the saved filters were asked for.
    pub saved_asked: bool,
    /// The last filter, for `/` to begin with.
    pub last_filter: String,
    /// Whether the program is to end.
    pub quitting: bool,
    /// Whether all cards of the beginning are here: what comes from then on may call.
    pub begun: bool,
    /// The window's title, and since when.
    pub title: Option<(String, Timestamp)>,
}

/// An act of one's own that can be undone, by the entry that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undoable {
    /// In one conversation.
    One(ConversationId, EntryNo, &'static str),
    /// In many, as one.
    Many(Arc<BTreeMap<ConversationId, EntryNo>>, &'static str),
}

impl Model {
    /// The canned replies to choose from: one's own, then the desk's under other names.
    #[must_use]
    pub fn all_canned(&self) -> Vec<Canned> {
        let own = |name: &str| self.canned.iter().any(|one| one.name == name);
        let of_desk = self.office.replies.iter().filter(|(name, _)| !own(name)).map(|(name, reply)| Canned {
            name: name.clone(),
            title: if reply.title.is_empty() { name.replace('-', " ") } else { reply.title.clone() },
            tags: vec!["desk".to_owned()],
            text: reply.text.clone(),
        });
        self.canned.iter().cloned().chain(of_desk).collect()
    }

    /// An empty console of the given size, before the first welcome.
    #[must_use]
    pub fn new(size: (u16, u16), keymap: Arc<Keymap>) -> Self {
        Self {
            size,
            now: Timestamp::default(),
            zone: 0,
            skew: 0,
            you: None,
            office: Office::default(),
            line: Line::Connecting,
            screen: Screen::Floor,
            floor: Floor::default(),
            needs: Needs::default(),
            log: Log::default(),
            ai: Ai::default(),
            replay: None,
            many: Many::default(),
            saved: Vec::new(),
            wall: Wall::default(),
            talk: None,
            beside: Vec::new(),
            pane: Pane::List,
            inspector: InspectorWish::IfRoom,
            layer: Layer::None,
            sending: Vec::new(),
            acts: Vec::new(),
            notices: Vec::new(),
            shift: None,
            alerts: Alerts::default(),
            drafts: BTreeMap::new(),
            canned: Arc::default(),
            holds: Holds::default(),
            tour: None,
            presence: Vec::new(),
            health: Vec::new(),
            usage: Usage::default(),
            keymap,
            pending_keys: Vec::new(),
            measured: Measured {
                list_rows: size.1.saturating_sub(6),
                talk_rows: size.1.saturating_sub(6),
                ..Measured::default()
            },
            theme: String::new(),
            mouse: false,
            split: Split::default(),
            inspector_top: 0,
            focused: None,
            revision: 0,
            inner: Inner::default(),
        }
    }

    /// What is wrong with an AI, or used up, in a few words; none if nothing is.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let told = self.office.used_today(self.now);
        let full = self.usage.levels.iter().chain(&told).find(|level| level.share() >= ceiling::NEAR).copied();
        let unwell = || {
            let mut unwell = self.health.iter().filter_map(|one| Some((one.ai, one.trouble()?)));
            unwell.next().map(|(ai, trouble)| format!("{}: {trouble}", self.name_of(ai)))
        };
        full.map(|level| level.sentence()).or_else(unwell)
    }

    /// Rows that the banner takes: one while the AI is stopped somewhere.
    #[must_use]
    pub fn banner_rows(&self) -> u16 {
        u16::from(!self.office.stops.is_empty())
    }

    /// The size without the banner: what the wall has room in.
    #[must_use]
    pub fn room(&self) -> (u16, u16) {
        (self.size.0, self.size.1.saturating_sub(self.banner_rows()))
    }

    /// Your number; none before the first welcome.
    #[must_use]
    pub fn me(&self) -> Option<TeammateId> {
        self.you.as_ref().map(|you| you.id)
    }

    /// A teammate's name.
    #[must_use]
    pub fn name_of(&self, id: TeammateId) -> String {
        self.office.name_of(id)
    }

    /// The name of whoever did something.
    #[must_use]
    pub fn actor_name(&self, by: crate::domain::teammate::Actor) -> String {
        by.teammate().map_or_else(|| "the desk".to_owned(), |id| self.name_of(id))
    }

    /// The conversation that acts are about: on the floor under the cursor of the list, or opened by its number; else the
    /// card in sight.
    #[must_use]
    pub fn selected(&self) -> Option<ConversationId> {
        match self.screen {
            Screen::Floor => self.inner.visiting.or_else(|| self.floor.selected()),
            Screen::NeedsYou => self.needs.current,
            Screen::Wall => self.wall.focused(),
            // The past is looked at; nothing is done in it.
            Screen::Log | Screen::Ai => None,
        }
    }

    /// The newest card of a conversation: from the floor, or from the open talk.
    #[must_use]
    pub fn card(&self, id: ConversationId) -> Option<&Card> {
        self.floor.card(id).or_else(|| {
            let talk = self.talk.iter().chain(&self.beside).find(|talk| talk.conversation == id)?;
            talk.card.as_deref()
        })
    }

    /// The act on this conversation that the server has not answered yet, as in *taking…*.
    #[must_use]
    pub fn pending_act(&self, id: ConversationId) -> Option<&PendingAct> {
        self.acts.iter().rev().find(|act| act.conversation == id)
    }

    /// What the AI would have answered in this conversation to what waits now, if that is open and known.
    #[must_use]
    pub fn ai_words(&self, id: ConversationId) -> Option<&str> {
        self.talk.as_ref().filter(|talk| talk.conversation == id)?.ai_words()
    }

    /// Teammates who look at this conversation now, without you.
    pub fn watchers(&self, id: ConversationId) -> impl Iterator<Item = TeammateId> + '_ {
        let me = self.me();
        self.presence
            .iter()
            .filter(move |one| Some(one.teammate) != me && one.watching.contains(&id))
            .map(|one| one.teammate)
    }
}
