//! The tool servers in a settings file: `[[tool_server]]`, each a program or a URL that speaks MCP.
//!
//! A key never stands in the file: only where it is to be found. Deliberately not here: reading keys, MCP, and the policy
//! that says what may be asked for.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A tool server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToolServer {
    /// The name before its tools' names, as in `shop`.
    pub name: String,
    /// A program with its arguments, which speaks MCP on standard input and output.
    pub command: Vec<String>,
    /// Variables that the program gets, beside `PATH`, `HOME` and the locale: name, and the name of ours to take it from.
    pub env: BTreeMap<String, String>,
    /// A URL that speaks streamable HTTP.
    pub url: Option<String>,
    /// The environment variable that holds the key for the URL.
    pub key_env: Option<String>,
}

/// The first thing that is wrong with the servers: which, and a sentence.
pub(super) fn first_wrong(servers: &[ToolServer]) -> Option<(usize, String)> {
    servers.iter().enumerate().find_map(|(at, server)| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let said = if server.name.is_empty() || server.name.len() > 40 || !server.name.chars().all(fits) {
            "the name is 1 to 40 letters, digits, - or _"
        } else if server.name == "desk" {
            "the name `desk` is the desk's own; choose another"
        } else if servers.iter().take(at).any(|other| other.name == server.name) {
            "two servers have this name; give each its own"
        } else if server.command.is_empty() == server.url.is_none() {
            "write command = [\"program\", \"argument\"] or url = \"https://…\", one of them"
        } else if server.url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            "the URL begins with http:// or https://"
        } else {
            return None;
        };
        Some((at, format!("tool_server `{}`: {said}", server.name)))
    })
}

#[cfg(test)]
mod tests {
    fn wrong(text: &str) -> Option<String> {
        crate::config::Config::read(text, "c.toml").err().map(|error| error.to_string())
    }

    #[test]
    fn tool_servers_are_read_and_what_is_wrong_is_said_with_its_line() {
        let right = "[[tool_server]]\nname = \"shop\"\ncommand = [\"centaur\", \"demo-tools\"]\n";
        assert_eq!(wrong(right), None);
        for (text, expected) in [
            (format!("{right}{right}"), "c.toml:4: tool_server `shop`: two servers"),
            ("[[tool_server]]\nname = \"a\"\n".to_owned(), "c.toml:1: tool_server `a`: write command"),
            ("[[tool_server]]\nname = \"a b\"\n".to_owned(), "c.toml:1: tool_server `a b`: the name"),
            ("[[tool_server]]\nname = \"a\"\nurl = \"ftp://x\"\n".to_owned(), "c.toml:1: tool_server `a`: the URL"),
        ] {
            let said = wrong(&text).unwrap_or_default();
            assert!(said.starts_with(expected), "{said}");
        }
    }
}
