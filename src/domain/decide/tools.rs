//! Tools: what an AI may call, what a person must see first, and the fence at which a call begins.
//!
//! Nothing here trusts an AI: arguments are put into one form and bound by a digest that is made here; what the policy
//! does not name does not exist. Deliberately not here: running anything.

use super::{Asker, Happening, Talk, check_length, check_text, invalid, turns};
use crate::domain::{
    escalation::Reason,
    event::Event,
    holder::{Cause, Holder},
    ids::{ConversationId, Digest, EntryNo, Term},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    teammate::Right,
    time::Timestamp,
    tool::{
        ASK_PERSON, CALLS_A_TURN, Call, DAYS, DECIDE_WITHIN, Denial, Fate, Kept, LONGEST_DATA, LONGEST_NAME,
        LONGEST_WORDS, NO_SCHEMA, RUN_WITHIN, Risk, Spent, Stage, ToolDecision, ToolEnding, ToolRule, WhyTool, amount,
        call_digest, canonical, customer_key, day, is_name, misfit, wire_name,
    },
};
use std::collections::BTreeMap;

/// The longest reason for a rejection, in bytes.
const LONGEST_REASON: usize = 2_000;
/// So many rejections in a row, and a person answers instead. Drafts count with them.
const REJECTIONS: u8 = 2;
/// Calls that a conversation may have on record.
const CALLS_A_TALK: usize = 40;
/// How much of denied arguments is kept, in characters.
const DENIED: usize = 1_000;
/// Tools of a policy.
const TOOLS: usize = 200;

/// What an AI asks for.
pub(super) struct Asked<'a> {
    pub(super) tool: &'a str,
    pub(super) arguments: &'a str,
    pub(super) definition: Digest,
    pub(super) words: &'a str,
}

pub(super) fn ask(
    asker: &Asker<'_>,
    id: ConversationId,
    turn: EntryNo,
    term: Term,
    asked: &Asked<'_>,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Answer, id)?;
    check_length("tool", asked.tool, LONGEST_NAME)?;
    check_length("arguments", asked.arguments, LONGEST_DATA)?;
    check_length("words", asked.words, LONGEST_WORDS)?;
    let open = check_turn(asker, &talk, term)?;
    if open.turn != turn {
        return Err(Refusal::AlreadyEnded { how: "ended before, or never begun by you".to_owned() });
    }
    if open.calls >= CALLS_A_TURN {
        return Err(invalid("tool", format!("is the {}th of this turn; {CALLS_A_TURN} are allowed", open.calls + 1)));
    }
    let event = match look(asker, &talk, open.shadow, term, asked) {
        Ok((call, None)) => Event::ToolAllowed { turn, call: Box::new(call) },
        Ok((call, Some(why))) => {
            Event::ToolProposed { turn, call: Box::new(call), expires_at: asker.at.plus(DECIDE_WITHIN), why }
        }
        Err(why) => Event::ToolDenied {
            turn,
            tool: asked.tool.to_owned(),
            arguments: asked.arguments.chars().take(DENIED).collect(),
            why,
        },
    };
    Ok(talk.happen([event]))
}

/// The asker's own turn under `term`, if it is under way and may go on.
fn check_turn<'a>(
    asker: &Asker<'_>,
    talk: &Talk<'a>,
    term: Term,
) -> Result<&'a crate::domain::turn::OpenTurn, Refusal> {
    talk.check_unresolved()?;
    talk.check_term(term)?;
    talk.check_not_stopped(Some(asker.me))?;
    let card = &talk.it.card;
    let open = talk.it.turn.as_deref().filter(|open| open.by == asker.me && open.term == term);
    let open = open.ok_or_else(|| Refusal::AlreadyEnded { how: "ended before, or never begun by you".to_owned() })?;
    if card.paused_until.is_some_and(|until| asker.at < until) {
        return Err(Refusal::Paused);
    }
    if !open.shadow && card.holder != Holder::Ai(asker.me) {
        return Err(Refusal::NotHolder { conversation: talk.id, holder: card.holder });
    }
    if card.mode == Mode::Off {
        return Err(Refusal::ModeForbids { mode: card.mode });
    }
    Ok(open)
}

/// The call in its one form, and why it needs a person, if it does.
fn look(
    asker: &Asker<'_>,
    talk: &Talk<'_>,
    shadow: bool,
    term: Term,
    asked: &Asked<'_>,
) -> Result<(Call, Option<WhyTool>), Denial> {
    let (form, value) = canonical(asked.arguments).map_err(|why| Denial::Arguments { why })?;
    let digest = call_digest(talk.id, asked.tool, &asked.definition, &form);
    let mut call = Call {
        tool: asked.tool.to_owned(),
        arguments: form,
        digest,
        definition: asked.definition,
        risk: Risk::R0,
        amount: None,
        words: asked.words.to_owned(),
        term,
    };
    let beside_person = shadow || talk.it.card.mode == Mode::Shadow;
    if asked.tool == ASK_PERSON {
        if beside_person {
            return Err(Denial::Shadow);
        }
        check_again(talk, &call, None)?;
        return Ok((call, Some(WhyTool::Question)));
    }
    let policy = &asker.desk.office.policy;
    let rule = policy.tools.get(asked.tool).ok_or(Denial::Unknown)?;
    call.risk = rule.risk;
    check_rule(rule, &call, talk.it.card.topic.as_deref())?;
    if !unchanged(asker, &call)? {
        return Err(Denial::Changed);
    }
    if beside_person && rule.risk != Risk::R0 {
        return Err(Denial::Shadow);
    }
    call.amount = fits(asker, rule, asked.tool, &value)?;
    check_again(talk, &call, Some(rule.risk))?;
    let why = match rule.risk {
        _ if rule.pin.is_none() => Some(WhyTool::Unpinned),
        Risk::R1 if talk.it.card.mode == Mode::Draft => Some(WhyTool::Mode),
        Risk::R0 | Risk::R1 => over(asker, talk, rule, &call, asker.at),
        Risk::R2 | Risk::R3 => Some(over(asker, talk, rule, &call, asker.at).unwrap_or(WhyTool::Risk)),
    };
    if why.is_some() && beside_person {
        return Err(Denial::Shadow);
    }
    if why.is_some() && waits(talk).is_some() {
        return Err(Denial::Waiting);
    }
    Ok((call, why))
}

/// What no person can lift: the risk, the topic, the pin.
fn check_rule(rule: &ToolRule, call: &Call, topic: Option<&str>) -> Result<(), Denial> {
    if rule.risk == Risk::R3 {
        return Err(Denial::Forbidden);
    }
    if !rule.topics.is_empty() && !topic.is_some_and(|topic| rule.topics.contains(topic)) {
        return Err(Denial::Topic);
    }
    if rule.pin.is_some_and(|pin| pin != call.definition) {
        return Err(Denial::Changed);
    }
    Ok(())
}

/// Whether the AI has read the tool as it is offered now.
fn unchanged(asker: &Asker<'_>, call: &Call) -> Result<bool, Denial> {
    let offered = asker.desk.office.offered(&call.tool).ok_or(Denial::Absent)?;
    Ok(offered.offer.definition == call.definition)
}

/// Whether arguments are what the tool takes, and the amount in them. Where the rule does not say what it takes, its server
/// does.
fn fits(asker: &Asker<'_>, rule: &ToolRule, tool: &str, value: &serde_json::Value) -> Result<Option<u64>, Denial> {
    let offered = || asker.desk.office.offered(tool).map(|one| &one.offer.schema);
    let schema = Some(&rule.schema).filter(|schema| !schema.is_null()).or_else(offered);
    if let Some(why) = misfit(schema.unwrap_or(&serde_json::Value::Null), value) {
        return Err(Denial::Arguments { why });
    }
    let limit = rule.amount.as_ref();
    limit.map(|limit| amount(value, &limit.argument).map_err(|why| Denial::Arguments { why })).transpose()
}

/// The very same again, in a loop or behind a person's back.
fn check_again(talk: &Talk<'_>, call: &Call, risk: Option<Risk>) -> Result<(), Denial> {
    let turn = talk.it.turn.as_ref().map(|open| open.turn);
    for kept in talk.it.calls.iter().filter(|kept| kept.asked.digest == call.digest) {
        let reads = risk == Some(Risk::R0);
        match kept.stage {
            Stage::Refused if kept.asked.term == call.term => return Err(Denial::Rejected),
            Stage::Waits { .. } | Stage::Runs { .. } | Stage::Ready { .. } => return Err(Denial::Repeated),
            _ if Some(kept.turn) == turn => return Err(Denial::Repeated),
            // What was done once is not done again, and what may have been done neither.
            Stage::Ran { fate: Fate::Done | Fate::Unknown } if !reads => return Err(Denial::Repeated),
            _ => {}
        }
    }
    if risk.is_none() && waits(talk).is_some() {
        return Err(Denial::Waiting);
    }
    if talk.it.calls.len() >= CALLS_A_TALK {
        return Err(Denial::TooMany);
    }
    Ok(())
}

fn waits<'a>(talk: &Talk<'a>) -> Option<&'a Kept> {
    talk.it.calls.iter().find(|kept| matches!(kept.stage, Stage::Waits { .. }))
}

/// Which limit the amount of a call goes beyond, if one.
fn over(asker: &Asker<'_>, talk: &Talk<'_>, rule: &ToolRule, call: &Call, at: Timestamp) -> Option<WhyTool> {
    let (limit, amount) = (rule.amount.as_ref()?, call.amount?);
    let beyond = |before: u64, most: Option<u64>| most.is_some_and(|most| before.saturating_add(amount) > most);
    if beyond(0, limit.per_call) {
        return Some(WhyTool::PerCall);
    }
    if beyond(talk.it.moved(&call.tool), limit.per_talk) {
        return Some(WhyTool::PerTalk);
    }
    let spent = asker.desk.office.spent.iter().filter(|one| one.tool == call.tool);
    let sum = |which: &dyn Fn(&Spent) -> bool| {
        spent.clone().filter(|one| which(one)).fold(0_u64, |sum, one| sum.saturating_add(one.amount))
    };
    let (today, customer) = (day(at), customer_key(&talk.it.card.customer));
    if beyond(sum(&|one| one.customer == customer && one.day.saturating_add(DAYS) > today), limit.per_customer) {
        return Some(WhyTool::PerCustomer);
    }
    beyond(sum(&|one| one.day == today), limit.per_day).then_some(WhyTool::PerDay)
}

pub(super) fn decide(
    asker: &Asker<'_>,
    id: ConversationId,
    call: EntryNo,
    digest: &Digest,
    decision: &ToolDecision,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::Approve, id)?;
    let kept = talk.it.calls.iter().find(|kept| kept.call == call);
    let Some(kept) = kept else {
        // A call that is forgotten is over.
        return if call <= talk.it.card.n && call.0 > 0 {
            Err(Refusal::AlreadyEnded { how: "no tool call, or one that is over".to_owned() })
        } else {
            Err(Refusal::NotFound { what: format!("tool call {call} in conversation {id}") })
        };
    };
    let Stage::Waits { expires_at } = kept.stage else {
        let how = match kept.stage {
            Stage::Refused => "rejected before",
            Stage::Answered => "answered in words before",
            _ if kept.decided => "approved before",
            _ => "expired or withdrawn before",
        };
        return Err(Refusal::AlreadyEnded { how: how.to_owned() });
    };
    if asker.at >= expires_at {
        return Err(Refusal::AlreadyEnded { how: "expired".to_owned() });
    }
    talk.check_term(kept.asked.term)?;
    if *digest != kept.asked.digest {
        return Err(invalid("digest", "is not of the call that waits; read it again"));
    }
    let ended = |ending| Event::ToolEnded { call, ending };
    match decision {
        ToolDecision::Approve | ToolDecision::Edit { .. } if kept.asked.tool == ASK_PERSON => {
            Err(invalid("decision", "is a question's: answer it, or reject it with a reason"))
        }
        ToolDecision::Approve => {
            check_now(asker, &talk, &kept.asked)?;
            Ok(talk.happen([ended(ToolEnding::Approved)]))
        }
        ToolDecision::Edit { arguments } => {
            let rule = check_now(asker, &talk, &kept.asked)?;
            let wrong = |why| invalid("arguments", why);
            let (arguments, value) = canonical(arguments).map_err(wrong)?;
            let amount = fits(asker, rule, &kept.asked.tool, &value)
                .map_err(|denial| invalid("arguments", denial.sentence()))?;
            let digest = call_digest(id, &kept.asked.tool, &kept.asked.definition, &arguments);
            let other = talk.it.calls.iter().filter(|other| other.call != call && other.asked.digest == digest);
            if other.into_iter().any(|other| {
                matches!(other.stage, Stage::Runs { .. } | Stage::Ran { fate: Fate::Done | Fate::Unknown })
            }) {
                return Err(invalid("arguments", "are of a call that was done before"));
            }
            Ok(talk.happen([ended(ToolEnding::Edited { arguments, digest, amount })]))
        }
        ToolDecision::Answer { text } => {
            check_text("text", text)?;
            Ok(talk.happen([ended(ToolEnding::Answered { text: text.clone() })]))
        }
        ToolDecision::Reject { reason } => {
            check_length("reason", reason, LONGEST_REASON)?;
            let ended = ended(ToolEnding::Rejected { reason: reason.clone() });
            if talk.it.rejected.saturating_add(1) < REJECTIONS {
                return Ok(talk.happen([ended]));
            }
            let summary = "what the AI wanted was rejected twice in a row; a person should answer".to_owned();
            let mut events = vec![ended];
            let changed = talk.change_holder(Holder::Queue, Cause::Escalated, "rejected");
            events.extend(changed.into_iter().filter(|event| !ends(event, call)));
            let (turn, reason) = (Some(kept.turn), Reason::DraftsRejected);
            events.push(Event::Escalated { turn, reason, summary, trace: None });
            Ok(talk.happen(events))
        }
    }
}

fn ends(event: &Event, which: EntryNo) -> bool {
    matches!(event, Event::ToolEnded { call, .. } if *call == which)
}

/// The rule of a call, if it still lets the call be; it may have changed since it was asked for.
fn check_now<'a>(asker: &Asker<'a>, talk: &Talk<'_>, call: &Call) -> Result<&'a ToolRule, Refusal> {
    let gone =
        |denial: &Denial| Refusal::AlreadyEnded { how: format!("overtaken by the rules: {}", denial.sentence()) };
    let rule = asker.desk.office.policy.tools.get(&call.tool).ok_or_else(|| gone(&Denial::Unknown))?;
    check_rule(rule, call, talk.it.card.topic.as_deref()).map_err(|denial| gone(&denial))?;
    if !unchanged(asker, call).map_err(|denial| gone(&denial))? {
        return Err(gone(&Denial::Changed));
    }
    Ok(rule)
}

pub(super) fn begin(
    asker: &Asker<'_>,
    id: ConversationId,
    call: EntryNo,
    term: Term,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::RunTools, id)?;
    let card = &talk.it.card;
    talk.check_unresolved()?;
    talk.check_term(term)?;
    let over = || Refusal::AlreadyEnded { how: "begun before, or never allowed".to_owned() };
    let kept = talk.it.calls.iter().find(|kept| kept.call == call).ok_or_else(over)?;
    let Stage::Ready { until } = kept.stage else { return Err(over()) };
    if asker.desk.office.offered(&kept.asked.tool).is_none_or(|one| one.by != asker.me) {
        // It has the right to run tools, and this is none of its own, or no more.
        return Err(Refusal::NotFound { what: format!("tool {} among those you offer", kept.asked.tool) });
    }
    talk.check_not_stopped(Some(kept.by))?;
    if card.paused_until.is_some_and(|until| asker.at < until) {
        return Err(Refusal::Paused);
    }
    if card.mode == Mode::Off {
        return Err(Refusal::ModeForbids { mode: card.mode });
    }
    if until.is_some_and(|until| asker.at >= until) {
        return Err(Refusal::AlreadyEnded { how: "expired".to_owned() });
    }
    if kept.asked.term != term {
        return Err(Refusal::StaleTerm { conversation: id, holder: card.holder, term: card.term });
    }
    // What nobody saw runs only within the turn that asked for it.
    let open = talk.it.turn.as_deref();
    let open = open.filter(|open| (open.turn, open.by, open.term) == (kept.turn, kept.by, term));
    if until.is_none() && open.is_none() {
        return Err(over());
    }
    let beside_person = open.is_some_and(|open| open.shadow) || card.mode == Mode::Shadow;
    if !beside_person && card.holder != Holder::Ai(kept.by) {
        return Err(Refusal::NotHolder { conversation: id, holder: card.holder });
    }
    if let Some(level) = asker.desk.office.ceiling_reached(talk.it, asker.at) {
        return Err(Refusal::Ceiling { level });
    }
    let rule = check_now(asker, &talk, &kept.asked)?;
    if beside_person && rule.risk != Risk::R0 {
        return Err(Refusal::ModeForbids { mode: talk.it.card.mode });
    }
    if until.is_none() {
        // Nobody saw it: everything that let it pass must still hold, and nothing may have used up its limits since.
        let needs_person = rule.risk >= Risk::R2
            || rule.pin.is_none()
            || (rule.risk == Risk::R1 && talk.it.card.mode == Mode::Draft)
            || self::over(asker, &talk, rule, &kept.asked, asker.at).is_some();
        if needs_person {
            return Err(Refusal::AlreadyEnded { how: "overtaken by the rules: it needs a person now".to_owned() });
        }
    }
    let passed = asker.desk.office.passes(talk.it, asker.at, None).into_iter().map(|level| Event::Spending { level });
    let mut happenings = turns::told(&talk, [Event::ToolBegan { call }].into_iter().chain(passed));
    if let Some(amount) = kept.asked.amount.filter(|amount| *amount > 0) {
        let customer = customer_key(&talk.it.card.customer);
        let spent = Spent { tool: kept.asked.tool.clone(), customer, day: day(asker.at), amount };
        happenings.push(Happening { conversation: None, event: Event::AmountMoved { spent } });
    }
    Ok(happenings)
}

/// What became of a call is true whatever has changed since: the term does not matter any more.
pub(super) fn finish(
    asker: &Asker<'_>,
    id: ConversationId,
    call: EntryNo,
    fate: Fate,
    result: &str,
) -> Result<Vec<Happening>, Refusal> {
    let talk = asker.conversation(Right::RunTools, id)?;
    check_length("result", result, LONGEST_DATA)?;
    let over = || Refusal::AlreadyEnded { how: "told before, or never begun by you".to_owned() };
    let mine = |kept: &&Kept| kept.call == call && kept.runner == Some(asker.me);
    let kept = talk.it.calls.iter().find(mine).ok_or_else(over)?;
    match (&kept.stage, fate) {
        // A late truth is a truth.
        (Stage::Runs { .. }, _) | (Stage::Ran { fate: Fate::Unknown }, Fate::Done | Fate::Failed) => {
            Ok(talk.happen([Event::ToolRan { call, fate, result: result.to_owned() }]))
        }
        _ => Err(over()),
    }
}

/// What is due about tool calls, one thing at a time.
pub(super) fn tick(talk: &Talk<'_>, at: Timestamp) -> Vec<Event> {
    for kept in talk.it.calls.iter() {
        let call = kept.call;
        match kept.stage {
            Stage::Runs { since } if since.plus(RUN_WITHIN) <= at => {
                let result = "no word of it came in time; nobody can tell whether it was done".to_owned();
                return vec![Event::ToolRan { call, fate: Fate::Unknown, result }];
            }
            Stage::Waits { expires_at: until } | Stage::Ready { until: Some(until) } if until <= at => {
                let mut events = vec![Event::ToolEnded { call, ending: ToolEnding::Expired }];
                let waits = matches!(kept.stage, Stage::Waits { .. });
                if talk.it.card.status.is_resolved() || !talk.it.card.holder.is_ai() {
                    return events;
                }
                let summary = if waits {
                    format!("nobody decided in time on {}; it was not run", kept.asked.tool)
                } else {
                    format!("{} was approved and did not run in time", kept.asked.tool)
                };
                let escalated = talk.escalate(Reason::ToolExpired, Cause::Escalated, summary, "expired");
                events.extend(escalated.into_iter().filter(|event| !ends(event, call)));
                return events;
            }
            _ => {}
        }
    }
    Vec::new()
}

impl Talk<'_> {
    /// Whatever may not run any more, with the reason. What runs already cannot be called back.
    pub(super) fn withdraw_calls(&self, why: &str) -> Vec<Event> {
        let open = |kept: &&Kept| matches!(kept.stage, Stage::Waits { .. } | Stage::Ready { .. });
        let ending = || ToolEnding::Withdrawn { why: why.to_owned() };
        self.it.calls.iter().filter(open).map(|kept| Event::ToolEnded { call: kept.call, ending: ending() }).collect()
    }
}

/// Whether the tools of a policy can be used as they stand.
pub(super) fn check_policy(policy: &Policy) -> Result<(), Refusal> {
    if policy.tools.len() > TOOLS {
        return Err(invalid("tools", format!("are {TOOLS} at most")));
    }
    // Two tools with one name: an endpoint takes neither, and no AI could say which it means.
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for name in policy.tools.keys().filter(|name| policy.names_tool(name)) {
        if let Some(other) = known.insert(wire_name(name), name) {
            let why = format!("`{other}` and `{name}` are one name to a language model: make one of them r3");
            return Err(invalid("tools", why));
        }
    }
    for (name, rule) in &policy.tools {
        if !is_name(name) {
            return Err(invalid("tools", format!("`{name}` is not the name of a tool: write server.tool")));
        }
        if rule.schema.to_string().len() > LONGEST_DATA {
            return Err(invalid("tools", format!("the schema of `{name}` is longer than {LONGEST_DATA} bytes")));
        }
        if let Some(why) = misfit(&rule.schema, &serde_json::json!({})).filter(|why| why.starts_with(NO_SCHEMA)) {
            return Err(invalid("tools", format!("`{name}`: {why}")));
        }
    }
    Ok(())
}
