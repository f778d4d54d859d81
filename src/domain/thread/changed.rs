//! What a person sent in place of what an AI had drafted, as far as the talk tells.
//!
//! The same rule by which the store counts: of what was drafted since the last reply, the newest. Deliberately not here: how
//! far the two are apart (see `edit`), and what follows from many of them (see `evidence`).

use super::{Entry, Thread, What};
use crate::domain::{
    edit::{Distance, without_numbers},
    ids::EntryNo,
    task::Kind,
};

impl Thread {
    /// What the AI had drafted, and what a person sent instead with the entry `n`. None where nothing was changed.
    #[must_use]
    pub fn changed(&self, n: EntryNo) -> Option<(String, &str)> {
        let (drafted, sent) = match &self.entry(n)?.what {
            What::Answer { draft: Some(draft), answer, .. } => match &self.entry(*draft)?.what {
                What::Draft { answer: drafted, .. } => (&drafted.text, &answer.text),
                _ => return None,
            },
            What::Reply { text, .. } => {
                let before = self.entries.iter().rev().skip_while(|entry| entry.n >= n);
                let since = before.take_while(|entry| !matches!(entry.what, What::Reply { .. }));
                (since.into_iter().find_map(|entry| beside(entry, n))?, text)
            }
            _ => return None,
        };
        let drafted = without_numbers(drafted);
        (Distance::between(&drafted, &without_numbers(sent)) > Distance(0)).then_some((drafted, sent))
    }
}

/// What an AI drafted beside the person who answers, and had done before the entry `n`.
fn beside(entry: &Entry, n: EntryNo) -> Option<&String> {
    let text = match &entry.what {
        What::Shadow { answer } => &answer.text,
        What::Task { task, ending: Some((ending, _)), ended: Some(ended), .. }
            if task.kind == Kind::Draft && *ended < n =>
        {
            &ending.work()?.answer.text
        }
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::{Event, Recorded},
        ids::{ConversationId, Seq, Term},
        task::{Ending, Task, Work},
        teammate::Actor,
        thread::Thread,
        time::Timestamp,
        turn::{Answer, Grounding, Trace},
    };

    const C: ConversationId = ConversationId(7);

    fn answer(text: &str) -> Box<Answer> {
        Box::new(Answer { text: text.into(), sources: vec![], grounding: Grounding(900), trace: Trace::default() })
    }

    fn replied(text: &str) -> Event {
        Event::Replied { text: text.into(), term: Term(1) }
    }

    fn given() -> Event {
        Event::TaskGiven { to: crate::domain::ids::TeammateId(2), task: Box::new(Task::of(Kind::Draft, "reply")) }
    }

    fn done(task: u32, text: &str) -> Event {
        let work = Box::new(Work { answer: answer(text), summary: String::new(), questions: vec![] });
        Event::TaskEnded { task: EntryNo(task), ending: Box::new(Ending::Done { work: Some(work) }) }
    }

    fn thread(events: Vec<Event>) -> Thread {
        let mut thread = Thread::new(C);
        for (n, event) in (1..).zip(events) {
            let recorded = Recorded {
                seq: Seq(u64::from(n)),
                at: Timestamp(1),
                by: Actor::Desk,
                conversation: Some(C),
                n: EntryNo(n),
                event,
            };
            thread.apply(&recorded).unwrap();
        }
        thread
    }

    #[test]
    fn a_reply_is_held_against_what_was_suggested_for_it_and_the_next_one_is_not() {
        let talk = thread(vec![given(), done(1, "It left. [1]"), replied("It left today."), replied("Good bye.")]);
        assert_eq!(talk.changed(EntryNo(3)), Some(("It left.".to_owned(), "It left today.")));
        assert_eq!(talk.changed(EntryNo(4)), None, "what was answered already was not drafted for this");
        assert_eq!(talk.changed(EntryNo(1)), None);
    }

    #[test]
    fn what_came_after_the_reply_or_was_sent_as_it_was_is_no_change() {
        let late = thread(vec![given(), replied("It left."), done(1, "It comes.")]);
        assert_eq!(late.changed(EntryNo(2)), None);
        let same = thread(vec![given(), done(1, "It left. [1]"), replied("It left.")]);
        assert_eq!(same.changed(EntryNo(3)), None);
    }

    #[test]
    fn an_edited_draft_is_held_against_the_draft() {
        let draft = Event::DraftProposed {
            turn: EntryNo(1),
            answer: answer("Five days. [1]"),
            term: Term(1),
            expires_at: Timestamp(9),
            why: crate::domain::approval::Why::Mode,
        };
        let sent = Event::Answered {
            turn: EntryNo(1),
            answer: answer("Seven days."),
            term: Term(1),
            draft: Some(EntryNo(1)),
            author: None,
            checked: None,
        };
        assert_eq!(thread(vec![draft, sent]).changed(EntryNo(2)), Some(("Five days.".to_owned(), "Seven days.")));
    }
}
