//! What can go wrong with an endpoint, in sentences, and what may help.
//!
//! Each fault says what happened and what to do next. Words of the endpoint are cleaned and cut before they get in here,
//! and hold no key (see [`endpoint`](super::endpoint)). Deliberately not here: trying again (see [`retry`](super::retry)).

use std::time::Duration;

/// Something went wrong with an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// What is asked is longer than a turn may be. Nothing was sent.
    #[error("what the customer wrote takes about {tokens} tokens, and `turn_tokens` leaves {most}; raise it")]
    TooMuch {
        /// Our estimate.
        tokens: u32,
        /// What is left for it.
        most: u32,
    },
    /// No request got there.
    #[error("it cannot be reached ({why}); check the URL, and that it runs")]
    Unreachable {
        /// What the system says.
        why: String,
    },
    /// There is no key where one should be.
    #[error("{why}")]
    NoKey {
        /// Where it was looked for, and what to do.
        why: String,
    },
    /// 401 or 403.
    #[error("it answered {status}{}; check the key", said(.words))]
    Unauthorized {
        /// The status.
        status: u16,
        /// In its words.
        words: String,
    },
    /// 404.
    #[error("it answered 404{}; check the URL, which usually ends in /v1, and the model's name", said(.words))]
    NotFound {
        /// In its words.
        words: String,
    },
    /// 429.
    #[error("it answered 429: too many requests{}{}; ask for less at once, or for a higher limit", said(.words), after_words(*.after))]
    TooMany {
        /// In its words.
        words: String,
        /// When it says to come back.
        after: Option<Duration>,
    },
    /// Another 4xx.
    #[error("it refused the request with {status}{}", said(.words))]
    Refused {
        /// The status.
        status: u16,
        /// In its words.
        words: String,
    },
    /// An error after it had begun to answer.
    #[error("it failed half-way{}; look at its log", said(.words))]
    HalfWay {
        /// In its words.
        words: String,
    },
    /// 5xx.
    #[error("it failed with {status}{}; look at its log", said(.words))]
    Broken {
        /// The status.
        status: u16,
        /// In its words.
        words: String,
        /// When it says to come back.
        after: Option<Duration>,
    },
    /// A redirect, which is never followed: the key is for the named place only.
    #[error("it redirects to {to}, which is not followed; if you trust that place, use its URL")]
    Redirect {
        /// Where to.
        to: String,
    },
    /// HTML, as of a web page or a proxy.
    #[error("it answered {kind} instead of JSON; check the URL, which usually ends in /v1, and proxies in between")]
    NotJson {
        /// What came.
        kind: String,
    },
    /// JSON that is none.
    #[error("it sent what cannot be read after {tokens} pieces; check that it speaks the OpenAI protocol")]
    Garbled {
        /// Pieces that came before.
        tokens: u32,
    },
    /// No first word in time.
    #[error("no first word within {}; where the model is loaded first, raise `first_token`", seconds(*.within))]
    FirstTokenLate {
        /// The time.
        within: Duration,
    },
    /// Silence in the middle.
    #[error("it fell silent for {} after {tokens} pieces", seconds(*.within))]
    Stalled {
        /// The silence.
        within: Duration,
        /// Pieces that came before.
        tokens: u32,
    },
    /// Not done in time.
    #[error("it was not done within {} ({tokens} pieces came)", seconds(*.within))]
    Slow {
        /// The time.
        within: Duration,
        /// Pieces that came.
        tokens: u32,
    },
    /// The line broke in the middle.
    #[error("the answer was cut after {tokens} pieces")]
    Cut {
        /// Pieces that came before.
        tokens: u32,
    },
    /// The ceiling of tokens.
    #[error(
        "{} did not fit into the ceiling of tokens; raise `answer_tokens`{}",
        if *.thought { "what it thinks aloud" } else { "the answer" },
        if *.thought { ", or take a model that thinks less" } else { "" }
    )]
    Truncated {
        /// Whether it was thinking aloud.
        thought: bool,
    },
    /// It does not stop.
    #[error("the answer did not end after {bytes} bytes, and was stopped")]
    Endless {
        /// How much came.
        bytes: usize,
    },
    /// Held back by the endpoint.
    #[error("it held the answer back by its own filter")]
    Filtered,
    /// The model itself declines.
    #[error("it declined to answer (“{words}”)")]
    Declined {
        /// In its words.
        words: String,
    },
    /// Nothing came but thoughts.
    #[error("it thought aloud and answered nothing; take a model that thinks less")]
    OnlyThoughts,
    /// Nothing came.
    #[error("the answer was empty")]
    Empty,
    /// The breaker is open.
    #[error("it failed often and rests for {} more", seconds(*.left))]
    Resting {
        /// For how long.
        left: Duration,
    },
    /// Nobody wants the answer any more.
    #[error("nobody wants the answer any more")]
    Unwanted,
}

/// What may help after a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// The same again, soon.
    Soon,
    /// The same again, after this long.
    After(Duration),
    /// Nothing here: the same would happen again.
    Elsewhere,
}

impl Fault {
    /// What may help, if nothing of the answer was passed on yet.
    #[must_use]
    pub fn help(&self) -> Help {
        match self {
            Self::TooMany { after: Some(after), .. } | Self::Broken { after: Some(after), .. } => Help::After(*after),
            // An answer that was cut before its first word is as if it had never begun.
            Self::Unreachable { .. }
            | Self::TooMany { after: None, .. }
            | Self::Broken { after: None, .. }
            | Self::HalfWay { .. }
            | Self::Empty
            | Self::OnlyThoughts
            | Self::Cut { tokens: 0 } => Help::Soon,
            _ => Help::Elsewhere,
        }
    }

    /// Whether it speaks against the endpoint, for the breaker.
    #[must_use]
    pub fn counts(&self) -> bool {
        !matches!(
            self,
            Self::TooMuch { .. }
                | Self::NoKey { .. }
                | Self::Truncated { .. }
                | Self::Filtered
                | Self::Declined { .. }
                | Self::Resting { .. }
                | Self::Unwanted
        )
    }

    /// Pieces that came before it.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        match self {
            Self::Garbled { tokens }
            | Self::Stalled { tokens, .. }
            | Self::Slow { tokens, .. }
            | Self::Cut { tokens } => *tokens,
            _ => 0,
        }
    }

    /// One word for counts and logs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TooMuch { .. } => "too_much",
            Self::Unreachable { .. } => "unreachable",
            Self::NoKey { .. } => "no_key",
            Self::Unauthorized { .. } => "unauthorized",
            Self::NotFound { .. } => "not_found",
            Self::TooMany { .. } => "too_many",
            Self::Refused { .. } => "refused",
            Self::Broken { .. } => "broken",
            Self::Redirect { .. } => "redirect",
            Self::NotJson { .. } => "not_json",
            Self::Garbled { .. } => "garbled",
            Self::FirstTokenLate { .. } => "first_token_late",
            Self::Stalled { .. } => "stalled",
            Self::Slow { .. } => "slow",
            Self::Cut { .. } => "cut",
            Self::Truncated { .. } => "truncated",
            Self::HalfWay { .. } => "half_way",
            Self::Declined { .. } => "declined",
            Self::OnlyThoughts => "only_thoughts",
            Self::Endless { .. } => "endless",
            Self::Filtered => "filtered",
            Self::Empty => "empty",
            Self::Resting { .. } => "resting",
            Self::Unwanted => "unwanted",
        }
    }
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" (“{words}”)") }
}

fn seconds(span: Duration) -> String {
    if span < Duration::from_secs(10) && span.subsec_millis() > 0 {
        format!("{:.1} s", span.as_secs_f64())
    } else {
        format!("{} s", span.as_secs())
    }
}

fn after_words(after: Option<Duration>) -> String {
    after.map_or_else(String::new, |after| format!(", come back in {}", seconds(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_happened_and_what_to_do() {
        let words = "Incorrect API key".to_owned();
        assert_eq!(
            Fault::Unauthorized { status: 401, words }.to_string(),
            "it answered 401 (“Incorrect API key”); check the key"
        );
        let (after, words) = (Some(Duration::from_secs(20)), "slow down".to_owned());
        assert_eq!(
            Fault::TooMany { words, after }.to_string(),
            "it answered 429: too many requests (“slow down”), come back in 20 s; ask for less at once, or for a higher limit"
        );
        let within = Duration::from_millis(300);
        assert_eq!(Fault::Stalled { within, tokens: 3 }.to_string(), "it fell silent for 0.3 s after 3 pieces");
    }
}
