//! The real loop, with keys from a channel, a screen in memory and a session that is answered by the test.

use super::*;
use crate::{
    console::input::{Code, Key},
    domain::{
        card::Card,
        command::Command,
        desk::Office,
        filter::Filter,
        ids::{ConversationId, LogId, Seq, TeammateId},
        teammate::{Role, Teammate},
        text::SafeText,
    },
    protocol::{Answer, ToPeer, limits::Limits},
};
use ratatui::backend::TestBackend;
use std::sync::{
    Mutex,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

/// A seat whose keys come from a channel.
struct Chair {
    inputs: Option<mpsc::Receiver<Input>>,
    entered: Arc<AtomicU32>,
    left: Arc<AtomicU32>,
    told: Arc<Mutex<Vec<String>>>,
    /// Whether it answers nothing.
    silent: bool,
}

impl Seat for Chair {
    fn inputs(&mut self) -> io::Result<Inputs> {
        let Some(inputs) = self.inputs.take() else { return Ok(Box::pin(futures_util::stream::pending())) };
        let knows = (!self.silent).then_some(Input::Answered(crate::console::input::Answer::Attributes));
        let knows = futures_util::stream::iter(knows);
        Ok(Box::pin(knows.chain(tokio_stream::wrappers::ReceiverStream::new(inputs))))
    }

    fn enter(&mut self) -> io::Result<()> {
        self.entered.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        self.left.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn suspend(&mut self) -> Result<(), String> {
        Err("a chair has no shell".to_owned())
    }

    fn has_editor(&self) -> bool {
        false
    }

    fn tell_keys_apart(&mut self) {}

    fn mouse(&mut self, _: bool) {}

    fn copy(&mut self, _: &str) {}

    fn owes(&mut self, _: bool) {}

    fn call(&mut self, rings: bool, says: Option<&SafeText>) {
        self.told.lock().unwrap().push(format!("{rings} {}", says.map_or("", SafeText::as_str)));
    }

    fn entitle(&mut self, title: &SafeText) {
        self.told.lock().unwrap().push(title.to_string());
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn size(&self) -> Option<(u16, u16)> {
        None
    }
}

struct Room {
    app: App<TestBackend, Chair>,
    keys: mpsc::Sender<Input>,
    news: mpsc::Sender<News>,
    orders: mpsc::Receiver<Order>,
    clock: Arc<AtomicI64>,
    left: Arc<AtomicU32>,
    /// What the person was called with, and the titles.
    calls: Arc<Mutex<Vec<String>>>,
}

fn room() -> Room {
    let (keys, inputs) = mpsc::channel(64);
    let (tell, news) = mpsc::channel(64);
    let (peer, orders) = Peer::held(64);
    let clock = Arc::new(AtomicI64::new(1_795_354_200_000));
    let (entered, left) = (Arc::default(), Arc::new(AtomicU32::new(0)));
    let calls = Arc::new(Mutex::new(Vec::new()));
    let chair = Chair { inputs: Some(inputs), entered, left: left.clone(), told: calls.clone(), silent: false };
    let told = clock.clone();
    let options = Options {
        keymap: Arc::new(Keymap::built_in()),
        clock: Arc::new(move || Timestamp(told.load(Ordering::SeqCst))),
        zone: 0,
        drafts: None,
        alerts: vec![Rule::always(Filter::parse("needs:me").unwrap())],
        sheets: None,
        editor: "false".to_owned(),
        canned: Arc::default(),
        holds: Holds::default(),
        tour: false,
        troubles: Vec::new(),
        look: Look::default(),
        theme: "dark".to_owned(),
        level: ColorLevel::True,
        mouse: false,
        if_light: None,
    };
    let app = App::new(TestBackend::new(120, 30), chair, peer, news, options).unwrap();
    Room { app, keys, news: tell, orders, clock, left, calls }
}

impl Room {
    async fn welcome(&self) {
        let you = Teammate { id: TeammateId(1), name: "mira".into(), role: Role::Lead, revoked: false, token: None };
        let office = Office { teammates: [(you.id, you.clone())].into(), name: "Acme".into(), ..Office::default() };
        let frames = [
            ToPeer::Welcome {
                you,
                log: LogId(1),
                seq: Seq(1),
                now: Timestamp(1_795_354_200_000),
                limits: Limits::default(),
                office: Box::new(office),
                resumed: false,
            },
            ToPeer::Cards { cards: Vec::new(), gone: Vec::new(), current: Some(Seq(1)) },
        ];
        for frame in frames {
            self.news.send(News::Frame(Box::new(frame))).await.unwrap();
        }
    }

    async fn press(&self, key: Key) {
        self.keys.send(Input::Key(key)).await.unwrap();
    }

    fn screen(&self) -> String {
        self.app.backend().to_string()
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_is_on_the_screen_without_a_key() {
    let mut room = room();
    room.welcome().await;
    room.app.settle().await.unwrap();
    assert!(room.app.model().line.is_live());
    assert!(room.screen().contains("Acme"), "{}", room.screen());
}

#[tokio::test(start_paused = true)]
async fn keys_are_heard_by_the_loop_and_q_ends_it_and_gives_the_terminal_back() {
    let mut room = room();
    room.welcome().await;
    room.press(Key::char('?')).await;
    room.press(Key::plain(Code::Esc)).await;
    room.press(Key::char('q')).await;
    room.app.run().await.unwrap();
    assert_eq!(room.left.load(Ordering::SeqCst), 1);
    assert!(matches!(room.orders.recv().await, Some(Order::Close)));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_terminal_ends_the_loop() {
    let mut room = room();
    room.keys.send(Input::Ending(Ending::Terminated)).await.unwrap();
    room.app.run().await.unwrap();
    assert_eq!(room.left.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_signal_counts_also_while_the_terminals_last_answers_are_waited_for() {
    let mut room = room();
    room.app.seat.silent = true;
    room.welcome().await;
    room.press(Key::char('q')).await;
    // The loop ends at `q`; this one comes after it.
    room.keys.send(Input::Ending(Ending::Terminated)).await.unwrap();
    assert_eq!(room.app.run().await.unwrap(), Some(Ending::Terminated));
    assert_eq!(room.left.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_finds_its_ticket() {
    let mut room = room();
    room.welcome().await;
    room.app.settle().await.unwrap();
    room.app.hear(What::Pasted("x".into()));
    let command = Command::Resolve { conversation: crate::domain::ids::ConversationId(7) };
    let effect = Effect::Ask { ticket: 5, command: Box::new(command.clone()) };
    assert_eq!(room.app.performer.perform(effect), Ok(None));
    assert_eq!(room.app.performer.in_flight(), 1);
    let (id, asked) = loop {
        match room.orders.recv().await {
            Some(Order::Ask(id, asked)) => break (id, asked),
            // How the AIs do is asked by the way.
            Some(Order::Query(..)) => {}
            other => panic!("no ask but {other:?}"),
        }
    };
    assert_eq!(*asked, command);
    let answer = Answer { seq: Seq(2), conversation: None, n: crate::domain::ids::EntryNo(0) };
    let told = room.app.performer.hear(News::Answered { id, result: Ok(answer) });
    assert_eq!(told, Some(What::Answered { ticket: 5, result: Ok(answer) }));
    assert_eq!(room.app.performer.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_console_on_an_empty_desk_waits_for_nothing() {
    let mut room = room();
    room.welcome().await;
    room.app.settle().await.unwrap();
    room.clock.fetch_add(60_000, Ordering::SeqCst);
    room.app.settle().await.unwrap();
    assert_eq!(room.app.wake, None);
    assert_eq!(room.app.stale, Stale::No);
}

#[tokio::test(start_paused = true)]
async fn the_person_is_called_by_the_seat_and_the_title_follows() {
    let mut room = room();
    room.welcome().await;
    room.app.settle().await.unwrap();
    let now = Timestamp(1_795_354_200_000);
    for id in 1..=3 {
        room.clock.fetch_add(1_000, Ordering::SeqCst);
        let mut card = Card { waiting_since: Some(now), ..Card::quiet(ConversationId(id), now) };
        card.customer.name = "Zo\u{eb}\u{1b}]0;x\u{7}".into();
        let cards = ToPeer::Cards { cards: vec![card], gone: Vec::new(), current: Some(Seq(1)) };
        room.app.hear(What::News(News::Frame(Box::new(cards))));
    }
    // What came after the first is gathered.
    room.clock.fetch_add(10_000, Ordering::SeqCst);
    room.app.hear(What::Woke);
    let calls = room.calls.lock().unwrap().clone();
    assert_eq!(
        calls,
        [
            "Acme · centaur",
            "true #1 Zo\u{eb}]0;x: in the queue",
            "1 needs you · Acme",
            "2 need you · Acme",
            "3 need you · Acme",
            "true #2 Zo\u{eb}]0;x: in the queue, and another",
        ]
    );
    let noticed = room.app.model().notices.last().map(|notice| notice.text.clone());
    assert_eq!(noticed.as_deref(), Some("#2 Zo\u{eb}]0;x: in the queue, and another"));
}

#[tokio::test(start_paused = true)]
async fn a_chair_without_a_shell_or_editor_says_so() {
    let mut room = room();
    room.welcome().await;
    room.press(Key::ctrl('z')).await;
    room.app.settle().await.unwrap();
    let said = room.app.model().notices.last().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(said.contains("cannot be suspended"), "{said}");
}
