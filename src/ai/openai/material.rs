//! What a language model is given: rules in one message, everything else as marked data in another.
//!
//! All text from outside (customers, documents, briefs) stands as strings of one JSON object, so that no text can leave
//! its place, and without invisible characters. Sources get numbers, by which an answer cites them and by which its
//! grounding is computed. Pure. Deliberately not here: what is looked up, and what the answer is worth.

use super::count::{fitting, tokens_of};
use crate::{
    ai::{
        guidance::Standing,
        model::{PastState, Prompt},
        words::Language,
    },
    domain::text::SafeText,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The rules, in the model's words. `{language}` is the customer's language.
pub(super) const RULES: &str = include_str!("../../../assets/prompts/answer.md");
/// The rules for tasks that are no answer. `{task}` is the kind of it.
const TASK_RULES: &str = include_str!("../../../assets/prompts/task.md");
/// The document by which lines of the brief are cited.
pub const BRIEF: &str = "brief";
/// The longest text of one passage, in characters.
const LONGEST_PASSAGE: usize = 4_000;
/// The longest text of one message of a talk, in characters.
const LONGEST_MESSAGE: usize = 4_000;

/// The longest part of a piece of guidance, in characters.
const GUIDED: usize = 2_000;
/// The document by which guidance is cited.
pub const GUIDANCE: &str = "guidance";

/// A passage with its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// By which it is cited, from 1.
    pub id: u8,
    /// The file, or [`BRIEF`].
    pub document: String,
    /// The heading.
    pub heading: String,
    /// The text.
    pub text: String,
}

/// What was said before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Before {
    /// By the customer.
    pub customer: Vec<String>,
    /// By the team.
    pub answers: Vec<String>,
}

/// The data that goes with the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Material {
    /// The customer's language, as a tag.
    pub language: String,
    /// What the customer wrote since the last answer.
    pub customer: Vec<String>,
    /// What was said before.
    pub before: Before,
    /// The passages, and what tools have found.
    pub sources: Vec<Shown>,
    /// What was asked of tools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ShownCall>,
    /// What is asked instead of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Asked>,
}

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShownCall {
    /// Which tool.
    pub tool: String,
    /// With which arguments.
    pub arguments: String,
    /// How it stands: `done`, `failed`, `denied` …
    pub state: String,
    /// What was said to it; if it was done, that is a source.
    pub words: String,
    /// Whether nobody has answered the customer since.
    pub fresh: bool,
}

/// What is asked instead of an answer, by the team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What kind of job.
    pub kind: String,
    /// What is to be reached.
    pub goal: String,
    /// What is so, by the team's word.
    pub facts: String,
}

/// One message to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system` or `user`.
    pub role: String,
    /// The text.
    pub content: String,
}

impl Material {
    /// The material of a prompt.
    #[must_use]
    pub fn of(prompt: &Prompt) -> Self {
        let lines = |lines: &[String]| lines.iter().map(|line| visible(line, LONGEST_MESSAGE)).collect();
        let briefed = prompt.brief.iter().flat_map(crate::domain::brief::Brief::parts);
        // Its return conditions are not for the customer.
        let briefed = briefed.filter(|(title, text)| *title != "back when" && !text.trim().is_empty());
        let briefed = briefed.map(|(title, text)| (BRIEF, title, visible(text, LONGEST_PASSAGE)));
        let found = prompt.passages.iter().map(|passage| {
            let text = whole(&passage.sentences, LONGEST_PASSAGE);
            (passage.document.as_str(), passage.heading.as_str(), text)
        });
        // What a tool has found is a source like any other: it is cited, and claims are held against it.
        let done = prompt.used.iter().filter(|past| past.state == PastState::Done).rev();
        let done =
            done.map(|past| (past.tool.as_str(), past.arguments.as_str(), visible(&past.words, LONGEST_PASSAGE)));
        let tools = prompt.used.iter().map(|past| ShownCall {
            tool: past.tool.clone(),
            arguments: visible(&past.arguments, LONGEST_MESSAGE),
            state: past.state.word().to_owned(),
            words: if past.state == PastState::Done { String::new() } else { visible(&past.words, LONGEST_MESSAGE) },
            fresh: past.fresh,
        });
        let tools = tools.collect();
        // What the team lets the AI say is a source, too: a claim may stand on it.
        let guided = prompt.guidance.iter().map(|piece| {
            let text = visible(&piece.instruction.then, LONGEST_PASSAGE);
            (GUIDANCE, piece.instruction.title.as_str(), text)
        });
        let sources =
            briefed.chain(guided).chain(done).chain(found).zip(1_u8..=99).map(|((document, heading, text), id)| {
                Shown { id, document: document.to_owned(), heading: visible(heading, 200), text }
            });
        Self {
            language: prompt.locale.tag().to_owned(),
            customer: lines(&prompt.said),
            before: Before { customer: lines(&prompt.earlier), answers: lines(&prompt.answered) },
            sources: sources.collect(),
            tools,
            task: prompt.errand.as_ref().map(|errand| Asked {
                kind: errand.kind.word().to_owned(),
                goal: visible(&errand.goal, LONGEST_PASSAGE),
                facts: visible(&errand.facts, LONGEST_PASSAGE),
            }),
        }
    }

    /// Leaves out what is least needed until it takes `most` tokens, by our own estimate: what was said long ago first,
    /// then the passages that fit least. What the customer asks now is never left out.
    pub fn fit(&mut self, most: u32) {
        let (said, answers) = (fitting(&self.before.customer, most / 8), fitting(&self.before.answers, most / 8));
        self.before.customer.drain(..said);
        self.before.answers.drain(..answers);
        while self.sources.len() > 1 && tokens_of(&self.json()) > most {
            self.sources.pop();
        }
    }

    /// As the model reads it.
    #[must_use]
    pub fn json(&self) -> String {
        // Strings and numbers only: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads it back from a message; for our own endpoint.
    #[must_use]
    pub fn read(message: &str) -> Option<Self> {
        let material: Self = serde_json::from_str(message).ok()?;
        (!material.customer.is_empty()).then_some(material)
    }

    /// The messages: the rules with the team's guidance and what it whispers for this answer, and the data.
    #[must_use]
    pub fn messages(&self, guidance: &[Standing], whispers: &[String]) -> Vec<Message> {
        let language = Language::from_tag(&self.language).unwrap_or_default();
        // A draft is an answer like any other; what else is asked has rules of its own.
        let kind = self.task.as_ref().map_or("draft", |task| task.kind.as_str());
        let rules = if kind == "draft" { RULES } else { TASK_RULES };
        let mut rules = rules.replace("{language}", in_words(language)).replace("{task}", kind);
        if !guidance.is_empty() {
            rules.push_str("\nYour team's standing guidance, for matters like this one; follow what fits:\n");
            for piece in guidance {
                let it = &piece.instruction;
                let parts = [("When", &it.when), ("Then", &it.then), ("For example", &it.examples)];
                let parts = parts.into_iter().filter(|(_, text)| !text.trim().is_empty());
                let parts: Vec<String> = parts
                    .map(|(title, text)| format!("{title}: {}", visible(text, GUIDED).replace('\n', " / ")))
                    .collect();
                let _ = writeln!(rules, "- {}. {}", on_one_line(&it.title, 100), parts.join(" "));
            }
        }
        if !whispers.is_empty() {
            rules.push_str("\nYour team says about this very answer; follow it:\n");
            for whisper in whispers {
                rules.push_str("- ");
                rules.push_str(&on_one_line(whisper, 500));
                rules.push('\n');
            }
        }
        let message = |role: &str, content| Message { role: role.to_owned(), content };
        vec![message("system", rules), message("user", self.json())]
    }
}

/// A text without what cannot be seen, `most` characters at most.
fn visible(text: &str, most: usize) -> String {
    SafeText::message(text).as_str().chars().take(most).collect()
}

/// As many sentences as there is room for: one that is cut says something else, and nobody may cite it.
fn whole(sentences: &[String], most: usize) -> String {
    let mut text = String::new();
    let mut room = most;
    for sentence in sentences.iter().map(|sentence| visible(sentence, usize::MAX)) {
        let takes = sentence.chars().count() + 1;
        if takes > room {
            break;
        }
        room -= takes;
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(&sentence);
    }
    text
}

/// The same without breaks: it stays in its line.
fn on_one_line(text: &str, most: usize) -> String {
    visible(text, most).replace('\n', " ")
}

fn in_words(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "German",
        Language::Es => "Spanish",
        Language::Zh => "Chinese",
        Language::Ar => "Arabic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ai::retrieval::Passage, domain::brief::Brief};
    use proptest::prelude::*;

    fn passage(document: &str, text: &str) -> Passage {
        Passage {
            document: document.into(),
            title: String::new(),
            tags: vec![],
            heading: "How long?".into(),
            locale: None,
            topic: None,
            sentences: vec![text.into()],
            score: 1.0,
        }
    }

    fn prompt(said: &str, text: &str) -> Prompt {
        Prompt {
            said: vec![said.into()],
            passages: vec![passage("a.md", text)],
            brief: Some(Brief { promised: "Friday".into(), back_when: "legal".into(), ..Brief::default() }),
            ..Prompt::default()
        }
    }

    #[test]
    fn the_brief_comes_first_its_return_conditions_stay_here_and_whispers_are_rules() {
        let material = Material::of(&prompt("when?", "3 days."));
        let sources: Vec<_> =
            material.sources.iter().map(|it| (it.id, it.document.as_str(), it.text.as_str())).collect();
        assert_eq!(sources, [(1, "brief", "Friday"), (2, "a.md", "3 days.")]);
        let messages = material.messages(&[], &["be\nbrief".into()]);
        assert!(messages[0].content.contains("Answer in English.") && messages[0].content.ends_with("- be brief\n"));
        assert!(!messages[1].content.contains("legal"));
    }

    #[test]
    fn what_does_not_fit_is_left_out_from_the_least_needed() {
        let mut prompt = prompt("when does it come?", "word ".repeat(400).as_str());
        prompt.passages.push(passage("b.md", &"more ".repeat(400)));
        prompt.earlier = (0..40).map(|n| format!("{n} {}", "long ago ".repeat(20))).collect();
        let mut material = Material::of(&prompt);
        material.fit(1_000);
        assert!(tokens_of(&material.json()) <= 1_000, "{}", tokens_of(&material.json()));
        assert_eq!(material.customer, ["when does it come?"]);
        let last = material.before.customer.last().map(|line| line.starts_with("39"));
        assert_eq!((last, material.sources.len()), (Some(true), 2));
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_place_or_hides_anything(said in "\\PC{0,30}|[\"\\\\{}\\[\\],:\u{202e}\u{200b}\u{1b}\u{e0041}a]{0,30}", text in any::<String>()) {
            let material = Material::of(&prompt(&said, &text));
            let json = material.json();
            prop_assert_eq!(serde_json::from_str::<Material>(&json).unwrap(), material);
            let hidden = json.contains(['\u{202e}', '\u{200b}', '\u{1b}', '\u{e0041}', '\n']);
            prop_assert!(!hidden);
        }
    }
}
