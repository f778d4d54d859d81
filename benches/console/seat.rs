//! A person at a console: keys and news go in, frames come out as a count of bytes. Answers what the console asks to watch.

use crate::desk::{ARIA, MIRA, Seeding};
use centaur::{
    client::News,
    console::{
        effect::Effect,
        input::Key,
        keymap::Keymap,
        model::Model,
        msg::{Msg, What},
        paint::{ColorLevel, Paint},
        update::update,
        view::{self, Look},
    },
    domain::{
        card::{Card, Writing},
        event::{Event, Recorded},
        ids::{ConversationId, EntryNo, LogId, Seq, Term},
        teammate::Actor,
        time::{Span, Timestamp},
    },
    protocol::{ToPeer, limits::Limits},
};
use ratatui::{Terminal, layout::Size};
use std::{cell::Cell, io, rc::Rc, sync::Arc};

/// When the desk was founded.
const FOUNDED: Timestamp = Timestamp(1_795_354_200_000);
/// The size of the screen.
pub const SIZE: Size = Size::new(120, 40);

/// Counts what is written, and forgets it.
#[derive(Clone, Debug, Default)]
pub struct Counter(pub Rc<Cell<usize>>);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The cards of a desk of `count` conversations.
pub fn cards(count: u64) -> Vec<Card> {
    let mut seeding = Seeding::found(FOUNDED);
    for _ in 0..count {
        seeding.open();
        seeding.made();
    }
    seeding.desk.conversations.into_values().map(|it| Arc::unwrap_or_clone(it.card)).collect()
}

/// A card as a bare list shows it.
pub fn line(card: &Card) -> String {
    let last = card.last.as_ref().map(|last| &*last.text).unwrap_or_default();
    format!("{:>6} {:<28} {last:.50}", card.id.0, card.customer.name)
}

/// A console with a person at it.
pub struct Seat {
    /// What it knows.
    pub model: Model,
    /// What the cards took before they became the model's, in KiB, about.
    pub given_kib: u64,
    look: Look,
    screen: Terminal<Paint<Counter>>,
    written: Counter,
    at: Timestamp,
    scan: bool,
    seen: u64,
    talks: Vec<ConversationId>,
    lengths: Vec<u32>,
}

impl Seat {
    /// A console that is told these cards, a frame of 96 at a time, as a server tells them.
    pub fn at(cards: Vec<Card>) -> Self {
        let written = Counter::default();
        // As the peers were measured: `TERM=xterm-256color`.
        let paint = Paint::new(written.clone(), SIZE, ColorLevel::Indexed);
        let mut seat = Self {
            model: Model::new((SIZE.width, SIZE.height), Arc::new(Keymap::built_in())),
            given_kib: given(&cards) / 1024,
            look: Look::default(),
            screen: Terminal::new(paint).expect("a painter knows its size"),
            written,
            at: FOUNDED.plus(Span::hours(24)),
            scan: false,
            seen: u64::MAX,
            talks: Vec::new(),
            lengths: vec![0; 50],
        };
        let office = Seeding::found(FOUNDED).desk.office;
        let you = office.present(MIRA).cloned().expect("the admin is there");
        let seq = Seq(u64::from(u32::MAX));
        seat.frame(ToPeer::Welcome {
            you,
            log: LogId(1),
            seq,
            now: seat.at,
            limits: Limits::default(),
            office: Box::new(office),
            resumed: false,
        });
        let mut cards = cards.into_iter().peekable();
        while cards.peek().is_some() {
            let some: Vec<Card> = cards.by_ref().take(96).collect();
            let current = cards.peek().is_none().then_some(seq);
            seat.frame(ToPeer::Cards { cards: some, gone: Vec::new(), current });
        }
        seat.draw();
        seat.pass(Span(300));
        seat.draw();
        seat.pass(Span::seconds(20));
        seat.draw();
        seat
    }

    /// How many bytes were written so far.
    pub fn bytes(&self) -> usize {
        self.written.0.get()
    }

    /// Rows of the list in sight.
    pub fn rows(&self) -> u16 {
        self.model.measured.list_rows
    }

    /// Time passes.
    pub fn pass(&mut self, span: Span) {
        self.at = self.at.plus(span);
        self.hear(What::Woke);
    }

    /// A key as the keymap writes it.
    pub fn press(&mut self, key: &str) {
        let key: Key = key.parse().expect("a key");
        self.hear(What::Key(key));
    }

    /// The filter looks at some more. Whether there is more.
    pub fn scan_on(&mut self) -> bool {
        if std::mem::take(&mut self.scan) {
            self.hear(What::ScanOn);
        }
        self.scan
    }

    /// Draws if anything changed, as the loop does.
    pub fn draw(&mut self) {
        if self.model.revision == self.seen {
            return;
        }
        self.seen = self.model.revision;
        let (model, look) = (&self.model, &mut self.look);
        self.screen.draw(|frame| view::draw(frame, model, look)).expect("a counter takes everything");
        let scrolls = self.model.talk.as_ref().is_some_and(|talk| talk.scroll.by != 0 || talk.scroll.to_selected);
        if scrolls || self.look.measured != self.model.measured {
            self.hear(What::Measured(self.look.measured));
        }
    }

    /// The model hears, and what it asks for is done.
    pub fn hear(&mut self, what: What) {
        let effects = update(&mut self.model, Msg { at: self.at, what });
        for effect in effects {
            match effect {
                Effect::ScanOn => self.scan = true,
                Effect::Watch(id, _) => self.thread(id),
                _ => {}
            }
        }
    }

    fn frame(&mut self, frame: ToPeer) {
        self.hear(What::News(News::Frame(Box::new(frame))));
    }

    fn thread(&mut self, conversation: ConversationId) {
        let Some(card) = self.model.card(conversation).cloned() else { return };
        let opened = Event::Opened {
            channel: card.channel.to_string(),
            customer: card.customer.clone(),
            topic: None,
            external_ref: None,
            holder: card.holder,
            term: Term(1),
        };
        let begun = Event::TurnBegan { term: Term(1), answers: EntryNo(1), whispers: Vec::new(), shadow: false };
        let events = [(1, opened), (2, begun)].map(|(n, event)| Recorded {
            seq: Seq(n),
            at: card.opened_at,
            by: Actor::Teammate(ARIA),
            conversation: Some(conversation),
            n: EntryNo(u32::try_from(n).unwrap_or(1)),
            event,
        });
        let card = Box::new(card);
        self.frame(ToPeer::Thread { conversation, card, earlier: false, events: events.into(), more: false });
    }

    /// Opens the talk under the cursor and has an AI write there and in 49 others.
    pub fn open_talk(&mut self) {
        self.press("g");
        self.press("g");
        self.pass(Span(300));
        self.draw();
        let open = self.model.talk.as_ref().map(|talk| talk.conversation);
        let others = (0..50).filter_map(|at| self.model.floor.row(at)).map(|row| row.card.id);
        self.talks = open.into_iter().chain(others.filter(|id| Some(*id) != open)).take(50).collect();
        for id in self.talks.clone() {
            let Some(mut card) = self.model.card(id).cloned() else { continue };
            card.seq = card.seq.next();
            card.writing = Some(Writing { turn: EntryNo(2), by: ARIA, since: self.at }).into();
            self.frame(ToPeer::Cards { cards: vec![card], gone: Vec::new(), current: None });
        }
        self.draw();
    }

    /// The next piece of an answer, a word; after 200 words the answer begins anew.
    pub fn piece(&mut self, talk: u64, number: u64) -> What {
        let at = usize::try_from(talk).unwrap_or(0);
        let text = if number % 12 == 11 { "parcel.\n" } else { "deliver " };
        let length = &mut self.lengths[at];
        if number.is_multiple_of(200) {
            *length = 0;
        }
        let offset = *length;
        *length += u32::try_from(text.len()).unwrap_or(0);
        let conversation = self.talks.get(at).copied().unwrap_or_default();
        let frame = ToPeer::DraftGrew { conversation, turn: EntryNo(2), offset, text: text.into() };
        What::News(News::Frame(Box::new(frame)))
    }
}

/// About what cards take: themselves and their texts.
fn given(cards: &[Card]) -> u64 {
    let texts =
        |card: &Card| card.customer.name.len() + card.channel.len() + card.last.as_ref().map_or(0, |it| it.text.len());
    cards.iter().map(|card| (size_of::<Card>() + texts(card)) as u64).sum()
}
