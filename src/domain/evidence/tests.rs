//! The interval is the textbook's, few are called few, and each step has its numbers.

use super::*;
use crate::domain::mode::Mode;
use proptest::prelude::*;

fn with(change: impl FnOnce(&mut Evidence)) -> Evidence {
    let mut evidence = Evidence::of(Subject::Topic(Some("refunds".into())));
    change(&mut evidence);
    evidence
}

#[test]
fn the_interval_is_the_one_of_the_textbook() {
    // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998, table I.
    let near = |share: Share, low: f64, high: f64| {
        let (least, most) = share.interval().unwrap();
        assert!((least - low).abs() < 5e-5 && (most - high).abs() < 5e-5, "{least} {most}");
    };
    near(Share { hits: 81, of: 263 }, 0.2553, 0.3662);
    near(Share { hits: 15, of: 148 }, 0.0624, 0.1605);
    near(Share { hits: 0, of: 20 }, 0.0, 0.1611);
    near(Share { hits: 1, of: 29 }, 0.0061, 0.1718);
    assert_eq!(Share::default().interval(), None);
    let bound = |share: Share| share.interval().map(|(low, high)| (low.to_bits(), high.to_bits()));
    assert_eq!(bound(Share { hits: 0, of: 3 }).map(|it| it.0), Some(0.0_f64.to_bits()), "none of three begins at none");
    assert_eq!(bound(Share { hits: 3, of: 3 }).map(|it| it.1), Some(1.0_f64.to_bits()));
}

#[test]
fn few_of_them_are_called_few_and_propose_nothing() {
    let evidence = with(|it| it.approved = 7);
    let why = "only 7 decided yet; 20 tell enough".to_owned();
    assert_eq!(evidence.propose(Mode::Draft), Proposal::Stay { why });
    let evidence = with(|it| (it.compared, it.alike) = (19, 19));
    assert_eq!(evidence.propose(Mode::Shadow).why(), "only 19 compared yet; 20 tell enough");
    assert_eq!(with(|_| ()).propose(Mode::Auto).why(), "only 0 reviewed yet; 5 tell enough");
}

#[test]
fn each_step_up_has_its_numbers() {
    let shadow = with(|it| (it.compared, it.alike) = (20, 15));
    let why = "as people answered 15 of 20, 75 % (53 to 89)".to_owned();
    assert_eq!(shadow.propose(Mode::Shadow), Proposal::Up { to: Mode::Draft, why });
    let draft = with(|it| (it.approved, it.edited, it.reviewed, it.good) = (38, 1, 12, 12));
    assert_eq!(draft.propose(Mode::Draft).to(), Some(Mode::Auto));
    let unread = with(|it| (it.approved, it.reviewed, it.good) = (60, 9, 9));
    assert_eq!(unread.propose(Mode::Draft).to(), None);
}

#[test]
fn each_step_down_has_its_numbers() {
    let bad = with(|it| (it.sent, it.reviewed, it.good) = (400, 5, 3));
    assert_eq!(bad.propose(Mode::Auto).to(), Some(Mode::Draft));
    let rejected = with(|it| (it.approved, it.rejected) = (4, 8));
    assert_eq!(rejected.propose(Mode::Draft).to(), Some(Mode::Shadow));
}

fn evidence() -> impl Strategy<Value = Evidence> {
    proptest::array::uniform10(0_u32..400).prop_map(|n| {
        let mut evidence = with(|_| ());
        for (fate, count) in Fate::ALL.into_iter().zip(n) {
            let reviewed = count / 3;
            let (alike, good) = (count / 2, reviewed * n[9] / 400);
            evidence.add(Counted { fate, count, alike, apart: u64::from(count) * 90, reviewed, good });
        }
        evidence
    })
}

proptest! {
    #[test]
    fn the_interval_holds_the_share_and_narrows_with_more(hits in 0_u32..500, more in 0_u32..500) {
        let share = Share { hits, of: hits + more + 1 };
        let (least, most) = share.interval().unwrap();
        let value = share.value().unwrap();
        prop_assert!((0.0..=1.0).contains(&least) && (0.0..=1.0).contains(&most));
        prop_assert!(least <= value + 1e-12 && value <= most + 1e-12);
        let tenfold = Share { hits: hits * 10, of: share.of * 10 };
        prop_assert!(tenfold.most() - tenfold.least() < most - least);
    }

    #[test]
    fn a_proposal_is_one_step_and_always_says_why(evidence in evidence()) {
        for mode in Mode::ALL {
            let proposal = evidence.propose(mode);
            prop_assert!(!proposal.why().is_empty());
            let place = |mode: Mode| Mode::ALL.iter().position(|it| *it == mode).unwrap();
            match &proposal {
                Proposal::Up { to, .. } => prop_assert_eq!(place(*to), place(mode) + 1),
                Proposal::Down { to, .. } => prop_assert_eq!(place(*to) + 1, place(mode)),
                Proposal::Stay { .. } => {}
            }
        }
    }

    #[test]
    fn worse_reviews_never_propose_a_step_up_that_better_ones_did_not(evidence in evidence()) {
        let worse = Evidence { good: evidence.good / 2, ..evidence.clone() };
        for mode in Mode::ALL {
            let is_up = |it: &Evidence| matches!(it.propose(mode), Proposal::Up { .. });
            prop_assert!(!is_up(&worse) || is_up(&evidence));
        }
    }
}

#[test]
fn every_place_tells_the_same_number_of_a_share() {
    let share = Share { hits: 5, of: 8 };
    assert_eq!(share.words(), "5 of 8, 63 % (31 to 86)");
    assert_eq!(share.short().as_deref(), Some("63 % of 8"));
    assert_eq!((share.range().as_deref(), Share::default().short()), (Some("31 to 86"), None));
}

#[test]
fn a_topic_for_people_is_left_to_people_whatever_speaks_for_it() {
    let refunds = "refunds".to_owned();
    let mut policy = Policy { mode: Mode::Shadow, ..Policy::default() };
    let evidence = with(|it| (it.compared, it.alike) = (40, 40));
    assert_eq!(evidence.proposal(&policy).to(), Some(Mode::Draft));
    policy.topics.insert(refunds.clone(), Mode::Auto);
    assert_eq!((evidence.proposal(&policy).to(), evidence.subject.mode(&policy)), (None, (Mode::Auto, true)));
    policy.topics.insert(refunds.clone(), Mode::Shadow);
    policy.human_topics = [refunds].into();
    assert!(evidence.proposal(&policy).why().contains("for people"));
}
