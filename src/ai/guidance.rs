//! Which guidance of the team applies to a talk, and what a piece asks for, as far as plain rules can read it.
//!
//! A piece applies where its topic is the talk's (the desk tells which hold there) and one of the lines of `when` is met by
//! the customer's words: so much of what the line says, each term weighed by how rare it is in the knowledge, as retrieval
//! does, within two sentences of a long message. Without `when` it always applies. To words that only say that a matter is settled none with a `when` does. `then` is read line by line: `say: …` is said word for word, *ask a person* gives
//! the talk to one, a document's name is preferred, and the rest is read as a whisper is. A language model gets the words
//! themselves. Pure. Deliberately not here: understanding.

use super::{
    follow,
    knowledge::Knowledge,
    offline::{Whisper, share_met},
    sentences::sentences,
    view::View,
    words::terms,
};
use crate::domain::guidance::{Holding, Instruction, Named};
use std::collections::BTreeSet;

/// So much of a line of `when` must be met.
const MET: f64 = 0.4;
/// And by so many terms, if the line has as many.
const TERMS: usize = 2;
/// Sentences that are read together, in words with more terms than these.
const TOGETHER: usize = 2;
const FEW: usize = 12;
/// Pieces that apply at once at most, the most particular first.
const MOST: usize = 12;

/// Words about asking and customers, which no talk is told apart by.
const ABOUT: &str = "customer customers asks ask asked asking wants want writes write says say talk someone somebody about when whenever \
                     kunde kundin fragt fragen möchte schreibt sagt wenn falls jemand cliente pregunta preguntan quiere dice escribe cuando \
                     客户 顾客 询问 问 العميل يسأل يريد";

/// Asking a person, in the team's words.
const PERSON: &[&str] = &[
    "ask a human",
    "ask a person",
    "ask a colleague",
    "hand to a human",
    "hand to a person",
    "hand it to a human",
    "hand it to a person",
    "hand over to a human",
    "hand over to a person",
    "give it to a person",
    "a person answers",
    "a human answers",
    "escalate",
    "an einen menschen",
    "mensch fragen",
    "kollegen fragen",
    "pedir a una persona",
    "pasar a una persona",
    "preguntar a una persona",
    "转人工",
    "找人工",
    "اسأل شخصا",
    "حول الى موظف",
];
/// What says no before it.
const NOT: &[&str] = &["not ", "don't ", "don’t ", "never ", "without ", "nicht ", "no ", "nunca ", "不", "لا "];

/// A piece that holds, with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Which version of which piece; none in a test or a form that no desk has seen.
    pub named: Option<Named>,
    /// What it says.
    pub instruction: Instruction,
}

impl From<Holding<'_>> for Standing {
    fn from(it: Holding<'_>) -> Self {
        Self { named: Some(it.named), instruction: it.instruction.clone() }
    }
}

impl Standing {
    /// How it is named in a step: `3 v2 “opened coffee”`.
    #[must_use]
    pub fn label(&self) -> String {
        let named = self.named.map_or_else(|| "guidance".to_owned(), |named| named.to_string());
        format!("{named} “{}”", self.instruction.title)
    }
}

/// Those of `pieces` that apply to what is open in the talk; the particular before those that always do.
#[must_use]
pub fn applying(pieces: &[Standing], view: &View, knowledge: &Knowledge) -> Vec<Standing> {
    let context = follow::context(&view.said, &view.earlier);
    let words: Vec<&str> = context.iter().chain(&view.said).map(String::as_str).collect();
    let said = told_together(&words.join("\n"));
    let fits = |when: &str| {
        let shares = said.iter().filter_map(|said| share(when, said, view, knowledge));
        shares.max_by(f64::total_cmp)
    };
    let mut met: Vec<(f64, &Standing)> =
        pieces.iter().filter_map(|piece| Some((fits(&piece.instruction.when)?, piece))).collect();
    met.sort_by(|one, other| other.0.total_cmp(&one.0));
    met.into_iter().take(MOST).map(|(_, piece)| piece.clone()).collect()
}

/// The terms of what was said, as far as it was said together: a long letter has words for any matter somewhere.
fn told_together(words: &str) -> Vec<BTreeSet<String>> {
    let set = |lines: &[String]| terms(&lines.join("\n")).into_iter().collect::<BTreeSet<String>>();
    let lines = sentences(words);
    let whole = set(&lines);
    if whole.len() <= FEW || lines.len() <= TOGETHER { vec![whole] } else { lines.windows(TOGETHER).map(set).collect() }
}

/// How far a `when` is met, 0 to 1; none if it does not apply. One without words of its own always applies.
fn share(when: &str, said: &BTreeSet<String>, view: &View, knowledge: &Knowledge) -> Option<f64> {
    let about: BTreeSet<String> = terms(ABOUT).into_iter().collect();
    let own = |line: &str| terms(line).into_iter().filter(|term| !about.contains(term)).collect::<BTreeSet<String>>();
    let lines: Vec<BTreeSet<String>> = when.lines().map(own).filter(|own| !own.is_empty()).collect();
    if lines.is_empty() {
        return Some(0.0);
    }
    // Who says that it is settled speaks of the matter once more, and asks nothing.
    if view.settled {
        return None;
    }
    let met = lines.iter().filter_map(|own| {
        let (share, count) = share_met(own, said, view.locale, knowledge);
        (share >= MET && count >= TERMS.min(own.len())).then_some(share)
    });
    met.max_by(f64::total_cmp)
}

/// What a piece asks for, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Said word for word.
    pub say: Vec<String>,
    /// Documents to quote rather than others.
    pub prefer: Vec<String>,
    /// Whether a person is to answer.
    pub person: bool,
    /// Sentences with these terms are left out.
    pub avoid: BTreeSet<String>,
    /// Terms to look for beside the question.
    pub seek: Vec<String>,
}

impl Reading {
    /// Reads a piece.
    #[must_use]
    pub fn of(instruction: &Instruction) -> Self {
        let mut reading = Self::default();
        for line in instruction.then.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let whisper = Whisper::of(line);
            if let Some(say) = whisper.say {
                reading.say.push(say);
                continue;
            }
            if asks_person(line) {
                reading.person = true;
                continue;
            }
            let documents: Vec<String> = line
                .split(|c: char| c.is_whitespace() || ",;()“”\"'`".contains(c))
                .map(|word| word.trim_end_matches('.'))
                .filter(|word| word.len() > 3 && word.to_lowercase().ends_with(".md"))
                .map(str::to_owned)
                .collect();
            if documents.is_empty() {
                reading.avoid.extend(whisper.avoid);
                reading.seek.extend(whisper.seek);
            } else {
                reading.prefer.extend(documents);
            }
        }
        reading
    }

    /// Whether a document is one of those to prefer, by its path or its file's name.
    #[must_use]
    pub fn prefers(&self, document: &str) -> bool {
        let file = document.rsplit('/').next().unwrap_or(document);
        self.prefer.iter().any(|one| one.eq_ignore_ascii_case(document) || one.eq_ignore_ascii_case(file))
    }
}

/// Whether a line asks for a person, and does not say no to it.
fn asks_person(line: &str) -> bool {
    let line = line.to_lowercase();
    PERSON.iter().filter_map(|phrase| line.find(phrase)).any(|at| {
        let before = line.get(..at).unwrap_or_default();
        !NOT.iter().any(|not| before.ends_with(not))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(when: &str, then: &str) -> Standing {
        let instruction =
            Instruction { title: "it".into(), when: when.into(), then: then.into(), ..Instruction::default() };
        Standing { named: None, instruction }
    }

    fn applies(when: &str, said: &str) -> bool {
        let view = View { said: vec![said.into()], ..View::default() };
        !applying(&[piece(when, "be brief")], &view, &Knowledge::default()).is_empty()
    }

    #[test]
    fn a_piece_applies_to_words_like_its_own_and_without_words_always() {
        for (when, said, yes) in [
            ("", "anything at all", true),
            ("when a customer asks", "anything at all", true),
            ("Can I return coffee that I opened?", "I opened the coffee. May I return it?", true),
            ("Can I return coffee that I opened?", "Where is my parcel?", false),
            ("Can I return coffee that I opened?", "May I return a kettle?", false),
            ("Wo ist mein Paket?\nopened coffee", "opened coffee, what now?", true),
            ("E17", "My machine shows E17 again", true),
            ("E17", "My machine shows E18 again", false),
            ("开封的咖啡可以退吗", "咖啡开封了可以退吗", true),
        ] {
            assert_eq!(applies(when, said), yes, "{when} / {said}");
        }
    }

    #[test]
    fn thanks_for_what_was_settled_ask_for_nothing_though_they_share_the_words() {
        let said = "It worked, I have the invoice. Thank you kindly.";
        let view = |settled| View { said: vec![said.into()], settled, ..View::default() };
        let pieces = [piece("where do I find the invoice, it worked before", "ask a person"), piece("", "be brief")];
        let titles = |view: &View| applying(&pieces, view, &Knowledge::default()).len();
        assert_eq!((titles(&view(false)), titles(&view(true))), (2, 1));
    }

    #[test]
    fn words_far_apart_in_a_long_message_meet_no_line() {
        let letter = "Dear team. I opened an account with you last spring and everything went well. The kettle is fine too. \
                      My neighbour asked about your grinder the other week. She may return from her holiday on Monday. \
                      We look forward to it. Then she wants to try your coffee. What does shipping to Norway cost?";
        assert!(!applies("Can I return coffee that I opened?", letter));
        let asks = format!("{letter} And can I return coffee when I opened it?");
        assert!(applies("Can I return coffee that I opened?", &asks));
    }

    #[test]
    fn a_then_is_read_line_by_line() {
        let reading = Reading::of(
            &piece("", "say: Opened bags stay with you.\nask a person\nprefer returns/coffee.md.\ndo not promise a refund\nmention the voucher")
                .instruction,
        );
        assert_eq!(reading.say, ["Opened bags stay with you."]);
        assert!(reading.person && reading.prefers("returns/coffee.md") && !reading.prefers("refunds.md"));
        assert!(reading.avoid.contains("refund") && reading.seek == terms("voucher"), "{reading:?}");
        assert!(!Reading::of(&piece("", "never escalate, answer yourself").instruction).person);
        assert!(!Reading::of(&piece("", "do not ask a person").instruction).person);
    }

    proptest! {
        #[test]
        fn no_piece_applies_to_words_that_share_nothing_with_it(when in "[a-m]{3,8}( [a-m]{3,8}){0,6}", said in "[n-z]{3,8}( [n-z]{3,8}){0,6}") {
            let is_about = terms(&when).iter().all(|term| terms(ABOUT).contains(term));
            prop_assert!(is_about || !applies(&when, &said));
        }

        #[test]
        fn any_words_are_read(then in "\\PC{0,60}", when in "\\PC{0,30}", said in "\\PC{0,30}") {
            let _ = (Reading::of(&piece("", &then).instruction), applies(&when, &said));
        }
    }
}
