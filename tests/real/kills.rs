//! The server is killed under load, again and again: nothing acknowledged is lost, nothing is done twice.
//!
//! The peers' sessions come back by themselves and repeat what was not answered, under the same ids. Deliberately not
//! here: power cuts, which a process cannot play.

use crate::{
    dice::{Dice, asked_for},
    house::House,
    load::{Audit, Crew, audit},
};
use centaur::domain::event::Event;
use nix::sys::signal::Signal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kills_once_and_what_was_not_is_done_once_at_most() {
    let kills = asked_for("CENTAUR_KILLS", 6);
    let mut house = House::open(&["--no-ai"]).await;
    let mut crew = Crew::hire(&house, true, 7).await;
    let mut dice = Dice::new(99);
    for _ in 0..kills {
        crew.more(1 + dice.below(120)).await;
        dice.dawdle(2_000).await;
        house.end(Signal::SIGKILL).await;
        house.start().await;
    }
    crew.more(20).await;
    let books = crew.books().await;
    assert!(house.end(Signal::SIGTERM).await.success());
    let log = house.log();
    let found = audit(&books, &log);
    println!(
        "kills {kills}, acknowledged {}, lost {}, doubled {}, resumed {}",
        found.acknowledged, found.lost, found.doubled, found.resumed
    );
    for book in &books {
        assert!(book.open.is_empty() && book.ended.is_none(), "asked and never answered: {book:?}");
        assert!(book.welcomes > 1, "a session did not come back");
    }
    assert_eq!(found, Audit { lost: 0, doubled: 0, ..found });
    let rewound = log.iter().filter(|event| matches!(event.event, Event::TimelineBegan { .. })).count();
    assert_eq!(rewound, 0, "a killed server's log was taken for a rewound one");
}
