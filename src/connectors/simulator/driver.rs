//! The peer that brings simulated customers to the desk and takes to them what is said.
//!
//! One task plays all customers: it opens conversations, says what they say, claims what is for them, reports it as sent at
//! once and as delivered when the customer has read it. What a customer hears is what was claimed, and nothing else.
//! Deliberately not here: what customers are like (see `customer`), and when they come (see `afternoon`).

use super::{
    afternoon::{Afternoon, Arrival},
    customer::{Customer as Machine, Effect, Input, Voice},
    options::{HURRY, Played, SimulatorEnded, SimulatorOptions},
    random::Random,
    scenario::Scenario,
};
use crate::{
    client::{
        Dial, Options, Peer,
        session::{News, Order, Session},
    },
    connectors::{
        deliveries::{Deliveries, Handed},
        keys,
    },
    domain::{
        command::Command,
        customer::Customer,
        delivery::{Origin, Report},
        ids::{CommandId, ConversationId, EntryNo, LogId, TeammateId},
        refusal::Refusal,
        time::Span,
    },
    protocol::{Answer, Scope, ToPeer, ToServer},
};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::ControlFlow,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// The name of this channel, as cards show it.
pub const CHANNEL: &str = "simulator";
/// Orders that wait for the session; while there are as many nobody new comes.
const ORDERS: usize = 1_024;
/// How long to wait when the desk is busy. Not a customer's time: speed does not shorten it.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Plays customers with a connector's token until all have come and gone. Dropping the future ends it at any time.
///
/// # Errors
/// [`SimulatorEnded`] if the session ends, or the token may not carry conversations.
pub async fn run(
    dial: Arc<dyn Dial>,
    token: String,
    scenarios: &[Scenario],
    options: &SimulatorOptions,
) -> Result<Played, SimulatorEnded> {
    let program = concat!("centaur-simulator ", env!("CARGO_PKG_VERSION")).to_owned();
    let session = Options { token, cards: Scope::Carried, program, returns: true, resume: None };
    let (peer, news) = Session::start(dial, session);
    play(peer, news, scenarios, options).await
}

/// As [`run`], over a session that somebody else began.
///
/// # Errors
/// As [`run`].
pub async fn play(
    peer: Peer,
    mut news: mpsc::Receiver<News>,
    scenarios: &[Scenario],
    options: &SimulatorOptions,
) -> Result<Played, SimulatorEnded> {
    let mut driver = Driver::new(scenarios, options);
    while !driver.is_over() {
        let wake = driver.timers.first_key_value().map(|((at, _), _)| *at);
        tokio::select! {
            permit = peer.orders.reserve(), if driver.has_orders() => {
                let permit = permit.map_err(|_| SimulatorEnded { why: "the session is over".to_owned() })?;
                if let Some(order) = driver.next_order() {
                    permit.send(order);
                }
            }
            one = news.recv() => {
                let one = one.ok_or_else(|| SimulatorEnded { why: "the session is over".to_owned() })?;
                if let ControlFlow::Break(why) = driver.hear(one) {
                    return Err(SimulatorEnded { why });
                }
            }
            () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => driver.wake(),
        }
    }
    peer.close().await;
    Ok(driver.played)
}

/// A customer at the desk.
struct Guest {
    machine: Machine,
    chat: Option<ConversationId>,
    /// What was done before the conversation was open. As long as the scenario's bursts at most.
    early: Vec<Effect>,
}

/// What becomes due.
enum Timer {
    Arrive,
    Wake(u64, u64),
    Read { guest: u64, chat: ConversationId, message: EntryNo, voice: Voice, text: String },
    Again(CommandId, Box<Command>, Asked),
    TryDeliveries,
}

/// What an answer is for.
#[derive(Clone, Copy)]
enum Asked {
    Open(u64),
    Other,
}

struct Driver<'a> {
    options: SimulatorOptions,
    scenarios: &'a [Scenario],
    afternoon: Afternoon<'a>,
    coming: Option<Arrival>,
    /// When the next look at who comes is due.
    looks_at: Option<Instant>,
    random: Random,
    began: Option<Instant>,
    is_up: bool,
    me: Option<TeammateId>,
    log: Option<LogId>,
    guests: HashMap<u64, Guest>,
    by_chat: HashMap<ConversationId, u64>,
    next_guest: u64,
    asked: HashMap<CommandId, (Asked, Box<Command>)>,
    orders: VecDeque<Order>,
    deliveries: Deliveries,
    timers: BTreeMap<(Instant, u64), Timer>,
    next_timer: u64,
    played: Played,
}

impl<'a> Driver<'a> {
    fn new(scenarios: &'a [Scenario], options: &SimulatorOptions) -> Self {
        let mut options = options.clone();
        if !(0.01..=1_000.0).contains(&options.speed) {
            options.speed = 1.0;
        }
        let mut afternoon =
            Afternoon::new(options.seed, options.rate, options.total, scenarios).opening(options.opening);
        Self {
            random: Random::new(options.seed ^ 0x0dd_ba11),
            coming: afternoon.next(),
            afternoon,
            looks_at: None,
            options,
            scenarios,
            began: None,
            is_up: false,
            me: None,
            log: None,
            guests: HashMap::new(),
            by_chat: HashMap::new(),
            next_guest: 0,
            asked: HashMap::new(),
            orders: VecDeque::new(),
            deliveries: Deliveries::new(),
            timers: BTreeMap::new(),
            next_timer: 0,
            played: Played::default(),
        }
    }

    /// All have come and gone, and everything they did is answered.
    fn is_over(&self) -> bool {
        self.coming.is_none() && self.guests.is_empty() && self.asked.is_empty() && !self.has_orders()
    }

    fn has_orders(&self) -> bool {
        self.deliveries.has_asks() || !self.orders.is_empty()
    }

    fn next_order(&mut self) -> Option<Order> {
        match self.deliveries.next_ask() {
            Some((id, command)) => Some(Order::Ask(id, Box::new(command))),
            None => self.orders.pop_front(),
        }
    }

    fn hear(&mut self, news: News) -> ControlFlow<String> {
        match news {
            News::Frame(frame) => self.see(*frame),
            News::Answered { id, result } => {
                if self.deliveries.see_answer(id, &result) {
                    if self.deliveries.holds_back() {
                        self.after(RETRY_AFTER, Timer::TryDeliveries);
                    }
                } else {
                    return self.answer(id, result);
                }
            }
            News::Lost { .. } => self.is_up = false,
            News::Ended { why, .. } => return ControlFlow::Break(why),
        }
        ControlFlow::Continue(())
    }

    fn answer(&mut self, id: CommandId, result: Result<Answer, Refusal>) -> ControlFlow<String> {
        let Some((asked, command)) = self.asked.remove(&id) else { return ControlFlow::Continue(()) };
        match (asked, result) {
            (asked, Err(Refusal::Busy | Refusal::ReadOnly { .. })) => {
                self.after(RETRY_AFTER, Timer::Again(id, command, asked));
            }
            (Asked::Open(guest), Ok(answer)) => {
                if let Some(chat) = answer.conversation {
                    self.seat(guest, chat);
                }
            }
            (Asked::Open(_), Err(Refusal::Forbidden)) => {
                return ControlFlow::Break("its token may not bring customers; give it one of a connector".to_owned());
            }
            (Asked::Open(guest), Err(refusal)) => {
                tracing::warn!(code = refusal.code(), "a simulated customer was turned away");
                self.played.refused += 1;
                self.guests.remove(&guest);
                self.let_in();
            }
            (Asked::Other, Err(_)) => self.played.refused += 1,
            (Asked::Other, Ok(_)) => {}
        }
        ControlFlow::Continue(())
    }

    fn see(&mut self, frame: ToPeer) {
        match frame {
            ToPeer::Welcome { you, log, .. } => {
                self.me = Some(you.id);
                if self.log.replace(log).is_some_and(|before| before != log) {
                    // In another log the numbers mean other conversations: all who sat there are gone.
                    self.guests.clear();
                    self.by_chat.clear();
                    self.deliveries = Deliveries::new();
                }
                self.is_up = true;
                if self.began.is_none() {
                    self.began = Some(Instant::now());
                    self.expect_next();
                }
            }
            ToPeer::Cards { cards, gone, .. } => {
                if let Some(me) = self.me {
                    for card in cards.iter().filter(|card| *card.channel == *CHANNEL) {
                        self.deliveries.see_card(me, card);
                    }
                }
                for chat in gone {
                    self.deliveries.see_gone(chat);
                }
            }
            ToPeer::Deliver { conversation, message, origin, text, .. } => {
                let handed = self.deliveries.see_handed(conversation, message);
                if handed == Handed::First {
                    self.deliver(conversation, message, origin, text);
                }
            }
            _ => {}
        }
    }

    fn deliver(&mut self, chat: ConversationId, message: EntryNo, origin: Origin, text: String) {
        self.deliveries.report(chat, message, Report::Sent);
        let Some(guest) = self.by_chat.get(&chat).copied() else { return };
        let voice = match origin {
            Origin::Ai => Voice::Ai,
            Origin::Human => Voice::Human,
            Origin::Notice => Voice::Notice,
        };
        let glance = Span(self.random.between(300, 1_200));
        self.after(self.scaled(glance), Timer::Read { guest, chat, message, voice, text });
    }

    /// The conversation is open: what was done meanwhile follows.
    fn seat(&mut self, guest: u64, chat: ConversationId) {
        let Some(seated) = self.guests.get_mut(&guest) else { return };
        seated.chat = Some(chat);
        let early = std::mem::take(&mut seated.early);
        self.by_chat.insert(chat, guest);
        self.perform(guest, early);
    }

    /// What has become due.
    fn wake(&mut self) {
        let now = Instant::now();
        while let Some(first) = self.timers.first_entry()
            && first.key().0 <= now
        {
            match first.remove() {
                Timer::Arrive => {
                    self.looks_at = None;
                    self.let_in();
                }
                Timer::Wake(guest, id) => self.tell(guest, Input::Due(id)),
                Timer::Read { guest, chat, message, voice, text } => {
                    self.deliveries.report(chat, message, Report::Delivered);
                    self.played.read += 1;
                    self.tell(guest, Input::Heard { voice, text });
                }
                Timer::Again(id, command, asked) => self.ask(id, *command, asked),
                Timer::TryDeliveries => self.deliveries.try_again(),
            }
        }
    }

    fn tell(&mut self, guest: u64, input: Input) {
        let Some(told) = self.guests.get_mut(&guest) else { return };
        let effects = told.machine.handle(input);
        self.perform(guest, effects);
    }

    fn perform(&mut self, guest: u64, effects: Vec<Effect>) {
        for effect in effects {
            let Some(doer) = self.guests.get_mut(&guest) else { return };
            let Some(conversation) = doer.chat else {
                match effect {
                    Effect::Wake(id, span) => self.after(self.scaled(span), Timer::Wake(guest, id)),
                    Effect::Type => {}
                    kept => doer.early.push(kept),
                }
                continue;
            };
            match effect {
                // Dropped while there is no line; nothing depends on it.
                Effect::Type if self.is_up => {
                    self.orders.push_back(Order::Tell(Box::new(ToServer::Typing { conversation })));
                }
                Effect::Type => {}
                Effect::Say(text) => {
                    self.played.messages += 1;
                    self.ask(keys::fresh(), Command::CustomerSaid { conversation, text }, Asked::Other);
                }
                Effect::Rate(score, comment) => {
                    self.played.ratings += 1;
                    self.ask(keys::fresh(), Command::Rate { conversation, score, comment }, Asked::Other);
                }
                Effect::Wake(id, span) => self.after(self.scaled(span), Timer::Wake(guest, id)),
                Effect::Leave => {
                    self.guests.remove(&guest);
                    self.by_chat.remove(&conversation);
                    self.let_in();
                }
            }
        }
    }

    fn ask(&mut self, id: CommandId, command: Command, asked: Asked) {
        let command = Box::new(command);
        self.asked.insert(id, (asked, command.clone()));
        self.orders.push_back(Order::Ask(id, command));
    }

    /// Lets in who is due, as far as there is room; then waits for the next.
    fn let_in(&mut self) {
        while let Some(due) = self.due_at()
            && due <= Instant::now()
        {
            if self.guests.len() >= self.options.conversations.max(1) {
                // Who leaves makes room, and looks again.
                return;
            }
            if self.orders.len() >= ORDERS {
                self.look_at(Instant::now() + RETRY_AFTER);
                return;
            }
            if let Some(arrival) = self.coming.take() {
                self.coming = self.afternoon.next();
                self.come(arrival);
            }
        }
        self.expect_next();
    }

    fn come(&mut self, arrival: Arrival) {
        let Some(scenario) = self.scenarios.get(arrival.scenario) else { return };
        let mut machine = Machine::new(scenario, arrival.seed);
        let mut effects = machine.come();
        let first = effects.iter().position(|effect| matches!(effect, Effect::Say(_))).map(|at| effects.remove(at));
        let Some(Effect::Say(text)) = first else { return };
        self.next_guest += 1;
        let guest = self.next_guest;
        self.guests.insert(guest, Guest { machine, chat: None, early: Vec::new() });
        self.played.customers += 1;
        self.played.messages += 1;
        let customer =
            Customer { name: arrival.name.into(), email: None, locale: Some(scenario.locale.as_str().into()) };
        let open = Command::OpenConversation {
            channel: CHANNEL.to_owned(),
            customer,
            topic: Some(scenario.topic.clone()),
            text,
            external_ref: None,
        };
        self.ask(keys::fresh(), open, Asked::Open(guest));
        self.perform(guest, effects);
    }

    fn due_at(&self) -> Option<Instant> {
        Some(self.began? + self.lasts(self.coming.as_ref()?.offset, self.options.head_start))
    }

    fn expect_next(&mut self) {
        if let Some(due) = self.due_at() {
            self.look_at(due);
        }
    }

    /// Looks who comes, then or before.
    fn look_at(&mut self, at: Instant) {
        if self.looks_at.is_none_or(|set| at < set) {
            self.looks_at = Some(at);
            self.at(at, Timer::Arrive);
        }
    }

    fn after(&mut self, wait: Duration, timer: Timer) {
        self.at(Instant::now() + wait, timer);
    }

    fn at(&mut self, at: Instant, timer: Timer) {
        self.next_timer += 1;
        self.timers.insert((at, self.next_timer), timer);
    }

    /// How long a span of the afternoon takes from now on.
    fn scaled(&self, span: Span) -> Duration {
        let gone = self.began.map_or(Duration::ZERO, |began| began.elapsed());
        self.lasts(span, self.options.head_start.saturating_sub(gone))
    }

    /// How long a span takes of which `hurried` may pass in a hurry.
    fn lasts(&self, span: Span, hurried: Duration) -> Duration {
        // Speed is at least 0.01 and spans are days at most: far from what a duration holds.
        let life = Duration::from_millis(span.0);
        let hurry = HURRY.max(self.options.speed);
        let in_a_hurry = hurried.mul_f64(hurry);
        if life <= in_a_hurry {
            life.div_f64(hurry)
        } else {
            hurried + life.saturating_sub(in_a_hurry).div_f64(self.options.speed)
        }
    }
}

#[cfg(test)]
mod tests;
