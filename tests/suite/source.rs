//! Rust source as the house rules look at it: code without comments and texts, and what it imports.
//!
//! Deliberately not a parser: it knows comments, string literals, paths that begin with `crate` or `super`, and where a
//! file's tests begin. That is enough to hold a codebase to rules, and short enough to be believed.

use std::path::{Path, PathBuf};

/// One file under `src/` or `tests/`.
pub struct Source {
    /// Its path from the package's root, with `/`.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// Whether a `#[cfg(test)] mod …;` leads to it.
    pub for_tests: bool,
}

impl Source {
    /// All `.rs` files under `folder` of this package, by path.
    pub fn all(folder: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        let mut folders: Vec<PathBuf> = vec![root.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                    found.push(Self { path, text, for_tests: false });
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let for_tests: Vec<String> = found.iter().flat_map(Self::modules_for_tests).collect();
        for source in &mut found {
            let stem = source.path.trim_end_matches(".rs");
            source.for_tests = for_tests.iter().any(|module| stem == module || stem.starts_with(&format!("{module}/")));
        }
        found
    }

    /// The names from the crate's root down to this module: `src/console/view/floor.rs` is `console view floor`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        if path == "lib" || path == "main" { Vec::new() } else { path.split('/').collect() }
    }

    /// Whether the whole file is tests: it lies in `tests`, or its parent declares it for tests only.
    pub fn is_tests(&self) -> bool {
        self.for_tests || self.path.starts_with("tests/")
    }

    /// The part that is shipped: all before the tests, without comments, the contents of texts blanked.
    pub fn shipped(&self) -> String {
        if self.is_tests() { String::new() } else { bare(&self.parts().0) }
    }

    /// The part that tests, without comments, the contents of texts blanked.
    pub fn tests(&self) -> String {
        if self.is_tests() { bare(&self.text) } else { bare(&self.parts().1) }
    }

    /// Lines before the tests.
    pub fn shipped_lines(&self) -> usize {
        if self.is_tests() { 0 } else { self.parts().0.lines().count() }
    }

    /// The paths, without `.rs`, of the modules that this file declares for tests only.
    fn modules_for_tests(&self) -> Vec<String> {
        let folder = match self.path.trim_end_matches(".rs") {
            "src/lib" | "src/main" => "src",
            stem => stem,
        };
        self.tested_modules()
            .into_iter()
            .filter_map(|declared| declared.strip_suffix(';').map(|name| format!("{folder}/{name}")))
            .collect()
    }

    /// The modules behind `#[cfg(test)]`, each with what follows its name: `;` or ` {`.
    fn tested_modules(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut marked = false;
        for code in self.text.lines() {
            if code == "#[cfg(test)]" {
                marked = true;
            } else if marked && !code.starts_with("#[") {
                let declared = ["mod ", "pub mod ", "pub(crate) mod ", "pub(super) mod "];
                found.extend(declared.iter().find_map(|word| code.strip_prefix(word)));
                marked = false;
            }
        }
        found
    }

    /// What is shipped, and what only tests need: each item at the margin behind `#[cfg(test)]`, to its last line.
    fn parts(&self) -> (String, String) {
        let (mut shipped, mut tests) = (String::new(), String::new());
        let mut testing = false;
        for line in self.text.split_inclusive('\n') {
            let code = line.trim_end();
            testing |= code == "#[cfg(test)]";
            if testing { &mut tests } else { &mut shipped }.push_str(line);
            // As rustfmt leaves it, an item ends at the margin.
            let ends = code == "}" || (code.ends_with(';') && !code.starts_with([' ', '#', '/']));
            testing &= !ends;
        }
        (shipped, tests)
    }
}

/// Code with comments dropped and string literals emptied; lines stay where they were.
pub fn bare(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    let next = |at: usize| chars.get(at + 1).copied().unwrap_or(' ');
    while at < chars.len() {
        match chars[at] {
            '/' if next(at) == '/' => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '/' if next(at) == '*' => {
                at += 2;
                while at < chars.len() && !(chars[at] == '*' && next(at) == '/') {
                    if chars[at] == '\n' {
                        out.push('\n');
                    }
                    at += 1;
                }
                at += 2;
            }
            'r' if (next(at) == '"' || next(at) == '#')
                && !ends_in_a_name(&out)
                && raw_hashes(&chars, at).is_some() =>
            {
                let hashes = raw_hashes(&chars, at).unwrap_or(0);
                at += hashes + 2;
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                while at < chars.len() && !chars[at..].starts_with(&end) {
                    if chars[at] == '\n' {
                        out.push('\n');
                    }
                    at += 1;
                }
                at += end.len();
                out.push_str("\"\"");
            }
            '"' => {
                at += 1;
                while at < chars.len() && chars[at] != '"' {
                    if chars[at] == '\\' {
                        at += 1;
                    }
                    if chars.get(at) == Some(&'\n') {
                        out.push('\n');
                    }
                    at += 1;
                }
                at += 1;
                out.push_str("\"\"");
            }
            // A character literal, and not a lifetime.
            '\'' if next(at) == '\\' || chars.get(at + 2) == Some(&'\'') => {
                at += if next(at) == '\\' { 3 } else { 2 };
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
                out.push_str("' '");
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    out
}

fn ends_in_a_name(out: &str) -> bool {
    out.chars().next_back().is_some_and(|c| (c.is_alphanumeric() || c == '_') && c != 'b')
}

/// The number of `#` of a raw string that begins at `at`, if one does.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// The paths, from the crate's root, of all that bare code in module `module` names by `crate::` or `super::`.
///
/// Each as deep as it is written, groups taken apart: `use crate::{domain::{ids, card::Card}, store}` gives three.
pub fn imports(code: &str, module: &[&str]) -> Vec<Vec<String>> {
    let words = words(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let begins = at == 0 || words[at - 1] != "::";
        let base = match words[at].as_str() {
            "crate" if begins => Some(Vec::new()),
            "super" if begins => {
                Some(module[..module.len().saturating_sub(1)].iter().map(ToString::to_string).collect())
            }
            _ => None,
        };
        at += 1;
        if let Some(base) = base {
            at = follow(&words, at, base, &mut found);
        }
    }
    found
}

/// Follows one path from behind a word of it; returns where it ends.
fn follow(words: &[String], mut at: usize, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    while words.get(at).is_some_and(|word| word == "::") {
        match words.get(at + 1).map(String::as_str) {
            Some("super") => {
                path.pop();
                at += 2;
            }
            Some("{") => {
                at += 2;
                while let Some(word) = words.get(at) {
                    match word.as_str() {
                        "}" => return at + 1,
                        "," => at += 1,
                        "super" => {
                            let mut up = path.clone();
                            up.pop();
                            at = follow(words, at + 1, up, found);
                        }
                        name => {
                            let mut deeper = path.clone();
                            deeper.push(name.to_owned());
                            at = follow(words, at + 1, deeper, found);
                        }
                    }
                }
                return at;
            }
            Some(name) => {
                path.push(name.to_owned());
                at += 2;
            }
            None => break,
        }
    }
    // `use a::b as c`
    if words.get(at).is_some_and(|word| word == "as") {
        at += 2;
    }
    found.push(path);
    at
}

/// Names, `::`, and single signs.
fn words(code: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = c.to_string();
            while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                word.push(c);
            }
            words.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            words.push("::".to_owned());
        } else if !c.is_whitespace() {
            words.push(c.to_string());
        }
    }
    words
}

/// Whether `code` has `name` as a whole word sequence, as in `has(code, "thread::sleep")`.
pub fn has(code: &str, name: &str) -> bool {
    let name_edge = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        let ends = name.chars().next_back().is_some_and(name_edge);
        let begins = name.chars().next().is_some_and(name_edge);
        let joined = (begins && before.is_some_and(name_edge)) || (ends && after.is_some_and(name_edge));
        !joined
    })
}

#[test]
fn comments_and_texts_are_not_code() {
    let code =
        "let a = \"unsafe \\\" x\"; // unsafe\n/* unsafe\n */ let b = r#\"unsafe \" \"#; let c = '\"'; fn f<'a>() {}";
    assert_eq!(bare(code), "let a = \"\"; \n\n let b = \"\"; let c = ' '; fn f<'a>() {}");
}

#[test]
fn imports_are_found_however_they_are_written() {
    let code = "use crate::{domain::{ids::Seq, card::{self, Card}}, store as s};\nfn f(x: super::super::server::Y) { crate::log::z() }";
    let found: Vec<String> = imports(code, &["console", "app"]).into_iter().map(|path| path.join("/")).collect();
    assert_eq!(found, ["domain/ids/Seq", "domain/card/self", "domain/card/Card", "store", "server/Y", "log/z"]);
}

#[test]
fn a_word_is_found_only_whole() {
    assert!(has("std::thread::sleep(x)", "thread::sleep"));
    assert!(!has("my_thread::sleeper(x)", "thread::sleep"));
    assert!(has("a.unwrap()", ".unwrap()"));
    assert!(!has("a.unwrap_or(b)", ".unwrap()"));
}

#[test]
fn tests_begin_where_a_module_is_for_tests_only() {
    let text = "//! x\n#[cfg(test)]\nmod odd;\nfn shipped() {}\n#[cfg(test)]\n#[allow(x)]\npub mod tests {\n    fn t() {}\n}\n";
    let source = Source { path: "src/a/b.rs".into(), text: text.into(), for_tests: false };
    assert_eq!(source.modules_for_tests(), ["src/a/b/odd"]);
    assert!(source.shipped().contains("fn shipped") && !source.shipped().contains("fn t"));
    assert!(source.tests().contains("fn t"));
}
