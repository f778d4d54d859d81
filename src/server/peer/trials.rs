//! Trials of guidance: a person asks, an AI that is here answers, and what it tells goes back to who asked.
//!
//! Only passed on: nothing is decided, kept or written. Where the line of who asked is full a talk is left out, so a peer that
//! does not take them slows nobody; the end of a trial is always told. Deliberately not here: what a trial is (see `protocol::guidance`, `ai::trial`).

use super::Note;
use crate::{
    domain::{
        ceiling::Level,
        desk::Office,
        guidance::GuidanceId,
        ids::TeammateId,
        teammate::{Right, Teammate},
        time::{Span, Timestamp},
    },
    protocol::{
        ToPeer,
        guidance::{TALKS, Trial},
    },
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::mpsc::{self, error::TrySendError};

/// Trials under way at once, over all.
const AT_ONCE: usize = 16;
/// An AI that has not ended a trial in this time is asked for another all the same.
const LONGEST: Span = Span::minutes(15);

/// What is tried, and by whom.
#[derive(Debug, Default)]
pub(super) struct Trials(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    /// The AIs that are here, by peer.
    ais: BTreeMap<u64, (TeammateId, mpsc::Sender<Note>)>,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    asker: u64,
    /// The asker's number for it.
    id: u32,
    to: mpsc::Sender<Note>,
    /// The peer that does it.
    by: u64,
    ai: TeammateId,
    since: Timestamp,
}

/// What a person asks for.
pub(super) struct Asked {
    pub(super) id: u32,
    pub(super) guidance: GuidanceId,
    pub(super) talks: u8,
    pub(super) ai: Option<TeammateId>,
}

impl Trials {
    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An AI is here, to answer customers.
    pub(super) fn join(&self, peer: u64, ai: TeammateId, notes: mpsc::Sender<Note>) {
        self.with(|inner| inner.ais.insert(peer, (ai, notes)));
    }

    /// A peer is gone: what it asked for is nobody's, what it did is told to be over.
    pub(super) fn leave(&self, peer: u64) {
        self.with(|inner| {
            inner.ais.remove(&peer);
            inner.open.retain(|_, open| {
                if open.by == peer {
                    open.say(refused("the AI that tried it left the desk; try again"));
                }
                open.by != peer && open.asker != peer
            });
        });
    }

    /// Hands a trial to an AI, or gives back why not.
    pub(super) fn ask(
        &self,
        (asker, me, to): (u64, &Teammate, &mpsc::Sender<Note>),
        asked: &Asked,
        office: &Office,
        now: Timestamp,
    ) -> Result<(), Trial> {
        let Asked { guidance, talks, ai, .. } = *asked;
        let told = self.with(|inner| inner.begin((asker, me, to), asked, office, now));
        match told {
            Ok((ticket, version, notes)) => {
                let talks = talks.clamp(1, TALKS);
                let frame = ToPeer::Try { ticket, guidance, version, talks };
                if notes.try_send(Note::Say(Box::new(frame))).is_err() {
                    self.with(|inner| inner.open.remove(&ticket));
                    return Err(refused("the AI takes nothing at the moment; try again in a while"));
                }
                Ok(())
            }
            Err(why) => {
                tracing::debug!(%guidance, ?ai, %why, "no trial");
                Err(refused(&why))
            }
        }
    }

    /// An AI tells what came of a trial.
    pub(super) fn tell(&self, me: TeammateId, ticket: u64, trial: Trial) {
        self.with(|inner| {
            let Some(open) = inner.open.get(&ticket).filter(|open| open.ai == me) else { return };
            let is_over = !matches!(trial, Trial::Talk { .. });
            open.say(trial);
            if is_over {
                inner.open.remove(&ticket);
            }
        });
    }
}

/// A number, what to try, and the AI's line.
type Begun = (u64, Box<crate::domain::guidance::Version>, mpsc::Sender<Note>);

impl Inner {
    fn begin(
        &mut self,
        (asker, me, to): (u64, &Teammate, &mpsc::Sender<Note>),
        asked: &Asked,
        office: &Office,
        now: Timestamp,
    ) -> Result<Begun, String> {
        if !me.role.may(Right::Guide) {
            return Err("not allowed for your role; ask a lead or an admin".to_owned());
        }
        if let Some(level) = office.used_today(now).into_iter().find(Level::is_reached) {
            // A trial is paid for as customers' answers are.
            return Err(format!("nothing more is tried today: {}", level.sentence()));
        }
        let piece = office.guidance(asked.guidance);
        let Some(version) = piece.and_then(|piece| piece.newest()) else {
            return Err(format!("there is no guidance {} to try: it was retired, or never was", asked.guidance));
        };
        // Who asks anew wants only that.
        self.open.retain(|_, open| {
            let goes_on = now.since(open.since) < LONGEST;
            if !goes_on && open.asker != asker {
                open.say(refused("the AI did not come to its end; try again"));
            }
            goes_on && open.asker != asker
        });
        if self.open.len() >= AT_ONCE {
            return Err("too much is being tried at once; try again in a while".to_owned());
        }
        let wanted = |ai: TeammateId| asked.ai.is_none_or(|wanted| wanted == ai);
        let here = self.ais.iter().filter(|(_, (ai, _))| wanted(*ai));
        // The one that answers customers first, as long as none is named.
        let first = office.front_ai();
        let Some((by, (ai, notes))) = here.min_by_key(|(_, (ai, _))| (Some(*ai) != first, *ai)) else {
            let who = asked.ai.map_or_else(|| "no AI".to_owned(), |ai| format!("{} not", office.name_of(ai)));
            return Err(format!("{who} is here to try it; `centaur agent` starts one"));
        };
        if self.open.values().any(|open| open.by == *by) {
            return Err(format!("{} is trying something already; try again in a while", office.name_of(*ai)));
        }
        self.last += 1;
        let open = Open { asker, id: asked.id, to: to.clone(), by: *by, ai: *ai, since: now };
        self.open.insert(self.last, open);
        Ok((self.last, Box::new(version.clone()), notes.clone()))
    }
}

impl Open {
    fn say(&self, trial: Trial) {
        say(&self.to, self.id, trial);
    }
}

/// A talk is left out where the line is full; the end waits for room, or for the end of the line.
fn say(to: &mpsc::Sender<Note>, id: u32, trial: Trial) {
    let is_last = !matches!(trial, Trial::Talk { .. });
    let told = to.try_send(Note::Say(Box::new(ToPeer::Tried { id, trial })));
    if let Err(TrySendError::Full(note)) = told
        && is_last
    {
        let to = to.clone();
        tokio::spawn(async move { to.send(note).await });
    }
}

fn refused(why: &str) -> Trial {
    Trial::Refused { why: why.to_owned() }
}
