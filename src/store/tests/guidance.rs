//! Guidance in the index: the same on disk and in memory, at once or rebuilt.

use super::{LOG, NOW, SqliteLog, entry, event};
use crate::{
    domain::{
        annotation::{Judgement, Verdict},
        customer::Customer,
        escalation::Reason,
        event::{Event, Recorded},
        guidance::{GuidanceId, Instruction, Named, State, Tally, Version},
        holder::Holder,
        ids::{EntryNo, Seq, TeammateId, Term},
        turn::{Answer, Grounding, Trace},
    },
    store::{Ended, EventLog, GuidanceRow, MemoryLog, NamedAt},
};
use proptest::prelude::*;

fn named(id: u32, version: u16) -> Named {
    Named { guidance: GuidanceId(id), version }
}

fn version(version: u16, title: &str) -> Version {
    let instruction = Instruction { title: title.into(), then: "be brief".into(), ..Instruction::default() };
    Version { version, instruction, by: TeammateId(1), at: NOW, from: None }
}

fn written(id: u32, number: u16, title: &str) -> Event {
    Event::GuidanceWritten { guidance: GuidanceId(id), version: Box::new(version(number, title)) }
}

fn published(id: u32, version: u16) -> Event {
    Event::GuidancePublished { guidance: GuidanceId(id), version }
}

fn retired(id: u32) -> Event {
    Event::GuidanceRetired { guidance: GuidanceId(id), why: String::new() }
}

fn opened(topic: &str) -> Event {
    Event::Opened {
        channel: "web".into(),
        customer: Customer::default(),
        topic: Some(topic.into()),
        external_ref: None,
        holder: Holder::Queue,
        term: Term(1),
    }
}

fn said(guidance: &[Named]) -> Event {
    let trace = Trace { guidance: guidance.to_vec(), ..Trace::default() };
    let answer = Box::new(Answer { text: "Yes.".into(), sources: Vec::new(), grounding: Grounding(900), trace });
    Event::Answered { turn: EntryNo(1), answer, term: Term(1), draft: None, author: None, checked: None }
}

fn asked(guidance: &[Named]) -> Event {
    let trace = Some(Box::new(Trace { guidance: guidance.to_vec(), ..Trace::default() }));
    Event::Escalated { turn: Some(EntryNo(1)), reason: Reason::Guidance, summary: "so".into(), trace }
}

fn judged(message: u32, verdict: Verdict) -> Event {
    let judgement = Judgement { verdict, failures: Vec::new(), corrected: None, note: None };
    Event::Annotated { message: EntryNo(message), judgement, supersedes: None }
}

/// One after the other: the conversation (0: the desk) and what happened there.
fn numbered(events: &[(u64, Event)]) -> Vec<Recorded> {
    let mut last = std::collections::BTreeMap::new();
    (1..)
        .zip(events)
        .map(|(seq, (conversation, one))| {
            let n = last.entry(*conversation).or_insert(0);
            *n += 1;
            event(seq, (*conversation > 0).then_some((*conversation, *n)), one.clone())
        })
        .collect()
}

type Read = (Vec<GuidanceRow>, Vec<(Version, Tally)>, Vec<(NamedAt, Option<bool>)>, Vec<Ended>);

/// All that is read, four ways that agree.
fn read(log: &[Recorded], step: usize) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let (disk, _) = SqliteLog::open(&folder.path().join("desk"), NOW, LOG).unwrap();
    let logs: [Box<dyn EventLog>; 2] = [Box::new(disk), Box::new(MemoryLog::new(LOG))];
    let mut found: Vec<Read> = Vec::new();
    for mut one in logs {
        one.append(&[entry(None, log)]).unwrap();
        let reader = one.reader().unwrap();
        let all = || {
            let versions = reader.guidance_versions(GuidanceId(1), 9).unwrap();
            let uses = reader.guidance_uses(GuidanceId(1), None, 99).unwrap();
            let before = uses.first().map(|(first, _)| first.seq);
            let rest = reader.guidance_uses(GuidanceId(1), before, 99).unwrap();
            assert_eq!(rest.len(), uses.len().saturating_sub(1));
            let list = reader.guidance(None, 99).unwrap();
            assert_eq!(
                reader.guidance(Some(GuidanceId(2)), 1).unwrap(),
                list.iter().filter(|row| row.id < GuidanceId(2)).cloned().collect::<Vec<_>>()
            );
            (list, versions, uses, reader.past_turns(&["refunds".to_owned()], 99).unwrap())
        };
        while one.project(step).unwrap() > 0 {}
        found.push(all());
        one.reindex().unwrap();
        found.push(all());
    }
    assert!(found.windows(2).all(|two| two[0] == two[1]), "{found:#?}");
    found.pop().unwrap()
}

#[test]
fn each_piece_counts_its_uses_by_version_and_those_that_were_judged_good() {
    let log = numbered(&[
        (0, written(1, 1, "opened coffee")),
        (0, published(1, 1)),
        (7, opened("refunds")),
        (7, said(&[named(1, 1)])),
        (7, judged(2, Verdict::Bad)),
        (0, written(1, 2, "opened coffee, kindly")),
        (0, written(2, 1, "for people")),
        (0, published(1, 2)),
        (8, opened("shipping")),
        (8, said(&[named(1, 2), named(2, 1)])),
        (8, judged(2, Verdict::Good)),
        (8, asked(&[named(1, 2)])),
        (0, retired(2)),
        (0, written(1, 3, "opened coffee, briefly")),
    ]);
    let (list, versions, uses, turns) = read(&log, 3);
    let row = |row: &GuidanceRow| (row.id.0, row.state, row.published, row.newest.version, row.tally);
    let rows: Vec<_> = list.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            (2, State::Retired, None, 1, Tally { uses: 1, reviewed: 1, good: 1 }),
            (1, State::Changed, Some(2), 3, Tally { uses: 3, reviewed: 2, good: 1 }),
        ]
    );
    let versions: Vec<_> = versions.into_iter().map(|(it, tally)| (it.version, tally)).collect();
    let tally = |uses, reviewed, good| Tally { uses, reviewed, good };
    assert_eq!(versions, [(3, tally(0, 0, 0)), (2, tally(2, 1, 1)), (1, tally(1, 1, 0))]);
    let uses: Vec<_> = uses.iter().map(|(at, good)| (at.conversation.0, at.n.0, at.named.version, *good)).collect();
    assert_eq!(uses, [(8, 4, 2, None), (8, 2, 2, Some(true)), (7, 2, 1, Some(false))]);
    assert_eq!(turns.iter().map(|it| (it.conversation.0, it.n.0)).collect::<Vec<_>>(), [(7, 2)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Also of events that no rule would have made.
    #[test]
    fn disk_and_memory_read_any_events_alike(
        them in proptest::collection::vec((0_u8..6, 1_u32..4, 1_u16..4, 1_u64..3), 0..30), step in 1_usize..9,
    ) {
        let them = them.into_iter().map(|(kind, id, version, talk)| match kind {
            0 => (0, written(id, version, "it")),
            1 => (0, published(id, version)),
            2 => (0, retired(id)),
            3 => (talk, said(&[named(id, version), named(id + 1, version)])),
            4 => (talk, asked(&[named(id, version)])),
            _ => (talk, judged(u32::from(version), Verdict::Good)),
        });
        let begun = [(1, opened("refunds")), (2, opened("shipping"))].into_iter();
        let mut log = numbered(&begun.chain(them).collect::<Vec<_>>());
        // What is judged came before, as in any log.
        for one in &mut log {
            if let Event::Annotated { message, .. } = &mut one.event {
                message.0 = 1 + message.0 % (one.n.0 - 1);
            }
        }
        let (list, _, uses, _) = read(&log, step);
        prop_assert!(list.iter().all(|row| row.tally.good <= row.tally.reviewed && row.tally.reviewed <= row.tally.uses));
        prop_assert!(uses.windows(2).all(|two| two[0].0.seq > two[1].0.seq && two[1].0.seq > Seq(0)));
    }
}
