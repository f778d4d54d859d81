//! Many conversations in one act: marking, planning, asking a few at a time, and one undo.

use super::Up;
use crate::console::{
    action::Action,
    composer::Editor,
    effect::Effect,
    model::{
        Asks, Choice, Deed, DraftKey, Job, JobBox, Layer, Pane, Pick, Picker, Screen, Severity, Undoable, Value, many,
        many::CallRead,
    },
};
use crate::domain::{
    brief::Brief,
    card::{Card, Priority},
    command::Command,
    holder::Holder,
    ids::{ConversationId, EntryNo},
    refusal::Refusal,
    tool::ToolDecision,
};
use crate::protocol::Answer;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Conversations asked about at once; the others wait here until some are answered.
const AT_ONCE: usize = 32;

impl Up<'_> {
    // Marks.

    /// Marks the selected conversation, or takes its mark away.
    pub(super) fn mark(&mut self) {
        let Some(id) = self.m.selected() else {
            return self.say(Severity::Info, "no conversation is selected");
        };
        let marked = &mut self.m.many.marked;
        if !marked.remove(&id) {
            marked.insert(id);
        }
        if self.m.screen == Screen::Floor && self.m.pane == Pane::List {
            self.run(Action::Down, "");
        }
    }

    /// Marks all of the list, or takes all marks away if they are marked.
    pub(super) fn mark_all(&mut self) {
        if self.m.floor.scanned().is_some() {
            return self.say(Severity::Info, "the filter is still looking; press again when it is done");
        }
        let all: BTreeSet<ConversationId> = match self.m.screen {
            Screen::NeedsYou => self.m.queue().into_iter().collect(),
            _ => (0..self.m.floor.len()).filter_map(|at| self.m.floor.row(at)).map(|row| row.card.id).collect(),
        };
        if all.is_subset(&self.m.many.marked) {
            self.m.many.marked.clear();
            return self.say(Severity::Info, "nothing is marked");
        }
        self.m.many.marked = all;
        let count = self.m.many.marked.len();
        self.say(Severity::Info, format!("{count} marked: the next act is for all of them"));
    }

    /// Marks all cards that ask the same, and asks what to do with them.
    pub(super) fn alike(&mut self) {
        let Some(id) = self.m.needs.current else {
            return self.say(Severity::Info, "nothing waits for you");
        };
        let alike = self.m.alike(id);
        if alike.is_empty() {
            return self.say(Severity::Info, "this card asks nothing any more");
        }
        let count = alike.len();
        let calls = self.m.need(id).is_some_and(|need| need.asks == Asks::Tool) && self.call_read(id).is_some();
        self.m.many.marked = alike.into_iter().collect();
        let row = |letter, title: &str, action| Choice {
            letter: Some(letter),
            title: title.to_owned(),
            current: false,
            value: Value::Run(action),
        };
        self.m.layer = Layer::Pick(Picker {
            pick: Pick::Deed,
            conversation: id,
            title: format!("what to do with these {count}?"),
            choices: calls
                .then(|| row('y', "approve these calls, each with the arguments that you read", Action::Approve))
                .into_iter()
                .chain([
                    row('t', "take them over", Action::TakeOver),
                    row('a', "assign: to somebody, to an AI, to the queue", Action::Assign),
                    row('b', "hand them back with one brief", Action::HandBack),
                    row('k', "give the AI a task in each", Action::Task),
                    row('g', "tag", Action::Tag),
                    row('z', "snooze", Action::Snooze),
                    row('r', "resolve", Action::Resolve),
                ])
                .collect(),
            cursor: 0,
            input: None,
            typing: false,
            warning: None,
            many: true,
        });
    }

    /// The call that waits in a conversation, as far as it can be read in a list.
    fn call_read(&self, id: ConversationId) -> Option<CallRead> {
        let waits = self.m.card(id)?.tool_waiting().filter(|waits| !waits.arguments.is_empty())?;
        let (call, digest, amount) = (waits.call, waits.digest, waits.amount);
        Some(CallRead { call, digest, arguments: waits.arguments.clone(), amount })
    }

    /// Opens the preview of approving the calls that are like this one's.
    pub(super) fn approve_alike(&mut self, id: ConversationId) {
        let Some(tool) = self.m.card(id).and_then(Card::tool_waiting).map(|waits| waits.tool.clone()) else {
            return self.say(Severity::Info, "this call was decided meanwhile");
        };
        let alike: BTreeSet<ConversationId> = self.m.alike(id).into_iter().collect();
        let calls = alike.iter().filter_map(|id| self.call_read(*id).map(|call| (*id, call))).collect();
        self.plan_for(&alike, Deed::Approve { tool, calls: Arc::new(calls) });
    }

    /// Takes the marks away. Whether there were some.
    pub(super) fn unmark(&mut self) -> bool {
        let marked = !self.m.many.marked.is_empty();
        self.m.many.marked.clear();
        marked
    }

    // Planning.

    /// Does an action with all that are marked. Whether it is one that can be done so.
    pub(super) fn act_on_marked(&mut self, action: Action, argument: &str) -> bool {
        if self.m.many.marked.is_empty() {
            return false;
        }
        let first = self.m.many.marked.iter().find_map(|id| self.m.card(*id)).cloned();
        let pick = match action {
            Action::TakeOver => return self.plan(Deed::Take),
            Action::Resolve => return self.plan(Deed::Resolve),
            Action::HandBack => {
                let Some(card) = first else { return self.plan(Deed::HandBack(Brief::default())) };
                self.compose_brief_for_marked(card.id);
                return true;
            }
            Action::Task => {
                if let Some(card) = first {
                    self.compose_task_for_marked(&card);
                }
                return true;
            }
            Action::Assign => Pick::Assign,
            Action::Tag => Pick::Tag,
            Action::Snooze => Pick::Snooze,
            Action::Priority => Pick::Priority,
            _ => return false,
        };
        if !argument.is_empty() {
            let deed = match pick {
                Pick::Priority => argument.parse::<Priority>().map(Deed::Priority),
                pick => self.typed_deed(pick, argument),
            };
            match deed {
                Ok(deed) => return self.plan(deed),
                Err(why) => self.say(Severity::Warn, why),
            }
            return true;
        }
        if let Some(card) = first {
            self.pick(pick, &card);
            let count = self.m.many.marked.len();
            if let Layer::Pick(picker) = &mut self.m.layer {
                picker.many = true;
                picker.title = format!("{count} marked: {}", picker.title);
                picker.choices.retain(|choice| !matches!(choice.value, Value::Untag(_)));
                picker.choices.iter_mut().for_each(|choice| choice.current = false);
                picker.cursor = 0;
            }
        }
        true
    }

    fn compose_brief_for_marked(&mut self, first: ConversationId) {
        let key = DraftKey { conversation: first, writing: crate::console::model::Writing::Brief };
        self.compose_with(first, key.writing, &Brief::default().to_form());
        if let Layer::Compose(composer) = &mut self.m.layer {
            composer.many = true;
        }
    }

    /// Opens the preview of a deed on all that are marked. Always true.
    pub(super) fn plan(&mut self, deed: Deed) -> bool {
        let marked = self.m.many.marked.clone();
        self.plan_for(&marked, deed);
        true
    }

    /// Opens the preview of a deed on these.
    pub(super) fn plan_for(&mut self, them: &BTreeSet<ConversationId>, deed: Deed) {
        let mut todo = VecDeque::new();
        let mut skipped = Vec::new();
        for id in them {
            let why = match self.m.card(*id) {
                None => Some("no longer here"),
                Some(_) if todo.len() >= many::MOST => Some("too many at once"),
                Some(card) => self.m.left_out(&deed, card),
            };
            match why {
                Some(why) => skipped.push((*id, why)),
                None => todo.push_back(*id),
            }
        }
        let job = Self::job(deed, todo, skipped);
        if job.todo.is_empty() {
            let words = self.m.deed_words(&job.deed);
            self.say(Severity::Warn, format!("nothing to {words}{}", job.left_out_words()));
            self.m.layer = Layer::None;
            return;
        }
        self.m.many.job = Some(job);
        self.m.layer = Layer::Job(JobBox { input: Editor::line(""), ..JobBox::default() });
    }

    fn job(deed: Deed, todo: VecDeque<ConversationId>, skipped: Vec<(ConversationId, &'static str)>) -> Job {
        Job {
            deed,
            stage: many::Stage::Planned,
            todo,
            under_way: BTreeMap::new(),
            done: Vec::new(),
            acts: BTreeMap::new(),
            failed: Vec::new(),
            skipped,
            draft: None,
        }
    }

    /// The preview of a hand-back of all that are marked, with the text that was kept for it.
    pub(super) fn plan_hand_back(&mut self, brief: Brief, draft: DraftKey) {
        self.plan(Deed::HandBack(brief));
        if let Some(job) = &mut self.m.many.job {
            job.draft = Some(draft);
        }
    }

    /// Shows what came of the last job.
    pub(super) fn show_job(&mut self) {
        if self.m.many.job.is_some() {
            self.m.layer = Layer::Job(JobBox { input: Editor::line(""), ..JobBox::default() });
        } else {
            self.say(Severity::Info, "nothing was done with many yet: v marks one, V all that match");
        }
    }

    /// Enter: begins, if the count is typed; at the end tries the failed ones again.
    pub(super) fn job_entered(&mut self) {
        let Layer::Job(shown) = &mut self.m.layer else { return };
        let Some(job) = &mut self.m.many.job else {
            self.m.layer = Layer::None;
            return;
        };
        match job.stage {
            many::Stage::Planned => {
                let wanted = job.todo.len().to_string();
                if shown.input.text().trim() != wanted {
                    shown.warning = Some(format!("type {wanted} to do it, or Esc to leave it"));
                    return;
                }
                let draft = job.draft.take();
                self.m.many.marked.clear();
                self.m.layer = Layer::None;
                if let Some(key) = draft {
                    self.m.drafts.remove(&key);
                    self.keep(key);
                }
                self.begin_job();
            }
            many::Stage::Ended if !job.failed.is_empty() => {
                job.todo = std::mem::take(&mut job.failed).into_iter().map(|(id, _)| id).collect();
                // What is done so far is undone together with what is tried again.
                let so_far = undo_word(&job.deed).map(|what| Undoable::Many(Arc::new(job.acts.clone()), what));
                self.m.inner.acts.retain(|one| Some(one) != so_far.as_ref());
                self.begin_job();
            }
            many::Stage::Running | many::Stage::Ended => self.m.layer = Layer::None,
        }
    }

    // Doing.

    fn begin_job(&mut self) {
        if let Some(job) = &mut self.m.many.job {
            job.stage = many::Stage::Running;
        }
        self.mind_the_line();
        self.ask_more();
    }

    /// Undoes a job: what it did in each conversation, whatever one has done there since.
    pub(super) fn undo_many(&mut self, acts: Arc<BTreeMap<ConversationId, EntryNo>>, what: &'static str) {
        if self.m.many.job.as_ref().is_some_and(|job| job.stage == many::Stage::Running) {
            self.m.inner.acts.push(Undoable::Many(acts, what));
            return self.say(Severity::Info, "an act on many is still under way; undo it when it is done");
        }
        let todo = acts.keys().copied().collect();
        self.m.many.job = Some(Self::job(Deed::Undo(acts, what), todo, Vec::new()));
        self.begin_job();
    }

    /// Asks about as many as may be under way at once.
    fn ask_more(&mut self) {
        while let Some(job) = self.m.many.job.as_mut().filter(|job| job.under_way.len() < AT_ONCE) {
            let Some(id) = job.todo.pop_front() else { break };
            let deed = job.deed.clone();
            let Some(command) = self.m.card(id).and_then(|card| command(&deed, card)) else {
                if let Some(job) = &mut self.m.many.job {
                    job.failed.push((id, "it is no longer on the floor".to_owned()));
                }
                continue;
            };
            let ticket = self.ticket();
            if let Some(job) = &mut self.m.many.job {
                job.under_way.insert(ticket, id);
            }
            self.effects.push(Effect::Ask { ticket, command: Box::new(command) });
        }
        self.end_job();
    }

    /// An answer came, if it is about the job. Whether it is.
    pub(super) fn job_answered(&mut self, ticket: u64, result: &Result<Answer, Refusal>) -> bool {
        let result = result.as_ref().map(|answer| answer.n).map_err(|why| self.sentence(why));
        self.job_result(ticket, result)
    }

    /// What came of one conversation of the job: the entry that it made, or what went wrong. Whether the job is meant.
    pub(super) fn job_result(&mut self, ticket: u64, result: Result<EntryNo, String>) -> bool {
        let Some(job) = &mut self.m.many.job else { return false };
        let Some(id) = job.under_way.remove(&ticket) else { return false };
        match result {
            Ok(act) => {
                job.done.push(id);
                if act > EntryNo(0) {
                    job.acts.insert(id, act);
                }
                let deed = job.deed.clone();
                self.swept(&deed, id);
            }
            Err(why) => job.failed.push((id, why)),
        }
        self.ask_more();
        true
    }

    fn end_job(&mut self) {
        let Some(job) = &mut self.m.many.job else { return };
        if job.stage != many::Stage::Running || !job.todo.is_empty() || !job.under_way.is_empty() {
            return;
        }
        job.stage = many::Stage::Ended;
        let (done, failed, deed) = (job.done.len(), job.failed.len(), job.deed.clone());
        let acts = Arc::new(job.acts.clone());
        let words = self.m.deed_words(&deed);
        let of = done + failed;
        let undo = if undo_word(&deed).is_none() || acts.is_empty() { "" } else { "; u undoes it" };
        if let Some(what) = undo_word(&deed)
            && !acts.is_empty()
        {
            self.m.inner.acts.push(Undoable::Many(acts, what));
        }
        let (severity, more) = match failed {
            0 => (Severity::Done, String::new()),
            _ => (Severity::Warn, format!("; {failed} failed, :job shows why and tries again")),
        };
        self.say(severity, format!("{words}: {done} of {of} done{more}{undo}"));
    }
}

fn command(deed: &Deed, card: &Card) -> Option<Command> {
    let (conversation, term) = (card.id, card.term);
    Some(match deed {
        Deed::Take => Command::TakeOver { conversation, term, reason: None },
        Deed::Assign(to) => Command::Assign { conversation, term, to: *to },
        Deed::HandBack(brief) => Command::HandBack { conversation, term, to: None, brief: brief.clone() },
        Deed::Tag { add, remove } => Command::Tag { conversation, add: add.clone(), remove: remove.clone() },
        Deed::Task(task) => Command::GiveTask { conversation, to: None, task: task.clone() },
        Deed::Resolve => Command::Resolve { conversation },
        Deed::Snooze(until) => Command::Snooze { conversation, until: *until },
        Deed::Priority(priority) => Command::SetPriority { conversation, priority: *priority },
        Deed::Undo(acts, _) => Command::Undo { conversation, act: Some(*acts.get(&conversation)?) },
        Deed::Approve { calls, .. } => {
            let CallRead { call, digest, .. } = calls.get(&conversation)?;
            let (call, digest) = (*call, *digest);
            Command::DecideTool { conversation, call, digest, decision: ToolDecision::Approve }
        }
        Deed::Sweep(going) => {
            let goes = going.get(&conversation)?;
            match goes.to {
                Holder::Ai(ai) => Command::HandBack { conversation, term, to: Some(ai), brief: goes.brief.clone() },
                to => Command::Assign { conversation, term, to },
            }
        }
    })
}

/// What undoing it is called.
fn undo_word(deed: &Deed) -> Option<&'static str> {
    match deed {
        Deed::Take => Some("take-over"),
        Deed::Assign(_) => Some("assignment"),
        Deed::HandBack(_) => Some("hand-back"),
        Deed::Tag { .. } => Some("tags"),
        Deed::Resolve => Some("resolve"),
        Deed::Snooze(_) => Some("snooze"),
        Deed::Priority(_) => Some("priority"),
        Deed::Sweep(_) => Some("sweep"),
        Deed::Undo(..) | Deed::Task(_) | Deed::Approve { .. } => None,
    }
}
