//! `centaur reindex`: throws away all that can be rebuilt from the log, and rebuilds it. The server must be stopped.

use super::{Context, exit::Failure, when};
use crate::{
    domain::ids::LogId,
    store::{EventLog, SqliteLog, SqliteReader, StoreError},
};
use std::path::PathBuf;

/// `centaur reindex`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur reindex --data /srv/desk")]
pub struct Reindex {
    /// The desk's folder [default: see `centaur paths`]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Reindex {
    /// Does it.
    ///
    /// # Errors
    /// 4 if there is no desk, 5 if a server runs on it; as the disk says.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let folder = self.data.unwrap_or_else(|| context.paths.desk());
        // Opening for writing would make a desk where there is none.
        match SqliteReader::open(&folder) {
            Ok(_) | Err(StoreError::Older { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let (mut log, _) = SqliteLog::open(&folder, when::now(), LogId(uuid::Uuid::new_v4().as_u128()))?;
        log.reindex()?;
        let (place, events) = (folder.display().to_string(), log.head().seq);
        let value = serde_json::json!({ "data": place, "events": events });
        context.out.done(&value, &format!("{place}: rebuilt from {events} events"))
    }
}
