//! The job on many: what will be done and to how many, with a count to type; then what came of each.
//!
//! ```text
//! ┌ resolve ───────────────────────────────────┐   ┌ resolve: 35 of 37 done ────────────────────┐
//! │ 37 conversations, 2 skipped: held by others │   │ × #1046 D. Osei    lena holds it           │
//! │ ✓ #1042 Jana Novak                          │   │ ✓ #1042 Jana Novak                         │
//! │ – #1046 D. Osei    held by others           │   │ Enter tries the 2 that failed again        │
//! │ type 37 to do it: 3▏                        │   └────────────────────────────────────────────┘
//! └─────────────────────────────────────────────┘
//! ```

use super::filter;
use crate::{
    console::{
        model::{Deed, Job, JobBox, Model, many::Stage},
        theme::Role,
        widgets::{Ink, frame},
    },
    domain::{ids::ConversationId, text::SafeText},
};
use ratatui::layout::{Position, Rect};

/// What becomes of one conversation.
enum Fate<'a> {
    Meant(SafeText),
    Skipped(&'static str),
    UnderWay,
    Done,
    Failed(&'a str),
}

/// Draws it. Where the caret is, while a count is typed.
pub(super) fn draw(ink: &mut Ink<'_>, over: Rect, model: &Model, shown: &JobBox) -> Option<Position> {
    let job = model.many.job.as_ref()?;
    let deed = SafeText::line_within(&model.deed_words(&job.deed), 60);
    let title = match job.stage {
        Stage::Planned => deed,
        Stage::Running | Stage::Ended => SafeText::own(format!("{deed}: {} of {} done", job.done.len(), job.count())),
    };
    let fates = fates(job, model);
    let most = over.height.saturating_sub(4).min(16);
    let rows = u16::try_from(fates.len()).unwrap_or(u16::MAX).clamp(1, most.saturating_sub(3).max(1));
    let height = rows + 4 + u16::from(shown.warning.is_some());
    // Briefs and arguments are read before they go.
    let width = if matches!(job.deed, Deed::Sweep(_) | Deed::Approve { .. }) { 112 } else { 72 };
    let inner = frame::boxed(ink, over, width, height, &title);
    let right = inner.right();
    ink.put_cut(inner.x, inner.y, right, &summary(job), ink.style(Role::Text));
    let top = usize::from(shown.top).min(fates.len().saturating_sub(usize::from(rows)));
    let list = Rect { y: inner.y + 1, height: rows, ..inner };
    for (y, (id, fate)) in (list.top()..list.bottom()).zip(fates.iter().skip(top)) {
        row(ink, Rect { y, height: 1, ..list }, model, *id, fate);
    }
    if top + usize::from(rows) < fates.len() {
        ink.put_right(inner.x, list.bottom().saturating_sub(1), right, ink.glyphs.more, ink.style(Role::Dim));
    }
    let mut y = list.bottom();
    if let Some(warning) = &shown.warning {
        let words = SafeText::own(format!("{} {}", ink.glyphs.warn, SafeText::line(warning)));
        ink.put_cut(inner.x, y, right, &words, ink.style(Role::Warn));
        y += 1;
    }
    let words = match job.stage {
        Stage::Planned => SafeText::own(format!("type {} and press Enter: ", job.todo.len())),
        Stage::Running => SafeText::literal("under way; Esc puts this away and it goes on"),
        Stage::Ended if !job.failed.is_empty() => {
            SafeText::own(format!("Enter tries the {} that failed again; Esc leaves it", job.failed.len()))
        }
        Stage::Ended if matches!(job.deed, Deed::Approve { .. } | Deed::Task(_) | Deed::Undo(..)) => {
            SafeText::literal("Esc goes back")
        }
        Stage::Ended => SafeText::literal("Esc goes back; there u undoes it"),
    };
    let x = ink.put_cut(inner.x, y, right, &words, ink.style(Role::Key));
    (job.stage == Stage::Planned)
        .then(|| filter::line(ink, Rect { x, y, width: right.saturating_sub(x), height: 1 }, &shown.input))
}

fn summary(job: &Job) -> SafeText {
    let count = job.count();
    let noun = if count == 1 { "conversation" } else { "conversations" };
    let failed = if job.failed.is_empty() { String::new() } else { format!(", {} failed", job.failed.len()) };
    SafeText::own(format!("{count} {noun}{failed}{}", job.left_out_words()))
}

/// All of them: what went wrong first, then what is left out, then the rest.
fn fates<'a>(job: &'a Job, model: &Model) -> Vec<(ConversationId, Fate<'a>)> {
    let failed = job.failed.iter().map(|(id, why)| (*id, Fate::Failed(why)));
    let under_way = job.under_way.values().map(|id| (*id, Fate::UnderWay));
    let meant = |id: &ConversationId| match job.stage {
        Stage::Planned => Fate::Meant(goes(job, *id, model)),
        Stage::Running | Stage::Ended => Fate::UnderWay,
    };
    let todo = job.todo.iter().map(|id| (*id, meant(id)));
    let skipped = job.skipped.iter().map(|(id, why)| (*id, Fate::Skipped(why)));
    let done = job.done.iter().map(|id| (*id, Fate::Done));
    failed.chain(skipped).chain(under_way).chain(todo).chain(done).collect()
}

/// Where one goes in a sweep, and what its brief says.
fn goes(job: &Job, id: ConversationId, model: &Model) -> SafeText {
    if let Deed::Approve { calls, .. } = &job.deed {
        return calls.get(&id).map(|call| SafeText::evidence(&call.arguments)).unwrap_or_default();
    }
    let Deed::Sweep(going) = &job.deed else { return SafeText::default() };
    let Some(goes) = going.get(&id) else { return SafeText::default() };
    let to = goes.to.teammate().map_or_else(|| "the queue".to_owned(), |id| model.name_of(id));
    let parts = goes.brief.parts();
    let said: Vec<&str> = [1, 0, 2].iter().filter_map(|at| parts.get(*at)).map(|(_, text)| *text).collect();
    let said = said.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default();
    SafeText::line(&format!("to {to}: {said}"))
}

fn row(ink: &mut Ink<'_>, area: Rect, model: &Model, id: ConversationId, fate: &Fate<'_>) {
    let (sign, role, words) = match fate {
        Fate::Meant(words) => (ink.glyphs.dot, Role::Text, words.clone()),
        Fate::Skipped(why) => (ink.glyphs.minus, Role::Dim, SafeText::literal(why)),
        Fate::UnderWay => (ink.glyphs.more, Role::Accent, SafeText::literal("under way")),
        Fate::Done => (ink.glyphs.good, Role::Good, SafeText::default()),
        Fate::Failed(why) => (ink.glyphs.bad, Role::Bad, SafeText::line(why)),
    };
    let (y, right) = (area.y, area.right());
    let style = ink.style(role);
    ink.put(area.x, y, right, sign, style);
    let number = SafeText::own(format!("#{id}"));
    let x = ink.put(area.x + 2, y, right, &number, style).max(area.x + 8);
    let name = model.card(id).map(|card| SafeText::line_within(&card.customer.name, 24)).unwrap_or_default();
    let x = ink.put_cut(x + 1, y, right, &name, ink.style(Role::Text));
    ink.put_cut(x.max(area.x + 30) + 2, y, right, &words, style);
}
