//! Events that change an entry rather than make one: a draft's end, a judgement, a delivery, a tool's way.
//!
//! Deliberately not here: what makes an entry.

use super::{Entry, Send, Thread, What};
use crate::domain::{
    annotation::Annotation,
    approval::Ending,
    delivery::State,
    event::{Event, Recorded},
    ids::EntryNo,
};

impl Thread {
    /// Events that change an entry rather than make one.
    pub(super) fn amend(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::DraftEnded { draft, ending: how } => {
                if let Some(Entry { what: What::Draft { ending, .. }, .. }) = self.entry_mut(*draft) {
                    *ending = Some((how.clone(), recorded.by));
                }
                if !matches!(how, Ending::Approved | Ending::Edited)
                    && let Some(turn) = self.turn_before(*draft)
                {
                    self.whisper_again(turn);
                }
            }
            Event::TaskBegan { task, .. } => {
                if let Some(Entry { what: What::Task { begun, .. }, .. }) = self.entry_mut(*task) {
                    *begun = true;
                }
            }
            Event::TaskEnded { task, ending: how } => {
                if let Some(Entry { what: What::Task { ending, ended, .. }, .. }) = self.entry_mut(*task) {
                    *ending = Some((how.clone(), recorded.by));
                    *ended = Some(recorded.n);
                }
            }
            Event::TurnWaits { turn, .. } => {
                self.end_turn(*turn);
                self.whisper_again(*turn);
            }
            Event::ToolEnded { call, .. } | Event::ToolBegan { call } | Event::ToolRan { call, .. } => {
                if let Some(Entry { what: What::Tool { used }, .. }) = self.entry_mut(*call) {
                    used.take(recorded);
                }
            }
            Event::Annotated { message, judgement, supersedes } => {
                let (Some(reviewer), n) = (recorded.by.teammate(), recorded.n) else { return };
                if let Some(entry) = self.entry_mut(*message) {
                    entry.annotations.push(Annotation {
                        n,
                        message: *message,
                        reviewer,
                        judgement: judgement.clone(),
                        supersedes: *supersedes,
                        withdrawn: false,
                    });
                }
            }
            Event::AnnotationWithdrawn { annotation } => {
                for one in self.entries.iter_mut().flat_map(|entry| entry.annotations.iter_mut()) {
                    if one.n == *annotation {
                        one.withdrawn = true;
                    }
                }
            }
            Event::DeliveryClaimed { message } => {
                let public = self.public.next();
                self.public = public;
                self.set_send(*message, Send { state: State::Claimed, public: Some(public) });
            }
            Event::DeliveryReported { message, report } => {
                let public = self.entry(*message).and_then(Entry::send).and_then(|send| send.public);
                self.set_send(*message, Send { state: report.state(), public });
            }
            Event::DeliveriesVoided { messages } => {
                for message in messages {
                    self.set_send(*message, Send { state: State::Void, public: None });
                }
            }
            _ => {}
        }
    }

    fn set_send(&mut self, message: EntryNo, to: Send) {
        if let Some(entry) = self.entry_mut(message) {
            match &mut entry.what {
                What::Reply { send, .. } | What::Answer { send, .. } | What::Notice { send, .. } => *send = to,
                _ => {}
            }
        }
    }

    pub(super) fn end_turn(&mut self, turn: EntryNo) {
        if let Some(Entry { what: What::Turn { ended, .. }, .. }) = self.entry_mut(turn) {
            *ended = true;
        }
    }

    /// The turn that a draft came of: the last one that began before it.
    fn turn_before(&self, draft: EntryNo) -> Option<EntryNo> {
        let mut earlier = self.entries.iter().rev().filter(|entry| entry.n < draft);
        earlier.find(|entry| matches!(entry.what, What::Turn { .. })).map(|entry| entry.n)
    }

    /// What the turn applied came to nothing: it waits for the next one.
    pub(super) fn whisper_again(&mut self, turn: EntryNo) {
        for entry in &mut self.entries {
            if let What::Whisper { applied, .. } = &mut entry.what
                && *applied == Some(turn)
            {
                *applied = None;
            }
        }
    }
}
