//! What may happen, and what must be possible: the words of the model.

use crate::world::How;
use centaur::domain::ids::EntryNo;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The customer writes.
    Writes,
    /// The worker begins a turn.
    Begins,
    /// The worker sends the end of its turn.
    Ends(How),
    /// The worker dies and forgets its turn.
    Dies,
    /// A command arrives that was under way.
    Arrives(usize),
    /// The connector sends a claim.
    Asks(EntryNo),
    /// The connector gives what it claimed to the channel.
    Gives(EntryNo),
    /// The customer sees it.
    Reaches(EntryNo),
    /// The connector reports it as sent.
    Tells(EntryNo),
    /// The connector reports it as unknown: the channel did not answer.
    GivesUp(EntryNo),
    /// A person looks at the conversation.
    Looks(usize),
    /// A person takes over.
    Takes(usize),
    /// A person hands back.
    HandsBack(usize),
    /// The lead assigns it to the agent.
    Assigns,
    /// A person replies.
    Replies(usize),
    /// A person approves the draft.
    Approves(usize),
    /// The holder is not seen.
    Lapses,
    /// Time passes.
    Ticks,
    /// The server crashes and starts anew.
    Crashes,
    /// `quiet` is answered: nothing is on its way, or the time is up.
    Quiet,
    /// The second server learns what the first one knows.
    Syncs,
}

/// What must be possible, a bit each in [`Protocol::reached`].
pub const POSSIBLE: [&str; 9] = [
    "an end of a turn comes too late",
    "a claim comes too late",
    "a take-over loses against another",
    "a reply comes too late",
    "a named message arrives after quiet",
    "quiet is answered with a list",
    "a message arrives that a restart made unknown",
    "a notice is void since somebody took over",
    "a person's message is handed out after the holder changed",
];
