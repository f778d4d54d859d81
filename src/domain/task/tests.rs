//! A task survives its form, a brief becomes one, and mistakes are named.

use super::*;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_795_354_200_000);

fn task() -> Task {
    Task {
        facts: "BW-20417 left on Monday\nby the red van".into(),
        may: "send the link".into(),
        may_not: "promise a date".into(),
        budget: Budget { turns: 3, calls: 2, cost_micros: Some(50_000) },
        at: Some(NOW.plus(Span::hours(2))),
        back_at: Some(NOW.plus(Span::hours(4))),
        back_when: "refund\nlawyer".into(),
        ..Task::of(Kind::FollowUp, "ask whether it came")
    }
}

#[test]
fn a_task_survives_its_form() {
    assert_eq!(Task::from_form(&task().to_form(NOW), NOW), Ok(task()));
    let plain = Task::of(Kind::Draft, "answer");
    let read = Task::from_form("answer her\nkind: draft\nturns: 6\ncalls: 20", NOW).unwrap();
    assert_eq!((read.kind, read.goal.as_str()), (Kind::Draft, "answer her"));
    assert_eq!(Task::from_form(&plain.to_form(NOW), NOW), Ok(plain));
}

#[test]
fn a_mistake_in_the_form_names_its_line() {
    let wrong = |form: &str| Task::from_form(form, NOW).unwrap_err();
    assert!(wrong("kind: dance").contains("handle, draft"), "{}", wrong("kind: dance"));
    assert_eq!(wrong("kind: draft\nturns: many"), "turns: `many` is not a number, as in 6");
    assert_eq!(wrong("kind: draft\ncost: 1.x"), "cost: `1.x` is not an amount, as in 0.05");
    assert!(wrong("kind: draft\nback after: soon").starts_with("back after: "));
}

#[test]
fn the_brief_becomes_the_task() {
    let brief = Brief {
        done: "sent a new parcel".into(),
        promised: "it comes by Friday".into(),
        open: "the old one".into(),
        may: "send the link".into(),
        back_when: "refund".into(),
    };
    let task = Task::of_brief(&brief);
    assert_eq!((task.kind, task.goal.as_str()), (Kind::Handle, "settle what is open: the old one"));
    assert_eq!(task.facts, "done: sent a new parcel\npromised: it comes by Friday");
    assert_eq!((task.may.as_str(), task.back_when.as_str()), ("send the link", "refund"));
}

proptest! {
    #[test]
    fn any_form_is_read_or_refused_and_what_is_read_survives(form in "(kind: draft\n)?(.{0,20}\n){0,4}|.{0,60}") {
        if let Ok(task) = Task::from_form(&form, NOW) {
            let again = Task::from_form(&task.to_form(NOW), NOW);
            prop_assert!(again.is_ok(), "{:?}", again);
        }
    }

    #[test]
    fn money_is_written_as_it_is_read(micros in 0_u64..1_000_000_000_000) {
        prop_assert_eq!(super::form::micros(&money(micros)), Ok(Some(micros)));
    }
}
