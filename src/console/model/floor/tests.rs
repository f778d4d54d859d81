//! Laws of the floor.

use super::*;
use crate::domain::{
    card::{LastLine, Signs, Speaker, Status},
    customer::Customer,
    holder::Holder,
    ids::{EntryNo, Seq, Term},
    mode::Mode,
    seldom::Seldom,
};
use proptest::prelude::*;

const NOON: Timestamp = Timestamp(1_795_354_200_000);

fn card(id: u64, seq: u64, anger: u8, resolved: bool) -> Card {
    Card {
        id: ConversationId(id),
        seq: Seq(seq),
        n: EntryNo(2),
        opened_at: NOON,
        channel: "web".into(),
        connector: TeammateId(3),
        customer: Customer { name: format!("Customer {id}").into(), email: None, locale: Some("en".into()) },
        topic: None,
        holder: Holder::Ai(TeammateId(2)),
        term: Term(1),
        held_since: NOON,
        mode: Mode::Auto,
        own_mode: None,
        paused_until: None.into(),
        status: if resolved { Status::Resolved { at: NOON, confirmed: false, by_ai: true } } else { Status::Open },
        priority: crate::domain::card::Priority::Normal,
        tags: Seldom::new(),
        escalation: None,
        draft: None.into(),
        tool: None,
        ready: crate::domain::seldom::Seldom::new(),
        writing: None.into(),
        waiting_since: (anger > 1).then_some(NOON),
        asked: EntryNo(1),
        signs: Signs { anger, ..Signs::default() },
        last: Some(LastLine {
            at: NOON,
            speaker: Speaker::Customer,
            text: "where is my parcel? It should be here".into(),
        }),
        tasks: Seldom::new(),
        on_its_way: Seldom::new(),
    }
}

fn ids(floor: &Floor) -> Vec<(ConversationId, u8)> {
    (0..floor.len()).filter_map(|at| floor.row(at)).map(|row| (row.card.id, row.score)).collect()
}

fn changes() -> impl Strategy<Value = Vec<(u64, u8, bool)>> {
    prop::collection::vec((1u64..90, 0u8..4, any::<bool>()), 0..200)
}

proptest! {
    #[test]
    fn cards_in_any_order_of_arrival_give_the_same_floor(changes in changes(), cuts in prop::collection::vec(1usize..90, 1..8), minutes in 0u64..9) {
        let newest: Vec<Card> = changes.iter().enumerate().map(|(at, (id, anger, done))| card(*id, at as u64 + 1, *anger, *done)).collect();
        let mut one = Floor::default();
        for card in &newest {
            one.take(vec![card.clone()], &[], NOON);
        }
        let mut backwards = Floor::default();
        let mut rest: Vec<Card> = newest.iter().rev().cloned().collect();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let after = rest.split_off((*cut).min(rest.len()));
            backwards.take(rest, &[], NOON);
            rest = after;
        }
        let later = NOON.plus(Span::minutes(minutes));
        one.pass(later);
        backwards.pass(later);
        prop_assert_eq!(ids(&one), ids(&backwards));
        prop_assert_eq!(one.counts(), backwards.counts());
        let mut sorted = ids(&one);
        sorted.sort_by_key(|(id, score)| (std::cmp::Reverse(*score), *id));
        prop_assert_eq!(ids(&one), sorted);
        prop_assert_eq!(one.counts().live, one.len());
    }

    #[test]
    fn time_alone_gives_the_scores_that_fresh_eyes_would_see(changes in changes(), steps in prop::collection::vec(0u64..400, 0..6)) {
        let mut floor = Floor::default();
        let mut at = NOON;
        for (seq, (id, anger, done)) in changes.iter().enumerate() {
            floor.take(vec![card(*id, seq as u64 + 1, *anger, *done)], &[], at);
        }
        for step in steps {
            // On whole steps, as scores move no finer than the floor looks.
            at = at.plus(Span::seconds(step * 10));
            floor.pass(at);
        }
        for (id, score) in ids(&floor) {
            let known = floor.card(id).unwrap();
            prop_assert_eq!(score, crate::domain::attention::score(known, at), "{:?}", known);
        }
    }
}

use crate::domain::time::Span;

#[test]
fn a_hundred_thousand_cards_are_filtered_in_steps_and_the_first_results_come_at_once() {
    let mut floor = Floor::default();
    floor.fit(30);
    for start in (0..100_000u64).step_by(500) {
        floor.take((start..start + 500).map(|id| card(id, 1, (id % 4) as u8, false)).collect(), &[], NOON);
    }
    floor.anchor();
    floor.hold();
    floor.set_filter("customer", Filter::parse("customer").ok(), NOON);
    assert_eq!((floor.len(), floor.scanned()), (4_000, Some(4)));
    let mut steps = 1;
    while floor.scan_on(NOON) {
        steps += 1;
    }
    assert_eq!((floor.len(), floor.scanned(), steps), (100_000, None, 24));
    floor.set_filter("", None, NOON);
    assert_eq!(floor.len(), 100_000);
}

#[test]
fn what_came_while_the_order_was_held_is_counted_and_shown_when_it_is_released() {
    let mut floor = Floor::default();
    floor.fit(10);
    floor.take((1..=3).map(|id| card(id, 1, 0, false)).collect(), &[], NOON);
    floor.anchor();
    floor.hold();
    floor.go(1);
    floor.take(vec![card(9, 1, 3, false)], &[ConversationId(3)], NOON);
    assert_eq!((floor.fresh(), floor.len(), floor.cursor()), (1, 3, 1));
    assert!(floor.row(2).is_some_and(|row| row.leaving));
    floor.release();
    assert_eq!(ids(&floor).iter().map(|(id, _)| id.0).collect::<Vec<_>>(), vec![9, 1, 2]);
    assert_eq!((floor.selected(), floor.cursor(), floor.fresh()), (Some(ConversationId(2)), 2, 0));
    assert_eq!(floor.card(ConversationId(3)), None);
}

#[test]
fn at_an_edge_the_list_moves_by_most_of_a_page_and_the_cursor_stays_in_sight() {
    let mut floor = Floor::default();
    floor.take((1..=100).map(|id| card(id, id, 0, false)).collect(), &[], NOON);
    floor.fit(20);
    floor.go(0);
    let mut tops = vec![floor.top()];
    for by in std::iter::repeat_n(1, 99).chain(std::iter::repeat_n(-1, 99)) {
        floor.step(by);
        assert!((floor.top()..floor.top() + 20).contains(&floor.cursor()));
        if tops.last() != Some(&floor.top()) {
            tops.push(floor.top());
        }
    }
    assert_eq!(tops, [0, 15, 30, 45, 60, 75, 80, 65, 50, 35, 20, 5, 0]);
}

#[test]
fn cards_of_a_channel_share_its_name() {
    let mut floor = Floor::default();
    floor.take((1..100).map(|id| card(id, 1, 0, false)).collect(), &[], NOON);
    floor.take(vec![card(1, 2, 0, false)], &[], NOON);
    let first = &floor.card(ConversationId(1)).unwrap().channel;
    assert!(floor.each().all(|other| Arc::ptr_eq(&other.channel, first)));
}

proptest! {
    #[test]
    fn merging_is_sorting(known in prop::collection::btree_set((0u8..9, 1u64..200), 0..80), new in prop::collection::btree_set((0u8..9, 200u64..400), 0..80)) {
        let place = |(below, id): &(u8, u64)| Place { below: *below, id: ConversationId(*id) };
        let (mut order, came): (Vec<Place>, Vec<Place>) = (known.iter().map(place).collect(), new.iter().map(place).collect());
        let mut sorted = [order.clone(), came.clone()].concat();
        sorted.sort_unstable();
        merge(&mut order, &came);
        prop_assert_eq!(order, sorted);
    }
}
