//! The note that goes with a hand-back, so that the AI carries on with what was promised.

mod begun;

use super::form::{self, Titles};
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
        form::written(self.parts())
    }

    /// Reads the form back. Lines before the first title belong to `done`.
    #[must_use]
    pub fn from_form(form: &str) -> Self {
        let [done, promised, open, may, back_when] = form::read(form, &TITLES, 0, Titles::Anywhere);
        Self { done, promised, open, may, back_when }
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
