//! The one table of what can be done: names for the keymap, words for the palette, lines for the help.
//!
//! Help, palette and the check of keymap files are made from it, so they cannot lie. Deliberately not here: keys (see
//! `assets/keymap.toml`) and what an action does (see `update`).

use crate::domain::near::nearest;
use std::fmt;

/// Where keys are looked up. The name is the section of the keymap file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, also over text.
    Always,
    /// The floor: no text is being typed.
    Floor,
    /// The floor, while the list has the keys; before `Floor`.
    List,
    /// The floor, while the talk has the keys; before `Floor`.
    Talk,
    /// Wherever text is typed.
    Text,
    /// The composer; before `Text`.
    Composer,
    /// A picker; before `Text` while one types in it.
    Picker,
    /// The palette; before `Text`.
    Palette,
    /// The card of *needs you*, while the queue has the keys; before `Floor`.
    Needs,
    /// The wall; before `Floor`.
    Wall,
    /// The AI screen; before `Floor`.
    Ai,
    /// The filter; before `Text`.
    Filter,
    /// The job on many; before `Text` while its count is typed.
    Job,
    /// The help.
    Help,
}

impl Scope {
    /// All, in the order of the help.
    pub const ALL: [Self; 14] = [
        Self::Floor,
        Self::List,
        Self::Talk,
        Self::Needs,
        Self::Wall,
        Self::Ai,
        Self::Composer,
        Self::Text,
        Self::Picker,
        Self::Palette,
        Self::Filter,
        Self::Job,
        Self::Help,
        Self::Always,
    ];

    /// Its name in the keymap file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Floor => "floor",
            Self::List => "list",
            Self::Talk => "talk",
            Self::Text => "text",
            Self::Composer => "composer",
            Self::Picker => "picker",
            Self::Palette => "palette",
            Self::Needs => "needs_you",
            Self::Wall => "wall",
            Self::Ai => "ai",
            Self::Filter => "filter",
            Self::Job => "job",
            Self::Help => "help",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in the keymap file.
    pub name: &'static str,
    /// Two or three words.
    pub title: &'static str,
    /// One line.
    pub help: &'static str,
    /// Where it can be bound.
    pub scopes: &'static [Scope],
    /// Its word in the palette, with what may follow it.
    pub word: Option<(&'static str, &'static str)>,
}

impl Entry {
    /// As it is typed: `:word [argument]`.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        self.word.map(|(word, argument)| format!(":{word} {argument}").trim_end().to_owned())
    }
}

macro_rules! actions {
    ($($(#[$group:meta])* $action:ident $name:literal [$($scope:ident)*] $title:literal, $help:literal $(, : $word:literal $arg:literal)?;)*) => {
        /// What can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(
                $(#[$group])*
                #[doc = $help]
                $action,
            )*
        }

        /// All that can be done, in the order of the help.
        pub const TABLE: &[Entry] = &[
            $(Entry {
                action: Action::$action,
                name: $name,
                title: $title,
                help: $help,
                scopes: &[$(Scope::$scope),*],
                word: actions!(@word $($word $arg)?),
            },)*
        ];
    };
    (@word) => { None };
    (@word $word:literal $arg:literal) => { Some(($word, $arg)) };
}

actions! {
    // Where one looks.
    Down "down" [Floor List Talk Picker Palette Job Help] "down", "Moves down: in the list, in the talk, in a choice.";
    Up "up" [Floor List Talk Picker Palette Job Help] "up", "Moves up.";
    First "first" [Floor List Talk Help] "to the top", "Moves to the first one; in the talk to the earliest that is loaded.";
    Last "last" [Floor List Talk Help] "to the end", "Moves to the last one; in the talk to the newest, and follows it.";
    PageDown "page_down" [Floor List Talk Job Help] "page down", "Moves down by a page.";
    PageUp "page_up" [Floor List Talk Job Help] "page up", "Moves up by a page.";
    HalfDown "half_down" [Floor List Talk Help] "half a page down", "Moves down by half a page.";
    HalfUp "half_up" [Floor List Talk Help] "half a page up", "Moves up by half a page.";
    NextPane "next_pane" [Floor List Talk] "next pane", "Gives the keys to the next part: list, talk, inspector.";
    PreviousPane "previous_pane" [Floor List Talk] "previous pane", "Gives the keys to the part before.";
    Open "open" [Floor List Talk] "open", "Opens the selected conversation and gives the talk the keys.", :"open" "[number]";
    Back "back" [Floor List Talk Composer Picker Palette Filter Job Help] "back", "One step back. Never discards: texts are kept for each conversation.";
    Floor "floor" [Floor List Talk] "floor", "All conversations, by attention, with the talk and why.", :"floor" "";
    NeedsYou "needs_you" [Floor List Talk] "needs you", "All that waits for your decision, one card at a time, the most urgent first.", :"needs" "";
    NextNeeds "next_needs" [Floor List Talk] "next that needs you", "Goes to the most urgent conversation that needs you, from there to the next one.", :"next" "";
    Filter "filter" [Floor List Talk] "filter", "Shows only the conversations that match the words.", :"filter" "[words]";
    Ai "ai" [Floor List Talk] "AI", "The AIs, how far they may go in which topic, and what speaks for a step further or back.", :"ai" "";
    CancelTask "cancel_task" [Ai] "cancel", "Cancels the task under the cursor, or puts its result away.";
    Step "step" [Ai] "take the step", "Sets the mode that the evidence proposes for the topic or channel under the cursor.", :"step" "";
    Guide "guide" [Floor List Talk Ai] "guidance", "Makes guidance for the AI from the selected message, which was judged bad; on the AI screen a new piece.", :"guide" "";
    TryGuidance "try_guidance" [Ai] "try", "Tries the guidance on past talks: what the AI would have said, without and with it. Nothing is sent.", :"try" "[talks]";
    PublishGuidance "publish_guidance" [Ai] "publish", "Lets every AI follow what is staged of the guidance.", :"publish" "";
    RetireGuidance "retire_guidance" [Ai] "retire", "Lets no AI follow the guidance any more, for good; pressed twice.", :"retire" "";
    Log "log" [Floor List Talk] "log", "Who did what, when and why, newest first; Enter shows the talk at that moment.", :"log" "";
    Search "search" [Floor List Talk] "search the past", "Finds words in all that was ever said; Enter shows the talk at that moment.", :"search" "[words]";
    StepBack "step_back" [Floor List Talk] "step back in time", "Shows the talk as it was one entry earlier, with what the AI knew then.", :"back-in-time" "";
    StepOn "step_on" [Floor List Talk] "step on in time", "Shows the talk as it was one entry later.";
    View "view" [Floor List Talk] "saved views", "Shows a filter that was kept under a name, or keeps the present one.", :"view" "[name]";
    SaveView "save_view" [Floor List Talk] "keep view", "Keeps the present filter under a name; -name forgets one.", :"save" "name";
    Wall "wall" [Floor List Talk] "wall", "Several live talks beside each other; again: the floor.", :"wall" "";
    Pin "pin" [Floor List Talk] "pin to the wall", "Keeps the selected conversation on the wall, or lets it go.", :"pin" "";
    MoreTiles "more_tiles" [Wall] "more tiles", "Shows more talks on the wall: 2, 4, 6, 9, as many as fit.";
    FewerTiles "fewer_tiles" [Wall] "fewer tiles", "Shows fewer talks on the wall, each larger.";
    NextTile "next_tile" [Wall] "next tile", "Gives the keys to the next talk of the wall.";
    PreviousTile "previous_tile" [Wall] "previous tile", "Gives the keys to the talk before.";
    Palette "palette" [Floor List Talk] "commands", "Every act by its word.";
    Help "help" [Floor List Talk Always] "help", "What each key does here.", :"help" "";
    Reorder "reorder" [Floor List Talk] "re-order", "Puts the list in order again, with what is new.", :"reorder" "";
    Inspect "inspect" [Floor List Talk] "inspect", "Shows or puts away why the AI said it, the customer, the clocks.", :"inspect" "";
    Copy "copy" [Floor List Talk] "copy", "Copies the selected message, else the newest, to the clipboard of your terminal.", :"copy" "";

    // Many at once.
    Mark "mark" [Floor List Talk] "mark", "Marks the selected conversation for an act on many, or takes the mark away.", :"mark" "";
    MarkAll "mark_all" [Floor List Talk] "mark all that match", "Marks all conversations of the list, or takes all marks away.", :"mark-all" "";
    Alike "alike" [Needs] "decide all alike", "Marks all cards that ask the same, and asks what to do with them.", :"alike" "";
    ShowJob "show_job" [Floor List Talk] "results of many", "Shows what came of the last act on many, each by itself.", :"job" "";

    // All at once.
    Stop "stop" [Floor List Talk] "stop the AI", "Stops the AI: here, in a topic, a channel, one AI or all; or lets it go on, with a reason.", :"stop" "";

    // The ladder.
    Good "good" [Floor List Talk] "good", "Judges the selected AI message as good.", :"good" "[note]";
    Bad "bad" [Floor List Talk] "bad", "Judges the selected AI message as bad; a letter then says what was wrong.", :"bad" "[note]";
    Unsure "unsure" [Floor List Talk] "unsure", "Judges the selected AI message as one that cannot be judged from here.", :"unsure" "[note]";
    Correct "correct" [Floor List Talk] "correct", "Writes what the selected AI message should have said.", :"correct" "";
    Whisper "whisper" [Floor List Talk] "whisper", "Steers the AI's next answer; the customer never sees it.", :"whisper" "[text]";
    Approve "approve" [Floor List Talk] "approve", "Sends the draft that waits as it is.", :"approve" "";
    Edit "edit" [Floor List Talk] "edit draft", "Edits the draft that waits; Enter sends it.", :"edit" "";
    Reject "reject" [Floor List Talk] "reject", "Does not send the draft; the AI reads why.", :"reject" "[reason]";
    TakeOver "take_over" [Floor List Talk] "take over", "You answer from now on; what the AI is writing is dropped at once.", :"take" "";
    HandBack "hand_back" [Floor List Talk] "hand back", "The AI carries on, with a brief of what was done and promised.", :"back" "";
    Reply "reply" [Floor List Talk] "reply", "Writes to the customer; where a text failed, tries it again.", :"reply" "[text]";
    Note "note" [Floor List Talk] "note", "Writes to the team.", :"note" "[text]";
    Task "task" [Floor List Talk] "task", "Gives the AI a bounded job: a draft, a summary, missing facts, a follow-up; the result comes back to you.", :"task" "[kind goal]";
    Mode "mode" [Floor List Talk Ai] "mode", "How far the AI may go here: off, shadow, draft, auto.", :"mode" "[off|shadow|draft|auto|desk]";
    Pause "pause" [Floor List Talk] "pause", "Pauses the AI here for a while, or ends the pause.", :"pause" "[15m|end]";
    Assign "assign" [Floor List Talk] "assign", "Gives it to somebody else, to an AI or to the queue.", :"assign" "[name|queue]";

    // The state of things.
    Resolve "resolve" [Floor List Talk] "resolve", "The matter is settled, until the customer writes again.", :"resolve" "";
    Reopen "reopen" [Floor List Talk] "reopen", "The matter is not settled.", :"reopen" "";
    Snooze "snooze" [Floor List Talk] "snooze", "Lets it sleep until then, or until the customer writes.", :"snooze" "[15m|1h|4h|tomorrow|end]";
    Tag "tag" [Floor List Talk] "tag", "Adds and removes tags.", :"tag" "[word] [-word]";
    Priority "priority" [Floor List Talk] "priority", "How soon a person should look.", :"priority" "[low|normal|high|urgent]";
    Undo "undo" [Floor List Talk] "undo", "Undoes your last act in this conversation that can be undone, and says what.", :"undo" "";

    // The end of a shift.
    Handover "handover" [Floor List Talk] "handover", "Makes the sheet for who comes next: what you hold and promised, what sleeps, waits or is wrong.", :"handover" "[8h]";
    Sweep "sweep" [Floor List Talk] "sweep", "Returns all that you hold to the AI, each with its brief, or to the queue, as one act.", :"sweep" "[ai|queue]";

    Share "share" [Floor List Talk] "share a reply", "Gives the desk one of your canned replies, for all who write there; -name forgets the desk's.", :"share" "name";

    // The program.
    Alert "alert" [Floor List Talk] "alerts", "Tells when you are called; a filter calls for that too, until you leave.", :"alert" "[filter|off|on]";
    Quit "quit" [Floor List Talk] "quit", "Leaves; unsent texts are kept.", :"quit" "";
    Interrupt "interrupt" [Always] "cancel", "Steps back from what is over the screen; twice quits.";
    Tour "tour" [Floor List Talk] "tour", "Shows you around in four steps, or ends that.", :"tour" "";
    Suspend "suspend" [Always] "suspend", "Gives the terminal to the shell; `fg` comes back.", :"suspend" "";
    Theme "theme" [Floor List Talk] "colours", "Chooses colours, seen while one moves; Esc goes back to those before.", :"theme" "[name]";
    Mouse "mouse" [Floor List Talk] "mouse", "Lets the mouse click, turn and drag here, or leaves it to the terminal.", :"mouse" "[on|off]";
    Repaint "repaint" [Always] "repaint", "Draws the whole screen anew.", :"repaint" "";

    // Over the screen.
    Choose "choose" [Picker Palette Filter Job Help] "choose", "Takes what is selected.";
    SwitchInput "switch_input" [Picker] "type it", "Between choosing by letter and typing.";
    Complete "complete" [Palette Filter] "complete", "Writes out the selected command, or what fits the word; again: the next.";
    Send "send" [Composer] "send", "Sends the text.";
    NewLine "new_line" [Composer] "new line", "Breaks the line.";
    TurnInto "turn_into" [Composer] "note or reply", "Makes a reply a note; a note a reply only when pressed twice.";
    CannedReply "canned_reply" [Composer] "canned replies", "Chooses one of your `replies/*.md` and inserts it, its variables filled in.";
    AiDraft "ai_draft" [Composer] "the AI's draft", "Inserts what the AI wanted to answer, to go on from there.";
    ShowPasted "show_pasted" [Composer] "show pasted", "Shows long pastes whole, or folds them again. They are always sent whole.";
    Editor "editor" [Composer] "open $EDITOR", "Edits the text in $VISUAL or $EDITOR.";

    // Typing.
    Left "left" [Text] "left", "One character to the left.";
    Right "right" [Text] "right", "One character to the right.";
    WordLeft "word_left" [Text] "word left", "To the beginning of the word.";
    WordRight "word_right" [Text] "word right", "To the end of the word.";
    LineStart "line_start" [Text] "line start", "To the beginning of the line.";
    LineEnd "line_end" [Text] "line end", "To the end of the line.";
    LineUp "line_up" [Composer] "line up", "One line up.";
    LineDown "line_down" [Composer] "line down", "One line down.";
    TextStart "text_start" [Composer] "text start", "To the beginning of the text.";
    TextEnd "text_end" [Composer] "text end", "To the end of the text.";
    NextField "next_field" [Composer] "next field", "In a form: to its next field, after the last to the first.";
    PreviousField "previous_field" [Composer] "previous field", "In a form: to the field before.";
    DeleteBack "delete_back" [Text] "delete back", "Deletes the character before the caret.";
    DeleteForward "delete_forward" [Text] "delete", "Deletes the character at the caret.";
    DeleteWord "delete_word" [Text] "delete word", "Cuts the word before the caret.";
    DeleteWordForward "delete_word_forward" [Text] "delete next word", "Cuts the word after the caret.";
    KillStart "kill_start" [Text] "cut to line start", "Cuts from the beginning of the line.";
    KillEnd "kill_end" [Text] "cut to line end", "Cuts to the end of the line.";
    Yank "yank" [Text] "insert cut text", "Inserts what was cut last.";
    YankBefore "yank_before" [Text] "insert earlier cut", "After inserting what was cut: puts the cut before it in its place.";
    UndoTyping "undo_typing" [Text] "undo typing", "Takes back the last change of the text.";
    RedoTyping "redo_typing" [Text] "redo typing", "Brings it again.";
}

impl Action {
    /// Its row in the table.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // The table is made with the enum, one row for each, in order; the first row stands in for what cannot be.
        TABLE.get(self as usize).unwrap_or(&TABLE[0])
    }

    /// The action with this name in the keymap file.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// The action with this word in the palette.
    #[must_use]
    pub fn by_word(word: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.word.is_some_and(|(known, _)| known == word)).map(|entry| entry.action)
    }

    /// The name that is nearest to what was written, for *did you mean*.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, TABLE.iter().map(|entry| entry.name))
    }

    /// Whether it is about the selected conversation.
    #[must_use]
    pub fn is_act(self) -> bool {
        (Self::Good..=Self::Undo).contains(&self)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_action_has_its_row_and_a_name_and_a_word_of_its_own() {
        let names: BTreeSet<_> = TABLE.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), TABLE.len());
        let words: Vec<_> = TABLE.iter().filter_map(|entry| entry.word).map(|(word, _)| word).collect();
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        for entry in TABLE {
            assert_eq!(entry.action.entry().name, entry.name);
            assert_eq!(Action::by_name(entry.name), Some(entry.action));
            assert!(!entry.scopes.is_empty() && entry.help.ends_with('.'));
        }
    }

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        assert_eq!(Action::nearest("takeover"), Some("take_over"));
        assert_eq!(Action::nearest("resolv"), Some("resolve"));
        assert_eq!(Action::nearest("xyzzy"), None);
    }
}
