//! Edits behind the log's back.

use super::*;
use proptest::prelude::*;

/// A change to the events, made behind the log's back.
#[derive(Clone, Debug)]
enum Edit {
    Add(&'static str, i64),
    Text(String),
    Bits(&'static str, usize, u8),
    Forget(&'static str),
    Orphan,
    Remove,
    Swap(i64),
    Insert(i64),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (
            prop_oneof![Just("at"), Just("conversation"), Just("n"), Just("version"), Just("seq"), Just("left")],
            1_i64..2_000
        )
            .prop_map(|(column, by)| Edit::Add(column, by)),
        "[a-z\"{}:]{0,12}".prop_map(Edit::Text),
        (blob(), 0_usize..16, 1_u8..).prop_map(|(column, at, bits)| Edit::Bits(column, at, bits)),
        blob().prop_filter("a row without a hash is none", |column| *column != "hash").prop_map(Edit::Forget),
        Just(Edit::Orphan),
        Just(Edit::Remove),
        (1_i64..13).prop_map(Edit::Swap),
        prop_oneof![-9_i64..1, 13_i64..40].prop_map(Edit::Insert),
    ]
}

fn blob() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("hash"), Just("salt"), Just("digest"), Just("covers")]
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
            Self::Bits(column, at, bits) => {
                let sql = format!("SELECT {column} FROM events WHERE seq = ?");
                let Some(mut blob) = db.query_row(&sql, [row], |row| row.get::<_, Option<Vec<u8>>>(0)).unwrap() else {
                    return false;
                };
                blob[*at] ^= bits;
                db.execute(&format!("UPDATE events SET {column} = ? WHERE seq = ?"), rusqlite::params![blob, row])
            }
            Self::Forget(column) => db
                .execute(&format!("UPDATE events SET {column} = NULL WHERE seq = ? AND {column} IS NOT NULL"), [row]),
            Self::Orphan => {
                db.execute("UPDATE events SET conversation = NULL WHERE seq = ? AND conversation IS NOT NULL", [row])
            }
            Self::Remove => db.execute("DELETE FROM events WHERE seq = ?", [row]),
            Self::Insert(seq) => db.execute(
                "INSERT INTO events SELECT ?, at, 77, n, version, body, hash, salt, digest, left, covers FROM events WHERE seq = ?",
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
    // One talk is erased: what is left of it may be changed as little as the rest.
    log.append(&[entry(None, &[event(12, Some((2, 12)), Event::Erased { term: Term(3) })])]).unwrap();
    log.mark();
    let mark = SqliteLog::mark_in(room.path()).unwrap();
    let reader = log.reader().unwrap();
    let db = &log.connection;
    db.execute_batch("CREATE TEMP TABLE sound AS SELECT * FROM events").unwrap();
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) },
        |(edit in edit(), row in 1_i64..13)| {
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
