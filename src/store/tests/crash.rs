//! What a crash leaves.

use super::*;
use proptest::prelude::*;

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
            .args(["--exact", "store::tests::crash::a_writer_that_will_be_killed", "--ignored", "--nocapture"])
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
