//! A line to the desk for one command: ask, read, wait, and find who is meant by a name.
//!
//! Deliberately not here: coming back after a cut (a script ends and is run again) and how anything looks.

use super::{Context, exit::Failure, token};
use crate::{
    client::{CallError, Caller, Dial, Socket},
    domain::{
        card::Card,
        command::Command,
        desk::Office,
        event::Event,
        guidance::GuidanceId,
        holder::Holder,
        ids::{ConversationId, EntryNo, TeammateId, Term},
        refusal::Refusal,
        task::Ending,
        teammate::{Kind, Teammate},
        thread::Thread,
        time::Timestamp,
    },
    protocol::{Answer, Page, Query, Scope, ToPeer, ToServer},
};
use std::{sync::Arc, time::Duration};

/// Events of a conversation read at once; the most that the server gives.
const HISTORY: u32 = 500;
/// The most events of one conversation that a command reads.
const LONGEST_TALK: usize = 100_000;

/// How soon an AI that is here and free begins a task.
const BEGINS_WITHIN: Duration = Duration::from_secs(2);

/// How this program calls itself.
pub const PROGRAM: &str = concat!("centaur ", env!("CARGO_PKG_VERSION"));

/// A line to the desk.
#[derive(Debug)]
pub struct Desk {
    caller: Caller,
}

impl Desk {
    /// Connects by the way of the context, or to its server with the token that is found.
    ///
    /// # Errors
    /// No token, no server, or shown the door.
    pub async fn open(context: &Context, cards: Scope) -> Result<Self, Failure> {
        if let Some(way) = &context.way {
            return Self::over(Arc::clone(&way.dial), way.token.clone(), cards, context.patience()).await;
        }
        // An address that leads nowhere is said before anybody is asked for a token.
        Socket::new(context.server())?;
        Self::with(context, token::find(context)?, cards).await
    }

    /// Connects to the server of the context with this token.
    ///
    /// # Errors
    /// No server, or shown the door.
    pub async fn with(context: &Context, token: String, cards: Scope) -> Result<Self, Failure> {
        let socket = Socket::new(context.server())?;
        Self::over(Arc::new(socket), token, cards, context.patience()).await
    }

    /// Connects over any line.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub async fn over(dial: Arc<dyn Dial>, token: String, cards: Scope, patience: Duration) -> Result<Self, Failure> {
        let open = Caller::open(dial, token, cards, PROGRAM.to_owned());
        let caller = tokio::time::timeout(patience, open)
            .await
            .map_err(|_| Failure::TimedOut(format!("the server did not answer within {} s", patience.as_secs())))??;
        Ok(Self { caller: caller.within(patience) })
    }

    /// Who asks.
    #[must_use]
    pub fn me(&self) -> &Teammate {
        &self.caller.welcome().you
    }

    /// The desk, as it was at the greeting.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.caller.welcome().office
    }

    /// The server's time at the greeting.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.caller.welcome().now
    }

    /// Does it.
    ///
    /// # Errors
    /// A refusal, or the line failed.
    pub async fn ask(&mut self, command: Command) -> Result<Answer, Failure> {
        let result = self.caller.call(command).await?;
        result.map_err(|why| Failure::refused(why, self.office()))
    }

    /// Reads a page.
    ///
    /// # Errors
    /// A refusal, or the line failed.
    pub async fn read(&mut self, query: Query) -> Result<Page, Failure> {
        match self.caller.query(query).await? {
            Page::Refused { why } => Err(Failure::refused(why, self.office())),
            page => Ok(page),
        }
    }

    /// The card of a conversation.
    ///
    /// # Errors
    /// A refusal (4 if there is none), or the line failed.
    pub async fn card(&mut self, conversation: ConversationId) -> Result<Card, Failure> {
        match self.read(Query::Card { conversation }).await? {
            Page::Cards { cards, .. } => cards.into_iter().next().ok_or_else(|| {
                Failure::refused(Refusal::NotFound { what: format!("conversation {conversation}") }, self.office())
            }),
            page => Err(unexpected(&page)),
        }
    }

    /// The whole talk.
    ///
    /// # Errors
    /// A refusal, or the line failed.
    pub async fn thread(&mut self, conversation: ConversationId) -> Result<Thread, Failure> {
        let mut pages = Vec::new();
        let mut before: Option<EntryNo> = None;
        let mut read = 0;
        loop {
            let (events, earlier) = match self.read(Query::History { conversation, before, limit: HISTORY }).await? {
                Page::History { events, earlier } => (events, earlier),
                page => return Err(unexpected(&page)),
            };
            let first = events.first().map(|event| event.n);
            read += events.len();
            pages.push(events);
            // A page that brings nothing older would be asked for again for ever.
            if !earlier || first.is_none() || first == before || read >= LONGEST_TALK {
                break;
            }
            before = first;
        }
        let mut thread = Thread::new(conversation);
        for event in pages.iter().rev().flatten() {
            thread.apply(event).map_err(|gap| {
                Failure::Failed(format!(
                    "the server left out entries {} to {} of #{conversation}; try again",
                    gap.expected, gap.came
                ))
            })?;
        }
        Ok(thread)
    }

    /// All cards on the floor: those that the server sends unasked to a line of [`Scope::All`].
    ///
    /// # Errors
    /// The line failed.
    pub async fn floor(&mut self, patience: Duration) -> Result<Vec<Card>, Failure> {
        let mut found: std::collections::BTreeMap<ConversationId, Card> = std::collections::BTreeMap::new();
        loop {
            if let ToPeer::Cards { cards, gone, current } = self.frame(patience).await? {
                found.extend(cards.into_iter().map(|card| (card.id, card)));
                for conversation in gone {
                    found.remove(&conversation);
                }
                if current.is_some() {
                    return Ok(found.into_values().collect());
                }
            }
        }
    }

    /// Waits until nothing older of the AI's can reach the customer; `None` if that was not told in time.
    ///
    /// # Errors
    /// The line failed.
    pub async fn quiet(
        &mut self,
        conversation: ConversationId,
        is_it: impl Fn(Term) -> bool,
        within: Duration,
    ) -> Result<Option<(Term, Vec<EntryNo>)>, Failure> {
        let until = tokio::time::Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            match self.caller.next_frame(left).await {
                Ok(ToPeer::Quiet { conversation: at, term, may_still_arrive }) if at == conversation && is_it(term) => {
                    return Ok(Some((term, may_still_arrive)));
                }
                Ok(_) => {}
                Err(CallError::TimedOut { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until a task has ended; none if that did not happen in time, or if no AI began it soon: the one who should may
    /// not be here.
    ///
    /// # Errors
    /// The line failed.
    pub async fn task_ended(
        &mut self,
        conversation: ConversationId,
        task: EntryNo,
        within: Duration,
    ) -> Result<Option<Ending>, Failure> {
        let asked = tokio::time::Instant::now();
        let mut until = asked + within.min(BEGINS_WITHIN);
        self.caller.peer().watch(conversation, None).await;
        let begins = |event: &Event| matches!(event, Event::TaskBegan { task: begun, .. } if *begun == task);
        let is_it = |event: &Event| matches!(event, Event::TaskEnded { task: ended, .. } if *ended == task);
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            let events =
                match self.caller.next_frame(left).await {
                    Ok(
                        ToPeer::Thread { conversation: at, events, .. } | ToPeer::Events { conversation: at, events },
                    ) if at == conversation => events,
                    Ok(_) => continue,
                    Err(CallError::TimedOut { .. }) => return Ok(None),
                    Err(error) => return Err(error.into()),
                };
            if events.iter().any(|one| begins(&one.event)) {
                until = asked + within;
            }
            if let Some(Event::TaskEnded { ending, .. }) = events.into_iter().map(|one| one.event).find(is_it) {
                return Ok(Some(*ending));
            }
        }
    }

    /// Asks for a trial of guidance; what comes of it are frames with this number.
    pub async fn try_guidance(&self, id: u32, guidance: GuidanceId, talks: u8, ai: Option<TeammateId>) {
        self.caller.peer().tell(ToServer::Try { id, guidance, talks, ai }).await;
    }

    /// The next frame that answers nothing.
    ///
    /// # Errors
    /// The line failed.
    pub async fn frame(&mut self, within: Duration) -> Result<ToPeer, Failure> {
        Ok(self.caller.next_frame(within).await?)
    }

    /// The teammate who is called so, present ones only.
    ///
    /// # Errors
    /// [`Failure::NotFound`] with who there is; [`Failure::Usage`] if several are meant.
    pub fn teammate(&self, said: &str) -> Result<&Teammate, Failure> {
        named(self.office(), self.me().id, said)
    }

    /// The AI who is called so.
    ///
    /// # Errors
    /// As for [`teammate`](Self::teammate); [`Failure::Usage`] if it is no AI.
    pub fn ai(&self, said: &str) -> Result<TeammateId, Failure> {
        let teammate = self.teammate(said)?;
        match teammate.role.kind() {
            Kind::Ai => Ok(teammate.id),
            Kind::Human | Kind::Connector => Err(Failure::Usage(format!(
                "{} is no AI; use `centaur assign` to give a conversation to a person",
                teammate.name
            ))),
        }
    }

    /// Who is called so, as a holder: `queue`, `me`, or a name.
    ///
    /// # Errors
    /// As for [`teammate`](Self::teammate); [`Failure::Usage`] for a connector.
    pub fn holder(&self, said: &str) -> Result<Holder, Failure> {
        if said.eq_ignore_ascii_case("queue") {
            return Ok(Holder::Queue);
        }
        let teammate = self.teammate(said)?;
        match teammate.role.kind() {
            Kind::Human => Ok(Holder::Human(teammate.id)),
            Kind::Ai => Ok(Holder::Ai(teammate.id)),
            Kind::Connector => {
                Err(Failure::Usage(format!("{} is a connector; it holds no conversations", teammate.name)))
            }
        }
    }

    /// The name of a holder.
    #[must_use]
    pub fn name(&self, holder: Holder) -> String {
        holder.teammate().map_or_else(|| "queue".to_owned(), |id| self.office().name_of(id))
    }
}

/// Who at the desk is meant by `said`: `me`, an exact name, a name in another case, or the only one that begins so.
fn named<'a>(office: &'a Office, me: TeammateId, said: &str) -> Result<&'a Teammate, Failure> {
    let present = || office.teammates.values().filter(|teammate| !teammate.revoked);
    let said = said.trim().trim_start_matches('@');
    if said.eq_ignore_ascii_case("me")
        && let Some(teammate) = office.present(me)
    {
        return Ok(teammate);
    }
    if let Some(exact) = present().find(|teammate| teammate.name == said) {
        return Ok(exact);
    }
    let lower = said.to_lowercase();
    let same: Vec<&Teammate> = present().filter(|teammate| teammate.name.to_lowercase() == lower).collect();
    let begins: Vec<&Teammate> = if same.is_empty() && !lower.is_empty() {
        present().filter(|teammate| teammate.name.to_lowercase().starts_with(&lower)).collect()
    } else {
        same
    };
    let names = |of: &mut dyn Iterator<Item = &'a Teammate>| {
        of.take(20).map(|teammate| teammate.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    match begins.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::NotFound(format!(
            "nobody here is called `{said}`; there are {}",
            names(&mut present().filter(|teammate| teammate.role.kind() != Kind::Connector))
        ))),
        several => Err(Failure::Usage(format!(
            "`{said}` may be {}; write the whole name",
            names(&mut several.iter().copied())
        ))),
    }
}

/// The server answered something else than what was asked.
#[must_use]
pub fn unexpected(_: &Page) -> Failure {
    Failure::Failed("the server answered another question; is it of another version? `centaur doctor` tells".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::teammate::Role;

    fn office() -> Office {
        let teammate = |id, name: &str, role, revoked| {
            (TeammateId(id), Teammate { id: TeammateId(id), name: name.into(), role, revoked, token: None })
        };
        Office {
            teammates: [
                teammate(1, "Mira", Role::Admin, false),
                teammate(2, "Aria", Role::Ai, false),
                teammate(3, "Lena", Role::Agent, false),
                teammate(4, "Leonie", Role::Agent, false),
                teammate(5, "Gone", Role::Agent, true),
                teammate(6, "web", Role::Connector, false),
            ]
            .into(),
            ..Office::default()
        }
    }

    #[test]
    fn a_name_means_whoever_alone_can_be_meant() {
        let office = office();
        let id = |said: &str| named(&office, TeammateId(1), said).map(|teammate| teammate.id.0).map_err(|f| f.code());
        assert_eq!(id("Aria"), Ok(2));
        assert_eq!(id("aria"), Ok(2));
        assert_eq!(id("@len"), Ok(3));
        assert_eq!(id("me"), Ok(1));
        assert_eq!(id("le"), Err(2));
        assert_eq!(id("gone"), Err(4));
        assert_eq!(id(""), Err(4));
    }
}
