//! Erasing: what is folded from what is left of the log is what everybody has, nothing of the talk is in it, and nothing
//! happens there any more.

use super::world::{ADMIN, ANA, LEAD, WEB, World, config, histories, walk};
use crate::domain::{
    command::Command,
    desk::Desk,
    erase::blank,
    event::{Event, Recorded},
    ids::{ConversationId, EntryNo},
    refusal::Refusal,
    teammate::Actor,
    thread::{Thread, What},
};
use proptest::prelude::*;

/// The log as it stands after this talk was erased.
fn left(log: &[Recorded], id: ConversationId) -> Vec<Recorded> {
    let last = log.iter().rposition(|one| matches!(one.event, Event::Erased { .. }) && one.conversation == Some(id));
    let blanked = |(at, one): (usize, &Recorded)| {
        let goes = one.conversation == Some(id) && last.is_some_and(|last| at < last);
        Recorded { event: if goes { blank(&one.event) } else { one.event.clone() }, ..one.clone() }
    };
    log.iter().enumerate().map(blanked).collect()
}

/// Settles all that still runs, as time and people do.
fn settle(world: &mut World, id: ConversationId) -> bool {
    for command in [Command::Resolve { conversation: id }, Command::Recover { conversation: id }] {
        let by = if matches!(command, Command::Recover { .. }) { Actor::Desk } else { Actor::Teammate(LEAD) };
        let _ = world.submit(by, &command);
    }
    world.submit(Actor::Teammate(ADMIN), &Command::Erase { conversation: id }).is_ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_left_folds_into_what_everybody_has_and_nothing_happens_there_any_more(history in histories()) {
        let mut world = walk(&history, |_| Ok(()))?;
        let ids: Vec<ConversationId> = world.desk.conversations.keys().copied().collect();
        for id in ids {
            let seen = Thread::new(id);
            let watching = world.log.iter().filter(|one| one.conversation == Some(id)).cloned().collect::<Vec<_>>();
            if !settle(&mut world, id) {
                continue;
            }
            let log = left(&world.log, id);
            // From the log anew: the same talk, but for the sums of the day, which count on.
            let mut anew = Desk::default();
            for one in &log {
                anew.apply(one);
            }
            let (expected, found) = (world.desk.conversation(id).unwrap(), anew.conversation(id).unwrap());
            prop_assert_eq!(serde_json::to_string(expected).unwrap(), serde_json::to_string(found).unwrap());
            prop_assert!(expected.erased);
            // Who read along and who comes later read the same, which is nothing.
            let erasing = world.log.last().cloned().unwrap();
            let (mut along, mut later) = (seen.clone(), seen);
            watching.iter().chain(world.log.iter().filter(|one| one.conversation == Some(id))).for_each(|one| along.apply(one).unwrap());
            log.iter().filter(|one| one.conversation == Some(id)).for_each(|one| later.apply(one).unwrap());
            prop_assert_eq!(&along.entries, &later.entries);
            prop_assert!(matches!(along.entries.make_contiguous(), [one] if one.what == What::Erased && one.n == erasing.n));
            // Of what anybody wrote there nothing is left.
            for one in log.iter().filter(|one| one.conversation == Some(id) && one.n > EntryNo(1)) {
                let is_blank = matches!(one.event, Event::Blank | Event::Erased { .. });
                prop_assert!(is_blank);
            }
            for (by, command) in [
                (ANA, Command::Note { conversation: id, text: "later".into() }),
                (LEAD, Command::Reopen { conversation: id }),
                (WEB, Command::CustomerSaid { conversation: id, text: "hello again".into() }),
                (ADMIN, Command::Erase { conversation: id }),
            ] {
                let refused = world.submit(Actor::Teammate(by), &command);
                // Some were shown the door meanwhile, and a connector has its own talks only.
                let no = [Refusal::Erased { conversation: id }, Refusal::Forbidden];
                prop_assert!(refused.as_ref().is_err_and(|why| no.contains(why)), "{:?}", refused);
            }
            for command in [Command::Tick { conversation: id }, Command::Recover { conversation: id }] {
                prop_assert_eq!(world.submit(Actor::Desk, &command).map(|made| made.len()), Ok(0));
            }
        }
    }
}

#[test]
fn only_an_admin_erases_and_only_what_is_settled() {
    let (mut world, id) = World::with_talk(crate::domain::policy::Policy::default());
    let erase = || Command::Erase { conversation: id };
    assert!(matches!(world.may_not(ADMIN, erase()), Refusal::NotYet { why } if why.contains("Resolve it first")));
    world.does(ANA, Command::Resolve { conversation: id });
    assert_eq!(world.may_not(LEAD, erase()), Refusal::Forbidden);
    assert_eq!(world.may_not(WEB, erase()), Refusal::Forbidden);
    world.does(ADMIN, erase());
    assert!(matches!(world.may_not(ADMIN, erase()), Refusal::Erased { .. }));
}
