//! `!`: stopping the AI with a preview of what becomes of each talk, and letting it go on with a reason.
//!
//! Three keys stop every AI: `!`, `a` for all, and the letter of what becomes of the talks. Nothing is shown as done
//! before the server says so. Deliberately not here: the rule behind the preview (`domain::stop`).

use super::{Up, pick::letter_of};
use crate::console::{
    composer::Editor,
    model::{Act, Choice, Layer, Pick, Picker, Severity, Value},
};
use crate::domain::{
    command::Command,
    stop::{LONGEST_REASON, Scope, Stop, StopId, Then, USUAL, preview},
    teammate::{Kind, Right},
    time::Span,
};

impl Up<'_> {
    /// Opens the choice of where to stop; what stands can be lifted there.
    pub(super) fn stop(&mut self) {
        let role = self.m.you.as_ref().map(|you| you.role);
        let may = |right| role.is_some_and(|role| role.may(right));
        if !may(Right::SetMode) {
            return self.say(Severity::Warn, "your role may not stop the AI; ask a lead");
        }
        let mut choices = Vec::new();
        for (stop, digit) in self.m.office.stops.iter().zip('1'..='9') {
            if may(Right::Stop) || matches!(stop.scope, Scope::Talk { .. }) {
                let title = format!("let it go on: {}", self.stop_words(stop));
                choices.push(Choice { letter: Some(digit), title, current: false, value: Value::Lift(stop.id) });
            }
        }
        let lifts = choices.len();
        let mut offer = |letter: Option<char>, words: String, scope: Scope| {
            let count = preview(self.m.floor.cards(), &scope, Then::Hold).talks();
            let talks = if count == 1 { "1 talk".to_owned() } else { format!("{count} talks") };
            let title = format!("stop {words}: {talks}");
            choices.push(Choice { letter, title, current: false, value: Value::StopAt(scope) });
        };
        let selected = self.m.selected().and_then(|id| self.m.card(id));
        if may(Right::Stop) {
            offer(Some('a'), "every AI, everywhere".to_owned(), Scope::All);
        }
        if let Some(card) = selected {
            offer(Some('t'), format!("the AI in this talk, #{}", card.id), Scope::Talk { conversation: card.id });
        }
        if may(Right::Stop) {
            if let Some(topic) = selected.and_then(|card| card.topic.as_deref().map(str::to_owned)) {
                offer(Some('o'), format!("the topic {topic}"), Scope::Topic { topic });
            }
            if let Some(channel) = selected.map(|card| card.channel.to_string()) {
                offer(Some('c'), format!("the channel {channel}"), Scope::Channel { channel });
            }
            let ais = self.m.office.teammates.values().filter(|mate| !mate.revoked && mate.role.kind() == Kind::Ai);
            // The letters of the places above are taken.
            let mut taken = vec!['a', 't', 'o', 'c'];
            for ai in ais {
                offer(letter_of(&ai.name, &mut taken), format!("only {}", ai.name), Scope::Ai { teammate: ai.id });
            }
        }
        if choices.is_empty() {
            return self.say(Severity::Info, "select a talk to stop the AI there; everywhere is for a lead");
        }
        let title = if lifts > 0 { "the AI is stopped: let it go on, or stop more" } else { "stop the AI" };
        self.open_stop(title.to_owned(), choices, None);
    }

    /// The second step: what becomes of the talks there, each with its preview.
    pub(super) fn stop_at(&mut self, scope: &Scope) {
        let talks = preview(self.m.floor.cards(), scope, Then::Hold).talks();
        let choices = Then::ALL.into_iter().map(|then| Choice {
            // Not all by their first letter: *human* is for people.
            letter: Some(match then {
                Then::Hold => 'h',
                Then::Queue => 'q',
                Then::Human => 'p',
            }),
            title: format!(
                "{}: {}",
                if then == Then::Human { "people" } else { then.word() },
                preview(self.m.floor.cards(), scope, then).fates()
            ),
            current: false,
            value: Value::Stop(scope.clone(), then),
        });
        let choices = choices.collect();
        let each = if talks == 1 { "1 talk".to_owned() } else { format!("each of {talks} talks") };
        let title = format!("stop {} for {}; what becomes of {each}?", self.scope_words(scope), USUAL.short());
        self.open_stop(title, choices, Some(""));
        if let Layer::Pick(picker) = &mut self.m.layer {
            picker.cursor = 1;
        }
    }

    /// Why may the AI go on?
    pub(super) fn lift(&mut self, stop: StopId) {
        let Some(words) = self.m.office.stop(stop).map(|stop| self.scope_words(&stop.scope)) else {
            return self.say(Severity::Info, format!("stop {stop} is over already"));
        };
        self.open_stop(format!("why may the AI go on ({words})?"), Vec::new(), Some(""));
        if let Layer::Pick(picker) = &mut self.m.layer {
            picker.pick = Pick::Lift(stop);
            picker.typing = true;
        }
    }

    fn open_stop(&mut self, title: String, choices: Vec<Choice>, input: Option<&str>) {
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::Stop,
            conversation: self.m.selected().unwrap_or_default(),
            title,
            cursor: 0,
            choices,
            typing: false,
            input: input.map(Editor::line),
            warning: None,
            many: false,
        });
    }

    /// What was typed: a time and a reason for the stop under the cursor, or the reason for lifting one.
    pub(super) fn typed_stop(&mut self, pick: Pick, typed: &str) -> Result<(), String> {
        if typed.len() > LONGEST_REASON {
            return Err(format!("is {} bytes long; {LONGEST_REASON} are allowed", typed.len()));
        }
        if let Pick::Lift(stop) = pick {
            let command = Command::LiftStop { stop, reason: typed.to_owned() };
            self.m.layer = Layer::None;
            self.ask(command, Act::Stop, format!("stop {stop} is lifted: the AI goes on"), None);
            return Ok(());
        }
        let Layer::Pick(picker) = &self.m.layer else { return Ok(()) };
        let under = picker.choices.get(picker.cursor).map(|choice| choice.value.clone());
        let Some(Value::Stop(scope, then)) = under else { return Err("choose where first".to_owned()) };
        let (first, rest) = typed.split_once(' ').unwrap_or((typed, ""));
        let (span, reason) = match Span::parse(first, Span::minutes(1)) {
            Ok(span) => (span, rest.trim()),
            Err(_) => (USUAL, typed),
        };
        self.m.layer = Layer::None;
        self.stop_for(scope, then, span, reason);
        Ok(())
    }

    pub(super) fn stop_for(&mut self, scope: Scope, then: Then, span: Span, reason: &str) {
        let touched = preview(self.m.floor.cards(), &scope, then).sentence();
        let done = format!("stopped {} for {}: {touched}", self.scope_words(&scope), span.short());
        let command = Command::Stop { scope, then, span: Some(span), reason: reason.to_owned() };
        self.ask(command, Act::Stop, done, None);
    }

    fn scope_words(&self, scope: &Scope) -> String {
        scope.words(&|id| self.m.name_of(id))
    }

    fn stop_words(&self, stop: &Stop) -> String {
        let words = self.scope_words(&stop.scope);
        let left = stop.until.map(|until| format!(", {} left", until.since(self.m.now).short()));
        format!("{words}{}", left.unwrap_or_default())
    }
}
