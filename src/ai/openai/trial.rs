//! Trying an endpoint, for whoever sets it up: does it answer, how fast, does it count, does it cite.
//!
//! One small question with one source, and one that a tool answers. It waits longer than a customer would: a model that is
//! loaded first is told from one that is dead. Deliberately not here: how the findings look (see `cli::doctor`).

use super::{
    answer,
    count::{Counted, believed, tokens_of},
    endpoint::{Endpoint, SetupError, Tried},
    fault::Fault,
    material::Material,
    profile::Profile,
};
use crate::{
    ai::{model::Prompt, retrieval::Passage, tools::Offer},
    domain::ids::Digest,
};
use std::time::Duration;
use tokio::{sync::mpsc, time::Instant};

/// Pieces that wait to be taken; they are taken at once.
const PIECES: usize = 16;
/// How long an answer is waited for, if the profile is less patient.
const PATIENCE: Duration = Duration::from_mins(2);
/// The order that is asked for.
const ORDER: &str = "BW-20417";

/// What a trial found about tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tools {
    /// It called the one that fitted, with what fitted.
    Called,
    /// It did not.
    NotCalled,
    /// It takes none, in these words.
    Refused(String),
    /// It failed, for this reason.
    Failed(String),
}

/// What a trial found.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Until the first word.
    pub first: Duration,
    /// The first word of the very first answer, if it came later than `first_token`: the model was loaded, perhaps.
    pub cold: Option<Duration>,
    /// Until the end.
    pub whole: Duration,
    /// Pieces of the answer: one means that it does not stream.
    pub pieces: u32,
    /// Who counted the tokens.
    pub counted: Counted,
    /// Whether its answer stood on the source that it was given.
    pub cites: bool,
    /// Requests that were needed.
    pub attempts: u32,
    /// What became of the tool that it was offered.
    pub tools: Tools,
}

/// Why a trial found nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The profile cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The endpoint failed.
    #[error("{0}")]
    Fault(#[from] Fault),
}

/// Asks two small questions.
///
/// # Errors
/// [`TrialError`].
pub async fn run(profile: Profile) -> Result<Trial, TrialError> {
    let limit = profile.first_token;
    let patience = PATIENCE.max(profile.turn);
    let endpoint = Endpoint::new(Profile { first_token: patience, stall: patience, ..profile })?;
    let passage = Passage {
        document: "trial.md".to_owned(),
        title: "Opening hours".to_owned(),
        tags: Vec::new(),
        heading: "When is the shop open?".to_owned(),
        locale: None,
        topic: None,
        sentences: vec!["The shop is open from 9 to 17 on weekdays.".to_owned()],
        score: 1.0,
    };
    let said = vec!["When is the shop open?".to_owned()];
    let prompt = Prompt { said, passages: vec![passage], ..Prompt::default() };
    let mut asked = ask(&endpoint, &prompt, patience).await;
    let late = |asked: &Asked| asked.tried.first.filter(|first| *first > limit);
    let cold = late(&asked);
    if cold.is_some() && asked.tried.result.is_ok() {
        asked = ask(&endpoint, &prompt, patience).await;
    }
    let Asked { tried, material, took } = asked;
    let whole = tried.result?;
    let weighed = answer::weigh(&whole, &material, &prompt);
    let read = material.messages(&[], &[]).iter().map(|message| tokens_of(&message.content)).sum();
    let (_, counted) = believed(whole.usage, read, tokens_of(&whole.text), whole.thought);
    Ok(Trial {
        first: tried.first.unwrap_or_default(),
        cold,
        whole: took,
        pieces: whole.tokens,
        counted,
        cites: !weighed.sources.is_empty() && weighed.grounding.share() >= 0.5,
        attempts: tried.attempts,
        tools: tools(&endpoint, patience).await,
    })
}

/// Whether it calls a tool that fits.
async fn tools(endpoint: &Endpoint, patience: Duration) -> Tools {
    let offer = Offer {
        tool: "trial.order_lookup".to_owned(),
        description: "Looks an order up by its number, and says where it is.".to_owned(),
        schema: serde_json::json!({
            "type": "object", "required": ["order"],
            "properties": { "order": { "type": "string", "description": "The order's number, as in BW-10001." } },
        }),
        definition: Digest([0; 32]),
    };
    let name = offer.wire_name();
    let prompt = Prompt { said: vec![format!("Where is my order {ORDER}?")], tools: vec![offer], ..Prompt::default() };
    let tried = ask(endpoint, &prompt, patience).await.tried;
    let whole = match (tried.no_tools, tried.result) {
        (Some(words), _) => return Tools::Refused(words),
        (None, Err(fault)) => return Tools::Failed(fault.to_string()),
        (None, Ok(whole)) => whole,
    };
    let fits = whole.calls.iter().any(|call| call.name == name && call.arguments.contains(ORDER));
    if fits { Tools::Called } else { Tools::NotCalled }
}

/// What was asked, and what came of it.
struct Asked {
    tried: Tried,
    material: Material,
    took: Duration,
}

async fn ask(endpoint: &Endpoint, prompt: &Prompt, patience: Duration) -> Asked {
    let material = Material::of(prompt);
    let (pieces, mut came) = mpsc::channel(PIECES);
    let began = Instant::now();
    let messages = material.messages(&[], &[]);
    let asking = async {
        let tried = endpoint.ask(&messages, &prompt.tools, began + patience, &pieces, false).await;
        drop(pieces);
        tried
    };
    let taking = async { while came.recv().await.is_some() {} };
    let (tried, ()) = tokio::join!(asking, taking);
    Asked { tried, material, took: began.elapsed() }
}
