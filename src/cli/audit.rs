//! `centaur audit verify`: walks the log's chain of hashes. Works beside a running server, and on a copy.

use super::{Context, exit::Failure, output::several};
use crate::store::{self, SqliteLog, SqliteReader};
use std::path::PathBuf;

/// `centaur audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur audit verify")]
pub struct Audit {
    /// What to do with the log
    #[command(subcommand)]
    what: What,
}

/// What can be done with the log.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Find any change, removal or cut in the log of a desk
    #[command(after_help = "Example:
  centaur audit verify
  centaur audit verify --data /srv/desk --mark /mnt/elsewhere/head

The mark is the file `head` that a server keeps in the desk's folder. Who can write there can write
it too: copy it elsewhere from time to time, and verify against the copy.")]
    Verify {
        /// The desk's folder [default: see `centaur paths`]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// A copy of the mark, kept elsewhere [default: the one in the desk's folder]
        #[arg(long, value_name = "FILE")]
        mark: Option<PathBuf>,
    },
}

impl Audit {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Failed`] with the first event that is not what was written, or if the mark is gone; 4 if there is no desk.
    pub fn run(self, context: &mut Context) -> Result<(), Failure> {
        let What::Verify { data, mark } = self.what;
        let folder = data.unwrap_or_else(|| context.paths.desk());
        // The mark first: events that come meanwhile do no harm, the log then only goes further than it.
        let against = match mark {
            Some(path) => {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| Failure::Usage(format!("cannot read the mark in {}: {error}", path.display())))?;
                Some(text.parse().map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?)
            }
            None => SqliteLog::mark_in(&folder)?,
        };
        let reader = SqliteReader::open(&folder)?;
        let found =
            store::verify(&reader, against.as_ref()).map_err(|broken| Failure::Failed(super::exit::causes(&broken)))?;
        // A server writes its mark from the first event on. Where it is gone, somebody took it.
        if against.is_none() && found.events > 0 {
            return Err(Failure::Failed(format!(
                "{}: all {} events follow on each other, but the mark beside the log (`head`) is gone, so whether its end was cut off cannot be told: name a copy of it with --mark, or start the server once, which looks at the log and writes a new one",
                folder.display(),
                found.events
            )));
        }
        let place = folder.display().to_string();
        let value = serde_json::json!({
            "data": place,
            "events": found.events,
            "seq": found.head.seq,
            "hash": crate::domain::ids::Digest(found.head.hash).to_string(),
            "marked": against.is_some(),
            "timelines": found.timelines,
            "erased": found.erased,
        });
        let restored = match found.timelines.len() {
            0 => String::new(),
            n => format!("; it was restored or rewound {}, and says so", several(n, "time")),
        };
        let erased = match found.erased {
            0 => String::new(),
            n => format!(
                "; {} erased since, and the log says by whom",
                several(usize::try_from(n).unwrap_or(usize::MAX), "conversation")
            ),
        };
        let sentence = format!("{place}: all {} events are what was written{restored}{erased}", found.events);
        context.out.done(&value, &sentence)
    }
}
