//! A talk as it was when an AI began a turn: the events up to there, folded as the driver folds them.

use crate::{
    ai::view::View,
    client::{CallError, Caller},
    domain::{
        card::Card,
        event::{Event, Recorded},
        ids::{ConversationId, EntryNo},
        thread::Thread,
    },
    protocol::{Page, Query},
};

/// Events read at once, and of one talk at all; the rest of a longer one is left out.
const PAGE: u32 = 500;
const MOST: usize = 4_000;

/// A talk with all that happened in it.
pub(super) struct Past {
    card: Card,
    events: Vec<Recorded>,
}

impl Past {
    /// Reads a talk; none if it cannot be read whole.
    pub(super) async fn read(line: &mut Caller, conversation: ConversationId) -> Result<Option<Self>, CallError> {
        let Page::Cards { cards, .. } = line.query(Query::Card { conversation }).await? else { return Ok(None) };
        let Some(card) = cards.into_iter().next() else { return Ok(None) };
        let mut events: Vec<Recorded> = Vec::new();
        loop {
            let before = events.first().map(|first| first.n);
            let Page::History { events: mut page, earlier } =
                line.query(Query::History { conversation, before, limit: PAGE }).await?
            else {
                return Ok(None);
            };
            let is_empty = page.is_empty();
            page.append(&mut events);
            events = page;
            if !earlier {
                return Ok(Some(Self { card, events }));
            }
            if is_empty || events.len() > MOST {
                return Ok(None);
            }
        }
    }

    /// What the AI read at the beginning of the turn that ended with `n`, and what came of it then.
    pub(super) fn before(&self, n: EntryNo) -> Option<(View, String)> {
        let end = self.events.iter().find(|one| one.n == n)?;
        let (turn, was) = match &end.event {
            Event::Answered { turn, answer, .. }
            | Event::DraftProposed { turn, answer, .. }
            | Event::ShadowDrafted { turn, answer } => (*turn, answer.text.clone()),
            Event::Escalated { turn: Some(turn), reason, summary, .. } => {
                (*turn, format!("{}: {summary}", reason.words()))
            }
            // Done beside a person: there was no turn.
            _ => return None,
        };
        let mut thread = Thread::new(self.card.id);
        for event in self.events.iter().take_while(|one| one.n <= turn) {
            // They come in order and without a gap.
            let _ = thread.apply(event);
        }
        (thread.n == turn).then(|| (View::of(&self.card, &thread, turn), was))
    }
}
