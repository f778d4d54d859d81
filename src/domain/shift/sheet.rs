//! The sheet of a shift's end: what one holds, what was promised, what sleeps, what waits for a decision, what is wrong.

use crate::domain::{
    brief::Brief,
    card::{Card, Speaker, Status},
    desk::Office,
    event::{Event, Recorded},
    holder::Holder,
    ids::{ConversationId, TeammateId},
    mode::Mode,
    teammate::Actor,
    text::SafeText,
    thread::Thread,
    time::Timestamp,
    tool::{ASK_PERSON, money},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Cells of what a customer or the team said last.
const WORDS: usize = 160;
/// Cells of a name.
const NAME: usize = 60;
/// Items of a section that are written out; the others are counted.
const MOST: usize = 100;

/// What the sheet is made from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Whose shift ends.
    pub me: TeammateId,
    /// When.
    pub at: Timestamp,
    /// The desk.
    pub office: &'a Office,
    /// The cards of the floor, each once, in any order.
    pub cards: &'a [&'a Card],
    /// The talks that `me` holds, as far as they were read.
    pub threads: &'a BTreeMap<ConversationId, Thread>,
    /// Events of the log, newest first; only briefs of `me` are looked at.
    pub briefs: &'a [Recorded],
}

/// One line of the sheet. Texts from outside are as received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Which conversation; none for what concerns the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The customer's name; empty for what concerns the desk.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub customer: String,
    /// What there is to know.
    pub words: String,
    /// When something happens with it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What was said last, with who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// The sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// The desk's name.
    pub desk: String,
    /// Whose shift ends.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they hold and what is awake: each with the customer's last words.
    pub holding: Vec<Item>,
    /// What they promised in conversations that are not settled.
    pub promised: Vec<Item>,
    /// What sleeps and wakes to them or to the queue.
    pub snoozed: Vec<Item>,
    /// Drafts and tool calls that wait for a decision which is not another person's.
    pub approvals: Vec<Item>,
    /// What is not as it should be: messages that did not arrive, stops, customers in the queue, modes that hold the AI back.
    pub incidents: Vec<Item>,
}

impl Sheet {
    /// The sheet that these facts make.
    #[must_use]
    pub fn of(facts: &Facts<'_>) -> Self {
        let mut cards = facts.cards.to_vec();
        cards.sort_by_key(|card| card.id);
        let facts = &Facts { cards: &cards, ..*facts };
        let Facts { me, at, office, cards, .. } = *facts;
        let mine = |card: &Card| card.holder.is_human(me);
        let pick = |which: &dyn Fn(&Card) -> bool, words: &dyn Fn(&Card) -> (String, Option<Timestamp>)| {
            let picked = cards.iter().copied().filter(|card| which(card));
            picked.map(|card| item(card, words(card))).collect::<Vec<_>>()
        };
        let others = |card: &Card| matches!(card.holder, Holder::Human(id) if id != me);
        Self {
            desk: office.name.clone(),
            by: office.name_of(me),
            at,
            holding: pick(&|card| mine(card) && card.status == Status::Open, &|card| (held(card, at), None)),
            promised: promises(facts),
            snoozed: pick(&|card| sleeps(card).is_some() && (mine(card) || card.holder == Holder::Queue), &|card| {
                (whose(card, me).to_owned(), sleeps(card))
            }),
            approvals: approvals(cards, &|card| !others(card) && card.status == Status::Open),
            incidents: incidents(facts),
        }
    }

    /// The sections with their titles, in reading order.
    #[must_use]
    pub fn sections(&self) -> [(&'static str, &[Item]); 5] {
        [
            ("Holding", &self.holding),
            ("Promised", &self.promised),
            ("Snoozed", &self.snoozed),
            ("Approvals waiting", &self.approvals),
            ("Incidents", &self.incidents),
        ]
    }

    /// As Markdown, a line each; `clock` writes an instant as people here read it.
    #[must_use]
    pub fn markdown(&self, clock: &dyn Fn(Timestamp) -> String) -> Vec<SafeText> {
        let mut lines = vec![
            SafeText::own(format!("# Handover: {}", plain(&self.desk, NAME))),
            SafeText::default(),
            SafeText::own(format!("{}, {}", plain(&self.by, NAME), clock(self.at))),
        ];
        for (title, items) in self.sections() {
            lines.extend([
                SafeText::default(),
                SafeText::own(format!("## {title} ({})", items.len())),
                SafeText::default(),
            ]);
            if items.is_empty() {
                lines.push(SafeText::from_own("nothing"));
            }
            for item in items.iter().take(MOST) {
                lines.push(line(item, clock));
                if let Some(last) = &item.last {
                    lines.push(SafeText::own(format!("  > {}", plain(last, WORDS + NAME))));
                }
            }
            if items.len() > MOST {
                lines.push(SafeText::own(format!("- and {} more", items.len() - MOST)));
            }
        }
        lines
    }
}

fn line(item: &Item, clock: &dyn Fn(Timestamp) -> String) -> SafeText {
    let mut line = "- ".to_owned();
    if let Some(id) = item.conversation {
        line.extend([&format!("#{id} "), plain(&item.customer, NAME).as_str(), ": "]);
    }
    line.push_str(&plain(&item.words, 2 * WORDS));
    if let Some(until) = item.until {
        line.extend([", until ", &clock(until)]);
    }
    SafeText::own(line)
}

/// Text from outside on one line, so that it is no Markdown: no heading, list, link, emphasis, code or HTML.
fn plain(text: &str, cells: usize) -> String {
    let mut out = String::new();
    for c in SafeText::line_within(text, cells).as_str().trim().chars() {
        if "\\`*_[]<>#|~!&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn item(card: &Card, (words, until): (String, Option<Timestamp>)) -> Item {
    let last = card.last.as_ref().map(|last| {
        let who = match last.speaker {
            Speaker::Customer => "the customer",
            Speaker::Ai => "the AI",
            Speaker::Human => "the team",
        };
        format!("{who}: {}", last.text)
    });
    Item { conversation: Some(card.id), customer: card.customer.name.to_string(), words, until, last }
}

fn held(card: &Card, at: Timestamp) -> String {
    let mut words = vec![card.channel.to_string()];
    words.extend(card.topic.as_deref().map(str::to_owned));
    if card.priority != crate::domain::card::Priority::Normal {
        words.push(card.priority.word().to_owned());
    }
    words.push(match card.waiting_since {
        Some(since) => format!("the customer waits for {}", at.since(since).short()),
        None => "answered".to_owned(),
    });
    words.join(", ")
}

/// The decisions that wait, each by itself.
fn approvals(cards: &[&Card], which: &dyn Fn(&Card) -> bool) -> Vec<Item> {
    let mut found = Vec::new();
    for card in cards.iter().copied().filter(|card| which(card)) {
        if let Some(draft) = card.draft.get() {
            found.push(item(card, ("a draft waits".to_owned(), Some(draft.expires_at))));
        }
        if let Some(tool) = card.tool_waiting() {
            let amount = tool.amount.map(|amount| format!(", {}", money(amount))).unwrap_or_default();
            let words = match tool.tool.as_str() {
                ASK_PERSON => "the AI asks a person".to_owned(),
                name => format!("a call of {name} waits{amount}"),
            };
            found.push(item(card, (words, tool.expires_at)));
        }
    }
    found
}

fn sleeps(card: &Card) -> Option<Timestamp> {
    match card.status {
        Status::Snoozed { until } => Some(until),
        Status::Open | Status::Resolved { .. } => None,
    }
}

fn whose(card: &Card, me: TeammateId) -> &'static str {
    if card.holder.is_human(me) { "held, sleeps" } else { "in the queue, sleeps" }
}

/// What was promised in briefs, and what sounds so in the replies of talks that are still held; by conversation, newest first.
fn promises(facts: &Facts<'_>) -> Vec<Item> {
    let card = |id: ConversationId| facts.cards.iter().copied().find(|card| card.id == id);
    let mut promised: Vec<(ConversationId, String)> = Vec::new();
    let mut add = |id: ConversationId, words: &str| {
        let words = words.trim();
        let known = promised.iter().any(|(at, said)| *at == id && said == words);
        if !words.is_empty() && !known {
            promised.push((id, words.to_owned()));
        }
    };
    for (id, thread) in facts.threads {
        if card(*id).is_some_and(|card| card.holder.is_human(facts.me)) {
            add(*id, &Brief::begun(thread, facts.me).promised);
        }
    }
    for one in facts.briefs {
        if let (Some(id), Event::Briefed { brief }) = (one.conversation, &one.event)
            && one.by == Actor::Teammate(facts.me)
        {
            add(id, &brief.promised);
        }
    }
    let open = promised.into_iter().filter_map(|(id, words)| {
        let card = card(id).filter(|card| !card.status.is_resolved())?;
        Some(Item { last: None, ..item(card, (words, None)) })
    });
    open.collect()
}

fn incidents(facts: &Facts<'_>) -> Vec<Item> {
    let Facts { me, at, office, cards, .. } = *facts;
    let of_desk = |words: String| Item { conversation: None, customer: String::new(), words, until: None, last: None };
    let mut found = Vec::new();
    for stop in &office.stops {
        let words = stop.scope.words(&|id| office.name_of(id));
        let why = if stop.reason.is_empty() { String::new() } else { format!(": {}", stop.reason) };
        let stopped = format!("stopped by {}, {words}{why}", office.name_of(stop.by));
        found.push(Item { until: stop.until, ..of_desk(stopped) });
    }
    if office.policy.mode != Mode::Auto {
        found.push(of_desk(format!("the AI's mode at this desk is {}", office.policy.mode.word())));
    }
    for (topic, mode) in office.policy.topics.iter().filter(|(_, mode)| **mode == Mode::Off) {
        found.push(of_desk(format!("the AI's mode for {topic} is {}", mode.word())));
    }
    let queue: Vec<_> = cards
        .iter()
        .filter(|card| card.holder == Holder::Queue && card.status == Status::Open)
        .filter_map(|card| card.waiting_since)
        .collect();
    if let Some(first) = queue.iter().min() {
        let count = queue.len();
        let waits = if count == 1 { "customer waits" } else { "customers wait" };
        found.push(of_desk(format!("{count} {waits} in the queue, the first for {}", at.since(*first).short())));
    }
    for card in cards.iter().copied() {
        let others = matches!(card.holder, Holder::Human(id) if id != me);
        if card.signs.undelivered > 0 && !others && !card.status.is_resolved() {
            let count = card.signs.undelivered;
            let what = if count == 1 { "message" } else { "messages" };
            found.push(item(card, (format!("{count} {what} did not arrive, or nobody can tell"), None)));
        }
    }
    found
}
