//! A tool call in the talk, and its facts for the card and the inspector.
//!
//! ```text
//! 14:05 ▲ Aria    wants to use a tool, expires in 8m
//!                 tool    shop.refund.make (R2 money or data), by Aria
//!                 amount  49.90
//!                 with    {"amount": 49.9, "order": "BW-20417"}
//!                 said    I want my money back for BW-20417
//!                 needs   it moves money or changes data
//!                 digest  5be1c09a7d8e4f10
//!                 y approve   e edit   x reject
//! ```
//!
//! Everything from outside is evidence: what is odd in it is visible. Deliberately not here: deciding (see `update`).

use super::{Action, Context, Entry, Modifier, Role, SafeText, Scope, Screen, Styled, when};
use crate::{
    console::{model::Layer, widgets::Block},
    domain::{
        thread::Used,
        tool::{Fate, ToolEnding},
    },
};

/// Where values stand, from the body on.
const VALUE: u16 = 8;
/// Of a result so much is shown, in characters.
const RESULT: usize = 600;

/// What a person must see before deciding: names, words, roles. `asker`: who asked for it.
pub(in crate::console::view) fn facts(used: &Used, asker: &SafeText) -> Vec<(&'static str, SafeText, Role)> {
    let mut facts: Vec<_> = used.facts().into_iter().map(|(name, words)| (name, words, Role::Text)).collect();
    if let Some((_, with, _)) = facts.iter_mut().find(|(name, ..)| *name == "with") {
        *with = SafeText::evidence(&roomy(used.arguments()));
    }
    // What it is and who asks stand in one line.
    if let Some((_, tool, _)) = facts.first_mut() {
        *tool = SafeText::own(format!("{tool}, by {asker}"));
    }
    for (name, _, role) in &mut facts {
        match *name {
            "with" | "asks" | "amount" => *role = Role::Warn,
            "digest" | "needs" => *role = Role::Dim,
            "said" => *role = Role::Customer,
            _ => {}
        }
    }
    facts
}

/// JSON with a space after each comma and colon, so that it is wrapped between its parts and not within a word. What
/// stands in its strings is left as it is.
fn roomy(json: &str) -> String {
    let mut roomy = String::with_capacity(json.len() + 16);
    let (mut in_string, mut escaped) = (false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        roomy.push(c);
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, ',' | ':') && chars.peek().is_some_and(|next| !next.is_whitespace()) {
            roomy.push(' ');
        }
    }
    roomy
}

pub(super) fn draw(c: &Context<'_>, block: &mut Block, entry: &Entry, used: &Used) {
    let name = c.actor(entry.by);
    let waits = used.waits() && c.model.screen != Screen::Log;
    let over = matches!(
        used.ending,
        Some((
            ToolEnding::Rejected { .. }
                | ToolEnding::Answered { .. }
                | ToolEnding::Expired
                | ToolEnding::Withdrawn { .. },
            _
        ))
    );
    let (sign, role) = match &used.ran {
        _ if used.waits() => (c.glyphs.draft, Role::Draft),
        Some((Fate::Failed | Fate::Unknown, _)) => (c.glyphs.bad, Role::Bad),
        _ if over => (c.glyphs.suppressed, Role::Suppressed),
        _ => (c.glyphs.event, Role::Dim),
    };
    c.head(block, Some(entry.at), sign, role, &name);
    let lead = if used.is_question() { "asks a person" } else { "tool" };
    if waits {
        let left =
            used.expires_at.map_or_else(String::new, |at| format!(", expires in {}", when::left(c.model.now, at)));
        let lead = if used.is_question() { lead } else { "wants to use a tool" };
        let style = c.style(Role::Draft).add_modifier(Modifier::BOLD);
        // The card above has the facts; while one writes it makes room, and they stand here.
        let above = c.model.screen == Screen::NeedsYou && !matches!(c.model.layer, Layer::Compose(_));
        let what = if above { format!("{lead}: see above") } else { format!("{lead}{left}") };
        c.body(block, Styled::plain(SafeText::own(what)), style);
        if above {
            return;
        }
        let x = c.columns().body;
        for (name, words, role) in facts(used, &name) {
            block.line();
            block.own(x, name, c.style(Role::Dim));
            block.wrapped(x + VALUE, Styled::plain(words), c.style(role), c.theme);
        }
        let keys = |action, words: &str| {
            let keys = c.model.keymap.keys_of(Scope::Floor, action);
            keys.map_or_else(|| words.to_owned(), |keys| format!("{} {words}", SafeText::line(&keys)))
        };
        let acts: &[_] = if used.is_question() {
            &[(Action::Approve, "answer"), (Action::Reject, "reject")]
        } else {
            &[(Action::Approve, "approve"), (Action::Edit, "edit"), (Action::Reject, "reject")]
        };
        let acts: Vec<String> = acts.iter().map(|(action, words)| keys(*action, words)).collect();
        c.below(block, SafeText::own(acts.join("   ")), c.style(Role::Key));
        return;
    }
    let what = if let Some(question) = used.question() {
        SafeText::evidence(&question)
    } else {
        let arguments = SafeText::evidence(&roomy(used.arguments()));
        SafeText::own(format!("{} {arguments}", SafeText::evidence(&used.call.tool)))
    };
    let by = used.ending.as_ref().map_or_else(String::new, |(_, by)| format!(" ({})", c.actor(*by)));
    let words = SafeText::own(format!("{lead} {what}: {}{by}", used.state()));
    c.body(block, Styled::plain(words), c.style(role));
    if let Some((_, result)) = &used.ran {
        let shown: String = result.chars().take(RESULT).collect();
        let cut = if shown.len() < result.len() { "…" } else { "" };
        c.below(block, SafeText::own(format!("{}{cut}", SafeText::message(&shown))), c.style(Role::Dim));
    }
}

#[cfg(test)]
mod tests {
    use super::roomy;

    #[test]
    fn arguments_get_room_between_their_parts_and_keep_their_strings() {
        let json = r#"{"a":1,"b":[2,3],"c":"x,y:\"z\",\\","d":{"e":null}}"#;
        assert_eq!(roomy(json), r#"{"a": 1, "b": [2, 3], "c": "x,y:\"z\",\\", "d": {"e": null}}"#);
        assert_eq!(roomy(&roomy(json)), roomy(json));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&roomy(json)), value(json));
        assert_eq!(roomy("not json: \"at all,"), "not json: \"at all,");
    }
}
