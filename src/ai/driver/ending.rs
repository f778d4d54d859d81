//! The end of a turn or a task: what is counted of it, and when the conversation is looked at again.
//!
//! Deliberately not here: how it ended.

use super::{AFTER_FAILURE, COUNTED, Driver, LOOKS_AGAIN, agenda::Wake};
use crate::{ai::turn::End, domain::ids::ConversationId};
use std::time::Duration;
use tokio::time::Instant;

impl Driver {
    pub(super) async fn done(&mut self, conversation: ConversationId, end: End) {
        let was_task = self.active.remove(&conversation).is_some_and(|active| active.task.is_some());
        if was_task && end == End::Dropped {
            // What the desk did not let begin, for a ceiling as an example, is tried again.
            self.agenda.add(Instant::now() + LOOKS_AGAIN, Wake::Task(conversation));
        }
        self.peer.unwatch(conversation).await;
        let counts = &mut self.counts;
        match end {
            End::Finished => counts.finished += 1,
            End::Again => counts.again += 1,
            End::Dropped => counts.dropped += 1,
            End::Failed => counts.failed += 1,
        }
        let counts = *counts;
        tracing::debug!(%conversation, ?end, "turn over");
        if (counts.finished + counts.again + counts.dropped + counts.failed).is_multiple_of(COUNTED) {
            let (finished, again, dropped, failed) = (counts.finished, counts.again, counts.dropped, counts.failed);
            let (active, queued) = (self.active.len(), self.queue.len());
            tracing::info!(finished, again, dropped, failed, active, queued, "the AI's turns");
        }
        // What waited behind this comes next.
        self.look_for_task(conversation);
        let wait = match end {
            _ if was_task => return self.look_again(conversation, self.settle()),
            End::Finished => return self.look_again(conversation, self.settle()),
            End::Again => {
                self.floor.unmark(conversation);
                self.settle()
            }
            End::Failed => {
                self.floor.unmark(conversation);
                AFTER_FAILURE
            }
            End::Dropped => {
                self.floor.mark_seen(conversation);
                return;
            }
        };
        self.look_again(conversation, wait);
    }

    fn look_again(&mut self, conversation: ConversationId, wait: Duration) {
        if let Some(asked) = self.floor.begin_settling(conversation) {
            self.agenda.add(Instant::now() + wait, Wake::Settled(conversation, asked));
        }
    }
}
