//! Forms: a `title:` line for each field. Where a field's text is, so that one key goes from field to field.
//!
//! Deliberately not here: what the fields mean (`domain::brief`, `domain::task`), and reading them back.

use super::Editor;
use std::ops::Range;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the next field; after the last comes the first.
    On,
    /// To the field before; before the first comes the last.
    Back,
}

impl Editor {
    /// To the first field in which nothing stands; if there is none, to the end of the last.
    pub fn to_empty_field(&mut self, titles: &[&str]) {
        let fields = fields(self.text(), titles);
        let field = fields.iter().find(|field| field.is_empty()).or(fields.last());
        if let Some(field) = field {
            self.go_to(field.end);
        }
    }

    /// To the end of the next field, or of the one before.
    pub fn to_field(&mut self, titles: &[&str], way: Way) {
        let fields = fields(self.text(), titles);
        let here = fields.iter().rposition(|field| field.start <= self.caret());
        let count = fields.len();
        let to = match (here, way) {
            (None, Way::On) => 0,
            (Some(here), Way::On) => (here + 1) % count,
            (None | Some(0), Way::Back) => count.saturating_sub(1),
            (Some(here), Way::Back) => here - 1,
        };
        if let Some(field) = fields.get(to) {
            self.go_to(field.end);
        }
    }
}

/// Where the text of each field is, without the space after its colon and without blank lines at its end.
fn fields(text: &str, titles: &[&str]) -> Vec<Range<usize>> {
    let mut fields: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let title = line.split_once(':').filter(|(title, _)| titles.contains(&title.trim().to_lowercase().as_str()));
        if let Some((title, rest)) = title {
            let from = start + title.len() + 1;
            let from = if rest.starts_with(' ') { from + 1 } else { from };
            fields.push(from..from);
        }
        if let Some(field) = fields.last_mut() {
            let end = start + line.trim_end().len();
            if end > field.start && !line.trim().is_empty() {
                field.end = end;
            }
        }
        start += line.len();
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [&str; 3] = ["done", "promised", "open"];

    fn at(editor: &Editor) -> String {
        let text = editor.text();
        format!("{}|{}", &text[..editor.caret()], &text[editor.caret()..])
    }

    #[test]
    fn the_caret_goes_to_what_is_not_filled_in_and_from_field_to_field() {
        let mut editor = Editor::many_lines("done: told her\nand him\npromised: \nopen: ");
        editor.to_empty_field(&TITLES);
        assert_eq!(at(&editor), "done: told her\nand him\npromised: |\nopen: ");
        editor.insert("by Tuesday");
        editor.to_field(&TITLES, Way::On);
        assert_eq!(at(&editor), "done: told her\nand him\npromised: by Tuesday\nopen: |");
        editor.to_field(&TITLES, Way::On);
        assert_eq!(at(&editor), "done: told her\nand him|\npromised: by Tuesday\nopen: ");
        editor.to_field(&TITLES, Way::Back);
        assert_eq!(at(&editor), "done: told her\nand him\npromised: by Tuesday\nopen: |");
        editor.to_field(&TITLES, Way::Back);
        editor.to_field(&TITLES, Way::Back);
        assert_eq!(at(&editor), "done: told her\nand him|\npromised: by Tuesday\nopen: ");
    }

    #[test]
    fn a_form_of_which_nothing_is_left_is_a_text() {
        let mut editor = Editor::many_lines("only words: no title");
        editor.to_empty_field(&TITLES);
        editor.to_field(&TITLES, Way::On);
        editor.to_field(&TITLES, Way::Back);
        assert_eq!(at(&editor), "only words: no title|");
        let mut full = Editor::many_lines("DONE:a\nopen:b");
        full.to_empty_field(&TITLES);
        assert_eq!(at(&full), "DONE:a\nopen:b|");
        full.text_start();
        full.to_field(&TITLES, Way::On);
        assert_eq!(at(&full), "DONE:a|\nopen:b");
    }
}
