//! The desk itself: teammates, policy, modes by topic and channel.

use super::{Asker, Happening, Talk, carry, invalid, tools};
use crate::domain::{
    desk::Desk,
    event::Event,
    holder::{Cause, Holder},
    ids::{Digest, TeammateId},
    mode::Mode,
    policy::Policy,
    refusal::Refusal,
    reply::{self, DeskReply},
    teammate::{Right, Role},
    text::SafeText,
    time::Span,
};

/// The longest word on what speaks for a mode, in bytes.
const LONGEST_WHY: usize = 1_000;

fn of_desk(event: Event) -> Happening {
    Happening { conversation: None, event }
}

pub(super) fn found(
    desk: &Desk,
    name: &str,
    admin: &str,
    token: &Digest,
    policy: &Policy,
) -> Result<Vec<Happening>, Refusal> {
    if !desk.office.name.is_empty() {
        return Err(Refusal::AlreadyEnded { how: "founded before".to_owned() });
    }
    check_name("name", name)?;
    check_name("admin", admin)?;
    check_policy(policy)?;
    let invited =
        Event::TeammateInvited { teammate: TeammateId(1), name: admin.to_owned(), role: Role::Admin, token: *token };
    Ok([Event::DeskFounded { name: name.to_owned() }, invited, Event::PolicySet { policy: Box::new(policy.clone()) }]
        .map(of_desk)
        .into())
}

pub(super) fn invite(asker: &Asker<'_>, name: &str, role: Role, token: &Digest) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Govern)?;
    join(asker.desk, name, role, token)
}

pub(super) fn join(desk: &Desk, name: &str, role: Role, token: &Digest) -> Result<Vec<Happening>, Refusal> {
    let name = name.trim();
    check_name("name", name)?;
    let office = &desk.office;
    if office.teammates.values().any(|t| !t.revoked && t.name.to_lowercase() == name.to_lowercase()) {
        return Err(invalid("name", format!("`{name}` is taken; choose another")));
    }
    if office.by_token(token).is_some() {
        return Err(invalid("token", "is in use; mint a fresh one"));
    }
    let id = TeammateId(office.teammates.keys().next_back().map_or(1, |last| last.0 + 1));
    Ok(vec![of_desk(Event::TeammateInvited { teammate: id, name: name.to_owned(), role, token: *token })])
}

/// A name has letters or digits and nothing that plays tricks on a screen.
fn check_name(field: &str, name: &str) -> Result<(), Refusal> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= 40
        && name.chars().all(|c| c.is_alphanumeric() || " -_.'’&".contains(c));
    if fits { Ok(()) } else { Err(invalid(field, "is 1 to 40 letters, digits, spaces or -_.'&")) }
}

pub(super) fn replace_own_token(
    asker: &Asker<'_>,
    teammate: Option<TeammateId>,
    token: &Digest,
) -> Result<Vec<Happening>, Refusal> {
    let whose = teammate.unwrap_or(asker.me);
    if whose != asker.me {
        asker.needs(Right::Govern)?;
    }
    replace_token(asker.desk, whose, token)
}

pub(super) fn replace_token(desk: &Desk, teammate: TeammateId, token: &Digest) -> Result<Vec<Happening>, Refusal> {
    if desk.office.present(teammate).is_none() {
        return Err(Refusal::NotFound { what: format!("teammate {teammate} at this desk") });
    }
    if desk.office.by_token(token).is_some() {
        return Err(invalid("token", "is in use; mint a fresh one"));
    }
    Ok(vec![of_desk(Event::TokenReplaced { teammate, token: *token })])
}

pub(super) fn revoke(asker: &Asker<'_>, teammate: TeammateId) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Govern)?;
    let office = &asker.desk.office;
    let gone = office
        .present(teammate)
        .ok_or_else(|| Refusal::NotFound { what: format!("teammate {teammate} at this desk") })?;
    let admins = office.teammates.values().filter(|t| !t.revoked && t.role == Role::Admin).count();
    if gone.role == Role::Admin && admins == 1 {
        return Err(invalid("teammate", "is the last admin; invite another first"));
    }
    let mut happenings = vec![of_desk(Event::TeammateRevoked { teammate })];
    for (id, it) in &asker.desk.conversations {
        let talk = Talk { desk: asker.desk, it, id: *id };
        happenings.extend(talk.happen(super::tasks::orphaned(&talk, teammate)));
        if it.card.connector == teammate {
            happenings.extend(carry::orphaned(&Talk { desk: asker.desk, it, id: *id }));
        }
        if it.card.holder.teammate() == Some(teammate) {
            let talk = Talk { desk: asker.desk, it, id: *id };
            happenings.extend(talk.happen(talk.change_holder(Holder::Queue, Cause::Revoked, "revoked")));
        }
    }
    Ok(happenings)
}

pub(super) fn keep_reply(asker: &Asker<'_>, name: &str, reply: Option<&DeskReply>) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::SetDeskMode)?;
    let kept = &asker.desk.office.replies;
    match reply {
        Some(reply) => {
            if let Some((part, why)) = reply.fault(name) {
                return Err(invalid(part, why));
            }
            if kept.len() >= reply::MOST && !kept.contains_key(name) {
                return Err(invalid(
                    "name",
                    format!("is one too many: a desk keeps {}; forget one first", reply::MOST),
                ));
            }
        }
        None if !kept.contains_key(name) => {
            return Err(Refusal::NotFound {
                what: format!("canned reply `{}` of the desk", SafeText::line_within(name, 80)),
            });
        }
        None => {}
    }
    if kept.get(name) == reply {
        return Ok(Vec::new());
    }
    Ok(vec![of_desk(Event::ReplyKept { name: name.to_owned(), reply: reply.cloned().map(Box::new) })])
}

pub(super) fn set_policy(asker: &Asker<'_>, policy: &Policy) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::Govern)?;
    check_policy(policy)?;
    Ok(with_policy(asker.desk, policy, Event::PolicySet { policy: Box::new(policy.clone()) }))
}

pub(super) fn set_desk_mode(
    asker: &Asker<'_>,
    topic: Option<&str>,
    channel: Option<&str>,
    mode: Option<Mode>,
    why: &str,
) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::SetDeskMode)?;
    super::check_length("why", why, LONGEST_WHY)?;
    let now = &asker.desk.office.policy;
    let mut policy = Policy::clone(now);
    let from = match (topic, channel) {
        (Some(_), Some(_)) => return Err(invalid("channel", "goes with no topic; set one after the other")),
        (None, None) if mode.is_none() => return Err(invalid("mode", "the desk has always one; name it")),
        (None, None) => Some(now.mode),
        (Some(topic), None) => now.topics.get(topic).copied(),
        (None, Some(channel)) => now.channels.get(channel).copied(),
    };
    policy.set_mode(topic, channel, mode);
    check_policy(&policy)?;
    if policy == **now {
        return Ok(Vec::new());
    }
    let set = Event::DeskModeSet {
        topic: topic.map(str::to_owned),
        channel: channel.map(str::to_owned),
        from,
        mode,
        why: why.trim().to_owned(),
    };
    Ok(with_policy(asker.desk, &policy, set))
}

/// The event that sets the policy, and the queue for each conversation that an AI may hold no more under it.
fn with_policy(desk: &Desk, policy: &Policy, set: Event) -> Vec<Happening> {
    let mut happenings = vec![of_desk(set)];
    for (id, it) in &desk.conversations {
        let card = &it.card;
        let mode = card.own_mode.unwrap_or_else(|| policy.mode_for(card.topic.as_deref(), &card.channel));
        if card.holder.is_ai() && !mode.lets_ai_hold() && !card.status.is_resolved() {
            let talk = Talk { desk, it, id: *id };
            let changed = talk.change_holder(Holder::Queue, Cause::ModeChanged, "the mode changed");
            happenings.extend(talk.happen(changed));
        }
    }
    happenings
}

fn check_policy(policy: &Policy) -> Result<(), Refusal> {
    let within = |field: &str, span: Span, least: Span, most: Span| {
        if (least..=most).contains(&span) {
            Ok(())
        } else {
            Err(invalid(field, format!("is between {} and {}", least.short(), most.short())))
        }
    };
    within("draft_ttl", policy.draft_ttl, Span::seconds(10), Span::hours(24))?;
    within("lease", policy.lease, Span::seconds(30), Span::minutes(30))?;
    within("turn_ttl", policy.turn_ttl, Span::seconds(5), Span::minutes(10))?;
    within("longest_pause", policy.longest_pause, Span::minutes(1), Span::hours(24))?;
    within("longest_snooze", policy.longest_snooze, Span::minutes(1), Span::hours(24 * 366))?;
    if policy.min_grounding.0 > 1000 {
        return Err(invalid("min_grounding", "is in thousandths: 0 to 1000"));
    }
    if policy.hand_offs == 0 {
        return Err(invalid("hand_offs", "is at least 1"));
    }
    tools::check_policy(policy)?;
    policy.guard.check().map_err(|(field, why)| invalid(field, why))?;
    if !policy.ceilings.are_sound() {
        return Err(invalid("ceilings", "are more than 0 each; leave one out if it has none"));
    }
    let topics = policy.topics.keys().chain(&policy.human_topics).chain(policy.channels.keys());
    if topics.clone().count() > 500 || topics.clone().any(|topic| topic.is_empty() || topic.len() > 40) {
        return Err(invalid("topics", "and channels are 500 at most, of 1 to 40 bytes each"));
    }
    Ok(())
}
