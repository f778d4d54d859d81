//! From a typed line to what is wanted: the scripted twins as words, read by the same reader as the command line.
//!
//! What is said to somebody (`say 42 …`, `note`, `whisper`, `reject`) is taken as it stands, so that an apostrophe is only
//! that. Elsewhere quotes keep words together, where they stand around them. Deliberately not here: what a verb does.

use crate::cli::{
    Context, annotate, approve, assign, back, exit::Failure, handover, ls, mode, note, pause, priority, reject, reopen,
    resolve, say, show, snooze, sweep, tag, take, undo, whisper,
};
use crate::domain::ids::ConversationId;
use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use std::ffi::OsString;

/// One line.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_help_subcommand = true, disable_help_flag = true)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

/// What can be said to the plain console.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Verb {
    /// Go to what needs you most and read its end; again for the one after it
    Next,
    /// List conversations, those that need a human first
    Ls(ls::Ls),
    /// Read a conversation
    Show(show::Show),
    /// Take a conversation over from the AI, at once
    Take(take::Take),
    /// Answer the customer
    Say(say::Say),
    /// Write a note to the team
    Note(note::Note),
    /// Tell the AI something that the customer never sees
    Whisper(whisper::Whisper),
    /// Hand a conversation back to the AI, with a brief
    Back(back::Back),
    /// Set how far the AI may go: off, shadow, draft, auto
    Mode(mode::SetMode),
    /// Pause the AI in a conversation for a while
    Pause(pause::Pause),
    /// Send a draft of the AI, as it is or edited
    Approve(approve::Approve),
    /// Do not send a draft of the AI, and tell it why
    Reject(reject::Reject),
    /// Give a conversation to somebody
    Assign(assign::Assign),
    /// Add and remove tags
    Tag(tag::Tag),
    /// Set how soon a person should look
    Priority(priority::SetPriority),
    /// Mark a conversation as settled
    Resolve(resolve::Resolve),
    /// Open a settled conversation again
    Reopen(reopen::Reopen),
    /// Let a conversation sleep until a time, or wake it
    Snooze(snooze::Snooze),
    /// Undo your last act in a conversation, or in several
    Undo(undo::Undo),
    /// Tell who is here
    Who,
    /// Tell the sheet for who comes next: what you hold and promised, what sleeps, waits or is wrong
    Handover(handover::Handover),
    /// Return all that you hold to the AI with briefs, or to the queue; without --yes tells what would go where
    Sweep(sweep::Sweep),
    /// Judge an answer of the AI
    Annotate(annotate::Annotate),
    /// Tell the words, or how one of them is used
    Help {
        /// Which word
        word: Option<String>,
    },
    /// Leave
    #[command(alias = "exit")]
    Quit,
}

impl Verb {
    /// Does what is done at the desk and says so. Those that only read here are told by the conversation itself.
    ///
    /// # Errors
    /// As each command tells.
    pub async fn act(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Next | Self::Help { .. } | Self::Who | Self::Quit => Ok(()),
            Self::Ls(act) => act.run(context).await,
            Self::Show(act) => act.run(context).await,
            Self::Take(act) => act.run(context).await,
            Self::Say(act) => act.run(context).await,
            Self::Note(act) => act.run(context).await,
            Self::Whisper(act) => act.run(context).await,
            Self::Back(act) => act.run(context).await,
            Self::Mode(act) => act.run(context).await,
            Self::Pause(act) => act.run(context).await,
            Self::Approve(act) => act.run(context).await,
            Self::Reject(act) => act.run(context).await,
            Self::Assign(act) => act.run(context).await,
            Self::Tag(act) => act.run(context).await,
            Self::Priority(act) => act.run(context).await,
            Self::Resolve(act) => act.run(context).await,
            Self::Reopen(act) => act.run(context).await,
            Self::Snooze(act) => act.run(context).await,
            Self::Undo(act) => act.run(context).await,
            Self::Handover(act) => act.run(context).await,
            Self::Sweep(act) => act.run(context).await,
            Self::Annotate(act) => act.run(context).await,
        }
    }
}

/// What was said.
#[derive(Debug)]
pub struct Said {
    /// What is to be done.
    pub verb: Verb,
    /// Which conversation it is about, where its second word says so.
    pub about: Option<ConversationId>,
}

/// What a line means; nothing for an empty one. `it` is the conversation that was spoken of last.
///
/// # Errors
/// What is wrong, in a line; or how the word is used, if that was asked, in several.
pub fn read(line: &str, it: Option<ConversationId>) -> Result<Option<Said>, String> {
    let Some(words) = words(&with_it(line, it)?)? else { return Ok(None) };
    let about = words.get(1).and_then(|word| word.parse().ok());
    let words = ls::turned_last(std::iter::once(String::new()).chain(words).map(OsString::from));
    Line::try_parse_from(words.into_iter().skip(1)).map(|line| Some(Said { verb: line.verb, about })).map_err(|error| {
        let said = error.to_string();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => said,
            ErrorKind::InvalidSubcommand => "no such word; help tells those there are".to_owned(),
            _ => {
                let first: Vec<&str> = said.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
                let why = first.join(" ");
                // Here a number need not be known.
                let more = if why.ends_with("as in 42 or #42") { ", or `it` for the one spoken of last" } else { "" };
                format!("not understood: {}{more}", why.trim_start_matches("error: "))
            }
        }
    })
}

/// Verbs that are about a conversation, and whether its number is all that they need.
const ABOUT: [(&str, bool); 18] = [
    ("show", true),
    ("take", true),
    ("approve", true),
    ("resolve", true),
    ("reopen", true),
    ("undo", true),
    ("pause", true),
    ("say", false),
    ("note", false),
    ("whisper", false),
    ("back", false),
    ("mode", false),
    ("reject", false),
    ("assign", false),
    ("tag", false),
    ("priority", false),
    ("snooze", false),
    ("annotate", false),
];

/// The line with the number of the conversation where `it` stands for it, or where nothing does and nothing else is needed.
fn with_it(line: &str, it: Option<ConversationId>) -> Result<String, String> {
    let (verb, rest) = cut(line);
    let known = ABOUT.iter().find(|(word, _)| verb.eq_ignore_ascii_case(word));
    let (first, after) = cut(rest);
    let means_it = known.is_some_and(|(_, alone)| first.eq_ignore_ascii_case("it") || (*alone && rest.is_empty()));
    match it {
        _ if !means_it => Ok(line.to_owned()),
        Some(it) => Ok(format!("{verb} {it} {after}")),
        None if rest.is_empty() => Ok(line.to_owned()),
        None => {
            Err("`it` is the conversation that was spoken of last, and there was none: write its number".to_owned())
        }
    }
}

/// The words of a line as the command line would have them.
fn words(line: &str) -> Result<Option<Vec<String>>, String> {
    let (verb, rest) = cut(line);
    let verb = verb.to_lowercase();
    if verb.is_empty() {
        return Ok(None);
    }
    let own = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let (number, said) = cut(rest);
    let plain = !said.is_empty() && !said.starts_with("--");
    let words = match verb.as_str() {
        "say" if said.starts_with("--take ") => own(&["say", number, "--take", "--", cut(said).1]),
        "say" | "note" | "whisper" if plain => own(&[&verb, number, "--", said]),
        "say" | "note" | "whisper" if said.starts_with("-- ") => own(&[&verb, number, "--", cut(said).1]),
        "reject" if plain => own(&["reject", number, &format!("--reason={said}")]),
        "ls" => match cut(rest) {
            ("", _) => own(&["ls"]),
            ("--all" | "-a", "") => own(&["ls", "--all"]),
            ("--all" | "-a", filter) => own(&["ls", "--all", "--", filter]),
            ("--help", _) => own(&["ls", "--help"]),
            _ => own(&["ls", "--", rest]),
        },
        _ => Some(std::iter::once(verb).chain(split(rest)).collect()),
    };
    let stdin = |word: &String| word == "-" || (word.starts_with("--") && word.ends_with("=-"));
    if words.iter().flatten().any(stdin) {
        return Err("`-` would read the next lines, which are commands here; write the text itself".to_owned());
    }
    Ok(words)
}

/// The first word, and what follows it.
fn cut(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim_start()))
}

/// Words between spaces; quotes around words keep them together. A quote inside of a word, or one that nothing closes, is
/// only a sign.
fn split(rest: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = rest.trim();
    while let Some(first) = rest.chars().next() {
        if let Some((inside, after)) = quoted(rest, first) {
            words.push(inside.to_owned());
            rest = after.trim_start();
        } else {
            let (word, after) = cut(rest);
            words.push(word.to_owned());
            rest = after;
        }
    }
    words
}

/// What stands between two quotes, the second of which ends a word, and what follows.
fn quoted(rest: &str, quote: char) -> Option<(&str, &str)> {
    if quote != '"' && quote != '\'' {
        return None;
    }
    let inside = rest.get(1..)?;
    inside.match_indices(quote).find_map(|(at, _)| {
        let after = inside.get(at + 1..)?;
        let ends = after.chars().next().is_none_or(char::is_whitespace);
        ends.then(|| (inside.get(..at).unwrap_or_default(), after))
    })
}

/// The words with what they do; or one of them with all that it takes. A line each.
pub fn help(word: Option<&str>) -> Vec<String> {
    let tree = Line::command();
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let Some(word) = word else {
        let verbs = tree.get_subcommands().map(|command| format!("{}: {}", usage(command), about(command)));
        let more = "help WORD tells more of one. The word it stands for the conversation spoken of last. Text after say, note, whisper and reject is taken as it stands; \
                    elsewhere put quotes around what belongs together.";
        return verbs.chain([more.to_owned()]).collect();
    };
    let Some(command) = tree.get_subcommands().find(|command| command.get_name() == word.to_lowercase()) else {
        return vec![format!("no word `{word}`; help tells those there are")];
    };
    let arguments = command.get_arguments().filter(|argument| argument.get_id() != "help").map(|argument| {
        let what = argument.get_help().map(ToString::to_string).unwrap_or_default();
        format!("{}: {what}", argument.get_long().map_or_else(|| placed(argument), |long| format!("--{long}")))
    });
    std::iter::once(format!("{}: {}", usage(command), about(command))).chain(arguments).collect()
}

/// A word with what must follow it.
fn usage(command: &clap::Command) -> String {
    let placed = command.get_arguments().filter(|argument| argument.is_positional()).map(placed);
    std::iter::once(command.get_name().to_owned()).chain(placed).collect::<Vec<_>>().join(" ")
}

/// The name of an argument that is known by its place.
fn placed(argument: &clap::Arg) -> String {
    argument.get_id().as_str().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(line: &str) -> Vec<String> {
        words(line).unwrap().unwrap()
    }

    #[test]
    fn what_is_said_stands_as_it_was_typed() {
        assert_eq!(said("say 42 I don't \"know\"  yet"), ["say", "42", "--", "I don't \"know\"  yet"]);
        assert_eq!(said("SAY 42 --take hello"), ["say", "42", "--take", "--", "hello"]);
        assert_eq!(said("reject 42 that's wrong"), ["reject", "42", "--reason=that's wrong"]);
        assert_eq!(said("say 42 -- --take is an option"), ["say", "42", "--", "--take is an option"]);
        assert_eq!(said("ls -channel:web tag:\"late one\""), ["ls", "--", "-channel:web tag:\"late one\""]);
    }

    #[test]
    fn quotes_around_words_keep_them_together_and_others_are_signs() {
        assert_eq!(
            said("back 42 --done 'that's sent' --open \"a call\" don't"),
            ["back", "42", "--done", "that's sent", "--open", "a call", "don't"]
        );
    }

    #[test]
    fn the_twins_are_understood_and_what_is_not_gets_one_line() {
        let lines = [
            "next",
            "ls",
            "ls is:draft",
            "show 42",
            "take 42",
            "say 42 hello",
            "note 42 x",
            "whisper 42 x",
            "back 42 --done x",
            "approve 42",
            "reject 42 no",
            "reject 42 --reason no --draft 3",
            "mode 42 draft",
            "pause 42 --for 2h",
            "resolve 42",
            "reopen 42",
            "snooze 42 2h",
            "tag 42 vip",
            "assign 42 me",
            "annotate 42 --good",
            "priority 42 high",
            "undo 42",
            "undo 42 43",
            "who",
            "handover",
            "sweep --to queue --yes",
            "help",
            "help say",
            "quit",
            "exit",
        ];
        for line in lines {
            assert!(read(line, None).is_ok_and(|verb| verb.is_some()), "{line}: {:?}", read(line, None));
        }
        assert!(read("  ", None).is_ok_and(|verb| verb.is_none()));
        for line in [
            "fly",
            "say",
            "say 42",
            "say jana hello",
            "say 42 -",
            "sweep --brief -",
            "say 42 --tkae x",
            "back 42 --brief -",
        ] {
            let why = read(line, None).unwrap_err();
            assert_eq!(why.lines().count(), 1, "{line}: {why}");
        }
    }

    #[test]
    fn it_is_the_conversation_that_was_spoken_of_last_and_never_a_part_of_a_text() {
        let it = Some(ConversationId(7));
        let means = |line: &str| with_it(line, it).unwrap();
        assert_eq!(words(&means("say it  it is sent")).unwrap().unwrap(), ["say", "7", "--", "it is sent"]);
        assert_eq!((means("take"), means("Take IT")), ("take 7 ".to_owned(), "Take 7 ".to_owned()));
        for line in ["say 42 it", "ls it", "say", "next", "help it"] {
            assert_eq!(means(line), line);
        }
        assert_eq!(read("back it --done x", it).unwrap().unwrap().about, it);
        assert!(read("take it", None).unwrap_err().contains("write its number"));
        assert!(read("take", None).unwrap_err().starts_with("not understood"));
        assert!(read("say hello", it).unwrap_err().ends_with("or `it` for the one spoken of last"));
        assert!(matches!(read("ls holder:ai -channel:web", it), Ok(Some(_))));
    }

    #[test]
    fn every_word_about_a_conversation_takes_it() {
        for command in Line::command().get_subcommands() {
            let about = command.get_arguments().any(|argument| {
                argument.is_positional() && ["conversation", "place"].contains(&argument.get_id().as_str())
            });
            let known = ABOUT.iter().any(|(word, _)| *word == command.get_name());
            assert_eq!(about, known, "{}", command.get_name());
        }
    }

    #[test]
    fn help_names_every_word_and_every_option_of_one() {
        let all = help(None);
        assert!(all.iter().any(|line| line.starts_with("say CONVERSATION TEXT: Answer the customer")), "{all:?}");
        assert!(help(Some("back")).iter().any(|line| line.starts_with("--promised: ")), "{:?}", help(Some("back")));
        assert_eq!(help(Some("fly")).len(), 1);
    }

    proptest! {
        #[test]
        fn no_line_reads_standard_input(line in "(say|note|back|approve|reject|annotate) 42 ?(--[a-z]{0,6}[ =])?-?") {
            if let Ok(Some(words)) = words(&line) {
                prop_assert!(!words.iter().any(|word| word == "-" || (word.starts_with("--") && word.ends_with("=-"))), "{words:?}");
            }
        }
    }
}
