//! Which screen is in sight. Deliberately not here: what stands on it (one file for each noun), and where its parts are.

/// A screen. The digits are the keys of the built-in keymap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// `1`: the conversations by attention, the talk, why.
    #[default]
    Floor,
    /// `2`: all that waits for a person's decision, one card at a time.
    NeedsYou,
    /// `5`: the AIs, how far they may go, and what speaks for a step.
    Ai,
    /// `6`: who did what, when, why; and a talk as it was at a moment.
    Log,
    /// `|`: several live talks beside each other; belongs to the floor.
    Wall,
}

impl Screen {
    /// Those that have a tab, with what the tab says, in the order of the digits.
    pub const TABS: [(Self, &'static str); 4] =
        [(Self::Floor, "1 floor"), (Self::NeedsYou, "2 needs you"), (Self::Ai, "5 AI"), (Self::Log, "6 log")];
}
