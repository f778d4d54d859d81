//! Stories: keys typed into `update`, judged by the real rules, for each rung of the ladder; and the laws.

mod ai;
mod guidance;
mod laws;
mod log;
mod many;
mod needs;
mod seat;
mod settings;
mod shift;
mod stage;
mod stories;
mod tasks;
mod wall;
mod writing;
