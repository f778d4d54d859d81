//! When the person is called, and with which words; and what the window's title says.
//!
//! Deliberately not here: which conversations call (`alerts`), and how a terminal calls (`terminal`).

use super::Up;
use crate::console::{
    alerts::Call,
    effect::Effect,
    model::{Line, Model, Severity},
};
use crate::{
    config::{By, Rule},
    domain::{
        attention,
        card::Card,
        filter::{Context, Filter},
        ids::{ConversationId, TeammateId},
        text::SafeText,
        time::{Span, Timestamp},
    },
};

/// Between two titles lies at least this, so that a storm of cards is not written twice.
const TITLE_EVERY: Span = Span::seconds(1);
/// Cells of a name in a call.
const NAME: usize = 40;

impl Up<'_> {
    /// Looks at cards before the floor has them: what newly fits a rule is called for.
    pub(super) fn look_at_all(&mut self, cards: &[Card], gone: &[ConversationId]) {
        let Model { alerts, office, inner, you, now, zone, .. } = &mut *self.m;
        let name = |id: TeammateId| office.teammates.get(&id).map(|one| one.name.as_str());
        let context = Context { at: *now, me: you.as_ref().map(|you| you.id), name: &name };
        let minute = minute_of_day(*now, *zone);
        for card in cards {
            if inner.begun {
                alerts.look(card, &context, minute);
            } else {
                alerts.known(card, &context, minute);
            }
        }
        for id in gone {
            alerts.gone(*id);
        }
    }

    /// Calls if it is time to, and keeps the title true.
    pub(super) fn tend_alerts(&mut self) {
        let now = self.m.now;
        if self.m.inner.begun && self.m.alerts.looks_again(now) {
            let minute = minute_of_day(now, self.m.zone);
            self.with_cards(|alerts, card, context| alerts.look(card, context, minute));
        }
        if let Some(call) = self.m.alerts.take(now) {
            self.call(&call);
        }
        self.tend_title();
    }

    /// Has the alerts look at each card of the floor.
    fn with_cards(&mut self, look: impl Fn(&mut crate::console::alerts::Alerts, &Card, &Context)) {
        let Model { alerts, floor, office, you, now, .. } = &mut *self.m;
        let name = |id: TeammateId| office.teammates.get(&id).map(|one| one.name.as_str());
        let context = Context { at: *now, me: you.as_ref().map(|you| you.id), name: &name };
        for card in floor.cards() {
            look(alerts, card, &context);
        }
    }

    /// When there is a call to be made, the floor to be looked at again, or the title to be changed.
    pub(super) fn next_call(&self) -> Option<Timestamp> {
        let now = self.m.now;
        let again = self.m.alerts.again_at(now).filter(|_| self.m.inner.begun && self.m.floor.cards().next().is_some());
        let title = self.m.inner.title.as_ref().filter(|(shown, _)| *shown != self.title());
        let title = title.map(|(_, since)| since.plus(TITLE_EVERY));
        [self.m.alerts.due_at(now), again, title].into_iter().flatten().min()
    }

    fn call(&mut self, call: &Call) {
        let Some(words) = self.m.call_words(call) else { return };
        // Who looks at it needs no window that tells so.
        let elsewhere = self.m.focused != Some(true);
        let says = (elsewhere && call.is_by(By::Notification)).then(|| words.clone());
        self.effects.push(Effect::Call { rings: call.is_by(By::Bell), says });
        self.say(Severity::Info, words.as_str());
    }

    fn tend_title(&mut self) {
        if self.m.you.is_none() {
            return;
        }
        let (now, title) = (self.m.now, self.title());
        let is_due = match &self.m.inner.title {
            None => true,
            Some((shown, since)) => *shown != title && now.since(*since) >= TITLE_EVERY,
        };
        if is_due {
            self.effects.push(Effect::Title(SafeText::line(&title)));
            self.m.inner.title = Some((title, now));
        }
    }

    /// What the title should say: how many conversations need the person, and where. Nothing of what customers write.
    fn title(&self) -> String {
        let name = SafeText::line_within(&self.m.office.name, NAME);
        match (&self.m.line, self.m.floor.counts().needs) {
            (Line::Ended { .. } | Line::Reconnecting { .. } | Line::Connecting, _) => format!("no line · {name}"),
            (_, 0) => format!("{name} · centaur"),
            (_, 1) => format!("1 needs you · {name}"),
            (_, n) => format!("{n} need you · {name}"),
        }
    }

    /// `:alert`: tells the rules; with a filter, adds one until the person leaves.
    pub(super) fn alert(&mut self, argument: &str) {
        match argument {
            "off" | "on" => self.m.alerts.silence(argument == "off"),
            "" => {}
            words => match Filter::parse(words) {
                Ok(filter) if !filter.is_empty() => {
                    self.m.alerts.add(Rule::always(filter));
                    self.m.alerts.silence(false);
                    // What stands already is no news.
                    let minute = minute_of_day(self.m.now, self.m.zone);
                    self.with_cards(|alerts, card, context| alerts.known(card, context, minute));
                }
                Ok(_) => {}
                Err(mistake) => return self.say(Severity::Warn, format!("the filter: {mistake}")),
            },
        }
        let rules: Vec<String> = self.m.alerts.rules().iter().map(|rule| rule.when.to_string()).collect();
        let said = match (rules.is_empty(), self.m.alerts.is_silent()) {
            (_, true) => "nothing calls you until :alert on".to_owned(),
            (true, false) => {
                "no rule calls you; `:alert needs:me` makes one, [[alert]] in config.toml keeps it".to_owned()
            }
            (false, false) => format!("called for: {}", rules.join(" · ")),
        };
        self.say(Severity::Info, said);
    }
}

impl Model {
    /// A call in a line: which one and why, or how many; none if none of them is here any more.
    #[must_use]
    pub fn call_words(&self, call: &Call) -> Option<SafeText> {
        let mut cards: Vec<&Card> = call.conversations.iter().filter_map(|id| self.card(*id)).collect();
        cards.sort_by_key(|card| (std::cmp::Reverse(attention::score(card, self.now)), card.id));
        let (first, more) = cards.split_first()?;
        let why = match self.need(first.id) {
            Some(need) => need.asks.words(),
            None => attention::of(first, self.now).reasons.first().map_or("look", |reason| reason.why.words()),
        };
        let name = SafeText::line_within(&first.customer.name, NAME);
        let more = match more.len() {
            0 => String::new(),
            1 => ", and another".to_owned(),
            n => format!(", and {n} others"),
        };
        Some(SafeText::own(format!("#{} {name}: {why}{more}", first.id)))
    }
}

/// The minute of the day, 0 to 1439, in a zone of so many minutes east of UTC.
fn minute_of_day(at: Timestamp, zone: i32) -> u16 {
    let minute = at.0.div_euclid(60_000).saturating_add(i64::from(zone)).rem_euclid(24 * 60);
    u16::try_from(minute).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minute_of_the_day_is_the_one_where_the_person_sits() {
        // 2026-11-22T13:30:00Z.
        let at = Timestamp(1_795_354_200_000);
        assert_eq!([0, 60, -14 * 60, 11 * 60].map(|zone| minute_of_day(at, zone)), [810, 870, 1_410, 30]);
    }
}
