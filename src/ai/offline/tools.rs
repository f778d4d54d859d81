//! What the offline model does with tools: it looks an order up where one is named, and asks for a refund where one is wanted.
//!
//! By words and order numbers alone; what comes of a tool is quoted as it is, with the tool as its source. Deliberately not
//! here: whether it may (the desk's rules), and any other tool.

use super::compose::step;
use crate::{
    ai::{
        model::{Composed, Past, PastState, Prompt, ToolCall},
        phrases::{Phrase, phrase},
        tools::Offer,
    },
    domain::turn::{Grounding, Source},
};

/// The tools that it knows, by the end of their names.
const LOOKUP: &str = "order_lookup";
const STATUS: &str = "delivery_status";
const REFUND: &str = "refund_make";
/// A result that is longer is for nobody to read, in characters.
const QUOTED: usize = 1_200;

/// Words that want money back.
const BACK: &[&str] =
    &["refund", "money back", "geld zurück", "erstatt", "reembols", "devuelv", "退款", "退钱", "استرداد", "استرجاع"];
/// Words that ask about a refund rather than for one.
const ABOUT: &[&str] = &[
    "how long",
    "when ",
    "how do i",
    "how does",
    "policy",
    "wie lange",
    "wann ",
    "cuándo",
    "cuanto",
    "cuánto",
    "多久",
    "什么时候",
    "متى",
    "كم ",
];
/// Words that ask where an order is.
const WHERE: &[&str] = &[
    "where",
    "track",
    "arriv",
    "deliver",
    "status",
    "parcel",
    "order",
    "wo ist",
    "wo bleibt",
    "paket",
    "bestellung",
    "lieferung",
    "dónde",
    "donde",
    "pedido",
    "paquete",
    "哪",
    "物流",
    "订单",
    "包裹",
    "أين",
    "وين",
    "طلب",
    "شحن",
];

/// What tools make of a prompt, if anything.
pub(super) fn with_tools(prompt: &Prompt) -> Option<Composed> {
    let said = prompt.said.join("\n");
    let folded = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    let wants_refund = has(BACK) && !has(ABOUT);
    let newest = prompt.used.iter().rev().find(|past| past.fresh);
    match newest.map(|past| past.state) {
        Some(PastState::Done) => return newest.map(|past| after(prompt, past, wants_refund)),
        Some(PastState::Waits) => {
            let text = phrase(Phrase::Approval, prompt.locale, &said).to_owned();
            let steps = vec![step("compose", "a person decides on a tool call".to_owned())];
            return Some(Composed { text, grounding: Grounding(1000), known: true, steps, ..Composed::default() });
        }
        Some(PastState::Denied) => return None,
        Some(state) => {
            let words =
                newest.map(|past| format!("{}: {}, {}", past.tool, state.word(), past.words)).unwrap_or_default();
            return Some(Composed { steps: vec![step("compose", words)], ..Composed::default() });
        }
        None => {}
    }
    let order = order_in(&said).or_else(|| prompt.earlier.iter().rev().find_map(|line| order_in(line)))?;
    let tool = if wants_refund && offer(prompt, REFUND).is_some() {
        offer(prompt, LOOKUP)
    } else if has(WHERE) && order_in(&said).is_some() {
        offer(prompt, STATUS).or_else(|| offer(prompt, LOOKUP))
    } else {
        None
    }?;
    let arguments = serde_json::json!({ "order": order, "language": prompt.locale.tag() });
    Some(asks(tool, &arguments))
}

/// What follows from what a tool has found.
fn after(prompt: &Prompt, past: &Past, wants_refund: bool) -> Composed {
    let is = |name: &str| wire(&past.tool).ends_with(name);
    let tried = prompt.used.iter().any(|one| wire(&one.tool).ends_with(REFUND));
    if is(LOOKUP)
        && wants_refund
        && !tried
        && let (Some(tool), Some(order), Some(amount)) =
            (offer(prompt, REFUND), order_in(&past.arguments).or_else(|| order_in(&past.words)), price_in(&past.words))
    {
        let arguments = serde_json::json!({ "order": order, "amount": amount, "language": prompt.locale.tag() });
        return asks(tool, &arguments);
    }
    let said = prompt.said.join("\n");
    if past.words.chars().count() > QUOTED || past.words.trim().is_empty() {
        let steps = vec![step("compose", format!("what {} said is nothing to quote to a customer", past.tool))];
        return Composed { steps, ..Composed::default() };
    }
    let passage = past.words.trim().to_owned();
    let opening = if prompt.answered.is_empty() { phrase(Phrase::Opening, prompt.locale, &said) } else { "" };
    let text = format!("{opening} {passage} [1]").trim().to_owned();
    let source =
        Source { number: 1, document: past.tool.clone(), heading: past.arguments.clone(), passage: passage.clone() };
    let steps = vec![step("compose", format!("quotes what {} has found", past.tool))];
    // It stands word for word on what the tool said.
    let grounding = Grounding(1000);
    Composed {
        text,
        sources: vec![source],
        grounding,
        known: true,
        claims: vec![passage],
        steps,
        ..Composed::default()
    }
}

fn asks(tool: &Offer, arguments: &serde_json::Value) -> Composed {
    let call = ToolCall { id: String::new(), name: tool.wire_name(), arguments: arguments.to_string() };
    let steps = vec![step("compose", format!("asks for {}", tool.tool))];
    Composed { calls: vec![call], steps, ..Composed::default() }
}

fn offer<'a>(prompt: &'a Prompt, name: &str) -> Option<&'a Offer> {
    prompt.tools.iter().find(|offer| offer.wire_name().ends_with(name))
}

fn wire(tool: &str) -> String {
    tool.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// The first order number in a text, as in `BW-20417`.
fn order_in(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    upper.match_indices("BW").find_map(|(at, _)| {
        let rest = upper.get(at + 2..)?.trim_start_matches(['-', ' ', '\u{2010}', '\u{2013}']);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() == 5).then(|| format!("BW-{digits}"))
    })
}

/// The amount after `EUR` in a text.
fn price_in(text: &str) -> Option<serde_json::Number> {
    let rest = text.split_once("EUR ")?.1;
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.trim_end_matches('.').parse::<f64>().ok().and_then(serde_json::Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn prompt(said: &str, used: Vec<Past>) -> Prompt {
        let tools = ["order.lookup", "delivery.status", "refund.make"];
        let tools = tools.map(|name| Offer::new("shop", name, "", json!({}))).to_vec();
        Prompt { said: vec![said.into()], tools, used, ..Prompt::default() }
    }

    fn past(tool: &str, state: PastState, words: &str) -> Past {
        let arguments = r#"{"order":"BW-20417"}"#.into();
        Past { tool: tool.into(), arguments, state, words: words.into(), fresh: true }
    }

    fn asked(composed: Option<Composed>) -> Option<(String, String)> {
        composed?.calls.first().map(|call| (call.name.clone(), call.arguments.clone()))
    }

    #[test]
    fn it_looks_up_what_is_named_and_asks_for_a_refund_where_one_is_wanted() {
        let of = |said: &str| asked(with_tools(&prompt(said, vec![]))).map(|(name, _)| name);
        assert_eq!(of("where is my order bw 20417?").as_deref(), Some("shop_delivery_status"));
        assert_eq!(of("I want my money back for BW-20417").as_deref(), Some("shop_order_lookup"));
        assert_eq!(of("Geld zurück für BW-20417 bitte").as_deref(), Some("shop_order_lookup"));
        for none in ["where is my order?", "how long does a refund take?", "BW-20417", "BW-1234567 where"] {
            assert_eq!(of(none), None, "{none}");
        }
        let found =
            vec![past("shop.order.lookup", PastState::Done, "Order BW-20417 (Kettle, EUR 89.00) was delivered.")];
        assert_eq!(
            asked(with_tools(&prompt("refund BW-20417 please", found.clone()))),
            Some(("shop_refund_make".into(), r#"{"amount":89.0,"language":"en","order":"BW-20417"}"#.into()))
        );
        // The price is the shop's, whatever the customer says.
        let wished = with_tools(&prompt("refund EUR 5000 for BW-20417", found));
        assert!(asked(wished).is_some_and(|(_, arguments)| arguments.contains("89.0")));
    }

    #[test]
    fn a_result_is_quoted_with_its_source_and_a_no_goes_to_a_person() {
        let done = past("shop.refund.make", PastState::Done, "A refund of EUR 89.00 was made.");
        let composed = with_tools(&prompt("refund BW-20417", vec![done])).unwrap();
        assert!(composed.known && composed.text.ends_with("A refund of EUR 89.00 was made. [1]"));
        assert_eq!(composed.sources[0].document, "shop.refund.make");
        for state in [PastState::Rejected, PastState::Failed, PastState::Unknown] {
            let composed = with_tools(&prompt("refund BW-20417", vec![past("shop.refund.make", state, "no")])).unwrap();
            assert!(!composed.known && composed.calls.is_empty(), "{state:?}");
        }
        let waits = with_tools(&prompt("hello?", vec![past("shop.refund.make", PastState::Waits, "")])).unwrap();
        assert!(waits.known && waits.claims.is_empty());
    }
}
