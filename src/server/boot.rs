//! From the log to a desk: the saved states, and what happened after them.

use super::{ServerError, clock::Clock, keys::Keys};
use crate::{
    domain::{
        conversation::Conversation,
        desk::Desk,
        event::Event,
        ids::{CommandId, ConversationId, Seq},
    },
    store::{EventLog, LogReader, States, StoreError},
};
use std::collections::{BTreeMap, HashMap};

/// Events read at once.
const PAGE: usize = 4_096;
/// Among how many of the conversations before it one of the same channel is looked for.
const LIKELY: usize = 8;
/// Keys younger than this are held in memory.
const KEYS_FOR_MS: i64 = 10 * 60 * 1_000;

/// A desk that is ready to run.
pub(super) struct Boot {
    pub(super) desk: Desk,
    pub(super) keys: Keys,
    pub(super) reader: Box<dyn LogReader>,
    /// Conversations changed since their state was saved, with the first such event.
    pub(super) dirty: BTreeMap<ConversationId, Seq>,
    pub(super) office_dirty: bool,
}

/// Loads the desk.
pub(super) fn load(log: &dyn EventLog, clock: &dyn Clock) -> Result<Boot, ServerError> {
    let reader = log.reader()?;
    let mut desk = Desk::default();
    let mut office_seq = Seq(0);
    if let Some((seq, office)) = reader.office()? {
        desk.office = office;
        office_seq = seq;
    }
    // In one piece, which goes back to the system when it is done with: a tree would leave holes among what stays.
    let mut seqs = HashMap::new();
    let mut live: Vec<Box<Conversation>> = Vec::new();
    reader.for_each_state(States::Live, &mut |seq, mut conversation| {
        seqs.insert(conversation.card.id, seq);
        conversation.share_channel(live.iter().rev().take(LIKELY).map(AsRef::as_ref));
        live.push(Box::new(conversation));
    })?;
    // What this reader holds of the file's pages nobody asks for again: what is built next takes their place.
    drop(reader);
    let reader = log.reader()?;
    // From all at once, the tree is packed.
    desk.conversations = live.into_iter().map(|it| (it.card.id, it)).collect();
    // Numbers are never given twice: the newest is told by the states, not by an office that was saved before it.
    let settled = reader.states_before(None, 1)?.into_iter().map(|(_, newest)| newest.card.id);
    let newest = desk.conversations.keys().next_back().copied().into_iter().chain(settled).max();
    desk.office.newest = desk.office.newest.max(newest.unwrap_or_default());
    desk.follow_policy();
    let (dirty, office_dirty) = replay(reader.as_ref(), &mut desk, office_seq, &mut seqs)?;
    desk.office.seq = log.head().seq;
    let floor = CommandId(u128::from((clock.now().0 - KEYS_FOR_MS).max(0).unsigned_abs()) << 80);
    let keys = Keys::new(floor, reader.answers_since(floor)?);
    // A reader of its own, for the same reason.
    drop(reader);
    Ok(Boot { desk, keys, reader: log.reader()?, dirty, office_dirty })
}

fn replay(
    reader: &dyn LogReader,
    desk: &mut Desk,
    office_seq: Seq,
    seqs: &mut HashMap<ConversationId, Seq>,
) -> Result<(BTreeMap<ConversationId, Seq>, bool), StoreError> {
    let mut at = reader.floor()?;
    let mut dirty = BTreeMap::new();
    let mut office_dirty = false;
    loop {
        let page = reader.events(at, PAGE)?;
        let Some(last) = page.last() else { break };
        at = last.seq;
        for recorded in &page {
            let Some(id) = recorded.conversation else {
                if recorded.seq > office_seq {
                    office_dirty = true;
                    desk.apply(recorded);
                }
                continue;
            };
            if !seqs.contains_key(&id)
                && !matches!(recorded.event, Event::Opened { .. })
                && let Some((seq, conversation)) = reader.state(id)?
            {
                seqs.insert(id, seq);
                desk.take_in(conversation);
            }
            if seqs.get(&id).is_none_or(|seq| recorded.seq > *seq) {
                desk.apply(recorded);
                seqs.insert(id, recorded.seq);
                dirty.entry(id).or_insert(recorded.seq);
            }
        }
    }
    Ok((dirty, office_dirty))
}
