//! What `centaur` alone asks before a desk is open: the demo, an empty desk of one's own, or a server. Pure.
//!
//! The command line shows it in a small loop of its own and acts on the [`Wish`]. Deliberately not here: opening anything,
//! and the screen before the first welcome (that is the view's).

use super::{
    composer::Editor,
    input::{Code, Key},
};

/// What the person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The demo company, with customers that write by themselves.
    Demo,
    /// The same, shown around.
    Tour,
    /// An empty desk in this program.
    Empty,
    /// The desk of a server.
    Connect {
        /// Where: `http://…`.
        url: String,
        /// The token.
        token: String,
    },
    /// Nothing.
    Leave,
}

/// How an address begins. Without TLS for now: the way to a server says so.
const SCHEME: &str = "http://";

/// One line of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The letter that picks it.
    pub letter: char,
    /// What it says.
    pub title: &'static str,
    /// One line more.
    pub help: &'static str,
}

/// The menu.
pub const ITEMS: [Item; 5] = [
    Item { letter: 'd', title: "watch the demo", help: "a coffee company with its AI and customers" },
    Item { letter: 't', title: "take the tour", help: "the demo, and four things to try in it" },
    Item { letter: 'e', title: "open an empty desk", help: "yours, kept here; customers: http://127.0.0.1:8722" },
    Item { letter: 'c', title: "connect to a server", help: "with an address and a token from your admin" },
    Item { letter: 'q', title: "quit", help: "`centaur --help` says what else there is" },
];

/// What is asked now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Which of the menu.
    Menu,
    /// The server's address.
    Url(Editor),
    /// The token; shown as dots.
    Token {
        /// The address given before.
        url: String,
        /// What is typed.
        input: Editor,
    },
}

/// The state of the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Welcome {
    /// The menu's cursor.
    pub cursor: usize,
    /// What is asked now.
    pub step: Step,
    /// Why the last answer was not taken, or what went wrong before.
    pub warning: Option<String>,
}

impl Default for Welcome {
    fn default() -> Self {
        Self { cursor: 0, step: Step::Menu, warning: None }
    }
}

impl Welcome {
    /// Asks again, after what was wished for went wrong.
    #[must_use]
    pub fn again(why: String) -> Self {
        Self { warning: Some(why), ..Self::default() }
    }

    /// Asks for the token again, or for the address, after a server did not let us in.
    #[must_use]
    pub fn once_more(url: &str, is_token_bad: bool, why: String) -> Self {
        let step = if is_token_bad {
            Step::Token { url: url.to_owned(), input: Editor::line("") }
        } else {
            Step::Url(Editor::line(url))
        };
        Self { step, ..Self::again(why) }
    }

    /// Takes a key; the wish, when there is one.
    pub fn key(&mut self, key: Key) -> Option<Wish> {
        if key == Key::ctrl('c') {
            return Some(Wish::Leave);
        }
        self.warning = None;
        match &mut self.step {
            Step::Menu => return self.menu(key),
            Step::Url(_) | Step::Token { .. } if key.code == Code::Esc => self.step_back(),
            Step::Url(input) if key.code == Code::Enter => match address(input.text()) {
                Ok(url) => self.step = Step::Token { url, input: Editor::line("") },
                Err(why) => self.warning = Some(why),
            },
            Step::Token { url, input } if key.code == Code::Enter => {
                let token = input.text().trim();
                if token.is_empty() {
                    self.warning = Some("paste the token that your admin gave you".to_owned());
                } else {
                    return Some(Wish::Connect { url: url.clone(), token: token.to_owned() });
                }
            }
            Step::Url(input) | Step::Token { input, .. } => typed(input, key),
        }
        None
    }

    /// Takes a paste: never a choice.
    pub fn paste(&mut self, text: &str) {
        if let Step::Url(input) | Step::Token { input, .. } = &mut self.step {
            // A whole address takes the place of the beginning that stands there.
            if text.contains("://") && input.text() == SCHEME {
                input.kill_start();
            }
            input.insert(text.trim());
        }
    }

    fn step_back(&mut self) {
        self.step = match std::mem::replace(&mut self.step, Step::Menu) {
            Step::Token { url, .. } => Step::Url(Editor::line(&url)),
            Step::Menu | Step::Url(_) => Step::Menu,
        };
    }

    fn menu(&mut self, key: Key) -> Option<Wish> {
        let last = ITEMS.len() - 1;
        match key.code {
            Code::Down | Code::Char('j') => self.cursor = (self.cursor + 1).min(last),
            Code::Up | Code::Char('k') => self.cursor = self.cursor.saturating_sub(1),
            Code::Esc => return Some(Wish::Leave),
            Code::Enter => return self.take(self.cursor),
            Code::Char(letter) => {
                let at = ITEMS.iter().position(|item| item.letter == letter)?;
                self.cursor = at;
                return self.take(at);
            }
            _ => {}
        }
        None
    }

    fn take(&mut self, at: usize) -> Option<Wish> {
        match ITEMS.get(at).map(|item| item.letter) {
            Some('d') => Some(Wish::Demo),
            Some('t') => Some(Wish::Tour),
            Some('e') => Some(Wish::Empty),
            Some('c') => {
                self.step = Step::Url(Editor::line(SCHEME));
                None
            }
            _ => Some(Wish::Leave),
        }
    }
}

fn typed(input: &mut Editor, key: Key) {
    match key.code {
        Code::Backspace => input.delete_back(),
        Code::Delete => input.delete_forward(),
        Code::Left => input.left(),
        Code::Right => input.right(),
        Code::Home => input.line_start(),
        Code::End => input.line_end(),
        Code::Char('u') if key.ctrl => input.kill_start(),
        Code::Char('w') if key.ctrl => input.delete_word(),
        _ => {
            if let Some(c) = key.types() {
                let mut text = [0; 4];
                input.insert(c.encode_utf8(&mut text));
            }
        }
    }
}

fn address(said: &str) -> Result<String, String> {
    let said = said.trim();
    let with_scheme = if said.contains("://") { said.to_owned() } else { format!("{SCHEME}{said}") };
    match with_scheme.split_once("://") {
        Some(("http" | "ws", host)) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(with_scheme),
        Some(("https" | "wss", _)) => {
            Err("TLS is not there yet: put a TLS proxy or an SSH tunnel in front, and write http:// and its address"
                .to_owned())
        }
        Some((scheme, host)) if !host.is_empty() && !matches!(scheme, "http" | "ws") => {
            Err(format!("`{scheme}://` is no way to a desk: write http://"))
        }
        _ => Err("write the server's address, as in http://desk.example:8722".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(welcome: &mut Welcome, keys: &str) -> Option<Wish> {
        keys.chars()
            .map(|c| if c == '\n' { Key::plain(Code::Enter) } else { Key::char(c) })
            .filter_map(|key| welcome.key(key))
            .last()
    }

    #[test]
    fn the_first_line_is_the_demo_and_enter_takes_it() {
        assert_eq!(play(&mut Welcome::default(), "\n"), Some(Wish::Demo));
        assert_eq!(play(&mut Welcome::default(), "j\n"), Some(Wish::Tour));
        assert_eq!(play(&mut Welcome::default(), "e"), Some(Wish::Empty));
        assert_eq!(play(&mut Welcome::default(), "q"), Some(Wish::Leave));
    }

    #[test]
    fn an_address_that_leads_nowhere_is_told_so() {
        assert_eq!(address("desk.example:8722"), Ok("http://desk.example:8722".to_owned()));
        assert_eq!(address(" ws://desk.example "), Ok("ws://desk.example".to_owned()));
        for (said, has) in
            [("https://d", "TLS"), ("wss://d", "TLS"), ("ftp://d", "`ftp://`"), ("http://", "as in"), ("a b", "as in")]
        {
            assert!(address(said).unwrap_err().contains(has), "{said}");
        }
    }

    #[test]
    fn after_a_refusal_only_what_was_wrong_is_asked_again() {
        let welcome = Welcome::once_more("http://d", true, "no".to_owned());
        assert!(matches!(&welcome.step, Step::Token { url, input } if url == "http://d" && input.text().is_empty()));
        let welcome = Welcome::once_more("http://d", false, "no".to_owned());
        assert_eq!((welcome.step, welcome.warning.as_deref()), (Step::Url(Editor::line("http://d")), Some("no")));
    }

    #[test]
    fn a_server_needs_an_address_and_a_token_and_a_step_back_keeps_the_address() {
        let mut welcome = Welcome::default();
        assert_eq!(play(&mut welcome, "c\n"), None);
        assert!(welcome.warning.is_some());
        assert_eq!(play(&mut welcome, "desk.example.com\n"), None);
        welcome.key(Key::plain(Code::Esc));
        assert_eq!(welcome.step, Step::Url(Editor::line("http://desk.example.com")));
        assert_eq!(play(&mut welcome, "\n\n"), None);
        welcome.paste(" secret\n");
        let wish = Wish::Connect { url: "http://desk.example.com".into(), token: "secret".into() };
        assert_eq!(play(&mut welcome, "\n"), Some(wish));
    }
}
