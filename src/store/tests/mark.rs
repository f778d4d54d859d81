//! The mark beside the database: what it notices.

use super::*;
use proptest::prelude::*;

#[test]
fn a_cut_or_replaced_log_is_noticed_and_goes_on_under_another_name() {
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    log.append(&[entry(None, &history())]).unwrap();
    let marked = Mark { log: LOG, head: log.head() };
    log.mark();
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
    log.mark();
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_mark_reads_what_it_writes(log in any::<u128>(), seq in any::<u64>(), hash in any::<[u8; 32]>()) {
        let mark = Mark { log: LogId(log), head: Head { seq: Seq(seq), hash } };
        let written = mark.to_string();
        prop_assert_eq!(written.len(), 133);
        prop_assert_eq!(written.parse(), Ok(mark));
    }
}
