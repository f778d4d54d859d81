//! The form in which people write guidance: a `title:` line for each part. What was typed is kept as it is.
//!
//! Deliberately not here: who may write it, and how long it may be (see `decide`).

use super::{Fault, GuidanceId, Instruction};
use crate::domain::{
    form::{self, Titles},
    ids::{ConversationId, EntryNo},
};

/// Which piece a form is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// A new one.
    #[default]
    New,
    /// A new version of this one.
    Of(GuidanceId),
}

/// What stands in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Which piece it is about.
    pub which: Which,
    /// What it says.
    pub instruction: Instruction,
    /// What it was made from.
    pub from: Option<Fault>,
}

/// The titles of the form, in order.
pub const TITLES: [&str; 7] = ["guidance", "title", "when", "then", "examples", "topics", "from"];

impl Form {
    /// The form that people edit.
    #[must_use]
    pub fn write(&self) -> String {
        let Instruction { title, when, then, examples, topics } = &self.instruction;
        let which = match self.which {
            Which::New => "new".to_owned(),
            Which::Of(id) => id.to_string(),
        };
        let from = self.from.map_or_else(String::new, |from| format!("#{} {}", from.conversation, from.message));
        let topics = topics.join(", ");
        let parts = [&which, title, when, then, examples, &topics, &from];
        let parts = TITLES.into_iter().zip(parts.map(String::as_str));
        form::written(parts.filter(|(title, text)| *title != "from" || !text.is_empty()))
    }

    /// Reads the form back. Lines before the first title belong to `then`.
    ///
    /// # Errors
    /// A sentence that names the line and says what would be right.
    pub fn read(form: &str) -> Result<Self, String> {
        // A text to say may hold words with a colon.
        let [which, title, when, then, examples, topics, from] = form::read(form, &TITLES, 3, Titles::InOrder);
        let which = match which.to_lowercase().as_str() {
            "" | "new" => Which::New,
            said => Which::Of(said.parse().map_err(|why| format!("guidance: {why}, or write new"))?),
        };
        let listed = topics.split([',', '，', '\n']).map(|topic| topic.trim().to_owned());
        let topics = listed.filter(|topic| !topic.is_empty()).collect();
        let from = if from.is_empty() { None } else { Some(fault(&from)?) };
        Ok(Self { which, instruction: Instruction { title, when, then, examples, topics }, from })
    }
}

/// `#42 17`
fn fault(said: &str) -> Result<Fault, String> {
    let mut words = said.trim_start_matches('#').split_whitespace();
    let (conversation, message) = (words.next(), words.next());
    let read = || Some((conversation?.parse().ok()?, message?.parse().ok()?));
    read()
        .map(|(conversation, message)| Fault { conversation: ConversationId(conversation), message: EntryNo(message) })
        .ok_or_else(|| format!("from: `{said}` is not a message, as in #42 17; leave it empty if it was none"))
}
