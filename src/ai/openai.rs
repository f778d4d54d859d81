//! Language models behind any endpoint that speaks `chat/completions` as `OpenAI` does: hosted, llama.cpp, vLLM, Ollama and so on.
//!
//! * [`material`]: what the model is given; [`request`]: the body; [`sse`], [`chunk`], [`reply`]: what comes back.
//! * [`fault`], [`retry`], [`breaker`]: what can go wrong, and what then; [`endpoint`]: the HTTP; [`profile`]: the settings.
//! * [`answer`]: what the words are worth; [`count`]: tokens.
//!
//! One model may stand behind another: when the first cannot, the next is asked, with what is left of the time. When all
//! fail the error says so, and the turn gives the talk to a person. Deliberately not here: what may be sent; and no tool
//! is run here, what a model asks for is only told.

pub mod answer;
pub mod breaker;
pub mod chunk;
pub mod count;
pub mod endpoint;
pub mod fault;
pub mod material;
pub mod profile;
pub mod reply;
pub mod request;
pub mod retry;
pub mod sse;
#[cfg(test)]
mod tests;
pub mod trial;

use self::{
    count::{believed, tokens_of},
    endpoint::{Endpoint, SetupError, Tried},
    fault::Fault,
    material::Material,
    profile::Profile,
    retry::PassedOn,
};
use super::model::{Composed, Model, ModelError, Piece, Prompt, Remedy, Spent};
use crate::{client::wire::Later, domain::turn::Step};
use tokio::{sync::mpsc, time::Instant};

/// Models behind one another, at most.
pub const MOST: usize = 4;

/// A language model, with those that stand behind it.
#[derive(Debug)]
pub struct OpenAi {
    endpoints: Vec<Endpoint>,
}

impl OpenAi {
    /// A model by its profile, and its fallbacks in order; [`MOST`] in all.
    ///
    /// # Errors
    /// [`SetupError`]: one of them cannot be used at all.
    pub fn new(profile: Profile, fallbacks: Vec<Profile>) -> Result<Self, SetupError> {
        let all = std::iter::once(profile).chain(fallbacks).take(MOST);
        Ok(Self { endpoints: all.map(Endpoint::new).collect::<Result<_, _>>()? })
    }

    async fn ask(&self, prompt: Prompt, pieces: mpsc::Sender<Piece>) -> Result<Composed, ModelError> {
        let began = Instant::now();
        let turn = self.endpoints.first().map(|first| first.profile().turn).unwrap_or_default();
        let last_by = began + turn;
        let (mut steps, mut reasons) = (Vec::new(), Vec::new());
        let mut spent = Spent::default();
        let mut anew = false;
        for (at, endpoint) in self.endpoints.iter().enumerate() {
            let profile = endpoint.profile();
            let (asked, left) = (Instant::now(), self.endpoints.len() - at);
            // Who has others behind it leaves them time.
            let share = last_by.saturating_duration_since(asked) / u32::try_from(left).unwrap_or(1);
            let mut material = Material::of(&prompt);
            let most = profile.turn_tokens.saturating_sub(profile.answer_tokens.saturating_add(RULES_TOKENS));
            material.fit(most.saturating_sub(tools_tokens(&prompt)));
            let messages = material.messages(&prompt.guidance, &prompt.whispers);
            let tokens = tokens_of(&material.json());
            let tried = if tokens > most {
                Tried::unsent(Fault::TooMuch { tokens, most })
            } else {
                endpoint.ask(&messages, &prompt.tools, asked + share.min(profile.turn), &pieces, anew).await
            };
            anew |= tried.passed_on == PassedOn::Something;
            let read = messages.iter().map(|message| tokens_of(&message.content)).sum::<u32>();
            match tried.result {
                Ok(whole) => {
                    let (tokens, counted) = believed(whole.usage, read, tokens_of(&whole.text), whole.thought);
                    add(&mut spent, profile, tokens);
                    let mut composed = answer::weigh(&whole, &material, &prompt);
                    let name = model_name(profile);
                    let compose = answer::composed_by(&name, tried.attempts, tried.first, tokens, counted);
                    if let Some(words) = tried.no_tools {
                        steps.push(step("tools", format!("it takes none ({words}): asked without them"), asked));
                    }
                    steps.push(step("compose", compose, asked));
                    steps.append(&mut composed.steps);
                    return Ok(Composed { steps, spent, model: Some(name), ..composed });
                }
                Err(Fault::Unwanted) => return Err(ModelError::again(Fault::Unwanted.to_string())),
                Err(fault) => {
                    tracing::warn!(profile = %profile.name, fault = fault.word(), attempts = tried.attempts, "a model failed");
                    if tried.attempts > 0 && !matches!(fault, Fault::Unreachable { .. } | Fault::NoKey { .. }) {
                        // What was read there is paid for, whatever came of it.
                        add(&mut spent, profile, (read.saturating_mul(tried.attempts), fault.pieces()));
                    }
                    let times =
                        if tried.attempts > 1 { format!(", {} attempts", tried.attempts) } else { String::new() };
                    let why = format!("{}{times}: {fault}", profile.name);
                    steps.push(step("model", why.clone(), asked));
                    reasons.push(why);
                }
            }
        }
        Err(ModelError { why: reasons.join("; then "), remedy: Remedy::Person, steps, spent })
    }
}

/// What the descriptions of the tools take, about.
fn tools_tokens(prompt: &Prompt) -> u32 {
    prompt.tools.iter().map(|offer| tokens_of(&offer.description) + tokens_of(&offer.schema.to_string()) + 20).sum()
}

/// What the rules take, about.
const RULES_TOKENS: u32 = 600;

impl Model for OpenAi {
    fn name(&self) -> String {
        self.endpoints.first().map_or_else(String::new, |first| model_name(first.profile()))
    }

    fn compose(&self, prompt: Prompt, pieces: mpsc::Sender<Piece>) -> Later<'_, Result<Composed, ModelError>> {
        Box::pin(self.ask(prompt, pieces))
    }
}

/// The model as a trace names it.
fn model_name(profile: &Profile) -> String {
    if profile.name == profile.model { profile.model.clone() } else { format!("{} ({})", profile.model, profile.name) }
}

fn add(spent: &mut Spent, profile: &Profile, tokens: (u32, u32)) {
    let (read, written) = spent.tokens.unwrap_or_default();
    spent.tokens = Some((read.saturating_add(tokens.0), written.saturating_add(tokens.1)));
    if let Some(price) = profile.price {
        spent.cost_micros = Some(spent.cost_micros.unwrap_or_default().saturating_add(price.of(tokens)));
    }
}

fn step(name: &str, detail: String, since: Instant) -> Step {
    Step { name: name.to_owned(), detail, ms: u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX) }
}
