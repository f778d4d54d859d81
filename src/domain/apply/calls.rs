//! What the desk remembers of tool calls: where each is, what was moved, and which the AI is to go on with.
//!
//! Deliberately not here: whether a call may be (see `decide/tools`).

use crate::domain::{
    conversation::Conversation,
    desk::Office,
    event::{Event, Recorded},
    ids::EntryNo,
    seldom::Seldom,
    tool::{
        ASK_PERSON, Call, DAYS, DECIDE_WITHIN, Fate, Kept, LONGEST_SHOWN, Offer, Offered, Risk, Spent, Stage,
        ToolEnding, ToolReady, ToolWaits,
    },
};

use std::sync::Arc;

/// Calls that only read and are over: so many are remembered.
const READS_KEPT: usize = 8;
/// What was moved for customers: so many entries are remembered.
const SPENT_KEPT: usize = 20_000;

impl Office {
    /// Folds in what concerns tools.
    pub(super) fn apply_to_tools(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::AmountMoved { spent } => self.count(spent),
            Event::ToolOffered { offer } => self.keep_offer(recorded, offer),
            Event::ToolWithdrawn { tool } => self.forget_offers(|one| one.offer.tool == *tool),
            Event::TeammateRevoked { teammate } => self.forget_offers(|one| one.by == *teammate),
            Event::PolicySet { policy } => self.forget_offers(|one| !policy.names_tool(&one.offer.tool)),
            _ => {}
        }
    }

    /// Counts what was moved, and forgets what is too old to matter.
    fn count(&mut self, spent: &Spent) {
        self.spent.retain(|one| one.day.saturating_add(DAYS) > spent.day);
        let same = self
            .spent
            .iter_mut()
            .find(|one| (one.day, one.customer, one.tool.as_str()) == (spent.day, spent.customer, spent.tool.as_str()));
        match same {
            Some(one) => one.amount = one.amount.saturating_add(spent.amount),
            None => self.spent.push(spent.clone()),
        }
        let over = self.spent.len().saturating_sub(SPENT_KEPT);
        self.spent.drain(..over);
    }

    /// A tool is there, or is another one now.
    fn keep_offer(&mut self, recorded: &Recorded, offer: &Offer) {
        let by = recorded.by.teammate().unwrap_or_default();
        let offers = Arc::make_mut(&mut self.offers);
        let one = Offered { by, offer: offer.clone() };
        match offers.binary_search_by(|known| known.offer.tool.as_str().cmp(&offer.tool)) {
            Ok(at) => {
                if let Some(known) = offers.get_mut(at) {
                    *known = one;
                }
            }
            Err(at) => offers.insert(at, one),
        }
    }

    /// These are there no more.
    fn forget_offers(&mut self, which: impl Fn(&Offered) -> bool) {
        if self.offers.iter().any(&which) {
            Arc::make_mut(&mut self.offers).retain(|one| !which(one));
        }
    }
}

impl Conversation {
    /// Folds in what concerns tool calls.
    pub(super) fn apply_to_calls(&mut self, recorded: &Recorded) {
        let n = recorded.n;
        match &recorded.event {
            Event::ToolAllowed { turn, call } => self.keep(recorded, *turn, call, Stage::Ready { until: None }),
            Event::ToolProposed { turn, call, expires_at, .. } => {
                self.keep(recorded, *turn, call, Stage::Waits { expires_at: *expires_at });
            }
            Event::ToolDenied { turn, .. } => self.count_call(*turn),
            Event::ToolEnded { call, ending } => {
                let until = recorded.at.plus(DECIDE_WITHIN);
                let rejected = matches!(ending, ToolEnding::Rejected { .. });
                let approved = matches!(ending, ToolEnding::Approved | ToolEnding::Edited { .. });
                self.change_call(*call, |kept| {
                    kept.decided |= !matches!(ending, ToolEnding::Expired | ToolEnding::Withdrawn { .. });
                    kept.stage = match ending {
                        ToolEnding::Approved => Stage::Ready { until: Some(until) },
                        ToolEnding::Edited { arguments, digest, amount } => {
                            kept.asked.arguments.clone_from(arguments);
                            (kept.asked.digest, kept.asked.amount) = (*digest, *amount);
                            Stage::Ready { until: Some(until) }
                        }
                        ToolEnding::Rejected { .. } => Stage::Refused,
                        ToolEnding::Answered { .. } => Stage::Answered,
                        ToolEnding::Expired | ToolEnding::Withdrawn { .. } => Stage::Gone,
                    };
                });
                if rejected {
                    self.rejected = self.rejected.saturating_add(1);
                } else if approved {
                    self.rejected = 0;
                }
            }
            Event::ToolBegan { call } => {
                self.change_call(*call, |kept| {
                    kept.stage = Stage::Runs { since: recorded.at };
                    kept.runner = recorded.by.teammate();
                });
            }
            Event::ToolRan { call, fate, result } => {
                // What a tool said may be told: it is this customer's.
                self.heed.rely(result);
                self.change_call(*call, |kept| kept.stage = Stage::Ran { fate: *fate });
            }
            Event::TurnBegan { shadow: false, .. } => self.change_calls(|kept| {
                if kept.is_news() {
                    kept.read = Some(n);
                }
            }),
            // The turn came to nothing: what it read is news to the next one.
            Event::TurnAbandoned { turn, .. } | Event::AnswerSuppressed { turn, .. } => {
                self.change_calls(|kept| {
                    if kept.read == Some(*turn) {
                        kept.read = None;
                    }
                });
            }
            _ => {}
        }
        if !self.calls.is_empty() {
            let turn = self.turn.as_ref().map(|open| open.turn);
            self.change_calls(|kept| {
                // What nobody approved may run only in the turn that asked for it.
                if kept.stage == (Stage::Ready { until: None }) && Some(kept.turn) != turn {
                    kept.stage = Stage::Gone;
                }
            });
            self.forget_reads();
        }
    }

    fn keep(&mut self, recorded: &Recorded, turn: EntryNo, call: &Call, stage: Stage) {
        self.count_call(turn);
        let read = self.turn.as_ref().filter(|open| open.turn == turn).map(|open| open.answers);
        self.calls.push(Kept {
            call: recorded.n,
            turn,
            by: recorded.by.teammate().unwrap_or_default(),
            asked: call.clone(),
            stage,
            answers: read.unwrap_or(self.card.asked),
            read: None,
            decided: false,
            runner: None,
        });
    }

    fn count_call(&mut self, turn: EntryNo) {
        if let Some(open) = self.turn.as_mut().filter(|open| open.turn == turn) {
            open.calls = open.calls.saturating_add(1);
        }
    }

    fn change_call(&mut self, call: EntryNo, change: impl Fn(&mut Kept)) {
        self.change_calls(|kept| {
            if kept.call == call {
                change(kept);
            }
        });
    }

    fn change_calls(&mut self, change: impl Fn(&mut Kept)) {
        if !self.calls.is_empty() {
            let mut calls = self.calls.to_vec();
            calls.iter_mut().for_each(change);
            self.calls = calls.into();
        }
    }

    /// What was read is forgotten after a while; what changed something never is.
    fn forget_reads(&mut self) {
        let is_read = |kept: &Kept| {
            kept.is_over() && !kept.is_news() && (kept.asked.risk == Risk::R0 || kept.stage == Stage::Gone)
        };
        let mut surplus = self.calls.iter().filter(|kept| is_read(kept)).count().saturating_sub(READS_KEPT);
        self.calls.retain(|kept| {
            let drop = surplus > 0 && is_read(kept);
            surplus -= usize::from(drop);
            !drop
        });
    }

    /// What the card shows: the call that waits, else one that a person let run, else one that the AI is to go on with.
    pub(super) fn tool_sign(&self) -> Option<Box<ToolWaits>> {
        let sign = |kept: &Kept, expires_at| {
            let Call { tool, arguments, digest, amount, .. } = &kept.asked;
            let shown = arguments.len() <= LONGEST_SHOWN && tool != ASK_PERSON;
            Box::new(ToolWaits {
                call: kept.call,
                tool: tool.clone(),
                digest: *digest,
                arguments: if shown { arguments.clone() } else { String::new() },
                amount: *amount,
                expires_at,
                under_way: kept.is_under_way(),
                answers: kept.answers,
            })
        };
        let waits = self.calls.iter().find_map(|kept| match kept.stage {
            Stage::Waits { expires_at } => Some(sign(kept, Some(expires_at))),
            _ => None,
        });
        let find = |which: fn(&Kept) -> bool| self.calls.iter().find(|kept| which(kept)).map(|kept| sign(kept, None));
        waits.or_else(|| find(Kept::is_under_way)).or_else(|| find(Kept::is_news))
    }

    /// What the card tells to who runs tools.
    pub(super) fn ready_sign(&self) -> Seldom<ToolReady> {
        let mut ready = Seldom::new();
        for kept in self.calls.iter().filter(|kept| matches!(kept.stage, Stage::Ready { .. })) {
            ready.push(ToolReady { call: kept.call, tool: kept.asked.tool.clone() });
        }
        ready
    }

    /// What the tool `tool` has moved here, or may have, in hundredths.
    #[must_use]
    pub fn moved(&self, tool: &str) -> u64 {
        let counts = |kept: &&Kept| {
            let moving = matches!(kept.stage, Stage::Runs { .. } | Stage::Ran { fate: Fate::Done | Fate::Unknown });
            kept.asked.tool == tool && moving
        };
        self.calls.iter().filter(counts).fold(0, |sum, kept| sum.saturating_add(kept.asked.amount.unwrap_or(0)))
    }
}
