//! Stories of writing: long pastes, notes that become replies, canned replies, the AI's draft, taking back, the tour.

use super::stage::{LENA, MIRA, Stage, WEB};
use crate::console::{
    composer::canned::Canned,
    effect::Effect,
    model::{Composer, DraftKey, Holds, Layer, OutgoingState, Writing},
    msg::What,
    tour::Step,
};
use crate::domain::{
    command::Command, holder::Holder, ids::ConversationId, reply::DeskReply, teammate::Actor, time::Span,
};

fn composer(stage: &Stage) -> &Composer {
    match &stage.model.layer {
        Layer::Compose(composer) => composer,
        other => panic!("no composer but {other:?}"),
    }
}

fn replies(stage: &Stage) -> Vec<String> {
    let text = |command| match command {
        Command::Reply { text, .. } => Some(text),
        _ => None,
    };
    stage.asks().into_iter().filter_map(text).collect()
}

fn kept(stage: &Stage, conversation: ConversationId) -> Option<String> {
    let key = DraftKey { conversation, writing: Writing::Reply };
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(of, text) if *of == key => Some(text.clone()),
        _ => None,
    })?
}

fn held() -> (Stage, ConversationId) {
    let (mut stage, jana) = Stage::with_jana();
    stage.model.holds = Holds { usual: Span::default(), channels: [("web".to_owned(), Span::seconds(5))].into() };
    stage.keys("tr");
    stage.keys("on its way<enter>");
    (stage, jana)
}

#[test]
fn the_desks_replies_are_inserted_too_and_one_of_ones_own_can_be_given_to_the_desk() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello");
    stage.rest();
    let canned = |name: &str, text: &str| Canned::read(name, text, "r.md").unwrap();
    stage.model.canned = vec![canned("hours", "We are open from 9.")].into();
    let desk = |name: &str, text: &str| {
        let reply = DeskReply { title: String::new(), text: text.into() };
        Command::KeepReply { name: name.into(), reply: Some(Box::new(reply)) }
    };
    // One of another name, and one of the same name, before which one's own goes.
    for (name, text) in [("new-parcel", "Hello {customer}, it is on its way."), ("hours", "The desk's hours.")] {
        stage.does(Actor::Teammate(MIRA), &desk(name, text)).unwrap();
    }
    let texts = |stage: &Stage| stage.model.all_canned().into_iter().map(|one| one.text).collect::<Vec<_>>();
    assert_eq!(texts(&stage), ["We are open from 9.", "Hello {customer}, it is on its way."]);
    stage.keys("tr<ctrl-r>parc<enter>");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("no composer") };
    assert_eq!(composer.editor.text(), "Hello Jana, it is on its way.");
    stage.keys("<esc>:share hours<enter>");
    assert_eq!(stage.notice(), "the canned reply hours is the desk's now: all who write can insert it");
    assert_eq!(stage.desk.office.replies["hours"].text, "We are open from 9.");
    stage.keys(":share hour<enter>");
    assert_eq!(stage.notice(), "no canned reply of yours is called `hour`; did you mean `hours`?");
    stage.keys(":share -new-parcel<enter>");
    assert_eq!(stage.desk.office.replies.keys().collect::<Vec<_>>(), ["hours"]);
    // An agent may insert and not keep.
    let keep = desk("x", "y");
    assert!(stage.does(Actor::Teammate(LENA), &keep).is_err());
    let _ = jana;
}

#[test]
fn a_form_opens_where_nothing_stands_and_tab_goes_on() {
    let mut stage = Stage::new();
    stage.customer("Jana", "hello");
    stage.rest();
    stage.keys("Tfind the order<tab><tab>her words<backtab><backtab>!");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("no form") };
    let lines: Vec<_> = composer.editor.lines().take(4).collect();
    assert_eq!(lines, ["kind: handle", "goal: find the order!", "facts: ", "may: her words"]);
}

#[test]
fn escape_and_a_key_in_one_read_go_back_and_act_on_nothing() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello");
    stage.rest();
    stage.keys("<enter><alt-t>");
    assert!(stage.desk.conversation(jana).unwrap().card.holder.is_ai());
    assert_eq!(stage.notice(), "esc and t came as one key: press t again if you meant it");
    stage.keys("<alt-:>ta<tab>");
    assert!(matches!(&stage.model.layer, Layer::Palette(palette) if palette.input.text().starts_with("ta")));
    stage.keys("<esc><alt-q>");
    assert!(!stage.model.inner.quitting);
}

#[test]
fn reply_right_after_a_take_over_opens_the_reply() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello");
    stage.rest();
    // The take-over is accepted; its card is gathered with others and comes a moment later.
    stage.up = false;
    stage.keys("t");
    let (ticket, command) = stage.waiting.remove(0);
    let result = stage.does(Actor::Teammate(MIRA), &command);
    stage.hear(What::Answered { ticket, result });
    assert!(stage.model.card(jana).unwrap().holder.is_ai(), "the card is not here yet");
    stage.keys("r");
    assert!(matches!(&stage.model.layer, Layer::Compose(_)), "{:?}", stage.model.layer);
}

#[test]
fn a_long_paste_is_folded_and_sent_whole() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("tr");
    stage.hear(What::Pasted("line\r\n".repeat(34)));
    assert_eq!(composer(&stage).editor.folds().len(), 1);
    stage.keys("<alt-p>");
    assert_eq!(composer(&stage).editor.folds().len(), 0);
    stage.keys("<alt-p><enter>");
    assert_eq!(replies(&stage), ["line\n".repeat(34).trim()]);
}

#[test]
fn a_note_becomes_a_reply_only_when_asked_twice() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("tn");
    stage.keys("he is rude<ctrl-t>");
    assert_eq!(composer(&stage).key.writing, Writing::Note);
    assert!(composer(&stage).warning.as_deref().is_some_and(|why| why.starts_with("Jana Novak reads it")));
    // Enter is no yes, and neither is a letter.
    stage.keys("<enter>");
    assert_eq!(composer(&stage).key.writing, Writing::Note);
    stage.keys("<ctrl-t>!<ctrl-t>");
    assert_eq!(composer(&stage).key.writing, Writing::Note);
    stage.keys("<ctrl-t>");
    assert_eq!(composer(&stage).key, DraftKey { conversation: jana, writing: Writing::Reply });
    assert_eq!(replies(&stage), Vec::<String>::new());
    // Back to a note it goes at once.
    stage.keys("<ctrl-t><enter>");
    assert_eq!(stage.last_ask(), Command::Note { conversation: jana, text: "he is rude!".into() });
}

#[test]
fn a_note_never_becomes_a_reply_where_somebody_else_answers_and_nothing_begun_is_lost() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("n");
    stage.keys("hm<ctrl-t><ctrl-t>");
    assert_eq!(composer(&stage).key.writing, Writing::Note);
    stage.keys("<esc>tr");
    stage.keys("Dear Jana<esc>n<ctrl-t><ctrl-t>");
    assert_eq!(composer(&stage).editor.text(), "Dear Jana\n\nhm");
}

#[test]
fn a_canned_reply_is_found_filled_in_and_its_blanks_are_asked_about() {
    let (mut stage, _) = Stage::with_jana();
    let read = |name: &str, text: &str| Canned::read(name, text, "r.md").unwrap();
    stage.model.canned =
        [read("thanks", "Thank you!"), read("refund", "Dear {customer}, {order} of {conversation}. {me}")].into();
    stage.keys("tr");
    stage.keys("> <ctrl-r>ref");
    assert_eq!(composer(&stage).choosing.as_ref().map(|one| one.found.len()), Some(1));
    stage.keys("<esc>");
    assert!(composer(&stage).choosing.is_none() && composer(&stage).editor.text() == "> ");
    stage.keys("<ctrl-r><down><enter>");
    assert_eq!(composer(&stage).editor.text(), "> Dear Jana Novak, {order} of #1. mira");
    stage.keys("<enter>");
    assert!(composer(&stage).warning.as_deref().is_some_and(|why| why.starts_with("{order} is not filled in")));
    assert_eq!(replies(&stage), Vec::<String>::new());
    stage.keys("<enter>");
    assert_eq!(replies(&stage), ["> Dear Jana Novak, {order} of #1. mira"]);
}

#[test]
fn the_ai_s_draft_is_a_beginning_for_who_took_over() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("tr<ctrl-g>");
    assert_eq!(composer(&stage).warning.as_deref(), Some("the AI has no draft for what waits here"));
    let (mut stage, other) = Stage::with_jana();
    assert_eq!(jana, other);
    stage.answers(jana, "On Monday, I think.", 100);
    assert!(stage.model.card(jana).unwrap().draft.is_some());
    stage.keys("tr<ctrl-g><enter>");
    assert_eq!(replies(&stage), ["On Monday, I think."]);
    // Answered: it is no draft for what comes next.
    stage.keys("r<ctrl-g>");
    assert_eq!(composer(&stage).editor.text(), "");
}

#[test]
fn a_held_reply_goes_when_its_time_has_come_and_not_before() {
    let (mut stage, jana) = held();
    let until = stage.at.plus(Span::seconds(5));
    assert_eq!(stage.model.sending[0].state, OutgoingState::Held(until));
    assert_eq!((replies(&stage), kept(&stage, jana)), (vec![], Some("on its way".to_owned())));
    for _ in 0..4 {
        let wake = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::WakeAt(at) => *at,
            _ => None,
        });
        assert!(wake.is_some_and(|at| at <= stage.at.plus(Span::seconds(1))), "{wake:?}");
        stage.pass(Span::seconds(1));
        assert_eq!(replies(&stage), Vec::<String>::new());
    }
    stage.pass(Span::seconds(1));
    assert_eq!(replies(&stage), ["on its way"]);
    assert_eq!((stage.model.sending.len(), kept(&stage, jana)), (0, None));
}

#[test]
fn a_held_reply_is_taken_back_into_the_composer_and_never_sent() {
    let (mut stage, jana) = held();
    stage.pass(Span::seconds(3));
    stage.keys("<esc>");
    assert_eq!((composer(&stage).editor.text(), composer(&stage).key.conversation), ("on its way", jana));
    assert_eq!((stage.model.sending.len(), kept(&stage, jana)), (0, Some("on its way".to_owned())));
    stage.pass(Span::minutes(1));
    assert_eq!(replies(&stage), Vec::<String>::new());
}

#[test]
fn what_is_held_when_one_leaves_stays_on_disk_and_is_not_sent() {
    let (mut stage, jana) = held();
    stage.keys("q");
    assert_eq!((replies(&stage), kept(&stage, jana)), (vec![], Some("on its way".to_owned())));
}

#[test]
fn a_held_reply_fails_kept_if_somebody_else_answers_by_then() {
    let (mut stage, jana) = held();
    let assign = Command::Assign { conversation: jana, term: stage.term(jana), to: Holder::Human(super::stage::LENA) };
    stage.does(crate::domain::teammate::Actor::Teammate(super::stage::MIRA), &assign).unwrap();
    stage.pass(Span::seconds(5));
    assert!(matches!(stage.model.sending[0].state, OutgoingState::Failed(_)));
    assert_eq!(kept(&stage, jana), Some("on its way".to_owned()));
}

#[test]
fn only_replies_are_held_and_only_on_the_channels_that_say_so() {
    let (mut stage, _) = held();
    stage.keys("n");
    stage.keys("ask lena<enter>");
    assert!(matches!(stage.last_ask(), Command::Note { .. }));
    let (mut stage, _) = Stage::with_jana();
    assert_eq!(stage.desk.office.name_of(WEB), "web");
    stage.model.holds = Holds { usual: Span::default(), channels: [("mail".to_owned(), Span::seconds(5))].into() };
    stage.keys("tr");
    stage.keys("now<enter>");
    assert_eq!(replies(&stage), ["now"]);
}

#[test]
fn the_tour_leads_through_its_four_steps_by_keys_and_can_be_repeated() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "On Monday.", 1000);
    stage.keys(":tour<enter>");
    let step = |stage: &Stage| stage.model.tour.map(|tour| tour.step());
    assert_eq!(step(&stage), Some(Step::TakeOver));
    stage.keys("t");
    assert_eq!(step(&stage), Some(Step::HandBack));
    stage.keys("r");
    stage.keys("I sent it.<enter>");
    stage.keys("b<enter>");
    assert_eq!(step(&stage), Some(Step::Judge), "{}", stage.notice());
    stage.keys("+");
    assert_eq!(step(&stage), Some(Step::Undo), "{}", stage.notice());
    stage.keys("u");
    assert_eq!(step(&stage), None);
    assert!(stage.notice().starts_with("that was the tour"), "{}", stage.notice());
    stage.keys(":tour<enter>");
    assert_eq!(step(&stage), Some(Step::TakeOver));
}

#[test]
fn the_tour_is_left_by_esc_twice_or_by_its_word() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys(":tour<enter><esc>j<esc>");
    assert!(stage.model.tour.is_some());
    stage.keys("<esc>");
    assert!(stage.model.tour.is_none());
    stage.keys(":tour<enter>:tour<enter>");
    assert!(stage.model.tour.is_none());
}
