//! One step of the mode up or down, with its reason in numbers: the thresholds, and what follows from them.
//!
//! Deliberately not here: who takes the step. A lead does; nothing here changes a mode.

use super::{Evidence, Share, Subject, share::percent};
use crate::domain::{mode::Mode, policy::Policy};
use serde::{Deserialize, Serialize};

/// So many shadow drafts must have been compared with what a person sent, before drafts are proposed.
pub const COMPARED: u32 = 20;
/// The lower end of the share that was alike, from which drafts are proposed. A draft is read by a person before it is
/// sent, so half is enough.
pub const ALIKE: f64 = 0.5;
/// So many drafts must have been decided by people, before sending alone is proposed.
pub const DECIDED: u32 = 20;
/// The lower end of the share that was sent unedited, from which sending alone is proposed.
pub const UNEDITED: f64 = 0.8;
/// So many answers must have been reviewed, before sending alone is proposed.
pub const REVIEWED: u32 = 10;
/// The lower end of the share that was judged good, from which sending alone is proposed.
pub const GOOD: f64 = 0.7;
/// From so many reviews on a step down is proposed. Fewer than for a step up: the way down must be short.
pub const REVIEWED_DOWN: u32 = 5;
/// If even the upper end of the share that was judged good is below this, sending alone is too much.
pub const GOOD_FOR_AUTO: f64 = 0.9;
/// If even the upper end of the share that was judged good is below this, drafts cost people more than they help.
pub const GOOD_FOR_DRAFT: f64 = 0.6;
/// If even the lower end of the share of rejected drafts is above this, drafts cost people more than they help.
pub const REJECTED: f64 = 0.25;

impl Evidence {
    /// What the evidence proposes under this policy. Topics for people are left to people.
    #[must_use]
    pub fn proposal(&self, policy: &Policy) -> Proposal {
        if let Subject::Topic(Some(topic)) = &self.subject
            && policy.human_topics.contains(topic)
        {
            return Proposal::Stay { why: "this topic is for people, by the rules of the desk".to_owned() };
        }
        self.propose(self.subject.mode(policy).0)
    }

    /// What the evidence proposes where the mode is `mode`. One step at a time; down before up.
    #[must_use]
    pub fn propose(&self, mode: Mode) -> Proposal {
        self.down(mode).or_else(|| self.up(mode)).unwrap_or_else(|| Proposal::Stay { why: self.stay(mode) })
    }

    fn down(&self, mode: Mode) -> Option<Proposal> {
        let (good, rejected) = (self.judged_good(), self.turned_down());
        let (to, why) = match mode {
            Mode::Auto if good.of >= REVIEWED_DOWN && good.most() < GOOD_FOR_AUTO => {
                (Mode::Draft, format!("judged good {}: at most {}", good.words(), percent(good.most())))
            }
            Mode::Draft if rejected.of >= DECIDED / 2 && rejected.least() > REJECTED => {
                (Mode::Shadow, format!("drafts rejected {}", rejected.words()))
            }
            Mode::Draft if good.of >= REVIEWED_DOWN && good.most() < GOOD_FOR_DRAFT => {
                (Mode::Shadow, format!("judged good {}", good.words()))
            }
            _ => return None,
        };
        Some(Proposal::Down { to, why })
    }

    fn up(&self, mode: Mode) -> Option<Proposal> {
        let (alike, unedited, good) = (self.as_people_say(), self.unedited(), self.judged_good());
        match mode {
            Mode::Shadow if alike.of >= COMPARED && alike.least() >= ALIKE => {
                Some(Proposal::Up { to: Mode::Draft, why: format!("as people answered {}", alike.words()) })
            }
            Mode::Draft
                if unedited.of >= DECIDED
                    && unedited.least() >= UNEDITED
                    && good.of >= REVIEWED
                    && good.least() >= GOOD =>
            {
                let why = format!("sent unedited {}; judged good {}", unedited.words(), good.words());
                Some(Proposal::Up { to: Mode::Auto, why })
            }
            _ => None,
        }
    }

    /// Why there is nothing to propose: what is missing, or that it is well as it is.
    fn stay(&self, mode: Mode) -> String {
        let (alike, unedited, good) = (self.as_people_say(), self.unedited(), self.judged_good());
        let few = |share: Share, least: u32, of: &str| {
            (share.of < least).then(|| format!("only {} {of} yet; {least} tell enough", share.of))
        };
        let low = |share: Share, least: f64, of: &str| {
            (share.least() < least).then(|| format!("{of} {}: {} are not certain", share.words(), percent(least)))
        };
        match mode {
            Mode::Off => "off: in shadow it would draft beside people, and show what it can".to_owned(),
            Mode::Shadow => {
                few(alike, COMPARED, "compared").or_else(|| low(alike, ALIKE, "as people answered")).unwrap_or_default()
            }
            Mode::Draft => few(unedited, DECIDED, "decided")
                .or_else(|| low(unedited, UNEDITED, "sent unedited"))
                .or_else(|| few(good, REVIEWED, "reviewed"))
                .or_else(|| low(good, GOOD, "judged good"))
                .unwrap_or_default(),
            Mode::Auto => few(good, REVIEWED_DOWN, "reviewed")
                .unwrap_or_else(|| format!("judged good {}: nothing speaks against it", good.words())),
        }
    }
}

/// What the evidence proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Proposal {
    /// The AI may go a step further.
    Up {
        /// To this mode.
        to: Mode,
        /// Why, in numbers.
        why: String,
    },
    /// The AI should go a step back.
    Down {
        /// To this mode.
        to: Mode,
        /// Why, in numbers.
        why: String,
    },
    /// As it is.
    Stay {
        /// Why, in numbers: what is missing, or that it is well.
        why: String,
    },
}

impl Proposal {
    /// The mode that is proposed, if another one is.
    #[must_use]
    pub fn to(&self) -> Option<Mode> {
        match self {
            Self::Up { to, .. } | Self::Down { to, .. } => Some(*to),
            Self::Stay { .. } => None,
        }
    }

    /// Why.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Up { why, .. } | Self::Down { why, .. } | Self::Stay { why } => why,
        }
    }
}
