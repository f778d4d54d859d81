//! The little Markdown that answers use, as text with faces: bold, italic, code, links, lists, headings, quotes.
//!
//! What comes out is `SafeText`, cleaned piece by piece after the Markdown was read, since an entity such as `&#27;` is
//! plain until then. Everything else stays as it was typed: HTML, tables, pictures' addresses. The raw text is the
//! entry's own; nothing here changes it. Deliberately not here: colours, wrapping, opening links.

use crate::domain::text::SafeText;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// How a stretch of text is set.
#[allow(clippy::struct_excessive_bools, reason = "four marks that are set or not, in any company")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Face {
    /// Bold, or a heading.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Code.
    pub code: bool,
    /// A link, or its address.
    pub link: bool,
}

/// Text with faces. Where no face is named it is set plainly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styled {
    /// The text, line breaks included.
    pub text: SafeText,
    /// Bytes of the text and how they are set, in order, not overlapping.
    pub faces: Vec<(Range<usize>, Face)>,
}

impl Styled {
    /// Text as it is, set plainly.
    #[must_use]
    pub fn plain(text: SafeText) -> Self {
        Self { text, faces: Vec::new() }
    }

    fn push(&mut self, raw: &str, face: Face) {
        let start = self.text.as_str().len();
        self.text.push(&SafeText::message(raw));
        let end = self.text.as_str().len();
        if face != Face::default() && end > start {
            self.faces.push((start..end, face));
        }
    }

    fn ends_with(&self, end: &str) -> bool {
        self.text.as_str().is_empty() || self.text.as_str().ends_with(end)
    }
}

/// Reads the Markdown of a message.
#[must_use]
pub fn read(raw: &str) -> Styled {
    if !raw.contains(['*', '_', '`', '[', '#', '>', '-', '+', '\\', '&', '<', ')']) && !raw.contains(". ") {
        return Styled::plain(SafeText::message(raw));
    }
    let mut reader = Reader::default();
    for event in Parser::new_ext(raw, Options::ENABLE_STRIKETHROUGH) {
        reader.take(event);
    }
    reader.out
}

#[derive(Default)]
struct Reader {
    out: Styled,
    face: Face,
    bold: u8,
    italic: u8,
    /// The next number of each list around; none for bullets.
    lists: Vec<Option<u64>>,
    /// Addresses of the links around, and where their text began.
    links: Vec<(String, usize)>,
    quotes: usize,
    in_code: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => {
                for line in text.split_inclusive('\n') {
                    self.out.push("  ", Face::default());
                    self.out.push(line, self.face);
                }
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.out.push(&text, self.face),
            Event::Code(text) => self.out.push(&text, Face { code: true, ..self.face }),
            Event::SoftBreak | Event::HardBreak => self.new_line(),
            Event::Rule => {
                self.paragraph();
                self.out.push("———", Face::default());
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.paragraph(),
            Tag::Heading { .. } => {
                self.paragraph();
                self.bold += 1;
            }
            Tag::BlockQuote(_) => {
                self.paragraph();
                self.quotes += 1;
                self.out.push("> ", Face::default());
            }
            Tag::CodeBlock(_) => {
                self.paragraph();
                self.in_code = true;
                self.face.code = true;
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.paragraph();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                if !self.out.ends_with("\n") {
                    self.out.push("\n", Face::default());
                }
                let indent = "  ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number = number.saturating_add(1);
                        format!("{indent}{}. ", number.saturating_sub(1))
                    }
                    _ => format!("{indent}• "),
                };
                self.out.push(&mark, Face::default());
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Link { dest_url, link_type, .. } => {
                let address = match link_type {
                    LinkType::Autolink | LinkType::Email => String::new(),
                    _ => dest_url.to_string(),
                };
                self.links.push((address, self.out.text.as_str().len()));
            }
            Tag::Image { dest_url, .. } => self.links.push((dest_url.to_string(), self.out.text.as_str().len())),
            _ => {}
        }
        self.set();
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::BlockQuote(_) => self.quotes = self.quotes.saturating_sub(1),
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.face.code = false;
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                if let Some((address, from)) = self.links.pop() {
                    // The address is always in sight: a text must not hide where it leads.
                    let shown = self.out.text.as_str().get(from..).unwrap_or_default().to_owned();
                    if !address.is_empty() && shown != address {
                        let before = if shown.is_empty() { "<" } else { " <" };
                        self.out.push(before, Face::default());
                        self.out.push(&address, Face { link: true, ..Face::default() });
                        self.out.push(">", Face::default());
                    }
                }
            }
            _ => {}
        }
        self.set();
    }

    fn set(&mut self) {
        self.face.bold = self.bold > 0;
        self.face.italic = self.italic > 0;
        self.face.link = !self.links.is_empty();
    }

    fn new_line(&mut self) {
        self.out.push("\n", Face::default());
        if self.quotes > 0 {
            self.out.push("> ", Face::default());
        } else if !self.lists.is_empty() {
            let indent = "  ".repeat(self.lists.len());
            self.out.push(&indent, Face::default());
        }
    }

    /// A blank line, but not at the beginning, not within a list, and not right after a mark.
    fn paragraph(&mut self) {
        let text = self.out.text.as_str();
        let fresh = text.is_empty()
            || text.ends_with("\n\n")
            || text.ends_with("• ")
            || text.ends_with(". ")
            || text.ends_with("> ");
        if fresh {
            return;
        }
        let breaks = if !self.lists.is_empty() || text.ends_with('\n') { "\n" } else { "\n\n" };
        self.out.push(breaks, Face::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_keep_their_shape() {
        let read = |raw: &str| read(raw).text.as_str().to_owned();
        assert_eq!(read("It is **late**, *sorry*: `BW-1`."), "It is late, sorry: BW-1.");
        assert_eq!(read("Do this:\n\n- one\n- two\n  - deep\n\nDone"), "Do this:\n\n• one\n• two\n  • deep\n\nDone");
        assert_eq!(read("3. three\n4. four"), "3. three\n4. four");
        assert_eq!(read("see [our page](https://a.example/x) now"), "see our page <https://a.example/x> now");
        assert_eq!(read("<https://a.example>"), "https://a.example");
        assert_eq!(read("left with a neighbour [1]. Sorry [2]"), "left with a neighbour [1]. Sorry [2]");
        assert_eq!(read("one\ntwo"), "one\ntwo");
        assert_eq!(read("# Title\n\ntext"), "Title\n\ntext");
    }

    #[test]
    fn faces_stand_where_the_marks_were() {
        let styled = read("a **b** `c`");
        let faces: Vec<_> = styled.faces.iter().map(|(at, face)| (&styled.text.as_str()[at.clone()], *face)).collect();
        assert_eq!(
            faces,
            [("b", Face { bold: true, ..Face::default() }), ("c", Face { code: true, ..Face::default() })]
        );
    }

    #[test]
    fn an_entity_does_not_smuggle_a_control() {
        let text = read("a&#27;[2J&#x202e;b **&#7;**").text;
        assert!(!text.as_str().chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }

    proptest! {
        #[test]
        fn faces_are_in_order_and_on_clusters(raw in "[ab*_`#>\\[\\]()\n 1.&-]{0,60}") {
            let styled = read(&raw);
            let mut last = 0;
            for (at, _) in &styled.faces {
                prop_assert!(at.start >= last && at.start < at.end);
                prop_assert!(styled.text.as_str().get(at.clone()).is_some());
                last = at.end;
            }
        }
    }
}
