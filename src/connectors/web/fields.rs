//! Bodies to values: what a customer's program sends, checked field by field.
//!
//! Total on any bytes. Unknown fields are ignored. Deliberately not here: HTTP, and rules of the desk.

use super::reply::Fault;
use crate::{domain::customer::Customer, protocol::limits::TEXT};
use serde_json::{Map, Value};

/// The longest name, in characters.
const NAME: usize = 200;
/// The longest e-mail address, in bytes.
const EMAIL: usize = 320;
/// The longest language tag, in bytes.
const LOCALE: usize = 35;
/// The longest topic, in bytes.
const TOPIC: usize = 40;
/// The longest id of a message, in bytes.
const ID: usize = 128;
/// The longest comment on a rating, in bytes.
const COMMENT: usize = 4_000;

/// A customer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) customer: Customer,
    pub(super) topic: Option<String>,
    pub(super) text: String,
}

/// A customer wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) text: String,
}

/// A customer rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rating {
    pub(super) score: u8,
    pub(super) comment: Option<String>,
}

pub(super) fn opening(body: &[u8]) -> Result<Opening, Fault> {
    let fields = object(body)?;
    let customer = match fields.get("customer") {
        Some(Value::Object(customer)) => customer,
        Some(_) => return Err(Fault::field("customer", "is not an object; send {\"name\": …}")),
        None => return Err(Fault::field("customer", "is missing; send {\"name\": …}")),
    };
    let name = needed(customer, "name", "customer.name")?;
    if name.trim().is_empty() || name.chars().count() > NAME {
        return Err(Fault::field("customer.name", format!("is empty or too long; send 1 to {NAME} characters")));
    }
    let email = optional(customer, "email", "customer.email")?;
    if email.as_deref().is_some_and(|email| !is_plausible_email(email)) {
        return Err(Fault::field(
            "customer.email",
            "is not an e-mail address; send one as in jana@example.org, or none",
        ));
    }
    let locale = optional(&fields, "locale", "locale")?;
    if locale.as_deref().is_some_and(|locale| !is_language_tag(locale)) {
        return Err(Fault::field("locale", "is not a language tag; send one as in de or zh-CN, or none"));
    }
    let topic = optional(&fields, "topic", "topic")?;
    if topic.as_deref().is_some_and(|topic| !is_slug(topic)) {
        let what = format!("is not a topic; send 1 to {TOPIC} lower-case letters, digits, - or _, or none");
        return Err(Fault::field("topic", what));
    }
    Ok(Opening {
        customer: Customer { name: name.into(), email: email.map(Into::into), locale: locale.map(Into::into) },
        topic,
        text: text(&fields)?,
    })
}

pub(super) fn message(body: &[u8]) -> Result<Message, Fault> {
    let fields = object(body)?;
    let id = needed(&fields, "id", "id")?;
    if id.is_empty() || id.len() > ID {
        let what = format!("is empty or too long; send 1 to {ID} bytes that name this message in this chat");
        return Err(Fault::field("id", what));
    }
    Ok(Message { id, text: text(&fields)? })
}

pub(super) fn rating(body: &[u8]) -> Result<Rating, Fault> {
    let fields = object(body)?;
    let score = fields
        .get("score")
        .and_then(Value::as_u64)
        .and_then(|score| u8::try_from(score).ok())
        .filter(|score| (1..=5).contains(score))
        .ok_or_else(|| Fault::field("score", "is missing or not a score; send a whole number from 1 to 5"))?;
    let comment = optional(&fields, "comment", "comment")?;
    if comment.as_ref().is_some_and(|comment| comment.len() > COMMENT) {
        return Err(Fault::field("comment", format!("is too long; send {COMMENT} bytes at most")));
    }
    Ok(Rating { score, comment })
}

/// `after=N` of a query; 0 if it is not there. Other keys are ignored.
pub(super) fn after(query: Option<&str>) -> Result<Option<u32>, Fault> {
    query
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("after="))
        .map(|said| {
            said.parse()
                .map_err(|_| Fault::field("after", "is not a number; send the n of the last message that you have"))
        })
        .transpose()
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    let body = std::str::from_utf8(body).map_err(|error| {
        let what = format!("is not UTF-8 from byte {} on; send JSON in UTF-8", error.valid_up_to());
        Fault::field("body", what)
    })?;
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Fault::field("body", "is JSON, but not an object; send {…}")),
        Err(error) => {
            let what = format!("is not JSON at line {} column {}; send an object", error.line(), error.column());
            Err(Fault::field("body", what))
        }
    }
}

fn text(fields: &Map<String, Value>) -> Result<String, Fault> {
    let text = needed(fields, "text", "text")?;
    if text.trim().is_empty() || text.len() > TEXT {
        return Err(Fault::field("text", format!("is empty or too long; send 1 to {TEXT} bytes")));
    }
    Ok(text)
}

fn needed(fields: &Map<String, Value>, key: &str, name: &str) -> Result<String, Fault> {
    optional(fields, key, name)?.ok_or_else(|| Fault::field(name, "is missing; send a string"))
}

fn optional(fields: &Map<String, Value>, key: &str, name: &str) -> Result<Option<String>, Fault> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Fault::field(name, "is not a string; send one")),
    }
}

/// One `@` with something before and a dotted name after; no spaces or controls. Whether it exists, only a mail can tell.
fn is_plausible_email(said: &str) -> bool {
    let Some((before, after)) = said.split_once('@') else { return false };
    said.len() <= EMAIL
        && !before.is_empty()
        && !after.contains('@')
        && !said.chars().any(|c| c.is_whitespace() || c.is_control())
        && after.split('.').count() > 1
        && after.split('.').all(|label| !label.is_empty())
}

/// The shape of RFC 5646: a language of 2 or 3 letters (or up to 8), then parts of 1 to 8 letters and digits.
fn is_language_tag(said: &str) -> bool {
    let mut parts = said.split('-');
    let language = parts.next().unwrap_or_default();
    said.len() <= LOCALE
        && (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_slug(said: &str) -> bool {
    (1..=TOPIC).contains(&said.len())
        && said.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(result: Result<impl std::fmt::Debug, Fault>) -> String {
        result.unwrap_err().message
    }

    #[test]
    fn a_whole_opening_is_read() {
        let body = br#"{"customer":{"name":"Jana Novak","email":"jana@example.org"},"text":"Hi","topic":"delivery","locale":"cs","more":1}"#;
        let expected = Opening {
            customer: Customer {
                name: "Jana Novak".into(),
                email: Some("jana@example.org".into()),
                locale: Some("cs".into()),
            },
            topic: Some("delivery".to_owned()),
            text: "Hi".to_owned(),
        };
        assert_eq!(opening(body), Ok(expected));
    }

    #[test]
    fn a_wrong_field_is_named_with_what_to_send() {
        assert_eq!(said(opening(b"\xff")), "body: is not UTF-8 from byte 0 on; send JSON in UTF-8");
        assert_eq!(said(opening(b"{")), "body: is not JSON at line 1 column 1; send an object");
        assert_eq!(said(opening(b"[]")), "body: is JSON, but not an object; send {…}");
        assert_eq!(said(opening(b"{}")), "customer: is missing; send {\"name\": …}");
        assert_eq!(said(opening(br#"{"customer":{}}"#)), "customer.name: is missing; send a string");
        assert_eq!(said(opening(br#"{"customer":{"name":"J"}}"#)), "text: is missing; send a string");
        assert_eq!(said(opening(br#"{"customer":{"name":"J"},"text":7}"#)), "text: is not a string; send one");
        assert_eq!(said(message(br#"{"text":"Hi"}"#)), "id: is missing; send a string");
        assert_eq!(
            said(rating(br#"{"score":6}"#)),
            "score: is missing or not a score; send a whole number from 1 to 5"
        );
        assert!(said(after(Some("a=b&after=x"))).starts_with("after: is not a number"));
        assert_eq!((after(None), after(Some("x=1&after=7"))), (Ok(None), Ok(Some(7))));
    }

    #[test]
    fn bounds_hold_at_their_edges() {
        let message_of = |length| message(format!(r#"{{"id":"1","text":"{}"}}"#, "a".repeat(length)).as_bytes());
        assert!(message_of(TEXT).is_ok() && message_of(TEXT + 1).is_err() && message_of(0).is_err());
        let named =
            |length| opening(format!(r#"{{"customer":{{"name":"{}"}},"text":"a"}}"#, "ü".repeat(length)).as_bytes());
        assert!(named(NAME).is_ok() && named(NAME + 1).is_err() && named(0).is_err());
    }

    #[test]
    fn shapes_are_told_apart() {
        let right = ["a@b.c", "jana.novak+x@post.example.org"];
        let wrong = ["", "a", "a@b", "@b.c", "a@", "a@@b.c", "a b@c.d", "a@b..c", "a\u{7}@b.c"];
        assert!(right.into_iter().all(is_plausible_email) && !wrong.into_iter().any(is_plausible_email));
        assert!(["de", "zh-CN", "sr-Latn-RS"].into_iter().all(is_language_tag));
        assert!(!["", "d", "de_DE", "de-", "de--x", "12"].into_iter().any(is_language_tag));
        assert!(["delivery", "a_b-9"].into_iter().all(is_slug) && !["", "Delivery", "a b"].into_iter().any(is_slug));
    }

    fn json() -> impl Strategy<Value = Value> {
        let key = proptest::sample::select(vec![
            "customer", "name", "email", "text", "topic", "locale", "id", "score", "comment", "x",
        ]);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((key.clone(), inner), 0..8).prop_map(|fields| Value::Object(
                    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), query in ".{0,40}") {
            let _ = (opening(&bytes), message(&bytes), rating(&bytes), after(Some(&query)));
        }

        #[test]
        fn no_json_makes_a_parser_panic_and_what_passes_is_within_bounds(value in json()) {
            let body = value.to_string();
            if let Ok(opening) = opening(body.as_bytes()) {
                prop_assert!((1..=NAME).contains(&opening.customer.name.chars().count()));
                prop_assert!((1..=TEXT).contains(&opening.text.len()));
            }
            if let Ok(message) = message(body.as_bytes()) {
                prop_assert!((1..=ID).contains(&message.id.len()));
            }
            if let Ok(rating) = rating(body.as_bytes()) {
                prop_assert!((1..=5).contains(&rating.score));
            }
        }
    }
}
