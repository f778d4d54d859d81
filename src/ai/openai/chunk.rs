//! One piece of an answer as endpoints send it, read leniently.
//!
//! Endpoints drop or null `id`, `index`, `type` and `name`, add fields, and count tokens in numbers, texts or not at all.
//! Whatever is not as expected counts as not there. Deliberately not here: what the pieces add up to (see
//! [`reply`](super::reply)).

use serde_json::Value;

/// How an answer ended, by the endpoint's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It is whole.
    Stop,
    /// It reached the ceiling of tokens.
    Length,
    /// It wants tools.
    Tools,
    /// The endpoint held it back.
    Filter,
    /// The endpoint failed half-way.
    Failed,
    /// A word that we do not know.
    Other(String),
}

/// Tokens, by the endpoint's count. Not to be believed without a look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read.
    pub read: u64,
    /// Written.
    pub written: u64,
}

/// A piece of a tool call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallPiece {
    /// Which call it belongs to, if it says so.
    pub index: Option<u64>,
    /// The call's name, with its first piece.
    pub id: String,
    /// The tool's name, with its first piece.
    pub name: String,
    /// More of the arguments.
    pub arguments: String,
}

/// A piece of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// More of the text.
    pub text: String,
    /// Whether it thinks aloud, which is not for anybody.
    pub thinks: bool,
    /// More of the words by which the model declines to answer.
    pub declines: String,
    /// More of the tool calls.
    pub calls: Vec<CallPiece>,
    /// How it ended.
    pub finish: Option<Finish>,
    /// Tokens so far.
    pub usage: Option<Usage>,
}

/// What the data of an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A piece.
    Chunk(Chunk),
    /// The end.
    Done,
    /// The endpoint failed half-way; in its words.
    Error(String),
    /// No JSON.
    Garbled,
}

/// Reads the data of an event, or a whole answer that was not streamed.
#[must_use]
pub fn read(data: &str) -> Said {
    let data = data.trim();
    if data == "[DONE]" {
        return Said::Done;
    }
    let Ok(value) = serde_json::from_str::<Value>(data) else { return Said::Garbled };
    if let Some(error) = error_in(&value) {
        return Said::Error(error);
    }
    let Value::Object(_) = value else { return Said::Garbled };
    let usage = value.get("usage").and_then(usage_in);
    let Some(choice) = value.get("choices").and_then(|choices| choices.get(0)) else {
        return Said::Chunk(Chunk { usage, ..Chunk::default() });
    };
    let body = [choice.get("delta"), choice.get("message")].into_iter().flatten().find(|body| body.is_object());
    let of = |key: &str| body.and_then(|body| body.get(key));
    let text = of("content").or_else(|| choice.get("text")).map(text_in).unwrap_or_default();
    let aside = ["reasoning_content", "reasoning"].iter().any(|key| of(key).is_some_and(|it| !text_in(it).is_empty()));
    let thinks = aside || of("content").is_some_and(holds_thoughts);
    let declines = of("refusal").map(text_in).unwrap_or_default();
    let calls = of("tool_calls").and_then(Value::as_array).map(|calls| calls.iter().map(call_in).collect());
    let finish =
        choice.get("finish_reason").and_then(Value::as_str).filter(|word| !word.is_empty()).map(|word| match word {
            "stop" | "eos" | "end_turn" => Finish::Stop,
            "length" | "max_tokens" => Finish::Length,
            "tool_calls" | "function_call" => Finish::Tools,
            "content_filter" => Finish::Filter,
            "error" => Finish::Failed,
            other => Finish::Other(other.to_owned()),
        });
    Said::Chunk(Chunk { text, thinks, declines, calls: calls.unwrap_or_default(), finish, usage })
}

/// The endpoint's own words for what went wrong, if `value` is an error.
#[must_use]
pub fn error_in(value: &Value) -> Option<String> {
    // Either an error in a field of its own, or one that is all there is, as vLLM has them.
    let alone = value.get("object").is_some_and(|object| object == "error");
    let error = value.get("error").filter(|error| !error.is_null()).or_else(|| alone.then_some(value))?;
    let words = error.get("message").or_else(|| value.get("message")).unwrap_or(error);
    Some(words.as_str().map_or_else(|| words.to_string(), str::to_owned))
}

/// A text, or the texts of its parts.
fn text_in(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect(),
        _ => String::new(),
    }
}

/// Whether parts of a content are thoughts, as some write them between the parts of the answer.
fn holds_thoughts(content: &Value) -> bool {
    let parts = content.as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().any(|part| part.get("thinking").is_some())
}

fn call_in(value: &Value) -> CallPiece {
    let function = value.get("function").unwrap_or(&Value::Null);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let arguments = match function.get("arguments") {
        // Some send the object itself.
        Some(Value::Object(object)) => Value::Object(object.clone()).to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    CallPiece {
        index: value.get("index").and_then(Value::as_u64),
        id: text(value, "id"),
        name: text(function, "name"),
        arguments,
    }
}

fn usage_in(value: &Value) -> Option<Usage> {
    let count = |keys: [&str; 2]| {
        let found = keys.iter().find_map(|key| value.get(key))?;
        found.as_u64().or_else(|| found.as_str()?.trim().parse().ok())
    };
    let (read, written) = (count(["prompt_tokens", "input_tokens"]), count(["completion_tokens", "output_tokens"]));
    (read.is_some() || written.is_some())
        .then(|| Usage { read: read.unwrap_or_default(), written: written.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chunk(data: &str) -> Chunk {
        match read(data) {
            Said::Chunk(chunk) => chunk,
            other => panic!("{data}: {other:?}"),
        }
    }

    #[test]
    fn a_piece_is_read_whatever_fields_are_missing_or_null() {
        for (data, text) in [
            (r#"{"choices":[{"delta":{"content":"a"}}]}"#, "a"),
            (
                r#"{"id":null,"choices":[{"index":null,"delta":{"role":null,"content":"a","tool_calls":null},"finish_reason":null}],"usage":null}"#,
                "a",
            ),
            (r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}"#, "ab"),
            (r#"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#, "whole"),
            (r#"{"choices":[{"text":"old"}]}"#, "old"),
            (r#"{"choices":[]}"#, ""),
            (r#"{"choices":null,"x":1}"#, ""),
            (r#"{"choices":[{"delta":null,"message":{"content":"b"}}]}"#, "b"),
            ("{}", ""),
        ] {
            assert_eq!(chunk(data).text, text, "{data}");
        }
        assert!(chunk(r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#).thinks);
        let parts = r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"text":"hm"}]}]}}]}"#;
        assert_eq!((chunk(parts).thinks, chunk(parts).text.as_str()), (true, ""));
        assert_eq!(chunk(r#"{"choices":[{"delta":{"refusal":"no"}}]}"#).declines, "no");
        assert_eq!(chunk(r#"{"choices":[{"finish_reason":"length"}]}"#).finish, Some(Finish::Length));
    }

    #[test]
    fn tokens_are_read_as_numbers_and_as_texts() {
        for (data, usage) in [
            (r#"{"usage":{"prompt_tokens":9,"completion_tokens":3}}"#, Some(Usage { read: 9, written: 3 })),
            (r#"{"usage":{"prompt_tokens":"9","output_tokens":3}}"#, Some(Usage { read: 9, written: 3 })),
            (r#"{"usage":{"prompt_tokens":-1,"completion_tokens":3}}"#, Some(Usage { read: 0, written: 3 })),
            (r#"{"usage":{}}"#, None),
            (r#"{"usage":[1]}"#, None),
        ] {
            assert_eq!(chunk(data).usage, usage, "{data}");
        }
    }

    #[test]
    fn an_error_half_way_is_told_in_its_own_words() {
        assert_eq!(read(r#"{"error":{"message":"overloaded"}}"#), Said::Error("overloaded".into()));
        assert_eq!(read(r#"{"error":"no","message":"why"}"#), Said::Error("why".into()));
        assert_eq!(
            read(r#"{"object":"error","message":"out of memory","code":500}"#),
            Said::Error("out of memory".into())
        );
        assert_eq!(chunk(r#"{"choices":[{"finish_reason":"error"}]}"#).finish, Some(Finish::Failed));
        assert_eq!(read("<html>"), Said::Garbled);
        assert_eq!(read("[DONE]"), Said::Done);
    }

    proptest! {
        #[test]
        fn nothing_is_a_panic(data in "\\PC{0,60}|[\\[\\]{}\",:a-z0-9]{0,40}") {
            let _ = read(&data);
        }
    }
}
