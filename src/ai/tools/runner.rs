//! The teammate who runs tools: it tells the desk what servers offer, runs what the desk lets run, and tells what came of it.
//!
//! It alone has the line to tool servers, and their keys. It is a peer like any other, with the one right to run tools: it
//! reads no talk, and is handed a call with its arguments only when the desk has let that call begin. Each call is begun
//! once; what was begun is told, or the desk says after a while that nobody can tell. Deliberately not here: whether a call
//! may be, and who asks for one.

use super::{Errand, Offer, Ran, Toolbox};
use crate::{
    client::{News, Options, Peer, Session, session::mint, wire::Dial},
    domain::{
        card::Card,
        command::Command,
        desk::Office,
        ids::{CommandId, ConversationId, EntryNo, TeammateId, Term},
        refusal::Refusal,
        tool::{Fate, LONGEST_DESCRIPTION, LONGEST_SCHEMA},
    },
    protocol::{Answer, ByeCode, Run, Scope, ToPeer},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use tokio::{select, sync::mpsc};

/// Calls that run at once; more wait, within the time that the desk and the AI give them.
const AT_ONCE: usize = 64;
/// Calls that ran and wait to be told. When they are as many, those who report wait.
const REPORTS: usize = 64;

/// A call in a conversation.
type Which = (ConversationId, EntryNo);

/// What was asked of the desk.
#[derive(Clone, Debug)]
enum Asked {
    Offer(String),
    Begin(Which),
    Finish(Which, Ran),
}

/// The session ended.
#[derive(Debug, thiserror::Error)]
#[error("the session of who runs tools ended: {why}")]
pub struct RunnerError {
    /// The server's code, if it said one.
    pub code: Option<ByeCode>,
    /// Why, for people.
    pub why: String,
}

/// Who runs tools.
#[derive(Debug)]
pub struct Runner {
    peer: Peer,
    tools: Toolbox,
    me: TeammateId,
    office: Arc<Office>,
    /// What the desk is being told of tools of ours, or did not take; none: that it is there no more.
    told: BTreeMap<String, Option<Offer>>,
    /// Calls that may run, with the term of their card.
    ready: BTreeMap<Which, Term>,
    /// Calls that were asked for, run, or are being told of; those that the desk refused, until their card changes.
    begun: HashSet<Which>,
    refused: HashSet<Which>,
    running: usize,
    asked: HashMap<CommandId, Asked>,
    reports: mpsc::Sender<(Which, Ran)>,
}

impl Runner {
    /// Runs what the desk lets run with `tools`, until the session ends. Dropping the future ends it at once; what runs then
    /// is of unknown fate.
    ///
    /// # Errors
    /// [`RunnerError`]: there is no other end.
    pub async fn run(dial: Arc<dyn Dial>, token: String, tools: Toolbox) -> Result<(), RunnerError> {
        let program = concat!("centaur-tools ", env!("CARGO_PKG_VERSION")).to_owned();
        let greeting = Options { token, cards: Scope::Ready, program, returns: true, resume: None };
        let (peer, mut news) = Session::start(dial, greeting);
        let (reports, mut reported) = mpsc::channel(REPORTS);
        let mut runner = Self {
            peer,
            tools: tools.clone(),
            me: TeammateId::default(),
            office: Arc::default(),
            told: BTreeMap::new(),
            ready: BTreeMap::new(),
            begun: HashSet::new(),
            refused: HashSet::new(),
            running: 0,
            asked: HashMap::new(),
            reports,
        };
        loop {
            select! {
                news = news.recv() => match news {
                    Some(News::Ended { code, why }) => return Err(RunnerError { code, why }),
                    None => return Err(RunnerError { code: None, why: "it is over".to_owned() }),
                    Some(News::Frame(frame)) => runner.frame(*frame).await,
                    Some(News::Answered { id, result }) => runner.answered(id, &result).await,
                    Some(News::Lost { .. }) => {}
                },
                Some((which, ran)) = reported.recv() => {
                    runner.running = runner.running.saturating_sub(1);
                    runner.finish(which, ran).await;
                }
                () = tools.changed() => runner.offer().await,
            }
            runner.begin().await;
        }
    }

    async fn frame(&mut self, frame: ToPeer) {
        match frame {
            ToPeer::Welcome { you, office, resumed, .. } => {
                self.me = you.id;
                if !resumed {
                    self.ready.clear();
                }
                self.desk(*office).await;
            }
            ToPeer::Desk { office } => self.desk(*office).await,
            ToPeer::Cards { cards, gone, .. } => {
                cards.iter().for_each(|card| self.card(card));
                self.ready.retain(|(talk, _), _| !gone.contains(talk));
            }
            ToPeer::Run { conversation, call, run } => self.start((conversation, call), *run),
            _ => {}
        }
    }

    async fn desk(&mut self, office: Office) {
        if office.policy != self.office.policy {
            self.told.clear();
        }
        self.office = Arc::new(office);
        // A stop that was lifted lets run what it held.
        self.refused.clear();
        self.offer().await;
    }

    /// Tells the desk of tools that it does not know so yet.
    async fn offer(&mut self) {
        if self.me == TeammateId::default() {
            return;
        }
        let offers = self.tools.all().into_iter().filter(|offer| self.office.policy.names_tool(&offer.tool)).map(kept);
        let offers: BTreeMap<String, Offer> = offers.map(|offer| (offer.tool.clone(), offer)).collect();
        let mine = |one: &&crate::domain::tool::Offered| one.by == self.me;
        let known: BTreeMap<String, Offer> =
            self.office.offers.iter().filter(mine).map(|one| (one.offer.tool.clone(), one.offer.clone())).collect();
        let mut commands = Vec::new();
        for (tool, offer) in &offers {
            let told = self.told.get(tool).cloned().unwrap_or_else(|| known.get(tool).cloned());
            if told.as_ref() != Some(offer) {
                commands.push((tool.clone(), Some(offer.clone())));
            }
        }
        // A server that has not come yet may still offer what it offered before; one that is not here any more does not.
        let gone = |tool: &String| !offers.contains_key(tool) && (self.tools.has_heard(tool) || !self.tools.runs(tool));
        for tool in known.keys().filter(|tool| gone(tool)) {
            if self.told.get(tool).is_none_or(Option::is_some) {
                commands.push((tool.clone(), None));
            }
        }
        for (tool, offer) in commands {
            self.told.insert(tool.clone(), offer.clone());
            let command = match offer {
                Some(offer) => Command::OfferTool { offer: Box::new(offer) },
                None => Command::WithdrawTool { tool: tool.clone() },
            };
            self.ask(Asked::Offer(tool), command).await;
        }
    }

    async fn ask(&mut self, asked: Asked, command: Command) {
        let id = mint();
        self.asked.insert(id, asked);
        self.peer.ask_as(id, command).await;
    }

    fn card(&mut self, card: &Card) {
        self.ready.retain(|(talk, _), _| *talk != card.id);
        self.refused.retain(|(talk, _)| *talk != card.id);
        for ready in card.ready.iter() {
            if self.tools.runs(&ready.tool) {
                self.ready.insert((card.id, ready.call), card.term);
            }
        }
    }

    /// Asks to begin what may run, as much as there is room for.
    async fn begin(&mut self) {
        let free = |which: &Which| !self.begun.contains(which) && !self.refused.contains(which);
        let next: Vec<(Which, Term)> =
            self.ready.iter().filter(|(which, _)| free(which)).map(|(which, term)| (*which, *term)).collect();
        for (which, term) in next {
            if self.running >= AT_ONCE {
                return;
            }
            self.running += 1;
            self.begun.insert(which);
            let (conversation, call) = which;
            self.ask(Asked::Begin(which), Command::BeginTool { conversation, call, term }).await;
        }
    }

    /// The desk hands a call over: once, though it may be handed over again after the line was cut.
    fn start(&mut self, which: Which, run: Run) {
        let waits = |asked: &Asked| matches!(asked, Asked::Begin(begun) if *begun == which);
        // The call comes before the answer to the asking; what was answered runs already.
        let Some(id) = self.asked.iter().find_map(|(id, asked)| waits(asked).then_some(*id)) else { return };
        self.asked.remove(&id);
        let Run { tool, arguments, definition, digest, reads } = run;
        let (tools, reports) = (self.tools.clone(), self.reports.clone());
        tokio::spawn(async move {
            let key = format!("{digest}-{}", which.1);
            let mut ran = tools.run(Errand { tool, arguments, definition, key }).await;
            if reads && ran.fate == Fate::Unknown {
                ran.fate = Fate::Failed;
            }
            // Fails only when the runner has ended: then the desk says that nobody can tell.
            let _ = reports.send((which, ran)).await;
        });
    }

    async fn finish(&mut self, which: Which, ran: Ran) {
        let ((conversation, call), Ran { fate, result }) = (which, ran.clone());
        self.ask(Asked::Finish(which, ran), Command::FinishTool { conversation, call, fate, result }).await;
    }

    async fn answered(&mut self, id: CommandId, result: &Result<Answer, Refusal>) {
        match (self.asked.remove(&id), result) {
            (Some(Asked::Begin(which)), result) => {
                // Refused; or accepted without a call, which then is of unknown fate, and nothing is to be begun again.
                self.running = self.running.saturating_sub(1);
                if let Err(why) = result {
                    tracing::debug!(conversation = %which.0, call = %which.1, code = why.code(), "a call may not begin");
                    self.begun.remove(&which);
                    if *why != Refusal::Busy {
                        self.refused.insert(which);
                    }
                }
            }
            (Some(Asked::Finish(which, ran)), Err(Refusal::Busy | Refusal::ReadOnly { .. })) => {
                // What was done must be known: once more, at the pace of the answers.
                self.finish(which, ran).await;
            }
            (Some(Asked::Finish(which, _)), result) => {
                if let Err(why) = result {
                    tracing::warn!(conversation = %which.0, call = %which.1, code = why.code(), "a call was told in vain");
                }
                self.begun.remove(&which);
                self.ready.remove(&which);
            }
            (Some(Asked::Offer(tool)), Err(why)) => {
                tracing::warn!(tool = %tool.escape_debug(), why = ?why, "the desk does not take a tool");
            }
            (Some(Asked::Offer(tool)), Ok(_)) => drop(self.told.remove(&tool)),
            (None, _) => {}
        }
    }
}

/// The offer as far as the desk keeps it. What is too long is left out: the policy's own schema still holds the arguments.
fn kept(mut offer: Offer) -> Offer {
    if offer.description.len() > LONGEST_DESCRIPTION {
        let end = (0..=LONGEST_DESCRIPTION).rev().find(|at| offer.description.is_char_boundary(*at)).unwrap_or(0);
        offer.description.truncate(end);
    }
    if offer.schema.to_string().len() > LONGEST_SCHEMA {
        offer.schema = serde_json::json!({ "type": "object" });
    }
    offer
}
