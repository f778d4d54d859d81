//! A turn ends once, says nothing after that, and hands off where it must, whatever comes in whatever order.

use super::*;
use crate::{
    ai::model::ToolCall,
    domain::{
        brief::Brief,
        event::{Event, Recorded},
        ids::{Digest, Seq},
        thread::{Thread, What},
        time::Timestamp,
        tool::{Call, Denial, Fate, Risk, WhyTool},
        turn::Grounding,
    },
};
use proptest::prelude::*;

const TALK: ConversationId = ConversationId(3);

fn rules() -> Rules {
    let policy = Policy { human_topics: ["privacy".to_owned()].into(), ..Policy::default() };
    Rules { policy: Arc::new(policy), model: "m".into(), config: "c".into(), tools: Vec::new() }
}

fn view(said: &str) -> View {
    View { conversation: TALK, term: Term(5), said: vec![said.to_owned()], ..View::default() }
}

fn begun(view: View) -> (Turn, Vec<Effect>) {
    let (mut turn, _) = Turn::begin(TALK, Term(5), rules());
    let effects = turn.handle(Input::Began(EntryNo(7), Box::new(view)), 1);
    (turn, effects)
}

fn composed(claim: &str) -> Composed {
    let claims = vec![claim.to_owned()];
    Composed { text: format!("{claim} [1]"), known: true, grounding: Grounding(800), claims, ..Composed::default() }
}

fn outcome(effects: &[Effect]) -> Option<&Outcome> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(command) => match &**command {
            Command::FinishTurn { conversation: TALK, turn: EntryNo(7), term: Term(5), outcome } => Some(outcome),
            _ => None,
        },
        _ => None,
    })
}

fn escalated(effects: &[Effect]) -> Option<Reason> {
    match outcome(effects) {
        Some(Outcome::Escalate { reason, .. }) => Some(*reason),
        _ => None,
    }
}

#[test]
fn an_answer_is_looked_up_streamed_with_its_offsets_and_finished() {
    let (mut turn, effects) = begun(view("where is my parcel"));
    assert!(matches!(effects.as_slice(), [Effect::Retrieve(question)] if question.words.contains("parcel")));
    assert!(matches!(turn.handle(Input::Retrieved(vec![]), 5).as_slice(), [Effect::Compose(_)]));
    let grew = |offset, text: &str| {
        let (conversation, turn) = (TALK, EntryNo(7));
        vec![Effect::Tell(Box::new(ToServer::DraftGrew { conversation, turn, offset, text: text.into() }))]
    };
    assert_eq!(turn.handle(Input::Piece(Piece::Text("Hé ".into())), 10), grew(0, "Hé "));
    assert_eq!(turn.handle(Input::Piece(Piece::Text("you".into())), 20), grew(4, "you"));
    let effects = turn.handle(Input::Composed(Box::new(composed("Hé you"))), 30);
    let Some(Outcome::Answer { answer, settled: false }) = outcome(&effects) else { panic!("{effects:?}") };
    assert_eq!((answer.trace.first_word_ms, answer.trace.total_ms), (10, 30));
    assert_eq!(turn.handle(Input::Ended, 40), [Effect::Done(End::Finished)]);
    assert_eq!(turn.handle(Input::Ended, 50), []);
}

#[test]
fn a_person_is_asked_for_where_one_must_answer() {
    let brief = |back_when: &str| Some(Brief { back_when: back_when.into(), done: "x".into(), ..Brief::default() });
    for (view, reason) in [
        (View { asks_human: true, ..view("a person please") }, Reason::AskedForHuman),
        (view("I just got an ELECTRIC SHOCK from your machine"), Reason::TopicForHumans),
        (view("Die Maschine raucht, ich rieche Rauch"), Reason::TopicForHumans),
        (view("机器冒烟了"), Reason::TopicForHumans),
        (view("my lawyer will write to you"), Reason::TopicForHumans),
        (View { topic: Some("privacy".into()), ..view("erase my data") }, Reason::TopicForHumans),
        (
            View { brief: brief("asks for a refund\nanything legal"), ..view("so I am asking for my refund") },
            Reason::ReturnCondition,
        ),
    ] {
        let (_, effects) = begun(view.clone());
        assert_eq!(escalated(&effects), Some(reason), "{:?}", view.said);
    }
    let handed_back = View { topic: Some("privacy".into()), brief: brief(""), ..view("how long do you keep my data") };
    assert!(matches!(begun(handed_back).1.as_slice(), [Effect::Retrieve(_)]));
}

#[test]
fn what_is_not_known_or_was_said_before_goes_to_a_person_with_a_summary() {
    let (mut turn, _) =
        begun(View { answered: vec!["Hello".into()], ..view("why is the \u{202e}sky\nblue over Tolsand") });
    turn.handle(Input::Retrieved(vec![]), 5);
    let effects = turn.handle(Input::Composed(Box::default()), 9);
    let Some(Outcome::Escalate { reason: Reason::Ungrounded, summary, notice: Some(_), .. }) = outcome(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!(
        summary,
        "Wants: “why is the sky blue over Tolsand”. Tried: 1 answer. Missing: the knowledge holds nothing about it."
    );

    let own = vec!["Gladly. It takes three days. [1]".to_owned()];
    let (mut turn, _) = begun(View { own, ..view("how long does it take") });
    turn.handle(Input::Retrieved(vec![]), 5);
    let effects = turn.handle(Input::Composed(Box::new(composed("It takes three days."))), 9);
    assert_eq!(escalated(&effects), Some(Reason::Repeats));
}

#[test]
fn a_new_message_abandons_the_turn_and_a_fence_drops_it_without_a_word() {
    let (mut turn, _) = begun(view("where is my parcel"));
    let effects = turn.handle(Input::CustomerWrote, 9);
    assert!(matches!(outcome(&effects), Some(Outcome::Abandon { .. })));
    assert_eq!(turn.handle(Input::Ended, 10), [Effect::Done(End::Again)]);
    let (mut turn, _) = begun(view("where is my parcel"));
    assert_eq!(turn.handle(Input::Fenced, 9), [Effect::Done(End::Dropped)]);
}

fn wants() -> Composed {
    let call = ToolCall { name: "shop_refund".into(), arguments: "{\"order\":7}".into(), ..ToolCall::default() };
    Composed { calls: vec![call], ..Composed::default() }
}

/// What the desk makes of an ask for a tool.
fn verdict(person: bool) -> Entry {
    let call = Call {
        tool: "shop.refund".into(),
        arguments: "{\"order\":7}".into(),
        digest: Digest([1; 32]),
        definition: Digest([2; 32]),
        risk: Risk::R1,
        amount: None,
        words: String::new(),
        term: Term(5),
    };
    let (turn, call, expires_at) = (EntryNo(7), Box::new(call), Timestamp(9));
    let event = if person {
        Event::ToolProposed { turn, call, expires_at, why: WhyTool::Risk }
    } else {
        Event::ToolAllowed { turn, call }
    };
    let by = crate::domain::teammate::Actor::Teammate(crate::domain::ids::TeammateId(2));
    let recorded = Recorded { seq: Seq(9), at: Timestamp(1), by, conversation: Some(TALK), n: EntryNo(9), event };
    let mut thread = Thread::new(TALK);
    thread.apply(&recorded).unwrap();
    thread.entries[0].clone()
}

/// A turn whose model wants a tool.
fn wanting() -> Turn {
    let tools = vec![Offer::new("shop", "refund", "", serde_json::json!({}))];
    let (mut turn, _) = Turn::begin(TALK, Term(5), Rules { tools, ..rules() });
    turn.handle(Input::Began(EntryNo(7), Box::new(view("refund please"))), 1);
    turn.handle(Input::Retrieved(vec![]), 2);
    let effects = turn.handle(Input::Composed(Box::new(wants())), 3);
    let asks = |effect: &Effect| matches!(effect, Effect::Ask(command) if matches!(**command, Command::AskTool { .. }));
    assert!(effects.iter().all(asks), "{effects:?}");
    turn
}

/// The entry of a call that ran.
fn ran(fate: Fate, result: &str) -> Input {
    let mut entry = verdict(false);
    let What::Tool { used } = &mut entry.what else { panic!("{entry:?}") };
    used.ran = Some((fate, result.into()));
    Input::Verdict(Box::new(entry))
}

#[test]
fn what_the_desk_allows_is_run_by_others_waited_for_and_read_before_the_answer() {
    let mut turn = wanting();
    let effects = turn.handle(Input::Verdict(Box::new(verdict(false))), 4);
    assert_eq!(effects, [Effect::Schedule(Timer::Tool(EntryNo(9)), Span::seconds(25))]);
    let Input::Verdict(done) = ran(Fate::Done, "RF-1") else { panic!() };
    assert!(turn.awaits(&done) && !turn.awaits(&verdict(false)));
    // The customer writes while it runs: what comes of it is waited for.
    assert_eq!(turn.handle(Input::CustomerWrote, 6), []);
    let effects = turn.handle(Input::Verdict(done), 8);
    assert!(matches!(outcome(&effects), Some(Outcome::Abandon { .. })));

    let mut turn = wanting();
    turn.handle(Input::Verdict(Box::new(verdict(false))), 4);
    let effects = turn.handle(ran(Fate::Done, "RF-1"), 8);
    let [Effect::Compose(prompt)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(prompt.used[0].words, "RF-1");
}

#[test]
fn what_a_turn_used_is_told_however_it_ends() {
    let spent = Spent { tokens: Some((900, 12)), cost_micros: Some(4) };
    let calling = || {
        let mut turn = wanting();
        turn.handle(Input::Verdict(Box::new(verdict(false))), 4);
        turn.spent = spent;
        turn
    };
    let told = |effects: &[Effect]| {
        let (Outcome::Wait { trace, .. }
        | Outcome::Abandon { trace, .. }
        | Outcome::Fail { trace, .. }
        | Outcome::Escalate { trace, .. }) = outcome(effects).unwrap()
        else {
            panic!("{effects:?}")
        };
        (trace.tokens, trace.cost_micros)
    };
    let mut asks = wanting();
    asks.spent = spent;
    let waits = asks.handle(Input::Verdict(Box::new(verdict(true))), 5);
    let mut again = calling();
    again.handle(Input::CustomerWrote, 5);
    let again = again.handle(ran(Fate::Done, "RF-1"), 6);
    let failed = calling().handle(Input::Failed("no disk".into()), 5);
    let late = calling().handle(Input::Due(Timer::Overall), 5);
    for effects in [waits, again, failed, late] {
        assert_eq!(told(&effects), (spent.tokens, spent.cost_micros), "{effects:?}");
    }
}

#[test]
fn a_call_of_which_no_word_comes_goes_to_a_person() {
    let mut turn = wanting();
    turn.handle(Input::Verdict(Box::new(verdict(false))), 4);
    assert_eq!(turn.handle(Input::Due(Timer::Tool(EntryNo(8))), 25_000), [], "of another call");
    let effects = turn.handle(Input::Due(Timer::Tool(EntryNo(9))), 25_004);
    assert_eq!(escalated(&effects), Some(Reason::AiFailed));
}

#[test]
fn what_a_person_must_see_ends_the_turn_and_what_is_denied_is_told_to_the_model() {
    let effects = wanting().handle(Input::Verdict(Box::new(verdict(true))), 4);
    assert!(matches!(outcome(&effects), Some(Outcome::Wait { call: EntryNo(9), notice: Some(_), .. })), "{effects:?}");
    let denied = What::ToolDenied { tool: "shop.refund".into(), arguments: String::new(), why: Denial::Topic };
    let entry = Entry { what: denied, ..verdict(true) };
    let effects = wanting().handle(Input::Verdict(Box::new(entry)), 4);
    let [Effect::Compose(prompt)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(prompt.used[0].words, "this tool is not for this topic");
}

#[test]
fn a_change_that_nobody_can_tell_of_goes_to_a_person_and_a_model_that_only_asks_too() {
    let mut turn = wanting();
    turn.handle(Input::Verdict(Box::new(verdict(false))), 4);
    let effects = turn.handle(ran(Fate::Unknown, "no answer"), 8);
    assert_eq!(escalated(&effects), Some(Reason::AiFailed));

    let mut turn = wanting();
    let mut rounds = 1;
    loop {
        let denied = What::ToolDenied { tool: "x".into(), arguments: String::new(), why: Denial::Unknown };
        turn.handle(Input::Verdict(Box::new(Entry { what: denied, ..verdict(true) })), 4);
        let effects = turn.handle(Input::Composed(Box::new(wants())), 5);
        if let Some(reason) = escalated(&effects) {
            break assert_eq!((reason, rounds), (Reason::AiFailed, errands::ROUNDS));
        }
        rounds += 1;
    }
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        any::<bool>().prop_map(|human| {
            let view = View { asks_human: human, ..view("where is my parcel") };
            Input::Began(EntryNo(7), Box::new(view))
        }),
        Just(Input::Retrieved(vec![])),
        "\\PC{0,8}".prop_map(|text| Input::Piece(Piece::Text(text))),
        Just(Input::Piece(Piece::Anew)),
        any::<bool>().prop_map(|person| {
            let remedy = if person { Remedy::Person } else { Remedy::Again };
            Input::GaveUp(Box::new(ModelError { remedy, ..ModelError::again("no") }))
        }),
        any::<bool>().prop_map(|known| Input::Composed(Box::new(Composed { known, ..composed("x y z") }))),
        Just(Input::Failed("no".into())),
        any::<bool>().prop_map(|person| Input::Verdict(Box::new(verdict(person)))),
        Just(Input::Composed(Box::new(wants()))),
        any::<bool>().prop_map(|done| ran(if done { Fate::Done } else { Fate::Unknown }, "so it is")),
        Just(Input::Due(Timer::Tool(EntryNo(9)))),
        Just(Input::ToolRefused(Refusal::AlreadyEnded { how: "expired".into() })),
        Just(Input::CustomerWrote),
        Just(Input::Fenced),
        Just(Input::Refused(Refusal::Busy)),
        Just(Input::Ended),
        Just(Input::Due(Timer::Overall)),
        Just(Input::Due(Timer::Parting)),
    ]
}

proptest! {
    #[test]
    fn a_turn_ends_exactly_once_and_says_nothing_after_that(inputs in prop::collection::vec(input(), 0..24)) {
        let tools = vec![Offer::new("shop", "refund", "", serde_json::json!({}))];
        let (mut turn, _) = Turn::begin(TALK, Term(5), Rules { tools, ..rules() });
        let (mut done, mut parted, mut text) = (0, 0, String::new());
        let last = [Input::Due(Timer::Overall), Input::Due(Timer::Parting)];
        for (at, input) in inputs.into_iter().chain(last).enumerate() {
            let effects = turn.handle(input, u32::try_from(at).unwrap());
            prop_assert!(done == 0 || effects.is_empty());
            for effect in effects {
                match effect {
                    Effect::Done(_) => done += 1,
                    Effect::Ask(command) => match *command {
                        Command::FinishTurn { .. } => parted += 1,
                        Command::BeginTool { .. } | Command::FinishTool { .. } => prop_assert!(false, "an AI runs nothing"),
                        _ => prop_assert_eq!(parted, 0),
                    },
                    Effect::Tell(frame) => {
                        let ToServer::DraftGrew { offset, text: piece, .. } = *frame else { panic!("not a piece") };
                        if offset == 0 {
                            // It began anew.
                            text.clear();
                        }
                        prop_assert_eq!((offset as usize, parted), (text.len(), 0));
                        text.push_str(&piece);
                    }
                    Effect::Schedule(..) => {}
                    Effect::Retrieve(_) | Effect::Compose(_) => prop_assert_eq!(parted, 0),
                }
            }
        }
        prop_assert_eq!(done, 1);
        prop_assert!(parted <= 1 && turn.is_over());
    }
}

#[test]
fn a_model_that_gave_up_hands_the_talk_to_a_person_with_the_reason_and_what_it_spent() {
    let composing = || {
        let (mut turn, _) = begun(view("where is my parcel"));
        turn.handle(Input::Retrieved(vec![]), 5);
        turn
    };
    let spent = Spent { tokens: Some((900, 12)), cost_micros: Some(4) };
    let why = "the endpoint answered 401; check the key.".to_owned();
    let gave_up = ModelError { why, remedy: Remedy::Person, steps: vec![], spent };
    let effects = composing().handle(Input::GaveUp(Box::new(gave_up)), 9);
    let Some(Outcome::Escalate { reason: Reason::AiFailed, summary, notice: Some(_), trace }) = outcome(&effects)
    else {
        panic!("{effects:?}")
    };
    assert_eq!(
        summary,
        "Wants: “where is my parcel”. Tried: nothing yet. Missing: an answer; the AI could not give one: the endpoint answered 401; check the key."
    );
    assert_eq!((trace.tokens, trace.cost_micros), (Some((900, 12)), Some(4)));

    let effects = composing().handle(Input::GaveUp(Box::new(ModelError::again("later"))), 9);
    assert!(matches!(outcome(&effects), Some(Outcome::Fail { why, .. }) if why == "later"));
    let effects = composing().handle(Input::Due(Timer::Overall), 54_000);
    assert_eq!(escalated(&effects), Some(Reason::AiFailed));
    let calls = vec![crate::ai::model::ToolCall { name: "refund".into(), ..Default::default() }];
    let effects = composing().handle(Input::Composed(Box::new(Composed { calls, ..composed("done") })), 9);
    assert_eq!(escalated(&effects), Some(Reason::AiFailed));
}

#[test]
fn what_begins_anew_is_told_from_offset_zero() {
    let (mut turn, _) = begun(view("where is my parcel"));
    turn.handle(Input::Retrieved(vec![]), 5);
    turn.handle(Input::Piece(Piece::Text("Half an".into())), 10);
    assert_eq!(turn.handle(Input::Piece(Piece::Anew), 11), []);
    let effects = turn.handle(Input::Piece(Piece::Text("Whole".into())), 12);
    let [Effect::Tell(frame)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(matches!(&**frame, ToServer::DraftGrew { offset: 0, text, .. } if text == "Whole"), "{frame:?}");
}
