//! How wide text is on a terminal: by `unicode-width` for each grapheme cluster, and nowhere by character.
//!
//! Terminals differ on some clusters; whoever draws sets the cursor after a doubtful one. Deliberately not here: wrapping.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The grapheme clusters of a text, each with its width in cells; a line break is a cluster of no width.
pub fn graphemes_with_width(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|cluster| (cluster, cluster_width(cluster)))
}

/// The cells of one cluster.
pub(super) fn cluster_width(cluster: &str) -> usize {
    match cluster.as_bytes() {
        [byte] => usize::from(!byte.is_ascii_control()),
        _ if cluster == "\r\n" => 0,
        _ => cluster.width(),
    }
}

/// The cells of one line.
pub(super) fn width(line: &str) -> usize {
    if line.is_ascii() {
        line.bytes().filter(|byte| !byte.is_ascii_control()).count()
    } else {
        graphemes_with_width(line).map(|(_, width)| width).sum()
    }
}

/// Where to cut a line so that it takes at most `cells` cells with a `…` after it; nothing if it fits whole.
pub(super) fn cut_at(line: &str, cells: usize) -> Option<usize> {
    let mut used = 0;
    let mut keep = 0;
    let mut at = 0;
    for (cluster, width) in graphemes_with_width(line) {
        used += width;
        if used > cells {
            return Some(keep);
        }
        at += cluster.len();
        if used < cells {
            keep = at;
        }
    }
    None
}
