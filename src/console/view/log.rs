//! The log: who did what, where, when and why, newest first. Enter shows the talk at that moment.
//!
//! ```text
//! ┌ Log · without turns and deliveries · 100 so far ─────────────── ▲ 3 newer, . reads anew ┐
//! │▎14:06 mira      approve    #1042 Jana Novak    sent as it was                            │
//! │ 14:05 Aria      draft      #1042 Jana Novak    Your tracking link: BW-20981 …            │
//! │ 13:54 customer  ask        #1042 Jana Novak    No! I want to talk to a person            │
//! ```

pub(super) mod replay;

use super::{entry, talk, when};
use crate::{
    console::{
        layout,
        model::{Log, Measured, Model, log::BEGUN},
        theme::Role,
        widgets::{Ink, frame},
    },
    domain::{
        approval::Ending,
        delivery::Report,
        event::{Event, Recorded},
        filter::{deed, said},
        ids::ConversationId,
        stop::Lifting,
        teammate::{Actor, Kind},
        text::SafeText,
        thread::Thread,
        tool::{Call, Fate, ToolEnding, money},
    },
};
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

/// What is drawn with, beside the model.
pub(super) struct Context<'a> {
    pub(super) cache: &'a mut talk::Cache,
    pub(super) zone: &'a TimeZone,
    pub(super) measured: &'a mut Measured,
}

/// Draws the rows in sight. Where the one under the cursor is.
pub(super) fn draw(ink: &mut Ink<'_>, around: Rect, model: &Model, context: &mut Context<'_>) -> Option<Position> {
    frame::around(ink, around, &[]);
    let area = layout::within(around);
    let log = &model.log;
    title(ink, area, model, log);
    context.measured.list_rows = area.height;
    if let Some(why) = &log.refused {
        let words = SafeText::own(format!("The server does not tell: {}", SafeText::line(why)));
        ink.put_cut(area.x + 1, area.y + 1, area.right(), &words, ink.style(Role::Warn));
        return None;
    }
    if log.rows.is_empty() {
        let words = match (log.asked, log.next) {
            (Some(_), _) | (None, None) if log.head.is_none() => "Reading the log…",
            (Some(_), _) => "Looking…",
            (None, Some(_)) => "Nothing yet among the newest; j looks further back.",
            (None, None) => "Nothing that was done matches. / changes what is looked for.",
        };
        ink.put_cut(area.x + 1, area.y + 1, area.right(), words, ink.style(Role::Dim));
        return None;
    }
    let mut cursor = None;
    let rows = usize::from(area.height);
    let dated = log.rows.iter().skip(log.top).take(rows).any(|row| when::another_day(row.at, model.now, context.zone));
    for (y, (at, row)) in (area.top()..area.bottom()).zip(log.rows.iter().enumerate().skip(log.top)) {
        let here = at == log.cursor;
        if here {
            ink.put(area.x, y, area.right(), ink.glyphs.bar, ink.style(Role::Accent));
            cursor = Some(Position::new(area.x, y));
        }
        draw_row(ink, Rect { y, height: 1, ..area }, model, row, context.zone, dated);
        if here {
            ink.tint(Rect { y, height: 1, ..area }, ink.style(Role::Selected));
        }
    }
    cursor
}

fn title(ink: &mut Ink<'_>, area: Rect, model: &Model, log: &Log) {
    let y = area.y - 1;
    let mut right = area.right();
    if log.head.is_some_and(|head| model.inner.head > head) {
        let newer = SafeText::own(format!("{} newer, . reads anew", ink.glyphs.new));
        let width = u16::try_from(newer.width()).unwrap_or(0) + 2;
        right = right.saturating_sub(width);
        frame::title(ink, right, y, area.right(), &newer, Role::Accent);
    }
    let words = match log.words.as_str() {
        "" => "all".to_owned(),
        BEGUN => "without turns and deliveries".to_owned(),
        words => format!("/{}", SafeText::line_within(words, 60)),
    };
    let more = match (log.asked, log.next) {
        (Some(_), _) => ", reading…",
        (None, Some(_)) => " so far",
        (None, None) => "",
    };
    let words = SafeText::own(format!("Log · {words} · {}{more}", log.rows.len()));
    frame::title(ink, area.x, y, right, &words, Role::Focus);
}

fn draw_row(ink: &mut Ink<'_>, area: Rect, model: &Model, row: &Recorded, zone: &TimeZone, dated: bool) {
    let (y, right) = (area.y, area.right());
    let mut x = area.x + 1;
    if dated {
        let day =
            if when::another_day(row.at, model.now, zone) { when::day(row.at, zone) } else { SafeText::default() };
        ink.put_cut(x, y, right, &day, ink.style(Role::Dim));
        x += 11;
    }
    ink.put(x, y, right, &when::time_of_day(row.at, zone), ink.style(Role::Dim));
    x += 6;
    let (who, role) = who(model, row);
    let names = if area.width >= 100 { 14 } else { 9 };
    ink.put_cut(x, y, x + names, &who, ink.style(role));
    x += names + 1;
    ink.put_cut(x, y, x + 9, deed(&row.event), ink.style(Role::Strong));
    x += 10;
    if area.width >= 60 {
        let where_to = row.conversation.map_or(SafeText::literal("desk"), |id| conversation(model, id));
        let wide = if area.width >= 100 { 26 } else { 16 };
        ink.put_cut(x, y, (x + wide).min(right), &where_to, ink.style(Role::Text));
        x += wide + 1;
    }
    let (words, role) = words(ink, model, row, zone);
    ink.put_cut(x, y, right, &words, ink.style(role));
}

fn conversation(model: &Model, id: ConversationId) -> SafeText {
    match model.card(id) {
        Some(card) => SafeText::own(format!("#{id} {}", SafeText::line_within(&card.customer.name, 40))),
        None => SafeText::own(format!("#{id}")),
    }
}

/// Who did it.
pub(super) fn who(model: &Model, row: &Recorded) -> (SafeText, Role) {
    if matches!(row.event, Event::Opened { .. } | Event::CustomerSaid { .. } | Event::Rated { .. }) {
        return (SafeText::literal("customer"), Role::Customer);
    }
    let Actor::Teammate(id) = row.by else { return (SafeText::literal("desk"), Role::Dim) };
    let kind = model.office.teammates.get(&id).map(|one| one.role.kind());
    let role = match kind {
        Some(Kind::Ai) => Role::Ai,
        Some(Kind::Human) => Role::Human,
        Some(Kind::Connector) | None => Role::Dim,
    };
    if model.me() == Some(id) {
        return (SafeText::literal("you"), role);
    }
    (SafeText::line_within(&model.name_of(id), 40), role)
}

/// What was done and why, in a line.
fn words(ink: &Ink<'_>, model: &Model, row: &Recorded, zone: &TimeZone) -> (SafeText, Role) {
    if let Some(text) = said(&row.event) {
        let lead = if let Event::Escalated { reason, .. } = &row.event { reason.words() } else { "" };
        let gap = if lead.is_empty() || text.is_empty() { "" } else { ": " };
        return (SafeText::own(format!("{lead}{gap}{}", around(text, &model.log.words))), Role::Text);
    }
    if let Some(words) = of_the_desk(model, &row.event) {
        return (words, Role::Dim);
    }
    let mut thread = Thread::new(row.conversation.unwrap_or_default());
    let customer = SafeText::literal("the customer");
    let context = entry::Context { model, theme: ink.theme, glyphs: ink.glyphs, zone, width: 200, customer: &customer };
    let happened = thread.apply(row).ok().and_then(|()| thread.entries.front().cloned());
    happened
        .and_then(|entry| entry::happened(&entry, &context))
        .map_or((SafeText::default(), Role::Dim), |(words, role)| (words, role))
}

/// What changes an entry, or the desk.
#[expect(clippy::too_many_lines, reason = "one arm for each event, read as a table")]
fn of_the_desk(model: &Model, event: &Event) -> Option<SafeText> {
    Some(match event {
        Event::DraftEnded { draft, ending } => SafeText::own(match ending {
            Ending::Approved => format!("draft {draft} was sent as it was"),
            Ending::Edited => format!("draft {draft} was sent with another text"),
            Ending::Rejected { reason } => format!("draft {draft} was not sent: {}", SafeText::line(reason)),
            Ending::Expired => format!("draft {draft} expired: nobody decided in time"),
            Ending::Withdrawn { why } => format!("draft {draft} was withdrawn: {}", SafeText::line(why)),
        }),
        Event::ToolEnded { call, ending } => SafeText::own(match ending {
            ToolEnding::Approved => format!("tool call {call} was approved"),
            ToolEnding::Edited { arguments, .. } => {
                format!("tool call {call} was approved with other arguments: {}", SafeText::evidence(arguments))
            }
            ToolEnding::Rejected { reason } => format!("tool call {call} was rejected: {}", SafeText::line(reason)),
            ToolEnding::Answered { text } => format!("the AI was answered: {}", SafeText::line(text)),
            ToolEnding::Expired => format!("tool call {call} expired: it was not run"),
            ToolEnding::Withdrawn { why } => format!("tool call {call} was withdrawn: {}", SafeText::line(why)),
        }),
        Event::ToolAllowed { call, .. } => SafeText::own(format!("may use {}", short(call))),
        Event::ToolProposed { call, why, .. } => {
            SafeText::own(format!("wants to use {}: {}", short(call), why.words()))
        }
        Event::ToolBegan { call } => SafeText::own(format!("tool call {call} began")),
        Event::ToolRan { call, fate, result } => {
            let how = match fate {
                Fate::Done => "was done",
                Fate::Failed => "failed",
                Fate::Unknown => "may have been done or not",
            };
            SafeText::own(format!("tool call {call} {how}: {}", SafeText::line_within(result, 160)))
        }
        Event::TurnWaits { call, .. } => SafeText::own(format!("waits for a person's word on tool call {call}")),
        Event::ToolOffered { offer } => {
            let pin: String = offer.definition.to_string().chars().take(16).collect();
            SafeText::own(format!("{} is offered, definition {pin}", SafeText::line_within(&offer.tool, 80)))
        }
        Event::ToolWithdrawn { tool } => {
            SafeText::own(format!("{} is offered no more", SafeText::line_within(tool, 80)))
        }
        Event::AmountMoved { spent } => {
            SafeText::own(format!("{} moved {}", SafeText::line(&spent.tool), money(spent.amount)))
        }
        Event::Briefed { brief } => {
            let parts = brief.parts().into_iter().filter(|(_, words)| !words.is_empty());
            let said: Vec<String> = parts.map(|(name, words)| format!("{name}: {}", SafeText::line(words))).collect();
            SafeText::own(said.join(" · "))
        }
        Event::Blank => SafeText::own("was erased since"),
        Event::Erased { .. } => SafeText::own("what was said and who asked was erased"),
        Event::TurnBegan { answers, .. } => SafeText::own(format!("begins to answer, has read up to {answers}")),
        Event::Annotated { message, judgement, .. } => {
            let failures: Vec<_> = judgement.failures.iter().map(|failure| failure.words()).collect();
            let note = judgement.note.as_ref().map_or_else(String::new, |note| format!(": {}", SafeText::line(note)));
            let verdict = match judgement.verdict {
                crate::domain::annotation::Verdict::Good => "good",
                crate::domain::annotation::Verdict::Bad => "bad",
                crate::domain::annotation::Verdict::Unsure => "not sure",
            };
            let what = if failures.is_empty() { verdict.to_owned() } else { failures.join(", ") };
            SafeText::own(format!("message {message}: {what}{note}"))
        }
        Event::AnnotationWithdrawn { annotation } => SafeText::own(format!("judgement {annotation} was taken back")),
        Event::DeliveryClaimed { message } => SafeText::own(format!("message {message} is being delivered")),
        Event::DeliveryReported { message, report } => SafeText::own(match report {
            Report::Failed { why } => format!("message {message} did not arrive: {}", SafeText::line(why)),
            Report::Unknown => format!("nobody can tell whether message {message} arrived"),
            Report::Sent => format!("message {message} was taken by the channel"),
            Report::Delivered => format!("message {message} was delivered"),
        }),
        Event::DeliveriesVoided { messages } => {
            let which: Vec<String> = messages.iter().map(ToString::to_string).collect();
            SafeText::own(format!("never sent: {}", which.join(", ")))
        }
        Event::TaskGiven { to, task } => {
            let to = SafeText::line_within(&model.name_of(*to), 40);
            SafeText::own(format!("{} for {to}: {}", task.kind.word(), SafeText::line_within(&task.goal, 160)))
        }
        Event::TaskBegan { task, .. } => SafeText::own(format!("task {task} began")),
        Event::TaskEnded { task, ending } => {
            let why = ending.why().map_or_else(String::new, |why| format!(": {}", SafeText::line(why)));
            SafeText::own(format!("task {task} {}{why}", ending.how().past()))
        }
        Event::TaskSeen { task } => SafeText::own(format!("what came of task {task} was seen")),
        Event::DeskFounded { name } => SafeText::own(format!("the desk {} began", SafeText::line(name))),
        Event::TimelineBegan { timeline } => SafeText::own(format!("the log was restored: time line {timeline}")),
        Event::TeammateInvited { name, role, .. } => {
            SafeText::own(format!("{} joined as {}", SafeText::line(name), role.word()))
        }
        Event::TokenReplaced { teammate, .. } => SafeText::own(format!("teammate {teammate} has a new token")),
        Event::TeammateRevoked { teammate } => SafeText::own(format!("teammate {teammate} was shown the door")),
        Event::DeskModeSet { topic, channel, from, mode, why } => {
            let of = match (topic, channel) {
                (Some(topic), _) => format!("topic {}", SafeText::line(topic)),
                (None, Some(channel)) => format!("channel {}", SafeText::line(channel)),
                (None, None) => "the desk".to_owned(),
            };
            let word =
                |mode: &Option<crate::domain::mode::Mode>| mode.map_or("as the wider setting", |mode| mode.word());
            let why = if why.is_empty() { String::new() } else { format!(": {}", SafeText::line(why)) };
            SafeText::own(format!("{of}: from {} to {}{why}", word(from), word(mode)))
        }
        Event::Stopped { stop } => {
            let because =
                if stop.reason.is_empty() { String::new() } else { format!(": {}", SafeText::line(&stop.reason)) };
            let words = stop.scope.words(&|id| format!("AI teammate {id}"));
            SafeText::own(format!("stop {}: {}, {}{because}", stop.id, SafeText::line(&words), stop.then.meaning()))
        }
        Event::Spending { level } => SafeText::own(level.sentence()),
        Event::StopLifted { stop, how } => SafeText::own(match how {
            Lifting::ByHand { reason } => format!("stop {stop} was lifted: {}", SafeText::line(reason)),
            Lifting::TimeOver => format!("stop {stop} ended: its time was over"),
            Lifting::Replaced { by } => format!("stop {stop} was replaced by stop {by}"),
        }),
        Event::ReplyKept { name, reply } => {
            let what = if reply.is_some() { "is kept for all" } else { "is forgotten" };
            SafeText::own(format!("canned reply {} {what}", SafeText::line_within(name, 80)))
        }
        Event::PolicySet { policy } => {
            SafeText::own(format!("the rules of the desk; the mode is {}", policy.mode.word()))
        }
        _ => return of_guidance(event),
    })
}

/// What happened to guidance.
fn of_guidance(event: &Event) -> Option<SafeText> {
    Some(match event {
        Event::GuidanceWritten { guidance, version } => SafeText::own(format!(
            "guidance {guidance} v{}, staged: {}",
            version.version,
            SafeText::line(&version.instruction.title)
        )),
        Event::GuidancePublished { guidance, version } => {
            SafeText::own(format!("guidance {guidance} v{version} is published: the AI follows it"))
        }
        Event::GuidanceRetired { guidance, why } => {
            let because = if why.is_empty() { String::new() } else { format!(": {}", SafeText::line(why)) };
            SafeText::own(format!("guidance {guidance} is retired{because}"))
        }
        _ => return None,
    })
}

/// A call in a line: which tool, with what.
fn short(call: &Call) -> String {
    format!("{} {}", SafeText::line_within(&call.tool, 60), SafeText::evidence(&call.arguments).within(120))
}

/// A text in a line, from a little before the first word that is looked for.
fn around(text: &str, sought: &str) -> SafeText {
    let lower = text.to_lowercase();
    let words = sought.split_whitespace().filter(|word| !word.starts_with(['-', '#']) && !word.contains(':'));
    let at = words.filter_map(|word| lower.find(&word.trim_matches('"').to_lowercase())).min().unwrap_or(0);
    let from = text.char_indices().map(|(at, _)| at).take_while(|start| *start <= at).collect::<Vec<_>>();
    match from.len().checked_sub(24).and_then(|back| from.get(back)) {
        Some(start) if at > 40 => {
            SafeText::own(format!("…{}", SafeText::line_within(text.get(*start..).unwrap_or_default(), 200)))
        }
        _ => SafeText::line_within(text, 200),
    }
}
