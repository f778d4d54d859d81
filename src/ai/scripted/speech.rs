//! What our own endpoint answers: quotes from what it is given, as a well-behaved model would, or from its own knowledge.
//!
//! Pure but for the time that looking things up takes. Deliberately not here: HTTP, and troubles.

use crate::{
    ai::{
        errand::Errand,
        grounding::renumbered,
        guidance::Standing,
        knowledge::Knowledge,
        model::{Past, PastState, Prompt, ToolCall},
        offline::Offline,
        openai::{
            material::{GUIDANCE, Material, Message},
            reply::UNKNOWN,
        },
        retrieval::{Passage, Question, Retrieval},
        sentences::sentences,
        tools::Offer,
        words::Language,
    },
    domain::{
        guidance::Instruction,
        signals::{self, look},
    },
};
use std::sync::Arc;

/// Passages looked at where none are given.
const PASSAGES: usize = 8;
/// The line behind which the team's whispers stand in the rules (see `Material`).
const WHISPERS: &str = "Your team says about this very answer; follow it:";
/// And the one behind which its guidance stands.
const STANDING: &str = "for matters like this one; follow what fits:";

/// The guidance in the rules, as `Material` writes it there.
fn guided(rules: &str) -> Vec<Standing> {
    let Some((_, lines)) = rules.split_once(STANDING) else { return Vec::new() };
    let part = |line: &str, title: &str, next: &[&str]| {
        let text = line.split_once(title).map(|(_, text)| text).unwrap_or_default();
        let end = next.iter().filter_map(|next| text.find(next)).min().unwrap_or(text.len());
        text.get(..end).unwrap_or_default().trim().replace(" / ", "\n")
    };
    let lines = lines.trim_start_matches('\n').lines().map_while(|line| line.strip_prefix("- "));
    lines
        .map(|line| {
            let title = line.split_once(". When: ").or_else(|| line.split_once(". Then: "));
            let title = title.map(|(title, _)| title.to_owned()).unwrap_or_default();
            let instruction = Instruction {
                title,
                when: part(line, "When: ", &[" Then: "]),
                then: part(line, "Then: ", &[" For example: "]),
                ..Instruction::default()
            };
            Standing { named: None, instruction }
        })
        .collect()
}

/// What it has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// An answer.
    Text(String),
    /// Tools that it wants first.
    Calls(Vec<ToolCall>),
}

/// What was asked of tools, as the material tells it; what they found stands among the sources.
fn used(material: &Material) -> Vec<Past> {
    let state = |word: &str| {
        let all = [
            PastState::Done,
            PastState::Failed,
            PastState::Unknown,
            PastState::Denied,
            PastState::Rejected,
            PastState::Answered,
            PastState::Waits,
        ];
        all.into_iter().find(|state| state.word() == word)
    };
    let past = material.tools.iter().filter_map(|call| {
        let state = state(&call.state)?;
        let found = material
            .sources
            .iter()
            .find(|source| source.document == call.tool && source.heading == call.arguments)
            .map(|source| source.text.clone());
        let words = if state == PastState::Done { found.unwrap_or_default() } else { call.words.clone() };
        Some(Past { tool: call.tool.clone(), arguments: call.arguments.clone(), state, words, fresh: call.fresh })
    });
    past.collect()
}

/// Answers by quoting.
#[derive(Debug)]
pub(super) struct Speaker {
    offline: Offline,
    retrieval: Retrieval,
}

impl Speaker {
    pub(super) fn new(knowledge: Knowledge) -> Result<Self, crate::ai::retrieval::IndexError> {
        let retrieval = Retrieval::new(&knowledge)?;
        Ok(Self { offline: Offline::new(Arc::new(knowledge)), retrieval })
    }

    /// The answer to these messages, or the tools that it wants first. Blocking: it may look things up.
    pub(super) fn answer(&self, messages: &[Message], tools: Vec<Offer>) -> Said {
        let last = messages.iter().rev().find(|message| message.role == "user");
        let last = last.map(|message| message.content.as_str()).unwrap_or_default();
        let rules = messages.iter().find(|message| message.role == "system");
        let whispers = rules.and_then(|rules| rules.content.split_once(WHISPERS)).map(|(_, lines)| {
            lines.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect::<Vec<_>>()
        });
        let whispers = whispers.unwrap_or_default();
        let guidance = rules.map(|rules| guided(&rules.content)).unwrap_or_default();
        match Material::read(last) {
            Some(material) => self.given(&material, (whispers, guidance), tools),
            None => Said::Text(self.own(last, whispers)),
        }
    }

    /// From the sources that were given, cited by their ids.
    fn given(
        &self,
        material: &Material,
        (whispers, guidance): (Vec<String>, Vec<Standing>),
        tools: Vec<Offer>,
    ) -> Said {
        let locale = Language::from_tag(&material.language).unwrap_or_default();
        // What guidance says is followed, not quoted.
        let found = material.sources.iter().filter(|source| source.document != GUIDANCE);
        let passages = found.map(|source| Passage {
            document: source.document.clone(),
            title: String::new(),
            tags: Vec::new(),
            heading: source.heading.clone(),
            // Not every passage is in the customer's language, and none says which it is in.
            locale: Some(Language::of(&source.text, locale)),
            topic: None,
            sentences: sentences(&source.text),
            score: 100.0 - f64::from(source.id),
        });
        let errand = material.task.as_ref().and_then(|task| {
            Some(Errand { kind: task.kind.parse().ok()?, goal: task.goal.clone(), facts: task.facts.clone() })
        });
        let composed = self.offline.answer(&Prompt {
            topic: None,
            locale,
            errand,
            settled: material.customer.last().is_some_and(|said| look(said, &signals::Said::default()).settled),
            said: material.customer.clone(),
            answered: material.before.answers.clone(),
            earlier: material.before.customer.clone(),
            brief: None,
            whispers,
            guidance,
            passages: passages.collect(),
            tools,
            used: used(material),
        });
        if !composed.calls.is_empty() {
            return Said::Calls(composed.calls);
        }
        if !composed.known {
            return Said::Text(UNKNOWN.to_owned());
        }
        Said::Text(renumbered(&composed.text, |number| {
            let source = composed.sources.iter().find(|source| u32::from(source.number) == number)?;
            let is_it = |given: &&crate::ai::openai::material::Shown| {
                let is_named = given.heading == source.heading
                    || (given.document == GUIDANCE && source.heading.contains(&given.heading));
                given.document == source.document && is_named
            };
            material.sources.iter().find(is_it).map(|given| u32::from(given.id))
        }))
    }

    /// From its own knowledge, for whoever just asks.
    fn own(&self, words: &str, whispers: Vec<String>) -> String {
        let locale = Language::of(words, Language::En);
        let question = Question { words: words.to_owned(), locale, ..Question::default() };
        let composed = self.offline.answer(&Prompt {
            locale,
            settled: look(words, &signals::Said::default()).settled,
            said: vec![words.to_owned()],
            whispers,
            passages: self.retrieval.search(&question, PASSAGES),
            ..Prompt::default()
        });
        composed.text
    }
}

/// A text in pieces as tokens come: a word, or what is written without spaces in threes. Together they are the text.
pub(super) fn pieces_of(text: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut length) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        length += if c.is_ascii() { 1 } else { 4 };
        if c.is_whitespace() || length >= 12 {
            pieces.extend(text.get(from..end));
            (from, length) = (end, 0);
        }
    }
    pieces.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker() -> Speaker {
        let file =
            "---\ntitle: Refunds\nlocale: en\n---\n## How long does a refund take?\nA refund takes 5 working days.";
        let (knowledge, report) = Knowledge::from_files([("refunds.md", file)]);
        assert!(report.is_clean());
        Speaker::new(knowledge).unwrap()
    }

    fn text(said: Said) -> String {
        match said {
            Said::Text(text) => text,
            Said::Calls(calls) => panic!("{calls:?}"),
        }
    }

    fn user(content: String) -> Vec<Message> {
        vec![Message { role: "user".into(), content }]
    }

    #[test]
    fn it_quotes_what_it_is_given_by_the_ids_that_it_is_given() {
        let passage = |document: &str, heading: &str, sentence: &str| Passage {
            document: document.into(),
            title: String::new(),
            tags: vec![],
            heading: heading.into(),
            locale: None,
            topic: None,
            sentences: vec![sentence.into()],
            score: 1.0,
        };
        let prompt = Prompt {
            said: vec!["how long does a refund take?".into()],
            passages: vec![
                passage("parcels.md", "Where is my parcel?", "It is with the carrier."),
                passage("refunds.md", "How long does a refund take?", "A refund takes 9 days."),
            ],
            ..Prompt::default()
        };
        let messages = Material::of(&prompt).messages(&[], &["say: Sorry for the wait.".into()]);
        let said = text(speaker().answer(&messages, Vec::new()));
        assert!(said.contains("A refund takes 9 days. [2]") && said.contains("Sorry for the wait."), "{said}");
        let unknown = Prompt { said: vec!["what is the capital of Mongolia?".into()], ..prompt };
        assert_eq!(text(speaker().answer(&Material::of(&unknown).messages(&[], &[]), Vec::new())), UNKNOWN);
    }

    #[test]
    fn it_follows_guidance_and_cites_it() {
        let instruction = Instruction {
            title: "refunds by hand. Now".into(),
            when: "how long does a refund take".into(),
            then: "say: Your refund is here by Friday.\nprefer refunds.md".into(),
            ..Instruction::default()
        };
        let guidance = vec![Standing { named: None, instruction }];
        let prompt = Prompt { said: vec!["how long does a refund take?".into()], guidance, ..Prompt::default() };
        let messages = Material::of(&prompt).messages(&prompt.guidance, &[]);
        let said = text(speaker().answer(&messages, Vec::new()));
        assert!(said.contains("Your refund is here by Friday. [1]"), "{said}");
    }

    #[test]
    fn it_answers_who_just_asks_from_its_own_knowledge() {
        let said = text(speaker().answer(&user("How long does a refund take?".into()), Vec::new()));
        assert!(said.contains("A refund takes 5 working days. [1]"), "{said}");
        assert!(!text(speaker().answer(&[], Vec::new())).is_empty());
    }

    #[test]
    fn pieces_together_are_the_text() {
        for text in ["A refund takes 5 working days. [1]", "所有订单都会发货，运费为 4.90 欧元。", "", "é"]
        {
            assert_eq!(pieces_of(text).concat(), text);
        }
        assert!(pieces_of("所有订单都会发货").len() > 1);
    }
}
