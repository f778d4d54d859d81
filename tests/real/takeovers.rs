//! After a take-over is acknowledged, no AI message becomes visible: the promise of the house, against the real program.
//!
//! An AI of the test's own writes; two people take over at random moments of its turn. What the customer saw at the
//! acknowledgement is compared with what the customer sees later, by HTTP, by stream, and with the log.

use crate::{
    dice::{Dice, asked_for},
    house::{House, soon},
    http::{Chat, Http, Stream, by_ai},
};
use centaur::{
    client::Caller,
    domain::{
        brief::Brief,
        command::Command,
        event::{Event, Recorded},
        holder::{Cause, Holder},
        ids::{ConversationId, EntryNo, TeammateId, Term},
        refusal::Refusal,
        teammate::Role,
        turn::{Answer, Grounding, Outcome, Trace},
    },
    protocol::{Scope, ToPeer, ToServer},
};
use nix::sys::signal::Signal;
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Lines on which rounds run at once.
const LANES: usize = 4;
/// Rounds in one conversation.
const ROUNDS: usize = 20;
/// Pieces of an answer at most.
const PIECES: usize = 8;

/// What the rounds came to.
#[derive(Default)]
struct Tally {
    rounds: usize,
    two_winners: usize,
    no_winner: usize,
    leaks: usize,
    seen_at_once: usize,
    fenced: Vec<Duration>,
}

/// The peers of one line of rounds.
struct Lane {
    number: usize,
    ai: Caller,
    people: [Caller; 2],
    door: Caller,
    http: Http,
    view: Http,
    dice: Dice,
    tally: Tally,
}

/// How one person's attempt ended.
enum Ended {
    /// Accepted and quiet, after so long; what the customer saw of the AI at the acknowledgement.
    Won {
        after: Duration,
        seen: BTreeSet<String>,
        may_arrive: Vec<EntryNo>,
    },
    Lost(Refusal),
}

fn answer(text: &str) -> Outcome {
    let answer =
        Answer { text: text.to_owned(), sources: Vec::new(), grounding: Grounding(900), trace: Trace::default() };
    Outcome::Answer { answer: Box::new(answer), settled: false }
}

/// Waits until the AI has come so far.
async fn until(progress: &mut watch::Receiver<usize>, step: usize) {
    soon("the AI's next step", progress.wait_for(|done| *done >= step)).await.expect("the AI goes on");
}

/// One person takes over as soon as the AI has come to `step`.
async fn take_over(
    me: &mut Caller,
    view: Option<(&mut Http, &Chat)>,
    take: Command,
    mut progress: watch::Receiver<usize>,
    step: usize,
    mut dice: Dice,
) -> Ended {
    until(&mut progress, step).await;
    dice.dawdle(400).await;
    let began = Instant::now();
    if let Err(why) = me.call(take).await.unwrap() {
        return Ended::Lost(why);
    }
    // The customer's view at once, while the word that all is quiet is still on its way.
    let look = async {
        match view {
            Some((http, chat)) => by_ai(&http.messages(chat, 0).await).into_iter().collect(),
            None => BTreeSet::new(),
        }
    };
    let quiet = async {
        loop {
            if let ToPeer::Quiet { may_still_arrive, .. } = me.next_frame(crate::house::SOON).await.unwrap() {
                return (began.elapsed(), may_still_arrive);
            }
        }
    };
    let (seen, (after, may_arrive)) = tokio::join!(look, quiet);
    Ended::Won { after, seen, may_arrive }
}

/// The AI writes and, unless told to hold its tongue, finishes. Returns its turn and whether it was let finish.
async fn write(
    ai: &mut Caller,
    conversation: ConversationId,
    term: Term,
    text: &str,
    finishes: bool,
    progress: watch::Sender<usize>,
    mut dice: Dice,
) -> (Option<EntryNo>, bool) {
    let begun = ai.call(Command::BeginTurn { conversation, term }).await.unwrap();
    progress.send_replace(1);
    let turn = begun.ok().map(|answer| answer.n);
    let pieces = 1 + dice.below(PIECES);
    let mut offset = 0;
    for piece in 0..pieces {
        let from = text.len() * piece / pieces;
        let part = &text[from..text.len() * (piece + 1) / pieces];
        if let Some(turn) = turn {
            let grew = ToServer::DraftGrew { conversation, turn, offset, text: part.to_owned() };
            ai.peer().tell(grew).await;
        }
        offset += u32::try_from(part.len()).unwrap();
        progress.send_modify(|done| *done += 1);
        dice.dawdle(60).await;
    }
    let mut finished = false;
    if let (Some(turn), true) = (turn, finishes) {
        finished =
            ai.call(Command::FinishTurn { conversation, turn, term, outcome: answer(text) }).await.unwrap().is_ok();
    }
    progress.send_replace(usize::MAX);
    (turn, finished)
}

impl Lane {
    async fn conversation(&mut self, rounds: usize, at: std::net::SocketAddr) {
        let chat = self.http.chat("where is my parcel?").await;
        let id = ConversationId(chat.chat.parse().unwrap());
        let mut stream = Stream::open(at, &chat, None).await;
        let live = tokio::spawn(async move {
            let mut seen = Vec::new();
            while let Some(event) = stream.message().await {
                if event.data["text"] == "the end" {
                    break;
                }
                seen.push(event.data);
            }
            by_ai(&seen)
        });
        let mut term = Term(1);
        let mut seen = BTreeSet::new();
        let mut last = 0;
        for round in 0..rounds {
            if round > 0 {
                let said = json!({ "id": format!("m{round}"), "text": format!("and now? {round}") });
                let reply = self.http.post(&chat.path("messages"), &chat.secret, &said).await;
                assert_eq!(reply.status, 202, "{reply:?}");
            }
            let (winner, now_seen) = self.round(&chat, id, term, round).await;
            for text in &now_seen {
                // What became visible since the last round's acknowledgement must be of this round.
                if !seen.contains(text) && !text.starts_with(&format!("ai {} {id} {round} ", self.number)) {
                    self.tally.leaks += 1;
                }
            }
            seen.extend(now_seen);
            term = Term(term.0 + 1);
            last = winner;
            if round + 1 < rounds {
                let person = &mut self.people[winner];
                if self.dice.below(4) == 0 {
                    let reply = Command::Reply { conversation: id, term, text: format!("a person, {round}") };
                    person.call(reply).await.unwrap().unwrap();
                }
                let brief = Brief { done: "looked it up".to_owned(), ..Brief::default() };
                let back = Command::HandBack { conversation: id, term, to: None, brief };
                person.call(back).await.unwrap().unwrap();
                term = Term(term.0 + 1);
            }
        }
        let bye = Command::Reply { conversation: id, term, text: "the end".to_owned() };
        self.people[last].call(bye).await.unwrap().unwrap();
        let streamed = live.await.unwrap();
        let later = by_ai(&self.http.messages(&chat, 0).await);
        self.tally.leaks += later.iter().filter(|text| !seen.contains(*text)).count();
        self.tally.leaks += streamed.iter().filter(|text| !seen.contains(*text)).count();
        assert_eq!(streamed, later, "the stream and the transcript are the same");
        self.tally.seen_at_once += seen.len();
    }

    /// One round. Returns which of the two won, and what the customer saw of the AI then.
    async fn round(&mut self, chat: &Chat, id: ConversationId, term: Term, round: usize) -> (usize, BTreeSet<String>) {
        self.tally.rounds += 1;
        let text = format!("ai {} {id} {round} says that the parcel is on its way", self.number);
        let (tell, progress) = watch::channel(0);
        // Past the last piece: after the turn was finished.
        let mut steps = [self.dice.below(PIECES + 3), self.dice.below(PIECES + 3)];
        if self.dice.below(2) == 0 {
            steps[1] = steps[0];
        }
        let finishes = self.dice.below(5) > 0;
        let mut own = || Dice::new(self.dice.below(usize::MAX) as u64);
        let (first_dice, second_dice, ai_dice) = (own(), own(), own());
        let take = || Command::TakeOver { conversation: id, term, reason: None };
        let [first, second] = &mut self.people;
        let ids = [first.welcome().you.id, second.welcome().you.id];
        let (one, two, (turn, finished)) = tokio::join!(
            take_over(first, Some((&mut self.view, chat)), take(), progress.clone(), steps[0], first_dice),
            take_over(second, Some((&mut self.http, chat)), take(), progress, steps[1], second_dice),
            write(&mut self.ai, id, term, &text, finishes, tell, ai_dice),
        );
        let (winner, why) = match (&one, &two) {
            (Ended::Won { .. }, Ended::Lost(why)) => (0, why.clone()),
            (Ended::Lost(why), Ended::Won { .. }) => (1, why.clone()),
            (Ended::Won { .. }, Ended::Won { .. }) => {
                self.tally.two_winners += 1;
                panic!("two winners in {id}, round {round}");
            }
            (Ended::Lost(one), Ended::Lost(two)) => {
                self.tally.no_winner += 1;
                panic!("no winner in {id}, round {round}: {one:?}, {two:?}");
            }
        };
        assert_eq!(told(&why), Some(ids[winner]), "the loser is told who won: {why:?}");
        let won = if winner == 0 { one } else { two };
        let Ended::Won { after, mut seen, may_arrive } = won else { unreachable!("it won") };
        self.tally.fenced.push(after);
        // What is named as already on the wire may still be seen; nothing else may.
        if !may_arrive.is_empty() {
            seen.insert(text.clone());
        }
        self.too_late(id, term, turn, finished).await;
        (winner, seen)
    }

    /// Whatever the AI or a connector still tries under the old term is refused.
    async fn too_late(&mut self, id: ConversationId, term: Term, turn: Option<EntryNo>, finished: bool) {
        let Some(turn) = turn else { return };
        let late = Command::FinishTurn { conversation: id, turn, term, outcome: answer("too late") };
        let why = self.ai.call(late).await.unwrap().unwrap_err();
        assert!(matches!(why, Refusal::StaleTerm { .. }), "{why:?}");
        if finished {
            // The message, whichever entry it is: the claim is refused if it is out already, and if it may not go out.
            for message in turn.0 + 1..turn.0 + 3 {
                let claim = Command::ClaimDelivery { conversation: id, message: EntryNo(message), term };
                let why = self.door.call(claim).await.unwrap().unwrap_err();
                assert!(matches!(why, Refusal::StaleTerm { .. } | Refusal::AlreadyEnded { .. }), "{why:?}");
            }
        }
    }
}

/// Whom a refusal names.
fn told(why: &Refusal) -> Option<TeammateId> {
    match why {
        Refusal::StaleTerm { holder: Holder::Human(who), .. }
        | Refusal::NotHolder { holder: Holder::Human(who), .. }
        | Refusal::HeldByOther { holder: who, .. } => Some(*who),
        _ => None,
    }
}

/// AI messages that were claimed under a term that was over, and texts that were dropped. From the log.
fn by_the_log(log: &[Recorded]) -> (usize, usize, usize) {
    let mut terms: HashMap<ConversationId, Term> = HashMap::new();
    let mut messages: HashMap<(ConversationId, EntryNo), Term> = HashMap::new();
    let (mut leaks, mut suppressed, mut take_overs) = (0, 0, 0);
    for recorded in log {
        let Some(id) = recorded.conversation else { continue };
        match &recorded.event {
            Event::Opened { term, .. } => {
                terms.insert(id, *term);
            }
            Event::HolderChanged { term, cause, .. } => {
                assert!(terms.insert(id, *term).is_some_and(|before| before < *term), "terms grow");
                take_overs += usize::from(matches!(cause, Cause::TookOver { .. }));
            }
            Event::Answered { term, .. } => {
                assert_eq!(terms.get(&id), Some(term), "an answer carries the present term");
                messages.insert((id, recorded.n), *term);
            }
            Event::DeliveryClaimed { message } => {
                let stale = |term: &Term| terms.get(&id) != Some(term);
                leaks += usize::from(messages.get(&(id, *message)).is_some_and(stale));
            }
            Event::AnswerSuppressed { .. } => suppressed += 1,
            Event::DeliveriesVoided { messages } => suppressed += messages.len(),
            _ => {}
        }
    }
    (leaks, suppressed, take_overs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_ai_message_becomes_visible_after_a_take_over_was_acknowledged() {
    let rounds = asked_for("CENTAUR_TAKEOVERS", 300);
    let mut house = House::open(&["--no-ai"]).await;
    let ai = house.invite("Robin", Role::Ai).await;
    let people = [house.invite("mira", Role::Agent).await, house.invite("tom", Role::Agent).await];
    let door = house.token("web");
    let mut lanes = Vec::new();
    for number in 0..LANES {
        let mut lane = Lane {
            number,
            ai: house.call(&ai, Scope::None).await,
            people: [house.call(&people[0], Scope::None).await, house.call(&people[1], Scope::None).await],
            door: house.call(&door, Scope::None).await,
            http: Http::open(house.at).await,
            view: Http::open(house.at).await,
            dice: Dice::new(number as u64),
            tally: Tally::default(),
        };
        let (at, share) = (house.at, (rounds + number) / LANES);
        lanes.push(tokio::spawn(async move {
            let mut left = share;
            while left > 0 {
                let now = left.min(ROUNDS);
                lane.conversation(now, at).await;
                left -= now;
            }
            lane.tally
        }));
    }
    let mut sum = Tally::default();
    for lane in lanes {
        let tally = lane.await.unwrap();
        sum.rounds += tally.rounds;
        sum.two_winners += tally.two_winners;
        sum.no_winner += tally.no_winner;
        sum.leaks += tally.leaks;
        sum.seen_at_once += tally.seen_at_once;
        sum.fenced.extend(tally.fenced);
    }
    assert!(house.end(Signal::SIGTERM).await.success());
    let (leaks, suppressed, take_overs) = by_the_log(&house.log());
    sum.fenced.sort_unstable();
    let at = |share: usize| sum.fenced[(sum.fenced.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    println!(
        "take-overs {}, two winners {}, no winner {}, AI messages after the acknowledgement {}, suppressed {suppressed}, \
         visible before {}, fenced p50/p99 {:.1}/{:.1} ms",
        sum.rounds,
        sum.two_winners,
        sum.no_winner,
        sum.leaks + leaks,
        sum.seen_at_once,
        at(50),
        at(99),
    );
    assert_eq!((sum.rounds, take_overs, sum.leaks, leaks), (rounds, rounds, 0, 0));
    assert!(suppressed > 0 && sum.seen_at_once > 0, "the moments were not random enough to prove anything");
}
