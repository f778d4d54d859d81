//! Unsent texts on disk: written within a second of the last key, so that no crash, reboot or cut line loses more. Saved
//! filters stand in a file beside them, which all consoles for the desk share; the newest wins.
//!
//! One small file for each desk, one JSON object a line, mode 0600, replaced as a whole by a rename. A thread of its own
//! writes, so that a slow disk never holds up a key. Each console locks the file that it writes: a second one for the same
//! desk keeps a file of its own beside it, and whoever comes next takes in what an ended one left. Deliberately not here:
//! when a text is kept or forgotten (`update`).

use super::{
    model::{DraftKey, Saved, Writing},
    views::{self, Views},
};
use crate::domain::ids::{ConversationId, EntryNo};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

/// How long changes are gathered before they are written.
const GATHER: Duration = Duration::from_millis(500);
/// Consoles of one person for one desk at once. More than these keep no drafts, and say so.
const CONSOLES: usize = 16;

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    conversation: ConversationId,
    writing: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<EntryNo>,
    text: String,
}

/// What waits to be written: the newest of each text. Bounded by how many texts there are.
#[derive(Debug, Default)]
struct Waiting {
    changes: BTreeMap<DraftKey, Option<String>>,
    /// The saved filters, if they changed.
    saved: Option<Vec<Saved>>,
    closing: bool,
    /// Whether somebody waits for the disk: no gathering then.
    hurry: bool,
    writing: bool,
    trouble: Option<String>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    written: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // The guarded value is whole after every statement, so a panic elsewhere does not spoil it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps unsent texts in a file.
#[derive(Debug)]
pub struct Keeper {
    shared: Arc<Shared>,
    /// What an earlier run saved.
    views: Views,
    thread: Option<JoinHandle<()>>,
    /// Held until everything is written: the file is this console's alone.
    _lock: File,
}

impl Keeper {
    /// Reads what earlier runs kept, and begins to keep: in the file at `path`, or beside it while another console has that.
    ///
    /// # Errors
    /// If a file cannot be read or locked, its folder not made, or too many consoles keep drafts for this desk. Lines that
    /// cannot be read are left out.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<(DraftKey, String)>)> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = views::beside(path);
        let views = views::read(&beside);
        let (path, lock, kept) = take_place(path)?;
        let shared = Arc::new(Shared::default());
        let thread = {
            let (shared, kept) = (shared.clone(), kept.clone());
            std::thread::Builder::new().name("drafts".to_owned()).spawn(move || keep(&shared, &path, &beside, kept))?
        };
        Ok((Self { shared, views, thread: Some(thread), _lock: lock }, kept.into_iter().collect()))
    }

    /// Keeps a text, or forgets it. Returns at once.
    pub fn keep(&self, key: DraftKey, text: Option<String>) {
        self.shared.lock().changes.insert(key, text);
        self.shared.changed.notify_all();
    }

    /// The filters that an earlier run saved.
    #[must_use]
    pub fn saved(&self) -> Vec<Saved> {
        self.views.saved.clone()
    }

    /// What is wrong in the file of the saved filters.
    #[must_use]
    pub fn mistakes(&self) -> &[String] {
        &self.views.mistakes
    }

    /// Keeps the saved filters. Returns at once.
    pub fn keep_saved(&self, saved: Vec<Saved>) {
        self.shared.lock().saved = Some(saved);
        self.shared.changed.notify_all();
    }

    /// Waits until everything is on disk.
    pub fn flush(&self) {
        let mut waiting = self.shared.lock();
        waiting.hurry = true;
        self.shared.changed.notify_all();
        while !waiting.changes.is_empty() || waiting.saved.is_some() || waiting.writing {
            waiting = self.shared.written.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.hurry = false;
    }

    /// What went wrong in writing, once.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.shared.lock().trouble.take()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // Fails only if the thread panicked; what it wrote before stands.
            let _ = thread.join();
        }
    }
}

/// The thread: gathers, writes, until closing and nothing waits.
fn keep(shared: &Shared, path: &Path, beside: &Path, mut kept: BTreeMap<DraftKey, String>) {
    let mut waiting = shared.lock();
    loop {
        while waiting.changes.is_empty() && waiting.saved.is_none() && !waiting.closing {
            waiting = shared.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        if waiting.changes.is_empty() && waiting.saved.is_none() {
            return;
        }
        if !waiting.closing && !waiting.hurry {
            let gathered = shared
                .changed
                .wait_timeout_while(waiting, GATHER, |waiting| !waiting.closing && !waiting.hurry)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = gathered.0;
        }
        let changes = std::mem::take(&mut waiting.changes);
        let saved = waiting.saved.take();
        waiting.writing = true;
        drop(waiting);
        for (key, text) in changes {
            match text {
                Some(text) => kept.insert(key, text),
                None => kept.remove(&key),
            };
        }
        let written = write(path, &kept).and_then(|()| saved.map_or(Ok(()), |saved| views::write(beside, &saved)));
        waiting = shared.lock();
        waiting.writing = false;
        if let Err(error) = written {
            waiting.trouble = Some(format!("unsent texts cannot be kept in {}: {error}", path.display()));
        }
        shared.written.notify_all();
    }
}

/// The first file that no other console has, with its lock and with all that ended consoles left for this desk.
fn take_place(path: &Path) -> io::Result<(PathBuf, File, BTreeMap<DraftKey, String>)> {
    let mut own = None;
    for number in 1..=CONSOLES {
        let place = place(path, number);
        let is_there = place.exists();
        if own.is_some() && !is_there {
            continue;
        }
        let Some(lock) = lock(&place)? else { continue };
        let Some((mine, _, kept)) = &mut own else {
            let kept = read(&place)?;
            own = Some((place, lock, kept));
            continue;
        };
        let left = read(&place)?;
        if !left.is_empty() {
            take_in(kept, left);
            // On disk here before it is gone there.
            write(mine, kept)?;
        }
        fs::remove_file(&place)?;
    }
    own.ok_or_else(|| io::Error::other(format!("{CONSOLES} consoles keep drafts for this desk; close one")))
}

/// The file of the console with this number: the first has the plain name.
fn place(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}.{number}.jsonl"))
}

/// The lock of a file, on a file beside it, since the file itself is replaced. None: another console has it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path.with_extension("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Nothing is lost: of two texts for one place the second follows on the first.
fn take_in(kept: &mut BTreeMap<DraftKey, String>, left: BTreeMap<DraftKey, String>) {
    for (key, text) in left {
        let own = kept.entry(key).or_default();
        if own.is_empty() {
            *own = text;
        } else if *own != text {
            own.push_str("\n\n");
            own.push_str(&text);
        }
    }
}

fn read(path: &Path) -> io::Result<BTreeMap<DraftKey, String>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    Ok(text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()).filter_map(Line::take).collect())
}

fn write(path: &Path, kept: &BTreeMap<DraftKey, String>) -> io::Result<()> {
    let beside: PathBuf = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    for (key, text) in kept {
        serde_json::to_writer(&mut file, &Line::of(*key, text))?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    fs::rename(&beside, path)
}

impl Line {
    fn of(key: DraftKey, text: &str) -> Self {
        let (writing, about) = match key.writing {
            Writing::Reply => ("reply", None),
            Writing::Note => ("note", None),
            Writing::Whisper => ("whisper", None),
            Writing::Brief => ("brief", None),
            Writing::Task => ("task", None),
            Writing::Guidance(n) => ("guidance", Some(n)),
            Writing::Correct(n) => ("correct", Some(n)),
            Writing::Reject(n) => ("reject", Some(n)),
            Writing::Edit(n) => ("edit", Some(n)),
            Writing::RejectTool(n) => ("reject_tool", Some(n)),
            Writing::EditTool(n) => ("edit_tool", Some(n)),
            Writing::AnswerTool(n) => ("answer_tool", Some(n)),
        };
        Self { conversation: key.conversation, writing: writing.to_owned(), about, text: text.to_owned() }
    }

    fn take(self) -> Option<(DraftKey, String)> {
        let writing = match (self.writing.as_str(), self.about) {
            ("reply", _) => Writing::Reply,
            ("note", _) => Writing::Note,
            ("whisper", _) => Writing::Whisper,
            ("brief", _) => Writing::Brief,
            ("task", _) => Writing::Task,
            ("guidance", Some(n)) => Writing::Guidance(n),
            ("correct", Some(n)) => Writing::Correct(n),
            ("reject", Some(n)) => Writing::Reject(n),
            ("edit", Some(n)) => Writing::Edit(n),
            ("reject_tool", Some(n)) => Writing::RejectTool(n),
            ("edit_tool", Some(n)) => Writing::EditTool(n),
            ("answer_tool", Some(n)) => Writing::AnswerTool(n),
            _ => return None,
        };
        Some((DraftKey { conversation: self.conversation, writing }, self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(conversation: u64, writing: Writing) -> DraftKey {
        DraftKey { conversation: ConversationId(conversation), writing }
    }

    #[test]
    fn saved_filters_are_there_again_for_every_console_of_the_desk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let mine = vec![Saved { name: "mine".to_owned(), words: "holder:me tag:\"late parcel\"".to_owned() }];
        let (first, _) = Keeper::open(&path).unwrap();
        assert_eq!(first.saved(), vec![]);
        first.keep_saved(mine.clone());
        first.flush();
        let (second, _) = Keeper::open(&path).unwrap();
        assert_eq!(second.saved(), mine);
    }

    #[test]
    fn what_was_kept_is_there_again_and_what_was_sent_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk").join("drafts.jsonl");
        let reply = key(7, Writing::Reply);
        let correction = key(7, Writing::Correct(EntryNo(3)));
        {
            let (keeper, before) = Keeper::open(&path).unwrap();
            assert_eq!(before, vec![]);
            keeper.keep(reply, Some("Dear Jana,\nI am".to_owned()));
            keeper.keep(correction, Some("30 days".to_owned()));
            keeper.keep(key(8, Writing::Note), Some("x".to_owned()));
            keeper.flush();
            keeper.keep(key(8, Writing::Note), None);
        }
        let (_keeper, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, vec![(reply, "Dear Jana,\nI am".to_owned()), (correction, "30 days".to_owned())]);
    }

    #[test]
    fn two_consoles_at_once_keep_their_own_texts_and_the_next_one_has_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let (one, two) = (key(1, Writing::Reply), key(2, Writing::Reply));
        let (first, _) = Keeper::open(&path).unwrap();
        let (second, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, vec![]);
        first.keep(one, Some("from the first".to_owned()));
        first.flush();
        second.keep(one, Some("from the second".to_owned()));
        second.keep(two, Some("mine".to_owned()));
        second.flush();
        first.keep(one, Some("from the first!".to_owned()));
        drop(first);
        drop(second);
        let all = vec![(one, "from the first!\n\nfrom the second".to_owned()), (two, "mine".to_owned())];
        let (third, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, all);
        // What the third took in is in its own file already.
        drop(third);
        assert_eq!(Keeper::open(&path).unwrap().1, all);
    }

    #[test]
    fn what_a_console_that_still_runs_keeps_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let (first, _) = Keeper::open(&path).unwrap();
        let (second, _) = Keeper::open(&path).unwrap();
        second.keep(key(2, Writing::Note), Some("still being written".to_owned()));
        second.flush();
        drop(first);
        let (_third, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, vec![]);
        drop(second);
        let (_fourth, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, vec![(key(2, Writing::Note), "still being written".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let (keeper, _) = Keeper::open(&path).unwrap();
        keeper.keep(key(1, Writing::Note), Some("secret".to_owned()));
        keeper.flush();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_line_that_cannot_be_read_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        fs::write(&path, "{\"conversation\":1,\"writing\":\"note\",\"text\":\"kept\"}\n{\"conv\n").unwrap();
        let (_keeper, before) = Keeper::open(&path).unwrap();
        assert_eq!(before, vec![(key(1, Writing::Note), "kept".to_owned())]);
    }
}
