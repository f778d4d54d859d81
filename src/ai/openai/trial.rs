//! Trying an endpoint, for whoever sets it up: does it answer, how fast, does it count, does it cite.
//!
//! One small question with one source. Deliberately not here: how the findings look (see `cli::doctor`).

use super::{
    answer,
    endpoint::{Endpoint, SetupError},
    fault::Fault,
    material::Material,
    profile::Profile,
};
use crate::ai::{model::Prompt, retrieval::Passage};
use std::time::Duration;
use tokio::{sync::mpsc, time::Instant};

/// Pieces that wait to be taken; they are taken at once.
const PIECES: usize = 16;

/// What a trial found.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Until the first word.
    pub first: Duration,
    /// Until the end.
    pub whole: Duration,
    /// Pieces of the answer: one means that it does not stream.
    pub pieces: u32,
    /// Whether it counts tokens.
    pub counts: bool,
    /// Whether its answer stood on the source that it was given.
    pub cites: bool,
    /// Requests that were needed.
    pub attempts: u32,
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

/// Asks one small question.
///
/// # Errors
/// [`TrialError`].
pub async fn run(profile: Profile) -> Result<Trial, TrialError> {
    let turn = profile.turn;
    let endpoint = Endpoint::new(profile)?;
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
    let material = Material::of(&prompt);
    let (pieces, mut came) = mpsc::channel(PIECES);
    let began = Instant::now();
    let messages = material.messages(&[], &[]);
    let asking = async {
        let tried = endpoint.ask(&messages, &[], began + turn, &pieces, false).await;
        drop(pieces);
        tried
    };
    let taking = async { while came.recv().await.is_some() {} };
    let (tried, ()) = tokio::join!(asking, taking);
    let whole = tried.result?;
    let weighed = answer::weigh(&whole, &material, &prompt);
    Ok(Trial {
        first: tried.first.unwrap_or_default(),
        whole: began.elapsed(),
        pieces: whole.tokens,
        counts: whole.usage.is_some(),
        cites: !weighed.sources.is_empty() && weighed.grounding.share() >= 0.5,
        attempts: tried.attempts,
    })
}
