//! What lies over the screen and takes the keys: composer, picker, palette, filter, help.

use super::super::{
    action::Action,
    composer::{Editor, canned::Canned},
};
use super::shift::SheetBox;
use crate::domain::{
    annotation::Failure,
    brief,
    card::Priority,
    filter, guidance,
    holder::Holder,
    ids::{ConversationId, EntryNo, TeammateId},
    mode::Mode,
    shift::To,
    stop::{Scope as StopScope, StopId, Then},
    task,
    time::Timestamp,
};

/// What is being written. Each conversation keeps one unsent text for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Writing {
    /// To the customer.
    Reply,
    /// To the team.
    Note,
    /// To the AI, for its next answer.
    Whisper,
    /// What the AI should have said in this message.
    Correct(EntryNo),
    /// The brief of a hand-back, as a form.
    Brief,
    /// A task for the AI, as a form.
    Task,
    /// Guidance, as a form: made from this message or, where it belongs to no conversation, of the piece with this number.
    Guidance(EntryNo),
    /// Why this draft is rejected.
    Reject(EntryNo),
    /// What is sent instead of this draft.
    Edit(EntryNo),
    /// Why this tool call is rejected.
    RejectTool(EntryNo),
    /// With which arguments this tool call runs instead.
    EditTool(EntryNo),
    /// What the AI asked a person.
    AnswerTool(EntryNo),
}

impl Writing {
    /// The title of the composer. The mode must be unmistakable.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Reply => "reply to the customer",
            Self::Note => "note for the team",
            Self::Whisper => "whisper to the AI, unseen by the customer",
            Self::Correct(_) => "what the AI should have said",
            Self::Brief => "hand back with this brief",
            Self::Task => "task for the AI",
            Self::Guidance(_) => "guidance for the AI; staged until it is published",
            Self::Reject(_) => "why not? the AI reads it",
            Self::Edit(_) => "send this instead of the draft",
            Self::RejectTool(_) => "why not this call? the AI reads it",
            Self::EditTool(_) => "run it with these arguments instead",
            Self::AnswerTool(_) => "answer the AI; the customer does not see it",
        }
    }

    /// The titles of its fields, if it is a form.
    #[must_use]
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Brief => &brief::TITLES,
            Self::Task => &task::TITLES,
            Self::Guidance(_) => &guidance::TITLES,
            _ => &[],
        }
    }

    /// What Enter does.
    #[must_use]
    pub fn enter(self) -> &'static str {
        match self {
            Self::Reply | Self::Note | Self::Whisper | Self::Edit(_) => "send",
            Self::Correct(_) => "keep",
            Self::Brief => "hand back",
            Self::Task => "give",
            Self::Guidance(_) => "stage",
            Self::Reject(_) | Self::RejectTool(_) => "reject",
            Self::EditTool(_) => "approve",
            Self::AnswerTool(_) => "answer",
        }
    }
}

/// Names an unsent text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DraftKey {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What is being written.
    pub writing: Writing,
}

/// A text that is being written.
#[derive(Clone, Debug, PartialEq)]
pub struct Composer {
    /// Where and what.
    pub key: DraftKey,
    /// The text with its caret.
    pub editor: Editor,
    /// Why Enter did not send, or what to mind. Shown beside the text.
    pub warning: Option<String>,
    /// What was asked back before it is done; the same key again does it, any other takes it back.
    pub asked: Option<Asked>,
    /// The canned replies, while one chooses.
    pub choosing: Option<Choosing>,
    /// Whether it is for all that are marked.
    pub many: bool,
}

impl Composer {
    /// A text to write on.
    #[must_use]
    pub fn new(key: DraftKey, editor: Editor) -> Self {
        Self { key, editor, warning: None, asked: None, choosing: None, many: false }
    }
}

/// What a composer asks back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether the note is to become a reply that the customer reads.
    BecomeReply,
    /// Whether the reply is to go with names in braces that nobody filled in.
    SendBlanks,
}

/// Canned replies to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choosing {
    /// What is typed.
    pub input: Editor,
    /// What fits, best first.
    pub found: Vec<Canned>,
    /// Which one Enter takes.
    pub cursor: usize,
}

/// What a picker decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The mode.
    Mode,
    /// The mode of a topic, a channel or the desk: of the row under the cursor of the AI screen.
    DeskMode,
    /// How long the AI pauses.
    Pause,
    /// Who gets it.
    Assign,
    /// Until when it sleeps.
    Snooze,
    /// Which tags. Choices are the present ones (picked: removed); the text adds.
    Tag,
    /// How soon.
    Priority,
    /// What was wrong with this message.
    Failure(EntryNo),
    /// An AI holds: `t` takes over first, then the reply opens.
    TakeOverFirst,
    /// A person holds: whether to take it from them.
    TakeFromPerson,
    /// What to do with all that are marked.
    Deed,
    /// Where the AI is stopped, and what becomes of the talks there; the text takes a time and a reason.
    Stop,
    /// Why the AI may go on.
    Lift(StopId),
    /// Which saved filter to show; the text keeps the present one under a name.
    View,
    /// Which colours to draw with.
    Theme,
}

/// What one choice stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A mode; none: what topic or desk says.
    Mode(Option<Mode>),
    /// A pause in minutes; none ends it.
    Pause(Option<u64>),
    /// A holder.
    Holder(Holder),
    /// Until when; none wakes.
    Until(Option<Timestamp>),
    /// A tag to remove.
    Untag(String),
    /// A priority.
    Priority(Priority),
    /// A failure.
    Failure(Failure),
    /// An action to run.
    Run(Action),
    /// To take it from the person who holds it.
    TakeFromPerson,
    /// Where to stop the AI.
    StopAt(StopScope),
    /// To stop it there.
    Stop(StopScope, Then),
    /// A stop to lift.
    Lift(StopId),
    /// A filter to show.
    Words(String),
    /// Where all that one holds goes.
    Sweep(To),
    /// The colours to draw with.
    Theme(&'static str),
}

/// One choice of a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The letter that picks it at once; none: only by moving there, or by typing its name.
    pub letter: Option<char>,
    /// What it says.
    pub title: String,
    /// Whether it is the present state.
    pub current: bool,
    /// What it stands for.
    pub value: Value,
}

/// A small list of choices with letters, and a text where one can be typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What it decides.
    pub pick: Pick,
    /// About which conversation.
    pub conversation: ConversationId,
    /// The title.
    pub title: String,
    /// The choices.
    pub choices: Vec<Choice>,
    /// Which one Enter takes.
    pub cursor: usize,
    /// A text to type, as a length of time or a tag; while there is one letters go into it after `Tab` or when no
    /// choice has the letter.
    pub input: Option<Editor>,
    /// Whether the keys go into the text.
    pub typing: bool,
    /// Why the text was not taken.
    pub warning: Option<String>,
    /// Whether it is about all that are marked.
    pub many: bool,
}

/// One line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteRow {
    /// What it runs.
    pub action: Action,
    /// Its command word.
    pub word: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// Its keys, as `t` or `g g`; empty if none.
    pub keys: String,
}

/// The palette: `:word argument`.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// What is typed.
    pub input: Editor,
    /// What fits, best first.
    pub rows: Vec<PaletteRow>,
    /// Which one Enter takes.
    pub cursor: usize,
    /// Why Enter did nothing.
    pub warning: Option<String>,
}

/// The filter while it is typed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FilterLine {
    /// What is typed.
    pub input: Editor,
    /// Why it is not applied: what is wrong and what was probably meant.
    pub mistake: Option<filter::Mistake>,
    /// The filter to come back to.
    pub before: Option<String>,
    /// What may stand in place of the word at the caret, as whole conditions.
    pub offers: Vec<String>,
    /// Which offer was taken last; the next `Tab` takes the one after.
    pub offer: Option<usize>,
    /// What the desk has, to offer.
    pub in_use: InUse,
}

/// What the desk has when a filter begins to be typed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct InUse {
    /// The names of teammates.
    pub names: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// Channels.
    pub channels: Vec<String>,
    /// Languages.
    pub locales: Vec<String>,
}

impl InUse {
    /// The same, as the filter's completion takes it.
    #[must_use]
    pub fn known(&self) -> filter::Known<'_> {
        fn all(them: &[String]) -> Vec<&str> {
            them.iter().map(String::as_str).collect()
        }
        filter::Known {
            names: all(&self.names),
            tags: all(&self.tags),
            topics: all(&self.topics),
            channels: all(&self.channels),
            locales: all(&self.locales),
        }
    }
}

/// The job on many: its preview, where the count is typed, then its results.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct JobBox {
    /// The count, as typed.
    pub input: Editor,
    /// The first result in sight; the view clamps it.
    pub top: u16,
    /// Why Enter did nothing.
    pub warning: Option<String>,
}

/// Help: all actions with their keys, from the one table.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Help {
    /// The first line in sight; the view clamps it.
    pub top: u16,
    /// What it lies over, to come back to.
    pub over: Box<Layer>,
}

/// What lies over the screen and takes the keys.
#[derive(Clone, Debug, PartialEq, Default)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
pub enum Layer {
    /// Nothing: keys are acts.
    #[default]
    None,
    /// A text.
    Compose(Composer),
    /// A choice.
    Pick(Picker),
    /// `:`
    Palette(Palette),
    /// `/`: the words of the filter.
    Filter(FilterLine),
    /// The sheet of a shift's end.
    Sheet(SheetBox),
    /// The job on many.
    Job(JobBox),
    /// `?`
    Help(Help),
}

/// Whether a choice is the person who sits here.
#[must_use]
pub fn is_you(value: &Value, me: Option<TeammateId>) -> bool {
    matches!((value, me), (Value::Holder(Holder::Human(id)), Some(me)) if *id == me)
}
