//! What became of the AI's answers, counted the same on disk and in memory, at once or rebuilt.

use super::{LOG, NOW, SqliteLog, entry, event};
use crate::{
    domain::{
        annotation::{Judgement, Verdict},
        approval::{Ending, Why},
        customer::Customer,
        event::{Event, Recorded},
        evidence::{Evidence, Share, Subject},
        holder::Holder,
        ids::{EntryNo, Seq, TeammateId, Term},
        task::{Ending::Done, Kind, Task, Work},
        time::{Span, Timestamp},
        turn::{Answer, Grounding, Trace},
    },
    store::{EventLog, MemoryLog},
};
use proptest::prelude::*;

fn opened(topic: Option<&str>, channel: &str) -> Event {
    Event::Opened {
        channel: channel.into(),
        customer: Customer::default(),
        topic: topic.map(str::to_owned),
        external_ref: None,
        holder: Holder::Queue,
        term: Term(1),
    }
}

fn answer(text: &str) -> Box<Answer> {
    Box::new(Answer { text: text.into(), sources: Vec::new(), grounding: Grounding(900), trace: Trace::default() })
}

fn drafted(text: &str) -> Event {
    Event::DraftProposed {
        turn: EntryNo(1),
        answer: answer(text),
        term: Term(1),
        expires_at: NOW.plus(Span::hours(24)),
        why: Why::Mode,
    }
}

fn ended(draft: u32, ending: Ending) -> Event {
    Event::DraftEnded { draft: EntryNo(draft), ending }
}

fn sent(text: &str, draft: Option<u32>) -> Event {
    let draft = draft.map(EntryNo);
    Event::Answered { turn: EntryNo(1), answer: answer(text), term: Term(1), draft, author: None, checked: None }
}

fn replied(text: &str) -> Event {
    Event::Replied { text: text.into(), term: Term(1) }
}

fn shadow(turn: u32, text: &str) -> Event {
    Event::ShadowDrafted { turn: EntryNo(turn), answer: answer(text) }
}

fn began(answers: u32) -> Event {
    Event::TurnBegan { term: Term(1), answers: EntryNo(answers), whispers: Vec::new(), shadow: true }
}

fn judged(message: u32, verdict: Verdict, supersedes: Option<u32>) -> Event {
    let judgement = Judgement { verdict, failures: Vec::new(), corrected: None, note: None };
    Event::Annotated { message: EntryNo(message), judgement, supersedes: supersedes.map(EntryNo) }
}

/// The events of one conversation after another, numbered.
fn numbered(talks: &[Vec<Event>]) -> Vec<Recorded> {
    let mut log = Vec::new();
    for (id, events) in (1..).zip(talks) {
        for (n, one) in (1..).zip(events) {
            log.push(event(log.len() as u64 + 1, Some((id, n)), one.clone()));
        }
    }
    log
}

/// What people changed, as kept on disk and in memory alike: the AI's entry, the person's, how far apart.
fn corrections(log: &[Recorded]) -> Vec<(u32, u32, u16)> {
    let folder = tempfile::tempdir().unwrap();
    let (disk, _) = SqliteLog::open(&folder.path().join("desk"), NOW, LOG).unwrap();
    let logs: [Box<dyn EventLog>; 2] = [Box::new(disk), Box::new(MemoryLog::new(LOG))];
    let found = logs.map(|mut one| {
        one.append(&[entry(None, log)]).unwrap();
        one.reindex().unwrap();
        let rows = one.reader().unwrap().corrections(Seq(0), 10).unwrap();
        rows.iter().map(|it| (it.said.0, it.sent.0, it.distance.0)).collect::<Vec<_>>()
    });
    assert_eq!(found[0], found[1]);
    found.into_iter().next().unwrap()
}

/// The evidence of a log: on disk taken in a few events at a time, and rebuilt; in memory the same two ways. All four agree.
fn evidence(log: &[Recorded], since: Timestamp, step: usize) -> Vec<Evidence> {
    let folder = tempfile::tempdir().unwrap();
    let (disk, _) = SqliteLog::open(&folder.path().join("desk"), NOW, LOG).unwrap();
    let logs: [Box<dyn EventLog>; 2] = [Box::new(disk), Box::new(MemoryLog::new(LOG))];
    let mut found = Vec::new();
    for mut one in logs {
        one.append(&[entry(None, log)]).unwrap();
        let reader = one.reader().unwrap();
        while one.project(step).unwrap() > 0 {}
        found.push(reader.evidence(since).unwrap());
        one.reindex().unwrap();
        found.push(reader.evidence(since).unwrap());
    }
    assert!(found.windows(2).all(|two| two[0] == two[1]), "{found:#?}");
    found.pop().unwrap()
}

#[test]
fn a_second_reply_is_not_held_against_what_was_drafted_before_the_first() {
    // Two messages, a shadow for each; the reply is for both, and what is said after it was never drafted.
    let talk = vec![
        opened(Some("refunds"), "web"),
        began(0),
        shadow(2, "It takes five days."),
        began(0),
        shadow(4, "It goes to your card."),
        replied("It goes to your card."),
        replied("Thank you for waiting."),
    ];
    let log = numbered(&[talk]);
    let found = evidence(&log, Timestamp(0), 3);
    let share = |it: &Evidence| (it.as_people_say(), it.shadows);
    assert_eq!(
        found.iter().map(share).collect::<Vec<_>>(),
        [(Share { hits: 1, of: 1 }, 1), (Share { hits: 1, of: 1 }, 1)]
    );
    assert_eq!(corrections(&log), []);
}

#[test]
fn each_answer_counts_by_what_became_of_it() {
    let talks = [
        vec![
            opened(Some("refunds"), "web"),
            drafted("It takes five days."),
            ended(2, Ending::Approved),
            sent("It takes five days.", Some(2)),
            judged(4, Verdict::Good, None),
        ],
        vec![
            opened(Some("refunds"), "mail"),
            drafted("It takes five days."),
            ended(2, Ending::Edited),
            sent("It takes seven days.", Some(2)),
            drafted("No."),
            ended(5, Ending::Rejected { reason: "rude".into() }),
            drafted("Yes."),
            ended(7, Ending::Expired),
            drafted("Perhaps."),
            judged(2, Verdict::Bad, None),
        ],
        vec![
            opened(None, "web"),
            sent("Good morning.", None),
            judged(2, Verdict::Bad, None),
            judged(2, Verdict::Good, Some(3)),
            judged(2, Verdict::Unsure, None),
        ],
    ];
    let rows = evidence(&numbered(&talks), Timestamp(0), 3);
    let subjects: Vec<&Subject> = rows.iter().map(|row| &row.subject).collect();
    let refunds = Subject::Topic(Some("refunds".into()));
    let (web, mail) = (Subject::Channel("web".into()), Subject::Channel("mail".into()));
    assert_eq!(subjects, [&Subject::Topic(None), &refunds, &mail, &web]);
    let of = |subject: &Subject| rows.iter().find(|row| row.subject == *subject).unwrap();
    let all = Evidence {
        waits: 1,
        approved: 1,
        edited: 1,
        rejected: 1,
        undecided: 1,
        apart: 250,
        reviewed: 2,
        good: 1,
        ..Evidence::of(refunds.clone())
    };
    assert_eq!(of(&refunds), &all);
    assert_eq!(of(&refunds).unedited(), Share { hits: 1, of: 3 });
    let one = Evidence { sent: 1, reviewed: 1, good: 1, ..Evidence::of(Subject::Topic(None)) };
    assert_eq!(of(&Subject::Topic(None)), &one);
    assert_eq!(of(&web).volume(), 2);
    // What is older than the window is not counted.
    assert_eq!(evidence(&numbered(&talks), NOW.plus(Span::hours(1)), 100), []);
}

#[test]
fn a_shadow_is_compared_with_what_the_person_sent_whoever_was_faster() {
    let said = || Event::CustomerSaid { text: "when?".into(), signals: crate::domain::signals::Signals::default() };
    let talks = [
        // The AI was faster.
        vec![
            opened(Some("wholesale"), "web"),
            said(),
            began(2),
            shadow(3, "It comes on friday morning"),
            replied("It comes on monday morning"),
        ],
        // The person was faster.
        vec![opened(Some("wholesale"), "web"), said(), began(2), replied("We do not know."), shadow(3, "On Friday.")],
        // Nobody answered yet; and an answer to what was asked before is not what it is compared with.
        vec![opened(Some("wholesale"), "web"), said(), replied("Hello."), said(), began(4), shadow(5, "On Friday.")],
    ];
    let rows = evidence(&numbered(&talks), Timestamp(0), 2);
    let expected = Evidence {
        shadows: 1,
        compared: 2,
        alike: 1,
        apart: 200 + 1000,
        ..Evidence::of(Subject::Topic(Some("wholesale".into())))
    };
    assert_eq!(rows.first(), Some(&expected));
}

#[test]
fn what_a_person_changed_of_a_suggestion_is_kept_as_a_correction() {
    let task = Event::TaskGiven { to: TeammateId(2), task: Box::new(Task::of(Kind::Draft, "suggest a reply")) };
    let done = |text: &str| {
        let work = Work { answer: answer(text), summary: String::new(), questions: Vec::new() };
        Event::TaskEnded { task: EntryNo(2), ending: Box::new(Done { work: Some(Box::new(work)) }) }
    };
    let talk =
        vec![opened(None, "web"), task, done("It comes on friday morning [1]"), replied("It comes on monday morning")];
    assert_eq!(corrections(&numbered(std::slice::from_ref(&talk))), [(3, 4, 200)]);
    let rows = evidence(&numbered(&[talk]), Timestamp(0), 1);
    assert_eq!((rows[0].compared, rows[0].alike), (1, 1));
    // What was sent as it stood is no correction.
    let same = vec![
        opened(None, "web"),
        drafted("Yes."),
        ended(2, Ending::Approved),
        sent("Yes.", Some(2)),
        drafted("No."),
        ended(5, Ending::Edited),
        sent("Perhaps.", Some(5)),
    ];
    assert_eq!(corrections(&numbered(&[same])), [(5, 7, 1000)]);
}

#[test]
fn a_judgement_that_was_taken_back_brings_the_earlier_one_again() {
    let mut talk = vec![opened(None, "web"), sent("Yes.", None), judged(2, Verdict::Bad, None)];
    let good = |talk: &[Event]| evidence(&numbered(&[talk.to_vec()]), Timestamp(0), 9)[0].judged_good();
    talk.push(judged(2, Verdict::Good, Some(3)));
    assert_eq!(good(&talk), Share { hits: 1, of: 1 });
    talk.push(Event::AnnotationWithdrawn { annotation: EntryNo(4) });
    assert_eq!(good(&talk), Share { hits: 0, of: 1 });
    talk.push(Event::AnnotationWithdrawn { annotation: EntryNo(3) });
    assert_eq!(good(&talk), Share { hits: 0, of: 0 });
}

fn any_event() -> impl Strategy<Value = Event> {
    let entry = 1_u32..12;
    prop_oneof![
        Just(drafted("It takes five days.")),
        entry.clone().prop_map(|n| ended(n, Ending::Approved)),
        entry.clone().prop_map(|n| ended(n, Ending::Edited)),
        entry.clone().prop_map(|n| ended(n, Ending::Rejected { reason: String::new() })),
        entry.clone().prop_map(|n| sent("It takes six days.", Some(n))),
        Just(sent("Hello.", None)),
        entry.clone().prop_map(began),
        entry.clone().prop_map(|n| shadow(n, "It takes a week.")),
        Just(replied("It takes a while.")),
        (entry.clone(), any::<bool>(), proptest::option::of(entry.clone())).prop_map(|(n, good, old)| judged(
            n,
            if good { Verdict::Good } else { Verdict::Bad },
            old
        )),
        entry.prop_map(|n| Event::AnnotationWithdrawn { annotation: EntryNo(n) }),
    ]
}

/// What an event refers to came before it, as in any log: the number is brought below its own.
fn backwards(n: u32, mut event: Event) -> Event {
    let back = |to: &mut EntryNo| to.0 = 1 + to.0 % (n - 1);
    match &mut event {
        Event::DraftEnded { draft, .. } | Event::Answered { draft: Some(draft), .. } => back(draft),
        Event::TurnBegan { answers, .. } => back(answers),
        Event::ShadowDrafted { turn, .. } => back(turn),
        Event::AnnotationWithdrawn { annotation } => back(annotation),
        Event::Annotated { message, supersedes, .. } => {
            back(message);
            supersedes.iter_mut().for_each(back);
        }
        _ => {}
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Also of events that no rule would have made.
    #[test]
    fn disk_and_memory_count_any_events_alike(
        talks in proptest::collection::vec(proptest::collection::vec(any_event(), 0..14), 1..4), step in 1_usize..9,
    ) {
        let talks: Vec<Vec<Event>> = talks
            .into_iter()
            .map(|talk| {
                let talk = (2..).zip(talk).map(|(n, one)| backwards(n, one));
                [opened(Some("a"), "web")].into_iter().chain(talk).collect()
            })
            .collect();
        let rows = evidence(&numbered(&talks), Timestamp(0), step);
        for row in &rows {
            prop_assert!(row.good <= row.reviewed && row.alike <= row.compared);
            prop_assert!(row.reviewed <= row.volume());
        }
    }
}
