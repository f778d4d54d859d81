//! The brief of a hand-back, begun from the talk (see [`Brief::begun`]).

use super::Up;
use crate::console::model::{Pane, Severity, Writing};
use crate::domain::{brief::Brief, ids::ConversationId};

impl Up<'_> {
    pub(super) fn compose_brief(&mut self, conversation: ConversationId) {
        let Some(me) = self.m.me() else { return };
        let begun = match &self.m.talk {
            Some(talk) if talk.conversation == conversation => Brief::begun(&talk.thread, me),
            _ => Brief::default(),
        };
        if begun.is_empty() {
            self.say(Severity::Info, "say what was done, promised or is open: the AI learns no more");
        }
        self.compose_with(conversation, Writing::Brief, &begun.to_form());
        self.m.pane = Pane::Talk;
    }
}
