//! `centaur tail`: what happens, as it happens, one JSON value a line. It comes back after a cut and goes on where it
//! was; what it told once it does not tell again.

use super::{Context, desk::PROGRAM, exit::Failure, ls::Row, token};
use crate::{
    client::{CallError, News, Options, Session, Socket},
    domain::{
        desk::Office,
        ids::{ConversationId, EntryNo, Seq},
        time::Timestamp,
    },
    protocol::{ByeCode, Scope, ToPeer},
};
use serde_json::json;
use std::sync::Arc;

/// `centaur tail`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur tail | jq -r 'select(.type == \"card\" and .needs_human) | .id'
  centaur tail 42 --last 20
  centaur tail 42 --writing          also the AI's answer while it grows

Lines have a `type`: card, gone, event, draft_grew, quiet, lost, back. It runs until interrupted.")]
pub struct Tail {
    /// Which conversation; without it, the cards of the whole desk as they change
    conversation: Option<ConversationId>,
    /// Begin with so many of the last events
    #[arg(long, value_name = "N", default_value_t = 10, requires = "conversation")]
    last: usize,
    /// Also what the AI is writing, while it writes
    #[arg(long, requires = "conversation")]
    writing: bool,
    /// Begin with all cards as they are
    #[arg(long, conflicts_with = "conversation")]
    from_start: bool,
}

/// What was told so far.
struct Told {
    office: Box<Office>,
    now: Timestamp,
    /// Whether the first picture is complete, so that what comes is a change.
    current: bool,
    /// The newest card told, by its event.
    upto: Seq,
    /// The last entry told.
    n: Option<EntryNo>,
    /// Whether there was a line at all.
    welcomed: bool,
    /// Whether the line was lost and that was told.
    lost: bool,
}

impl Tail {
    /// Does it, until interrupted.
    ///
    /// # Errors
    /// No token, no server, shown the door; as the desk says.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let dial = Arc::new(Socket::new(context.server())?);
        let cards = if self.conversation.is_some() { Scope::None } else { Scope::All };
        let options =
            Options { token: token::find(context)?, cards, program: PROGRAM.to_owned(), returns: true, resume: None };
        let (peer, mut news) = Session::start(dial, options);
        if let Some(conversation) = self.conversation {
            peer.watch(conversation, None).await;
        }
        let mut told = Told {
            office: Box::default(),
            now: Timestamp::default(),
            current: self.from_start,
            upto: Seq::default(),
            n: None,
            welcomed: false,
            lost: false,
        };
        while let Some(one) = news.recv().await {
            match one {
                News::Frame(frame) => self.frame(*frame, &mut told, context)?,
                News::Answered { .. } => {}
                // A desk that was never there is a mistake; one that went away comes back.
                News::Lost { why, .. } if !told.welcomed => return Err(Failure::Unreachable(why)),
                News::Lost { why, .. } => {
                    if !told.lost {
                        told.lost = true;
                        context.out.json(&json!({ "type": "lost", "why": why }))?;
                    }
                }
                News::Ended { code, why } => return Err(CallError::Ended { code, why }.into()),
            }
        }
        Err(CallError::Ended { code: Some(ByeCode::Internal), why: "the session is over".to_owned() }.into())
    }

    fn frame(&self, frame: ToPeer, told: &mut Told, context: &mut Context) -> Result<(), Failure> {
        let out = &mut context.out;
        match frame {
            ToPeer::Welcome { office, now, seq, .. } => {
                told.office = office;
                told.now = now;
                if told.lost {
                    told.lost = false;
                    out.json(&json!({ "type": "back", "seq": seq }))?;
                }
                told.welcomed = true;
            }
            ToPeer::Desk { office } => told.office = office,
            ToPeer::Ping { now, .. } => told.now = now,
            ToPeer::Cards { cards, gone, current } => {
                for card in &cards {
                    if told.current && card.seq > told.upto {
                        let at = card.last.as_ref().map_or(told.now, |last| last.at.max(told.now));
                        let row = serde_json::to_value(Row::of(card, at, &told.office))?;
                        out.json(&typed("card", row))?;
                    }
                }
                for conversation in gone.into_iter().filter(|_| told.current) {
                    out.json(&json!({ "type": "gone", "conversation": conversation }))?;
                }
                // Cards come in no order of their events: only when the picture is complete are all up to there told.
                if let Some(current) = current {
                    told.current = true;
                    told.upto = told.upto.max(current);
                }
            }
            ToPeer::Thread { conversation, events, .. } | ToPeer::Events { conversation, events } => {
                if Some(conversation) != self.conversation {
                    return Ok(());
                }
                let skip = if told.n.is_none() { events.len().saturating_sub(self.last) } else { 0 };
                for (at, event) in events.iter().enumerate() {
                    if told.n.is_some_and(|n| event.n <= n) {
                        continue;
                    }
                    if at >= skip {
                        out.json(&typed("event", serde_json::to_value(event)?))?;
                    }
                }
                told.n = events.last().map(|event| event.n).max(told.n).or(Some(EntryNo(0)));
            }
            ToPeer::Unwatchable { why, .. } => return Err(Failure::refused(why, &told.office)),
            ToPeer::DraftGrew { conversation, turn, offset, text } if self.writing => {
                out.json(&json!({
                    "type": "draft_grew", "conversation": conversation, "turn": turn, "offset": offset, "text": text,
                }))?;
            }
            ToPeer::Quiet { conversation, term, may_still_arrive } => {
                out.json(&json!({
                    "type": "quiet", "conversation": conversation, "term": term, "may_still_arrive": may_still_arrive,
                }))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// An object with its type in front.
fn typed(name: &str, value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields) => {
            let mut object = serde_json::Map::new();
            object.insert("type".to_owned(), name.into());
            object.extend(fields);
            object.into()
        }
        other => other,
    }
}
