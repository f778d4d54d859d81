//! Every screen and every box over one, at three sizes and once by its roles, as keys bring it about.
//!
//! Deliberately not here: the floor, *needs you*, the wall, the AI screen and the log with all that may stand in them; they
//! have tests of their own.

use super::{Look, drawn, fixture, roles, snapshot};
use crate::console::{
    composer::canned::Canned,
    input::Key,
    model::{Line, Model, Notice, Severity},
    msg::{Msg, What},
    update::update,
    view::door,
    welcome::{Step, Welcome},
};
use crate::domain::{
    card::DraftWaits,
    holder::Holder,
    ids::{ConversationId, EntryNo, Seq, TeammateId},
    stop::{Scope, Stop, StopId, Then},
    time::{Span, Timestamp},
};
use ratatui::{Terminal, backend::TestBackend};

const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (120, 36)];

/// Types: `t`, `<enter>`, `<ctrl-r>`.
fn keys(model: &mut Model, keys: &str) {
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|after| after.split_once('>'));
        let named = named.and_then(|(name, after)| name.parse::<Key>().ok().map(|key| (key, after)));
        let (key, after) = named.unwrap_or_else(|| (Key::char(c), &rest[c.len_utf8()..]));
        rest = after;
        let at = Timestamp(model.now.0.saturating_sub(model.skew));
        let _ = update(model, Msg { at, what: What::Key(key) });
    }
}

/// The same at three sizes, and its roles at the middle one.
fn every(name: &str, begin: impl Fn(u16, u16) -> Model) {
    for (width, height) in SIZES {
        snapshot(&format!("{name}_{width}x{height}"), &begin(width, height), &mut Look::default());
    }
    let mut look = Look::default();
    let shown = roles(&drawn(&begin(80, 24), &mut look), &look.theme);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}_roles_80x24"), shown);
    });
}

/// A floor on which somebody typed.
fn typed(said: &'static str) -> impl Fn(u16, u16) -> Model {
    move |width, height| {
        let mut model = fixture::talk(width, height, 12);
        keys(&mut model, said);
        model
    }
}

/// The same for a talk that one holds oneself.
fn typed_in_own(said: &'static str) -> impl Fn(u16, u16) -> Model {
    move |width, height| {
        let mut model = fixture::talk(width, height, 12);
        model.floor.go(6);
        assert_eq!(model.floor.selected(), Some(ConversationId(1047)));
        keys(&mut model, said);
        model
    }
}

#[test]
fn what_is_chosen_from_is_drawn_at_every_size() {
    every("every_help", typed("?"));
    every("every_palette", typed(":ta"));
    every("every_filter", typed("/holder:"));
    every("every_mistake", typed("/is:open holdr:me"));
    every("every_mode", typed("m"));
    every("every_stop", typed("!"));
    every("every_stop_then", typed("!a"));
    every("every_assign", typed("a"));
    every("every_snooze", typed("z"));
    every("every_pause", typed("p"));
    every("every_tags", typed("#"));
    every("every_views", typed("'"));
    every("every_themes", typed(":theme<enter>"));
    every("every_take_first", typed("r"));
    every("every_pending", typed("g"));
}

#[test]
fn all_that_is_written_is_drawn_at_every_size() {
    every("every_reply", typed_in_own("rHello, this is Mira.<ctrl-j>I look into it now."));
    every("every_note", typed("nask the warehouse"));
    every("every_whisper", typed("woffer a new parcel"));
    every("every_brief", typed_in_own("bnew parcel BW-20981<tab>by Tuesday<tab>"));
    every("every_task", typed("Tfind out the order number"));
    every("every_correct", |width, height| {
        let mut model = fixture::talk(width, height, 6);
        keys(&mut model, "cThe carrier has no signature.");
        model
    });
    let draft = |said: &'static str| {
        move |width, height| {
            let mut model = fixture::talk(width, height, 99);
            let waits = model.card(ConversationId(1043)).unwrap().draft.get();
            let mut card = model.card(ConversationId(1042)).unwrap().clone();
            card.draft = waits.map(|waits| DraftWaits { draft: EntryNo(19), ..waits }).into();
            (card.seq, card.holder, card.escalation) = (Seq(99_999), Holder::Ai(TeammateId(2)), None);
            let now = model.now;
            model.floor.take(vec![card], &[], now);
            keys(&mut model, "<enter>");
            keys(&mut model, said);
            model
        }
    };
    every("every_draft", draft(""));
    every("every_edit", draft("e"));
    every("every_reject", draft("xthe date is wrong"));
    every("every_becomes_reply", typed_in_own("nthis is for her<ctrl-t>"));
    every("every_pasted", |width, height| {
        let mut model = typed_in_own("rSee: ")(width, height);
        let at = model.now;
        let text = "a line of what was pasted\n".repeat(40);
        let _ = update(&mut model, Msg { at, what: What::Pasted(text) });
        model
    });
    every("every_canned", |width, height| {
        let mut model = typed_in_own("r")(width, height);
        let canned = |title: &str, text: &str| Canned {
            name: title.to_lowercase().replace(' ', "-"),
            title: title.to_owned(),
            tags: Vec::new(),
            text: text.to_owned(),
        };
        model.canned = vec![
            canned("New parcel", "Hello {customer}, a new parcel is on its way. It arrives by {date}."),
            canned("Refund under way", "Hello {customer}, your money is on its way.\n\n{me}"),
        ]
        .into();
        keys(&mut model, "<ctrl-r>re");
        model
    });
}

#[test]
fn what_is_said_beside_the_floor_is_drawn_at_every_size() {
    every("every_tour", typed(":tour<enter>"));
    every("every_notice", |width, height| {
        let mut model = fixture::talk(width, height, 12);
        let text = "cannot be undone: the customer was answered since; hand it back or assign it instead";
        model.notices.push(Notice { severity: Severity::Warn, text: text.to_owned(), until: None });
        model
    });
    every("every_stopped", |width, height| {
        let mut model = fixture::talk(width, height, 12);
        let stop = Stop {
            id: StopId(1),
            scope: Scope::Topic { topic: "refunds".into() },
            then: Then::Queue,
            by: TeammateId(4),
            at: model.now.minus(Span::minutes(4)),
            until: Some(model.now.plus(Span::minutes(26))),
            reason: "wrong amounts since noon".into(),
        };
        model.office.stops.push(stop);
        model
    });
    every("every_behind", |width, height| {
        let mut model = fixture::talk(width, height, 12);
        let (since, next) = (model.now.minus(Span::seconds(42)), model.now.plus(Span::seconds(8)));
        model.line = Line::Reconnecting { since, why: "the connection was closed".into(), next };
        model
    });
    every("every_connecting", |width, height| Model::new((width, height), fixture::floor(80, 24).keymap));
    every("every_marked", typed("vjvj"));
}

#[test]
fn the_welcome_of_centaur_alone_is_drawn_at_every_size() {
    let menu = Welcome::default();
    let mut address = Welcome::default();
    address.key(Key::char('c'));
    let mut wrong = Welcome::again("cannot connect to desk.example port 8722: connection refused".into());
    wrong.cursor = 1;
    assert!(matches!(address.step, Step::Url(_)));
    for (name, welcome) in [("menu", &menu), ("address", &address), ("wrong", &wrong)] {
        for (width, height) in SIZES {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            let look = Look::default();
            let buffer = terminal.draw(|frame| door::draw(frame, welcome, &look)).unwrap().buffer.clone();
            let mut shown = super::text(&buffer);
            if (width, name) == (80, "menu") {
                shown = format!("{shown}\n\n{}", roles(&buffer, &look.theme));
            }
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("welcome_{name}_{width}x{height}"), shown);
            });
        }
    }
}
