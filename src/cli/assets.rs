//! What is built into the program: the demo company with its knowledge base, its policy and its customers.
//!
//! Deliberately not here: reading any of it; each room has its own reader.

use include_dir::{Dir, include_dir};

const DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/demo");

/// The files under `folder` of the demo, with their paths there; only texts with this ending.
fn texts(folder: &str, ending: &str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let mut folders: Vec<&'static Dir<'static>> = DEMO.get_dir(folder).into_iter().collect();
    while let Some(dir) = folders.pop() {
        folders.extend(dir.dirs());
        for file in dir.files() {
            if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
                && path.ends_with(ending)
            {
                found.push((path, text));
            }
        }
    }
    found.sort_unstable();
    found
}

/// The demo company's knowledge base: paths and Markdown, and its synonyms.
#[must_use]
pub fn knowledge() -> Vec<(&'static str, &'static str)> {
    let mut found = texts("knowledge", ".md");
    found.extend(texts("knowledge", "synonyms.toml"));
    found
}

/// The demo company's customers: paths and TOML.
#[must_use]
pub fn customers() -> Vec<(&'static str, &'static str)> {
    texts("customers", ".toml")
}

/// What the demo's simulated colleague says, as TOML.
#[must_use]
pub fn colleague() -> &'static str {
    DEMO.get_file("colleague.toml").and_then(|file| file.contents_utf8()).unwrap_or_default()
}

/// The demo company's policy, as TOML.
#[must_use]
pub fn policy() -> &'static str {
    DEMO.get_file("policy.toml").and_then(|file| file.contents_utf8()).unwrap_or_default()
}

/// The guidance that the demo company has published, as TOML.
#[must_use]
pub fn guidance() -> &'static str {
    DEMO.get_file("guidance.toml").and_then(|file| file.contents_utf8()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ai::{
            guidance::{Reading, Standing, applying},
            knowledge::Knowledge,
            view::View,
        },
        cli::team,
        connectors::simulator,
        domain::policy::Policy,
    };

    #[test]
    fn the_demo_has_guidance_that_fits_its_customers_and_names_articles_that_are_there() {
        let pieces = team::guidance(guidance(), "assets/demo/guidance.toml").unwrap();
        assert_eq!(pieces.len(), 2);
        let (base, _) = Knowledge::from_files(knowledge());
        for piece in &pieces {
            let reading = Reading::of(piece);
            let is_there = |named: &String| base.documents().iter().any(|document| document.path.ends_with(named));
            assert!(reading.prefer.iter().all(is_there), "{reading:?}");
            assert!(reading.person || !reading.prefer.is_empty());
            let standing = [Standing { named: None, instruction: piece.clone() }];
            let scenarios = simulator::parse(&customers()).unwrap();
            let fits = scenarios.iter().filter(|scenario| {
                let said = scenario.steps.first().map(|step| step.says.clone()).unwrap_or_default();
                let view = View { said, ..View::default() };
                let covered = piece.covers(Some(&scenario.topic));
                covered && !applying(&standing, &view, &base).is_empty()
            });
            assert!(fits.count() > 0, "{} fits no customer", piece.title);
        }
    }

    #[test]
    fn the_demo_is_whole() {
        assert!(knowledge().len() >= 40);
        assert_eq!(customers().len(), 13);
        let scenarios = simulator::parse(&customers()).unwrap();
        assert!(scenarios.len() >= 60);
        assert_eq!(simulator::colleague::manner(colleague()).unwrap().len(), 5);
        let policy: Policy = toml::from_str(policy()).unwrap();
        assert_eq!(policy.min_grounding.0, 350);
        assert!(policy.human_topics.contains("privacy"));
    }
}
