//! The end of a shift: reading what one holds and promised, the sheet, and returning all of it as one job.

use super::Up;
use crate::console::{
    action::Action,
    effect::Effect,
    model::{
        Choice, Deed, Layer, Pick, Picker, Severity, Value,
        sending::What,
        shift::{Asked, Purpose, SheetBox, Shift},
    },
};
use crate::domain::{
    card::Card,
    command::Command,
    holder::Holder,
    ids::ConversationId,
    shift::{self, Facts, Sheet, To},
    text::SafeText,
    thread::Thread,
    time::{Span, Timestamp},
};
use crate::protocol::{Page, Query};
use jiff::{Zoned, tz};
use std::sync::Arc;

/// Events of a talk that are read for its brief; the talk since the take-over is rarely longer.
const EVENTS: u32 = 400;
/// Briefs that are read.
const BRIEFS: u32 = 200;
/// Talks that are read; those beyond go with the bare fact.
const TALKS: usize = 100;
/// Queries under way at once.
const AT_ONCE: usize = 4;
/// How far back briefs are read where nothing else is said.
const SHIFT: Span = Span::hours(24);

const READING: &str = "reading what you hold and promised";

impl Up<'_> {
    /// `:handover [8h]`: reads what the sheet needs.
    pub(super) fn handover(&mut self, argument: &str) {
        let since = match argument {
            "" => Ok(SHIFT),
            said => Span::parse(said, Span::hours(1)),
        };
        match since {
            Ok(since) => {
                let minutes = (since.0 / 60_000).max(1);
                self.read_shift(Purpose::Sheet, Some(format!("by:me did:hand-back since:{minutes}m")));
            }
            Err(why) => self.say(Severity::Warn, why),
        }
    }

    /// `:sweep [ai|queue]`: reads what the briefs need; without a word asks where to.
    pub(super) fn sweep(&mut self, argument: &str) {
        let mine = self.m.mine();
        let Some(first) = mine.first() else {
            return self.say(Severity::Info, "you hold nothing");
        };
        match argument {
            "ai" => self.read_shift(Purpose::Sweep(To::Ai), None),
            "queue" => self.read_shift(Purpose::Sweep(To::Queue), None),
            "" => self.pick_sweep(*first, mine.len()),
            other => self.say(Severity::Warn, format!("`{other}` is no place for what you hold: use ai or queue")),
        }
    }

    fn pick_sweep(&mut self, first: ConversationId, count: usize) {
        let row = |letter, title: &str, to| Choice {
            letter: Some(letter),
            title: title.to_owned(),
            current: false,
            value: Value::Sweep(to),
        };
        let title = if count == 1 {
            "where does the one you hold go?".to_owned()
        } else {
            format!("where do the {count} you hold go?")
        };
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::Deed,
            conversation: first,
            title,
            choices: vec![
                row('a', "to the AI, each with its brief; else to the queue", To::Ai),
                row('q', "to the queue, each with its brief as a note", To::Queue),
            ],
            cursor: 0,
            input: None,
            typing: false,
            warning: None,
            many: false,
        });
    }

    pub(super) fn read_shift(&mut self, purpose: Purpose, briefs: Option<String>) {
        if !self.m.line.is_connected() {
            return self.say(Severity::Warn, "there is no line to the desk: what you hold cannot be read now");
        }
        let talks = self.m.mine().into_iter().take(TALKS).map(Asked::Talk);
        let todo = briefs.as_ref().map(|_| Asked::Briefs).into_iter().chain(talks).collect();
        self.m.shift = Some(Shift {
            purpose,
            todo,
            under_way: std::collections::BTreeMap::new(),
            threads: std::collections::BTreeMap::new(),
            briefs: Vec::new(),
        });
        self.say(Severity::Info, READING);
        self.read_more(briefs.unwrap_or_default().as_str());
    }

    fn read_more(&mut self, briefs: &str) {
        while let Some(asked) = self
            .m
            .shift
            .as_mut()
            .filter(|shift| shift.under_way.len() < AT_ONCE)
            .and_then(|shift| shift.todo.pop_front())
        {
            let query = match &asked {
                Asked::Briefs => Query::Log { filter: briefs.to_owned(), before: None, limit: BRIEFS },
                Asked::Talk(conversation) => {
                    Query::History { conversation: *conversation, before: None, limit: EVENTS }
                }
            };
            let number = self.query(query);
            if let Some(shift) = &mut self.m.shift {
                shift.under_way.insert(number, asked);
            }
        }
        if self.m.shift.as_ref().is_some_and(|shift| shift.under_way.is_empty())
            && let Some(shift) = self.m.shift.take()
        {
            self.has_read(&shift);
        }
    }

    /// A page came, if one was asked for here. Whether it was.
    pub(super) fn shift_page(&mut self, id: u32, page: &mut Option<Page>) -> bool {
        let Some(shift) = &mut self.m.shift else { return false };
        let Some(asked) = shift.under_way.remove(&id) else { return false };
        match (asked, page.take()) {
            (Asked::Briefs, Some(Page::Log { events, .. })) => shift.briefs = events,
            (Asked::Talk(conversation), Some(Page::History { events, .. })) => {
                let mut thread = Thread::new(conversation);
                // As far as they follow on each other; a brief is a beginning, not a proof.
                if events.iter().all(|event| thread.apply(event).is_ok()) {
                    shift.threads.insert(conversation, thread);
                }
            }
            // What cannot be read is left out: the talk goes with the bare fact.
            _ => {}
        }
        self.read_more("");
        true
    }

    /// The line is lost, and what was asked for with it.
    pub(super) fn lose_shift(&mut self) {
        if self.m.shift.take().is_some() {
            self.say(Severity::Warn, "the line was lost while what you hold was read; try again when it is back");
        }
    }

    fn has_read(&mut self, shift: &Shift) {
        self.m.notices.retain(|notice| notice.text != READING);
        match shift.purpose {
            Purpose::Sheet => self.show_sheet(shift),
            Purpose::Sweep(to) => {
                let going = self.m.going(to, &shift.threads);
                let them = going.keys().copied().collect();
                self.plan_for(&them, Deed::Sweep(Arc::new(going)));
            }
        }
    }

    fn show_sheet(&mut self, shift: &Shift) {
        let Some(me) = self.m.me() else { return };
        let cards: Vec<&Card> = self.m.floor.each().collect();
        let facts = Facts {
            me,
            at: self.m.now,
            office: &self.m.office,
            cards: &cards,
            threads: &shift.threads,
            briefs: &shift.briefs,
        };
        let zone = self.m.zone;
        let lines = Sheet::of(&facts).markdown(&|at| written(at, zone, "%Y-%m-%d %H:%M"));
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        let name = format!("handover-{}.md", written(self.m.now, zone, "%Y-%m-%d-%H%M"));
        self.m.layer = Layer::Sheet(SheetBox { lines, path: None, top: 0 });
        self.effects.push(Effect::KeepSheet(name, text));
    }

    /// The sheet is on disk, or why not.
    pub(super) fn sheet_kept(&mut self, result: Result<String, String>) {
        match result {
            Ok(path) => {
                self.say(Severity::Done, format!("the sheet is in {}", SafeText::line(&path)));
                if let Layer::Sheet(sheet) = &mut self.m.layer {
                    sheet.path = Some(path);
                }
            }
            Err(why) => self.say(Severity::Bad, format!("the sheet cannot be written: {why}")),
        }
    }

    /// One went back to the queue: whoever takes it from there reads the brief as a note.
    pub(super) fn swept(&mut self, deed: &Deed, conversation: ConversationId) {
        if let Deed::Sweep(going) = deed
            && let Some(goes) = going.get(&conversation).filter(|goes| goes.to == Holder::Queue)
        {
            let text = shift::note(&goes.brief);
            self.send_text(What::Note, Command::Note { conversation, text: text.clone() }, text);
        }
    }

    /// Whether the action ends a shift; then it is done.
    pub(super) fn ends_shift(&mut self, action: Action, argument: &str) -> bool {
        match action {
            Action::Handover => self.handover(argument),
            Action::Sweep => self.sweep(argument),
            _ => return false,
        }
        true
    }
}

/// An instant as people here read it, in a zone of so many minutes east of UTC.
fn written(at: Timestamp, zone: i32, format: &str) -> String {
    let offset = tz::Offset::from_seconds(zone.saturating_mul(60)).unwrap_or(tz::Offset::UTC);
    let at: Zoned = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(offset.to_time_zone());
    at.strftime(format).to_string()
}
