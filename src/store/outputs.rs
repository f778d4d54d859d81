//! What became of each answer of the AI: a projection of the log, one row for each answer, draft, shadow and hand-off.
//!
//! The same rules fill it on disk and in memory; they ask back for single events only, so a step costs the same however long
//! a talk is. Deliberately not here: shares, intervals and proposals (see `domain::evidence`).

use super::{
    Corrected,
    guidance::{self, NamedAt},
};
use crate::domain::{
    annotation::Verdict,
    approval::Ending,
    edit::{Distance, without_numbers},
    event::{Event, Recorded},
    evidence::{Counted, Evidence, Fate, Subject},
    ids::{ConversationId, EntryNo, Seq},
    task::Kind,
    time::Timestamp,
};
use std::collections::BTreeMap;

/// An answer of the AI, or what came instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) conversation: ConversationId,
    pub(super) n: EntryNo,
    pub(super) at: Timestamp,
    pub(super) topic: Option<String>,
    pub(super) channel: String,
    pub(super) fate: Fate,
}

/// A turn that ended: when, where, and with which entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// With which entry.
    pub n: EntryNo,
}

/// A judgement on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) n: EntryNo,
    pub(super) message: EntryNo,
    /// None: not sure.
    pub(super) good: Option<bool>,
    pub(super) supersedes: Option<EntryNo>,
}

/// Where the rows are kept, and what can be asked back.
pub(super) trait Outputs {
    /// What goes wrong.
    type Error;

    /// An event of a conversation.
    fn event(&mut self, conversation: ConversationId, n: EntryNo) -> Result<Option<Event>, Self::Error>;

    /// The last answer of a person between two entries, both exclusive; looks back over some dozens of entries at most.
    fn reply_between(
        &mut self,
        conversation: ConversationId,
        after: EntryNo,
        before: EntryNo,
    ) -> Result<Option<String>, Self::Error>;

    /// Keeps a row.
    fn put(&mut self, output: &Output) -> Result<(), Self::Error>;

    /// The newest shadow of a conversation that was not compared yet.
    fn shadow(&mut self, conversation: ConversationId) -> Result<Option<EntryNo>, Self::Error>;

    /// What became of it, how far from what was sent, and as which entry it was sent.
    fn ended(
        &mut self,
        at: (ConversationId, EntryNo),
        fate: Fate,
        distance: Option<Distance>,
        sent: Option<EntryNo>,
    ) -> Result<(), Self::Error>;

    /// Keeps that a person sent something else than what the AI wrote.
    fn correct(&mut self, correction: &Corrected) -> Result<(), Self::Error>;

    /// Keeps a judgement.
    fn judge(&mut self, conversation: ConversationId, judged: &Judged) -> Result<(), Self::Error>;

    /// Keeps that an answer named guidance.
    fn named(&mut self, named: &NamedAt) -> Result<(), Self::Error>;

    /// Guidance was written, published or retired.
    fn guidance(&mut self, event: &Event) -> Result<(), Self::Error>;

    /// A judgement was taken back.
    fn withdraw(&mut self, conversation: ConversationId, annotation: EntryNo) -> Result<(), Self::Error>;
}

/// Takes one event in. Events come in their order, each once.
pub(super) fn take<O: Outputs>(outputs: &mut O, recorded: &Recorded) -> Result<(), O::Error> {
    let Some(id) = recorded.conversation else { return outputs.guidance(&recorded.event) };
    guidance::take(outputs, recorded)?;
    let n = recorded.n;
    match &recorded.event {
        Event::Answered { draft: None, .. } => put(outputs, recorded, Fate::Sent),
        Event::DraftProposed { .. } => put(outputs, recorded, Fate::Waits),
        Event::Escalated { turn: Some(_), .. } => put(outputs, recorded, Fate::Escalated),
        Event::DraftEnded { draft, ending } => {
            let (fate, distance) = match ending {
                Ending::Approved => (Fate::Approved, Some(Distance(0))),
                // How far is known when it is sent, with the next event.
                Ending::Edited => (Fate::Edited, None),
                Ending::Rejected { .. } => (Fate::Rejected, None),
                Ending::Expired | Ending::Withdrawn { .. } => (Fate::Undecided, None),
            };
            outputs.ended((id, *draft), fate, distance, None)
        }
        Event::Answered { draft: Some(draft), answer, .. } => {
            let Some(Event::DraftProposed { answer: drafted, .. }) = outputs.event(id, *draft)? else { return Ok(()) };
            let distance = Distance::between(&drafted.text, &answer.text);
            let fate = if drafted.text == answer.text { Fate::Approved } else { Fate::Edited };
            outputs.ended((id, *draft), fate, Some(distance), Some(n))?;
            correct(outputs, recorded, *draft, distance)
        }
        Event::ShadowDrafted { turn, answer } => {
            put(outputs, recorded, Fate::Shadow)?;
            // The person was faster: what was answered since the AI read is what it is compared with.
            let Some(Event::TurnBegan { answers, .. }) = outputs.event(id, *turn)? else { return Ok(()) };
            match outputs.reply_between(id, answers, n)? {
                Some(reply) => {
                    let distance = Distance::between(&without_numbers(&answer.text), &reply);
                    outputs.ended((id, n), Fate::Compared, Some(distance), None)
                }
                None => Ok(()),
            }
        }
        // A reply that an AI drafted for the person who answers.
        Event::TaskEnded { task, ending } => {
            let has_text = ending.work().is_some_and(|work| !work.answer.text.trim().is_empty());
            let given = if has_text { outputs.event(id, *task)? } else { None };
            match given {
                Some(Event::TaskGiven { task, .. }) if task.kind == Kind::Draft => put(outputs, recorded, Fate::Shadow),
                _ => Ok(()),
            }
        }
        Event::Replied { text, .. } => {
            let Some(shadow) = outputs.shadow(id)? else { return Ok(()) };
            // What was drafted for a matter that a person has answered since is not what this one is held against.
            if outputs.reply_between(id, shadow, n)?.is_some() {
                return Ok(());
            }
            let drafted = match outputs.event(id, shadow)? {
                Some(Event::ShadowDrafted { answer, .. }) => answer,
                Some(Event::TaskEnded { ending, .. }) => match ending.work() {
                    Some(work) => work.answer.clone(),
                    None => return Ok(()),
                },
                _ => return Ok(()),
            };
            let distance = Distance::between(&without_numbers(&drafted.text), text);
            outputs.ended((id, shadow), Fate::Compared, Some(distance), None)?;
            correct(outputs, recorded, shadow, distance)
        }
        Event::Annotated { message, judgement, supersedes } => {
            let good = match judgement.verdict {
                Verdict::Good => Some(true),
                Verdict::Bad => Some(false),
                Verdict::Unsure => None,
            };
            outputs.judge(id, &Judged { n, message: *message, good, supersedes: *supersedes })
        }
        Event::AnnotationWithdrawn { annotation } => outputs.withdraw(id, *annotation),
        _ => Ok(()),
    }
}

fn put<O: Outputs>(outputs: &mut O, recorded: &Recorded, fate: Fate) -> Result<(), O::Error> {
    let Some(conversation) = recorded.conversation else { return Ok(()) };
    let Some(Event::Opened { channel, topic, .. }) = outputs.event(conversation, EntryNo(1))? else { return Ok(()) };
    outputs.put(&Output { conversation, n: recorded.n, at: recorded.at, topic, channel, fate })
}

fn correct<O: Outputs>(outputs: &mut O, by: &Recorded, said: EntryNo, distance: Distance) -> Result<(), O::Error> {
    match by.conversation {
        Some(conversation) if distance > Distance(0) => {
            outputs.correct(&Corrected { seq: by.seq, conversation, said, sent: by.n, distance })
        }
        _ => Ok(()),
    }
}

/// The verdict on a message from all that stand: good if nobody found it bad; none if nobody was sure.
pub(super) fn verdict(standing: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    standing.flatten().reduce(|all, one| all && one)
}

/// Rows of one topic, channel and fate, counted.
pub(super) struct Group {
    pub(super) topic: Option<String>,
    pub(super) channel: String,
    pub(super) counted: Counted,
}

/// Groups, added up for each topic and each channel, in order.
pub(super) fn add_up(groups: impl IntoIterator<Item = Group>) -> Vec<Evidence> {
    let mut found: BTreeMap<Subject, Evidence> = BTreeMap::new();
    for Group { topic, channel, counted } in groups {
        for subject in [Subject::Topic(topic), Subject::Channel(channel)] {
            found.entry(subject.clone()).or_insert_with(|| Evidence::of(subject)).add(counted);
        }
    }
    found.into_values().collect()
}

/// The rows in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    outputs: BTreeMap<(ConversationId, EntryNo), Row>,
    verdicts: BTreeMap<(ConversationId, EntryNo), (Judged, bool)>,
    pub(super) guidance: guidance::Rows,
    corrections: BTreeMap<Seq, Corrected>,
}

#[derive(Clone, Debug)]
struct Row {
    output: Output,
    sent: Option<EntryNo>,
    distance: Option<Distance>,
}

impl Rows {
    /// Forgets a conversation.
    pub(super) fn forget(&mut self, conversation: ConversationId) {
        self.outputs.retain(|(id, _), _| *id != conversation);
        self.verdicts.retain(|(id, _), _| *id != conversation);
        self.corrections.retain(|_, correction| correction.conversation != conversation);
        self.guidance.forget(conversation);
    }

    /// Keeps a row.
    pub(super) fn put(&mut self, output: &Output) {
        let row = Row { output: output.clone(), sent: None, distance: None };
        self.outputs.insert((output.conversation, output.n), row);
    }

    /// See [`Outputs::shadow`].
    pub(super) fn shadow(&self, conversation: ConversationId) -> Option<EntryNo> {
        let of_it = self.outputs.range((conversation, EntryNo(0))..=(conversation, EntryNo(u32::MAX)));
        of_it.rev().find(|(_, row)| row.output.fate == Fate::Shadow).map(|((_, n), _)| *n)
    }

    /// See [`Outputs::ended`].
    pub(super) fn ended(
        &mut self,
        at: (ConversationId, EntryNo),
        fate: Fate,
        distance: Option<Distance>,
        sent: Option<EntryNo>,
    ) {
        if let Some(row) = self.outputs.get_mut(&at) {
            row.output.fate = fate;
            row.distance = distance.or(row.distance);
            row.sent = sent.or(row.sent);
        }
    }

    /// See [`Outputs::correct`].
    pub(super) fn correct(&mut self, correction: &Corrected) {
        self.corrections.insert(correction.seq, *correction);
    }

    /// What people changed after `after`, in order.
    pub(super) fn corrections(&self, after: Seq, limit: usize) -> Vec<Corrected> {
        self.corrections.range(after.next()..).take(limit).map(|(_, it)| *it).collect()
    }

    /// See [`Outputs::judge`].
    pub(super) fn judge(&mut self, conversation: ConversationId, judged: &Judged) {
        self.verdicts.insert((conversation, judged.n), (*judged, false));
    }

    /// See [`Outputs::withdraw`].
    pub(super) fn withdraw(&mut self, conversation: ConversationId, annotation: EntryNo) {
        if let Some((_, withdrawn)) = self.verdicts.get_mut(&(conversation, annotation)) {
            *withdrawn = true;
        }
    }

    /// The evidence of what was made from `since` on.
    pub(super) fn evidence(&self, since: Timestamp) -> Vec<Evidence> {
        let rows = self.outputs.values().filter(|row| row.output.at >= since);
        add_up(rows.map(|row| {
            let good = self.good(row);
            let counted = Counted {
                fate: row.output.fate,
                count: 1,
                alike: u32::from(row.distance.is_some_and(Distance::is_alike)),
                apart: row.distance.map_or(0, |distance| u64::from(distance.0)),
                reviewed: u32::from(good.is_some()),
                good: u32::from(good == Some(true)),
            };
            Group { topic: row.output.topic.clone(), channel: row.output.channel.clone(), counted }
        }))
    }

    /// What people think of an answer; none if nobody was sure, or there is no such.
    pub(super) fn good_of(&self, at: (ConversationId, EntryNo)) -> Option<bool> {
        self.outputs.get(&at).and_then(|row| self.good(row))
    }

    /// Turns that ended, newest first, about one of these topics or, where none is named, about any.
    pub(super) fn past_turns(&self, topics: &[String], limit: usize) -> Vec<Ended> {
        let fits = |row: &&Row| topics.is_empty() || row.output.topic.as_ref().is_some_and(|one| topics.contains(one));
        let ended = self.outputs.values().filter(fits).map(|row| &row.output);
        let mut ended: Vec<Ended> =
            ended.map(|it| Ended { at: it.at, conversation: it.conversation, n: it.n }).collect();
        ended.sort_unstable_by(|one, other| other.cmp(one));
        ended.truncate(limit);
        ended
    }

    fn good(&self, row: &Row) -> Option<bool> {
        let id = row.output.conversation;
        let of_it = || self.verdicts.range((id, EntryNo(0))..=(id, EntryNo(u32::MAX))).map(|(_, it)| it);
        let replaced = |n: EntryNo| of_it().any(|(later, withdrawn)| !withdrawn && later.supersedes == Some(n));
        let about = |message: EntryNo| message == row.output.n || Some(message) == row.sent;
        verdict(
            of_it()
                .filter(|(judged, withdrawn)| !withdrawn && about(judged.message) && !replaced(judged.n))
                .map(|(judged, _)| judged.good),
        )
    }
}
