//! Pickers: a few choices with letters, and a text where one can be typed.

use super::Up;
use crate::console::{
    action::Action,
    composer::Editor,
    model::{Choice, Deed, Layer, Pick, Picker, Severity, Value, Writing, shift::Purpose},
};
use crate::domain::{
    annotation::Failure,
    card::{Card, Priority, Status},
    holder::Holder,
    mode::Mode,
    stop::USUAL,
    teammate::{Kind, Right},
    time::{Span, Timestamp},
};

/// The hour at which `tomorrow` begins.
const MORNING: u64 = 9;

impl Up<'_> {
    /// Opens a picker about a conversation.
    pub(super) fn pick(&mut self, pick: Pick, card: &Card) {
        let (title, choices, input) = match pick {
            Pick::Mode => ("how far may the AI go here?".to_owned(), self.modes(card), None),
            Pick::Pause => ("pause the AI here for".to_owned(), pauses(card), Some("")),
            Pick::Assign => ("who answers from now on?".to_owned(), self.holders(card), Some("")),
            Pick::Snooze => ("let it sleep for".to_owned(), self.snoozes(card), Some("")),
            Pick::Tag => {
                let choices = card.tags.iter().map(|tag| choice(None, tag, true, Value::Untag(tag.clone()))).collect();
                ("tags: a word adds, -word takes away".to_owned(), choices, Some(""))
            }
            Pick::Priority => ("how soon should a person look?".to_owned(), priorities(card), None),
            Pick::Failure(_) => {
                let choices = Failure::ALL
                    .iter()
                    .map(|(kind, letter, words)| choice(Some(*letter), words, false, Value::Failure(*kind)))
                    .collect();
                ("what was wrong? Enter: just bad".to_owned(), choices, None)
            }
            // These are opened where they belong (`alike`, `view`, `stop`), with choices of their own.
            Pick::Deed | Pick::View | Pick::Theme | Pick::DeskMode | Pick::Stop | Pick::Lift(_) => {
                (String::new(), Vec::new(), None)
            }
            Pick::TakeOverFirst => {
                let who = self.holder_name(card.holder);
                let choices = vec![
                    choice(Some('t'), "take over, then reply", false, Value::Run(Action::TakeOver)),
                    choice(Some('n'), "write a note for the team", false, Value::Run(Action::Note)),
                    choice(Some('w'), "whisper to the AI", false, Value::Run(Action::Whisper)),
                ];
                (format!("{who} answers here; take over first?"), choices, None)
            }
            Pick::TakeFromPerson => {
                let who = self.holder_name(card.holder);
                let choices = vec![
                    choice(Some('t'), &format!("take it over from {who}"), false, Value::TakeFromPerson),
                    choice(Some('n'), "write a note for the team", false, Value::Run(Action::Note)),
                ];
                (format!("{who} holds it, for {}", self.m.now.since(card.held_since).short()), choices, None)
            }
        };
        // A failure may be skipped with Enter, so nothing is selected there at first.
        let cursor = choices.iter().position(|choice| choice.current).unwrap_or(0);
        self.m.layer = Layer::Pick(Picker {
            pick,
            conversation: card.id,
            title,
            cursor: if matches!(pick, Pick::Failure(_)) { usize::MAX } else { cursor },
            choices,
            typing: pick == Pick::Tag,
            input: input.map(Editor::line),
            warning: None,
            many: false,
        });
    }

    fn modes(&self, card: &Card) -> Vec<Choice> {
        let desk = self.m.office.mode_for(card.topic.as_deref(), &card.channel);
        let own = |mode: Mode| card.own_mode == Some(mode);
        let words = [
            (Mode::Off, 'o', "off: the AI does nothing here"),
            (Mode::Shadow, 's', "shadow: it drafts beside you, unseen"),
            (Mode::Draft, 'd', "draft: a person approves each answer"),
            (Mode::Auto, 'a', "auto: its answers are sent"),
        ];
        words
            .into_iter()
            .map(|(mode, letter, words)| choice(Some(letter), words, own(mode), Value::Mode(Some(mode))))
            .chain([choice(
                Some('i'),
                &format!("as the desk says: {}", desk.word()),
                card.own_mode.is_none(),
                Value::Mode(None),
            )])
            .collect()
    }

    fn holders(&self, card: &Card) -> Vec<Choice> {
        let mut taken = vec!['q'];
        let mut choices =
            vec![choice(Some('q'), "the queue", card.holder == Holder::Queue, Value::Holder(Holder::Queue))];
        for teammate in self.m.office.teammates.values().filter(|teammate| !teammate.revoked) {
            let holder = match teammate.role.kind() {
                Kind::Human if teammate.role.may(Right::Hold) => Holder::Human(teammate.id),
                Kind::Ai => Holder::Ai(teammate.id),
                _ => continue,
            };
            let letter = letter_of(&teammate.name, &mut taken);
            choices.push(choice(letter, &teammate.name, card.holder == holder, Value::Holder(holder)));
        }
        choices
    }

    fn snoozes(&self, card: &Card) -> Vec<Choice> {
        let now = self.m.now;
        let mut choices: Vec<Choice> =
            [('1', "15 minutes", Span::minutes(15)), ('2', "1 hour", Span::hours(1)), ('3', "4 hours", Span::hours(4))]
                .into_iter()
                .map(|(letter, words, span)| choice(Some(letter), words, false, Value::Until(Some(now.plus(span)))))
                .collect();
        choices.push(choice(Some('4'), "until tomorrow, 9:00", false, Value::Until(Some(self.tomorrow()))));
        if matches!(card.status, Status::Snoozed { .. }) {
            choices.push(choice(Some('e'), "wake it now", false, Value::Until(None)));
        }
        choices
    }

    /// Nine o'clock of the next day, in the local time zone.
    fn tomorrow(&self) -> Timestamp {
        let zone = i64::from(self.m.zone) * 60_000;
        let day = Span::hours(24).0.cast_signed();
        let local = self.m.now.0.saturating_add(zone);
        let midnight = local.div_euclid(day).saturating_add(1).saturating_mul(day);
        Timestamp(midnight.saturating_sub(zone)).plus(Span::hours(MORNING))
    }

    /// A letter was typed: takes the choice that has it, or begins to type.
    pub(super) fn pick_letter(&mut self, c: char) {
        let Layer::Pick(picker) = &mut self.m.layer else { return };
        if let Some(at) = picker.choices.iter().position(|choice| choice.letter == Some(c)) {
            picker.cursor = at;
            self.choose_picked();
        } else if let Some(input) = &mut picker.input {
            picker.typing = true;
            let mut text = [0; 4];
            input.insert(c.encode_utf8(&mut text));
        }
    }

    pub(super) fn switch_input(&mut self) {
        if let Layer::Pick(picker) = &mut self.m.layer
            && picker.input.is_some()
        {
            picker.typing = !picker.typing;
        }
    }

    /// Enter: the typed text, or else the choice under the cursor.
    pub(super) fn choose(&mut self) {
        match &self.m.layer {
            Layer::Pick(picker) => {
                let typed = picker.input.as_ref().map(|input| input.text().trim().to_owned()).unwrap_or_default();
                if matches!(picker.pick, Pick::Lift(_)) && typed.is_empty() {
                    if let Layer::Pick(picker) = &mut self.m.layer {
                        picker.warning = Some("write why: the log keeps it".to_owned());
                    }
                } else if picker.typing && !typed.is_empty() {
                    self.choose_typed(&typed);
                } else {
                    self.choose_picked();
                }
            }
            Layer::Palette(_) => self.choose_command(),
            Layer::Filter(_) => self.filter_done(),
            Layer::Job(_) => self.job_entered(),
            Layer::Help(_) | Layer::Sheet(_) => self.run(Action::Back, ""),
            Layer::Compose(_) => self.canned_chosen(),
            Layer::None => {}
        }
    }

    fn choose_typed(&mut self, typed: &str) {
        let Layer::Pick(picker) = &self.m.layer else { return };
        let (pick, conversation, many) = (picker.pick, picker.conversation, picker.many);
        let taken = if pick == Pick::View {
            self.save_view(typed)
        } else if matches!(pick, Pick::Stop | Pick::Lift(_)) {
            self.typed_stop(pick, typed)
        } else if many {
            self.typed_deed(pick, typed).map(|deed| {
                self.plan(deed);
            })
        } else {
            let Some(card) = self.m.card(conversation).cloned() else {
                self.m.layer = Layer::None;
                return self.say(Severity::Warn, format!("#{conversation} is not here any more"));
            };
            self.take_typed(pick, &card, typed)
        };
        match (taken, &mut self.m.layer) {
            (Ok(()), Layer::Pick(_)) => self.m.layer = Layer::None,
            (Err(why), Layer::Pick(picker)) => picker.warning = Some(why),
            _ => {}
        }
    }

    /// Does what a typed word says, or tells why not.
    pub(super) fn take_typed(&mut self, pick: Pick, card: &Card, typed: &str) -> Result<(), String> {
        let conversation = card.id;
        match pick {
            Pick::Pause if typed == "end" => self.pause_for(conversation, None),
            Pick::Pause => {
                let span = Span::parse(typed, Span::minutes(1))?;
                self.pause_for(conversation, Some(span));
            }
            pick => match self.typed_deed(pick, typed)? {
                Deed::Snooze(until) => self.snooze(conversation, until),
                Deed::Tag { add, remove } => self.tag(conversation, add, remove),
                Deed::Assign(holder) => self.assign(card, holder),
                _ => {}
            },
        }
        Ok(())
    }

    /// What a typed word says is to be done, with one conversation or with many.
    pub(super) fn typed_deed(&self, pick: Pick, typed: &str) -> Result<Deed, String> {
        match pick {
            Pick::Snooze if typed == "end" => Ok(Deed::Snooze(None)),
            Pick::Snooze if typed == "tomorrow" => Ok(Deed::Snooze(Some(self.tomorrow()))),
            Pick::Snooze => {
                let span = Span::parse(typed, Span::minutes(1))?;
                Ok(Deed::Snooze(Some(self.m.now.plus(span))))
            }
            Pick::Tag => {
                let mut add = Vec::new();
                let mut remove = Vec::new();
                for word in typed.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty()) {
                    match word.strip_prefix('-') {
                        Some("") => {}
                        Some(gone) => remove.push(gone.to_owned()),
                        None => add.push(word.trim_start_matches(['+', '#']).to_owned()),
                    }
                }
                add.retain(|tag| !tag.is_empty());
                if add.is_empty() && remove.is_empty() {
                    return Err(format!("`{typed}` names no tag"));
                }
                Ok(Deed::Tag { add, remove })
            }
            Pick::Assign => self.holder_named(typed).map(Deed::Assign),
            _ => Err(format!("`{typed}` is not among the choices")),
        }
    }

    fn holder_named(&self, typed: &str) -> Result<Holder, String> {
        let wanted = typed.to_lowercase();
        if wanted == "queue" {
            return Ok(Holder::Queue);
        }
        if wanted == "me"
            && let Some(me) = self.m.me()
        {
            return Ok(Holder::Human(me));
        }
        let mut found = self.m.office.teammates.values().filter(|teammate| {
            !teammate.revoked
                && teammate.role.kind() != Kind::Connector
                && teammate.name.to_lowercase().starts_with(&wanted)
        });
        match (found.next(), found.next()) {
            (Some(one), None) if one.role.kind() == Kind::Ai => Ok(Holder::Ai(one.id)),
            (Some(one), None) => Ok(Holder::Human(one.id)),
            (Some(one), Some(other)) => {
                Err(format!("`{typed}` may be {} or {}: write more of it", one.name, other.name))
            }
            (None, _) => Err(format!("nobody here is called `{typed}`; `queue` is the queue")),
        }
    }

    fn choose_picked(&mut self) {
        let Layer::Pick(picker) = std::mem::take(&mut self.m.layer) else { return };
        let conversation = picker.conversation;
        let value = picker.choices.get(picker.cursor).map(|choice| choice.value.clone());
        if let Pick::Failure(message) = picker.pick {
            let failure = match value {
                Some(Value::Failure(failure)) => Some(failure),
                _ => None,
            };
            return self.judge_bad(conversation, message, failure);
        }
        if picker.pick == Pick::DeskMode {
            return self.picked_desk_mode(value);
        }
        if let Some(Value::Words(words)) = &value {
            return self.show_words(words);
        }
        match value {
            Some(Value::Sweep(to)) => return self.read_shift(Purpose::Sweep(to), None),
            Some(Value::Theme(name)) => return self.set_theme(name),
            Some(Value::StopAt(scope)) => return self.stop_at(&scope),
            Some(Value::Stop(scope, then)) => return self.stop_for(scope, then, USUAL, ""),
            Some(Value::Lift(stop)) => return self.lift(stop),
            Some(Value::Run(Action::Approve)) => return self.approve_alike(conversation),
            _ => {}
        }
        if picker.many {
            let deed = match value {
                Some(Value::Holder(to)) => Deed::Assign(to),
                Some(Value::Until(until)) => Deed::Snooze(until),
                Some(Value::Priority(priority)) => Deed::Priority(priority),
                Some(Value::Run(action)) => {
                    self.act_on_marked(action, "");
                    return;
                }
                _ => return,
            };
            self.plan(deed);
            return;
        }
        let (Some(value), Some(card)) = (value, self.m.card(conversation).cloned()) else { return };
        match value {
            Value::Mode(mode) => self.set_mode(conversation, mode),
            Value::Pause(minutes) => self.pause_for(conversation, minutes.map(Span::minutes)),
            Value::Holder(to) => self.assign(&card, to),
            Value::Until(until) => self.snooze(conversation, until),
            Value::Untag(tag) => self.tag(conversation, Vec::new(), vec![tag]),
            Value::Priority(priority) => self.set_priority(conversation, priority),
            Value::Failure(_)
            | Value::Words(_)
            | Value::Sweep(_)
            | Value::Theme(_)
            | Value::StopAt(_)
            | Value::Stop(..)
            | Value::Lift(_) => {}
            Value::TakeFromPerson => self.take_over_now(&card),
            Value::Run(Action::TakeOver) => {
                self.take_over_now(&card);
                self.write(conversation, Writing::Reply, "");
            }
            Value::Run(Action::Note) => self.write(conversation, Writing::Note, ""),
            Value::Run(_) => self.write(conversation, Writing::Whisper, ""),
        }
    }
}

fn pauses(card: &Card) -> Vec<Choice> {
    let mut choices: Vec<Choice> = [('1', "5 minutes", 5), ('2', "15 minutes", 15), ('3', "1 hour", 60)]
        .into_iter()
        .map(|(letter, words, minutes)| choice(Some(letter), words, false, Value::Pause(Some(minutes))))
        .collect();
    if card.paused_until.is_some() {
        choices.push(choice(Some('e'), "end the pause now", false, Value::Pause(None)));
    }
    choices
}

fn priorities(card: &Card) -> Vec<Choice> {
    Priority::ALL
        .into_iter()
        .rev()
        .map(|one| choice(one.word().chars().next(), one.word(), card.priority == one, Value::Priority(one)))
        .collect()
}

/// A letter for a name: one of its own if there is one that is free.
pub(super) fn letter_of(name: &str, taken: &mut Vec<char>) -> Option<char> {
    let lower = name.to_lowercase();
    let found = lower.chars().chain('a'..='z').find(|c| c.is_ascii_lowercase() && !taken.contains(c));
    taken.extend(found);
    found
}

pub(super) fn choice(letter: Option<char>, title: &str, current: bool, value: Value) -> Choice {
    Choice { letter, title: title.to_owned(), current, value }
}
