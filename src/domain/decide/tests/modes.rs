//! How far the AI may go: the most particular setting wins, and every change is an event that says from what to what.

use super::world::{ADMIN, AI, ANA, LEAD, WEB, World, config, histories, open, walk};
use crate::domain::{
    command::Command, event::Event, holder::Holder, ids::ConversationId, mode::Mode, policy::Policy, refusal::Refusal,
};
use proptest::prelude::*;

fn set(topic: Option<&str>, channel: Option<&str>, mode: Option<Mode>) -> Command {
    Command::SetDeskMode {
        topic: topic.map(str::to_owned),
        channel: channel.map(str::to_owned),
        mode,
        why: " 18 of 20 ".into(),
    }
}

#[test]
fn a_conversation_comes_before_its_topic_that_before_its_channel_and_that_before_the_desk() {
    let mut world = World::new(Policy::default());
    world.does(WEB, open("web", Some("refunds"), "where is my money?"));
    let id = ConversationId(1);
    let mode = |world: &World| world.talk(id).card.mode;
    assert_eq!(mode(&world), Mode::Auto);
    world.does(LEAD, set(None, Some("web"), Some(Mode::Draft)));
    assert_eq!(mode(&world), Mode::Draft);
    world.does(LEAD, set(Some("refunds"), None, Some(Mode::Auto)));
    assert_eq!(mode(&world), Mode::Auto);
    world.does(LEAD, Command::SetMode { conversation: id, mode: Some(Mode::Draft) });
    world.does(LEAD, set(Some("refunds"), None, None));
    world.does(LEAD, set(None, Some("web"), None));
    assert_eq!(mode(&world), Mode::Draft);
    world.does(LEAD, Command::SetMode { conversation: id, mode: None });
    assert_eq!(mode(&world), Mode::Auto);
}

#[test]
fn a_change_is_an_event_with_what_was_and_what_spoke_for_it_and_the_queue_gets_what_no_ai_may_hold() {
    let mut world = World::new(Policy::default());
    world.does(WEB, open("web", None, "hello"));
    let made = world.does(LEAD, set(None, Some("web"), Some(Mode::Off)));
    let expected = Event::DeskModeSet {
        topic: None,
        channel: Some("web".into()),
        from: None,
        mode: Some(Mode::Off),
        why: "18 of 20".into(),
    };
    assert_eq!(made[0].event, expected);
    assert_eq!(world.talk(ConversationId(1)).card.holder, Holder::Queue);
    // So already: nothing happens.
    assert_eq!(world.does(LEAD, set(None, Some("web"), Some(Mode::Off))), []);
    assert!(matches!(world.may_not(LEAD, set(Some("a"), Some("b"), None)), Refusal::Invalid { .. }));
    assert!(matches!(world.may_not(LEAD, set(None, None, None)), Refusal::Invalid { .. }));
    for nobody in [ANA, AI, WEB] {
        assert_eq!(world.may_not(nobody, set(None, None, Some(Mode::Off))), Refusal::Forbidden);
    }
    world.does(ADMIN, set(None, None, Some(Mode::Shadow)));
    assert_eq!(world.desk.office.policy.mode, Mode::Shadow);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_card_shows_the_most_particular_mode(history in histories()) {
        let world = walk(&history, |done| {
            let policy = &done.after.office.policy;
            for it in done.after.conversations.values() {
                let card = &it.card;
                let topic = card.topic.as_deref().and_then(|topic| policy.topics.get(topic));
                let wider = topic.or_else(|| policy.channels.get(&*card.channel)).copied().unwrap_or(policy.mode);
                prop_assert_eq!(card.mode, card.own_mode.unwrap_or(wider));
            }
            Ok(())
        })?;
        drop(world);
    }
}
