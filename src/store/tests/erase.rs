//! What is erased is gone from every file and from the index, the chain holds, and nothing else can be changed under its cover.

use super::*;
use crate::domain::{erase, holder::Holder};

const TERM: Term = Term(9);

fn opened(name: &str, mail: &str) -> Event {
    Event::Opened {
        channel: "web".into(),
        customer: Customer { name: name.into(), email: Some(mail.into()), locale: None },
        topic: None,
        external_ref: Some(format!("ref of {name}")),
        holder: Holder::Queue,
        term: Term(1),
    }
}

/// A talk with a canary in each of its texts, one without, and the erasing of the first.
fn told() -> (Vec<Recorded>, Recorded) {
    let all = vec![
        event(1, Some((1, 1)), opened("CANARY Jana", "CANARY1@example.com")),
        event(2, Some((1, 2)), said("my card is CANARY2")),
        event(3, Some((2, 1)), opened("Omar", "omar@example.com")),
        event(4, Some((1, 3)), answered("thank you, CANARY3")),
        event(5, Some((2, 2)), said("where is my kettle")),
        event(6, Some((1, 4)), judged(3)),
        event(7, Some((1, 5)), noted("CANARY4 sounds angry")),
    ];
    (all, event(8, Some((1, 6)), Event::Erased { term: TERM }))
}

fn story(log: &mut dyn EventLog) {
    let (all, erasing) = told();
    let reader = log.reader().unwrap();
    log.append(&[entry(None, &all[..4]), entry(Some(3), &all[4..])]).unwrap();
    let mut state = talk(1, 7);
    Arc::make_mut(&mut state.card).customer.email = Some("CANARY5@example.com".into());
    let kept = State { seq: Seq(7), live: true, conversation: state };
    log.save(&Checkpoint { floor: Seq(7), office: None, states: vec![kept] }).unwrap();
    // Of what is indexed the last is not there yet.
    assert_eq!(log.project(6).unwrap(), 6);
    let find = |words: &str| seqs(&reader.search(words, None, 100).unwrap());
    assert_eq!((find("CANARY2"), find("kettle"), find("jana")), (vec![2], vec![5], vec![1]));
    assert!(reader.can_be_erased(ConversationId(1)).unwrap());

    let before = log.head();
    let head = log.append(&[entry(Some(4), std::slice::from_ref(&erasing))]).unwrap();
    while log.project(100).unwrap() > 0 {}
    // Who acted, and when, is there; what was said is not.
    let left = reader.conversation(ConversationId(1), EntryNo(0), 9).unwrap();
    assert_eq!(left.iter().map(|one| (one.seq, one.n, one.by)).collect::<Vec<_>>(), {
        let of_it = all.iter().filter(|one| one.conversation == Some(ConversationId(1))).chain([&erasing]);
        of_it.map(|one| (one.seq, one.n, one.by)).collect::<Vec<_>>()
    });
    assert!(!serde_json::to_string(&left).unwrap().contains("CANARY"));
    assert!(left[1..5].iter().all(|one| one.event == Event::Blank), "{left:?}");
    assert!((1..=5).all(|n| find(&format!("CANARY{n}")).is_empty()) && find("jana").is_empty());
    assert_eq!((find("kettle"), reader.annotations(Seq(0), 9).unwrap()), (vec![5], Vec::new()));
    let (seq, state) = reader.state(ConversationId(1)).unwrap().unwrap();
    assert!(seq == Seq(8) && state.erased && &*state.card.customer.name == erase::NAME, "{state:?}");

    // The chain holds, also against a mark from before.
    for mark in [before, head] {
        let sound = verify(&*reader, Some(&Mark { log: LOG, head: mark })).unwrap();
        assert_eq!((sound.events, sound.head, sound.erased), (8, head, 1));
    }
    log.reindex().unwrap();
    assert!(find("CANARY2").is_empty() && find("kettle") == [5]);
    // The log goes on.
    log.append(&[entry(None, &[event(9, Some((2, 3)), noted("later"))])]).unwrap();
    assert_eq!(verify(&*reader, None).unwrap().events, 9);
}

#[test]
fn what_is_erased_is_gone_and_the_chain_holds_in_memory() {
    story(&mut MemoryLog::new(LOG));
}

#[test]
fn what_is_erased_is_gone_from_every_file_and_the_chain_holds() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    story(&mut log);
    // While the server still runs, and not only after it has closed the log.
    let canaries = |when: &str| {
        for file in room.path().read_dir().unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
            let found = bytes.windows(6).filter(|bytes| *bytes == b"canary").count();
            assert_eq!(found, 0, "{when}: in {}", path.display());
        }
    };
    canaries("open");
    drop(log);
    canaries("closed");
}

#[test]
fn a_talk_among_thousands_leaves_nothing_in_any_file() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    let (mut seq, mut n) = (0, 0);
    let mut next = |event_of: Event, id: u64, n: u32| {
        seq += 1;
        event(seq, Some((id, n)), event_of)
    };
    for round in 0..60_u64 {
        let mut batch = Vec::new();
        for other in 0..20 {
            let id = 2 + round * 20 + other;
            batch.push(next(opened("Omar", "omar@example.com"), id, 1));
            batch.push(next(said(&format!("kettle number {other} does not boil the water")), id, 2));
        }
        n += 1;
        let it = if n == 1 {
            opened("CANARY", "CANARY@example.com")
        } else {
            said(&format!("CANARY{n} {}", "x".repeat(900)))
        };
        batch.push(next(it, 1, n));
        log.append(&[entry(None, &batch)]).unwrap();
        let mut state = talk(1, log.head().seq.0);
        Arc::make_mut(&mut state.card).customer.email = Some(format!("CANARY{n}@example.com").into());
        let state = State { seq: log.head().seq, live: true, conversation: state };
        log.save(&Checkpoint { floor: log.head().seq, office: None, states: vec![state] }).unwrap();
        while log.project(100).unwrap() > 0 {}
    }
    let erasing = next(Event::Erased { term: TERM }, 1, n + 1);
    // Whoever reads meanwhile is not waited for, and what is left beside the file goes as soon as they are done.
    let other = rusqlite::Connection::open(room.path().join("desk.db")).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    log.append(&[entry(None, &[erasing])]).unwrap();
    log.project(100).unwrap();
    drop(other);
    while log.project(100).unwrap() > 0 {}
    for file in room.path().read_dir().unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let found = bytes.windows(6).filter(|bytes| *bytes == b"canary").count();
        assert_eq!(found, 0, "in {}", path.display());
    }
    verify(&*log.reader().unwrap(), None).unwrap();
}

#[test]
fn under_cover_of_an_erasing_nothing_else_is_changed() {
    let forge = |sql: &str| {
        let room = tempfile::tempdir().unwrap();
        let (mut log, _) = open(room.path());
        let (all, erasing) = told();
        log.append(&[entry(None, &all), entry(None, &[erasing])]).unwrap();
        assert_eq!(verify(&*log.reader().unwrap(), None).unwrap().erased, 1);
        log.connection.execute_batch(sql).unwrap();
        let mark = Mark { log: LOG, head: log.head() };
        verify(&*log.reader().unwrap(), Some(&mark)).unwrap_err()
    };
    for sql in [
        // What is left is put in another mouth.
        "UPDATE events SET body = replace(body, '\"id\":2', '\"id\":3') WHERE seq = 2",
        // A digest of something else.
        "UPDATE events SET digest = zeroblob(32) WHERE seq = 2",
        // The erasing covers something else, or nothing.
        "UPDATE events SET covers = zeroblob(32) WHERE seq = 8",
        "UPDATE events SET covers = NULL WHERE seq = 8",
        // An event of another talk passes for erased, though nobody erased it.
        "UPDATE events SET digest = (SELECT hash FROM events WHERE seq = 5), left = 1, salt = NULL WHERE seq = 5",
        "UPDATE events SET salt = zeroblob(16) WHERE seq = 3",
        "UPDATE events SET salt = NULL WHERE seq = 3",
        // Words come back.
        "UPDATE events SET salt = zeroblob(16), digest = NULL, left = NULL WHERE seq = 2",
    ] {
        let broken = forge(sql);
        assert!(broken.seq <= Seq(8) && matches!(broken.what, Flaw::Changed | Flaw::Rewritten), "{sql}: {broken:?}");
    }
}

#[test]
fn an_event_from_before_erasing_is_verified_as_it_was_and_is_not_erased() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    let (all, erasing) = told();
    log.append(&[entry(None, &all)]).unwrap();
    // As an older program wrote them: held openly.
    let links = log.reader().unwrap().links(Seq(0), 99).unwrap();
    let mut before = GENESIS;
    for mut one in links {
        one.seal = Seal::Open;
        before = link(&before, &one);
        let sql = "UPDATE events SET salt = NULL, hash = ? WHERE seq = ?";
        log.connection.execute(sql, rusqlite::params![before, one.seq.0.cast_signed()]).unwrap();
    }
    let reader = log.reader().unwrap();
    assert_eq!(verify(&*reader, None).unwrap().events, 7);
    assert!(!reader.can_be_erased(ConversationId(1)).unwrap());
    let refused = log.append(&[entry(None, &[erasing])]).unwrap_err();
    assert!(matches!(refused, StoreError::Unerasable { seq: Seq(1) }), "{refused:?}");
    assert_eq!((verify(&*reader, None).unwrap().events, log.head().seq), (7, Seq(7)));
}
