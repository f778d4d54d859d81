//! What the pieces of an answer add up to: text, tool calls, the end, the count of tokens.
//!
//! Pure: data of events in, text for those who watch out. It holds back what a model thinks aloud, and a beginning that
//! may be the sign for *I do not know*. Deliberately not here: time-outs, and what the answer is worth.

use super::{
    chunk::{self, CallPiece, Finish, Said, Usage},
    fault::Fault,
    sse::Event,
};
use crate::ai::model::ToolCall;

/// What a model says where the sources tell nothing. In capitals, so that it is no word of an answer.
pub const UNKNOWN: &str = "NO_ANSWER";
/// Thinking aloud, as some models write it into the text. The first sign is missing where it stood in the prompt.
const THINK: (&str, &str) = ("<think>", "</think>");
/// Tool calls in one answer, at most.
const CALLS: usize = 16;
/// Words by which it declines are enough from here on, in bytes.
const SHORT: usize = 1_000;
/// The arguments of one call, at most, in bytes.
const ARGUMENTS: usize = 16 * 1024;

/// An answer under way.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    text: String,
    /// How much of `text` was given out.
    given: usize,
    calls: Vec<ToolCall>,
    /// The index that the endpoint gave each call.
    indices: Vec<Option<u64>>,
    finish: Option<Finish>,
    done: bool,
    usage: Option<Usage>,
    /// Pieces of text that came.
    tokens: u32,
    /// Pieces that show it at work: text, thoughts, tool calls.
    signs: u32,
    last: Option<Event>,
    /// Pieces that came twice, word for word, one after the other.
    twice: u32,
    /// Whether it thinks aloud, beside the text or in it.
    thinks: bool,
    /// What was given out turned out to be thoughts.
    void: bool,
    /// The words by which it declines.
    declines: String,
    /// The most bytes of text.
    longest: usize,
}

/// An answer as the endpoint gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// The text, without what was thought aloud.
    pub text: String,
    /// The tools that it wants.
    pub calls: Vec<ToolCall>,
    /// Tokens, by the endpoint's word.
    pub usage: Option<Usage>,
    /// Pieces that came.
    pub tokens: u32,
    /// Pieces that came twice.
    pub twice: u32,
    /// Whether it thought aloud.
    pub thought: bool,
}

impl Reply {
    /// An answer of `longest` bytes at most.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self { longest, ..Self::default() }
    }

    /// Pieces of text that came so far.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Pieces so far that show it at work, be it only thinking.
    #[must_use]
    pub fn signs(&self) -> u32 {
        self.signs
    }

    /// Whether the endpoint said that it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the endpoint said how it ended: a count of tokens may follow, but no more of the answer.
    #[must_use]
    pub fn has_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Whether what was given out before is void, told once.
    pub fn take_void(&mut self) -> bool {
        std::mem::take(&mut self.void)
    }

    /// Takes an event; gives the text that may be shown with it, if any.
    ///
    /// # Errors
    /// A [`Fault`] after which the rest is not to be read.
    pub fn take(&mut self, event: Event) -> Result<Option<String>, Fault> {
        if self.done {
            // Whatever comes after the end is not part of the answer.
            return Ok(None);
        }
        let repeated = self.last.as_ref() == Some(&event);
        if repeated && event.id.is_some() {
            // The line sent one event twice: the same id is the same event.
            return Ok(None);
        }
        let said = chunk::read(&event.data);
        self.last = Some(event);
        let piece = match said {
            Said::Done => {
                self.done = true;
                return Ok(None);
            }
            Said::Garbled => return Err(Fault::Garbled { tokens: self.tokens }),
            Said::Error(words) => return Err(Fault::HalfWay { words: short(&words) }),
            Said::Chunk(chunk) => chunk,
        };
        if !piece.text.is_empty() {
            self.tokens = self.tokens.saturating_add(1);
            // Once more without an id: it may be a word that is meant twice. A person should look.
            if repeated && piece.text.chars().filter(|c| c.is_alphanumeric()).count() >= 2 {
                self.twice += 1;
            }
            if self.finish.is_none() {
                let behind = self.text.rfind(THINK.1);
                self.text.push_str(&piece.text);
                self.void |= self.given > 0 && self.text.rfind(THINK.1) > behind;
            }
        }
        if self.declines.len() < SHORT {
            self.declines.push_str(&piece.declines);
        }
        self.thinks |= piece.thinks;
        self.signs += u32::from(piece.thinks || !piece.text.is_empty() || !piece.calls.is_empty());
        for call in piece.calls {
            self.call(call);
        }
        if piece.finish.is_some() {
            self.finish = piece.finish;
        }
        self.usage = piece.usage.or(self.usage);
        if self.text.len() > self.longest {
            return Err(Fault::Endless { bytes: self.text.len() });
        }
        Ok(self.show())
    }

    /// The stream is over.
    ///
    /// # Errors
    /// [`Fault::Cut`] if that was not its end, and what else makes it no answer.
    pub fn end(self) -> Result<Whole, Fault> {
        let tokens = self.tokens;
        match &self.finish {
            Some(Finish::Length) => {
                let thought = self.thinks || self.text.trim_start().starts_with(THINK.0);
                return Err(Fault::Truncated { thought });
            }
            Some(Finish::Filter) => return Err(Fault::Filtered),
            Some(Finish::Failed) => return Err(Fault::HalfWay { words: String::new() }),
            None if !self.done => return Err(Fault::Cut { tokens }),
            _ => {}
        }
        let text = self.visible(Visible::AtTheEnd).trim().to_owned();
        let thought = self.thinks || self.text.trim_start().starts_with(THINK.0) || self.text.contains(THINK.1);
        if text.is_empty() && self.calls.is_empty() {
            return Err(if !self.declines.trim().is_empty() {
                Fault::Declined { words: short(&self.declines) }
            } else if thought {
                Fault::OnlyThoughts
            } else {
                Fault::Empty
            });
        }
        Ok(Whole { text, calls: self.calls, usage: self.usage, tokens, twice: self.twice, thought })
    }

    /// What may be shown now that was not shown before.
    fn show(&mut self) -> Option<String> {
        let begins = self.visible(Visible::UnderWay).trim_start();
        // Held back while it may still become the sign, and once it has.
        if UNKNOWN.starts_with(begins) || begins.starts_with(UNKNOWN) {
            return None;
        }
        let from = self.given.max(self.text.len() - begins.len());
        let piece = self.text.get(from..)?.to_owned();
        self.given = self.text.len();
        (!piece.is_empty()).then_some(piece)
    }

    /// The text behind what was thought aloud; nothing while that may still go on.
    fn visible(&self, when: Visible) -> &str {
        let text = self.text.as_str();
        let begins = text.trim_start();
        let (open, close) = THINK;
        if let Some((_, rest)) = text.rsplit_once(close) {
            return rest;
        }
        if begins.starts_with(open) {
            return "";
        }
        if when == Visible::UnderWay && open.starts_with(begins) { "" } else { text }
    }

    fn call(&mut self, piece: CallPiece) {
        // By its index; without one by its id; what has neither goes on with the last.
        let begins = |at: &usize| self.calls.get(*at).is_some_and(|have| begins_another(have, &piece));
        let place = match piece.index {
            Some(index) => self.indices.iter().rposition(|have| *have == Some(index)).filter(|at| !begins(at)),
            None if piece.id.is_empty() => self.calls.len().checked_sub(1).filter(|at| !begins(at)),
            None => self.calls.iter().position(|have| have.id == piece.id),
        };
        let place = place.unwrap_or_else(|| {
            self.calls.push(ToolCall::default());
            self.indices.push(piece.index);
            self.calls.len() - 1
        });
        if place >= CALLS {
            self.calls.truncate(CALLS);
            self.indices.truncate(CALLS);
            return;
        }
        let Some(call) = self.calls.get_mut(place) else { return };
        for (have, more) in [(&mut call.id, piece.id), (&mut call.name, piece.name)] {
            if have.is_empty() {
                *have = more;
            }
        }
        if call.arguments.len() + piece.arguments.len() <= ARGUMENTS {
            call.arguments.push_str(&piece.arguments);
        }
    }
}

/// Whether a piece is not more of this call: some endpoints give every call the index 0, or none.
fn begins_another(have: &ToolCall, piece: &CallPiece) -> bool {
    if !piece.id.is_empty() && !have.id.is_empty() {
        return piece.id != have.id;
    }
    // A name once more, where the arguments are whole.
    let whole = || serde_json::from_str::<serde_json::Value>(&have.arguments).is_ok_and(|it| it.is_object());
    !piece.name.is_empty() && !have.name.is_empty() && (piece.name != have.name || whole())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visible {
    UnderWay,
    AtTheEnd,
}

/// Words of an endpoint, in one line, without anything that steers a terminal.
#[must_use]
pub fn short(words: &str) -> String {
    crate::domain::text::SafeText::line_within(words, 160).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(data: &str) -> Event {
        Event { data: data.into(), id: None }
    }

    fn word(text: &str) -> Event {
        event(&serde_json::json!({"choices": [{"delta": {"content": text}}]}).to_string())
    }

    fn declines(text: &str) -> Event {
        event(&serde_json::json!({"choices": [{"delta": {"refusal": text}}]}).to_string())
    }

    fn finish(how: &str) -> Event {
        event(&serde_json::json!({"choices": [{"delta": {}, "finish_reason": how}]}).to_string())
    }

    fn run(events: impl IntoIterator<Item = Event>) -> (String, Result<Whole, Fault>) {
        let mut reply = Reply::new(1_000);
        let mut shown = String::new();
        for event in events {
            match reply.take(event) {
                Ok(piece) => {
                    if reply.take_void() {
                        shown.clear();
                    }
                    shown.extend(piece);
                }
                Err(fault) => return (shown, Err(fault)),
            }
        }
        (shown, reply.end())
    }

    #[test]
    fn pieces_make_an_answer_and_what_was_shown_is_the_answer() {
        let usage = event(r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#);
        let (shown, whole) = run([word("  Hé"), word("llo"), finish("stop"), usage, event("[DONE]"), word("late")]);
        let usage = Some(Usage { read: 5, written: 2 });
        assert_eq!(whole, Ok(Whole { text: "Héllo".into(), usage, tokens: 2, ..Whole::default() }));
        assert_eq!(shown, "Héllo");
    }

    #[test]
    fn an_end_that_is_none_is_a_fault() {
        for (events, fault) in [
            (vec![word("a"), word("b")], Fault::Cut { tokens: 2 }),
            (vec![], Fault::Cut { tokens: 0 }),
            (vec![event("[DONE]")], Fault::Empty),
            (vec![word(" "), finish("stop")], Fault::Empty),
            (vec![word("a"), finish("length"), event("[DONE]")], Fault::Truncated { thought: false }),
            (vec![word("<think>a"), finish("length")], Fault::Truncated { thought: true }),
            (vec![word("a"), finish("error"), event("[DONE]")], Fault::HalfWay { words: String::new() }),
            (vec![declines("I can"), declines("not."), finish("stop")], Fault::Declined { words: "I cannot.".into() }),
            (
                vec![word("a"), event(r#"{"object":"error","message":"out of memory"}"#), event("[DONE]")],
                Fault::HalfWay { words: "out of memory".into() },
            ),
            (vec![word("a"), finish("content_filter")], Fault::Filtered),
            (vec![word("a"), event("<html>")], Fault::Garbled { tokens: 1 }),
            (vec![word(&"x".repeat(1_001))], Fault::Endless { bytes: 1_001 }),
            (
                vec![word("a"), event(r#"{"error":{"message":"over\u001bloaded"}}"#)],
                Fault::HalfWay { words: "overloaded".into() },
            ),
        ] {
            assert_eq!(run(events).1, Err(fault));
        }
        assert!(run([word("a"), finish("stop")]).1.is_ok());
        assert!(run([word("a"), event("[DONE]")]).1.is_ok());
    }

    #[test]
    fn what_comes_twice_is_dropped_by_its_id_or_marked() {
        let named = |id: &str, event: Event| Event { id: Some(id.into()), ..event };
        let (_, whole) = run([named("1", word("re")), named("1", word("re")), named("2", word("re")), finish("stop")]);
        assert_eq!(whole.map(|it| (it.text, it.twice)), Ok(("rere".into(), 0)));
        let (_, whole) = run([word("very "), word("very "), word("."), word("."), finish("stop")]);
        assert_eq!(whole.map(|it| (it.text, it.twice)), Ok(("very very ..".into(), 1)));
    }

    #[test]
    fn thinking_aloud_and_the_sign_for_unknown_are_not_shown() {
        let (shown, whole) = run([word("<thi"), word("nk>secret</th"), word("ink>\n\nYes"), word("."), finish("stop")]);
        assert_eq!((shown.as_str(), whole.unwrap().text.as_str()), ("Yes.", "Yes."));
        let (shown, whole) = run([word("NO_"), word("ANSWER"), word(" sorry"), finish("stop")]);
        assert_eq!((shown.as_str(), whole.unwrap().text.as_str()), ("", "NO_ANSWER sorry"));
        let (shown, _) = run([word("N"), word("o. "), word("It"), finish("stop")]);
        assert_eq!(shown, "No. It");
        let (shown, whole) = run([word("<think>for ever"), finish("stop")]);
        assert_eq!((shown.as_str(), whole), ("", Err(Fault::OnlyThoughts)));
        // The first sign stood in the prompt: what was shown is void.
        let (shown, whole) =
            run([word("Hm, the user"), word("\n</thi"), word("nk>\n\nYes"), word("."), finish("stop")]);
        assert_eq!((shown.as_str(), whole.unwrap().text.as_str()), ("Yes.", "Yes."));
        let (shown, whole) = run([word("Hm</think>"), finish("stop")]);
        assert_eq!((shown.as_str(), whole), ("", Err(Fault::OnlyThoughts)));
    }

    #[test]
    fn tool_calls_are_put_together_whatever_the_endpoint_leaves_out() {
        let call = |json: &str| event(&format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{json}]}}}}]}}"#));
        let (_, whole) = run([
            call(r#"{"index":0,"id":"c1","function":{"name":"refund","arguments":""}}"#),
            call(r#"{"index":1,"id":"c2","function":{"name":"order","arguments":"{}"}}"#),
            call(r#"{"index":0,"function":{"name":null,"arguments":"{\"a\""}}"#),
            call(r#"{"index":0,"function":{"arguments":":1}"}}"#),
            finish("tool_calls"),
        ]);
        let one = ToolCall { id: "c1".into(), name: "refund".into(), arguments: r#"{"a":1}"#.into() };
        let two = ToolCall { id: "c2".into(), name: "order".into(), arguments: "{}".into() };
        assert_eq!(whole.unwrap().calls, [one, two]);
        let (_, whole) = run([
            call(r#"{"function":{"name":"order","arguments":{"no":7}}}"#),
            call(r#"{"function":{"arguments":" "}}"#),
            finish("tool_calls"),
        ]);
        assert_eq!(
            whole.unwrap().calls,
            [ToolCall { id: String::new(), name: "order".into(), arguments: "{\"no\":7} ".into() }]
        );
    }

    #[test]
    fn calls_are_parted_where_an_endpoint_numbers_them_all_alike_or_not_at_all() {
        let call = |json: &str| event(&format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{json}]}}}}]}}"#));
        let of = |pieces: &[&str]| {
            let (_, whole) = run(pieces.iter().map(|json| call(json)).chain([finish("tool_calls")]));
            let calls = whole.unwrap().calls.into_iter();
            calls.map(|it| format!("{} {} {}", it.id, it.name, it.arguments)).collect::<Vec<_>>()
        };
        for (pieces, calls) in [
            // Each whole, each with the index 0.
            (
                [
                    r#"{"index":0,"id":"a","function":{"name":"order","arguments":"{}"}}"#,
                    r#"{"index":0,"id":"b","function":{"name":"order","arguments":"{}"}}"#,
                ],
                vec!["a order {}", "b order {}"],
            ),
            // The same without ids.
            (
                [
                    r#"{"index":0,"id":"","function":{"name":"order","arguments":"{}"}}"#,
                    r#"{"index":0,"function":{"name":"order","arguments":"{}"}}"#,
                ],
                vec![" order {}", " order {}"],
            ),
            // Without an index, the id and the name in each piece.
            (
                [
                    r#"{"id":"a","function":{"name":"order","arguments":"{\"no\":"}}"#,
                    r#"{"id":"a","function":{"name":"order","arguments":"7}"}}"#,
                ],
                vec![r#"a order {"no":7}"#],
            ),
            (
                [
                    r#"{"function":{"name":"order","arguments":"{}"}}"#,
                    r#"{"function":{"name":"refund","arguments":"{}"}}"#,
                ],
                vec![" order {}", " refund {}"],
            ),
        ] {
            assert_eq!(of(&pieces), calls, "{pieces:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_the_answer_is_in_the_end(pieces in prop::collection::vec("(<think>|</think>|NO_ANSWER|[a-z é]{0,4})", 0..8)) {
            let (shown, whole) = run(pieces.iter().map(|text| word(text)).chain([finish("stop")]));
            if let Ok(whole) = whole {
                if whole.text.starts_with(UNKNOWN) || UNKNOWN.starts_with(&whole.text) {
                    prop_assert!(shown.is_empty() || shown.trim() == whole.text);
                } else {
                    prop_assert_eq!(shown.trim(), whole.text);
                }
            }
        }
    }
}
