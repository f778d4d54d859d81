//! Ask and wait: a session for scripts, over one line that is not dialled again.
//!
//! Each call waits for its own answer; frames that come meanwhile are kept for [`Caller::next_frame`]. Deliberately not
//! here: coming back after a cut (a script ends instead, and is run again).

use super::{
    session::{News, Options, Peer, Session},
    wire::Dial,
};
use crate::{
    domain::{command::Command, desk::Office, refusal::Refusal, teammate::Teammate, time::Timestamp},
    protocol::{Answer, ByeCode, Page, Query, Scope, ToPeer},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

/// Frames kept while nobody reads them; past that the oldest goes and the next read says so.
const KEPT: usize = 4_096;
/// How long a call waits unless told otherwise.
const WITHIN: Duration = Duration::from_secs(15);

/// A call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The session ended, or never began.
    #[error("{why}")]
    Ended {
        /// The server's code, if it said one.
        code: Option<ByeCode>,
        /// Why, for people.
        why: String,
    },
    /// The server did not answer in time. A command may still have been done: the same id tells.
    #[error("no answer within {seconds} s; look whether it was done before asking again")]
    TimedOut {
        /// How long it waited, in whole seconds.
        seconds: u64,
    },
    /// More frames came than are kept; read them sooner, or ask for fewer cards.
    #[error("more came than was read; {lost} frames are lost")]
    Behind {
        /// How many went.
        lost: u64,
    },
}

/// The welcome of a caller's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// Who the caller is.
    pub you: Teammate,
    /// The desk.
    pub office: Office,
    /// The server's time at the greeting.
    pub now: Timestamp,
}

/// A session that is asked and waited for.
#[derive(Debug)]
pub struct Caller {
    peer: Peer,
    news: mpsc::Receiver<News>,
    kept: VecDeque<ToPeer>,
    lost: u64,
    welcome: Welcome,
    within: Duration,
    queries: u32,
}

impl Caller {
    /// Opens a line and waits for the welcome.
    ///
    /// # Errors
    /// [`CallError::Ended`] if there is no line or the token is not known; [`CallError::TimedOut`].
    pub async fn open(dial: Arc<dyn Dial>, token: String, cards: Scope, program: String) -> Result<Self, CallError> {
        let (peer, mut news) = Session::start(dial, Options { token, cards, program, returns: false, resume: None });
        let until = Instant::now() + WITHIN;
        let welcome = loop {
            match hear(&mut news, until, WITHIN).await? {
                News::Frame(frame) => {
                    if let ToPeer::Welcome { you, office, now, .. } = *frame {
                        break Welcome { you, office: *office, now };
                    }
                }
                News::Answered { .. } | News::Lost { .. } => {}
                News::Ended { code, why } => return Err(CallError::Ended { code, why }),
            }
        };
        Ok(Self { peer, news, kept: VecDeque::new(), lost: 0, welcome, within: WITHIN, queries: 0 })
    }

    /// Waits so long for each answer from now on.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// The welcome.
    #[must_use]
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// The peer, to watch and tell.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Asks for a command and waits for what came of it.
    ///
    /// # Errors
    /// [`CallError`] if no answer came; a refusal is an answer.
    pub async fn call(&mut self, command: Command) -> Result<Result<Answer, Refusal>, CallError> {
        let until = Instant::now() + self.within;
        let asked = self.peer.ask(command).await;
        loop {
            match hear(&mut self.news, until, self.within).await? {
                News::Answered { id, result } if id == asked => return Ok(result),
                other => self.keep(other)?,
            }
        }
    }

    /// Reads something and waits for the page.
    ///
    /// # Errors
    /// [`CallError`] if no page came; [`Page::Refused`] is a page.
    pub async fn query(&mut self, query: Query) -> Result<Page, CallError> {
        let until = Instant::now() + self.within;
        self.queries = self.queries.wrapping_add(1);
        let asked = self.queries;
        self.peer.query(asked, query).await;
        loop {
            match hear(&mut self.news, until, self.within).await? {
                News::Frame(frame) => match *frame {
                    ToPeer::Page { id, page } if id == asked => return Ok(page),
                    // The answer to a query that timed out before.
                    ToPeer::Page { .. } => {}
                    frame => self.keep(News::Frame(Box::new(frame)))?,
                },
                other => self.keep(other)?,
            }
        }
    }

    /// The next frame, kept or to come.
    ///
    /// # Errors
    /// [`CallError::Behind`] once after frames were lost; [`CallError::TimedOut`]; [`CallError::Ended`].
    pub async fn next_frame(&mut self, within: Duration) -> Result<ToPeer, CallError> {
        if self.lost > 0 {
            return Err(CallError::Behind { lost: std::mem::take(&mut self.lost) });
        }
        let until = Instant::now() + within;
        loop {
            if let Some(frame) = self.kept.pop_front() {
                return Ok(frame);
            }
            let news = hear(&mut self.news, until, within).await?;
            self.keep(news)?;
        }
    }

    /// Says goodbye after everything said was sent.
    pub async fn close(mut self) {
        self.peer.close().await;
        while self.news.recv().await.is_some() {}
    }

    fn keep(&mut self, news: News) -> Result<(), CallError> {
        match news {
            News::Frame(frame) => {
                if self.kept.len() >= KEPT {
                    self.kept.pop_front();
                    self.lost = self.lost.saturating_add(1);
                }
                self.kept.push_back(*frame);
                Ok(())
            }
            News::Ended { code, why } => Err(CallError::Ended { code, why }),
            News::Answered { .. } | News::Lost { .. } => Ok(()),
        }
    }
}

async fn hear(news: &mut mpsc::Receiver<News>, until: Instant, within: Duration) -> Result<News, CallError> {
    match timeout_at(until, news.recv()).await {
        Ok(Some(news)) => Ok(news),
        Ok(None) => Err(CallError::Ended { code: None, why: "the session is over".to_owned() }),
        Err(_) => Err(CallError::TimedOut { seconds: within.as_secs() }),
    }
}
