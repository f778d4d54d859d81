//! What runs beside the driver: looking things up, and composing at a pace. Both report over one channel and end with
//! their owner.

use super::Pace;
use crate::{
    ai::{
        model::{Composed, Model, ModelError, Piece, Prompt},
        retrieval::{Passage, Question, Retrieval},
    },
    domain::ids::ConversationId,
};
use std::sync::Arc;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn, spawn_blocking},
    time::sleep,
};

/// Passages that a model gets at most.
const PASSAGES: usize = 8;
/// Pieces of an answer that wait to be shown. When they are as many, the model waits.
const PIECES: usize = 16;

/// A task that ends with its owner.
#[derive(Debug)]
pub(super) struct Work(JoinHandle<()>);

impl Work {
    /// Something that runs beside the driver until it ends, or its owner does.
    pub(super) fn of(what: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(spawn(what))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) struct Report {
    pub(super) conversation: ConversationId,
    pub(super) attempt: u64,
    pub(super) what: Reported,
}

pub(super) enum Reported {
    Retrieved(Vec<Passage>),
    Piece(Piece),
    Composed(Box<Composed>),
    GaveUp(Box<ModelError>),
    Failed(String),
}

/// Looks things up beside the driver, on a thread that may block.
pub(super) fn retrieve(
    retrieval: Arc<Retrieval>,
    reports: mpsc::Sender<Report>,
    question: Question,
    (conversation, attempt): (ConversationId, u64),
) -> Work {
    Work(spawn(async move {
        let what = match spawn_blocking(move || retrieval.search(&question, PASSAGES)).await {
            Ok(passages) => Reported::Retrieved(passages),
            Err(_) => Reported::Failed("the knowledge could not be searched".to_owned()),
        };
        let _ = reports.send(Report { conversation, attempt, what }).await;
    }))
}

/// Composes beside the driver, at the pace.
pub(super) fn compose(
    model: Arc<dyn Model>,
    prompt: Prompt,
    pace: Pace,
    reports: mpsc::Sender<Report>,
    (conversation, attempt): (ConversationId, u64),
) -> Work {
    Work(spawn(async move {
        let (pieces, mut came) = mpsc::channel(PIECES);
        let tell = |what| reports.send(Report { conversation, attempt, what });
        let streaming = async {
            while let Some(piece) = came.recv().await {
                if pace != Pace::Instant {
                    sleep(pace.wait()).await;
                }
                if tell(Reported::Piece(piece)).await.is_err() {
                    break;
                }
            }
        };
        let (composed, ()) = tokio::join!(model.compose(prompt, pieces), streaming);
        let what = match composed {
            Ok(composed) => Reported::Composed(Box::new(composed)),
            Err(error) => Reported::GaveUp(Box::new(error)),
        };
        let _ = tell(what).await;
    }))
}
