//! The laws of attention, and a card worked through by hand.

use super::*;
use crate::domain::{
    card::{DraftWaits, Signs},
    escalation::Escalation,
    ids::{ConversationId, EntryNo, TeammateId},
    turn::Grounding,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_000_000_000);

fn ago(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 - i64::try_from(seconds * 1_000).unwrap())
}

fn calm() -> Card {
    Card { holder: Holder::Ai(TeammateId(2)), ..Card::quiet(ConversationId(1), ago(3_600)) }
}

#[expect(clippy::unnecessary_box_returns, reason = "a card has it so")]
fn escalated(reason: escalation::Reason) -> Box<Escalation> {
    Box::new(Escalation { reason, summary: String::new(), at: ago(10) })
}

fn draft() -> DraftWaits {
    DraftWaits { draft: EntryNo(3), expires_at: ago(0), why: crate::domain::approval::Why::Mode }
}

fn reasons(card: &Card) -> Vec<(Why, i8)> {
    of(card, NOW).reasons.into_iter().map(|reason| (reason.why, reason.points)).collect()
}

#[test]
fn a_score_says_what_it_is_made_of() {
    let card = Card {
        signs: Signs { asked_human: true, repeats: 2, money: true, ..Signs::default() },
        waiting_since: Some(ago(160)),
        ..calm()
    };
    let attention = of(&card, NOW);
    assert_eq!(attention.score, 88);
    assert_eq!(reasons(&card), [(Why::AskedForHuman, 40), (Why::Repeats, 20), (Why::Money, 15), (Why::Waits, 13)]);
}

#[test]
fn asking_for_a_person_counts_once_and_another_escalation_beside_it() {
    let mut card = Card { signs: Signs { asked_human: true, ..Signs::default() }, ..calm() };
    card.escalation = Some(escalated(escalation::Reason::AskedForHuman));
    assert_eq!(reasons(&card), [(Why::AskedForHuman, 40)]);
    card.escalation = Some(escalated(escalation::Reason::AiFailed));
    assert_eq!(reasons(&card), [(Why::AskedForHuman, 40), (Why::Escalated, 35)]);
}

#[test]
fn the_settled_and_the_sleeping_want_nothing_until_they_wake() {
    let busy = Card { escalation: Some(escalated(escalation::Reason::Ungrounded)), ..calm() };
    let resolved = Status::Resolved { at: NOW, confirmed: false, by_ai: true };
    assert_eq!(of(&Card { status: resolved, ..busy.clone() }, NOW), Attention::default());
    let asleep = Card { status: Status::Snoozed { until: ago(0).plus(Span::seconds(5)) }, ..busy };
    assert_eq!(score(&asleep, NOW), 0);
    assert_eq!(next_change(&asleep, NOW), Some(NOW.plus(Span::seconds(5))));
    assert_eq!(score(&asleep, NOW.plus(Span::seconds(5))), 35);
}

#[test]
fn where_a_person_holds_only_waiting_failure_drafts_and_priority_count() {
    let card = Card {
        holder: Holder::Human(TeammateId(3)),
        signs: Signs {
            asked_human: true,
            money: true,
            anger: 3,
            repeats: 9,
            undelivered: 1,
            hand_offs: 4,
            hidden: true,
            rating: Some(1),
            reopened: true,
            grounding: Some(Grounding(0)),
        },
        escalation: Some(escalated(escalation::Reason::ByHand)),
        waiting_since: Some(ago(150)),
        draft: draft().into(),
        priority: Priority::High,
        ..calm()
    };
    let expected = [(Why::Undelivered, 30), (Why::DraftWaits, 25), (Why::HighPriority, 10), (Why::Waits, 3)];
    assert_eq!(reasons(&card), expected);
}

#[test]
fn grounding_counts_below_a_half_only() {
    for (grounding, points) in [(0, 20), (250, 10), (410, 4), (499, 1), (500, 0), (1_000, 0)] {
        let card = Card { signs: Signs { grounding: Some(Grounding(grounding)), ..Signs::default() }, ..calm() };
        assert_eq!(score(&card, NOW), points, "{grounding}");
    }
}

#[test]
fn a_low_priority_takes_points_away_but_never_below_nothing() {
    let card = Card { priority: Priority::Low, ..calm() };
    assert_eq!(of(&card, NOW), Attention { score: 0, reasons: vec![Reason { why: Why::LowPriority, points: -10 }] });
}

#[test]
fn a_person_is_needed_where_the_queue_a_draft_or_a_lost_message_waits() {
    let queued = Card { holder: Holder::Queue, ..calm() };
    let asleep = Status::Snoozed { until: NOW.plus(Span::hours(1)) };
    for (card, needed) in [
        (calm(), false),
        (queued.clone(), false),
        (Card { waiting_since: Some(NOW), ..queued.clone() }, true),
        (Card { escalation: Some(escalated(escalation::Reason::ByHand)), ..queued.clone() }, true),
        (Card { escalation: Some(escalated(escalation::Reason::ByHand)), status: asleep, ..queued }, false),
        (Card { escalation: Some(escalated(escalation::Reason::ByHand)), ..calm() }, false),
        (Card { waiting_since: Some(ago(900)), ..calm() }, false),
        (Card { draft: draft().into(), ..calm() }, true),
        (Card { signs: Signs { undelivered: 1, ..Signs::default() }, ..calm() }, true),
    ] {
        assert_eq!(needs_human(&card), needed, "{card:?}");
    }
}

#[test]
fn the_table_is_in_the_order_of_the_reasons_and_each_has_its_word() {
    for (at, weight) in WEIGHTS.iter().enumerate() {
        assert_eq!(weight.why as usize, at);
        assert_eq!(weight.why.most(), weight.most);
        assert!(!weight.why.words().is_empty() && weight.rule.ends_with('.'));
    }
}

/// Cards with anything that counts.
fn any_card() -> impl Strategy<Value = Card> {
    let signs =
        (any::<(bool, u8, bool, u8, bool, bool, u8, u8)>(), prop::option::of(0..1_200_u16), prop::option::of(0..7_u8))
            .prop_map(
                |(
                    (asked_human, repeats, money, anger, hidden, reopened, hand_offs, undelivered),
                    grounding,
                    rating,
                )| {
                    let (hand_offs, undelivered) = (hand_offs % 4, undelivered % 2);
                    let grounding = grounding.map(Grounding);
                    Signs {
                        asked_human,
                        repeats,
                        money,
                        anger,
                        hidden,
                        grounding,
                        reopened,
                        hand_offs,
                        rating,
                        undelivered,
                    }
                },
            );
    let holder = prop_oneof![Just(Holder::Queue), Just(Holder::Ai(TeammateId(2))), Just(Holder::Human(TeammateId(3)))];
    let status = prop_oneof![
        6 => Just(Status::Open),
        1 => Just(Status::Resolved { at: NOW, confirmed: true, by_ai: false }),
        2 => (-400..400_i64).prop_map(|s| Status::Snoozed { until: Timestamp(NOW.0 + s * 1_000) }),
    ];
    let reason = prop::option::of(prop::sample::select(escalation::Reason::ALL.to_vec()));
    let priority = prop::sample::select(Priority::ALL.to_vec());
    let times = (prop::option::of(-600_000..60_000_i64), prop::option::of(-300_000..300_000_i64), any::<bool>());
    (signs, holder, status, reason, priority, times).prop_map(
        |(signs, holder, status, reason, priority, (waiting, paused, drafted))| Card {
            signs,
            holder,
            status,
            escalation: reason.map(escalated),
            priority,
            waiting_since: waiting.map(|ms| Timestamp(NOW.0 + ms)),
            paused_until: paused.map(|ms| Timestamp(NOW.0 + ms)).into(),
            draft: drafted.then(draft).into(),
            ..calm()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reasons_add_up_to_the_score_and_stand_in_order(card in any_card()) {
        let attention = of(&card, NOW);
        let sum: i32 = attention.reasons.iter().map(|reason| i32::from(reason.points)).sum();
        prop_assert_eq!(i32::from(attention.score), sum.clamp(0, 100));
        prop_assert_eq!(attention.score, score(&card, NOW));
        prop_assert!(attention.reasons.is_sorted_by_key(|reason| std::cmp::Reverse(reason.points)));
        for reason in &attention.reasons {
            let most = reason.why.most();
            prop_assert!(reason.points == most || (0 < reason.points && reason.points < most));
        }
    }

    #[test]
    fn whoever_waits_longer_never_scores_less(card in any_card(), since in 0..900_u64, longer in 0..900_u64) {
        let short = Card { waiting_since: Some(ago(since)), ..card.clone() };
        let long = Card { waiting_since: Some(ago(since + longer)), ..card };
        prop_assert!(score(&short, NOW) <= score(&long, NOW));
    }

    #[test]
    fn the_score_stays_until_the_next_change_and_differs_then(card in any_card(), part in 0..1_000_i64) {
        let now = score(&card, NOW);
        let end = next_change(&card, NOW);
        if let Some(end) = end {
            prop_assert!(end > NOW && score(&card, end) != now);
        }
        let last = end.map_or(NOW.0 + 3_600_000, |end| end.0 - 1);
        for at in [last, NOW.0 + (last - NOW.0) * part / 1_000] {
            prop_assert_eq!(score(&card, Timestamp(at)), now, "{} ms on", at - NOW.0);
        }
    }
}

#[test]
fn what_another_person_holds_needs_only_them_and_a_waiting_customer_needs_the_holder() {
    let (me, lena) = (TeammateId(3), TeammateId(4));
    let needs = |card: &Card| (needs(card, Some(me)), needs(card, Some(lena)), needs_human(card));
    let waits = |holder| Card { holder, waiting_since: Some(ago(1)), ..calm() };
    assert_eq!(needs(&waits(Holder::Queue)), (true, true, true));
    assert_eq!(needs(&waits(Holder::Ai(TeammateId(2)))), (false, false, false));
    assert_eq!(needs(&waits(Holder::Human(me))), (true, false, false));
    let undelivered = Signs { undelivered: 1, ..Signs::default() };
    assert_eq!(needs(&Card { signs: undelivered, ..calm() }), (true, true, true));
    assert_eq!(needs(&Card { signs: undelivered, holder: Holder::Human(lena), ..calm() }), (false, true, true));
    let settled = Status::Resolved { at: NOW, confirmed: true, by_ai: false };
    assert_eq!(needs(&Card { status: settled, ..waits(Holder::Human(me)) }), (false, false, false));
}
