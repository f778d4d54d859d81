//! What each character is to a terminal: the left column of the class table.
//!
//! | class | in messages | in lines | in evidence |
//! | --- | --- | --- | --- |
//! | line break, tab | break, four spaces | space | `␊` and the break, `␉` |
//! | other controls, lone CR | picture (`␛`), C1 by code; counted | removed, counted | the same |
//! | bidi embeddings, overrides, isolates | marker (`⟨RLO⟩`), counted | removed, counted | marker |
//! | LRM, RLM, ALM | removed | removed | marker |
//! | zero width, soft hyphen, fillers | removed, counted inside a word | removed, counted | marker |
//! | ZWJ, ZWNJ | kept in emoji, Arabic and Indic words | the same | marker |
//! | variation selectors | 15 and 16 after an emoji, one IVS after an ideograph | the same | marker |
//! | tags | kept in three flags; else removed, counted, decoded | removed, counted, decoded | decoded |
//! | nonspacing marks in a row | 8, and 64 bytes a cluster | 2 | 8 |
//! | private, unassigned, noncharacters | U+FFFD, counted | U+FFFD, counted | code |
//!
//! Assigned means: assigned in the Unicode of the compiler that built us.

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

/// What a character is to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Shown as it is.
    Visible,
    /// A space that is not U+0020.
    Space,
    /// LF, U+2028, U+2029.
    Break,
    /// TAB.
    Tab,
    /// CR.
    Return,
    /// Another C0, DEL or C1.
    Control,
    /// An embedding, override or isolate, with its name.
    Bidi(&'static str),
    /// A directional mark, with its name.
    Direction(&'static str),
    /// Takes no room and shows nothing.
    Invisible,
    /// ZWJ or ZWNJ.
    Joiner,
    /// A variation selector.
    Variation,
    /// Of the block of tags.
    Tag,
    /// Private, unassigned or a noncharacter.
    Odd,
}

/// The class of `c`.
pub(super) fn class(c: char) -> Class {
    use Class as K;
    match c {
        _ if is_plain_char(c) => K::Visible,
        '\n' | '\u{2028}' | '\u{2029}' => K::Break,
        '\t' => K::Tab,
        '\r' => K::Return,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => K::Control,
        '\u{202a}' => K::Bidi("LRE"),
        '\u{202b}' => K::Bidi("RLE"),
        '\u{202c}' => K::Bidi("PDF"),
        '\u{202d}' => K::Bidi("LRO"),
        '\u{202e}' => K::Bidi("RLO"),
        '\u{2066}' => K::Bidi("LRI"),
        '\u{2067}' => K::Bidi("RLI"),
        '\u{2068}' => K::Bidi("FSI"),
        '\u{2069}' => K::Bidi("PDI"),
        '\u{200e}' => K::Direction("LRM"),
        '\u{200f}' => K::Direction("RLM"),
        '\u{61c}' => K::Direction("ALM"),
        '\u{200c}' | '\u{200d}' => K::Joiner,
        '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}' => K::Variation,
        '\u{e0000}'..='\u{e007f}' => K::Tag,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => K::Space,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' => K::Invisible,
        // Signs that stand before or around Arabic, Syriac and Kaithi numbers: formats by category, but they show.
        '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'
        | '\u{891}'
        | '\u{8e2}'
        | '\u{110bd}'
        | '\u{110cd}' => K::Visible,
        _ if is_printable(c) => K::Visible,
        _ => K::Odd,
    }
}

/// Whether line breaks are among the plain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    Kept,
    Refused,
}

/// Whether `text` needs nothing done: printable ASCII and letters or signs that stand for themselves.
pub(super) fn is_plain(text: &str, breaks: Breaks) -> bool {
    let kept = breaks == Breaks::Kept;
    // In blocks and without a branch on each byte, so that it is vectorised: ASCII costs about as much as copying it.
    let mut blocks = text.as_bytes().chunks(64);
    let clean = |block: &[u8]| {
        block.iter().fold(true, |so_far, &byte| so_far & ((byte.wrapping_sub(0x20) < 0x5f) | (kept & (byte == b'\n'))))
    };
    blocks.all(clean) || text.chars().all(|c| is_plain_char(c) || (kept && c == '\n'))
}

/// Characters that never join, combine or hide: the quick way through. A subset; what is not here is looked at closely.
pub(super) fn is_plain_char(c: char) -> bool {
    matches!(c,
        ' '..='~'
        | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}'
        | '\u{370}'..='\u{377}' | '\u{384}'..='\u{38a}' | '\u{38e}'..='\u{3a1}' | '\u{3a3}'..='\u{482}'
        | '\u{48a}'..='\u{52f}' | '\u{5d0}'..='\u{5ea}'
        | '\u{61e}'..='\u{64a}' | '\u{660}'..='\u{66f}' | '\u{671}'..='\u{6d3}' | '\u{6f0}'..='\u{6ff}' | '،' | '؛'
        | '\u{904}'..='\u{939}' | '\u{e01}'..='\u{e30}' | '\u{e40}'..='\u{e46}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20c0}' | '\u{2100}'..='\u{218b}'
        | '\u{2190}'..='\u{2426}' | '\u{2460}'..='\u{2b73}'
        | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{309b}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff01}'..='\u{ff9d}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f64f}' | '\u{20000}'..='\u{2a6df}')
}

/// Whether the bytes of a constant hold none of the characters that steer a terminal or hide. Coarse, but `const`.
pub(super) const fn is_harmless(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0..0x20 | 0x7f, ..]
            | [0xc2, 0x80..=0x9f | 0xad, ..]
            | [0xcd, 0x8f, ..]
            | [0xd8, 0x9c, ..]
            | [0xe2, 0x80, 0x8b..=0x8f | 0xa8..=0xae, ..]
            | [0xe2, 0x81, 0xa0..=0xaf, ..]
            | [0xef, 0xbb, 0xbf, ..]
            | [0xf3, 0xa0, ..] => return false,
            [_, rest @ ..] => rest,
        };
    }
}

/// Whether the standard library would print `c` rather than its code. It knows which code points are assigned.
fn is_printable(c: char) -> bool {
    // Behind a letter, since at the beginning of a text a combining mark would be escaped too.
    let mut buffer = [b'a'; 5];
    let (_, room) = buffer.split_at_mut(1);
    let length = 1 + c.encode_utf8(room).len();
    let text = buffer.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    text.escape_debug().nth(1) == Some(c)
}

/// Whether `c` is a mark that takes no cell of its own.
pub(super) fn is_nonspacing(c: char) -> bool {
    is_combining_mark(c) && c.width() == Some(0)
}

/// Whether `c` is a mark of any kind.
pub(super) fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// Whether `c` can be a picture in an emoji sequence (Extended_Pictographic), asked of the segmentation tables: only
/// such a character joins over a ZWJ with another.
pub(super) fn is_pictographic(c: char) -> bool {
    let mut sequence = String::with_capacity(12);
    sequence.push(c);
    sequence.push_str("\u{200d}\u{1f600}");
    !c.is_ascii() && sequence.graphemes(true).count() == 1
}

/// Whether `c` is a skin tone or the emoji presentation: what may stand between a picture and a ZWJ.
pub(super) fn modifies_picture(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether an ideographic variation selector may follow `c`.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A family of scripts whose words use joiners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// Arabic, Syriac, N'Ko, Mandaic, Mongolian and others whose letters change form.
    Arabic,
    /// The scripts of India and its neighbours, with a virama.
    Indic,
}

/// The family of joining scripts that `c` belongs to.
pub(super) fn joining(c: char) -> Option<Joining> {
    let of_word = c.is_alphabetic() || is_combining_mark(c);
    match c {
        _ if !of_word => None,
        '\u{600}'..='\u{8ff}' | '\u{1820}'..='\u{18aa}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => {
            Some(Joining::Arabic)
        }
        '\u{900}'..='\u{dff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{a8e0}'..='\u{a8ff}'
        | '\u{11000}'..='\u{11fff}' => Some(Joining::Indic),
        _ => None,
    }
}

/// Whether `c` is a virama: the sign that binds consonants.
pub(super) fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == 9
}
