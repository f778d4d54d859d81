//! The one form of a call: canonical arguments, the digests that bind them, amounts in them, and whether they fit a schema.
//!
//! Pure, and total on any text. Deliberately not here: what the policy makes of it.

use super::{ASK_PERSON, LONGEST_DATA, LONGEST_NAME};
use crate::domain::{
    customer::Customer,
    ids::{ConversationId, Digest},
    time::Timestamp,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The day of an instant, counted from 1970, UTC.
#[must_use]
pub fn day(at: Timestamp) -> u32 {
    u32::try_from(at.0.div_euclid(86_400_000)).unwrap_or(0)
}

/// Who a customer is to the limits.
#[must_use]
pub fn customer_key(customer: &Customer) -> Digest {
    let mail = customer.email.as_deref().unwrap_or_default().trim().to_lowercase();
    // Who gives a mail is known by it, whatever name they give.
    let name = if mail.is_empty() { customer.name.trim().to_lowercase() } else { String::new() };
    digest(&["customer", &name, &mail])
}

/// Whether a policy may name a tool so: `server.tool`, of letters, digits and `. _ - /`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let parts = name.split_once('.').is_some_and(|(server, tool)| !server.is_empty() && !tool.is_empty());
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    parts && plain && name.len() <= LONGEST_NAME && name != ASK_PERSON
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

/// The shape of arguments: the names in them and the kind of each value, as in `amount:number,order:string`.
#[must_use]
pub fn shape(arguments: &str) -> String {
    let kind = |value: &Value| match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let Ok(Value::Object(map)) = serde_json::from_str(arguments) else { return String::new() };
    let mut parts: Vec<String> = map.iter().map(|(name, value)| format!("{name}:{}", kind(value))).collect();
    parts.sort_unstable();
    parts.join(",")
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

/// How it is said that a schema cannot be used.
pub const NO_SCHEMA: &str = "the schema cannot be used";

/// What is wrong with `arguments` by `schema`; nothing if they fit. A schema that cannot be used fits nothing.
#[must_use]
pub fn misfit(schema: &Value, arguments: &Value) -> Option<String> {
    let schema = if schema.is_null() { &Value::Object(serde_json::Map::new()) } else { schema };
    match jsonschema::validator_for(schema) {
        Err(error) => Some(format!("{NO_SCHEMA} ({error})").chars().take(300).collect()),
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
        for (said, hundredths) in
            [("49.9", 4_990), ("0", 0), ("12", 1_200), ("0.05", 5), ("1e2", 10_000), ("7.00", 700)]
        {
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
