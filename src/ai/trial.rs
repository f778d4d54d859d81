//! A piece of guidance tried on past talks: each is answered twice as it was then, without it and with it.
//!
//! The same turn machine, model and knowledge as for customers, on a line of its own that only reads; whatever the machine
//! asks of the desk ends here, tools are never offered, and what is made is told to who asked and to nobody else. So a trial
//! changes nothing and sends nothing; a language model is paid for it all the same. Deliberately not here: judging which of
//! the two is better; a person sees both.

mod past;

use self::past::Past;
use super::{
    guidance::{Standing, applying},
    knowledge::Knowledge,
    model::Model,
    retrieval::Retrieval,
    turn::{Effect, Input, Rules, Turn},
    view::View,
};
use crate::{
    client::{CallError, Caller, wire::Dial},
    domain::{
        command::Command,
        desk::Office,
        guidance::{GuidanceId, Named, Version},
        ids::ConversationId,
        text::SafeText,
        turn::{Outcome, Source, Trace},
    },
    protocol::{
        Page, Query, Scope, ToServer,
        guidance::{Compared, Ended, LONGEST, PastTurn, Side, TALKS, Trial},
    },
};
use std::{collections::VecDeque, sync::Arc};
use tokio::{sync::mpsc, task::spawn_blocking};

/// Past turns that are looked at for such that fit, at most.
const LOOKED_AT: u32 = 120;
/// Effects of one turn that are followed: far more than a turn has.
const EFFECTS: usize = 64;
/// Passages that a model gets at most, as for customers.
const PASSAGES: usize = 8;
/// Pieces of an answer that wait to be dropped.
const PIECES: usize = 16;

/// What is to be tried.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The server's number of it.
    pub ticket: u64,
    /// Which piece.
    pub guidance: GuidanceId,
    /// What of it.
    pub version: Version,
    /// On so many talks at most.
    pub talks: u8,
}

/// Who answers: the same as for customers.
#[derive(Clone, Debug)]
pub struct Mind {
    /// What composes.
    pub model: Arc<dyn Model>,
    /// What finds.
    pub retrieval: Arc<Retrieval>,
    /// What is known.
    pub knowledge: Arc<Knowledge>,
}

/// The way to the desk, for a line of its own.
#[derive(Clone)]
pub struct Way {
    /// Where.
    pub dial: Arc<dyn Dial>,
    /// With what token.
    pub token: String,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A token is never written anywhere.
        f.write_str("Way")
    }
}

/// What was used for a trial.
type Spent = Option<(u32, u32)>;

/// Tries it, and tells what comes of it until it is over. Ends early where the line does.
pub async fn run(way: Way, mind: Mind, asked: Asked) {
    let program = concat!("centaur-ai-trial ", env!("CARGO_PKG_VERSION")).to_owned();
    let mut line = match Caller::open(way.dial, way.token, Scope::None, program).await {
        Ok(line) => line,
        Err(error) => return tracing::warn!(%error, "no line for a trial"),
    };
    let ticket = asked.ticket;
    let last = match tried(&mut line, &mind, asked).await {
        Ok((looked, tokens)) => Trial::Over { looked, tokens },
        Err(error) => Trial::Refused { why: format!("the AI could not read the past talks: {error}") },
    };
    tell(&line, ticket, last).await;
    line.close().await;
}

async fn tell(line: &Caller, ticket: u64, trial: Trial) {
    line.peer().tell(ToServer::Tried { ticket, trial }).await;
}

async fn tried(line: &mut Caller, mind: &Mind, asked: Asked) -> Result<(u32, Spent), CallError> {
    let Asked { ticket, guidance, version, talks } = asked;
    let office = line.welcome().office.clone();
    let topics = version.instruction.topics.clone();
    let mut turns = match line.query(Query::PastTurns { topics, limit: LOOKED_AT }).await? {
        Page::PastTurns { turns } => turns,
        _ => Vec::new(),
    };
    // Of the talk that it was made from first: that fault must be mended.
    let fault = version.from;
    let is_it = |turn: &PastTurn| fault.is_some_and(|it| (it.conversation, it.message) == (turn.conversation, turn.n));
    turns.sort_by_key(|turn| std::cmp::Reverse(is_it(turn)));
    let (mut looked, mut told, mut spent) = (0, 0, None);
    let mut past: Option<(ConversationId, Past)> = None;
    for turn in turns {
        if told >= talks.clamp(1, TALKS) {
            break;
        }
        looked += 1;
        if past.as_ref().is_none_or(|(id, _)| *id != turn.conversation) {
            past = Past::read(line, turn.conversation).await?.map(|read| (turn.conversation, read));
        }
        let Some((_, talk)) = &past else { continue };
        let Some((view, was)) = talk.before(turn.n) else { continue };
        let sides = Sides::of(&office, guidance, &version, view.topic.as_deref());
        let with = guided(&view, &sides.after, mind);
        if !with.guidance.iter().any(|piece| piece.named == Some(sides.tried)) {
            continue;
        }
        let without = guided(&view, &sides.before, mind);
        let customer = view.said.join("\n");
        let (before, used) = answered(without, &office, mind).await;
        let (after, more) = answered(with, &office, mind).await;
        spent = added(added(spent, used), more);
        told += 1;
        let (customer, was) = (cut(&customer), cut(&was));
        let talk = Box::new(Compared { turn, customer, was, before, after });
        tell(line, ticket, Trial::Talk { talk }).await;
    }
    Ok((looked, spent))
}

/// What holds without what is tried, and with it.
struct Sides {
    tried: Named,
    before: Vec<Standing>,
    after: Vec<Standing>,
}

impl Sides {
    fn of(office: &Office, guidance: GuidanceId, version: &Version, topic: Option<&str>) -> Self {
        let tried = Named { guidance, version: version.version };
        let others = || office.holding(topic).filter(|it| it.named.guidance != guidance);
        // What holds already is tried against nothing; a newer version against the one that holds.
        let before = office.holding(topic).filter(|it| it.named != tried).map(Standing::from).collect();
        let own = version.instruction.covers(topic);
        let own = own.then(|| Standing { named: Some(tried), instruction: version.instruction.clone() });
        Self { tried, before, after: others().map(Standing::from).chain(own).collect() }
    }
}

fn guided(view: &View, pieces: &[Standing], mind: &Mind) -> View {
    View { guidance: applying(pieces, view, &mind.knowledge), ..view.clone() }
}

/// Plays a turn on the talk as it was, with a desk that accepts and forgets everything.
async fn answered(view: View, office: &Office, mind: &Mind) -> (Side, Spent) {
    let rules = Rules {
        policy: Arc::clone(&office.policy),
        model: mind.model.name(),
        config: mind.knowledge.version().to_owned(),
        // A tool would act: none is there.
        tools: Vec::new(),
    };
    let (conversation, term) = (view.conversation, view.term);
    let (mut turn, begun) = Turn::begin(conversation, term, rules);
    let mut todo: VecDeque<Effect> = begun.into();
    let mut view = Some(Box::new(View { shadow: false, ..view }));
    for _ in 0..EFFECTS {
        let Some(effect) = todo.pop_front() else { break };
        let input = match effect {
            Effect::Ask(command) => match *command {
                Command::BeginTurn { .. } => view.take().map(|view| Input::Began(crate::domain::ids::EntryNo(1), view)),
                Command::FinishTurn { outcome, .. } => return side(outcome),
                _ => None,
            },
            Effect::Retrieve(question) => {
                let retrieval = Arc::clone(&mind.retrieval);
                let found = spawn_blocking(move || retrieval.search(&question, PASSAGES)).await;
                Some(Input::Retrieved(found.unwrap_or_default()))
            }
            Effect::Compose(prompt) => {
                let (pieces, mut came) = mpsc::channel(PIECES);
                let dropped = async { while came.recv().await.is_some() {} };
                let (composed, ()) = tokio::join!(mind.model.compose(*prompt, pieces), dropped);
                Some(match composed {
                    Ok(composed) => Input::Composed(Box::new(composed)),
                    Err(error) => Input::GaveUp(Box::new(error)),
                })
            }
            Effect::Tell(_) | Effect::Schedule(..) | Effect::Done(_) => None,
        };
        if let Some(input) = input {
            todo.extend(turn.handle(input, 0));
        }
    }
    (failed("the turn did not end"), None)
}

fn failed(why: &str) -> Side {
    let grounding = crate::domain::turn::Grounding(0);
    let (sources, guidance, notes) = (Vec::new(), Vec::new(), Vec::new());
    Side { ended: Ended::Failed, text: cut(why), sources, grounding, guidance, notes }
}

fn side(outcome: Outcome) -> (Side, Spent) {
    let notes = |trace: &Trace| {
        let steps = trace.steps.iter().filter(|step| step.name == "guidance");
        steps.map(|step| SafeText::line_within(&step.detail, 300).to_string()).collect()
    };
    match outcome {
        Outcome::Answer { answer, .. } => {
            let named = |source: &Source| format!("{} § {}", source.document, source.heading);
            let side = Side {
                ended: Ended::Answer,
                text: cut(&answer.text),
                sources: answer.sources.iter().take(9).map(named).map(|named| cut(&named)).collect(),
                grounding: answer.grounding,
                guidance: answer.trace.guidance.clone(),
                notes: notes(&answer.trace),
            };
            (side, answer.trace.tokens)
        }
        Outcome::Escalate { reason, summary, trace, .. } => {
            let text = cut(&format!("{}: {summary}", reason.words()));
            let (guidance, notes) = (trace.guidance.clone(), notes(&trace));
            (Side { ended: Ended::Person, guidance, notes, ..failed(&text) }, trace.tokens)
        }
        Outcome::Abandon { why, trace } | Outcome::Fail { why, trace } => (failed(&why), trace.tokens),
        Outcome::Wait { trace, .. } => (failed("it waits for a tool, and a trial has none"), trace.tokens),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn added(one: Spent, more: Spent) -> Spent {
    match (one, more) {
        (Some((a, b)), Some((c, d))) => Some((a.saturating_add(c), b.saturating_add(d))),
        (one, more) => one.or(more),
    }
}
