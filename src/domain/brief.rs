//! The note that goes with a hand-back, so that the AI carries on with what was promised.

mod begun;

use serde::{Deserialize, Serialize};

/// What the AI must know to carry on. Any part may be empty, not all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Brief {
    /// What the person did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub done: String,
    /// What was promised to the customer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promised: String,
    /// What is still open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub open: String,
    /// What the AI may do now.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub may: String,
    /// When the AI must come back to a person: words which, said by the customer, end its part. One condition a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub back_when: String,
}

/// The titles of the form, in order.
pub const TITLES: [&str; 5] = ["done", "promised", "open", "may", "back when"];

impl Brief {
    /// The parts with their titles, in reading order.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, &str); 5] {
        let [done, promised, open, may, back_when] = TITLES;
        [
            (done, &self.done),
            (promised, &self.promised),
            (open, &self.open),
            (may, &self.may),
            (back_when, &self.back_when),
        ]
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The form that people edit: a `title:` line for each part, its text below.
    #[must_use]
    pub fn to_form(&self) -> String {
        self.parts().iter().flat_map(|(title, text)| [*title, ": ", text.trim(), "\n"]).collect()
    }

    /// Reads the form back. Lines before the first title belong to `done`.
    #[must_use]
    pub fn from_form(form: &str) -> Self {
        let mut brief = Self::default();
        let mut part = "done";
        for line in form.lines() {
            let titled = line.split_once(':').and_then(|(title, rest)| {
                let title = title.trim().to_lowercase();
                Self::default().parts().iter().map(|(t, _)| *t).find(|t| *t == title).map(|t| (t, rest))
            });
            let text = match titled {
                Some((title, rest)) => {
                    part = title;
                    rest
                }
                None => line,
            };
            let field = match part {
                "done" => &mut brief.done,
                "promised" => &mut brief.promised,
                "open" => &mut brief.open,
                "may" => &mut brief.may,
                _ => &mut brief.back_when,
            };
            if !field.is_empty() {
                field.push('\n');
            }
            field.push_str(text.trim());
        }
        for field in [&mut brief.done, &mut brief.promised, &mut brief.open, &mut brief.may, &mut brief.back_when] {
            let trimmed = field.trim();
            if trimmed.len() != field.len() {
                *field = trimmed.to_owned();
            }
        }
        brief
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_survives_its_form() {
        let brief = Brief {
            done: "looked up BW-20417".into(),
            promised: "a new parcel by Friday".into(),
            open: String::new(),
            may: "send tracking\nexplain refunds".into(),
            back_when: "lawyer".into(),
        };
        assert_eq!(Brief::from_form(&brief.to_form()), brief);
        assert_eq!(Brief::from_form("hello").done, "hello");
        assert!(Brief::from_form("done:\n open : \n").is_empty());
    }
}
