//! The stream of one answer, with what is made to go wrong in it.

use super::{
    Seen, Trouble,
    speech::{Said, pieces_of},
};
use serde_json::{Value, json};
use std::{collections::VecDeque, io, time::Duration};
use tokio::{sync::watch, time::sleep};

/// Until what was written is on the wire.
const FLUSHED: Duration = Duration::from_millis(40);

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// In order.
    Closed,
    /// The line breaks.
    Broken,
    /// It goes silent.
    Never,
    /// It begins anew, for ever.
    Round,
}

/// The answer under way. When it is dropped before its end, that is counted.
#[derive(Debug)]
pub(super) struct Stream {
    frames: VecDeque<Vec<u8>>,
    round: Vec<Vec<u8>>,
    wait: Option<Duration>,
    end: End,
    told: watch::Sender<Seen>,
    over: bool,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.told.send_modify(|seen| if self.over { seen.finished += 1 } else { seen.dropped += 1 });
    }
}

impl Stream {
    pub(super) fn new(
        said: &Said,
        trouble: Trouble,
        model: &str,
        read: Option<usize>,
        pace: Option<u32>,
        told: watch::Sender<Seen>,
    ) -> Self {
        let text = if let Said::Text(text) = said { text.as_str() } else { "" };
        let chunk = |delta: &Value, finish: Option<&str>| {
            let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
            json!({ "id": "demo-1", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [choice] })
        };
        let mut events = vec![chunk(&json!({ "role": "assistant", "content": "" }), None)];
        if trouble == Trouble::Think {
            events.push(chunk(&json!({ "reasoning_content": "Let me look at the sources." }), None));
            events.push(chunk(&json!({ "content": "<think>It is source 1.</think>\n\n" }), None));
        }
        if trouble == Trouble::Mutter {
            for piece in ["Let me look ", "at the sources.\n", "</think>\n\n"] {
                events.push(chunk(&json!({ "content": piece }), None));
            }
        }
        if trouble == Trouble::Tool {
            let call =
                json!({ "index": 0, "id": "call-1", "function": { "name": "refund", "arguments": "{\"order\":" } });
            events.push(chunk(&json!({ "tool_calls": [call] }), None));
            let more = json!({ "index": 0, "function": { "arguments": "7}" } });
            events.push(chunk(&json!({ "tool_calls": [more] }), None));
        } else if let Said::Calls(calls) = said {
            for (index, call) in calls.iter().enumerate() {
                let id = format!("call-{}", index + 1);
                let function = json!({ "name": call.name, "arguments": call.arguments });
                let call = json!({ "index": index, "id": id, "type": "function", "function": function });
                events.push(chunk(&json!({ "tool_calls": [call] }), None));
            }
        } else {
            events.extend(pieces_of(text).into_iter().map(|piece| chunk(&json!({ "content": piece }), None)));
        }
        let finish = if trouble == Trouble::Tool || matches!(said, Said::Calls(_)) { "tool_calls" } else { "stop" };
        let (cut, end) = match trouble {
            Trouble::Stall(n) => (Some(n), End::Never),
            Trouble::Cut(n) => (Some(n), End::Broken),
            Trouble::End(n) | Trouble::Fail(n) => (Some(n), End::Closed),
            Trouble::Open => (None, End::Never),
            Trouble::Endless => (Some(u32::MAX), End::Round),
            _ => (None, End::Closed),
        };
        if let Some(n) = cut {
            events.truncate(usize::try_from(n).unwrap_or(usize::MAX).saturating_add(1));
        } else {
            events.push(chunk(&json!({}), Some(finish)));
            let written = text.len() / 4 + 1;
            let usage = match (trouble, read) {
                (Trouble::Usage, _) => Some(json!({ "prompt_tokens": "many", "completion_tokens": 99_999_999 })),
                (_, Some(read)) => Some(json!({
                    "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
                })),
                _ => None,
            };
            events.extend(usage.map(|usage| json!({ "id": "demo-1", "choices": [], "usage": usage })));
        }
        if let Trouble::Fail(_) = trouble {
            events.push(json!({ "error": { "message": "the model ran out of memory", "code": 500 } }));
        }
        let mut lines: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        if trouble == Trouble::Garbled {
            lines.insert(lines.len().min(3), "data: {\"choices\": [\n\n".to_owned());
        }
        if cut.is_none() && end == End::Closed {
            lines.push("data: [DONE]\n\n".to_owned());
        }
        let frames: Vec<Vec<u8>> = match trouble {
            Trouble::Duplicate => lines.iter().flat_map(|line| [line.clone().into(), line.clone().into()]).collect(),
            Trouble::Repeat => {
                let named = lines.iter().enumerate().map(|(id, line)| format!("id: {id}\n{line}").into_bytes());
                named.flat_map(|line| [line.clone(), line]).collect()
            }
            Trouble::Split => lines
                .iter()
                .enumerate()
                .flat_map(|(n, line)| {
                    let end = ["\n", "\r\n", "\r"].get(n % 3).copied().unwrap_or("\n");
                    format!(": still here{end}{}", line.replace('\n', end)).into_bytes()
                })
                .map(|byte| vec![byte])
                .collect(),
            _ => lines.into_iter().map(String::into_bytes).collect(),
        };
        let wait = match (trouble, pace) {
            (Trouble::Drip(wait), _) => Some(wait),
            (_, Some(pace)) => Some(Duration::from_secs(1) / pace.max(1)),
            (_, None) => None,
        };
        let round = if end == End::Round { frames.iter().skip(1).cloned().collect() } else { Vec::new() };
        Self { frames: frames.into(), round, wait, end, told, over: false }
    }

    /// The frames, as they are due.
    pub(super) fn frames(self) -> impl futures_util::Stream<Item = Result<Vec<u8>, io::Error>> + Send {
        futures_util::stream::unfold((self, true), |(mut stream, first)| async move {
            if let Some(wait) = stream.wait.filter(|_| !first) {
                sleep(wait).await;
            }
            if stream.frames.is_empty() && stream.end == End::Round {
                stream.frames.extend(stream.round.iter().cloned());
            }
            match stream.frames.pop_front() {
                Some(frame) => {
                    // Who has the last piece need not wait for the end.
                    stream.over = stream.frames.is_empty() && stream.end == End::Closed;
                    Some((Ok(frame), (stream, false)))
                }
                None => match stream.end {
                    End::Never => {
                        std::future::pending::<()>().await;
                        None
                    }
                    End::Broken => {
                        // A line that broke had carried what came before.
                        sleep(FLUSHED).await;
                        stream.over = true;
                        stream.end = End::Closed;
                        Some((Err(io::Error::other("cut, as asked for")), (stream, false)))
                    }
                    End::Closed | End::Round => None,
                },
            }
        })
    }
}
