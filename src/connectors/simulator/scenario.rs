//! Who the simulated customers are: read from TOML, and checked.
//!
//! The format is described in `assets/demo/FORMAT.md`. Deliberately not here: what a customer does with it, and files on
//! disk: texts come in with their paths.

use serde::Deserialize;
use std::collections::BTreeSet;

/// Cards that a scenario may have in the deck, at most.
const MOST_OFTEN: u8 = 9;

/// How a customer takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Temper {
    /// Has time.
    Calm,
    /// Has none.
    Hurried,
    /// Needs time.
    Confused,
    /// Has been let down.
    Angry,
    /// Means harm, or sounds like it.
    Hostile,
}

/// One thing that a customer wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A burst: each line is one message.
    pub says: Vec<String>,
    /// A reply with any of these helps, in whatever case. None: only a human can help.
    pub wants: Vec<String>,
    /// Said, in turn, when a reply does not help.
    pub again: Vec<String>,
}

/// One matter, with the people who may bring it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Unique over all files.
    pub id: String,
    /// The topic's slug.
    pub topic: String,
    /// The language.
    pub locale: String,
    /// One is drawn.
    pub names: Vec<String>,
    /// How the customer takes it.
    pub temper: Temper,
    /// Replies without help until the customer asks for a human.
    pub patience: u8,
    /// Whether the customer walks away in silence instead of asking.
    pub leaves: bool,
    /// Said at the end when every step was helped.
    pub pleased: Vec<String>,
    /// Said when patience is over, in turn.
    pub human: Vec<String>,
    /// Said after a human's first reply.
    pub to_human: Vec<String>,
    /// 1 to 5 when pleased; 0 does not rate.
    pub rating: u8,
    /// Whether it comes among the first, so that what it shows is there at once.
    #[serde(default)]
    pub early: bool,
    /// How many cards it has in the deck from which customers are dealt.
    #[serde(default = "once")]
    pub often: u8,
    /// What the customer wants, in order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// What comes as often as it must.
fn once() -> u8 {
    1
}

impl Scenario {
    /// Whether it is an everyday matter: one that comes more often than once in a deck, and whose answer is known.
    #[must_use]
    pub fn is_everyday(&self) -> bool {
        self.often > 1
    }
}

/// A file of scenarios is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{why}", if id.is_empty() { String::new() } else { format!("scenario `{id}`: ") })]
pub struct ScenarioError {
    /// Which file.
    pub file: String,
    /// Which scenario; empty if the file as a whole cannot be read.
    pub id: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scenario: Vec<Scenario>,
}

/// Reads scenarios from (path, text) pairs, in their order.
///
/// # Errors
/// The first thing that is wrong, in a sentence.
pub fn parse(files: &[(&str, &str)]) -> Result<Vec<Scenario>, ScenarioError> {
    let mut all = Vec::new();
    let mut ids = BTreeSet::new();
    for (path, text) in files {
        let wrong = |id: &str, why: String| ScenarioError { file: (*path).to_owned(), id: id.to_owned(), why };
        let file: File = toml::from_str(text).map_err(|error| {
            let line =
                error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.lines().count().max(1));
            wrong("", format!("near line {line}: {}", error.message()))
        })?;
        for scenario in file.scenario {
            check(&scenario).map_err(|why| wrong(&scenario.id, why))?;
            if !ids.insert(scenario.id.clone()) {
                return Err(wrong(&scenario.id, "this id is used twice; give each scenario its own".to_owned()));
            }
            all.push(scenario);
        }
    }
    Ok(all)
}

fn check(scenario: &Scenario) -> Result<(), String> {
    if !is_kebab(&scenario.id) {
        return Err("`id` is not kebab-case; write lower-case letters, digits and -".to_owned());
    }
    if !is_kebab(&scenario.topic) {
        return Err("`topic` is not a slug; write lower-case letters, digits and -".to_owned());
    }
    if !["en", "de", "es", "zh", "ar"].contains(&scenario.locale.as_str()) {
        return Err(format!("`locale` is `{}`; write en, de, es, zh or ar", scenario.locale));
    }
    if scenario.rating > 5 {
        return Err(format!("`rating` is {}; write 0 to 5", scenario.rating));
    }
    if !(1..=MOST_OFTEN).contains(&scenario.often) {
        return Err(format!("`often` is {}; write 1 to {MOST_OFTEN}", scenario.often));
    }
    if scenario.is_everyday() && scenario.steps.iter().any(|step| step.wants.is_empty()) {
        return Err(
            "`often` is more than 1, but a step has no `wants`; what only a human can answer comes once".to_owned()
        );
    }
    filled("names", &scenario.names)?;
    if scenario.names.iter().any(|name| name.chars().count() > 200) {
        return Err("`names` has one of more than 200 characters; shorten it".to_owned());
    }
    said("pleased", &scenario.pleased)?;
    said("to_human", &scenario.to_human)?;
    if scenario.leaves {
        said("human", &scenario.human)?;
    } else {
        filled("human", &scenario.human)?;
    }
    if scenario.steps.is_empty() {
        return Err("there is no step; write at least one [[scenario.step]]".to_owned());
    }
    for (at, step) in scenario.steps.iter().enumerate() {
        let in_step = |why: String| format!("step {}: {why}", at + 1);
        filled("says", &step.says).map_err(in_step)?;
        said("again", &step.again).map_err(in_step)?;
        said("wants", &step.wants).map_err(in_step)?;
    }
    Ok(())
}

/// At least one line, and none of them blank.
fn filled(key: &str, lines: &[String]) -> Result<(), String> {
    if lines.is_empty() { Err(format!("`{key}` is empty; write at least one")) } else { said(key, lines) }
}

fn said(key: &str, lines: &[String]) -> Result<(), String> {
    if lines.iter().any(|line| line.trim().is_empty() || line.len() > 4_000) {
        return Err(format!("`{key}` has a line that is blank or longer than 4000 bytes; write something shorter"));
    }
    Ok(())
}

fn is_kebab(said: &str) -> bool {
    (1..=40).contains(&said.len())
        && said.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The scenarios of the demo, for tests.
#[cfg(test)]
pub(super) fn of_the_demo() -> Vec<Scenario> {
    macro_rules! files {
        ($($name:literal)*) => {
            &[$((concat!("customers/", $name, ".toml"), include_str!(concat!("../../../assets/demo/customers/", $name, ".toml")))),*]
        };
    }
    parse(files!("account" "delivery" "giftcards" "machines" "orders" "payment" "privacy" "refunds" "returns" "subscription" "warranty" "wholesale"))
        .unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = r#"
[[scenario]]
id = "a"
topic = "delivery"
locale = "en"
names = ["Jana"]
temper = "calm"
patience = 1
leaves = false
pleased = []
human = ["A person, please."]
to_human = []
rating = 5
[[scenario.step]]
says = ["Hi"]
wants = []
again = []
"#;

    fn why(text: &str) -> String {
        parse(&[("customers/x.toml", text)]).unwrap_err().to_string()
    }

    #[test]
    fn all_scenarios_of_the_demo_are_read() {
        let all = of_the_demo();
        assert_eq!((all.len(), all.iter().filter(|one| one.is_everyday()).count()), (176, 96));
    }

    #[test]
    fn what_is_wrong_is_said_with_file_and_scenario() {
        assert_eq!(parse(&[("x", RIGHT)]).map(|all| all.len()), Ok(1));
        assert_eq!(
            why(&RIGHT.repeat(2)),
            "customers/x.toml: scenario `a`: this id is used twice; give each scenario its own"
        );
        assert_eq!(
            why(&RIGHT.replace("rating = 5", "rating = 6")),
            "customers/x.toml: scenario `a`: `rating` is 6; write 0 to 5"
        );
        assert_eq!(
            why(&RIGHT.replace("rating = 5", "rating = 5\noften = 0")),
            "customers/x.toml: scenario `a`: `often` is 0; write 1 to 9"
        );
        assert_eq!(
            why(&RIGHT.replace("rating = 5", "rating = 5\noften = 2")),
            "customers/x.toml: scenario `a`: `often` is more than 1, but a step has no `wants`; what only a human can answer comes once"
        );
        assert_eq!(
            why(&RIGHT.replace("says = [\"Hi\"]", "says = [\" \"]")),
            "customers/x.toml: scenario `a`: step 1: `says` has a line that is blank or longer than 4000 bytes; write something shorter"
        );
        assert!(
            why(&RIGHT.replace("calm", "sleepy"))
                .starts_with("customers/x.toml: near line 7: unknown variant `sleepy`")
        );
        assert!(why("[[scenario]]\nid = 3").starts_with("customers/x.toml: near line 2:"));
    }
}
