//! Tools that an AI may use: what the policy says of each, one call of one, and how that call may end.
//!
//! A call is bound to its exact arguments in one canonical form, by a digest that the desk makes itself. Amounts are
//! whole hundredths of the desk's currency. Deliberately not here: who may call what when (see `decide`), and running a
//! tool, which an AI does in its own process.

use super::{
    ids::{ConversationId, Digest, EntryNo, TeammateId, Term},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, fmt::Write as _};

/// The longest arguments of a call and the longest result that is kept, in bytes.
pub const LONGEST_DATA: usize = 16 * 1024;
/// The longest name of a tool with its server, in bytes.
pub const LONGEST_NAME: usize = 128;
/// The longest of the words that led to a call, in bytes.
pub const LONGEST_WORDS: usize = 2_000;
/// How long a person may take to decide on a call, and how long what was approved may still begin.
pub const DECIDE_WITHIN: Span = Span::minutes(10);
/// How long a call may run before nobody can tell what became of it.
pub const RUN_WITHIN: Span = Span::seconds(60);
/// Calls that an AI may ask for in one turn.
pub const CALLS_A_TURN: u8 = 8;
/// By this name an AI asks a person of the team; it needs no rule, runs nothing and is answered in words.
pub const ASK_PERSON: &str = "desk.ask";

/// What a tool can do, at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Reads data of our own.
    R0,
    /// Changes what can be changed back.
    R1,
    /// Moves money or changes data: a person approves.
    R2,
    /// Never by an AI.
    R3,
}

impl Risk {
    /// The word for it, with what it means.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::R0 => "R0 reads",
            Self::R1 => "R1 can be changed back",
            Self::R2 => "R2 money or data",
            Self::R3 => "R3 never by an AI",
        }
    }
}

/// How much a tool may move without a person. In hundredths of the desk's currency; what is left out has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limit {
    /// The argument that holds the amount: a number with two decimals at most.
    pub argument: String,
    /// In one call.
    pub per_call: Option<u64>,
    /// In one conversation.
    pub per_talk: Option<u64>,
    /// To one customer, by name and mail as the channel told them, in thirty days.
    pub per_customer: Option<u64>,
    /// In one day (UTC), over all.
    pub per_day: Option<u64>,
}

/// What the policy says of one tool. A tool without a rule does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRule {
    /// What it can do, at worst.
    pub risk: Risk,
    /// For which topics; empty: for any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<String>,
    /// How much it may move without a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Limit>,
    /// The digest of its definition, as it was when somebody read it. Without one, each call needs a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Digest>,
    /// What its arguments must be: a JSON Schema.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub schema: Value,
}

/// One call of a tool, as the desk has it: canonical and complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// Which tool, as in `shop.refund.make`.
    pub tool: String,
    /// Its arguments: JSON with sorted keys and no space.
    pub arguments: String,
    /// Binds tool, definition and arguments in this conversation.
    pub digest: Digest,
    /// The tool's definition, as the AI saw it.
    pub definition: Digest,
    /// What the tool can do.
    pub risk: Risk,
    /// The amount, if the tool moves one, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// The words that led to it. From outside.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// The term under which it may run.
    pub term: Term,
}

/// Why a call needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyTool {
    /// It moves money or changes data.
    Risk,
    /// The mode is draft.
    Mode,
    /// Nobody has pinned what the tool is.
    Unpinned,
    /// Too much for one call.
    PerCall,
    /// Too much for one conversation.
    PerTalk,
    /// Too much for one customer.
    PerCustomer,
    /// Too much for one day.
    PerDay,
    /// The AI asks a person.
    Question,
}

impl WhyTool {
    /// A few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Risk => "it moves money or changes data",
            Self::Mode => "the mode is draft",
            Self::Unpinned => "nobody has pinned what this tool is",
            Self::PerCall => "it is more than the AI may move in one call",
            Self::PerTalk => "it is more than the AI may move in one conversation",
            Self::PerCustomer => "it is more than the AI may move for one customer",
            Self::PerDay => "it is more than the AI may move in one day",
            Self::Question => "the AI asks you",
        }
    }
}

/// Why a call may not be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Denial {
    /// No rule names the tool: it does not exist.
    Unknown,
    /// No AI may call it.
    Forbidden,
    /// Not for this topic.
    Topic,
    /// Only reading is for a shadow.
    Shadow,
    /// The arguments are not what the tool takes.
    Arguments {
        /// What is wrong with them.
        why: String,
    },
    /// The tool is not what it was when it was pinned.
    Changed,
    /// The very same was asked for before.
    Repeated,
    /// A person said no to the very same.
    Rejected,
    /// Another call waits for a person.
    Waiting,
    /// Too many calls in this conversation.
    TooMany,
}

impl Denial {
    /// A sentence for people and for the AI, without its end.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unknown => "there is no such tool".to_owned(),
            Self::Forbidden => "no AI may use this tool".to_owned(),
            Self::Topic => "this tool is not for this topic".to_owned(),
            Self::Shadow => "only reading is possible beside a person".to_owned(),
            Self::Arguments { why } => format!("the arguments do not fit: {why}"),
            Self::Changed => "the tool is not what it was when it was pinned".to_owned(),
            Self::Repeated => "the very same was asked for before".to_owned(),
            Self::Rejected => "a person rejected the very same before".to_owned(),
            Self::Waiting => "another call waits for a person".to_owned(),
            Self::TooMany => "too many calls in this conversation".to_owned(),
        }
    }
}

/// What a person decides on a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolDecision {
    /// With these very arguments.
    Approve,
    /// With other arguments.
    Edit {
        /// JSON.
        arguments: String,
    },
    /// Not at all.
    Reject {
        /// Why: the AI reads it.
        reason: String,
    },
    /// Not this; here is what the AI must know.
    Answer {
        /// In words.
        text: String,
    },
}

/// How the wait of a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToolEnding {
    /// It may run as it was asked for.
    Approved,
    /// It may run with other arguments.
    Edited {
        /// Canonical.
        arguments: String,
        /// Of the call with these arguments.
        digest: Digest,
        /// The amount in them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<u64>,
    },
    /// It may not run, by decision.
    Rejected {
        /// Why.
        reason: String,
    },
    /// It does not run; the AI was answered in words.
    Answered {
        /// The words.
        text: String,
    },
    /// It does not run: nobody decided in time, or what was approved did not begin in time.
    Expired,
    /// It does not run: the ground went from under it.
    Withdrawn {
        /// What happened.
        why: String,
    },
}

/// What became of a call that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It did what it is for.
    Done,
    /// It did nothing.
    Failed,
    /// Nobody can tell. Never run again blindly.
    Unknown,
}

/// Where a call is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stage {
    /// It waits for a person.
    Waits {
        /// Until then.
        expires_at: Timestamp,
    },
    /// It may run, once.
    Ready {
        /// Until then; without a person's word only within its turn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// It runs.
    Runs {
        /// Since then.
        since: Timestamp,
    },
    /// It ran.
    Ran {
        /// What became of it.
        fate: Fate,
    },
    /// A person said no.
    Refused,
    /// A person answered in words.
    Answered,
    /// It did not run, and may be asked for again.
    Gone,
}

/// A call that the rules remember.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kept {
    /// Its number in the conversation.
    pub call: EntryNo,
    /// The turn that asked for it.
    pub turn: EntryNo,
    /// Who asked.
    pub by: TeammateId,
    /// The call; with other arguments if a person changed them.
    pub asked: Call,
    /// Where it is.
    pub stage: Stage,
    /// Up to which message of the customer its turn had read.
    pub answers: EntryNo,
    /// The turn that has read how it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<EntryNo>,
}

impl Kept {
    /// Whether somebody decided, and the AI is to go on with it.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.read.is_none()
            && matches!(self.stage, Stage::Ready { until: Some(_) } | Stage::Refused | Stage::Answered)
    }

    /// Whether it neither ran nor will.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ran { .. } | Stage::Refused | Stage::Answered | Stage::Gone)
    }
}

/// What a card shows of a call: it waits, or was decided and the AI is to go on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ToolWaits {
    /// Which call.
    pub call: EntryNo,
    /// Which tool.
    pub tool: String,
    /// Binds the arguments.
    pub digest: Digest,
    /// When it expires; none once it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Up to which message of the customer its turn had read.
    pub answers: EntryNo,
}

/// Something moved for somebody: counted against the limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spent {
    /// By which tool.
    pub tool: String,
    /// For whom: a digest of name and mail.
    pub customer: Digest,
    /// Days since 1970, UTC.
    pub day: u32,
    /// Hundredths.
    pub amount: u64,
}

/// For how many days what was moved for a customer is remembered.
pub const DAYS: u32 = 30;

/// The day of an instant, counted from 1970, UTC.
#[must_use]
pub fn day(at: Timestamp) -> u32 {
    u32::try_from(at.0.div_euclid(86_400_000)).unwrap_or(0)
}

/// Who a customer is to the limits.
#[must_use]
pub fn customer_key(customer: &super::customer::Customer) -> Digest {
    let mail = customer.email.as_deref().unwrap_or_default().trim().to_lowercase();
    // Who gives a mail is known by it, whatever name they give.
    let name = if mail.is_empty() { customer.name.trim().to_lowercase() } else { String::new() };
    digest(&["customer", &name, &mail])
}

/// The digest of a tool's definition: what it is called, what it says of itself, what it takes.
#[must_use]
pub fn definition(name: &str, description: &str, schema: &Value) -> Digest {
    digest(&["definition", name, description, &written(schema)])
}

/// The digest of a call: these arguments of this tool in this conversation.
#[must_use]
pub fn call_digest(conversation: ConversationId, tool: &str, of: &Digest, arguments: &str) -> Digest {
    digest(&["call", &conversation.to_string(), tool, &of.to_string(), arguments])
}

/// Each part with its length before it, so that no two lists of parts are alike.
fn digest(parts: &[&str]) -> Digest {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_be_bytes());
        sum.update(part.as_bytes());
    }
    Digest(sum.finalize().into())
}

/// Arguments in their one form: an object with sorted keys and no space, and what it holds.
///
/// # Errors
/// A sentence, if they are no JSON object or too long.
pub fn canonical(arguments: &str) -> Result<(String, Value), String> {
    if arguments.len() > LONGEST_DATA {
        return Err(format!("{} bytes; {LONGEST_DATA} are allowed", arguments.len()));
    }
    let said = if arguments.trim().is_empty() { "{}" } else { arguments };
    let value: Value = serde_json::from_str(said).map_err(|error| format!("they are not JSON ({error})"))?;
    if !value.is_object() {
        return Err("they are not a JSON object".to_owned());
    }
    let written = written(&value);
    if written.len() > LONGEST_DATA {
        return Err(format!("{} bytes; {LONGEST_DATA} are allowed", written.len()));
    }
    // What is looked at is what was written: the one form.
    let value = serde_json::from_str(&written).map_err(|error| format!("they are not JSON ({error})"))?;
    Ok((written, value))
}

/// JSON with sorted keys and no space, whatever order the parser keeps.
fn written(value: &Value) -> String {
    let mut out = String::new();
    write_out(value, &mut out);
    out
}

fn write_out(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{}:", Value::String(key.clone()));
                write_out(map.get(key).unwrap_or(&Value::Null), out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, one) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_out(one, out);
            }
            out.push(']');
        }
        // 20.0 and 20 are one number, and have one form.
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or(0.0);
            let _ = if float.fract() == 0.0 && float.abs() < 1e15 {
                write!(out, "{:.0}", float + 0.0)
            } else {
                write!(out, "{number}")
            };
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

/// The amount that an argument holds, in hundredths.
///
/// # Errors
/// A sentence, if it is not there, or no amount: negative, with more than two decimals, or beyond counting.
pub fn amount(arguments: &Value, argument: &str) -> Result<u64, String> {
    let wrong = || format!("`{argument}` is not an amount: write a number from 0 on with two decimals at most");
    let Some(Value::Number(number)) = arguments.get(argument) else { return Err(wrong()) };
    let said = number.to_string();
    let (whole, parts) = said.split_once('.').unwrap_or((&said, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let cents = parts.trim_end_matches('0');
    if whole.is_empty() || !digits(whole) || !digits(parts) || cents.len() > 2 {
        return Err(wrong());
    }
    let cents: u64 = format!("{cents:0<2}").parse().map_err(|_| wrong())?;
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    // Twelve digits of a currency are beyond any desk, and below where the number could be told from its neighbour no more.
    if whole >= 1_000_000_000_000 {
        return Err(wrong());
    }
    Ok(whole * 100 + cents)
}

/// An amount as people write it, as in `49.90`.
#[must_use]
pub fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What is wrong with `arguments` by `schema`; nothing if they fit. A schema that cannot be used fits nothing.
#[must_use]
pub fn misfit(schema: &Value, arguments: &Value) -> Option<String> {
    let schema = if schema.is_null() { &Value::Object(serde_json::Map::new()) } else { schema };
    match jsonschema::validator_for(schema) {
        Err(error) => Some(format!("the rule's schema cannot be used ({error})").chars().take(300).collect()),
        Ok(validator) => {
            let error = validator.iter_errors(arguments).next()?;
            let path = error.instance_path().to_string();
            let place = if path.is_empty() { String::new() } else { format!("{}: ", path.trim_start_matches('/')) };
            Some(format!("{place}{error}").chars().take(300).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn arguments_have_one_form_whatever_their_order_and_space() {
        let (one, _) = canonical("{ \"b\": [1.0, {\"z\":null,\"a\":\"x\"}], \"a\": 2.50 }").unwrap();
        assert_eq!(one, r#"{"a":2.5,"b":[1,{"a":"x","z":null}]}"#);
        assert_eq!(canonical(r#"{"a":2.5,"b":[1,{"a":"x","z":null}]}"#).unwrap().0, one);
        assert_eq!(canonical(" ").unwrap().0, "{}");
        for wrong in ["[]", "1", "{", "{\"a\":1} {}", &format!("{{\"a\":\"{}\"}}", "x".repeat(LONGEST_DATA))] {
            assert!(canonical(wrong).is_err(), "{}", &wrong[..wrong.len().min(20)]);
        }
    }

    #[test]
    fn an_amount_is_read_to_the_hundredth_or_not_at_all() {
        let of = |json: &str| amount(&serde_json::from_str(&format!("{{\"a\":{json}}}")).unwrap(), "a");
        for (said, hundredths) in [("49.9", 4_990), ("0", 0), ("12", 1_200), ("0.05", 5), ("1e2", 10_000), ("7.00", 700)] {
            assert_eq!(of(said), Ok(hundredths), "{said}");
        }
        for wrong in ["-1", "-0.5", "1.005", "1e300", "\"12\"", "null", "1e13", "[1]"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert_eq!(money(4_990), "49.90");
    }

    #[test]
    fn a_schema_says_what_does_not_fit_and_one_that_cannot_be_used_fits_nothing() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["order"],
            "properties": {"order": {"type": "string", "pattern": "^BW-[0-9]{5}$"}},
        });
        assert_eq!(misfit(&schema, &json!({"order": "BW-20417"})), None);
        for wrong in [json!({}), json!({"order": 7}), json!({"order": "x"}), json!({"order": "BW-20417", "more": 1})] {
            assert!(misfit(&schema, &wrong).is_some(), "{wrong}");
        }
        assert!(misfit(&json!({"type": "nonsense"}), &json!({})).is_some());
        assert!(misfit(&json!({"$ref": "http://127.0.0.1:1/elsewhere"}), &json!({})).is_some());
        assert_eq!(misfit(&Value::Null, &json!({"any": 1})), None);
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_and_another_call_has_another_digest(
            keys in proptest::collection::btree_map("[a-z\u{202e}\"]{0,4}", any::<i32>(), 0..6),
            other in "[a-z.]{1,8}",
        ) {
            let text = serde_json::to_string(&keys).unwrap();
            let (form, value) = canonical(&text).unwrap();
            prop_assert_eq!(&canonical(&form).unwrap(), &(form.clone(), value));
            let one = Digest([1; 32]);
            let base = call_digest(ConversationId(1), "shop.refund", &one, &form);
            prop_assert_ne!(base, call_digest(ConversationId(2), "shop.refund", &one, &form));
            prop_assert_ne!(base, call_digest(ConversationId(1), &format!("shop.refund{other}"), &one, &form));
            prop_assert_ne!(base, call_digest(ConversationId(1), "shop.refund", &Digest([2; 32]), &form));
            prop_assert_ne!(base, call_digest(ConversationId(1), "shop.refund", &one, &format!("{form} ")));
        }
    }
}
