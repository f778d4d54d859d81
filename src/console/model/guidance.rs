//! Guidance on the AI screen: the pieces as they were read, and the one that is open with its uses and its trial.
//!
//! What holds is the desk's and live; counts stay as they were read. Deliberately not here: what an AI makes of a piece.

use super::Model;
use crate::{
    domain::{
        guidance::{GuidanceId, State, Tally},
        ids::ConversationId,
        teammate::Right,
        time::Timestamp,
    },
    protocol::guidance::{Compared, Piece, Use, Written},
};

/// Past talks that one trial takes, where no number is said.
pub const TALKS: u8 = 5;

/// What was read, and what is open.
#[derive(Clone, Debug, Default)]
pub struct Guiding {
    /// All pieces, newest first, retired ones too.
    pub pieces: Vec<Piece>,
    /// The number of the query that runs.
    pub asked: Option<u32>,
    /// The piece that is open.
    pub open: Option<Opened>,
    /// The piece that the next press of the key retires.
    pub retiring: Option<GuidanceId>,
}

/// A piece that is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which.
    pub id: GuidanceId,
    /// What was read of it.
    pub read: Option<Read>,
    /// The number of the query that runs.
    pub asked: Option<u32>,
    /// Why the server did not tell.
    pub refused: Option<String>,
    /// The trial, if there is one.
    pub trial: Option<Trying>,
    /// The row under the cursor: talks of the trial first, then uses.
    pub cursor: usize,
}

/// What was read of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// How it stands.
    pub piece: Piece,
    /// Its versions, newest first.
    pub versions: Vec<Written>,
    /// The one in use.
    pub published: Option<u16>,
    /// The answers that used it, newest first.
    pub uses: Vec<Use>,
    /// Whether there are earlier ones.
    pub earlier: bool,
}

/// A trial on past talks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trying {
    /// Our number of it.
    pub id: u32,
    /// Since when.
    pub since: Timestamp,
    /// The talks that came, in order.
    pub talks: Vec<Compared>,
    /// How it ended.
    pub over: Option<Over>,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// It looked at so many past turns.
    Done(u32),
    /// It could not be tried.
    Refused(String),
}

/// A row of an open piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A talk of the trial.
    Tried(&'a Compared),
    /// An answer that used it.
    Used(&'a Use),
}

impl Place<'_> {
    /// Where that is.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        match self {
            Self::Tried(talk) => talk.turn.conversation,
            Self::Used(used) => used.conversation,
        }
    }
}

impl Opened {
    /// A piece of which nothing is read yet.
    #[must_use]
    pub fn new(id: GuidanceId) -> Self {
        Self { id, read: None, asked: None, refused: None, trial: None, cursor: 0 }
    }

    /// Its rows, in order.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let tried = self.trial.iter().flat_map(|trial| &trial.talks).map(Place::Tried);
        tried.chain(self.read.iter().flat_map(|read| &read.uses).map(Place::Used))
    }

    /// The row under the cursor.
    #[must_use]
    pub fn place(&self) -> Option<Place<'_>> {
        self.places().nth(self.cursor)
    }
}

impl Model {
    /// The pieces of the list: those that stand, newest first, then the retired ones that were read.
    #[must_use]
    pub fn guidance_ids(&self) -> Vec<GuidanceId> {
        let standing = self.office.guidance.iter().rev().map(|piece| piece.id);
        let retired = self.ai.guiding.pieces.iter().filter(|piece| piece.state == State::Retired).map(|piece| piece.id);
        let mut ids: Vec<GuidanceId> = standing.collect();
        for id in retired {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Where a piece is now, its newest version, its title and where it holds.
    #[must_use]
    pub fn guidance_now(&self, id: GuidanceId) -> Option<(State, u16, String, String)> {
        if let Some(piece) = self.office.guidance(id) {
            let newest = piece.newest()?;
            let it = &newest.instruction;
            return Some((piece.state(), newest.version, it.title.clone(), it.scope()));
        }
        let piece = self.ai.guiding.pieces.iter().find(|piece| piece.id == id)?;
        let scope = if piece.topics.is_empty() { "all topics".to_owned() } else { piece.topics.join(", ") };
        // What stood when it was read and stands no more was retired since.
        Some((State::Retired, piece.version, piece.title.clone(), scope))
    }

    /// How often a piece was used, as it was read.
    #[must_use]
    pub fn tally(&self, id: GuidanceId) -> Option<Tally> {
        self.ai.guiding.pieces.iter().find(|piece| piece.id == id).map(|piece| piece.tally)
    }

    /// Whether the person who sits here may write guidance and try it.
    #[must_use]
    pub fn may_guide(&self) -> bool {
        self.you.as_ref().is_some_and(|you| you.role.may(Right::Guide))
    }

    /// Whether the person who sits here may publish guidance and retire it.
    #[must_use]
    pub fn may_publish(&self) -> bool {
        self.you.as_ref().is_some_and(|you| you.role.may(Right::Publish))
    }
}
