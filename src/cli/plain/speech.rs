//! The sentences of the plain console: the thing first, then why, then who said what.
//!
//! Deliberately not here: when something is said.

use super::{announce::Call, floor::Floor};
use crate::{
    cli::{exit::Failure, ls::Row},
    domain::{
        attention,
        card::Card,
        desk::Office,
        ids::{ConversationId, TeammateId},
        teammate::Kind,
        text::SafeText,
        time::Timestamp,
    },
};

/// Cells of a last line that are said.
const WORDS: usize = 160;

/// What is said first.
pub fn greeting(floor: &Floor) -> SafeText {
    let office = floor.office();
    let (me, needing) = (office.name_of(floor.me()), floor.needing().len());
    let needs = match needing {
        0 => "nothing needs you now".to_owned(),
        1 => "1 needs you".to_owned(),
        n => format!("{n} need you"),
    };
    SafeText::own(format!(
        "{}, signed in as {}. {needs}. help tells the words, next goes to what needs you, quit leaves.",
        SafeText::line(&office.name),
        SafeText::line(&me),
    ))
}

/// Who is here, and what each holds.
pub fn who(floor: &Floor) -> SafeText {
    let held = |id: TeammateId| floor.cards().values().filter(|card| card.holder.is_human(id)).count();
    let one = |id: &TeammateId| {
        let name = SafeText::line(&floor.office().name_of(*id)).to_string();
        let you = if *id == floor.me() { " (you)" } else { "" };
        format!("{name}{you}, holds {}", held(*id))
    };
    let people =
        |id: &&TeammateId| floor.office().present(**id).is_some_and(|teammate| teammate.role.kind() == Kind::Human);
    let them: Vec<String> = floor.present().iter().filter(people).map(one).collect();
    if them.is_empty() {
        return SafeText::from_own("nobody is known to be here");
    }
    SafeText::own(format!("here: {}", them.join("; ")))
}

/// A call in words.
pub fn call(call: &Call, floor: &Floor) -> SafeText {
    let card = |id: &ConversationId| floor.cards().get(id);
    match call {
        Call::Needs(id) => card(id).map_or_else(SafeText::default, |card| needs(card, floor.me(), floor.now())),
        Call::More(n) => SafeText::own(format!("{n} more need you")),
        Call::Wrote(id) => card(id).map_or_else(SafeText::default, |card| {
            SafeText::own(format!("#{id} is yours, and the customer wrote. {}", last(card)))
        }),
        Call::Came(id) => {
            card(id).map_or_else(SafeText::default, |card| SafeText::own(format!("#{id} is yours now. {}", last(card))))
        }
        Call::Left(id) => {
            let holder = card(id).and_then(|card| card.holder.teammate());
            let name = holder.map_or_else(|| "the queue".to_owned(), |who| floor.office().name_of(who));
            SafeText::own(format!("#{id} is no longer yours, it is with {}", SafeText::line(&name)))
        }
    }
}

/// That a conversation needs somebody, and why.
fn needs(card: &Card, me: TeammateId, at: Timestamp) -> SafeText {
    let why = if let Some(draft) = card.draft.get() {
        format!("a draft waits, {} left", draft.expires_at.since(at).short())
    } else if card.signs.undelivered > 0 {
        "a message did not arrive".to_owned()
    } else if let Some(escalation) = &card.escalation {
        escalation.reason.words().to_owned()
    } else if card.holder.is_human(me) {
        "the customer waits for you".to_owned()
    } else {
        "it waits in the queue".to_owned()
    };
    SafeText::own(format!("#{} needs you: {why}. {}", card.id, last(card)))
}

/// The customer's name, and the last line with who said it.
fn last(card: &Card) -> SafeText {
    use crate::domain::card::Speaker;
    let name = SafeText::line(&card.customer.name);
    let Some(last) = &card.last else { return name };
    let text = SafeText::line_within(&last.text, WORDS);
    SafeText::own(match last.speaker {
        Speaker::Customer => format!("{name}: {text}"),
        Speaker::Ai => format!("{name}, last the AI: {text}"),
        Speaker::Human => format!("{name}, last the team: {text}"),
    })
}

/// A conversation in a list.
pub fn row(card: &Card, at: Timestamp, office: &Office) -> SafeText {
    let row = Row::of(card, at, office);
    let mut said: String = format!(
        "#{} attention {}, held by {}, mode {}",
        card.id,
        attention::score(card, at),
        SafeText::line(row.holder()),
        card.mode.word()
    );
    if let Some(since) = card.waiting_since {
        said.extend([", waits ", at.since(since).short().as_str()]);
    }
    if !row.state().is_empty() {
        said.extend([", ", row.state()]);
    }
    SafeText::own(format!("{said}. {}", last(card)))
}

/// Why something was not done.
pub fn failure(failure: &Failure) -> SafeText {
    in_a_line(&SafeText::own(format!("not done: {}", failure.sentence())))
}

/// Several lines as one, with `/` between, and no two spaces side by side.
pub fn in_a_line(text: &SafeText) -> SafeText {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = text.lines().map(words).filter(|line| !line.is_empty()).collect();
    SafeText::own(lines.join(" / "))
}
