//! What the sheet tells, and where things go.

use super::*;
use crate::domain::{
    approval::Why,
    card::{DraftWaits, LastLine, Speaker},
    event::{Event, Recorded},
    ids::{ConversationId, Digest, EntryNo, Seq},
    mode::Mode,
    policy::Policy,
    stop::{Scope, Stop, StopId, Then},
    teammate::{Actor, Role, Teammate},
    time::{Span, Timestamp},
    tool::ToolWaits,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ME: TeammateId = TeammateId(1);
const AI: TeammateId = TeammateId(2);
const LENA: TeammateId = TeammateId(3);
const NOON: Timestamp = Timestamp(1_000_000_000);

fn office(with_ai: bool) -> Office {
    let one =
        |id, name: &str, role| (id, Teammate { id, name: name.into(), role, revoked: false, token: None::<Digest> });
    let mut teammates: BTreeMap<_, _> = [one(ME, "mira", Role::Agent), one(LENA, "lena", Role::Agent)].into();
    teammates.extend(with_ai.then(|| one(AI, "Aria", Role::Ai)));
    Office { name: "Acme".into(), teammates, ..Office::default() }
}

fn card(id: u64, holder: Holder) -> Card {
    Card { holder, ..Card::quiet(ConversationId(id), NOON) }
}

fn sheet(office: &Office, cards: &[Card], briefs: &[Recorded]) -> Sheet {
    let cards: Vec<&Card> = cards.iter().collect();
    Sheet::of(&Facts {
        me: ME,
        at: NOON.plus(Span::minutes(4)),
        office,
        cards: &cards,
        threads: &BTreeMap::new(),
        briefs,
    })
}

fn briefed(id: u64, by: TeammateId, promised: &str) -> Recorded {
    let brief = Brief { done: "x".into(), promised: promised.into(), ..Brief::default() };
    Recorded {
        seq: Seq(id),
        at: NOON,
        by: Actor::Teammate(by),
        conversation: Some(ConversationId(id)),
        n: EntryNo(5),
        event: Event::Briefed { brief },
    }
}

fn ids(items: &[Item]) -> Vec<u64> {
    items.iter().map(|item| item.conversation.map_or(0, |id| id.0)).collect()
}

#[test]
fn the_sheet_tells_what_is_held_promised_asleep_undecided_and_wrong() {
    let mut office = office(true);
    office.policy = std::sync::Arc::new(Policy { mode: Mode::Draft, ..Policy::default() });
    let until = NOON.plus(Span::hours(9));
    let mut held = card(1, Holder::Human(ME));
    held.customer.name = "Jana *Novak*".into();
    held.waiting_since = Some(NOON);
    held.last = Some(LastLine { at: NOON, speaker: Speaker::Customer, text: "# where\u{1b}[2J is it?".into() });
    let asleep = Card { status: Status::Snoozed { until }, ..card(2, Holder::Human(ME)) };
    let mut draft = card(3, Holder::Ai(AI));
    draft.draft = DraftWaits { draft: EntryNo(7), expires_at: until, why: Why::Mode }.into();
    draft.tool = Some(Box::new(ToolWaits {
        call: EntryNo(8),
        tool: "shop.refund.make".into(),
        digest: Digest([1; 32]),
        arguments: String::new(),
        amount: Some(18_900),
        expires_at: Some(until),
        under_way: false,
        answers: EntryNo(6),
    }));
    let mut lost = card(4, Holder::Ai(AI));
    lost.signs.undelivered = 1;
    let mut queued = card(5, Holder::Queue);
    queued.waiting_since = Some(NOON);
    let mut hers = card(6, Holder::Human(LENA));
    (hers.draft, hers.signs.undelivered) = (draft.draft.clone(), 2);
    let settled =
        Card { status: Status::Resolved { at: NOON, confirmed: true, by_ai: false }, ..card(7, Holder::Human(ME)) };
    let cards = [held, asleep, draft, lost, queued, hers, settled];
    let briefs = [briefed(3, ME, "a call by noon"), briefed(7, ME, "settled since"), briefed(4, LENA, "hers")];
    let sheet = sheet(&office, &cards, &briefs);
    assert_eq!(ids(&sheet.holding), [1]);
    assert_eq!(sheet.promised.iter().map(|item| item.words.as_str()).collect::<Vec<_>>(), ["a call by noon"]);
    assert_eq!(
        (ids(&sheet.snoozed), ids(&sheet.approvals), ids(&sheet.incidents)),
        (vec![2], vec![3, 3], vec![0, 0, 4])
    );
    let text: Vec<String> =
        sheet.markdown(&|at| format!("{}", at.0 / 3_600_000)).iter().map(ToString::to_string).collect();
    let text = text.join("\n");
    for line in [
        "# Handover: Acme",
        "mira, 277",
        "## Holding (1)",
        r"- #1 Jana \*Novak\*: web, the customer waits for 4m",
        r"  > the customer: \# where\[2J is it?",
        "- #3 : a call by noon",
        "- #2 : held, sleeps, until 286",
        "- #3 : a draft waits, until 286",
        "- #3 : a call of shop.refund.make waits, 189.00, until 286",
        "- the AI's mode at this desk is draft",
        "- 1 customer waits in the queue, the first for 4m",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
}

#[test]
fn what_one_holds_goes_to_the_ai_where_it_may_and_else_to_the_queue() {
    let (with, without) = (office(true), office(false));
    let mine = card(1, Holder::Human(ME));
    let off = Card { mode: Mode::Off, ..mine.clone() };
    let asleep = Card { status: Status::Snoozed { until: NOON }, ..mine.clone() };
    let settled = Card { status: Status::Resolved { at: NOON, confirmed: true, by_ai: false }, ..mine.clone() };
    let to_ai = |card: &Card| goes(card, To::Ai, ME, &with);
    assert_eq!(to_ai(&mine), Ok(Holder::Ai(AI)));
    assert_eq!([to_ai(&off), to_ai(&asleep), goes(&mine, To::Ai, ME, &without)], [Ok(Holder::Queue); 3]);
    assert_eq!(goes(&mine, To::Queue, ME, &with), Ok(Holder::Queue));
    let mut to_and_fro = mine.clone();
    to_and_fro.signs.hand_offs = 2;
    let mut stopped = office(true);
    stopped.stops.push(stop());
    assert_eq!([to_ai(&to_and_fro), goes(&mine, To::Ai, ME, &stopped)], [Ok(Holder::Queue); 2]);
    let said = sheet(&stopped, &[], &[]).incidents;
    assert_eq!(said[0].words, "stopped by lena, all AI: it repeats itself");
    assert_eq!((to_ai(&settled), to_ai(&card(2, Holder::Queue))), (Err("resolved already"), Err("not yours")));
    assert_eq!(brief(None, ME, &with).done, "mira's shift has ended");
    assert_eq!(
        note(&Brief { promised: " a call ".into(), ..Brief::default() }),
        "left at the end of a shift\npromised: a call"
    );
}

fn stop() -> Stop {
    Stop {
        id: StopId(1),
        scope: Scope::All,
        then: Then::Hold,
        by: LENA,
        at: NOON,
        until: None,
        reason: "it repeats itself".into(),
    }
}

fn any_card() -> impl Strategy<Value = Card> {
    let holder =
        prop_oneof![Just(Holder::Queue), Just(Holder::Ai(AI)), Just(Holder::Human(ME)), Just(Holder::Human(LENA)),];
    let status = prop_oneof![
        Just(Status::Open),
        Just(Status::Snoozed { until: NOON.plus(Span::hours(2)) }),
        Just(Status::Resolved { at: NOON, confirmed: false, by_ai: true }),
    ];
    (any::<bool>(), holder, status, ".{0,20}", ".{0,40}", 0_u8..3).prop_map(
        |(draft, holder, status, name, text, lost)| {
            let mut card = Card { status, ..card(0, holder) };
            card.draft = draft.then_some(DraftWaits { draft: EntryNo(2), expires_at: NOON, why: Why::Mode }).into();
            card.customer.name = name.into();
            card.last = Some(LastLine { at: NOON, speaker: Speaker::Customer, text: text.into() });
            card.signs.undelivered = lost;
            card
        },
    )
}

proptest! {
    #[test]
    fn all_that_is_mine_and_not_settled_is_on_the_sheet_once_and_all_of_it_can_go(
        mut cards in prop::collection::vec(any_card(), 0..40),
        to in prop_oneof![Just(To::Ai), Just(To::Queue)],
    ) {
        for (at, card) in cards.iter_mut().enumerate() {
            card.id = ConversationId(at as u64 + 1);
        }
        let office = office(true);
        let sheet = sheet(&office, &cards, &[]);
        let mine = |card: &&Card| card.holder.is_human(ME) && !card.status.is_resolved();
        for card in cards.iter().filter(mine) {
            let times = sheet.holding.iter().chain(&sheet.snoozed).filter(|item| item.conversation == Some(card.id)).count();
            prop_assert_eq!(times, 1);
        }
        let went = cards.iter().filter(|card| goes(card, to, ME, &office).is_ok()).count();
        prop_assert_eq!(went, cards.iter().filter(mine).count());
        for line in sheet.markdown(&|_| "then".to_owned()) {
            prop_assert!(!line.as_str().contains(char::is_control), "{:?}", line);
            // Nothing of a name or text makes a heading, a list or a quotation of its own.
            prop_assert!(["", "# ", "## ", "- ", "  > ", "mira, ", "nothing"].iter().any(|start| line.as_str().starts_with(start)));
        }
    }
}
