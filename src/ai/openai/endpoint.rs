//! One endpoint over HTTP: a request, the answer as it comes, time-outs, and when to try again.
//!
//! Dropping the future drops the body of the answer, and the connection with it. No redirect is followed and the key goes
//! into one header; words of the endpoint are struck of it before they become a reason. Deliberately not here: other
//! endpoints, and what an answer is worth.

use super::{
    breaker::{Admission, Breaker, Fate},
    chunk,
    fault::Fault,
    material::Message,
    profile::{Key, Profile},
    reply::{Reply, Whole, short},
    request::{Shape, address},
    retry::{PassedOn, Retry},
    sse::{Decoder, Event},
};
use crate::ai::{model::Piece, tools::Offer};
use reqwest::{
    Client, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use std::{
    error::Error as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout, timeout_at},
};

/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Of the body of a refusal so much is read, in bytes.
const REFUSAL: usize = 16 * 1024;
/// An answer that was not streamed may be so long, in bytes.
const UNSTREAMED: usize = 1024 * 1024;
/// How long a count of tokens, or the end of the line, is waited for once the answer is whole.
const LINGER: Duration = Duration::from_secs(1);
/// The longest time to come back that is believed.
const LONGEST_AFTER: Duration = Duration::from_hours(1);

/// An endpoint.
#[derive(Debug)]
pub struct Endpoint {
    profile: Profile,
    address: String,
    client: Client,
    // Both are held for a few lines, never across an await.
    breaker: Mutex<Breaker>,
    shape: Mutex<Shape>,
    /// In which words it refused tools.
    no_tools: Mutex<Option<String>>,
    began: Instant,
}

/// What became of the attempts at one endpoint.
#[derive(Debug)]
pub struct Tried {
    /// The answer, or the last fault.
    pub result: Result<Whole, Fault>,
    /// Requests made.
    pub attempts: u32,
    /// Until the first piece of the answer, from the first request on.
    pub first: Option<Duration>,
    /// Whether pieces were passed on.
    pub passed_on: PassedOn,
    /// Tools were offered and left out, since it refuses them in these words.
    pub no_tools: Option<String>,
}

impl Tried {
    /// Nothing was sent, for this reason.
    #[must_use]
    pub fn unsent(fault: Fault) -> Self {
        Self { result: Err(fault), attempts: 0, first: None, passed_on: PassedOn::Nothing, no_tools: None }
    }
}

/// Those who watch the answer grow.
#[derive(Debug)]
struct Watchers<'a> {
    pieces: &'a mpsc::Sender<Piece>,
    /// What they saw before is void.
    anew: bool,
    first: Option<Instant>,
}

impl Watchers<'_> {
    /// Shows more of the answer; fails if nobody watches any more.
    async fn show(&mut self, text: String) -> Result<(), Fault> {
        self.first.get_or_insert_with(Instant::now);
        if std::mem::take(&mut self.anew) {
            self.pieces.send(Piece::Anew).await.map_err(|_| Fault::Unwanted)?;
        }
        self.pieces.send(Piece::Text(text)).await.map_err(|_| Fault::Unwanted)
    }
}

/// Tells the breaker what became of an attempt, also when nobody waited for it.
struct Report<'a> {
    endpoint: &'a Endpoint,
    admission: Admission,
    fate: Fate,
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        let now = self.endpoint.began.elapsed();
        lock(&self.endpoint.breaker).report(self.admission, self.fate, now);
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An endpoint cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The URL is none.
    #[error("`{url}` is no URL of an endpoint ({why}); write it as in http://127.0.0.1:11434/v1")]
    Url {
        /// As it was written.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// HTTP cannot be had: the system's certificates, mostly.
    #[error("HTTP cannot be set up ({0}); check the system's certificates")]
    Http(String),
}

impl Endpoint {
    /// An endpoint for a profile. Opens no connection.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(profile: Profile) -> Result<Self, SetupError> {
        // The one provider of cryptography. Once set, later ones are refused, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = address(&profile.url);
        let wrong = |why: String| SetupError::Url { url: profile.url.clone(), why };
        let url = reqwest::Url::parse(&address).map_err(|error| wrong(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong(format!("`{}` is not http or https", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it has a user or a password in it; a key goes into key_env or key_file".to_owned()));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .pool_idle_timeout(Duration::from_mins(1))
            .tcp_nodelay(true)
            .user_agent(concat!("centaur/", env!("CARGO_PKG_VERSION")));
        if matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]" | "::1") {
            // What runs here is not asked for through a proxy.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| SetupError::Http(causes(&error)))?;
        let (breaker, shape, no_tools) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { profile, address, client, breaker, shape, no_tools, began: Instant::now() })
    }

    /// Its profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Asks for an answer until `deadline`, with as many attempts as are sensible; pieces go out as they come.
    pub async fn ask(
        &self,
        messages: &[Message],
        tools: &[Offer],
        deadline: Instant,
        pieces: &mpsc::Sender<Piece>,
        anew: bool,
    ) -> Tried {
        let mut watchers = Watchers { pieces, anew, first: None };
        let (begun, mut retry) = (Instant::now(), Retry::default());
        let mut tried = Tried::unsent(Fault::Unwanted);
        loop {
            let admission = lock(&self.breaker).admit(self.began.elapsed());
            if let Admission::Rest(left) = admission {
                // A fault of this very answer says more than that it rests now.
                if tried.attempts == 0 {
                    tried.result = Err(Fault::Resting { left });
                }
                return tried;
            }
            let mut report = Report { endpoint: self, admission, fate: Fate::Unknown };
            tried.attempts += 1;
            let result = self.attempt((messages, tools), deadline, &mut watchers).await;
            if let Some(first) = watchers.first {
                tried.first = Some(first.saturating_duration_since(begun));
                tried.passed_on = PassedOn::Something;
            }
            report.fate = match &result {
                Ok(_) => Fate::Well,
                Err(fault) if fault.counts() => Fate::Failed,
                Err(_) => Fate::Unknown,
            };
            drop(report);
            tried.result = result;
            tried.no_tools = lock(&self.no_tools).clone().filter(|_| !tools.is_empty());
            let Err(fault) = &tried.result else { return tried };
            tracing::debug!(profile = %self.profile.name, fault = fault.word(), "an attempt at a model failed");
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = retry.wait(fault, tried.passed_on, dice(), left) else { return tried };
            sleep(wait).await;
        }
    }

    /// One attempt; a refusal of one of our fields is met with another shape, which is no attempt of its own.
    async fn attempt(
        &self,
        (messages, tools): (&[Message], &[Offer]),
        deadline: Instant,
        watchers: &mut Watchers<'_>,
    ) -> Result<Whole, Fault> {
        let key = match &self.profile.key {
            None => None,
            Some(Ok(key)) => Some(key),
            Some(Err(why)) => return Err(Fault::NoKey { why: why.clone() }),
        };
        loop {
            let shape = *lock(&self.shape);
            let started = Instant::now();
            // The first word is waited for as long as the whole answer may take, if that is shorter.
            let first_by = deadline.min(started + self.profile.first_token);
            let late = || Fault::FirstTokenLate { within: first_by.saturating_duration_since(started) };
            let sent = self.send(shape.body(&self.profile, messages, tools), key);
            let response = timeout_at(first_by, sent).await.map_err(|_| late())??;
            let status = response.status();
            if status.is_success() {
                return self.read(response, (started, first_by, deadline), watchers).await;
            }
            let refusal = timeout_at(first_by, refusal(response, key)).await.map_err(|_| late())?;
            let next = match status.as_u16() {
                // Servers that cannot do a thing say so with any of these.
                400 | 404 | 422 | 500 | 501 if !tools.is_empty() => shape.after_tools(&refusal.whole),
                _ => None,
            };
            if let Some(next) = next {
                tracing::warn!(profile = %self.profile.name, words = %refusal.words, "a model takes no tools");
                *lock(&self.no_tools) = Some(refusal.words);
                *lock(&self.shape) = next;
                continue;
            }
            let next = if matches!(status.as_u16(), 400 | 422) { shape.after(&refusal.whole) } else { None };
            match next {
                Some(next) => *lock(&self.shape) = next,
                None => return Err(refusal.fault(status)),
            }
        }
    }

    async fn send(&self, body: String, key: Option<&Key>) -> Result<Response, Fault> {
        let mut request = self
            .client
            .post(&self.address)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream, application/json")
            .body(body);
        if let Some(key) = key {
            let unfit = |_| Fault::NoKey { why: "the key cannot be sent as a header; check it".to_owned() };
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.secret())).map_err(unfit)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        request.send().await.map_err(|error| {
            let error = error.without_url();
            if error.is_connect() || error.is_timeout() {
                Fault::Unreachable { why: short(&root(&error)) }
            } else {
                // The request went out, or part of it, and no answer came.
                Fault::Cut { tokens: 0 }
            }
        })
    }

    /// Reads an answer as it comes.
    async fn read(
        &self,
        mut response: Response,
        (started, first_by, deadline): (Instant, Instant, Instant),
        watchers: &mut Watchers<'_>,
    ) -> Result<Whole, Fault> {
        let kind = kind_of(response.headers());
        // An endpoint that says nothing of the kind is read as a stream; one that says HTML is none.
        let streamed = kind.is_empty() || kind.contains("event-stream") || kind == "application/octet-stream";
        let whole = kind.contains("json") || kind == "text/plain";
        if !streamed && !whole {
            return Err(Fault::NotJson { kind: short(&kind) });
        }
        // Whatever the endpoint does about its ceiling, we stop.
        let mut reply = Reply::new(usize::try_from(self.profile.answer_tokens).unwrap_or(usize::MAX).saturating_mul(8));
        let (mut decoder, mut unstreamed) = (Decoder::default(), Vec::new());
        let (mut heard, mut finished) = (false, None);
        loop {
            // Comments and empty events keep a line open, not an answer: only what shows it at work counts.
            let until = match finished {
                Some(at) => deadline.min(at + LINGER),
                None if heard => deadline.min(Instant::now() + self.profile.stall),
                None => first_by,
            };
            let tokens = reply.tokens();
            let late = |at: Instant| {
                if at >= deadline {
                    Fault::Slow { within: deadline.saturating_duration_since(started), tokens }
                } else if heard {
                    Fault::Stalled { within: self.profile.stall, tokens }
                } else {
                    Fault::FirstTokenLate { within: first_by.saturating_duration_since(started) }
                }
            };
            let next = async {
                loop {
                    let bytes = response.chunk().await.map_err(|_| Fault::Cut { tokens })?;
                    let Some(bytes) = bytes else { return Ok::<_, Fault>(None) };
                    if whole {
                        unstreamed.extend_from_slice(&bytes);
                        if unstreamed.len() > UNSTREAMED {
                            return Err(Fault::Endless { bytes: unstreamed.len() });
                        }
                        continue;
                    }
                    let events = decoder.push(&bytes).map_err(|error| {
                        tracing::debug!(%error, "a model's stream");
                        Fault::Garbled { tokens }
                    })?;
                    if !events.is_empty() {
                        return Ok(Some(events));
                    }
                }
            };
            let events = match timeout_at(until, next).await {
                // The answer is whole; the line may stay open or break, as it likes.
                Err(_) | Ok(Err(Fault::Cut { .. })) if finished.is_some() => None,
                Err(_) => return Err(late(until)),
                Ok(events) => events?,
            };
            let Some(events) = events else { break };
            let before = reply.signs();
            self.take(&mut reply, events, watchers).await?;
            heard |= reply.signs() > before;
            if reply.has_finished() {
                finished.get_or_insert_with(Instant::now);
            }
            if reply.is_done() {
                break;
            }
            if Instant::now() >= deadline {
                return Err(Fault::Slow {
                    within: deadline.saturating_duration_since(started),
                    tokens: reply.tokens(),
                });
            }
        }
        let last = if whole {
            let data = String::from_utf8_lossy(&unstreamed).into_owned();
            if kind == "text/plain" && chunk::read(&data) == chunk::Said::Garbled {
                return Err(Fault::NotJson { kind });
            }
            Some(Event { data, id: None })
        } else {
            decoder.end()
        };
        self.take(&mut reply, last.into_iter().collect(), watchers).await?;
        reply.end()
    }

    async fn take(&self, reply: &mut Reply, events: Vec<Event>, watchers: &mut Watchers<'_>) -> Result<(), Fault> {
        // Pieces that came together are shown together.
        let mut shown = String::new();
        let mut result = Ok(());
        for event in events {
            let taken = reply.take(event);
            if reply.take_void() {
                shown.clear();
                watchers.anew |= watchers.first.is_some();
            }
            match taken {
                Ok(text) => shown.extend(text),
                Err(fault) => {
                    result = Err(self.struck(fault));
                    break;
                }
            }
        }
        if !shown.is_empty() {
            watchers.show(shown).await?;
        }
        result
    }

    /// A fault without the key, should the endpoint have repeated it half-way.
    fn struck(&self, fault: Fault) -> Fault {
        match (fault, &self.profile.key) {
            (Fault::HalfWay { words }, Some(Ok(key))) => Fault::HalfWay { words: key.struck_from(&words) },
            (fault, _) => fault,
        }
    }
}

/// What came instead of an answer.
struct Refusal {
    /// Its words, whole.
    whole: String,
    /// Its words, for people; empty if they are none.
    words: String,
    kind: String,
    after: Option<Duration>,
    to: Option<String>,
}

impl Refusal {
    fn fault(self, status: StatusCode) -> Fault {
        let Self { whole, words, kind, after, to } = self;
        match status.as_u16() {
            300..=399 => Fault::Redirect { to: to.unwrap_or_else(|| "another place".to_owned()) },
            401 | 403 => Fault::Unauthorized { status: status.as_u16(), words },
            404 => Fault::NotFound { words },
            // No quota is left: asking again helps nobody.
            429 if whole.contains("insufficient_quota") => Fault::Refused { status: 429, words },
            429 => Fault::TooMany { words, after },
            408 | 425 | 500.. => Fault::Broken { status: status.as_u16(), words, after },
            status if kind.contains("html") => Fault::NotJson { kind: format!("{status} with HTML") },
            status => Fault::Refused { status, words },
        }
    }
}

/// Reads a refusal, as much of it as is needed.
async fn refusal(mut response: Response, key: Option<&Key>) -> Refusal {
    let kind = kind_of(response.headers());
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(after);
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(short);
    let mut bytes = Vec::new();
    while bytes.len() < REFUSAL {
        // What cannot be read is not needed: the status says enough.
        let Ok(Ok(Some(more))) = timeout(CONNECT_WITHIN, response.chunk()).await else { break };
        bytes.extend_from_slice(&more);
    }
    bytes.truncate(REFUSAL);
    let whole = String::from_utf8_lossy(&bytes).into_owned();
    let whole = key.map_or_else(|| whole.clone(), |key| key.struck_from(&whole));
    let told = serde_json::from_str(&whole).ok().and_then(|value: serde_json::Value| {
        chunk::error_in(&value).or_else(|| Some(value.get("message").or(value.get("detail"))?.as_str()?.to_owned()))
    });
    let words = told.map_or_else(String::new, |words| short(&words));
    Refusal { whole, words, kind, after, to }
}

fn kind_of(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// A time to come back in seconds. As a date it is not read: clocks differ.
fn after(said: &str) -> Option<Duration> {
    let seconds: f64 = said.trim().parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)?;
    Some(Duration::from_secs_f64(seconds.min(LONGEST_AFTER.as_secs_f64())))
}

fn root(error: &reqwest::Error) -> String {
    let mut under: &dyn std::error::Error = error;
    while let Some(deeper) = under.source() {
        under = deeper;
    }
    under.to_string()
}

fn causes(error: &reqwest::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |_| format!("{error}: {}", root(error)))
}

/// Chance, for jitter. Without any from the system all wait the same, which does no harm.
fn dice() -> u64 {
    getrandom::u64().unwrap_or(u64::MAX / 2)
}
