//! The files of a desk: whose they are, what they are, and what is refused.

use super::*;

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
    let mut link = Link::forge(&GENESIS, &Stored::new(new.clone()).unwrap(), [7; 16], None);
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
    log.mark();
    verify(&*reader, SqliteLog::mark_in(room.path()).unwrap().as_ref()).unwrap();
}

#[test]
fn a_damaged_database_is_named_when_it_is_opened_and_left_as_it_is() {
    let room = tempfile::tempdir().unwrap();
    damaged(room.path());
    let path = room.path().join("desk.db");
    let before = std::fs::read(&path).unwrap();
    let told = SqliteLog::open(room.path(), NOW, LOG).unwrap_err();
    assert!(matches!(told, StoreError::Damaged { .. }), "{told}");
    assert_eq!(
        told.to_string(),
        format!("the database {} is damaged. Keep a copy of it, and go back to the newest good backup", path.display())
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_too_large_for_that_is_opened_and_its_damage_found_by_a_reader() {
    let room = tempfile::tempdir().unwrap();
    damaged(room.path());
    let (log, _) = SqliteLog::open_checked(room.path(), NOW, LOG, 0).unwrap();
    assert!(!log.is_checked());
    assert!(matches!(log.reader().unwrap().check(), Err(StoreError::Damaged { .. })));
    let room = tempfile::tempdir().unwrap();
    let (mut log, _) = open(room.path());
    log.append(&[entry(None, &history())]).unwrap();
    while log.project(100).unwrap() > 0 {}
    assert!(log.is_checked());
    log.reader().unwrap().check().unwrap();
    drop(log);
    assert_eq!(open(room.path()).1, Opened::Continued);
}
