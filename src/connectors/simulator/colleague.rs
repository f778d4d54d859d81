//! A colleague at the desk: a person, simulated, who takes a few of the talks that ask for one and answers them.
//!
//! So that a demo's floor has talks that somebody else holds, and a queue that does not only grow. She holds few at once,
//! says little, and always leaves some of the queue to whoever watches; a talk whose draft waits she takes over and answers
//! herself. All she says stands in a file. Deliberately not here: judgement; she never approves, annotates or sets a mode.

use crate::{
    client::{CallError, Caller, Dial},
    domain::{
        card::{Card, Status},
        command::Command,
        escalation::Reason,
        holder::Holder,
        ids::{ConversationId, EntryNo, TeammateId},
        mode::Mode,
        task::{Kind, Task},
    },
    protocol::{Scope, ToPeer},
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long she listens before she looks what is due.
const LISTENS: Duration = Duration::from_millis(250);
/// How long she takes for an answer.
const ANSWERS_AFTER: Duration = Duration::from_secs(7);
/// How long the customer is silent until she settles the matter.
const SETTLES_AFTER: Duration = Duration::from_secs(14);
/// How many she takes at first, so that there are such talks at all.
const TAKES_AT_FIRST: usize = 2;
/// How many that wait for a person she leaves in the queue from then on.
const LEAVES: usize = 5;

/// What she says in one language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// After taking over.
    pub hello: String,
    /// To what the customer says then.
    pub later: String,
}

/// What she says, by language.
pub type Manner = BTreeMap<String, Lines>;

/// Reads what she says.
///
/// # Errors
/// What is wrong, with its line.
pub fn manner(text: &str) -> Result<Manner, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

/// A talk that she holds.
struct Held {
    /// The customer's newest message that she answered.
    answered: EntryNo,
    said: u8,
    /// How often she found nothing new.
    silent: u8,
    /// When she says or settles next.
    due: Instant,
}

struct Colleague {
    caller: Caller,
    me: TeammateId,
    manner: Manner,
    cards: BTreeMap<ConversationId, Card>,
    held: BTreeMap<ConversationId, Held>,
    /// How many she holds at once.
    holds: usize,
    /// How many she took.
    took: usize,
}

/// Sits at the desk with a person's token and holds `holds` talks at once. Dropping the future ends it at any time.
///
/// # Errors
/// [`CallError`] if the session ends.
pub async fn run(dial: Arc<dyn Dial>, token: String, manner: Manner, holds: usize) -> Result<(), CallError> {
    let program = concat!("centaur-colleague ", env!("CARGO_PKG_VERSION")).to_owned();
    let caller = Caller::open(dial, token, Scope::All, program).await?;
    let me = caller.welcome().you.id;
    let mut colleague = Colleague { caller, me, manner, cards: BTreeMap::new(), held: BTreeMap::new(), holds, took: 0 };
    loop {
        match colleague.caller.next_frame(LISTENS).await {
            Ok(ToPeer::Cards { cards, gone, .. }) => {
                colleague.cards.extend(cards.into_iter().map(|card| (card.id, card)));
                for id in gone {
                    colleague.cards.remove(&id);
                }
            }
            // What was missed comes again with the next change of a card.
            Ok(_) | Err(CallError::Behind { .. } | CallError::TimedOut { .. }) => {}
            Err(error) => return Err(error),
        }
        colleague.look().await?;
    }
}

impl Colleague {
    async fn look(&mut self) -> Result<(), CallError> {
        let me = self.me;
        self.held.retain(|id, _| self.cards.get(id).is_some_and(|card| card.holder.is_human(me)));
        // Who writes again after it was settled comes back to her.
        let is_back =
            |card: &&Card| card.status == Status::Open && card.holder.is_human(me) && !self.held.contains_key(&card.id);
        let back: Vec<ConversationId> = self.cards.values().filter(is_back).map(|card| card.id).collect();
        for id in back {
            self.held
                .insert(id, Held { answered: EntryNo(0), said: 1, silent: 0, due: Instant::now() + ANSWERS_AFTER });
        }
        let waiting = self.cards.values().filter(|card| calls(card) || is_drafted(card)).count();
        let spares = self.took < TAKES_AT_FIRST || waiting > LEAVES;
        // The one who came first has waited longest; who waits for a person comes before a draft.
        let first = |waits: fn(&Card) -> bool| self.cards.values().find(|card| waits(card) && self.speaks(card));
        if spares
            && self.held.len() < self.holds
            && let Some(card) = first(calls).or_else(|| first(is_drafted)).cloned()
        {
            let take = Command::TakeOver { conversation: card.id, term: card.term, reason: None };
            if self.caller.call(take).await?.is_ok() {
                self.took += 1;
                let held = Held { answered: EntryNo(0), said: 0, silent: 0, due: Instant::now() };
                self.held.insert(card.id, held);
                self.ask_for_help(&card).await?;
                if let Some(card) = self.cards.get_mut(&card.id) {
                    // Until the card comes that says so.
                    card.holder = Holder::Human(me);
                    card.escalation = None;
                    card.draft = None.into();
                }
                return Ok(());
            }
            // Somebody was first: the card that says so is on its way.
            self.cards.remove(&card.id);
        }
        let now = Instant::now();
        let due = self.held.iter().find(|(_, held)| held.due <= now).map(|(id, _)| *id);
        match due {
            Some(id) => self.act(id).await,
            None => Ok(()),
        }
    }

    /// Has the AI draft beside her. Refused where it may do nothing; then she answers without.
    async fn ask_for_help(&mut self, card: &Card) -> Result<(), CallError> {
        let task = Box::new(Task::of(Kind::Draft, "suggest a reply to what is open"));
        let _ = self.caller.call(Command::GiveTask { conversation: card.id, to: None, task }).await?;
        Ok(())
    }

    /// Answers what is new, or settles what has been silent.
    async fn act(&mut self, id: ConversationId) -> Result<(), CallError> {
        let (Some(card), Some(held)) = (self.cards.get(&id), self.held.get_mut(&id)) else { return Ok(()) };
        if card.asked > held.answered {
            let lines = self.manner.get(language(card));
            let text = lines.map(|lines| if held.said == 0 { &lines.hello } else { &lines.later }).cloned();
            held.answered = card.asked;
            held.said = held.said.saturating_add(1);
            held.silent = 0;
            held.due = Instant::now() + ANSWERS_AFTER;
            let reply = text.map(|text| Command::Reply { conversation: id, term: card.term, text });
            if let Some(reply) = reply {
                // Refused if somebody took it from her meanwhile; then it is theirs.
                let _ = self.caller.call(reply).await?;
            }
        } else if card.waiting_since.is_none() && (held.said > 1 || held.silent > 1) {
            self.held.remove(&id);
            if self.caller.call(Command::Resolve { conversation: id }).await?.is_ok() {
                // Until the card comes that says so.
                self.cards.remove(&id);
            }
        } else {
            held.silent = held.silent.saturating_add(1);
            held.due = Instant::now() + SETTLES_AFTER;
        }
        Ok(())
    }

    fn speaks(&self, card: &Card) -> bool {
        self.manner.contains_key(language(card))
    }
}

/// Whether the talk waits for any person: somebody was called, or the AI only drafts beside people. What a person of the desk
/// put into the queue she leaves there: whoever did so may want it back.
fn calls(card: &Card) -> bool {
    let called = card.escalation.as_ref().is_some_and(|call| call.reason != Reason::ByHand);
    let waits = called || (card.mode == Mode::Shadow && card.waiting_since.is_some());
    card.status == Status::Open && card.holder == Holder::Queue && waits
}

/// Whether a draft of the AI's waits in it for any person.
fn is_drafted(card: &Card) -> bool {
    card.status == Status::Open && card.holder.is_ai() && card.draft.is_some()
}

fn language(card: &Card) -> &str {
    card.customer.locale.as_deref().unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{escalation::Escalation, time::Timestamp};

    #[test]
    fn she_takes_what_the_ai_gave_up_and_leaves_what_a_person_put_into_the_queue() {
        for (reason, takes) in [(Reason::AskedForHuman, true), (Reason::ByHand, false)] {
            let mut card = Card::quiet(ConversationId(1), Timestamp(1));
            assert!(!calls(&card));
            let at = Timestamp(1);
            card.escalation = Some(Box::new(Escalation { reason, summary: String::new(), at }));
            assert_eq!(calls(&card), takes);
        }
    }

    #[test]
    fn what_she_says_is_read_and_a_mistake_is_told() {
        let text = "[en]\nhello = \"Hello.\"\nlater = \"I look into it.\"\n";
        assert_eq!(manner(text).unwrap()["en"].hello, "Hello.");
        assert!(manner("[en]\nhello = \"x\"").unwrap_err().contains("later"));
    }
}
