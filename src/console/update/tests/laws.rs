//! Laws: no sequence of messages panics, no key loses a text, no arrival moves the row under the cursor.

use super::stage::{MIRA, Stage};
use crate::client::News;
use crate::console::{
    effect::Effect,
    input::{Code, Key},
    model::{Layer, Measured},
    msg::What,
};
use crate::domain::{ids::ConversationId, ids::EntryNo, time::Span};
use crate::protocol::{ToPeer, Typist};
use proptest::prelude::*;

/// Something that may happen.
#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Paste(String),
    Size(u16, u16),
    Measured(u16, bool, bool),
    Pass(u64),
    Customer,
    Says(u64),
    Answers(u64, u16),
    Grew(u64, u32, u32),
    Gone(u64),
    Cut,
    Back,
    Edited(Option<String>),
    Typing(u64),
}

fn key() -> impl Strategy<Value = Key> {
    let char = prop::sample::select("jkgGtbrnwmpazRu+-cyex#:/?.i 126hqfdovV=|'[]".chars().collect::<Vec<_>>())
        .prop_map(Key::char);
    let plain = prop::sample::select(vec![
        Code::Enter,
        Code::Esc,
        Code::Tab,
        Code::BackTab,
        Code::Backspace,
        Code::Up,
        Code::Down,
        Code::PageUp,
        Code::PageDown,
        Code::Home,
        Code::End,
        Code::F(1),
    ])
    .prop_map(Key::plain);
    let ctrl = prop::sample::select("jdulwkycetrg".chars().collect::<Vec<_>>()).prop_map(Key::ctrl);
    prop_oneof![6 => char, 4 => plain, 1 => ctrl]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => key().prop_map(Step::Key),
        1 => "[a-z\n\r\t👩]{0,8}".prop_map(Step::Paste),
        1 => (0u16..200, 0u16..60).prop_map(|(c, r)| Step::Size(c, r)),
        2 => (0u16..50, any::<bool>(), any::<bool>()).prop_map(|(r, t, e)| Step::Measured(r, t, e)),
        2 => (0u64..70_000).prop_map(Step::Pass),
        2 => Just(Step::Customer),
        2 => (1u64..6).prop_map(Step::Says),
        2 => (1u64..6, 0u16..1000).prop_map(|(c, g)| Step::Answers(c, g)),
        1 => (1u64..6, 0u32..8, 0u32..20).prop_map(|(c, t, o)| Step::Grew(c, t, o)),
        1 => (1u64..6).prop_map(Step::Gone),
        1 => Just(Step::Cut),
        1 => Just(Step::Back),
        1 => prop::option::of("[a-z]{0,5}").prop_map(Step::Edited),
        1 => (1u64..6).prop_map(Step::Typing),
    ]
}

fn play(stage: &mut Stage, step: &Step) {
    match step {
        Step::Key(key) => stage.hear(What::Key(*key)),
        Step::Paste(text) => stage.hear(What::Pasted(text.clone())),
        Step::Size(columns, rows) => stage.hear(What::Resized(*columns, *rows)),
        Step::Measured(rows, at_top, at_end) => stage.hear(What::Measured(Measured {
            list_rows: *rows,
            talk_rows: *rows,
            at_top: *at_top,
            at_end: *at_end,
            ..Measured::default()
        })),
        Step::Pass(ms) => stage.pass(Span(*ms)),
        Step::Customer => {
            if stage.desk.conversations.len() < 8 {
                stage.customer("Jana", "where is my money?");
            }
        }
        Step::Says(n) | Step::Answers(n, _) if stage.desk.conversation(ConversationId(*n)).is_none() => {}
        Step::Says(n) => stage.says(ConversationId(*n), "a person, please!"),
        Step::Answers(n, grounding) => {
            let id = ConversationId(*n);
            let one = stage.desk.conversation(id).unwrap();
            if one.card.holder.is_ai()
                && one.card.waiting_since.is_some()
                && one.turn.is_none()
                && one.draft.is_none()
                && one.card.mode.lets_ai_hold()
                && one.card.paused_until.is_none()
            {
                stage.answers(id, "On Monday.", *grounding);
            }
        }
        Step::Grew(n, turn, offset) => stage.tell(ToPeer::DraftGrew {
            conversation: ConversationId(*n),
            turn: EntryNo(*turn),
            offset: *offset,
            text: "word ".into(),
        }),
        Step::Gone(n) => {
            stage.tell(ToPeer::Cards { cards: vec![], gone: vec![ConversationId(*n)], current: None });
        }
        Step::Cut => stage.cut(),
        Step::Back => stage.come_back(),
        Step::Edited(text) => stage.hear(What::Edited(Ok(text.clone()))),
        Step::Typing(n) => stage.tell(ToPeer::Typing { conversation: ConversationId(*n), who: Typist::Customer }),
    }
}

fn begin() -> Stage {
    let mut stage = Stage::new();
    stage.model.holds.usual = Span::seconds(2);
    stage.customer("Jana", "hello");
    stage.customer("Omar", "my invoice is wrong");
    stage
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_messages_panics(steps in prop::collection::vec(step(), 0..120)) {
        let mut stage = begin();
        for step in &steps {
            play(&mut stage, step);
            let floor = &stage.model.floor;
            prop_assert!(floor.is_empty() || floor.cursor() < floor.len());
            prop_assert!(floor.top() <= floor.cursor());
            prop_assert_eq!(floor.row(floor.cursor()).map(|row| row.card.id), floor.selected());
        }
    }

    #[test]
    fn no_arrival_moves_the_row_under_the_cursor(steps in prop::collection::vec(step(), 0..120)) {
        let mut stage = begin();
        stage.keys("j");
        for step in &steps {
            let before = stage.model.selected();
            play(&mut stage, step);
            let by_person = matches!(step, Step::Key(_) | Step::Paste(_) | Step::Back);
            if !by_person && before.is_some_and(|id| stage.desk.conversation(id).is_some()) {
                prop_assert_eq!(stage.model.selected(), before, "{:?}", step);
            }
        }
    }

    #[test]
    fn a_held_order_never_changes(steps in prop::collection::vec(step(), 0..80)) {
        let mut stage = begin();
        stage.keys("j");
        let order = |stage: &Stage| -> Vec<ConversationId> {
            (0..stage.model.floor.len()).filter_map(|at| stage.model.floor.row(at)).map(|row| row.card.id).collect()
        };
        let before = order(&stage);
        for step in &steps {
            if !matches!(step, Step::Key(_) | Step::Paste(_) | Step::Pass(_) | Step::Back) {
                play(&mut stage, step);
                prop_assert_eq!(&order(&stage), &before);
            }
        }
    }

    #[test]
    fn esc_never_loses_a_text(letter in prop::sample::select(vec!['n', 'w']), text in "[a-z ]{1,12}[a-z]", steps in prop::collection::vec(key(), 0..6)) {
        let mut stage = begin();
        stage.rest();
        let mine = stage.model.selected();
        stage.keys(&letter.to_string());
        stage.hear(What::Pasted(text.clone()));
        stage.keys("<esc>");
        for key in steps.iter().filter(|key| matches!(key.code, Code::Esc | Code::Up | Code::Down | Code::Tab | Code::PageUp)) {
            stage.hear(What::Key(*key));
        }
        stage.keys("<esc><esc><esc>");
        if stage.model.selected() == mine {
            stage.keys(&letter.to_string());
            let open = match &stage.model.layer {
                Layer::Compose(composer) => composer.editor.text().to_owned(),
                _ => String::new(),
            };
            prop_assert_eq!(open, text.clone());
        }
        prop_assert!(stage.model.drafts.values().any(|kept| *kept == text));
    }

    #[test]
    fn every_text_is_kept_until_the_server_has_it(text in "[a-z]{1,9}", cut in any::<bool>()) {
        let mut stage = begin();
        stage.rest();
        stage.keys("n");
        stage.hear(What::Pasted(text.clone()));
        if cut {
            stage.cut();
        }
        stage.keys("<enter>");
        let kept = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::Keep(_, text) => Some(text.clone()),
            _ => None,
        });
        prop_assert_eq!(kept, Some(cut.then_some(text)));
    }
}

#[test]
fn news_for_another_console_changes_nothing() {
    let mut stage = begin();
    let before = stage.model.revision;
    let answer = crate::protocol::Answer { seq: stage.seq(), conversation: None, n: EntryNo(0) };
    stage.hear(What::News(News::Answered { id: crate::domain::ids::CommandId(7), result: Ok(answer) }));
    assert_eq!(stage.model.revision, before);
    assert_eq!(stage.model.me(), Some(MIRA));
}
