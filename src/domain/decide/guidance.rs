//! Guidance: written by whoever judges the AI, published and retired by who leads.
//!
//! A new version is staged beside what holds, so that writing changes no answer. The version is named when it is published:
//! nobody publishes what they have not read. Deliberately not here: what an AI makes of it.

use super::{Asker, Happening, check_length, invalid};
use crate::domain::{
    event::Event,
    guidance::{
        ALL_BYTES, AT_ONCE, Fault, Guidance, GuidanceId, Instruction, LONGEST_PART, LONGEST_TITLE, Named, TOPICS,
        VERSIONS, Version, keep,
    },
    refusal::Refusal,
    teammate::Right,
    turn::{OpenTurn, Step, Trace},
};

/// The longest reason, in bytes.
const LONGEST_WHY: usize = 500;

fn of_desk(event: Event) -> Vec<Happening> {
    vec![Happening { conversation: None, event }]
}

pub(super) fn write(
    asker: &Asker<'_>,
    which: Option<GuidanceId>,
    instruction: &Instruction,
    from: Option<Fault>,
) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Guide)?;
    let instruction = checked(instruction)?;
    let office = &asker.desk.office;
    let piece = which.map(|id| find(asker, id)).transpose()?;
    if piece.is_none() && office.guidance.len() >= AT_ONCE {
        return Err(invalid("guidance", format!("stands {AT_ONCE} times already; retire a piece first")));
    }
    // A staged version is replaced by the next one; what holds stays.
    let replaced = piece.and_then(|piece| piece.staged.as_ref()).map_or(0, |staged| staged.instruction.bytes());
    let all: usize = office.guidance.iter().map(Guidance::bytes).sum();
    if all - replaced + instruction.bytes() > ALL_BYTES {
        let left = ALL_BYTES.saturating_sub(all - replaced);
        let why = format!("takes {} bytes, and {left} are left for all guidance; shorten it, or retire a piece", {
            instruction.bytes()
        });
        return Err(invalid("guidance", why));
    }
    if piece.and_then(Guidance::newest).is_some_and(|newest| newest.instruction == instruction) {
        return Ok(Vec::new());
    }
    let last = piece.and_then(Guidance::newest).map_or(0, |newest| newest.version);
    if last >= VERSIONS {
        return Err(invalid("guidance", format!("has {VERSIONS} versions; retire it, and write a new piece")));
    }
    let from = from.or_else(|| piece?.newest()?.from);
    let version = Version { version: last + 1, instruction, by: asker.me, at: asker.at, from };
    let guidance = piece.map_or(GuidanceId(office.last_guidance.0.saturating_add(1)), |piece| piece.id);
    Ok(of_desk(Event::GuidanceWritten { guidance, version: Box::new(version) }))
}

/// Trimmed, or what is wrong with it.
fn checked(it: &Instruction) -> Result<Instruction, Refusal> {
    let trimmed = |text: &str| text.trim().to_owned();
    let topics = it.topics.iter().map(|topic| trimmed(topic));
    let mut instruction = Instruction {
        title: trimmed(&it.title),
        when: trimmed(&it.when),
        then: trimmed(&it.then),
        examples: trimmed(&it.examples),
        topics: topics.collect(),
    };
    instruction.topics.sort_unstable();
    instruction.topics.dedup();
    if instruction.title.is_empty() || instruction.title.chars().count() > LONGEST_TITLE {
        return Err(invalid("title", format!("is 1 to {LONGEST_TITLE} characters: a few words for your team")));
    }
    if instruction.title.contains('\n') {
        return Err(invalid("title", "is one line"));
    }
    if instruction.then.is_empty() {
        return Err(invalid("then", "is empty; say what the AI is to do"));
    }
    let parts = [("when", &instruction.when), ("then", &instruction.then), ("examples", &instruction.examples)];
    parts.into_iter().try_for_each(|(field, text)| check_length(field, text, LONGEST_PART))?;
    if instruction.topics.len() > TOPICS || instruction.topics.iter().any(|one| one.is_empty() || one.len() > 40) {
        return Err(invalid("topics", format!("are {TOPICS} at most, of 1 to 40 bytes each; none means all")));
    }
    Ok(instruction)
}

fn find<'a>(asker: &Asker<'a>, id: GuidanceId) -> Result<&'a Guidance, Refusal> {
    let office = &asker.desk.office;
    office.guidance(id).ok_or_else(|| {
        if id > GuidanceId(0) && id <= office.last_guidance {
            Refusal::AlreadyEnded { how: "retired; write a new piece".to_owned() }
        } else {
            Refusal::NotFound { what: format!("guidance {id}") }
        }
    })
}

pub(super) fn publish(asker: &Asker<'_>, id: GuidanceId, version: u16) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Publish)?;
    let piece = find(asker, id)?;
    match (&piece.staged, &piece.published) {
        (Some(staged), _) if staged.version == version => {
            Ok(of_desk(Event::GuidancePublished { guidance: id, version }))
        }
        (Some(staged), _) => Err(invalid(
            "version",
            format!("{version} is not what is staged: that is version {}; read it first", { staged.version }),
        )),
        (None, Some(published)) if published.version == version => Ok(Vec::new()),
        (None, _) => Err(invalid("version", format!("{version} is not staged; write it first"))),
    }
}

pub(super) fn retire(asker: &Asker<'_>, id: GuidanceId, why: &str) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Guide)?;
    let piece = find(asker, id)?;
    // What was never in use may be dropped by who wrote it; what is in use is a lead's.
    let own = piece.published.is_none() && piece.staged.as_ref().is_some_and(|staged| staged.by == asker.me);
    if !own {
        asker.needs(Right::Publish)?;
    }
    check_length("why", why, LONGEST_WHY)?;
    Ok(of_desk(Event::GuidanceRetired { guidance: id, why: why.trim().to_owned() }))
}

/// The trace of an AI, with only such guidance named as was in use for its turn (or is, for what is done beside turns). What
/// it named beyond that is told in a step.
pub(super) fn true_trace(asker: &Asker<'_>, topic: Option<&str>, open: Option<&OpenTurn>, trace: &Trace) -> Trace {
    let office = &asker.desk.office;
    let kept = match open {
        Some(open) => keep(&trace.guidance, |one| open.guidance.contains(&one)),
        None => office.in_use(topic, &trace.guidance),
    };
    let mut trace = trace.clone();
    let dropped: Vec<Named> = trace.guidance.iter().copied().filter(|one| !kept.contains(one)).collect();
    trace.guidance = kept;
    if let Some(first) = dropped.first() {
        let more = if dropped.len() > 1 { format!(" and {} more", dropped.len() - 1) } else { String::new() };
        let detail = format!("the AI named {first}{more}: not in use here, so not listed");
        trace.steps.push(Step { name: "guidance".to_owned(), detail, ms: 0 });
    }
    trace
}
