//! What the terminal answers to what it was asked, and waiting for its last answers.
//!
//! Deliberately not here: when it is asked (`pace`), the bytes (`terminal`, `paint`).

use super::App;
use crate::console::{
    input::{Answer, Ending, Input},
    terminal::{Screen, Seat},
};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::Instant;

/// How long the terminal may take for its last answers.
pub const LAST_ANSWERS: Duration = Duration::from_millis(800);

impl<B: Screen, S: Seat> App<B, S> {
    /// Waits for the answers that the terminal owes: whoever has the terminal next would take them for typing. Keys that
    /// come meanwhile were meant for nobody here.
    pub(super) async fn hear_out(&mut self) {
        let until = Instant::now() + LAST_ANSWERS;
        while self.is_owed() {
            let Some(inputs) = &mut self.inputs else { return };
            match tokio::time::timeout_at(until, inputs.next()).await {
                Ok(Some(Input::Answered(answer))) => self.answered(answer),
                Ok(Some(Input::Ending(ending))) => {
                    self.take_input(Input::Ending(ending));
                    if ending == Ending::HungUp {
                        return;
                    }
                }
                Ok(None) | Err(_) => return,
                Ok(Some(_)) => {}
            }
        }
    }

    fn is_owed(&self) -> bool {
        let now = self.start.elapsed();
        self.pace.owed(now) || self.pace.is_new(now)
    }

    pub(super) fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Shown => {
                self.pace.answered(self.start.elapsed());
                self.seat.owes(self.pace.owed(self.start.elapsed()));
            }
            Answer::Background { .. } => {
                if let (Some(theme), true) = (self.if_light.take(), answer.is_light()) {
                    self.look.set_theme(theme.clone());
                    self.first_theme = theme;
                    self.repaint();
                }
            }
            Answer::TellsKeysApart => self.seat.tell_keys_apart(),
            Answer::Synchronizes(known) => self.screen.backend_mut().synchronizes(known),
            Answer::Attributes => {
                // Nothing more comes.
                self.if_light = None;
                self.pace.is_known();
            }
        }
    }
}
