//! A line inside this program: two bounded channels of frames instead of a socket, and nothing else different.
//!
//! The server's ends are handed out as plain channels, so that the server room needs nothing of ours; the command line
//! puts the two together. Deliberately not here: who listens behind the door.

use super::wire::{Dial, DialError, Later, Wire};
use tokio::sync::mpsc;

/// Frames under way in each direction. When they are as many, the sender waits: a slow side slows its own line only.
pub const FRAMES_AT_ONCE: usize = 64;

/// The server's ends of a line. Dropping either closes the line.
#[derive(Debug)]
pub struct MemoryLine {
    /// What the peer says.
    pub from_peer: mpsc::Receiver<String>,
    /// What the peer hears.
    pub to_peer: mpsc::Sender<String>,
}

/// The way to a server in this program.
#[derive(Clone, Debug)]
pub struct MemoryDial {
    door: mpsc::Sender<MemoryLine>,
}

impl MemoryDial {
    /// A way that ends at `door`: whoever holds its receiver serves the lines. When `door` is full, dialling waits.
    #[must_use]
    pub fn new(door: mpsc::Sender<MemoryLine>) -> Self {
        Self { door }
    }
}

const PLACE: &str = "the server inside this program";

impl Dial for MemoryDial {
    fn dial(&self) -> Later<'_, Result<Box<dyn Wire>, DialError>> {
        Box::pin(async {
            // Both wait when full; see FRAMES_AT_ONCE.
            let (say, from_peer) = mpsc::channel(FRAMES_AT_ONCE);
            let (to_peer, hear) = mpsc::channel(FRAMES_AT_ONCE);
            self.door.send(MemoryLine { from_peer, to_peer }).await.map_err(|_| gone())?;
            Ok(Box::new(Memory { say, hear }) as Box<dyn Wire>)
        })
    }

    fn place(&self) -> String {
        PLACE.to_owned()
    }
}

/// The peer's ends of a line.
struct Memory {
    say: mpsc::Sender<String>,
    hear: mpsc::Receiver<String>,
}

impl Wire for Memory {
    fn send(&mut self, frame: String) -> Later<'_, Result<(), DialError>> {
        Box::pin(async { self.say.send(frame).await.map_err(|_| gone()) })
    }

    fn receive(&mut self) -> Later<'_, Option<String>> {
        Box::pin(self.hear.recv())
    }
}

fn gone() -> DialError {
    DialError { place: PLACE.to_owned(), why: "it has stopped; start the program again".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_travel_both_ways_in_order_and_a_dropped_side_closes_the_line() {
        let (door, mut lines) = mpsc::channel(1);
        let dial = MemoryDial::new(door);
        let mut wire = dial.dial().await.unwrap();
        let mut line = lines.recv().await.unwrap();
        for frame in ["one", "two"] {
            wire.send(frame.to_owned()).await.unwrap();
        }
        assert_eq!(
            (line.from_peer.recv().await, line.from_peer.recv().await),
            (Some("one".into()), Some("two".into()))
        );
        line.to_peer.send("three".to_owned()).await.unwrap();
        drop(line);
        assert_eq!((wire.receive().await, wire.receive().await), (Some("three".into()), None));
        assert_eq!(wire.send("four".to_owned()).await, Err(gone()));
        drop(lines);
        assert_eq!(dial.dial().await.err(), Some(gone()));
    }
}
