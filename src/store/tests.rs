//! One story for every log; what only the one on disk can suffer is told in the files beside, by noun.

mod crash;
mod erase;
mod evidence;
mod file;
mod forgery;
mod guidance;
mod mark;
mod search;
mod speed;

use super::*;
use crate::domain::{
    annotation::{Judgement, Verdict},
    card::Card,
    conversation::Conversation,
    customer::Customer,
    desk::Office,
    event::{Event, Recorded},
    ids::{CommandId, ConversationId, EntryNo, LogId, PublicNo, Seq, TeammateId, Term},
    seldom::Seldom,
    signals::Signals,
    teammate::Actor,
    time::Timestamp,
    turn::{Answer, Grounding, Trace},
};
use std::{path::Path, sync::Arc};

const LOG: LogId = LogId(0xa1);
const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn open(folder: &Path) -> (SqliteLog, Opened) {
    SqliteLog::open(folder, NOW, LOG).unwrap()
}

fn event(seq: u64, place: Option<(u64, u32)>, event: Event) -> Recorded {
    Recorded {
        seq: Seq(seq),
        at: Timestamp(NOW.0 + i64::try_from(seq).unwrap()),
        by: Actor::Teammate(TeammateId(2)),
        conversation: place.map(|(id, _)| ConversationId(id)),
        n: EntryNo(place.map_or(0, |(_, n)| n)),
        event,
    }
}

fn said(text: &str) -> Event {
    Event::CustomerSaid { text: text.into(), signals: Signals::default() }
}

fn noted(text: &str) -> Event {
    Event::Noted { text: text.into() }
}

fn answered(text: &str) -> Event {
    let (grounding, trace) = (Grounding(900), Trace::default());
    let answer = Box::new(Answer { text: text.into(), sources: Vec::new(), grounding, trace });
    Event::Answered { turn: EntryNo(1), answer, term: Term(1), draft: None, author: None, checked: None }
}

fn judged(message: u32) -> Event {
    let judgement = Judgement { verdict: Verdict::Good, failures: Vec::new(), corrected: None, note: None };
    Event::Annotated { message: EntryNo(message), judgement, supersedes: None }
}

fn done(seq: u64) -> Done {
    Done { seq: Seq(seq), conversation: Some(ConversationId(1)), n: EntryNo(1) }
}

fn key(id: u128) -> Key {
    Key { by: TeammateId(2), id: CommandId(id), digest: u64::MAX - 3 }
}

fn entry(id: Option<u128>, events: &[Recorded]) -> Entry {
    let last = events.last().map_or(0, |event| event.seq.0);
    let events = events.iter().map(|event| Stored::new(event.clone()).unwrap()).collect();
    Entry { key: id.map(key), done: done(last), events }
}

fn talk(id: u64, seq: u64) -> Conversation {
    let card = Card {
        seq: Seq(seq),
        customer: Customer { name: format!("Zoë {id}").into(), ..Customer::default() },
        tags: vec!["vip".into()].into(),
        waiting_since: Some(NOW),
        ..Card::quiet(ConversationId(id), NOW)
    };
    Conversation {
        erased: false,
        card: Arc::new(card),
        external_ref: Some("web-1".into()),
        public: PublicNo(1),
        turn: None,
        draft: None,
        calls: Seldom::new(),
        whispers: Seldom::new(),
        outbox: Vec::new(),
        undo: Seldom::new(),
        said: crate::domain::signals::Said::default(),
        judgeable: Box::default(),
        judged: Seldom::new(),
        failed_turns: 0,
        rejected: 0,
        shadowed: EntryNo(0),
        replied: false,
        heed: crate::domain::guard::Heed::default(),
        spent: crate::domain::ceiling::Spent::default(),
    }
}

/// A desk whose middle pages are overwritten: its beginning and its end are as they were.
pub(crate) fn damaged(folder: &Path) {
    let (mut log, _) = open(folder);
    for from in (1..2_000).step_by(100) {
        let batch: Vec<Recorded> = (from..from + 100)
            .map(|seq| event(seq, Some((1, u32::try_from(seq).unwrap())), noted(&"x".repeat(200))))
            .collect();
        log.append(&[entry(None, &batch)]).unwrap();
    }
    drop(log);
    let path = folder.join("desk.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    assert!(middle > 20 * 4_096, "{middle}");
    bytes[middle..middle + 3 * 4_096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
}

/// The events of the story, all of them.
fn history() -> Vec<Recorded> {
    vec![
        event(1, None, Event::DeskFounded { name: "Bellwether".into() }),
        event(2, Some((1, 1)), said("Where is my refund? Order BW-20417")),
        event(3, Some((2, 1)), said("请问退款流程是什么？")),
        event(4, Some((1, 2)), answered("Your refund left today.")),
        event(5, Some((3, 1)), said("Die Größe passt nicht, bitte um Rücküberweisung. STRASSE")),
        event(6, Some((1, 3)), judged(2)),
        event(7, Some((1, 4)), noted("quotes \" and 'these', NEAR(x) OR y* \0 end")),
    ]
}

fn seqs(found: &[Found]) -> Vec<u64> {
    found.iter().map(|hit| hit.seq.0).collect()
}

fn states(reader: &dyn LogReader, which: States) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    reader.for_each_state(which, &mut |seq, talk| all.push((talk.card.id.0, seq.0))).unwrap();
    all
}

/// What every log does. Leaves [`history`] in it.
fn story(log: &mut dyn EventLog) {
    let all = history();
    let reader = log.reader().unwrap();
    assert_eq!(log.identity(), LOG);
    assert_eq!(log.head(), Head { seq: Seq(0), hash: GENESIS });
    assert_eq!(reader.events(Seq(0), 10).unwrap(), []);

    // One batch, two commands, one of which made nothing.
    let head = log.append(&[entry(Some(10), &all[..2]), entry(Some(11), &[]), entry(None, &all[2..4])]).unwrap();
    assert_eq!((head.seq, log.head()), (Seq(4), head));
    let before = log.head();

    // What does not follow is refused, and nothing of its batch is there.
    let gap = log.append(&[entry(Some(12), &all[4..5]), entry(None, &all[6..7])]);
    assert!(matches!(gap, Err(StoreError::OutOfOrder { expected: Seq(6), came: Seq(7) })), "{gap:?}");
    let again = log.append(&[entry(None, &all[1..2])]);
    assert!(matches!(again, Err(StoreError::OutOfOrder { expected: Seq(5), came: Seq(2) })), "{again:?}");
    let used = log.append(&[entry(Some(10), &all[4..5])]);
    assert!(matches!(used, Err(StoreError::Clash { .. })), "{used:?}");
    let number = log.append(&[entry(None, &[event(5, Some((1, 2)), noted("x"))])]);
    assert!(matches!(number, Err(StoreError::Clash { .. })), "{number:?}");
    assert_eq!(log.head(), before);
    assert_eq!(reader.answer(TeammateId(2), CommandId(12)).unwrap(), None);
    log.append(&[entry(Some(12), &all[4..])]).unwrap();

    // Events, as they were.
    assert_eq!(reader.events(Seq(0), 100).unwrap(), all);
    assert_eq!(reader.events(Seq(2), 2).unwrap(), all[2..4]);
    let first: Vec<_> = all.iter().filter(|it| it.conversation == Some(ConversationId(1))).cloned().collect();
    assert_eq!(reader.conversation(ConversationId(1), EntryNo(0), 100).unwrap(), first);
    assert_eq!(reader.conversation(ConversationId(1), EntryNo(1), 2).unwrap(), first[1..3]);
    assert_eq!(reader.conversation(ConversationId(9), EntryNo(0), 2).unwrap(), []);
    assert_eq!(reader.conversation_before(ConversationId(1), None, 2).unwrap(), first[2..]);
    assert_eq!(reader.conversation_before(ConversationId(1), Some(EntryNo(3)), 9).unwrap(), first[..2]);

    // Answers.
    assert_eq!(reader.answer(TeammateId(2), CommandId(10)).unwrap(), Some((u64::MAX - 3, done(2))));
    assert_eq!(reader.answer(TeammateId(1), CommandId(10)).unwrap(), None);
    assert_eq!(reader.answers_since(CommandId(11)).unwrap(), [(key(11), done(0)), (key(12), done(7))]);
    // These keys carry no time: they are as old as the events at which they were answered (2, 0 and 7).
    let minted_at = |seq: i64| CommandId(u128::from((NOW.0 + seq).unsigned_abs()) << 80);
    assert_eq!(log.purge_keys(minted_at(-1_000)).unwrap(), 1);
    assert_eq!(log.purge_keys(minted_at(2)).unwrap(), 0);
    assert_eq!(reader.answer(TeammateId(2), CommandId(10)).unwrap(), Some((u64::MAX - 3, done(2))));
    assert_eq!(log.purge_keys(minted_at(3)).unwrap(), 1);
    assert_eq!(reader.answer(TeammateId(2), CommandId(10)).unwrap(), None);
    assert_eq!(log.purge_keys(minted_at(7)).unwrap(), 0);
    assert_eq!(reader.answers_since(CommandId(0)).unwrap().len(), 1);

    checkpoints(log, &*reader);
    searches(log, &*reader);

    let sound = verify(&*reader, Some(&Mark { log: LOG, head: log.head() })).unwrap();
    assert_eq!(sound, Verified { events: 7, head: log.head(), timelines: Vec::new(), erased: 0 });

    // What is rebuilt equals what was there.
    let (found, rows) = (reader.search("refund", None, 9).unwrap(), reader.annotations(Seq(0), 9).unwrap());
    log.reindex().unwrap();
    assert_eq!((reader.floor().unwrap(), reader.office().unwrap()), (Seq(0), None));
    assert_eq!(states(&*reader, States::All), []);
    assert_eq!(reader.search("refund", None, 9).unwrap(), found);
    assert_eq!(reader.annotations(Seq(0), 9).unwrap(), rows);
    assert_eq!(reader.events(Seq(0), 100).unwrap(), all);
}

fn checkpoints(log: &mut dyn EventLog, reader: &dyn LogReader) {
    assert_eq!((reader.floor().unwrap(), reader.office().unwrap()), (Seq(0), None));
    let state = |id, seq, live| State { seq: Seq(seq), live, conversation: talk(id, seq) };
    let office = Office { name: "Bellwether".into(), seq: Seq(5), ..Office::default() };
    let checkpoint = Checkpoint {
        floor: Seq(5),
        office: Some((Seq(5), office.clone())),
        states: vec![state(1, 4, true), state(2, 3, false), state(3, 5, true)],
    };
    log.save(&checkpoint).unwrap();
    assert_eq!((reader.floor().unwrap(), reader.office().unwrap()), (Seq(5), Some((Seq(5), office))));
    assert_eq!(states(reader, States::Live), [(1, 4), (3, 5)]);
    assert_eq!(states(reader, States::All), [(1, 4), (2, 3), (3, 5)]);
    assert_eq!(reader.state(ConversationId(2)).unwrap(), Some((Seq(3), talk(2, 3))));
    assert_eq!(reader.state(ConversationId(9)).unwrap(), None);

    // Newer rows replace older ones, never the other way; the floor never falls.
    let late = Checkpoint { floor: Seq(4), office: None, states: vec![state(3, 4, false), state(1, 7, false)] };
    log.save(&late).unwrap();
    assert_eq!(reader.floor().unwrap(), Seq(5));
    assert_eq!(states(reader, States::Live), [(3, 5)]);
    let page = reader.states_before(Some(ConversationId(3)), 9).unwrap();
    assert_eq!(page, [(Seq(3), talk(2, 3)), (Seq(7), talk(1, 7))]);
    assert_eq!(reader.states_before(None, 1).unwrap(), [(Seq(5), talk(3, 5))]);

    let ahead = log.save(&Checkpoint { floor: Seq(8), ..Checkpoint::default() });
    assert!(matches!(ahead, Err(StoreError::OutOfOrder { .. })), "{ahead:?}");
}

fn searches(log: &mut dyn EventLog, reader: &dyn LogReader) {
    let find = |words: &str| seqs(&reader.search(words, None, 100).unwrap());
    assert_eq!(find("refund"), [0; 0], "the index is not there yet");
    assert_eq!((log.project(3).unwrap(), log.project(100).unwrap(), log.project(100).unwrap()), (3, 4, 0));

    assert_eq!(find("refund"), [4, 2]);
    assert_eq!(find("REFUND order"), [2]);
    assert_eq!(find("refu"), [4, 2], "a word is found by its beginning");
    assert_eq!(find("bw-20417"), [2]);
    for words in ["退款", "退款流程", "程", "退", "退款 流程"] {
        assert_eq!(find(words), [3], "{words}");
    }
    assert_eq!(find("款退"), [0; 0], "the order of characters counts");
    for words in ["größe", "GROSSE", "gro\u{308}ße", "rückuberweisung", "straße"] {
        assert_eq!(find(words), [5], "{words}");
    }
    assert_eq!(find("nothing of it"), [0; 0]);
    assert_eq!(seqs(&reader.search("refund", Some(Seq(4)), 9).unwrap()), [2]);
    assert_eq!(seqs(&reader.search("refund", None, 1).unwrap()), [4]);
    let hit = Found {
        seq: Seq(2),
        at: Timestamp(NOW.0 + 2),
        conversation: ConversationId(1),
        n: EntryNo(1),
        excerpt: "Where is my refund? Order BW-20417".into(),
    };
    assert_eq!(reader.search("20417", None, 9).unwrap(), [hit]);

    // Nothing in the words is an operator, and none is an error.
    for words in ["", " ", "\"", "'", "*", "a\0b", "NEAR(", "said:x", "^a", "-", "(", "a AND", "{x y}:z", "\\", "💥"]
    {
        reader.search(words, None, 9).unwrap();
    }
    assert_eq!(find("near \" quotes"), [7]);
    assert_eq!(find("NOT"), [0; 0]);

    let row = Reviewed { seq: Seq(6), conversation: ConversationId(1), message: EntryNo(2) };
    assert_eq!(reader.annotations(Seq(0), 9).unwrap(), [row]);
    assert_eq!(reader.annotations(Seq(6), 9).unwrap(), []);
}

#[test]
fn the_story_holds_in_memory() {
    story(&mut MemoryLog::new(LOG));
}

#[test]
fn the_story_holds_on_disk_and_after_reopening() {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("desk");
    let (mut log, opened) = open(&folder);
    assert_eq!(opened, Opened::Fresh);
    story(&mut log);
    let head = log.head();
    drop(log);

    let (mut log, opened) = SqliteLog::open(&folder, NOW, LogId(99)).unwrap();
    assert_eq!((opened, log.identity(), log.head()), (Opened::Continued, LOG, head));
    assert_eq!(log.reader().unwrap().events(Seq(0), 100).unwrap(), history());
    assert_eq!(log.append(&[entry(Some(13), &[event(8, Some((1, 5)), noted("on"))])]).unwrap().seq, Seq(8));
    drop(log);
    let reader = SqliteReader::open(&folder).unwrap();
    assert_eq!((reader.identity().unwrap(), reader.last().unwrap()), (LOG, Seq(8)));
}

#[test]
fn both_logs_forge_the_same_chain_but_for_the_salts() {
    let room = tempfile::tempdir().unwrap();
    let (mut disk, mut memory) = (open(room.path()).0, MemoryLog::new(LOG));
    let batch = [entry(None, &history())];
    disk.append(&batch).unwrap();
    memory.append(&batch).unwrap();
    // With the salts of one, the other is the same.
    let links = |log: &dyn EventLog| log.reader().unwrap().links(Seq(0), 99).unwrap();
    let (mut before, mut salts) = (GENESIS, Vec::new());
    for (mut one, other) in links(&memory).into_iter().zip(links(&disk)) {
        one.seal = other.seal;
        one.hash = link(&before, &one);
        before = one.hash;
        salts.push(one.seal);
        assert_eq!(one, other);
    }
    assert_eq!(before, disk.head().hash);
    let first = salts[0];
    assert!(salts[1..].iter().all(|salt| *salt != first), "each has a salt of its own");
}
