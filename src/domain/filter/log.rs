//! The same language for the log: who did what, where, when, with which words.
//!
//! ```text
//! by:mira|ai did:take|assign #42 since:2h "where is my parcel" -did:turn
//! ```
//!
//! Deliberately not here: the conditions on conversations as they are now (see [`Filter`](super::Filter)): the log tells what
//! was done, not how things stand.

use super::{
    Mistake, Needle,
    matching::fold,
    parse::{Piece, char_at, each, mistake, needle, pieces, word_end},
    token_at,
    write::written,
};
use crate::domain::{
    approval::Ending,
    event::{Event, Recorded},
    holder::Cause,
    ids::{ConversationId, TeammateId},
    near::nearest,
    teammate::{Actor, Kind},
    time::{Span, Timestamp},
    tool::ToolEnding,
};

/// A condition on what was done. The empty one lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogFilter {
    conditions: Vec<Condition>,
}

/// What it must know beside the event.
#[derive(Clone, Copy)]
pub struct LogContext<'a> {
    /// Now, by the server's clock.
    pub at: Timestamp,
    /// Who asks: whom `by:me` means.
    pub me: Option<TeammateId>,
    /// The name of a teammate, and what it is.
    pub teammate: &'a dyn Fn(TeammateId) -> Option<(&'a str, Kind)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Condition {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Test {
    By(Vec<Doer>),
    Did(Vec<&'static str>),
    Since(Span),
    Number(Vec<ConversationId>),
    Text(Vec<Needle>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Doer {
    Ai,
    Human,
    Customer,
    Desk,
    Me,
    Named(Needle),
}

impl Doer {
    const KINDS: [(&'static str, Self); 5] = [
        ("ai", Self::Ai),
        ("human", Self::Human),
        ("customer", Self::Customer),
        ("desk", Self::Desk),
        ("me", Self::Me),
    ];
}

const KEYS: [&str; 3] = ["by", "did", "since"];

/// What can be done, in the words of `did:`.
pub const DEEDS: [&str; 39] = [
    "ask",
    "answer",
    "reply",
    "notice",
    "note",
    "whisper",
    "take",
    "hand-back",
    "assign",
    "escalate",
    "lapse",
    "draft",
    "guard",
    "spend",
    "approve",
    "edit",
    "reject",
    "expire",
    "withdraw",
    "shadow",
    "task",
    "suppress",
    "turn",
    "mode",
    "pause",
    "stop",
    "guide",
    "tag",
    "priority",
    "snooze",
    "resolve",
    "reopen",
    "judge",
    "rate",
    "undo",
    "deliver",
    "tool",
    "erase",
    "blank",
];

/// The word of `did:` for an event; what concerns the whole desk is `desk`.
#[must_use]
pub fn deed(event: &Event) -> &'static str {
    match event {
        Event::Opened { .. } | Event::CustomerSaid { .. } => "ask",
        Event::Answered { .. } => "answer",
        Event::Replied { .. } => "reply",
        Event::Notified { .. } => "notice",
        Event::Noted { .. } => "note",
        Event::Whispered { .. } => "whisper",
        Event::Briefed { .. } => "hand-back",
        Event::HolderChanged { cause, .. } => match cause {
            Cause::TookOver { .. } => "take",
            Cause::HandedBack => "hand-back",
            Cause::Assigned | Cause::Revoked => "assign",
            Cause::Escalated => "escalate",
            Cause::LeaseLapsed | Cause::AiVanished => "lapse",
            Cause::ModeChanged => "mode",
            Cause::Stopped => "stop",
            Cause::Undone => "undo",
        },
        Event::Escalated { .. } => "escalate",
        Event::DraftProposed { .. } => "draft",
        Event::Guarded { .. } => "guard",
        Event::Spending { .. } => "spend",
        Event::DraftEnded { ending, .. } => match ending {
            Ending::Approved => "approve",
            Ending::Edited => "edit",
            Ending::Rejected { .. } => "reject",
            Ending::Expired => "expire",
            Ending::Withdrawn { .. } => "withdraw",
        },
        Event::ShadowDrafted { .. } => "shadow",
        Event::AnswerSuppressed { .. } => "suppress",
        Event::TurnBegan { .. } | Event::TurnAbandoned { .. } | Event::TurnWaits { .. } => "turn",
        Event::ToolEnded { ending, .. } => match ending {
            ToolEnding::Approved => "approve",
            ToolEnding::Edited { .. } => "edit",
            ToolEnding::Answered { .. } => "answer",
            ToolEnding::Rejected { .. } => "reject",
            ToolEnding::Expired => "expire",
            ToolEnding::Withdrawn { .. } => "withdraw",
        },
        Event::ToolAllowed { .. }
        | Event::ToolProposed { .. }
        | Event::ToolDenied { .. }
        | Event::ToolBegan { .. }
        | Event::ToolRan { .. } => "tool",
        Event::TaskGiven { .. } | Event::TaskBegan { .. } | Event::TaskEnded { .. } | Event::TaskSeen { .. } => "task",
        Event::ModeSet { .. } | Event::DeskModeSet { .. } => "mode",
        Event::Paused { .. } | Event::Unpaused => "pause",
        Event::Tagged { .. } => "tag",
        Event::PrioritySet { .. } => "priority",
        Event::Snoozed { .. } | Event::Woken => "snooze",
        Event::Resolved { .. } => "resolve",
        Event::Reopened => "reopen",
        Event::Annotated { .. } | Event::AnnotationWithdrawn { .. } => "judge",
        Event::Rated { .. } => "rate",
        Event::Undid { .. } => "undo",
        Event::Erased { .. } => "erase",
        // Not the deed of whoever did what is erased now.
        Event::Blank => "blank",
        Event::DeliveryClaimed { .. } | Event::DeliveryReported { .. } | Event::DeliveriesVoided { .. } => "deliver",
        Event::Stopped { .. } | Event::StopLifted { .. } => "stop",
        Event::GuidanceWritten { .. } | Event::GuidancePublished { .. } | Event::GuidanceRetired { .. } => "guide",
        Event::DeskFounded { .. }
        | Event::TimelineBegan { .. }
        | Event::TeammateInvited { .. }
        | Event::TokenReplaced { .. }
        | Event::TeammateRevoked { .. }
        | Event::PolicySet { .. }
        | Event::ReplyKept { .. }
        | Event::AmountMoved { .. }
        | Event::ToolOffered { .. }
        | Event::ToolWithdrawn { .. } => "desk",
    }
}

/// What was said in an event, if something was.
#[must_use]
pub fn said(event: &Event) -> Option<&str> {
    match event {
        Event::CustomerSaid { text, .. }
        | Event::Replied { text, .. }
        | Event::Notified { text, .. }
        | Event::Noted { text }
        | Event::Whispered { text }
        | Event::AnswerSuppressed { text, .. } => Some(text),
        Event::Answered { answer, .. } | Event::DraftProposed { answer, .. } | Event::ShadowDrafted { answer, .. } => {
            Some(&answer.text)
        }
        Event::Escalated { summary, .. } => Some(summary),
        _ => None,
    }
}

impl LogFilter {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// What is wrong, where, and what was probably meant.
    pub fn parse(typed: &str) -> Result<Self, Mistake> {
        let mut conditions = Vec::new();
        let mut at = 0;
        while let Some(c) = char_at(typed, at) {
            if c.is_whitespace() {
                at += c.len_utf8();
            } else {
                let (one, end) = condition(typed, at)?;
                conditions.push(one);
                at = end;
            }
        }
        Ok(Self { conditions })
    }

    /// The words that must all be in what was said, to look for them in an index; none if it asks for none. What an index
    /// cannot tell is left to [`passes`](Self::passes).
    #[must_use]
    pub fn sought(&self) -> Option<String> {
        let words: Vec<&str> = self
            .conditions
            .iter()
            .filter(|one| !one.negated)
            .filter_map(|one| match &one.test {
                Test::Text(needles) => match needles.as_slice() {
                    [Needle(only)] => Some(only.as_str()),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Whether an event passes. `indexed`: the words of [`sought`](Self::sought) are known to be in it.
    #[must_use]
    pub fn passes(&self, recorded: &Recorded, context: &LogContext<'_>, indexed: bool) -> bool {
        self.conditions.iter().all(|one| {
            let known = indexed && !one.negated && matches!(&one.test, Test::Text(needles) if needles.len() == 1);
            known || one.test.holds(recorded, context) != one.negated
        })
    }
}

impl Test {
    fn holds(&self, recorded: &Recorded, context: &LogContext<'_>) -> bool {
        match self {
            Self::By(doers) => doers.iter().any(|doer| doer.did(recorded, context)),
            Self::Did(deeds) => deeds.contains(&deed(&recorded.event)),
            Self::Since(span) => context.at.since(recorded.at) <= *span,
            Self::Number(them) => recorded.conversation.is_some_and(|id| them.contains(&id)),
            Self::Text(needles) => {
                said(&recorded.event).is_some_and(|text| needles.iter().any(|needle| needle.is_in(text)))
            }
        }
    }
}

impl Doer {
    fn did(&self, recorded: &Recorded, context: &LogContext<'_>) -> bool {
        let customers =
            matches!(recorded.event, Event::Opened { .. } | Event::CustomerSaid { .. } | Event::Rated { .. });
        let teammate = recorded.by.teammate().filter(|_| !customers);
        let known = teammate.and_then(|id| (context.teammate)(id));
        match self {
            Self::Customer => customers,
            Self::Desk => recorded.by == Actor::Desk,
            Self::Ai => known.is_some_and(|(_, kind)| kind == Kind::Ai),
            Self::Human => known.is_some_and(|(_, kind)| kind == Kind::Human),
            Self::Me => teammate.is_some() && teammate == context.me,
            Self::Named(needle) => known.is_some_and(|(name, _)| needle.is(name)),
        }
    }
}

fn condition(typed: &str, from: usize) -> Result<(Condition, usize), Mistake> {
    let negated = char_at(typed, from) == Some('-');
    let start = from + usize::from(negated);
    if char_at(typed, start).is_none_or(char::is_whitespace) {
        return Err(mistake(from..start, "nothing follows the `-`: write what to leave out, as in -did:turn"));
    }
    let end = word_end(typed, start, &[':', '"', '|']);
    if char_at(typed, end) != Some(':') {
        let (pieces, end) = pieces(typed, start)?;
        let test = if pieces.iter().all(|piece| !piece.quoted && piece.text.starts_with('#')) {
            Test::Number(each(pieces, |piece| {
                let number = piece.text.get(1..).unwrap_or_default().parse();
                number.map_err(|_| {
                    let why = format!("`{}` is not a conversation: write its number, as in #42", piece.text);
                    mistake(piece.at.clone(), why)
                })
            })?)
        } else {
            Test::Text(each(pieces, |piece| needle(&piece))?)
        };
        return Ok((Condition { negated, test }, end));
    }
    let word = typed.get(start..end).unwrap_or_default();
    let folded = word.to_lowercase();
    let Some(key) = KEYS.into_iter().find(|key| *key == folded) else {
        let near = nearest(&folded, KEYS);
        let why = match near {
            Some(_) => format!("`{word}` is not a key of the log"),
            None => {
                format!("`{word}` is not a key of the log: use {}, #42, or put the words in quotes", KEYS.join(", "))
            }
        };
        return Err(Mistake { at: start..end, why, near: near.map(str::to_owned) });
    };
    let (pieces, end) = pieces(typed, end + 1)?;
    if let Some(empty) = pieces.iter().find(|piece| piece.text.is_empty()) {
        return Err(mistake(empty.at.clone(), format!("`{key}:` needs a value, as in {key}:{}", example(key))));
    }
    let test = match key {
        "by" => Test::By(each(pieces, |piece| {
            let folded = fold(&piece.text);
            let kind = Doer::KINDS.into_iter().find(|(word, _)| !piece.quoted && *word == folded);
            kind.map_or_else(|| needle(&piece).map(Doer::Named), |(_, doer)| Ok(doer))
        })?),
        "did" => Test::Did(each(pieces, |piece| did(&piece))?),
        _ => {
            let one = pieces.into_iter().next_back();
            let span = one.map(|piece| {
                let text = piece.text.trim_start_matches(['<', '=']);
                Span::parse(text, Span::minutes(1)).map_err(|why| mistake(piece.at.clone(), why))
            });
            Test::Since(span.transpose()?.unwrap_or_default())
        }
    };
    Ok((Condition { negated, test }, end))
}

fn did(piece: &Piece) -> Result<&'static str, Mistake> {
    let folded = fold(&piece.text);
    let mut known = DEEDS.into_iter().chain(["desk"]);
    known.clone().find(|word| *word == folded).ok_or_else(|| Mistake {
        at: piece.at.clone(),
        why: format!("`did:` does not know `{}`: use {} or desk", piece.text, DEEDS.join(", ")),
        near: nearest(&folded, known.by_ref()).map(str::to_owned),
    })
}

fn example(key: &str) -> &'static str {
    match key {
        "by" => "me",
        "did" => "take",
        _ => "2h",
    }
}

/// Whole conditions that may replace the one at the cursor (see [`token_at`]), the likeliest first.
#[must_use]
pub fn log_completions(partial: &str, cursor: usize, names: &[&str]) -> Vec<String> {
    let token = token_at(partial, cursor);
    let typed = partial.get(token.start..cursor.clamp(token.start, token.end)).unwrap_or_default();
    let (sign, body) = typed.strip_prefix('-').map_or(("", typed), |body| ("-", body));
    let Some((key, value)) = body.split_once(':') else {
        let body = fold(body);
        return KEYS.iter().filter(|key| key.starts_with(&body)).map(|key| format!("{sign}{key}:")).collect();
    };
    let split = value.rfind('|').map_or(0, |at| at + 1);
    let (settled, open) = value.split_at(split);
    let wanted = fold(open.trim_start_matches('"'));
    let all: Vec<String> = match key {
        "by" => Doer::KINDS
            .iter()
            .map(|(word, _)| (*word).to_owned())
            .chain(names.iter().map(|name| written(name).into_owned()))
            .collect(),
        "did" => DEEDS.iter().map(|word| (*word).to_owned()).collect(),
        "since" if value.is_empty() => ["15m", "2h", "1d", "7d"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    all.into_iter()
        .filter(|word| fold(word.trim_start_matches('"')).starts_with(&wanted))
        .map(|word| format!("{sign}{key}:{settled}{word}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        holder::Holder,
        ids::{EntryNo, Seq, Term},
        mode::Mode,
        signals::Signals,
    };
    use proptest::prelude::*;

    const NOON: Timestamp = Timestamp(1_795_354_200_000);

    fn recorded(by: Actor, conversation: u64, minutes_ago: u64, event: Event) -> Recorded {
        let at = Timestamp(NOON.0 - i64::try_from(minutes_ago).unwrap() * 60_000);
        Recorded { seq: Seq(1), at, by, conversation: Some(ConversationId(conversation)), n: EntryNo(1), event }
    }

    fn which(typed: &str) -> Vec<usize> {
        let (mira, aria, web) =
            (Actor::Teammate(TeammateId(1)), Actor::Teammate(TeammateId(2)), Actor::Teammate(TeammateId(3)));
        let took = Event::HolderChanged {
            from: Holder::Ai(TeammateId(2)),
            to: Holder::Human(TeammateId(1)),
            term: Term(2),
            cause: Cause::TookOver { reason: None },
        };
        let events = [
            recorded(
                web,
                7,
                90,
                Event::CustomerSaid { text: "Where is my PARCEL?".into(), signals: Signals::default() },
            ),
            recorded(aria, 7, 89, Event::Noted { text: "parcel lost".into() }),
            recorded(mira, 7, 60, took),
            recorded(mira, 8, 5, Event::ModeSet { mode: Some(Mode::Off) }),
            recorded(Actor::Desk, 8, 1, Event::Unpaused),
        ];
        let names = |id: TeammateId| match id.0 {
            1 => Some(("mira", Kind::Human)),
            2 => Some(("Aria", Kind::Ai)),
            _ => Some(("web", Kind::Connector)),
        };
        let context = LogContext { at: NOON, me: Some(TeammateId(1)), teammate: &names };
        let filter = LogFilter::parse(typed).unwrap();
        (0..events.len()).filter(|at| filter.passes(&events[*at], &context, false)).collect()
    }

    #[test]
    fn each_condition_asks_for_who_what_where_when_and_words() {
        assert_eq!(which(""), [0, 1, 2, 3, 4]);
        assert_eq!(which("by:me"), [2, 3]);
        assert_eq!(which("by:aria|desk"), [1, 4]);
        assert_eq!(which("by:customer"), [0]);
        assert_eq!(which("-by:human"), [0, 1, 4]);
        assert_eq!(which("did:take|mode"), [2, 3]);
        assert_eq!(which("#8 -did:pause"), [3]);
        assert_eq!(which("since:10m"), [3, 4]);
        assert_eq!(which("parcel"), [0, 1]);
        assert_eq!(which("\"my parcel\" by:customer"), [0]);
    }

    #[test]
    fn words_for_an_index_are_those_that_must_be_there() {
        let sought = |typed: &str| LogFilter::parse(typed).unwrap().sought();
        assert_eq!(sought("by:me parcel \"was lost\" -angry a|b"), Some("parcel was lost".to_owned()));
        assert_eq!(sought("by:me"), None);
    }

    #[test]
    fn a_mistake_points_at_what_is_wrong_and_names_what_was_meant() {
        let wrong = |typed: &str| {
            let mistake = LogFilter::parse(typed).unwrap_err();
            (mistake.at.clone(), mistake.near.clone())
        };
        assert_eq!(wrong("did:tak"), (4..7, Some("take".to_owned())));
        assert_eq!(wrong("bye:me"), (0..3, Some("by".to_owned())));
        assert_eq!(wrong("holder:me").1, None);
        assert_eq!(wrong("since:soon").0, 6..10);
        assert_eq!(wrong("#x").0, 0..2);
    }

    #[test]
    fn what_may_come_next_is_offered() {
        assert_eq!(log_completions("b", 1, &[]), ["by:"]);
        assert_eq!(log_completions("by:m", 4, &["mira", "lena"]), ["by:me", "by:mira"]);
        assert_eq!(log_completions("-did:take|ha", 12, &[]), ["-did:take|hand-back"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".{0,40}", at in 0usize..60) {
            let _ = LogFilter::parse(&typed);
            let _ = log_completions(&typed, at, &["Ana"]);
        }
    }
}
