//! How much memory a conversation takes. Ten thousand of them are held at once.

use super::world::{AI, ANA, WEB, World, answer, open};
use crate::domain::{
    card::Card, command::Command, conversation::Conversation, delivery::Report, ids::ConversationId, policy::Policy,
};
use std::mem::{size_of, size_of_val};

/// What a card takes with its heap, as far as capacities tell; without the overhead of the allocator.
fn of_card(card: &Card) -> usize {
    let text = |said: &Option<Box<str>>| said.as_ref().map_or(0, |said| said.len());
    size_of::<Card>()
        + 16
        + card.channel.len()
        + card.customer.name.len()
        + text(&card.customer.email)
        + text(&card.customer.locale)
        + text(&card.topic)
        + card.tags.len() * size_of::<String>()
        + card.tags.iter().map(String::capacity).sum::<usize>()
        + card.escalation.as_ref().map_or(0, |call| size_of_val(call.as_ref()) + call.summary.capacity())
        + card.last.as_ref().map_or(0, |last| last.text.len())
        + card.on_its_way.len() * size_of::<crate::domain::card::OnItsWay>()
}

/// What a conversation takes with its card and all its heap.
fn in_all(it: &Conversation) -> usize {
    let outbox = it.outbox.iter().map(|row| row.text.len() + row.from.len() + 32).sum::<usize>();
    size_of::<Conversation>()
        + of_card(&it.card)
        + it.external_ref.as_ref().map_or(0, |it| it.len() + 16)
        + it.draft.as_ref().map_or(0, |draft| size_of_val(draft.as_ref()) + draft.answer.text.capacity())
        + it.whispers.len() * 4
        + it.outbox.capacity() * size_of::<crate::domain::delivery::Delivery>()
        + outbox
        + it.undo.len() * size_of::<crate::domain::undo::Undoable>()
        + it.said.heap()
        + it.judgeable.len() * 4
        + it.judged.len() * 12
}

/// Like the most: opened by mail, answered by the AI three times, two of them delivered.
fn typical() -> Conversation {
    let mut world = World::new(Policy::default());
    let id = ConversationId(1);
    world.does(WEB, open("web", Some("shipping"), "Where is my parcel BW-20417? It should have come on Monday."));
    let said = [
        "It left on Tuesday and arrives tomorrow before noon.",
        "The second one is packed and leaves our house today.",
        "Both are carried by Skua Parcel, who ring at your door.",
    ];
    for said in said {
        let term = world.term(id);
        let message = world.turn(AI, id, answer(said, 900));
        let message = message.last().unwrap().n;
        world.does(WEB, Command::ClaimDelivery { conversation: id, message, term });
        world.does(WEB, Command::ReportDelivery { conversation: id, message, report: Report::Sent });
        world.does(WEB, Command::CustomerSaid { conversation: id, text: "And where is the second one then?".into() });
    }
    world.talk(id).clone()
}

#[test]
fn a_typical_conversation_and_its_card_take_less_than_a_kibibyte() {
    let it = typical();
    let bytes = size_of::<Conversation>() + of_card(&it.card);
    assert!(bytes <= 1_024, "{bytes} bytes");
    let all = in_all(&it);
    assert!(all <= 1_400, "{all} bytes with what is remembered of its messages");
}

#[test]
fn a_conversation_under_a_person_with_all_its_acts_takes_less_than_three_kibibytes() {
    let mut world = World::new(Policy::default());
    let id = ConversationId(1);
    world.does(WEB, open("web", None, "Where is my parcel BW-20417?"));
    let term = world.term(id);
    world.does(ANA, Command::TakeOver { conversation: id, term, reason: None });
    for n in 0..12 {
        world.does(ANA, Command::Tag { conversation: id, add: vec![format!("tag-{n}")], remove: Vec::new() });
    }
    let total = in_all(world.talk(id));
    assert!(total <= 3_072, "{total} bytes");
}
