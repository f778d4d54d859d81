//! Reading a keymap file: sections are scopes, keys are sequences, values are actions. An empty value takes a key away.

use super::nearest_scope;
use crate::console::{
    action::{Action, Scope},
    input::Key,
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};
use toml::Spanned;

/// Something wrong in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub said: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.said)
    }
}

impl std::error::Error for Mistake {}

/// One line of a file.
pub(super) struct Binding {
    pub scope: Scope,
    pub keys: Vec<Key>,
    /// None takes the key away.
    pub action: Option<Action>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct File(BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>);

/// Reads what can be read, and tells the rest.
pub(super) fn read(text: &str, path: &str) -> (Vec<Binding>, Vec<Mistake>) {
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let mistake = |at: usize, said: String| Mistake { path: path.to_owned(), line: line_of(at), said };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            return (Vec::new(), vec![mistake(at, error.message().to_owned())]);
        }
    };
    let mut bindings = Vec::new();
    let mut mistakes = Vec::new();
    for (section, rows) in &file.0 {
        let Some(scope) = Scope::by_name(section.get_ref()) else {
            let name = section.get_ref();
            let near = nearest_scope(name).map_or_else(
                || format!("; use one of {}", Scope::ALL.map(Scope::name).join(", ")),
                |near| format!("; did you mean `{near}`?"),
            );
            mistakes.push(mistake(section.span().start, format!("`{name}` is not a section{near}")));
            continue;
        };
        let mut here: Vec<(usize, Vec<Key>)> = Vec::new();
        for (keys, name) in rows {
            match row(scope, keys.get_ref(), name.get_ref()) {
                Ok((sequence, action)) => {
                    if action.is_some() {
                        here.push((keys.span().start, sequence.clone()));
                    }
                    bindings.push(Binding { scope, keys: sequence, action });
                }
                Err(said) => mistakes.push(mistake(keys.span().start, format!("[{}] {said}", scope.name()))),
            }
        }
        for (at, long) in &here {
            if here.iter().any(|(_, short)| short.len() < long.len() && long.starts_with(short)) {
                let said = format!("[{}] cannot be reached: a shorter sequence begins the same", scope.name());
                mistakes.push(mistake(*at, said));
            }
        }
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    (bindings, mistakes)
}

fn row(scope: Scope, keys: &str, name: &str) -> Result<(Vec<Key>, Option<Action>), String> {
    let sequence = keys.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>()?;
    if sequence.is_empty() {
        return Err("a key is missing before the `=`".to_owned());
    }
    if name.is_empty() {
        return Ok((sequence, None));
    }
    let Some(action) = Action::by_name(name) else {
        let near = Action::nearest(name)
            .map_or_else(|| "; `centaur keys` shows all".to_owned(), |near| format!("; did you mean `{near}`?"));
        return Err(format!("`{name}` is not an action{near}"));
    };
    if !action.entry().scopes.contains(&scope) {
        let scopes: Vec<_> = action.entry().scopes.iter().map(|scope| scope.name()).collect();
        return Err(format!("`{name}` does nothing here; it works in {}", scopes.join(", ")));
    }
    let types = sequence.first().is_some_and(|key| key.types().is_some());
    if types && matches!(scope, Scope::Always | Scope::Text | Scope::Composer | Scope::Palette | Scope::Filter) {
        return Err(format!("`{keys}` is text there and cannot be an act"));
    }
    Ok((sequence, Some(action)))
}
