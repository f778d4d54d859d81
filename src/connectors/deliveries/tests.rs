use super::*;
use crate::domain::{
    card::OnItsWay,
    delivery::{Origin, State},
    holder::Holder,
    time::Timestamp,
};
use proptest::prelude::*;
use std::collections::HashSet;

const ME: TeammateId = TeammateId(3);

fn card(id: u64, seq: u64, rows: &[(u32, State)]) -> Card {
    Card {
        seq: Seq(seq),
        connector: ME,
        on_its_way: rows
            .iter()
            .map(|(message, state)| OnItsWay {
                message: EntryNo(*message),
                term: Term(1),
                origin: Origin::Ai,
                state: *state,
            })
            .collect(),
        ..Card::quiet(ConversationId(id), Timestamp(0))
    }
}

fn asks(machine: &mut Deliveries) -> Vec<(CommandId, Command)> {
    std::iter::from_fn(|| machine.next_ask()).collect()
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of an answer")]
fn answer(seq: u64) -> Result<Answer, Refusal> {
    Ok(Answer { seq: Seq(seq), conversation: None, n: EntryNo(0) })
}

fn claim_of(message: u32) -> (CommandId, Command) {
    let (conversation, message, term) = (ConversationId(1), EntryNo(message), Term(1));
    (keys::claim(conversation, message, term), Command::ClaimDelivery { conversation, message, term })
}

fn report_of(message: u32, report: Report) -> (CommandId, Command) {
    let (conversation, message) = (ConversationId(1), EntryNo(message));
    (keys::report(conversation, message, &report), Command::ReportDelivery { conversation, message, report })
}

#[test]
fn a_row_is_claimed_handed_over_and_reported_once() {
    let mut machine = Deliveries::new();
    machine.see_card(ME, &card(1, 5, &[(4, State::Pending)]));
    machine.see_card(ME, &card(1, 6, &[(4, State::Pending)]));
    assert_eq!(asks(&mut machine), [claim_of(4)]);
    assert_eq!(machine.see_handed(ConversationId(1), EntryNo(4)), Handed::First);
    assert!(machine.see_answer(claim_of(4).0, &answer(7)));
    assert_eq!(machine.see_handed(ConversationId(1), EntryNo(4)), Handed::Again);
    machine.report(ConversationId(1), EntryNo(4), Report::Sent);
    machine.report(ConversationId(1), EntryNo(4), Report::Sent);
    assert_eq!(asks(&mut machine), [report_of(4, Report::Sent)]);
    assert!(machine.see_answer(report_of(4, Report::Sent).0, &answer(9)));
    // An older card that still lists it makes nothing new; a newer one without it lets it be forgotten.
    machine.see_card(ME, &card(1, 8, &[(4, State::Claimed)]));
    machine.see_card(ME, &card(1, 9, &[]));
    assert_eq!((asks(&mut machine), machine.rows.len()), (Vec::new(), 0));
}

#[test]
fn a_refused_claim_makes_the_row_void_and_a_busy_server_only_late() {
    let mut machine = Deliveries::new();
    machine.see_card(ME, &card(1, 5, &[(4, State::Pending), (6, State::Pending)]));
    assert_eq!(asks(&mut machine), [claim_of(4), claim_of(6)]);
    let stale = Refusal::StaleTerm { conversation: ConversationId(1), holder: Holder::Queue, term: Term(2) };
    machine.see_answer(claim_of(4).0, &Err(stale));
    machine.see_answer(claim_of(6).0, &Err(Refusal::Busy));
    machine.see_card(ME, &card(1, 5, &[(4, State::Pending), (6, State::Pending)]));
    assert_eq!((asks(&mut machine), machine.holds_back()), (Vec::new(), true));
    machine.try_again();
    assert_eq!((asks(&mut machine), machine.holds_back()), (vec![claim_of(6)], false));
}

#[test]
fn what_became_void_while_it_waited_is_not_claimed() {
    let mut machine = Deliveries::new();
    machine.see_card(ME, &card(1, 5, &[(4, State::Pending)]));
    machine.see_card(ME, &card(1, 6, &[]));
    assert_eq!(asks(&mut machine), []);
}

#[test]
fn cards_of_other_connectors_are_left_alone() {
    let mut machine = Deliveries::new();
    machine.see_card(TeammateId(9), &card(1, 5, &[(4, State::Pending)]));
    assert_eq!(asks(&mut machine), []);
}

#[test]
fn a_claim_whose_text_never_came_is_reported_as_unknown() {
    let mut machine = Deliveries::new();
    machine.see_card(ME, &card(1, 5, &[(4, State::Pending)]));
    assert_eq!(asks(&mut machine), [claim_of(4)]);
    machine.see_answer(claim_of(4).0, &answer(7));
    assert_eq!(asks(&mut machine), [report_of(4, Report::Unknown)]);
}

#[test]
fn what_a_former_connector_had_claimed_is_claimed_again_under_the_same_key() {
    let mut machine = Deliveries::new();
    machine.see_card(ME, &card(1, 5, &[(4, State::Claimed)]));
    assert_eq!(asks(&mut machine), [claim_of(4)]);
}

#[derive(Clone, Debug)]
enum Step {
    Card(u64, Vec<(u32, State)>),
    Gone,
    Ask,
    Hand(u32),
    Answer(u32, u8),
    Report(u32),
    Again,
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop_oneof![Just(State::Pending), Just(State::Claimed)];
    prop_oneof![
        (0u64..20, proptest::collection::vec((1u32..6, state), 0..5)).prop_map(|(seq, rows)| Step::Card(seq, rows)),
        Just(Step::Gone),
        Just(Step::Ask),
        (1u32..6).prop_map(Step::Hand),
        (1u32..6, 0u8..3).prop_map(|(message, how)| Step::Answer(message, how)),
        (1u32..6).prop_map(Step::Report),
        Just(Step::Again),
    ]
}

proptest! {
    #[test]
    fn no_claim_is_asked_for_twice_while_it_is_unanswered(steps in proptest::collection::vec(step(), 0..80)) {
        let mut machine = Deliveries::new();
        let mut open: HashSet<CommandId> = HashSet::new();
        for step in steps {
            match step {
                Step::Card(seq, rows) => machine.see_card(ME, &card(1, seq, &rows)),
                Step::Gone => machine.see_gone(ConversationId(1)),
                Step::Ask => {
                    for (id, _) in asks(&mut machine) {
                        prop_assert!(open.insert(id), "asked twice");
                    }
                }
                Step::Hand(message) => { machine.see_handed(ConversationId(1), EntryNo(message)); }
                Step::Answer(message, how) => {
                    let id = claim_of(message).0;
                    let result = match how { 0 => answer(9), 1 => Err(Refusal::Busy), _ => Err(Refusal::Forbidden) };
                    prop_assert_eq!(machine.see_answer(id, &result), open.remove(&id));
                }
                Step::Report(message) => machine.report(ConversationId(1), EntryNo(message), Report::Sent),
                Step::Again => machine.try_again(),
            }
            prop_assert!(machine.claiming <= CLAIMS_AT_ONCE);
        }
    }

    #[test]
    fn a_message_is_handed_to_the_customer_at_most_once_while_it_is_listed(hands in 1usize..6) {
        let mut machine = Deliveries::new();
        machine.see_card(ME, &card(1, 5, &[(4, State::Pending)]));
        asks(&mut machine);
        let first = (0..hands).filter(|_| machine.see_handed(ConversationId(1), EntryNo(4)) == Handed::First).count();
        prop_assert_eq!(first, 1);
    }
}
