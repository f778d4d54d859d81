//! A desk with the real rules behind a console without a terminal: effects go in, frames come out, at once.

use crate::{
    client::News,
    console::{
        effect::Effect,
        input::Key,
        keymap::Keymap,
        model::Model,
        msg::{Msg, What},
        update::update,
    },
    domain::{
        command::Command,
        customer::Customer,
        decide::decide,
        desk::Desk,
        event::Recorded,
        evidence::Evidence,
        filter::{LogContext, LogFilter},
        ids::{ConversationId, Digest, EntryNo, LogId, Seq, TeammateId, Term},
        refusal::Refusal,
        teammate::{Actor, Role},
        time::{Span, Timestamp},
        turn::{Answer as Said, Grounding, Outcome, Trace},
        undo,
    },
    protocol::{Answer, Page, Query, ToPeer, limits::Limits},
};
use std::{collections::BTreeSet, sync::Arc};

pub const MIRA: TeammateId = TeammateId(1);
pub const ARIA: TeammateId = TeammateId(2);
pub const WEB: TeammateId = TeammateId(3);
pub const LENA: TeammateId = TeammateId(4);
/// 2026-11-22, early in the afternoon.
pub const NOON: Timestamp = Timestamp(1_795_354_200_000);

pub struct Stage {
    pub desk: Desk,
    pub log: Vec<Recorded>,
    pub model: Model,
    pub at: Timestamp,
    /// All effects, oldest first.
    pub effects: Vec<Effect>,
    /// Whether the line is up: asks are answered and frames arrive.
    pub up: bool,
    /// Asks that wait for the line.
    pub waiting: Vec<(u64, Command)>,
    pub watching: BTreeSet<ConversationId>,
    /// What the server tells of the AI's answers.
    pub evidence: Vec<Evidence>,
}

impl Stage {
    /// A desk with an AI, a connector and two people; mira sits at the console.
    pub fn new() -> Self {
        let model = Model::new((120, 40), Arc::new(Keymap::built_in()));
        let mut stage = Self {
            desk: Desk::default(),
            log: Vec::new(),
            model,
            at: NOON,
            effects: Vec::new(),
            up: false,
            waiting: Vec::new(),
            watching: BTreeSet::new(),
            evidence: Vec::new(),
        };
        let token = |n| Digest([n; 32]);
        let found =
            Command::Found { name: "Acme".into(), admin: "mira".into(), token: token(1), policy: Box::default() };
        stage.does(Actor::Desk, &found).unwrap();
        for (name, role, n) in [("Aria", Role::Ai, 2), ("web", Role::Connector, 3), ("lena", Role::Agent, 4)] {
            stage.does(Actor::Desk, &Command::Invite { name: name.into(), role, token: token(n) }).unwrap();
        }
        stage.up = true;
        stage.greet();
        stage
    }

    /// One customer who wrote, held by Aria; opened on the console.
    pub fn with_jana() -> (Self, ConversationId) {
        let mut stage = Self::new();
        let jana = stage.customer("Jana Novak", "where is my parcel?");
        stage.rest();
        (stage, jana)
    }

    pub fn greet(&mut self) {
        let you = self.desk.office.present(MIRA).cloned().unwrap();
        let welcome = ToPeer::Welcome {
            you,
            log: LogId(1),
            seq: self.desk.office.seq,
            now: self.at,
            limits: Limits::default(),
            office: Box::new(self.desk.office.clone()),
            resumed: false,
        };
        self.tell(welcome);
        let cards = self.desk.conversations.values().map(|one| (*one.card).clone()).collect();
        self.tell(ToPeer::Cards { cards, gone: Vec::new(), current: Some(self.desk.office.seq) });
    }

    pub fn tell(&mut self, frame: ToPeer) {
        self.hear(What::News(News::Frame(Box::new(frame))));
    }

    pub fn hear(&mut self, what: What) {
        let effects = update(&mut self.model, Msg { at: self.at, what });
        // As in the loop: all that one message asks for comes before what follows from it.
        self.effects.extend(effects.iter().cloned());
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { ticket, command } if self.up => self.asked(ticket, &command),
            Effect::Ask { ticket, command } => self.waiting.push((ticket, *command)),
            Effect::Watch(id, from) => {
                self.watching.insert(id);
                if self.up {
                    self.thread(id, from);
                }
            }
            Effect::Unwatch(id) => {
                self.watching.remove(&id);
            }
            Effect::ScanOn => self.hear(What::ScanOn),
            Effect::Query(id, query) if self.up => self.queried(id, query),
            _ => {}
        }
    }

    fn queried(&mut self, id: u32, query: Query) {
        let page = match query {
            Query::History { conversation, before, limit } => {
                let before = before.unwrap_or(EntryNo(u32::MAX));
                let of_it = |r: &&Recorded| r.conversation == Some(conversation) && r.n < before;
                let all: Vec<Recorded> = self.log.iter().filter(of_it).cloned().collect();
                let from = all.len().saturating_sub(limit as usize);
                Page::History { events: all[from..].to_vec(), earlier: from > 0 }
            }
            Query::Log { filter, before, limit } => {
                let filter = LogFilter::parse(&filter).unwrap();
                let office = &self.desk.office;
                let teammate = |id| office.teammates.get(&id).map(|one| (one.name.as_str(), one.role.kind()));
                let context = LogContext { at: self.at, me: Some(MIRA), teammate: &teammate };
                let older = self.log.iter().rev().filter(|r| before.is_none_or(|before| r.seq < before));
                let found = older.filter(|r| filter.passes(r, &context, false));
                let events: Vec<Recorded> = found.take(limit as usize).cloned().collect();
                let next = (events.len() == limit as usize).then(|| events.last().unwrap().seq);
                Page::Log { events, next }
            }
            Query::Evidence { days } => {
                let since = self.at.minus(Span::hours(24 * u64::from(days)));
                Page::Evidence { since, rows: self.evidence.clone() }
            }
            _ => return,
        };
        self.tell(ToPeer::Page { id, page });
    }

    pub fn asked(&mut self, ticket: u64, command: &Command) {
        let result = self.does(Actor::Teammate(MIRA), command);
        self.hear(What::Answered { ticket, result });
    }

    pub fn thread(&mut self, id: ConversationId, from: Option<EntryNo>) {
        let Some(one) = self.desk.conversation(id) else { return };
        let card = Box::new((*one.card).clone());
        let from = from.unwrap_or_default();
        let events = self.log.iter().filter(|r| r.conversation == Some(id) && r.n > from).cloned().collect();
        self.tell(ToPeer::Thread { conversation: id, card, earlier: false, events, more: false });
    }

    /// Somebody does something; the console hears of it.
    pub fn does(&mut self, by: Actor, command: &Command) -> Result<Answer, Refusal> {
        let happenings = decide(&self.desk, by, command, self.at)?;
        let mut made = Vec::new();
        for happening in happenings {
            let n = happening
                .conversation
                .map_or(EntryNo(0), |id| self.desk.conversation(id).map_or(EntryNo(1), |one| one.card.n.next()));
            let recorded = Recorded {
                seq: self.desk.office.seq.next(),
                at: self.at,
                by,
                conversation: happening.conversation,
                n,
                event: happening.event,
            };
            self.desk.apply(&recorded);
            self.log.push(recorded.clone());
            made.push(recorded);
        }
        if self.up && made.iter().any(|recorded| recorded.conversation.is_none()) {
            self.tell(ToPeer::Desk { office: Box::new(self.desk.office.clone()) });
        }
        let conversation = made.iter().find_map(|recorded| recorded.conversation).or(command.conversation());
        if self.up && made.iter().any(|recorded| recorded.conversation.is_none()) {
            self.tell(ToPeer::Desk { office: Box::new(self.desk.office.clone()) });
        }
        let touched: BTreeSet<ConversationId> =
            made.iter().filter_map(|one| one.conversation).chain(conversation).collect();
        let up = self.up;
        for id in touched.into_iter().filter(|_| up) {
            let events: Vec<Recorded> = made.iter().filter(|one| one.conversation == Some(id)).cloned().collect();
            if self.watching.contains(&id) {
                self.tell(ToPeer::Events { conversation: id, events });
            }
            self.cards(&[id]);
        }
        Ok(Answer { seq: self.desk.office.seq, conversation, n: undo::named(made.iter()) })
    }

    pub fn cards(&mut self, ids: &[ConversationId]) {
        let cards = ids.iter().filter_map(|id| self.desk.conversation(*id)).map(|one| (*one.card).clone()).collect();
        self.tell(ToPeer::Cards { cards, gone: Vec::new(), current: Some(self.desk.office.seq) });
    }

    pub fn customer(&mut self, name: &str, text: &str) -> ConversationId {
        let open = Command::OpenConversation {
            channel: "web".into(),
            customer: Customer { name: name.into(), ..Customer::default() },
            topic: None,
            text: text.into(),
            external_ref: None,
        };
        self.does(Actor::Teammate(WEB), &open).unwrap().conversation.unwrap()
    }

    pub fn says(&mut self, conversation: ConversationId, text: &str) {
        let command = Command::CustomerSaid { conversation, text: text.into() };
        self.does(Actor::Teammate(WEB), &command).unwrap();
    }

    pub fn term(&self, id: ConversationId) -> Term {
        self.desk.conversation(id).unwrap().card.term
    }

    /// Aria begins to answer.
    pub fn begins(&mut self, conversation: ConversationId) -> EntryNo {
        let term = self.term(conversation);
        self.does(Actor::Teammate(ARIA), &Command::BeginTurn { conversation, term }).unwrap().n
    }

    /// Aria answers; well grounded it is sent, else it becomes a draft.
    pub fn answers(&mut self, conversation: ConversationId, text: &str, grounding: u16) {
        let turn = self.begins(conversation);
        let term = self.term(conversation);
        let answer =
            Said { text: text.into(), sources: Vec::new(), grounding: Grounding(grounding), trace: Trace::default() };
        let outcome = Outcome::Answer { answer: Box::new(answer), settled: false };
        self.does(Actor::Teammate(ARIA), &Command::FinishTurn { conversation, turn, term, outcome }).unwrap();
    }

    /// Keys as people write them: `j`, `G`, `<enter>`, `<ctrl-j>`; everything else is typed letter by letter.
    pub fn keys(&mut self, keys: &str) {
        let mut rest = keys;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|after| after.split_once('>'));
            let named = named.and_then(|(name, after)| name.parse::<Key>().ok().map(|key| (key, after)));
            let (key, after) = named.unwrap_or_else(|| (Key::char(c), &rest[c.len_utf8()..]));
            rest = after;
            self.hear(What::Key(key));
        }
    }

    pub fn pass(&mut self, span: Span) {
        self.at = self.at.plus(span);
        self.hear(What::Woke);
    }

    /// Long enough for the talk to follow the cursor.
    pub fn rest(&mut self) {
        self.pass(Span(250));
    }

    pub fn cut(&mut self) {
        self.up = false;
        self.hear(What::News(News::Lost { why: "cut".into(), retry_in_ms: 500 }));
    }

    pub fn come_back(&mut self) {
        self.up = true;
        self.greet();
        for id in self.watching.clone() {
            let mut talks = self.model.talk.iter().chain(&self.model.beside);
            let from = talks.find(|talk| talk.conversation == id).map(|talk| talk.thread.n);
            self.thread(id, from);
        }
        for (ticket, command) in std::mem::take(&mut self.waiting) {
            self.asked(ticket, &command);
        }
    }

    /// Everything asked of the server.
    pub fn asks(&self) -> Vec<Command> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Ask { command, .. } => Some((**command).clone()),
                _ => None,
            })
            .collect()
    }

    pub fn last_ask(&self) -> Command {
        self.asks().pop().unwrap()
    }

    pub fn notice(&self) -> String {
        self.model.notices.last().map(|notice| notice.text.clone()).unwrap_or_default()
    }

    pub fn seq(&self) -> Seq {
        self.desk.office.seq
    }
}
