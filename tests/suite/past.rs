//! The log of the desk over the real server: narrowed, found by words, in pages without a gap, and without secrets.

use super::support::TestDesk;
use centaur::{
    domain::{
        command::Command,
        event::{Event, Recorded},
        filter::deed,
        ids::{Digest, Seq, Term},
        refusal::Refusal,
        teammate::Role,
    },
    protocol::{Page, Query, Scope},
};

async fn page(
    peer: &mut super::support::Peer,
    filter: &str,
    before: Option<Seq>,
    limit: u32,
) -> (Vec<Recorded>, Option<Seq>) {
    let query = Query::Log { filter: filter.into(), before, limit };
    match peer.caller.query(query).await.unwrap() {
        Page::Log { events, next } => (events, next),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_log_tells_who_did_what_in_pages_that_follow_on_each_other() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mut mira = desk.join("mira", Role::Lead, Scope::All).await;
    for n in 0..12 {
        let talk = web.open(&format!("Where is parcel {n}?")).await;
        mira.must(Command::TakeOver { conversation: talk, term: Term(1), reason: None }).await;
        mira.must(Command::Reply { conversation: talk, term: Term(2), text: format!("On its way, number {n}.") }).await;
    }

    let (took, next) = page(&mut mira, "by:me did:take", None, 200).await;
    assert_eq!((took.len(), next), (12, None));
    assert!(took.iter().all(|event| deed(&event.event) == "take" && event.by.teammate() == Some(mira.id)));

    let (whole, end) = page(&mut mira, "", None, 200).await;
    assert_eq!(end, None);
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let (mut events, next) = page(&mut mira, "", before, 7).await;
        paged.append(&mut events);
        before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole);
    assert_eq!(whole.last().map(|event| event.seq), Some(Seq(1)));

    let (said, _) = page(&mut mira, "\"on its way\" by:mira", None, 5).await;
    assert_eq!(said.len(), 5);
    let (one, next) = page(&mut mira, "#3 parcel", None, 5).await;
    assert_eq!((one.len(), next), (1, None));
}

#[tokio::test]
async fn no_token_is_in_the_log_and_a_connector_does_not_read_it() {
    let desk = TestDesk::new().await;
    let mut web = desk.join("web", Role::Connector, Scope::Carried).await;
    let mut mira = desk.join("mira", Role::Viewer, Scope::All).await;
    let (invited, _) = page(&mut mira, "did:desk", None, 200).await;
    let tokens: Vec<Digest> = invited
        .iter()
        .filter_map(|event| match &event.event {
            Event::TeammateInvited { token, .. } => Some(*token),
            _ => None,
        })
        .collect();
    assert!(tokens.len() >= 2 && tokens.iter().all(|token| *token == Digest([0; 32])), "{tokens:?}");
    let query = Query::Log { filter: String::new(), before: None, limit: 10 };
    let refused = web.caller.query(query).await.unwrap();
    assert_eq!(refused, Page::Refused { why: Refusal::Forbidden });
    let query = Query::Log { filter: "bye:me".into(), before: None, limit: 10 };
    let Page::Refused { why: Refusal::Invalid { field, why } } = mira.caller.query(query).await.unwrap() else {
        panic!("taken")
    };
    assert_eq!((field.as_str(), why.contains("did you mean `by`?")), ("filter", true));
}
