//! One file of knowledge: front matter, then Markdown.

use super::{Document, Problem, Section};
use crate::ai::{sentences::sentences, words::Language};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// Reads a file; `None` if it cannot be used. Mistakes go to `problems`.
pub(super) fn document(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Document> {
    let mut wrong = |line: usize, says: String| problems.push(Problem { file: path.to_owned(), line, says });
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document = Document {
        path: path.to_owned(),
        title: String::new(),
        tags: vec![],
        topic: None,
        locale: None,
        sections: vec![],
    };
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        wrong(1, "the front matter is missing; begin the file with `---`, `title: …`, `---`".to_owned());
        return None;
    };
    let (mut at, mut line_no, mut closed) = (first.len(), 1, false);
    for line in lines {
        at += line.len();
        line_no += 1;
        let line = line.trim();
        if line == "---" {
            closed = true;
            break;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            wrong(line_no, "is not `key: value`".to_owned());
            continue;
        };
        let value = value.trim().trim_matches('"').trim();
        match key.trim() {
            "title" => value.clone_into(&mut document.title),
            "topic" => document.topic = (!value.is_empty()).then(|| value.to_owned()),
            "tags" => match value.strip_prefix('[').and_then(|value| value.strip_suffix(']')) {
                Some(inner) => {
                    let tags = inner.split(',').map(|tag| tag.trim().trim_matches('"').to_owned());
                    document.tags = tags.filter(|tag| !tag.is_empty()).collect();
                }
                None => wrong(line_no, "`tags` is a list in brackets, as in [return, send back]".to_owned()),
            },
            "locale" => match Language::from_tag(value) {
                Some(language) => document.locale = Some(language),
                None => wrong(line_no, format!("`{value}` is not a language of the desk; use en, de, es, zh or ar")),
            },
            other => wrong(line_no, format!("`{other}` is not known; use title, tags, topic or locale")),
        }
    }
    if !closed {
        wrong(1, "the front matter is not closed; end it with a line `---`".to_owned());
        return None;
    }
    let body = text.get(at..).unwrap_or_default();
    document.sections = sections(body, line_no, &mut document.title);
    if document.title.is_empty() {
        wrong(1, "the title is missing; write `title: …` in the front matter".to_owned());
        return None;
    }
    if document.sections.is_empty() {
        wrong(0, "holds no text; write a section or remove the file".to_owned());
        return None;
    }
    Some(document)
}

/// The sections of a Markdown text that begins after line `before`. A first `#` serves as title where there is none.
fn sections(body: &str, before: usize, title: &mut String) -> Vec<Section> {
    let line_at = |offset: usize| {
        before + 1 + body.as_bytes().get(..offset).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count()
    };
    let mut out: Vec<Section> = Vec::new();
    let mut text = String::new();
    let mut heading: Option<(HeadingLevel, usize)> = None;
    let end_section = |text: &mut String, out: &mut Vec<Section>, title: &str| {
        let found = sentences(text);
        text.clear();
        match out.last_mut() {
            Some(section) => section.sentences.extend(found),
            None if found.is_empty() => {}
            None => out.push(Section { heading: title.to_owned(), line: before + 1, sentences: found }),
        }
    };
    for (event, range) in Parser::new(body).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                end_section(&mut text, &mut out, title);
                heading = Some((level, line_at(range.start)));
            }
            Event::End(TagEnd::Heading(_)) => {
                let words = text.trim().to_owned();
                text.clear();
                match heading.take() {
                    Some((HeadingLevel::H1, _)) if title.is_empty() => *title = words,
                    Some((HeadingLevel::H1, _)) | None => {}
                    Some((_, line)) => out.push(Section { heading: words, line, sentences: vec![] }),
                }
            }
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak
            | Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::TableCell | TagEnd::BlockQuote(_),
            ) => {
                text.push('\n');
            }
            _ => {}
        }
    }
    end_section(&mut text, &mut out, title);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_into_its_sections() {
        let text = "---\ntitle: Returns\ntags: [a, b c]\ntopic: returns\nlocale: en\n---\n\n# Returns\n\nBefore. All.\n\n## How?\n\nSend *it*\nback. See [there](x).\n\n1. Pack\n2. Post\n\n## Empty\n";
        let mut problems = Vec::new();
        let read = document("en/returns.md", text, &mut problems).unwrap();
        assert_eq!(problems, []);
        assert_eq!(read.tags, ["a", "b c"]);
        let section = |heading: &str, line, sentences: &[&str]| Section {
            heading: heading.into(),
            line,
            sentences: sentences.iter().map(|s| (*s).to_owned()).collect(),
        };
        assert_eq!(
            read.sections,
            [
                section("Returns", 7, &["Before.", "All."]),
                section("How?", 12, &["Send it back.", "See there.", "Pack", "Post"]),
                section("Empty", 20, &[]),
            ]
        );
    }

    #[test]
    fn each_mistake_gets_a_sentence_with_its_line() {
        for (text, line, word) in [
            ("# Hi\n", 1, "front matter is missing"),
            ("---\ntitle: x\n", 1, "not closed"),
            ("---\ntitle: x\nnonsense\n---\ntext", 3, "key: value"),
            ("---\ntitle: x\ntags: a, b\n---\ntext", 3, "brackets"),
            ("---\ntitle: x\nlocale: fr\n---\ntext", 3, "`fr`"),
            ("---\ntitle: x\nauthor: me\n---\ntext", 3, "`author`"),
            ("---\ntopic: x\n---\ntext", 1, "title is missing"),
            ("---\ntitle: x\n---\n", 0, "no text"),
            ("", 1, "missing"),
        ] {
            let mut problems = Vec::new();
            document("f.md", text, &mut problems);
            assert!(problems.iter().any(|p| p.line == line && p.says.contains(word)), "{text:?}: {problems:?}");
        }
    }
}
