//! The queue of what waits for a decision: one key decides, the next card is there, and none slips under a key.

use super::stage::{ARIA, LENA, MIRA, Stage};
use crate::console::model::{Asks, Layer, Pane, Screen};
use crate::domain::{
    approval::Decision,
    command::Command,
    escalation::Reason,
    holder::Holder,
    ids::{ConversationId, EntryNo},
    mode::Mode,
    teammate::Actor,
    time::Span,
};

/// Three conversations: one whose customer wants a person, and two drafts, the second asked later.
pub fn three() -> (Stage, [ConversationId; 3]) {
    let mut stage = Stage::new();
    let jana = stage.customer("Jana", "where is my parcel?");
    let omar = stage.customer("Omar", "where is mine?");
    let priya = stage.customer("Priya", "and mine?");
    for id in [omar, priya] {
        stage.does(Actor::Teammate(MIRA), &Command::SetMode { conversation: id, mode: Some(Mode::Draft) }).unwrap();
        stage.answers(id, "On Monday.", 900);
    }
    let term = stage.term(jana);
    let queue = Command::Assign { conversation: jana, term, to: Holder::Queue };
    stage.does(Actor::Teammate(MIRA), &queue).unwrap();
    stage.rest();
    (stage, [jana, omar, priya])
}

fn current(stage: &Stage) -> Option<ConversationId> {
    stage.model.needs.current
}

#[test]
fn the_digits_switch_screens_and_esc_comes_back_to_the_floor() {
    let (mut stage, [jana, ..]) = three();
    let at = stage.model.floor.cursor();
    stage.keys("2");
    assert_eq!((stage.model.screen, current(&stage)), (Screen::NeedsYou, Some(jana)));
    stage.keys("1");
    assert_eq!((stage.model.screen, stage.model.floor.cursor()), (Screen::Floor, at));
    stage.keys("2<esc>");
    assert_eq!(stage.model.screen, Screen::Floor);
    stage.keys(":needs<enter>");
    assert_eq!(stage.model.screen, Screen::NeedsYou);
    stage.keys(":floor<enter>");
    assert_eq!(stage.model.screen, Screen::Floor);
}

#[test]
fn the_queue_is_by_urgency_and_each_card_says_what_it_asks() {
    let (mut stage, [jana, omar, priya]) = three();
    let asks = |stage: &Stage| {
        stage.model.queue().iter().map(|id| (*id, stage.model.need(*id).unwrap().asks)).collect::<Vec<_>>()
    };
    let given = Asks::Escalated(Reason::ByHand);
    assert_eq!(asks(&stage), [(jana, given), (omar, Asks::Draft), (priya, Asks::Draft)]);
    // A draft that expires within two minutes comes first.
    stage.pass(Span::minutes(8));
    stage.pass(Span::seconds(30));
    assert_eq!(stage.model.queue(), [omar, priya, jana]);
    assert_eq!(stage.model.alike(omar), [omar, priya]);
}

#[test]
fn one_key_decides_and_the_next_card_is_there() {
    let (mut stage, [jana, omar, priya]) = three();
    stage.keys("2j");
    assert_eq!(current(&stage), Some(omar));
    stage.keys("y");
    let Command::DecideDraft { conversation, decision, .. } = stage.last_ask() else {
        panic!("{:?}", stage.last_ask())
    };
    assert_eq!((conversation, decision, current(&stage)), (omar, Decision::Approve, Some(priya)));
    // The second key of a double press meets a card that came just now, and does nothing.
    stage.keys("y");
    assert_eq!(stage.asks().len(), 1);
    stage.rest();
    stage.rest();
    stage.keys("y");
    assert_eq!((stage.asks().len(), current(&stage), stage.model.needs.decided), (2, Some(jana), 2));
    stage.keys("R");
    assert_eq!((current(&stage), stage.model.queue()), (None, vec![]));
}

#[test]
fn what_is_taken_over_stays_until_it_is_answered() {
    let (mut stage, [jana, omar, _]) = three();
    stage.keys("2t");
    assert_eq!((current(&stage), stage.model.need(jana).unwrap().asks), (Some(jana), Asks::YourTurn));
    stage.keys("r");
    assert!(matches!(stage.model.layer, Layer::Compose(_)));
    stage.keys("On its way.<enter>");
    assert_eq!((current(&stage), stage.model.pane), (Some(omar), Pane::List));
    assert!(matches!(stage.last_ask(), Command::Reply { conversation, .. } if conversation == jana));
    // The next card is there already, so the talk cannot show it.
    assert_eq!(stage.notice(), format!("your reply in #{jana} is on its way"));
}

#[test]
fn a_card_that_somebody_else_decides_stays_in_sight_until_a_key_moves() {
    let (mut stage, [jana, omar, _]) = three();
    stage.keys("2");
    let take = Command::TakeOver { conversation: jana, term: stage.term(jana), reason: None };
    stage.does(Actor::Teammate(LENA), &take).unwrap();
    assert_eq!((current(&stage), stage.model.need(jana)), (Some(jana), None));
    stage.keys(" ");
    assert_eq!(current(&stage), Some(omar));
}

#[test]
fn a_decision_that_is_refused_comes_back_to_the_queue() {
    let (mut stage, [jana, omar, priya]) = three();
    stage.keys("2j");
    stage.up = false;
    stage.keys("y");
    assert_eq!(stage.model.queue(), [jana, priya]);
    stage.up = true;
    let (ticket, _) = stage.waiting.pop().unwrap();
    let command = Command::DecideDraft { conversation: omar, draft: EntryNo(99), decision: Decision::Approve };
    stage.asked(ticket, &command);
    assert_eq!(stage.model.queue(), [jana, omar, priya]);
    assert_eq!(current(&stage), Some(priya));
}

#[test]
fn space_goes_to_the_most_urgent_and_then_to_the_next() {
    let (mut stage, [jana, omar, priya]) = three();
    stage.customer("Quiet", "hello");
    stage.keys("G");
    for id in [jana, omar, priya, jana] {
        stage.keys(" ");
        assert_eq!((stage.model.screen, stage.model.selected()), (Screen::Floor, Some(id)));
    }
    stage.keys("2 ");
    assert_eq!(stage.model.selected(), Some(omar));
    stage.keys("<enter>");
    assert_eq!((stage.model.screen, stage.model.selected()), (Screen::Floor, Some(omar)));
}

#[test]
fn the_same_filter_narrows_the_queue() {
    let (mut stage, [jana, omar, priya]) = three();
    stage.keys("2/is:draft<enter>");
    assert_eq!((stage.model.queue(), current(&stage)), (vec![omar, priya], Some(omar)));
    assert_eq!(stage.model.floor.filter(), None);
    stage.keys("<esc>");
    assert_eq!((stage.model.screen, stage.model.queue()), (Screen::NeedsYou, vec![jana, omar, priya]));
}

#[test]
fn what_another_person_holds_is_not_yours_to_decide_and_what_you_hold_is() {
    let (mut stage, jana) = Stage::with_jana();
    let take = |stage: &Stage| Command::TakeOver { conversation: jana, term: stage.term(jana), reason: None };
    let command = take(&stage);
    stage.does(Actor::Teammate(LENA), &command).unwrap();
    assert_eq!((stage.model.queue(), stage.model.floor.counts().needs), (vec![], 0));
    let give = Command::Assign { conversation: jana, term: stage.term(jana), to: Holder::Human(MIRA) };
    stage.does(Actor::Teammate(LENA), &give).unwrap();
    assert_eq!((stage.model.queue(), stage.model.floor.counts().needs), (vec![jana], 1));
    assert!(stage.model.office.teammates.contains_key(&ARIA));
}
