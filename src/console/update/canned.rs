//! What helps in writing: canned replies, the AI's draft, long pastes, and the step from a note to a reply.

use super::{Up, send::join};
use crate::console::{
    action::{Action, Scope},
    composer::{
        Editor,
        canned::{blanks, filled, fitting},
    },
    model::{Act, Asked, Choosing, Composer, DraftKey, Layer, Severity, Writing},
};
use crate::domain::{command::Command, ids::ConversationId, near::nearest, reply::DeskReply};

impl Up<'_> {
    /// Opens the canned replies over the composer.
    pub(super) fn choose_canned(&mut self) {
        let all = self.m.all_canned();
        if all.is_empty() {
            return self.warn("no canned replies yet: put `replies/*.md` beside config.toml".to_owned());
        }
        let found = fitting(&all, "");
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.choosing = Some(Choosing { input: Editor::line(""), found, cursor: 0 });
        }
    }

    pub(super) fn canned_typed(&mut self) {
        let all = self.m.all_canned();
        if let Layer::Compose(Composer { choosing: Some(choosing), .. }) = &mut self.m.layer {
            choosing.found = fitting(&all, choosing.input.text());
            choosing.cursor = 0;
        }
    }

    /// Inserts the canned reply under the cursor.
    pub(super) fn canned_chosen(&mut self) {
        let Layer::Compose(composer) = &mut self.m.layer else { return };
        let Some(choosing) = composer.choosing.take() else { return };
        let conversation = composer.key.conversation;
        let Some(chosen) = choosing.found.get(choosing.cursor) else { return };
        let text = filled(&chosen.text, |name| self.variable(name, conversation));
        self.insert_text(&text);
    }

    /// What a variable stands for here.
    fn variable(&self, name: &str, conversation: ConversationId) -> Option<String> {
        let card = self.m.card(conversation);
        match name {
            "customer" => card.map(|card| card.customer.name.to_string()),
            "me" => self.m.you.as_ref().map(|you| you.name.clone()),
            "topic" => card.and_then(|card| card.topic.as_deref().map(str::to_owned)),
            "conversation" => Some(format!("#{conversation}")),
            _ => None,
        }
        .filter(|said| !said.trim().is_empty())
    }

    /// Inserts what the AI wanted to say.
    pub(super) fn insert_ai_draft(&mut self) {
        let Layer::Compose(composer) = &self.m.layer else { return };
        match self.m.ai_words(composer.key.conversation).map(str::to_owned) {
            Some(text) => self.insert_text(text.trim()),
            None => self.warn("the AI has no draft for what waits here".to_owned()),
        }
    }

    /// Gives the desk one of one's own canned replies, for all who write there; with a `-` before it forgets the desk's.
    pub(super) fn share(&mut self, name: &str) {
        let (name, reply) = if let Some(name) = name.strip_prefix('-') {
            (name, None)
        } else {
            let Some(own) = self.m.canned.iter().find(|one| one.name == name) else {
                let near = nearest(name, self.m.canned.iter().map(|one| one.name.as_str()));
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return self.say(Severity::Warn, format!("no canned reply of yours is called `{name}`{near}"));
            };
            (name, Some(Box::new(DeskReply { title: own.title.clone(), text: own.text.clone() })))
        };
        let what =
            if reply.is_some() { "is the desk's now: all who write can insert it" } else { "is forgotten by the desk" };
        let command = Command::KeepReply { name: name.to_owned(), reply };
        self.ask(command, Act::Keep, format!("the canned reply {name} {what}"), None);
    }

    fn insert_text(&mut self, text: &str) {
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.editor.insert(text);
            self.text_changed();
        }
    }

    pub(super) fn show_pasted(&mut self) {
        if let Layer::Compose(composer) = &mut self.m.layer
            && !composer.editor.switch_folds()
        {
            self.warn("nothing long was pasted here".to_owned());
        }
    }

    /// A reply becomes a note at once; a note becomes a reply only when this was pressed twice.
    pub(super) fn turn_into(&mut self) {
        let Layer::Compose(composer) = &self.m.layer else { return };
        let (DraftKey { conversation, writing }, asked) = (composer.key, composer.asked);
        match writing {
            _ if composer.many => self.warn("this goes to all that are marked and stays what it is".to_owned()),
            Writing::Reply => self.turn(Writing::Note),
            Writing::Note if asked == Some(Asked::BecomeReply) => self.turn(Writing::Reply),
            Writing::Note => {
                let Some(card) = self.m.card(conversation) else { return };
                if !self.m.me().is_some_and(|me| card.holder.is_human(me)) {
                    let who = self.holder_name(card.holder);
                    return self.warn(format!("{who} answers here: Esc keeps this note, take over to reply"));
                }
                let keys = self.m.keymap.keys_of(Scope::Composer, Action::TurnInto);
                let why = format!(
                    "{} reads it then! {} again makes it a reply",
                    card.customer.name,
                    keys.unwrap_or_default()
                );
                self.ask_back(Asked::BecomeReply, why);
            }
            _ => self.warn("only notes and replies become each other".to_owned()),
        }
    }

    fn ask_back(&mut self, what: Asked, why: String) {
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.asked = Some(what);
            composer.warning = Some(why);
        }
    }

    /// The same text as something else; what was begun there stays before it.
    fn turn(&mut self, into: Writing) {
        let Layer::Compose(composer) = &mut self.m.layer else { return };
        let old = composer.key;
        let new = DraftKey { writing: into, ..old };
        composer.key = new;
        composer.asked = None;
        composer.warning = None;
        if let Some(begun) = self.m.drafts.get(&new).filter(|begun| !begun.trim().is_empty()) {
            let text = join(begun, Some(&composer.editor.text().to_owned()));
            composer.editor.replace(&text);
        }
        self.m.drafts.remove(&old);
        self.composed();
        self.keep(old);
    }

    /// Whether a text is better not sent as it is, and the person was told so.
    pub(super) fn asks_back(&mut self, writing: Writing, asked: Option<Asked>, text: &str) -> bool {
        if asked == Some(Asked::BecomeReply) {
            if let Layer::Compose(composer) = &mut self.m.layer {
                composer.asked = None;
            }
            self.warn("still a note: Enter sends it to the team".to_owned());
            return true;
        }
        let left = blanks(text);
        let Some(first) = left.first().filter(|_| writing == Writing::Reply && asked.is_none()) else { return false };
        let name = text[first.clone()].to_owned();
        self.ask_back(Asked::SendBlanks, format!("{name} is not filled in; Enter again sends it so"));
        true
    }
}
