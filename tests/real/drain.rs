//! SIGTERM under load: the server ends in order, with a word to everybody.

use crate::{
    house::{House, soon},
    load::{Audit, Crew, audit},
};
use centaur::protocol::ByeCode;
use nix::sys::signal::Signal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_end_loses_nothing_and_says_goodbye() {
    for seed in 0..4 {
        let mut house = House::open(&["--no-ai"]).await;
        let mut crew = Crew::hire(&house, false, seed * 10).await;
        crew.more(150).await;
        let status = house.end(Signal::SIGTERM).await;
        assert_eq!(status.code(), Some(0), "{status:?}");
        let books = soon("the peers' goodbyes", crew.books()).await;
        for book in &books {
            let code = book.ended.as_ref().and_then(|(code, _)| *code);
            assert_eq!(code, Some(ByeCode::Draining), "{:?}", book.ended);
        }
        let found = audit(&books, &house.log());
        assert_eq!(found, Audit { lost: 0, doubled: 0, resumed: 0, ..found });
    }
}
