//! What calls, what does not, and how often.

use super::*;
use crate::{
    config::Hours,
    domain::{
        filter::Filter,
        holder::Holder,
        ids::{EntryNo, TeammateId},
        turn::Grounding,
    },
};
use proptest::prelude::*;

const NOON: u16 = 12 * 60;
const ME: TeammateId = TeammateId(1);
const AI: Holder = Holder::Ai(TeammateId(2));

fn rule(when: &str, hours: Option<&str>) -> Rule {
    let hours = hours.map(|hours| Hours::parse(hours).unwrap());
    Rule { hours, ..Rule::always(Filter::parse(when).unwrap()) }
}

fn card(id: u64, holder: Holder) -> Card {
    Card { holder, waiting_since: Some(Timestamp(0)), ..Card::quiet(ConversationId(id), Timestamp(0)) }
}

fn after(seconds: u64) -> Timestamp {
    Timestamp(0).plus(Span::seconds(seconds))
}

fn look(alerts: &mut Alerts, card: &Card, at: Timestamp, minute: u16) {
    alerts.look(card, &Context { at, me: Some(ME), name: &|_| None }, minute);
}

/// For whom each look at a card, so many seconds later than the first, calls.
fn calls(rules: Vec<Rule>, minute: u16, looks: &[(u64, u64, Holder)]) -> Vec<Vec<u64>> {
    let mut alerts = Alerts::new(rules);
    let each = looks.iter().map(|(seconds, id, holder)| {
        look(&mut alerts, &card(*id, *holder), after(*seconds), minute);
        let call = alerts.take(after(*seconds));
        call.map_or_else(Vec::new, |call| call.conversations.iter().map(|id| id.0).collect())
    });
    each.collect()
}

#[test]
fn what_newly_fits_calls_and_what_stays_so_does_not() {
    let looks = [(0, 1, AI), (10, 1, Holder::Queue), (20, 1, Holder::Queue), (30, 1, AI), (40, 1, Holder::Queue)];
    assert_eq!(calls(vec![rule("needs:me", None)], NOON, &looks), [&[][..], &[1], &[], &[], &[1]]);
}

#[test]
fn a_burst_calls_at_once_and_then_once_for_all_that_still_fits() {
    let mut looks: Vec<_> = (0..8).map(|at| (at, at + 1, Holder::Queue)).collect();
    // One is taken back by the AI before its turn.
    looks.extend([(8, 3, AI), (10, 1, Holder::Queue), (11, 1, Holder::Queue)]);
    let called = calls(vec![rule("needs:me", None)], NOON, &looks);
    assert_eq!(called.iter().flatten().copied().collect::<Vec<_>>(), [1, 2, 4, 5, 6, 7, 8]);
    assert_eq!(called.iter().filter(|call| !call.is_empty()).count(), 2);
}

#[test]
fn a_rule_is_silent_outside_of_its_hours_and_calls_for_what_stands_when_they_begin() {
    let night = || rule("needs:me", Some("22:00-06:00"));
    let one = [(0, 1, Holder::Queue)];
    assert_eq!(calls(vec![night()], NOON, &one), [Vec::<u64>::new()]);
    assert_eq!(calls(vec![night(), rule("holder:queue", None)], NOON, &one), [vec![1_u64]]);
    assert_eq!(calls(Vec::new(), NOON, &one), [Vec::<u64>::new()]);
    let mut alerts = Alerts::new(vec![night()]);
    for (minute, fits) in [(22 * 60 - 1, false), (22 * 60, true)] {
        look(&mut alerts, &card(1, Holder::Queue), after(0), minute);
        assert_eq!(alerts.due_at(after(0)).is_some(), fits);
    }
}

#[test]
fn what_stood_at_the_beginning_does_not_call_nor_what_came_in_silence() {
    let mut alerts = Alerts::new(vec![rule("needs:me", None)]);
    let context = Context { at: after(0), me: Some(ME), name: &|_| None };
    alerts.known(&card(1, Holder::Queue), &context, NOON);
    look(&mut alerts, &card(1, Holder::Queue), after(0), NOON);
    alerts.silence(true);
    look(&mut alerts, &card(2, Holder::Queue), after(0), NOON);
    assert!(alerts.is_silent() && alerts.due_at(after(0)).is_none());
    alerts.silence(false);
    look(&mut alerts, &card(2, Holder::Queue), after(0), NOON);
    assert_eq!(alerts.take(after(0)), None);
    look(&mut alerts, &card(3, Holder::Queue), after(0), NOON);
    let by = [By::Bell, By::Notification].into();
    assert_eq!(alerts.take(after(0)), Some(Call { conversations: vec![ConversationId(3)], by }));
}

#[test]
fn time_alone_calls_when_a_rule_says_so() {
    let mut alerts = Alerts::new(vec![Rule { by: vec![By::Bell], ..rule("waiting:>2m", None) }]);
    let queued = card(1, Holder::Queue);
    let mut called = Vec::new();
    for at in 0..200 {
        if alerts.looks_again(after(at)) {
            look(&mut alerts, &queued, after(at), NOON);
        }
        called.extend(alerts.take(after(at)).map(|call| (at, call.by)));
    }
    assert_eq!(called, [(130, BTreeSet::from([By::Bell]))]);
    assert_eq!(Alerts::default().again_at(after(0)), None);
}

#[test]
fn the_ai_in_trouble_calls_by_a_rule_about_it_and_the_ai_at_ease_never_does() {
    let rules = || vec![rule("holder:ai", None)];
    let mut alerts = Alerts::new(rules());
    let at_ease = card(1, AI);
    look(&mut alerts, &at_ease, after(10), NOON);
    assert_eq!(alerts.take(after(10)), None);
    let mut trouble = at_ease.clone();
    (trouble.signs.asked_human, trouble.signs.grounding) = (true, Some(Grounding(100)));
    look(&mut alerts, &trouble, after(10), NOON);
    assert!(alerts.take(after(10)).is_some());
    let settled =
        Card { status: Status::Resolved { at: after(0), confirmed: false, by_ai: true }, asked: EntryNo(3), ..trouble };
    let mut alerts = Alerts::new(rules());
    look(&mut alerts, &settled, after(10), NOON);
    assert_eq!(alerts.take(after(10)), None);
}

proptest! {
    #[test]
    fn whatever_the_rules_calls_are_rare_and_never_for_what_the_ai_has_well_in_hand(
        steps in prop::collection::vec((1_u64..8, 0_u64..6, prop::bool::ANY, 0_u8..4), 0..120),
    ) {
        let words = ["needs:me", "holder:ai", "attention:>5", "is:open"];
        let mut alerts = Alerts::new(words.iter().map(|when| rule(when, None)).collect());
        let mut floor = BTreeMap::new();
        let (mut now, mut last) = (after(0), None::<Timestamp>);
        for (id, wait, ai, anger) in steps {
            now = now.plus(Span::seconds(wait));
            let mut card = card(id, if ai { AI } else { Holder::Queue });
            card.signs.anger = anger;
            card.signs.money = anger > 1;
            look(&mut alerts, &card, now, NOON);
            floor.insert(card.id, card);
            if let Some(call) = alerts.take(now) {
                prop_assert!(!call.conversations.is_empty());
                prop_assert!(last.is_none_or(|last| now.since(last) >= EVERY));
                last = Some(now);
                for id in &call.conversations {
                    let card = floor.get(id).unwrap();
                    prop_assert!(!attention::is_in_good_hands(card, now), "{card:?}");
                }
            }
        }
    }
}
