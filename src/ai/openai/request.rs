//! The body of a request, and how it is changed for an endpoint that refuses one of its fields.
//!
//! Endpoints differ: some know no `stream_options`, some want `max_completion_tokens`, some let no temperature be set. A
//! refusal that names such a field is answered by leaving it out, once; what was learnt is kept. Pure.

use super::{material::Message, profile::Profile};
use crate::ai::tools::Offer;
use serde_json::{Map, Value, json};

/// How the ceiling of an answer is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ceiling {
    /// `max_tokens`, as most know it.
    #[default]
    Old,
    /// `max_completion_tokens`.
    New,
    /// It is not sent; we stop reading instead.
    Unsent,
}

/// Which fields an endpoint takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// It takes no tools: it answers from what is there.
    without_tools: bool,
    without_usage: bool,
    without_temperature: bool,
    ceiling: Ceiling,
}

impl Shape {
    /// The shape to try after a refusal in these words, if they name a field that can be left out.
    #[must_use]
    pub fn after(self, words: &str) -> Option<Self> {
        if words.contains("stream_options") && !self.without_usage {
            return Some(Self { without_usage: true, ..self });
        }
        if words.contains("temperature") && !self.without_temperature {
            return Some(Self { without_temperature: true, ..self });
        }
        match self.ceiling {
            Ceiling::Old if words.contains("max_tokens") => Some(Self { ceiling: Ceiling::New, ..self }),
            Ceiling::New if words.contains("max_completion_tokens") => Some(Self { ceiling: Ceiling::Unsent, ..self }),
            _ => None,
        }
    }

    /// The shape to try after a refusal in these words of a request that offered tools, if they are about tools: some
    /// models know none, some servers are begun without them.
    #[must_use]
    pub fn after_tools(self, words: &str) -> Option<Self> {
        let about = words.to_lowercase().contains("tool") && !self.without_tools;
        about.then_some(Self { without_tools: true, ..self })
    }

    /// Whether tools are left out.
    #[must_use]
    pub fn is_without_tools(self) -> bool {
        self.without_tools
    }

    /// The body of a request for a streamed answer to `messages`.
    #[must_use]
    pub fn body(self, profile: &Profile, messages: &[Message], tools: &[Offer]) -> String {
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(profile.model));
        body.insert("messages".to_owned(), json!(messages));
        body.insert("stream".to_owned(), Value::Bool(true));
        if !tools.is_empty() && !self.without_tools {
            let function = |offer: &Offer| {
                let (name, description) = (offer.wire_name(), offer.description.as_str());
                json!({ "type": "function", "function": { "name": name, "description": description, "parameters": offer.schema } })
            };
            body.insert("tools".to_owned(), tools.iter().map(function).collect());
        }
        if !self.without_usage {
            body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
        }
        if let Some(temperature) = profile.temperature.filter(|_| !self.without_temperature) {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        let ceiling = match self.ceiling {
            Ceiling::Old => Some("max_tokens"),
            Ceiling::New => Some("max_completion_tokens"),
            Ceiling::Unsent => None,
        };
        if let Some(name) = ceiling {
            body.insert(name.to_owned(), json!(profile.answer_tokens));
        }
        Value::Object(body).to_string()
    }
}

/// Where requests of a profile go.
#[must_use]
pub fn address(url: &str) -> String {
    let base = url.trim().trim_end_matches('/');
    if base.ends_with("/chat/completions") { base.to_owned() } else { format!("{base}/chat/completions") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_asks_for_a_stream_with_its_count_and_its_ceiling() {
        let profile = Profile::new("local", "http://x/v1/", "tiny");
        let messages = [Message { role: "user".into(), content: "\"hi\"".into() }];
        let body: Value = serde_json::from_str(&Shape::default().body(&profile, &messages, &[])).unwrap();
        assert_eq!(
            body,
            json!({
                "model": "tiny", "stream": true, "stream_options": {"include_usage": true}, "temperature": 0.2,
                "max_tokens": 1000, "messages": [{"role": "user", "content": "\"hi\""}],
            })
        );
        assert_eq!(address(&profile.url), "http://x/v1/chat/completions");
        assert_eq!(address("http://x/chat/completions"), "http://x/chat/completions");
    }

    #[test]
    fn a_field_that_is_refused_is_left_out_and_what_else_is_refused_is_not_tried_again() {
        let shape = Shape::default();
        let body = |shape: Shape| shape.body(&Profile::new("a", "u", "m"), &[], &[]);
        let new = shape.after("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.").unwrap();
        assert!(body(new).contains("\"max_completion_tokens\":1000") && !body(new).contains("max_tokens"));
        let unsent = new.after("max_completion_tokens: extra field").unwrap();
        assert!(!body(unsent).contains("max_"));
        let bare = unsent.after("temperature does not support 0.2").and_then(|it| it.after("stream_options")).unwrap();
        assert!(!body(bare).contains("temperature") && !body(bare).contains("stream_options"));
        assert_eq!(bare.after("stream_options temperature max_tokens max_completion_tokens"), None);
        assert_eq!(shape.after("messages: too long"), None);
    }
}
