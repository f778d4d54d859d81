//! The rows of what became of the AI's answers, on disk. Rules are those of [`outputs`](super::super::outputs).

use super::{Fault, number, whole};
use crate::{
    domain::{
        edit::Distance,
        event::Event,
        evidence::{Counted, Evidence, Fate},
        ids::{ConversationId, EntryNo},
        time::Timestamp,
    },
    store::{
        Corrected, NamedAt,
        outputs::{Group, Judged, Output, Outputs, add_up, verdict},
        reader::{link_in, select},
        upcast,
    },
};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

/// Entries looked back for a person's answer.
const LOOKED_BACK: u32 = 48;

/// The tables, in the transaction of a projection.
pub(super) struct Tables<'a, 'b>(pub(super) &'a Transaction<'b>);

impl Tables<'_, '_> {
    /// Finds anew what people think of the answers that a judged message is, as a draft or as it was sent.
    fn review(&self, conversation: ConversationId, message: EntryNo) -> Result<(), Fault> {
        let id = number(conversation.0);
        let answers: Vec<u32> = self
            .0
            .prepare_cached("SELECT n FROM outputs WHERE conversation = ?1 AND (n = ?2 OR sent = ?2)")?
            .query_map(params![id, message.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for n in answers {
            let standing: Vec<Option<bool>> = self
                .0
                .prepare_cached(
                    "SELECT one.good FROM verdicts AS one, outputs WHERE one.conversation = ?1 AND one.withdrawn = 0
                     AND outputs.conversation = ?1 AND outputs.n = ?2
                     AND (one.message = outputs.n OR one.message = outputs.sent)
                     AND NOT EXISTS (SELECT 1 FROM verdicts AS later WHERE later.conversation = ?1
                                     AND later.supersedes = one.n AND later.withdrawn = 0)",
                )?
                .query_map(params![id, n], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            self.0
                .prepare_cached("UPDATE outputs SET good = ?3 WHERE conversation = ?1 AND n = ?2")?
                .execute(params![id, n, verdict(standing.into_iter())])?;
        }
        Ok(())
    }

    /// As [`review`](Self::review), for the message that a judgement is about.
    fn review_of(&self, conversation: ConversationId, judgement: EntryNo) -> Result<(), Fault> {
        let sql = "SELECT message FROM verdicts WHERE conversation = ? AND n = ?";
        let with = params![number(conversation.0), judgement.0];
        let message: Option<u32> = self.0.prepare_cached(sql)?.query_row(with, |row| row.get(0)).optional()?;
        message.map_or(Ok(()), |message| self.review(conversation, EntryNo(message)))
    }
}

impl Outputs for Tables<'_, '_> {
    type Error = Fault;

    fn event(&mut self, conversation: ConversationId, n: EntryNo) -> Result<Option<Event>, Fault> {
        let sql = &select("FROM events WHERE conversation = ? AND n = ?");
        let link = self.0.prepare_cached(sql)?.query_row(params![number(conversation.0), n.0], link_in).optional()?;
        Ok(link.map(|link| upcast::read(&link)).transpose()?.map(|recorded| recorded.event))
    }

    fn reply_between(
        &mut self,
        conversation: ConversationId,
        after: EntryNo,
        before: EntryNo,
    ) -> Result<Option<String>, Fault> {
        let sql = &select("FROM events WHERE conversation = ? AND n > ? AND n < ? ORDER BY n DESC LIMIT ?");
        let mut statement = self.0.prepare_cached(sql)?;
        let with = params![number(conversation.0), after.0, before.0, LOOKED_BACK];
        for link in statement.query_map(with, link_in)? {
            if let Event::Replied { text, .. } = upcast::read(&link?)?.event {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    fn put(&mut self, output: &Output) -> Result<(), Fault> {
        let sql = "INSERT INTO outputs (conversation, n, at, topic, channel, fate) VALUES (?, ?, ?, ?, ?, ?)";
        let with = params![
            number(output.conversation.0),
            output.n.0,
            output.at.0,
            output.topic,
            output.channel,
            kept(output.fate)
        ];
        self.0.prepare_cached(sql)?.execute(with)?;
        Ok(())
    }

    fn shadow(&mut self, conversation: ConversationId) -> Result<Option<EntryNo>, Fault> {
        let sql = "SELECT max(n) FROM outputs WHERE conversation = ? AND fate = ?";
        let with = params![number(conversation.0), kept(Fate::Shadow)];
        let found: Option<u32> = self.0.prepare_cached(sql)?.query_row(with, |row| row.get(0))?;
        Ok(found.map(EntryNo))
    }

    fn ended(
        &mut self,
        (conversation, n): (ConversationId, EntryNo),
        fate: Fate,
        distance: Option<Distance>,
        sent: Option<EntryNo>,
    ) -> Result<(), Fault> {
        let sql = "UPDATE outputs SET fate = ?3, distance = coalesce(?4, distance), sent = coalesce(?5, sent)
                   WHERE conversation = ?1 AND n = ?2";
        let with = params![
            number(conversation.0),
            n.0,
            kept(fate),
            distance.map(|distance| distance.0),
            sent.map(|sent| sent.0)
        ];
        self.0.prepare_cached(sql)?.execute(with)?;
        sent.map_or(Ok(()), |sent| self.review(conversation, sent))
    }

    fn correct(&mut self, correction: &Corrected) -> Result<(), Fault> {
        let sql = "INSERT INTO corrections (seq, conversation, said, sent, distance) VALUES (?, ?, ?, ?, ?)";
        let Corrected { seq, conversation, said, sent, distance } = correction;
        let with = params![number(seq.0), number(conversation.0), said.0, sent.0, distance.0];
        self.0.prepare_cached(sql)?.execute(with)?;
        Ok(())
    }

    fn judge(&mut self, conversation: ConversationId, judged: &Judged) -> Result<(), Fault> {
        let sql = "INSERT INTO verdicts (conversation, n, message, good, supersedes) VALUES (?, ?, ?, ?, ?)";
        let supersedes = judged.supersedes.map(|n| n.0);
        let with = params![number(conversation.0), judged.n.0, judged.message.0, judged.good, supersedes];
        self.0.prepare_cached(sql)?.execute(with)?;
        if let Some(replaced) = judged.supersedes {
            self.review_of(conversation, replaced)?;
        }
        self.review(conversation, judged.message)
    }

    fn named(&mut self, named: &NamedAt) -> Result<(), Fault> {
        super::guidance::name(self.0, named)
    }

    fn guidance(&mut self, event: &Event) -> Result<(), Fault> {
        super::guidance::take(self.0, event)
    }

    fn withdraw(&mut self, conversation: ConversationId, annotation: EntryNo) -> Result<(), Fault> {
        let sql = "UPDATE verdicts SET withdrawn = 1 WHERE conversation = ? AND n = ? RETURNING supersedes";
        let with = params![number(conversation.0), annotation.0];
        let replaced = self.0.prepare_cached(sql)?.query_row(with, |row| row.get::<_, Option<u32>>(0)).optional()?;
        if let Some(replaced) = replaced.flatten() {
            self.review_of(conversation, EntryNo(replaced))?;
        }
        self.review_of(conversation, annotation)
    }
}

/// The evidence of what was made from `since` on.
pub(in crate::store) fn evidence(connection: &Connection, since: Timestamp) -> rusqlite::Result<Vec<Evidence>> {
    let sql = "SELECT topic, channel, fate, count(*), count(*) FILTER (WHERE distance <= ?2),
                      coalesce(sum(distance), 0), count(good), coalesce(sum(good), 0)
               FROM outputs WHERE at >= ?1 GROUP BY topic, channel, fate";
    let mut statement = connection.prepare_cached(sql)?;
    let groups = statement.query_map(params![since.0, Distance::ALIKE.0], group)?;
    Ok(add_up(groups.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten()))
}

/// None: a fate that a later program wrote.
fn group(row: &Row<'_>) -> rusqlite::Result<Option<Group>> {
    let Some(fate) = usize::try_from(row.get::<_, i64>(2)?).ok().and_then(|at| Fate::ALL.get(at)).copied() else {
        return Ok(None);
    };
    let count = |at: usize| Ok::<_, rusqlite::Error>(u32::try_from(row.get::<_, i64>(at)?).unwrap_or(u32::MAX));
    let counted = Counted {
        fate,
        count: count(3)?,
        alike: count(4)?,
        apart: whole(row.get(5)?),
        reviewed: count(6)?,
        good: count(7)?,
    };
    Ok(Some(Group { topic: row.get(0)?, channel: row.get(1)?, counted }))
}

/// As it is kept: its place among all.
fn kept(fate: Fate) -> i64 {
    Fate::ALL.iter().position(|one| *one == fate).and_then(|at| i64::try_from(at).ok()).unwrap_or_default()
}
