//! What a turn or a task asks for, done: commands, looking things up, composing, timers.
//!
//! Deliberately not here: what it asks for.

use super::{
    Driver, Pace,
    agenda::Wake,
    answers::Asked,
    work::{compose, retrieve},
};
use crate::{
    ai::turn::Effect,
    client::session::{Order, mint},
    domain::ids::ConversationId,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

impl Driver {
    pub(super) async fn perform(&mut self, conversation: ConversationId, effects: Vec<Effect>) {
        let pace = if self.is_in_a_hurry() { Pace::Instant } else { self.options.pace };
        for effect in effects {
            let Some(active) = self.active.get_mut(&conversation) else { return };
            let attempt = active.attempt;
            match effect {
                Effect::Ask(command) => {
                    let id = mint();
                    let which = Asked::by(&command);
                    if which == Asked::Finish {
                        active.work = None;
                    }
                    self.asked.insert(id, (conversation, attempt, which));
                    // At most two for each conversation at once, so this never waits for an answer.
                    self.peer.ask_as(id, *command).await;
                }
                Effect::Retrieve(question) => {
                    active.work = Some(retrieve(
                        Arc::clone(&self.retrieval),
                        self.reports.clone(),
                        question,
                        (conversation, attempt),
                    ));
                }
                Effect::Compose(prompt) => {
                    let work =
                        compose(Arc::clone(&self.model), *prompt, pace, self.reports.clone(), (conversation, attempt));
                    active.work = Some(work);
                }
                // Ephemeral: where there is no room, watchers see the answer whole.
                Effect::Tell(frame) => drop(self.peer.try_order(Order::Tell(frame))),
                Effect::Schedule(timer, span) => {
                    let at = Instant::now() + Duration::from_millis(span.0);
                    self.agenda.add(at, Wake::Turn(conversation, attempt, timer));
                }
                Effect::Done(end) => self.done(conversation, end).await,
            }
        }
    }
}
