//! One story for each rung of the ladder and each manner.

use super::stage::{LENA, MIRA, Stage};
use crate::console::{
    effect::Effect,
    model::{Act, DraftKey, Layer, Line, OutgoingState, Pane, Writing},
    msg::What,
};
use crate::domain::{
    annotation::{Failure, Judgement, Verdict},
    approval::Decision,
    brief::Brief,
    command::Command,
    holder::Holder,
    ids::ConversationId,
    teammate::Actor,
    thread,
    time::Span,
};
use crate::protocol::ToPeer;

fn draft(stage: &Stage, conversation: ConversationId, writing: Writing) -> Option<String> {
    stage.model.drafts.get(&DraftKey { conversation, writing }).cloned()
}

#[test]
fn watching_tells_nobody_and_shows_the_answer_as_it_grows() {
    let (mut stage, jana) = Stage::with_jana();
    let turn = stage.begins(jana);
    for (offset, text) in [(0, "I am "), (5, "sorry"), (99, "lost")] {
        stage.tell(ToPeer::DraftGrew { conversation: jana, turn, offset, text: text.into() });
    }
    let talk = stage.model.talk.as_ref().unwrap();
    assert_eq!(talk.growing.as_ref().map(|growing| growing.text.as_str()), Some("I am sorry"));
    assert_eq!(stage.asks(), vec![]);
}

#[test]
fn the_talk_follows_the_cursor_when_it_rests_and_enter_opens_at_once() {
    let mut stage = Stage::new();
    let first = stage.customer("Jana", "hello");
    let second = stage.customer("Omar", "hello");
    stage.rest();
    let open = |stage: &Stage| stage.model.talk.as_ref().map(|talk| talk.conversation);
    assert_eq!(open(&stage), Some(first));
    stage.keys("j");
    assert_eq!((open(&stage), stage.model.selected()), (Some(first), Some(second)));
    stage.rest();
    assert_eq!(open(&stage), Some(second));
    stage.keys("k<enter>");
    assert_eq!((open(&stage), stage.model.pane), (Some(first), Pane::Talk));
}

#[test]
fn a_take_over_is_shown_as_done_only_when_the_server_says_so() {
    let (mut stage, jana) = Stage::with_jana();
    stage.begins(jana);
    stage.cut();
    stage.keys("t");
    assert_eq!(stage.model.pending_act(jana).map(|act| act.act), Some(Act::TakeOver));
    assert!(stage.model.card(jana).unwrap().holder.is_ai());
    stage.come_back();
    assert!(stage.model.pending_act(jana).is_none());
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(MIRA));
    assert!(stage.notice().contains("you hold #1"), "{}", stage.notice());
    let suppressed = |entry: &thread::Entry| matches!(entry.what, thread::What::Suppressed { .. });
    assert!(stage.model.talk.as_ref().unwrap().thread.entries.iter().any(suppressed));
}

#[test]
fn who_holds_is_known_from_the_event_before_the_card_comes() {
    let (mut stage, jana) = Stage::with_jana();
    stage.up = false;
    let before = stage.log.len();
    let take = Command::TakeOver { conversation: jana, term: stage.term(jana), reason: None };
    stage.does(Actor::Teammate(MIRA), &take).unwrap();
    stage.up = true;
    let events = stage.log[before..].to_vec();
    stage.tell(ToPeer::Events { conversation: jana, events });
    let card = stage.model.card(jana).unwrap();
    assert_eq!((card.holder, card.term), (Holder::Human(MIRA), stage.term(jana)));
    stage.keys("r");
    assert!(matches!(stage.model.layer, Layer::Compose(_)), "{:?}", stage.model.layer);
}

#[test]
fn who_was_slower_learns_who_holds_it() {
    let (mut stage, jana) = Stage::with_jana();
    let term = stage.term(jana);
    stage.up = false;
    stage.does(Actor::Teammate(LENA), &Command::TakeOver { conversation: jana, term, reason: None }).unwrap();
    stage.keys("t");
    stage.up = true;
    for (ticket, command) in std::mem::take(&mut stage.waiting) {
        stage.asked(ticket, &command);
    }
    assert!(stage.notice().contains("lena"), "{}", stage.notice());
}

#[test]
fn a_reply_is_queued_then_sent_and_shown_once() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("tr");
    stage.keys("Dear Jana,<ctrl-j>it is on its way");
    let text = "Dear Jana,\nit is on its way";
    assert_eq!(draft(&stage, jana, Writing::Reply).as_deref(), Some(text));
    stage.cut();
    stage.keys("<enter>");
    assert_eq!(stage.model.sending.len(), 1);
    assert_eq!(stage.model.sending[0].state, OutgoingState::Queued);
    assert_eq!(stage.model.layer, Layer::None);
    stage.come_back();
    assert_eq!(stage.model.sending, vec![]);
    let term = stage.term(jana);
    assert_eq!(stage.last_ask(), Command::Reply { conversation: jana, term, text: text.into() });
    let key = DraftKey { conversation: jana, writing: Writing::Reply };
    assert_eq!(stage.effects.iter().rev().find(|e| matches!(e, Effect::Keep(..))), Some(&Effect::Keep(key, None)));
}

#[test]
fn a_refused_reply_is_kept_and_can_be_tried_again() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("tr");
    stage.keys("on its way");
    stage.up = false;
    stage.keys("<enter>");
    // Meanwhile a lead gives it to lena, and back.
    let assign =
        |stage: &Stage, to| Command::Assign { conversation: jana, term: stage.term(jana), to: Holder::Human(to) };
    let command = assign(&stage, LENA);
    stage.does(Actor::Teammate(MIRA), &command).unwrap();
    stage.up = true;
    let (ticket, command) = stage.waiting.pop().unwrap();
    stage.asked(ticket, &command);
    assert!(matches!(stage.model.sending[0].state, OutgoingState::Failed(_)));
    assert!(stage.notice().contains("The text is kept"), "{}", stage.notice());
    let command = assign(&stage, MIRA);
    stage.does(Actor::Teammate(MIRA), &command).unwrap();
    stage.keys("r");
    assert_eq!(stage.model.sending, vec![]);
    assert_eq!(
        stage.last_ask(),
        Command::Reply { conversation: jana, term: stage.term(jana), text: "on its way".into() }
    );
}

#[test]
fn replying_where_an_ai_answers_offers_to_take_over_first() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("r");
    assert!(matches!(&stage.model.layer, Layer::Pick(picker) if picker.title.starts_with("Aria answers here")));
    stage.keys("t");
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(MIRA));
    stage.keys("hello<enter>");
    assert!(matches!(stage.last_ask(), Command::Reply { .. }));
}

#[test]
fn what_is_on_its_way_is_undone_when_it_is_done_and_not_the_act_before_it() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys(":tag vip<enter>");
    stage.up = false;
    stage.keys(":tag late<enter>u");
    assert!(stage.notice().contains("on its way"), "{}", stage.notice());
    stage.up = true;
    for (ticket, command) in std::mem::take(&mut stage.waiting) {
        stage.asked(ticket, &command);
    }
    assert_eq!(stage.model.card(jana).unwrap().tags.to_vec(), ["vip"]);
    stage.keys("u");
    assert_eq!(stage.model.card(jana).unwrap().tags.to_vec(), Vec::<String>::new());
}

#[test]
fn a_lead_takes_from_a_person_only_with_a_second_key() {
    let (mut stage, jana) = Stage::with_jana();
    let term = stage.term(jana);
    stage.does(Actor::Teammate(LENA), &Command::TakeOver { conversation: jana, term, reason: None }).unwrap();
    stage.keys("t");
    assert!(matches!(&stage.model.layer, Layer::Pick(picker) if picker.title.starts_with("lena holds it")));
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(LENA));
    stage.keys("t");
    assert_eq!(stage.model.layer, Layer::None);
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(MIRA));
}

#[test]
fn esc_never_discards_and_the_same_key_opens_the_text_again() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("n");
    stage.keys("call back t q x<esc>");
    assert_eq!(stage.model.layer, Layer::None);
    stage.keys("w<esc>n");
    assert!(matches!(&stage.model.layer, Layer::Compose(c) if c.editor.text() == "call back t q x"));
    assert_eq!(draft(&stage, jana, Writing::Note).as_deref(), Some("call back t q x"));
    assert_eq!(stage.asks(), vec![]);
}

#[test]
fn a_whisper_goes_to_the_ai_and_a_note_to_the_team() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("w");
    stage.keys("offer a voucher<enter>n");
    stage.keys("angry<enter>");
    assert_eq!(
        stage.asks(),
        vec![
            Command::Whisper { conversation: jana, text: "offer a voucher".into() },
            Command::Note { conversation: jana, text: "angry".into() },
        ]
    );
    assert_eq!(stage.model.sending, vec![]);
}

#[test]
fn handing_back_begins_the_brief_with_what_was_said_and_promised() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("tr");
    stage.keys("I found your parcel. We will send a new one by Friday.<enter>");
    stage.says(jana, "And the grinder?");
    stage.keys("b");
    let Layer::Compose(composer) = &stage.model.layer else { panic!("no composer") };
    let brief = Brief::from_form(composer.editor.text());
    assert_eq!(brief.done, "told the customer: I found your parcel.");
    assert_eq!(brief.promised, "We will send a new one by Friday.");
    assert_eq!(brief.open, "And the grinder?");
    stage.keys("<enter>");
    assert!(stage.model.card(jana).unwrap().holder.is_ai());
    assert_eq!(draft(&stage, jana, Writing::Brief), None);
    // And it can be undone.
    stage.keys("u");
    assert_eq!(stage.notice(), "undid: hand-back of #1");
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(MIRA));
    // The act that cannot be undone may be in another talk than the one in sight.
    stage.keys("uu");
    assert!(stage.notice().starts_with(&format!("#{jana}: cannot be undone: ")), "{}", stage.notice());
}

#[test]
fn an_empty_brief_is_not_taken() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("tb<enter>");
    assert!(matches!(&stage.model.layer, Layer::Compose(c) if c.warning.is_some()));
    assert!(!stage.asks().iter().any(|ask| matches!(ask, Command::HandBack { .. })));
}

#[test]
fn the_newest_ai_message_is_judged_in_two_keys() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "It arrives on Monday.", 900);
    let message = stage.model.talk.as_ref().unwrap().newest_judgeable().unwrap();
    let judged = |verdict, failures: Vec<Failure>, corrected: Option<&str>| Command::Annotate {
        conversation: jana,
        message,
        judgement: Judgement { verdict, failures, corrected: corrected.map(str::to_owned), note: None },
    };
    stage.keys("+");
    assert_eq!(stage.last_ask(), judged(Verdict::Good, vec![], None));
    stage.keys("-f");
    assert_eq!(stage.last_ask(), judged(Verdict::Bad, vec![Failure::WrongFact], None));
    stage.keys("-<enter>");
    assert_eq!(stage.last_ask(), judged(Verdict::Bad, vec![], None));
    stage.keys("c");
    stage.keys("<ctrl-u>On Tuesday.<enter>");
    assert_eq!(stage.last_ask(), judged(Verdict::Bad, vec![], Some("On Tuesday.")));
    let entry = stage.model.talk.as_ref().unwrap().thread.entry(message).unwrap();
    assert_eq!(entry.standing().count(), 1);
}

#[test]
fn another_message_is_judged_when_it_is_selected() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "First.", 900);
    let first = stage.model.talk.as_ref().unwrap().newest_judgeable().unwrap();
    stage.says(jana, "and?");
    stage.answers(jana, "Second.", 900);
    stage.keys("<enter>");
    while stage.model.talk.as_ref().unwrap().selected != Some(first) {
        stage.keys("k");
    }
    stage.keys("+");
    assert!(matches!(stage.last_ask(), Command::Annotate { message, .. } if message == first));
}

#[test]
fn a_draft_is_approved_edited_or_rejected_once_it_was_seen() {
    for (keys, wanted) in [
        ("y", Decision::Approve),
        ("e<ctrl-u>Better.<enter>", Decision::Edit { text: "Better.".into() }),
        ("xtoo vague<enter>", Decision::Reject { reason: "too vague".into() }),
    ] {
        let (mut stage, jana) = Stage::with_jana();
        stage.answers(jana, "Perhaps.", 100);
        let waits = stage.model.card(jana).unwrap().draft.get().unwrap();
        stage.keys(keys);
        assert_eq!(stage.last_ask(), Command::DecideDraft { conversation: jana, draft: waits.draft, decision: wanted });
        assert_eq!(stage.model.card(jana).unwrap().draft.get(), None);
    }
}

#[test]
fn a_draft_that_was_not_seen_is_not_approved() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello?");
    stage.answers(jana, "Perhaps.", 100);
    stage.up = false;
    stage.keys("y");
    assert_eq!(stage.asks(), vec![]);
    assert!(stage.notice().contains("press again"), "{}", stage.notice());
}

#[test]
fn a_resolved_row_stays_under_the_cursor_until_it_is_left() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello");
    let omar = stage.customer("Omar", "hello");
    stage.rest();
    stage.keys("R");
    assert_eq!(stage.model.selected(), Some(jana));
    // What a settled matter refuses is not offered, and how it is opened is.
    let hints: Vec<_> = stage.model.hints().iter().map(|hint| (hint.keys.clone(), hint.title)).collect();
    assert_eq!(hints[0], (":reopen".to_owned(), "open it again"));
    assert!(!hints.iter().any(|(_, title)| ["take over", "whisper", "task", "resolve"].contains(title)), "{hints:?}");
    stage.keys("t");
    assert_eq!(stage.notice(), "it is resolved; reopen it first (:reopen)");
    stage.pass(Span::seconds(20));
    assert_eq!(stage.model.selected(), Some(jana));
    stage.keys("G");
    stage.pass(Span::seconds(20));
    assert_eq!((stage.model.selected(), stage.model.floor.len()), (Some(omar), 1));
    stage.keys("u");
    assert_eq!(stage.notice(), "undid: resolve of #1");
    stage.keys(".");
    assert_eq!(stage.model.floor.len(), 2);
}

#[test]
fn space_goes_to_who_needs_a_person_also_if_they_came_later() {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "hello");
    stage.rest();
    stage.keys(" ");
    assert_eq!(stage.notice(), "nobody needs you now");
    let omar = stage.customer("Omar", "hello");
    stage.answers(omar, "Perhaps.", 100);
    assert_eq!((stage.model.selected(), stage.model.floor.fresh()), (Some(jana), 1));
    stage.keys(" ");
    assert_eq!(stage.model.talk.as_ref().map(|talk| talk.conversation), Some(omar));
}

#[test]
fn the_filter_is_typed_kept_and_left_again() {
    let mut stage = Stage::new();
    stage.customer("Jana", "hello");
    let omar = stage.customer("Omar", "hello");
    stage.rest();
    stage.keys("/omar");
    assert_eq!((stage.model.floor.len(), stage.model.selected()), (1, Some(omar)));
    stage.keys("<esc>");
    assert_eq!((stage.model.floor.len(), stage.model.floor.filter()), (2, None));
    stage.keys("/");
    assert!(matches!(&stage.model.layer, Layer::Filter(line) if line.input.text() == "omar "), "room to go on");
    stage.keys("<enter>");
    assert_eq!(stage.model.floor.filter(), Some("omar"));
    stage.keys("<esc>");
    while stage.model.floor.filter().is_some() {
        stage.keys("<esc>");
    }
    stage.keys("/<ctrl-u>holdr:me");
    assert!(matches!(&stage.model.layer, Layer::Filter(line) if line.mistake.is_some()));
}

#[test]
fn the_console_is_live_only_while_nothing_is_missing() {
    let (mut stage, jana) = Stage::with_jana();
    assert_eq!(stage.model.line, Line::Live);
    stage.up = false;
    stage.says(jana, "hello?");
    let ping = ToPeer::Ping { seq: stage.seq(), now: stage.at };
    stage.tell(ping);
    assert!(matches!(stage.model.line, Line::Behind { .. }));
    stage.cards(&[jana]);
    assert_eq!(stage.model.line, Line::Live);
    stage.cut();
    assert!(matches!(stage.model.line, Line::Reconnecting { .. }));
    stage.come_back();
    assert_eq!(stage.model.line, Line::Live);
}

#[test]
fn what_is_pasted_is_never_a_command() {
    let (mut stage, _) = Stage::with_jana();
    stage.hear(What::Pasted("t\nR\ny".into()));
    assert_eq!(stage.asks(), vec![]);
    stage.keys("n");
    stage.hear(What::Pasted("one\r\ntwo\r\n".into()));
    assert!(matches!(&stage.model.layer, Layer::Compose(c) if c.editor.text() == "one\ntwo\n"));
    assert_eq!(stage.asks(), vec![]);
}

#[test]
fn an_idle_console_asks_to_be_woken_once_a_minute_at_most() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "It arrives on Monday.", 900);
    stage.pass(Span::minutes(1));
    stage.effects.clear();
    for _ in 0..10 {
        let wake = stage.model.inner.wake_at.expect("a wake");
        stage.at = wake;
        stage.hear(What::Woke);
    }
    let wakes = stage.effects.iter().filter(|effect| matches!(effect, Effect::WakeAt(_))).count();
    let health = |effect: &&Effect| matches!(effect, Effect::Query(_, crate::protocol::Query::Health));
    assert_eq!(wakes + stage.effects.iter().filter(health).count(), stage.effects.len());
    assert!(stage.at.since(super::stage::NOON) >= Span::minutes(9), "{:?}", stage.at.since(super::stage::NOON));
}

#[test]
fn an_empty_desk_is_never_woken() {
    let mut stage = Stage::new();
    stage.pass(Span::minutes(1));
    assert_eq!(stage.model.inner.wake_at, None);
}

#[test]
fn ctrl_c_steps_back_and_twice_quits() {
    let (mut stage, _) = Stage::with_jana();
    stage.keys("n");
    stage.keys("kept<ctrl-c>");
    assert_eq!(stage.model.layer, Layer::None);
    stage.keys("<ctrl-c>");
    assert_eq!(stage.effects.last(), Some(&Effect::Quit));
}

#[test]
fn earlier_history_is_asked_for_when_its_beginning_is_in_sight() {
    let (mut stage, jana) = Stage::with_jana();
    stage.answers(jana, "Hello.", 900);
    let events: Vec<_> = stage.log.iter().filter(|r| r.conversation == Some(jana)).cloned().collect();
    let (early, late) = events.split_at(2);
    let card = Box::new((*stage.desk.conversation(jana).unwrap().card).clone());
    stage.model.talk = Some(crate::console::model::Talk::asked(jana, 9));
    stage.tell(ToPeer::Thread { conversation: jana, card, earlier: true, events: late.to_vec(), more: false });
    let measured = crate::console::model::Measured { talk_rows: 10, at_top: true, at_end: true, ..Default::default() };
    stage.hear(What::Measured(measured));
    let asked = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Query(id, _) => Some(*id),
        _ => None,
    });
    let page = crate::protocol::Page::History { events: early.to_vec(), earlier: false };
    stage.tell(ToPeer::Page { id: asked.unwrap(), page });
    let mut whole = thread::Thread::new(jana);
    for event in &events {
        whole.apply(event).unwrap();
    }
    assert_eq!(stage.model.talk.as_ref().unwrap().thread, whole);
}
