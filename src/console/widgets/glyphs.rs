//! The signs beside the words, in Unicode and in ASCII. One cell each; none is an emoji.

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// An AI.
    pub ai: &'static str,
    /// A person of the team.
    pub human: &'static str,
    /// The queue; a call for a human.
    pub queue: &'static str,
    /// A draft that waits.
    pub draft: &'static str,
    /// Fresh.
    pub live: &'static str,
    /// Not fresh.
    pub stale: &'static str,
    /// A note; an unsent text.
    pub note: &'static str,
    /// A whisper.
    pub whisper: &'static str,
    /// A brief.
    pub brief: &'static str,
    /// What never left.
    pub suppressed: &'static str,
    /// What happened, in a thin line.
    pub event: &'static str,
    /// What stands behind an answer.
    pub behind: &'static str,
    /// The end of a text that grows.
    pub growing: &'static str,
    /// The row under the cursor.
    pub bar: &'static str,
    /// Well.
    pub good: &'static str,
    /// Not well.
    pub bad: &'static str,
    /// Mind this.
    pub warn: &'static str,
    /// New ones above.
    pub new: &'static str,
    /// Points at what is wrong below.
    pub below: &'static str,
    /// Between words.
    pub dot: &'static str,
    /// More than fits.
    pub more: &'static str,
    /// Judged badly.
    pub minus: &'static str,
    /// Lines: across, down, and where they meet.
    pub lines: Lines,
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Across.
    pub across: &'static str,
    /// Down.
    pub down: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// Meeting: from above down, from below up, from the left, from the right.
    pub tees: [&'static str; 4],
    /// Across, for a reply: heavy.
    pub heavy: &'static str,
    /// Across, for a note: broken.
    pub broken: &'static str,
    /// Across, for a whisper: dotted.
    pub dotted: &'static str,
    /// Across, for a brief: double.
    pub double: &'static str,
}

/// For terminals that show Unicode.
pub const UNICODE: Glyphs = Glyphs {
    ai: "✦",
    human: "●",
    queue: "◆",
    draft: "▲",
    live: "●",
    stale: "◌",
    note: "✎",
    whisper: "»",
    brief: "≡",
    suppressed: "×",
    event: "─",
    behind: "▸",
    growing: "▌",
    bar: "▎",
    good: "✓",
    bad: "✗",
    warn: "!",
    new: "▲",
    below: "▾",
    dot: "·",
    more: "…",
    minus: "−",
    lines: Lines {
        across: "─",
        down: "│",
        corners: ["┌", "┐", "└", "┘"],
        tees: ["┬", "┴", "├", "┤"],
        heavy: "━",
        broken: "╌",
        dotted: "┈",
        double: "═",
    },
};

/// For terminals that do not, or show lines two cells wide.
pub const ASCII: Glyphs = Glyphs {
    ai: "*",
    human: "@",
    queue: "#",
    draft: "^",
    live: "*",
    stale: "o",
    note: "%",
    whisper: ">",
    brief: "=",
    suppressed: "x",
    event: "-",
    behind: ">",
    growing: "_",
    bar: ">",
    good: "+",
    bad: "x",
    warn: "!",
    new: "^",
    below: "v",
    dot: "-",
    more: "~",
    minus: "-",
    lines: Lines {
        across: "-",
        down: "|",
        corners: ["+", "+", "+", "+"],
        tees: ["+", "+", "+", "+"],
        heavy: "=",
        broken: "-",
        dotted: ".",
        double: "=",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_one_cell_and_ascii_is_ascii() {
        for glyphs in [UNICODE, ASCII] {
            let Glyphs { ai, human, queue, draft, live, stale, note, whisper, brief, .. } = glyphs;
            let Glyphs {
                suppressed,
                event,
                behind,
                growing,
                bar,
                good,
                bad,
                warn,
                new,
                below,
                dot,
                more,
                minus,
                lines,
                ..
            } = glyphs;
            let signs =
                [ai, human, queue, draft, live, stale, note, whisper, brief, suppressed, event, behind, growing];
            let more = [bar, good, bad, warn, new, below, dot, more, minus, lines.across, lines.down, lines.heavy];
            let lines = [lines.broken, lines.dotted, lines.double].into_iter().chain(lines.corners).chain(lines.tees);
            for sign in signs.into_iter().chain(more).chain(lines) {
                assert_eq!(crate::console::wrap::width(sign), 1, "{sign}");
                assert!(glyphs != ASCII || sign.is_ascii(), "{sign}");
            }
        }
    }
}
