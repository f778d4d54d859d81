//! The moment before a reply goes: it is in sight, it says when it goes, and Esc takes it back into the composer.
//!
//! Only replies are held: notes, whispers and decisions on drafts can be undone or corrected inside the desk. Deliberately
//! not here: how long (see `Model::holds`).

use super::{
    Up,
    send::{join, key_of},
};
use crate::console::{
    effect::Effect,
    model::{OutgoingState, Screen, Severity, sending::What},
};
use crate::domain::{
    command::Command,
    ids::ConversationId,
    time::{Span, Timestamp},
};

impl Up<'_> {
    /// Until when a text stays here; none goes at once.
    pub(super) fn held_until(&self, what: What, conversation: ConversationId) -> Option<Timestamp> {
        let channel = &self.m.card(conversation).filter(|_| what == What::Reply)?.channel;
        let hold = self.m.holds.of(channel);
        (hold > Span::default()).then(|| self.m.now.plus(hold))
    }

    /// Takes the newest reply back that has not gone yet, and opens it again. Whether there was one.
    pub(super) fn take_back(&mut self) -> bool {
        let is_held = |state: &OutgoingState| matches!(state, OutgoingState::Held(_));
        let Some(at) = self.m.sending.iter().rposition(|one| is_held(&one.state)) else { return false };
        let one = self.m.sending.remove(at);
        let key = key_of(&one);
        let text = join(&one.text, self.m.drafts.get(&key));
        self.m.drafts.insert(key, text);
        self.keep(key);
        if self.m.screen != Screen::Floor || self.m.selected() != Some(key.conversation) {
            self.visit(key.conversation);
        }
        self.compose_with(key.conversation, key.writing, "");
        self.say(Severity::Done, format!("taken back: nothing was sent in #{}", key.conversation));
        true
    }

    /// Lets those go whose time has come.
    pub(super) fn let_go(&mut self) {
        let (now, me) = (self.m.now, self.m.me());
        let due = |state: &OutgoingState| matches!(state, OutgoingState::Held(until) if *until <= now);
        let mut any = false;
        for at in 0..self.m.sending.len() {
            if !due(&self.m.sending[at].state) {
                continue;
            }
            let card = self.m.card(self.m.sending[at].conversation);
            let term = card.filter(|card| me.is_some_and(|me| card.holder.is_human(me))).map(|card| card.term);
            let one = &mut self.m.sending[at];
            if let (Command::Reply { term: old, .. }, Some(term)) = (&mut one.command, term) {
                *old = term;
            }
            one.state = OutgoingState::Queued;
            self.effects.push(Effect::Ask { ticket: one.ticket, command: Box::new(one.command.clone()) });
            any = true;
        }
        if any {
            self.mind_the_line();
        }
        self.changed |= any || self.next_second().is_some();
    }

    /// When a countdown shows another number, or a text goes.
    pub(super) fn next_second(&self) -> Option<Timestamp> {
        let held = self.m.sending.iter().filter_map(|one| match one.state {
            OutgoingState::Held(until) => Some(until.since(self.m.now).0),
            _ => None,
        });
        held.map(|left| self.m.now.plus(Span(if left % 1_000 == 0 { left.min(1_000) } else { left % 1_000 }))).min()
    }
}
