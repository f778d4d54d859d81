//! What speaks for letting the AI go further in a topic or on a channel, and what speaks against it.
//!
//! Counts of what became of the AI's answers, shares with their interval, and from them a proposal: one step of the mode up
//! or down, with its reason. Pure. A lead decides; nothing here changes a mode. Deliberately not here: where the counts come
//! from (the store keeps them as a projection of the log).

use super::{edit::Distance, mode::Mode};
use serde::{Deserialize, Serialize};

/// The days that are looked back on where nobody says otherwise.
pub const WINDOW_DAYS: u16 = 30;

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

/// The quantile of the normal distribution for 95 % in the middle.
const Z: f64 = 1.959_964;

/// What counts were made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Subject {
    /// A topic; none: conversations without one.
    Topic(Option<String>),
    /// A channel.
    Channel(String),
}

/// What became of an AI's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was sent by itself.
    Sent,
    /// It waits for a person's decision.
    Waits,
    /// A person let it go as it was.
    Approved,
    /// A person let it go with another text.
    Edited,
    /// A person did not let it go.
    Rejected,
    /// Nobody decided: it expired, or the ground went from under it.
    Undecided,
    /// It was drafted beside a person who has not answered since.
    Shadow,
    /// It was drafted beside a person, and compared with what that person sent.
    Compared,
    /// Instead of an answer the AI asked for a person.
    Escalated,
}

impl Fate {
    /// All of them, in the order of their numbers in the store.
    pub const ALL: [Self; 9] = [
        Self::Sent,
        Self::Waits,
        Self::Approved,
        Self::Edited,
        Self::Rejected,
        Self::Undecided,
        Self::Shadow,
        Self::Compared,
        Self::Escalated,
    ];
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub hits: u32,
    /// Of how many.
    pub of: u32,
}

impl Share {
    /// Between 0 and 1; none of nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.hits.min(self.of)) / f64::from(self.of))
    }

    /// Wilson's score interval at 95 %: within it lies what the share would be with ever more of them. It stays between 0 and
    /// 1 and is wide where there are few, as it should be (E. B. Wilson, *Probable inference, the law of succession, and
    /// statistical inference*, Journal of the American Statistical Association 22, 1927, pages 209 to 212; recommended for
    /// small numbers by Brown, Cai and `DasGupta`, *Interval estimation for a binomial proportion*, Statistical Science 16,
    /// 2001). None of nothing.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        let share = self.value()?;
        let n = f64::from(self.of);
        let square = Z * Z;
        let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
        let half = Z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        Some(((middle - half).clamp(0.0, 1.0), (middle + half).clamp(0.0, 1.0)))
    }

    /// At least this much, as far as 95 % tell.
    #[must_use]
    pub fn least(self) -> f64 {
        self.interval().map_or(0.0, |it| it.0)
    }

    /// At most this much, as far as 95 % tell.
    #[must_use]
    pub fn most(self) -> f64 {
        self.interval().map_or(1.0, |it| it.1)
    }

    /// `18 of 20, 90 % (70 to 97)`; `none yet` of nothing.
    #[must_use]
    pub fn words(self) -> String {
        let percent = |share: f64| (share * 100.0).round();
        match (self.value(), self.interval()) {
            (Some(share), Some((least, most))) => format!(
                "{} of {}, {:.0} % ({:.0} to {:.0})",
                self.hits,
                self.of,
                percent(share),
                percent(least),
                percent(most)
            ),
            _ => "none yet".to_owned(),
        }
    }
}

/// What became of the AI's answers in a topic or on a channel, in a window of time. All counts add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Of what.
    pub subject: Subject,
    /// Answers that were sent by themselves.
    #[serde(default)]
    pub sent: u32,
    /// Drafts that wait.
    #[serde(default)]
    pub waits: u32,
    /// Drafts that people let go as they were.
    #[serde(default)]
    pub approved: u32,
    /// Drafts that people let go with another text.
    #[serde(default)]
    pub edited: u32,
    /// Drafts that people did not let go.
    #[serde(default)]
    pub rejected: u32,
    /// Drafts that nobody decided on.
    #[serde(default)]
    pub undecided: u32,
    /// Drafts beside people that could not be compared.
    #[serde(default)]
    pub shadows: u32,
    /// Drafts beside people that were compared with what they sent.
    #[serde(default)]
    pub compared: u32,
    /// Those of them that were alike, see [`Distance::ALIKE`].
    #[serde(default)]
    pub alike: u32,
    /// The sum of the distances of what was let go and what was compared, in thousandths.
    #[serde(default)]
    pub apart: u64,
    /// Answers and drafts that a person judged, unsure ones left out.
    #[serde(default)]
    pub reviewed: u32,
    /// Those of them that everybody who judged found good.
    #[serde(default)]
    pub good: u32,
    /// How often the AI asked for a person instead.
    #[serde(default)]
    pub escalations: u32,
}

/// Answers of the same fate, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What became of them.
    pub fate: Fate,
    /// How many.
    pub count: u32,
    /// How many were alike to what was sent.
    pub alike: u32,
    /// The sum of their distances.
    pub apart: u64,
    /// How many were judged good or bad.
    pub reviewed: u32,
    /// How many were judged good.
    pub good: u32,
}

impl Evidence {
    /// Nothing yet.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self {
            subject,
            sent: 0,
            waits: 0,
            approved: 0,
            edited: 0,
            rejected: 0,
            undecided: 0,
            shadows: 0,
            compared: 0,
            alike: 0,
            apart: 0,
            reviewed: 0,
            good: 0,
            escalations: 0,
        }
    }

    /// Counts some more.
    pub fn add(&mut self, some: Counted) {
        let count = match some.fate {
            Fate::Sent => &mut self.sent,
            Fate::Waits => &mut self.waits,
            Fate::Approved => &mut self.approved,
            Fate::Edited => &mut self.edited,
            Fate::Rejected => &mut self.rejected,
            Fate::Undecided => &mut self.undecided,
            Fate::Shadow => &mut self.shadows,
            Fate::Compared => &mut self.compared,
            Fate::Escalated => &mut self.escalations,
        };
        *count = count.saturating_add(some.count);
        if some.fate == Fate::Compared {
            self.alike = self.alike.saturating_add(some.alike);
        }
        if matches!(some.fate, Fate::Approved | Fate::Edited | Fate::Compared) {
            self.apart = self.apart.saturating_add(some.apart);
        }
        self.reviewed = self.reviewed.saturating_add(some.reviewed);
        self.good = self.good.saturating_add(some.good);
    }

    /// All answers and drafts, those beside people too.
    #[must_use]
    pub fn volume(&self) -> u32 {
        let drafts = [self.waits, self.approved, self.edited, self.rejected, self.undecided];
        drafts.into_iter().chain([self.sent, self.shadows, self.compared]).fold(0, u32::saturating_add)
    }

    /// Drafts that people decided on: of these, those sent unedited.
    #[must_use]
    pub fn unedited(&self) -> Share {
        Share { hits: self.approved, of: self.decided() }
    }

    /// Drafts that people decided on: of these, those that they did not let go.
    #[must_use]
    pub fn turned_down(&self) -> Share {
        Share { hits: self.rejected, of: self.decided() }
    }

    /// Drafts beside people that were compared: of these, those that were alike.
    #[must_use]
    pub fn as_people_say(&self) -> Share {
        Share { hits: self.alike, of: self.compared }
    }

    /// Reviewed: of these, those judged good.
    #[must_use]
    pub fn judged_good(&self) -> Share {
        Share { hits: self.good, of: self.reviewed }
    }

    /// Turns that ended in an answer or a call for a person: of these, the calls.
    #[must_use]
    pub fn given_up(&self) -> Share {
        Share { hits: self.escalations, of: self.escalations.saturating_add(self.volume()) }
    }

    /// How far what people sent was from what the AI wrote, on the average, and of how many; none of nothing.
    #[must_use]
    pub fn distance(&self) -> Option<(Distance, u32)> {
        let of = self.approved.saturating_add(self.edited).saturating_add(self.compared);
        let mean = self.apart.checked_div(u64::from(of))?;
        Some((Distance(u16::try_from(mean).unwrap_or(1000).min(1000)), of))
    }

    fn decided(&self) -> u32 {
        self.approved.saturating_add(self.edited).saturating_add(self.rejected)
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
                (Mode::Draft, format!("judged good {}: at most {:.0} %", good.words(), good.most() * 100.0))
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
            let most = least * 100.0;
            (share.least() < least).then(|| format!("{of} {}: {most:.0} % are not certain", share.words()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(change: impl FnOnce(&mut Evidence)) -> Evidence {
        let mut evidence = Evidence::of(Subject::Topic(Some("refunds".into())));
        change(&mut evidence);
        evidence
    }

    #[test]
    fn the_interval_is_the_one_of_the_textbook() {
        // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998, table I.
        let near = |share: Share, low: f64, high: f64| {
            let (least, most) = share.interval().unwrap();
            assert!((least - low).abs() < 5e-5 && (most - high).abs() < 5e-5, "{least} {most}");
        };
        near(Share { hits: 81, of: 263 }, 0.2553, 0.3662);
        near(Share { hits: 15, of: 148 }, 0.0624, 0.1605);
        near(Share { hits: 0, of: 20 }, 0.0, 0.1611);
        near(Share { hits: 1, of: 29 }, 0.0061, 0.1718);
        assert_eq!(Share::default().interval(), None);
    }

    #[test]
    fn few_of_them_are_called_few_and_propose_nothing() {
        let evidence = with(|it| it.approved = 7);
        let why = "only 7 decided yet; 20 tell enough".to_owned();
        assert_eq!(evidence.propose(Mode::Draft), Proposal::Stay { why });
        let evidence = with(|it| (it.compared, it.alike) = (19, 19));
        assert_eq!(evidence.propose(Mode::Shadow).why(), "only 19 compared yet; 20 tell enough");
        assert_eq!(with(|_| ()).propose(Mode::Auto).why(), "only 0 reviewed yet; 5 tell enough");
    }

    #[test]
    fn each_step_up_has_its_numbers() {
        let shadow = with(|it| (it.compared, it.alike) = (20, 15));
        let why = "as people answered 15 of 20, 75 % (53 to 89)".to_owned();
        assert_eq!(shadow.propose(Mode::Shadow), Proposal::Up { to: Mode::Draft, why });
        let draft = with(|it| (it.approved, it.edited, it.reviewed, it.good) = (38, 1, 12, 12));
        assert_eq!(draft.propose(Mode::Draft).to(), Some(Mode::Auto));
        let unread = with(|it| (it.approved, it.reviewed, it.good) = (60, 9, 9));
        assert_eq!(unread.propose(Mode::Draft).to(), None);
    }

    #[test]
    fn each_step_down_has_its_numbers() {
        let bad = with(|it| (it.sent, it.reviewed, it.good) = (400, 5, 3));
        assert_eq!(bad.propose(Mode::Auto).to(), Some(Mode::Draft));
        let rejected = with(|it| (it.approved, it.rejected) = (4, 8));
        assert_eq!(rejected.propose(Mode::Draft).to(), Some(Mode::Shadow));
    }

    fn evidence() -> impl Strategy<Value = Evidence> {
        proptest::array::uniform10(0_u32..400).prop_map(|n| {
            let mut evidence = with(|_| ());
            for (fate, count) in Fate::ALL.into_iter().zip(n) {
                let reviewed = count / 3;
                let (alike, good) = (count / 2, reviewed * n[9] / 400);
                evidence.add(Counted { fate, count, alike, apart: u64::from(count) * 90, reviewed, good });
            }
            evidence
        })
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_narrows_with_more(hits in 0_u32..500, more in 0_u32..500) {
            let share = Share { hits, of: hits + more + 1 };
            let (least, most) = share.interval().unwrap();
            let value = share.value().unwrap();
            prop_assert!((0.0..=1.0).contains(&least) && (0.0..=1.0).contains(&most));
            prop_assert!(least <= value + 1e-12 && value <= most + 1e-12);
            let tenfold = Share { hits: hits * 10, of: share.of * 10 };
            prop_assert!(tenfold.most() - tenfold.least() < most - least);
        }

        #[test]
        fn a_proposal_is_one_step_and_always_says_why(evidence in evidence()) {
            for mode in Mode::ALL {
                let proposal = evidence.propose(mode);
                prop_assert!(!proposal.why().is_empty());
                let place = |mode: Mode| Mode::ALL.iter().position(|it| *it == mode).unwrap();
                match &proposal {
                    Proposal::Up { to, .. } => prop_assert_eq!(place(*to), place(mode) + 1),
                    Proposal::Down { to, .. } => prop_assert_eq!(place(*to) + 1, place(mode)),
                    Proposal::Stay { .. } => {}
                }
            }
        }

        #[test]
        fn worse_reviews_never_propose_a_step_up_that_better_ones_did_not(evidence in evidence()) {
            let worse = Evidence { good: evidence.good / 2, ..evidence.clone() };
            for mode in Mode::ALL {
                let is_up = |it: &Evidence| matches!(it.propose(mode), Proposal::Up { .. });
                prop_assert!(!is_up(&worse) || is_up(&evidence));
            }
        }
    }
}
