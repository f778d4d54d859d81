//! One story for every log, and what only the one on disk can suffer.

use super::*;
use crate::domain::{
    annotation::{Judgement, Verdict},
    card::{Card, Priority, Signs, Status},
    conversation::Conversation,
    customer::Customer,
    desk::Office,
    event::{Event, Recorded},
    holder::Holder,
    ids::{CommandId, ConversationId, EntryNo, LogId, PublicNo, Seq, TeammateId, Term},
    mode::Mode,
    seldom::Seldom,
    signals::Signals,
    teammate::Actor,
    time::Timestamp,
    turn::{Answer, Grounding, Trace},
};
use proptest::prelude::*;
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
    Event::Answered { turn: EntryNo(1), answer, term: Term(1), draft: None, author: None }
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
        id: ConversationId(id),
        seq: Seq(seq),
        n: EntryNo(1),
        opened_at: NOW,
        channel: "web".into(),
        connector: TeammateId(3),
        customer: Customer { name: format!("Zoë {id}"), ..Customer::default() },
        topic: None,
        holder: Holder::Queue,
        term: Term(1),
        held_since: NOW,
        mode: Mode::Auto,
        own_mode: None,
        paused_until: None,
        status: Status::Open,
        priority: Priority::Normal,
        tags: vec!["vip".into()],
        escalation: None,
        draft: None,
        writing: None,
        waiting_since: Some(NOW),
        asked: EntryNo(1),
        signs: Signs::default(),
        last: None,
        on_its_way: Vec::new(),
    };
    Conversation {
        card: Arc::new(card),
        external_ref: Some("web-1".into()),
        public: PublicNo(1),
        turn: None,
        draft: None,
        whispers: Seldom::new(),
        outbox: Vec::new(),
        undo: Seldom::new(),
        said: Vec::new(),
        judgeable: Vec::new(),
        judged: Seldom::new(),
        failed_turns: 0,
        rejected: 0,
        shadowed: EntryNo(0),
        replied: false,
    }
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
    assert_eq!(sound, Verified { events: 7, head: log.head(), timelines: Vec::new() });

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
fn both_logs_forge_the_same_chain() {
    let room = tempfile::tempdir().unwrap();
    let (mut disk, mut memory) = (open(room.path()).0, MemoryLog::new(LOG));
    let batch = [entry(None, &history())];
    assert_eq!(disk.append(&batch).unwrap(), memory.append(&batch).unwrap());
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_desk() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("desk");
    let (mut log, _) = open(&folder);
    log.append(&[entry(None, &history())]).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_desk_has_one_writer() {
    let room = tempfile::tempdir().unwrap();
    let (log, _) = open(room.path());
    let second = SqliteLog::open(room.path(), NOW, LOG).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second:?}");
    assert!(second.to_string().contains(&room.path().display().to_string()), "{second}");
    drop(log);
    assert_eq!(open(room.path()).1, Opened::Continued);
}

#[test]
fn what_is_not_a_desk_is_refused_and_left_alone() {
    let room = tempfile::tempdir().unwrap();
    let try_open = |folder: &Path| SqliteLog::open(folder, NOW, LOG).unwrap_err();
    let missing = try_open(&room.path().join("no/such"));
    assert!(matches!(missing, StoreError::FolderMissing { .. }), "{missing:?}");
    assert!(matches!(SqliteReader::open(room.path()), Err(StoreError::NoDesk { .. })));

    let path = room.path().join("desk.db");
    std::fs::write(&path, "not a database at all, but long enough to be looked at as one".repeat(90)).unwrap();
    let nonsense = try_open(room.path());
    assert!(matches!(nonsense, StoreError::NotADesk { .. }), "{nonsense:?}");
    std::fs::remove_file(&path).unwrap();

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    let foreign = try_open(room.path());
    assert!(matches!(foreign, StoreError::NotADesk { .. }), "{foreign:?}");
    other.query_row("SELECT count(*) FROM recipes", [], |_| Ok(())).unwrap();
}

#[test]
fn a_newer_file_and_a_newer_event_ask_for_an_upgrade() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    log.append(&[entry(None, &history())]).unwrap();
    log.connection.execute_batch("UPDATE events SET version = 2 WHERE seq = 3").unwrap();
    let newer = log.reader().unwrap().events(Seq(0), 9).unwrap_err();
    assert!(matches!(newer, StoreError::NewerEvent { seq: Seq(3), version: 2, known: 1 }), "{newer:?}");
    assert!(newer.to_string().contains("please upgrade"), "{newer}");

    log.connection.execute_batch("PRAGMA user_version = 77").unwrap();
    drop(log);
    for error in [SqliteLog::open(room.path(), NOW, LOG).unwrap_err(), SqliteReader::open(room.path()).unwrap_err()] {
        assert!(matches!(error, StoreError::Newer { found: 77, .. }), "{error:?}");
        assert!(error.to_string().contains("please upgrade"), "{error}");
    }
}

#[test]
fn an_old_event_is_read_in_its_new_shape() {
    // Version 1 said `words` where version 2 says `text`; version 3 counts from then on.
    let rename: upcast::Step = |mut event| {
        if let Some(map) = event.as_object_mut()
            && let Some(words) = map.remove("words")
        {
            map.insert("text".into(), words);
        }
        event
    };
    let shout: upcast::Step = |mut event| {
        event["text"] = format!("{}!", event["text"].as_str().unwrap_or_default()).into();
        event
    };
    let new = event(1, Some((1, 1)), noted("hello!"));
    let mut link = Link::forge(&GENESIS, &Stored::new(new.clone()).unwrap());
    link.body = link.body.replace("\"text\":\"hello!\"", "\"words\":\"hello\"").into();
    link.version = 1;
    assert_eq!(upcast::read_by(&link, &[rename, shout]).unwrap(), new);
    link.body = link.body.replace("words", "text").into();
    link.version = 2;
    assert_eq!(upcast::read_by(&link, &[rename, shout]).unwrap(), new);
    link.version = 4;
    assert!(matches!(upcast::read_by(&link, &[rename, shout]), Err(StoreError::NewerEvent { known: 3, .. })));
}

#[test]
fn a_full_disk_refuses_whole_batches_and_is_survived() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    let all = history();
    log.append(&[entry(Some(1), &all[..2])]).unwrap();
    let pages: i64 = log.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    log.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
    let big = event(4, Some((1, 2)), noted(&"x".repeat(100_000)));
    let batch = [entry(Some(2), &all[2..3]), entry(Some(3), &[big])];
    let full = log.append(&batch).unwrap_err();
    assert!(matches!(full, StoreError::Full { .. }) && full.may_pass(), "{full:?}");
    assert_eq!(log.head().seq, Seq(2));
    let reader = log.reader().unwrap();
    assert_eq!(reader.events(Seq(0), 9).unwrap(), all[..2]);
    assert_eq!(reader.answer(TeammateId(2), CommandId(2)).unwrap(), None);

    log.connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
    assert_eq!(log.append(&batch).unwrap().seq, Seq(4));
    verify(&*reader, SqliteLog::mark_in(room.path()).unwrap().as_ref()).unwrap();
}

#[test]
fn a_cut_or_replaced_log_is_noticed_and_goes_on_under_another_name() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    log.append(&[entry(None, &history())]).unwrap();
    let marked = Mark { log: LOG, head: log.head() };
    assert_eq!(SqliteLog::mark_in(room.path()).unwrap(), Some(marked));
    log.connection.execute_batch("DELETE FROM events WHERE seq >= 6").unwrap();
    let broken = verify(&*log.reader().unwrap(), Some(&marked)).unwrap_err();
    assert!(matches!(broken, Broken { seq: Seq(6), what: Flaw::CutOff { until: Seq(7) } }), "{broken}");
    drop(log);

    let (mut log, opened) = open(room.path());
    let found = Mark { log: LOG, head: log.head() };
    assert_eq!(opened, Opened::Rewound { marked: Some(marked), found });
    let began = [entry(None, &[event(6, None, Event::TimelineBegan { timeline: 1 })])];
    assert!(matches!(log.append(&began), Err(StoreError::Rewound { .. })));
    log.renew_identity(LogId(0xb2)).unwrap();
    log.append(&began).unwrap();
    let mark = SqliteLog::mark_in(room.path()).unwrap();
    assert_eq!(verify(&*log.reader().unwrap(), mark.as_ref()).unwrap().timelines, [Seq(6)]);
    drop(log);
    assert_eq!(open(room.path()).1, Opened::Continued);

    // Without its mark, it came from elsewhere; with another's, too.
    std::fs::remove_file(room.path().join("head")).unwrap();
    assert!(matches!(open(room.path()).1, Opened::Rewound { marked: None, .. }));
    std::fs::write(room.path().join("head"), format!("{marked}\n")).unwrap();
    assert!(matches!(open(room.path()).1, Opened::Rewound { marked: Some(_), .. }));
    for file in ["desk.db", "desk.db-wal", "desk.db-shm"] {
        let _ = std::fs::remove_file(room.path().join(file));
    }
    assert!(matches!(open(room.path()).1, Opened::Rewound { marked: Some(_), .. }), "the database is gone");
}

#[test]
fn a_mark_behind_the_log_is_what_a_crash_leaves() {
    let room = tempfile::tempdir().unwrap();
    let all = history();
    let (mut log, _) = open(room.path());
    log.append(&[entry(None, &all[..3])]).unwrap();
    let behind = std::fs::read(room.path().join("head")).unwrap();
    log.append(&[entry(None, &all[3..])]).unwrap();
    drop(log);
    std::fs::write(room.path().join("head"), behind).unwrap();
    assert_eq!(open(room.path()).1, Opened::Continued);
}

#[test]
fn wherever_the_write_ahead_log_is_torn_whole_batches_remain() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    // Batches of three events and one key; with states saved between them, which are never ahead of the events.
    let all: Vec<_> = (1..=30).map(|seq| event(seq, Some((1, u32::try_from(seq).unwrap())), noted("x"))).collect();
    for (at, batch) in all.chunks(3).enumerate() {
        log.append(&[entry(None, &batch[..1]), entry(Some(at as u128), &batch[1..])]).unwrap();
        let seq = log.head().seq;
        let states = vec![State { seq, live: true, conversation: talk(1, seq.0) }];
        log.save(&Checkpoint { floor: seq, office: None, states }).unwrap();
    }
    let file = |name: &str| std::fs::read(room.path().join(name)).unwrap();
    let (database, ahead) = (file("desk.db"), file("desk.db-wal"));
    let torn = tempfile::tempdir().unwrap();
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) },
        |(kept in 0..=ahead.len())| {
        let folder = torn.path().join("desk");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("desk.db"), &database).unwrap();
        std::fs::write(folder.join("desk.db-wal"), &ahead[..kept]).unwrap();
        let (log, opened) = open(&folder);
        let (reader, head) = (log.reader().unwrap(), log.head().seq);
        prop_assert_eq!(head.0 % 3, 0);
        prop_assert_eq!(matches!(opened, Opened::Rewound { .. }), head > Seq(0), "its mark is not there");
        prop_assert_eq!(reader.events(Seq(0), 99).unwrap(), &all[..usize::try_from(head.0).unwrap()]);
        prop_assert_eq!(reader.answers_since(CommandId(0)).unwrap().len() as u64, head.0 / 3);
        let floor = reader.floor().unwrap();
        prop_assert!(floor <= head && floor.0 + 3 >= head.0, "{floor} {head}");
        prop_assert_eq!(reader.state(ConversationId(1)).unwrap().map_or(Seq(0), |(seq, _)| seq), floor);
        prop_assert_eq!(verify(&*reader, None).unwrap().events, head.0);
    });
}

/// Where [`a_writer_that_will_be_killed`] writes.
const VICTIM: &str = "CENTAUR_TEST_VICTIM";

#[test]
#[ignore = "the other half of the test below, which starts it"]
fn a_writer_that_will_be_killed() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let (mut log, opened) = open(Path::new(&folder));
    assert!(!matches!(opened, Opened::Rewound { .. }));
    loop {
        let from = log.head().seq.0;
        let one = |seq: u64| event(seq, Some((1, u32::try_from(seq).unwrap())), noted("x"));
        let batch: Vec<_> = (from + 1..=from + 5).map(|seq| entry(Some(seq.into()), &[one(seq)])).collect();
        let seq = log.append(&batch).unwrap().seq;
        println!("\nacknowledged {seq}");
        let states = vec![State { seq, live: true, conversation: talk(1, seq.0) }];
        log.save(&Checkpoint { floor: seq, office: None, states }).unwrap();
        log.project(3).unwrap();
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_writer_is_killed() {
    use std::io::BufRead as _;
    let room = tempfile::tempdir().unwrap();
    let mut before = Seq(0);
    for acknowledgements in [1, 7, 30, 3] {
        let mut victim = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::a_writer_that_will_be_killed", "--ignored", "--nocapture"])
            .env(VICTIM, room.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufReader::new(victim.stdout.take().unwrap()).lines();
        let mut acknowledged = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("acknowledged ").and_then(|seq| seq.parse().ok()).map(Seq));
        let mut last = acknowledged.by_ref().take(acknowledgements).last().unwrap();
        victim.kill().unwrap();
        victim.wait().unwrap();
        // It may have said more before it died.
        last = acknowledged.last().unwrap_or(last);

        let (log, opened) = open(room.path());
        let (reader, head) = (log.reader().unwrap(), log.head().seq);
        assert_eq!(opened, Opened::Continued);
        assert!(head >= last && head > before && head.0 % 5 == 0, "{head}, acknowledged {last}");
        assert_eq!(reader.answers_since(CommandId(0)).unwrap().len() as u64, head.0);
        let mark = SqliteLog::mark_in(room.path()).unwrap();
        assert_eq!(verify(&*reader, mark.as_ref()).unwrap().events, head.0);
        before = head;
    }
}

/// A change to the events, made behind the log's back.
#[derive(Clone, Debug)]
enum Edit {
    Add(&'static str, i64),
    Text(String),
    Hash(usize, u8),
    Orphan,
    Remove,
    Swap(i64),
    Insert(i64),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (prop_oneof![Just("at"), Just("conversation"), Just("n"), Just("version"), Just("seq")], 1_i64..2_000)
            .prop_map(|(column, by)| Edit::Add(column, by)),
        "[a-z\"{}:]{0,12}".prop_map(Edit::Text),
        (0_usize..32, 1_u8..).prop_map(|(at, bits)| Edit::Hash(at, bits)),
        Just(Edit::Orphan),
        Just(Edit::Remove),
        (1_i64..12).prop_map(Edit::Swap),
        prop_oneof![-9_i64..1, 12_i64..40].prop_map(Edit::Insert),
    ]
}

impl Edit {
    /// Makes it; whether anything is different from before.
    fn make(&self, db: &rusqlite::Connection, row: i64) -> bool {
        let changed = match self {
            Self::Add(column, by) => {
                // Far enough away that no other row has that number.
                let sql = format!("UPDATE events SET {column} = {column} + ? WHERE seq = ? AND {column} IS NOT NULL");
                db.execute(&sql, [by + 100, row])
            }
            Self::Text(text) => {
                db.execute("UPDATE events SET body = ?1 WHERE seq = ?2 AND body <> ?1", rusqlite::params![text, row])
            }
            Self::Hash(at, bits) => {
                let sql = "SELECT hash FROM events WHERE seq = ?";
                let mut hash: [u8; 32] = db.query_row(sql, [row], |row| row.get(0)).unwrap();
                hash[*at] ^= bits;
                db.execute("UPDATE events SET hash = ? WHERE seq = ?", rusqlite::params![hash, row])
            }
            Self::Orphan => {
                db.execute("UPDATE events SET conversation = NULL WHERE seq = ? AND conversation IS NOT NULL", [row])
            }
            Self::Remove => db.execute("DELETE FROM events WHERE seq = ?", [row]),
            Self::Insert(seq) => db.execute(
                "INSERT INTO events SELECT ?, at, 77, n, version, body, hash FROM events WHERE seq = ?",
                [*seq, row],
            ),
            Self::Swap(other) if *other == row => Ok(0),
            Self::Swap(other) => db
                .execute("UPDATE events SET seq = -1 WHERE seq = ?", [row])
                .and_then(|_| db.execute("UPDATE events SET seq = ? WHERE seq = ?", [row, *other]))
                .and_then(|_| db.execute("UPDATE events SET seq = ? WHERE seq = -1", [*other])),
        };
        changed.unwrap() > 0
    }
}

#[test]
fn any_edit_of_any_event_is_found() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    for seq in 1..=11 {
        let place = (seq % 4 != 0).then_some((seq % 3 + 1, u32::try_from(seq).unwrap()));
        let what =
            if place.is_some() { noted(&format!("note {seq}")) } else { Event::DeskFounded { name: "x".into() } };
        log.append(&[entry(None, &[event(seq, place, what)])]).unwrap();
    }
    let mark = SqliteLog::mark_in(room.path()).unwrap();
    let reader = log.reader().unwrap();
    let db = &log.connection;
    db.execute_batch("CREATE TEMP TABLE sound AS SELECT * FROM events").unwrap();
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) },
        |(edit in edit(), row in 1_i64..12)| {
        let changed = edit.make(db, row);
        let told = verify(&*reader, mark.as_ref());
        db.execute_batch("BEGIN; DELETE FROM events; INSERT INTO events SELECT * FROM sound; COMMIT").unwrap();
        prop_assert_eq!(told.is_err(), changed, "{:?} of {}: {:?}", edit, row, told);
    });
    verify(&*reader, mark.as_ref()).unwrap();
}

#[test]
fn a_chain_written_anew_from_the_first_event_is_found_by_the_mark() {
    let mut sound = MemoryLog::new(LOG);
    let mut forged = MemoryLog::new(LOG);
    let mut all = history();
    let head = sound.append(&[entry(None, &all)]).unwrap();
    all[3] = event(4, Some((1, 2)), answered("There is no refund."));
    forged.append(&[entry(None, &all)]).unwrap();
    let reader = forged.reader().unwrap();
    verify(&*reader, None).unwrap();
    let broken = verify(&*reader, Some(&Mark { log: LOG, head })).unwrap_err();
    assert!(matches!(broken.what, Flaw::Rewritten), "{broken}");
    let other = verify(&*reader, Some(&Mark { log: LogId(7), head })).unwrap_err();
    assert!(matches!(other.what, Flaw::OtherLog { .. }), "{other}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_words_make_the_search_fail_and_both_logs_find_the_same(text in any::<String>(), asked in any::<String>()) {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE VIRTUAL TABLE said USING fts5 (words, content = '', columnsize = 0, tokenize = 'ascii')")
            .unwrap();
        connection.execute("INSERT INTO said (rowid, words) VALUES (1, ?)", [words::indexed(&text)]).unwrap();
        for asked in [asked, text.clone(), text.chars().take(5).collect(), text.chars().skip(3).take(9).collect()] {
            let Some(sought) = words::Sought::read(&asked) else { continue };
            let sql = "SELECT count(*) FROM said WHERE said MATCH ?";
            let there: i64 = connection.query_row(sql, [sought.expression()], |row| row.get(0)).unwrap();
            prop_assert_eq!(there == 1, sought.occurs_in(&text), "{:?} in {:?}", asked, text);
            prop_assert!(sought.excerpt(&text).chars().count() <= 160);
        }
    }

    #[test]
    fn a_mark_reads_what_it_writes(log in any::<u128>(), seq in any::<u64>(), hash in any::<[u8; 32]>()) {
        let mark = Mark { log: LogId(log), head: Head { seq: Seq(seq), hash } };
        let written = mark.to_string();
        prop_assert_eq!(written.len(), 133);
        prop_assert_eq!(written.parse(), Ok(mark));
    }
}

/// Not a test of right or wrong: what the disk and the decoder give. `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement; run it alone, in release"]
fn speed() {
    // Beside the test program: the folder for temporary files may be in memory.
    let program = std::env::current_exe().unwrap();
    let room = tempfile::tempdir_in(program.parent().unwrap()).unwrap();
    let (mut log, _) = open(room.path());
    let batches: u32 = 2_000;
    let mut made = Vec::new();
    for batch in 0..batches {
        let one = |at: u64| {
            let seq = u64::from(batch) * 64 + at + 1;
            let place = (seq % 1_000 + 1, u32::try_from(seq / 1_000 + 1).unwrap());
            entry(Some(u128::from(seq)), &[event(seq, Some(place), said("Where is my parcel? It was due on Friday."))])
        };
        made.push((0..64).map(one).collect::<Vec<_>>());
    }
    let began = std::time::Instant::now();
    let mut each = Vec::new();
    for batch in &made {
        let one = std::time::Instant::now();
        log.append(batch).unwrap();
        each.push(one.elapsed());
    }
    let took = began.elapsed();
    each.sort_unstable();
    println!("a batch of 64: p50 {:?}, p99 {:?}, longest {:?}", each[1_000], each[1_980], each[1_999]);
    println!("append: {:.0} entries/s", f64::from(batches * 64) / took.as_secs_f64());

    let began = std::time::Instant::now();
    while log.project(1_000).unwrap() > 0 {}
    println!("project: {:.0} events/s", f64::from(batches * 64) / began.elapsed().as_secs_f64());

    let states = (1..=100_000).map(|id| State { seq: Seq(id), live: true, conversation: talk(id, id) }).collect();
    let checkpoint = Checkpoint { floor: Seq(100_000), office: None, states };
    let began = std::time::Instant::now();
    log.save(&checkpoint).unwrap();
    println!("save 100,000 states: {:?}", began.elapsed());
    let reader = log.reader().unwrap();
    let began = std::time::Instant::now();
    let mut count = 0;
    reader.for_each_state(States::Live, &mut |_, _| count += 1).unwrap();
    println!("load {count} states: {:?}", began.elapsed());
    let began = std::time::Instant::now();
    println!("search: {} hits in {:?}", reader.search("parcel friday", None, 100).unwrap().len(), began.elapsed());
    let began = std::time::Instant::now();
    let sound = verify(&*reader, None).unwrap();
    println!("verify: {} events in {:?}", sound.events, began.elapsed());
}
