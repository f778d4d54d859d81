//! How often the screen may be drawn: as fast as the line to the terminal carries it, and no faster.
//!
//! A `write` that returns proves nothing: a slow line hides behind large buffers. So frames end with a question that every
//! terminal answers once it has shown them (`CSI 5 n`); while an answer is owed, only a key's own frame may follow, and
//! never more than two. Where nothing answers, frames come at a fixed low rate. Pure: its time is told to it, as the time
//! since some start. Deliberately not here: the bytes of the question (`paint`).

use std::{collections::VecDeque, time::Duration};

/// The least time between two frames, unless a key was pressed.
pub const FRAME: Duration = Duration::from_millis(16);
/// The same where the terminal answers nothing.
const UNANSWERED_FRAME: Duration = Duration::from_millis(250);
/// How long the first answer may take before the terminal counts as one that answers nothing.
const FIRST_ANSWER: Duration = Duration::from_secs(1);
/// How long any answer may take, once there was one.
const LATE_ANSWER: Duration = Duration::from_secs(5);
/// How often a terminal that answers nothing is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// A line with shorter round trips is fast: small frames need no question of their own there.
const FAST: Duration = Duration::from_millis(30);
/// How many bytes may be written on a fast line without a question.
const UNASKED: usize = 1_024;
/// How many questions may be unanswered; the second is for a key's frame.
const MOST: usize = 2;

/// What is known of the terminal's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    /// None came yet.
    Unknown,
    /// They come.
    Come,
    /// They do not come.
    Missing,
}

/// The pace of frames.
#[derive(Clone, Debug)]
pub struct Pace {
    answers: Answers,
    /// When the questions were asked that are unanswered; at most [`MOST`], but for answers that are missing.
    asked: VecDeque<Duration>,
    last_asked: Option<Duration>,
    drawn: Option<Duration>,
    /// The last round trip.
    trip: Option<Duration>,
    /// Not before that the first frame.
    from: Duration,
    /// Whether the terminal was asked what it is, and has not said.
    new: bool,
    /// When it was asked that.
    since: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

impl Pace {
    /// A pace that knows nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            answers: Answers::Unknown,
            asked: VecDeque::new(),
            last_asked: None,
            drawn: None,
            trip: None,
            from: Duration::ZERO,
            new: false,
            since: Duration::ZERO,
        }
    }

    /// When the next frame may be drawn, if the terminal says nothing until then. At once for a key's frame where one may
    /// be drawn at all.
    #[must_use]
    pub fn next(&self, keyed: bool) -> Duration {
        let rest = if self.answers == Answers::Missing { UNANSWERED_FRAME } else { FRAME };
        let rested = match self.drawn {
            Some(at) if !keyed => at + rest,
            Some(_) => Duration::ZERO,
            None => self.from,
        };
        let room = if keyed { MOST } else { 1 };
        match self.asked.front() {
            Some(&first) if self.asked.len() >= room && self.answers != Answers::Missing => {
                rested.max(first + self.patience())
            }
            _ => rested,
        }
    }

    /// Whether the next frame ends with a question: `None` if not, otherwise once so many bytes were written since the last.
    #[must_use]
    pub fn asks(&self, now: Duration) -> Option<usize> {
        match self.answers {
            Answers::Missing => self.last_asked.is_none_or(|at| now >= at + ASK_AGAIN).then_some(0),
            _ if self.asked.len() >= MOST => None,
            Answers::Come if self.trip.is_some_and(|trip| trip < FAST) => Some(UNASKED),
            Answers::Come | Answers::Unknown => Some(0),
        }
    }

    /// A frame was drawn at `now`, and ended with a question or not.
    pub fn drew(&mut self, now: Duration, asked: bool) {
        self.give_up(now);
        self.drawn = Some(now);
        if asked {
            self.last_asked = Some(now);
            self.asked.push_back(now);
            while self.asked.len() > MOST {
                self.asked.pop_front();
            }
        }
    }

    /// The terminal has answered a question.
    pub fn answered(&mut self, now: Duration) {
        if std::mem::replace(&mut self.answers, Answers::Come) == Answers::Missing {
            // Which question it answers cannot be known.
            self.asked.clear();
        }
        if let Some(asked) = self.asked.pop_front() {
            self.trip = Some(now.saturating_sub(asked));
        }
    }

    /// The terminal was asked at `now` what it is.
    pub fn asked_what(&mut self, now: Duration) {
        (self.new, self.since) = (true, now);
    }

    /// The terminal has said what it is: the first frame need not wait.
    pub fn is_known(&mut self) {
        (self.new, self.from) = (false, Duration::ZERO);
    }

    /// Whether the terminal may still say at `now` what it is. One that answers nothing else does not.
    #[must_use]
    pub fn is_new(&self, now: Duration) -> bool {
        self.new && self.answers != Answers::Missing && now < self.since + FIRST_ANSWER
    }

    /// The first frame waits until then at most, for an answer that it depends on.
    pub fn wait_until(&mut self, from: Duration) {
        self.from = from;
    }

    /// Whether an answer is owed at `now` that is still waited for.
    #[must_use]
    pub fn owed(&self, now: Duration) -> bool {
        self.answers != Answers::Missing && self.asked.back().is_some_and(|&last| now < last + self.patience())
    }

    /// Somebody else may sit at the other end now: nothing is known.
    pub fn forget(&mut self) {
        *self = Self::new();
    }

    fn patience(&self) -> Duration {
        if self.answers == Answers::Come { LATE_ANSWER } else { FIRST_ANSWER }
    }

    fn give_up(&mut self, now: Duration) {
        if self.asked.front().is_some_and(|&first| now >= first + self.patience()) {
            self.answers = Answers::Missing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_fast_line_gets_sixty_frames_a_second_and_few_questions() {
        let mut pace = Pace::new();
        assert_eq!((pace.next(false), pace.asks(ms(0))), (ms(0), Some(0)));
        pace.drew(ms(0), true);
        pace.answered(ms(2));
        assert_eq!((pace.next(false), pace.next(true), pace.asks(ms(2))), (ms(16), ms(0), Some(UNASKED)));
    }

    #[test]
    fn a_slow_line_gets_a_frame_for_each_answer_and_one_more_for_a_key() {
        let mut pace = Pace::new();
        pace.drew(ms(0), true);
        pace.answered(ms(300));
        pace.drew(ms(300), true);
        assert!(pace.next(false) > ms(2_000) && pace.next(true) <= ms(300));
        pace.drew(ms(400), true);
        assert!(pace.next(true) > ms(2_000));
        assert_eq!(pace.asks(ms(400)), None);
        pace.answered(ms(600));
        assert!(pace.next(false) > ms(2_000) && pace.next(true) <= ms(600));
        pace.answered(ms(700));
        assert!(pace.next(false) <= ms(700));
    }

    #[test]
    fn a_terminal_that_answers_nothing_is_drawn_on_slowly_and_asked_again() {
        let mut pace = Pace::new();
        pace.drew(ms(0), true);
        assert_eq!(pace.next(false), ms(1_000));
        pace.drew(ms(1_000), false);
        assert_eq!((pace.next(false), pace.next(true), pace.asks(ms(1_000))), (ms(1_250), ms(0), None));
        assert!(!pace.owed(ms(1_000)));
        assert_eq!(pace.asks(ms(10_000)), Some(0));
        pace.drew(ms(10_000), true);
        pace.answered(ms(10_900));
        assert_eq!(pace.next(false), ms(10_016), "an answer that comes after all counts");
    }

    #[test]
    fn an_answer_that_nobody_asked_for_harms_nothing() {
        let mut pace = Pace::new();
        for at in 0..10 {
            pace.answered(ms(at));
        }
        pace.drew(ms(20), true);
        assert!(pace.owed(ms(20)));
        assert_eq!(pace.next(false), ms(20) + LATE_ANSWER);
    }

    #[test]
    fn an_answer_that_is_late_beyond_patience_is_owed_no_more_though_nothing_is_drawn() {
        let mut pace = Pace::new();
        pace.asked_what(ms(0));
        pace.drew(ms(10), true);
        assert!(pace.owed(ms(999)) && pace.is_new(ms(999)));
        assert!(!pace.owed(ms(1_010)) && !pace.is_new(ms(1_000)));
    }
}
