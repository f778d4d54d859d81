//! What the sequencer is asked, and how those who asked are told. Deliberately not here: what is answered.

use crate::{
    domain::{
        command::Command,
        ids::{CommandId, TeammateId},
        refusal::Refusal,
        teammate::Actor,
    },
    protocol::{Answer, ToPeer},
    server::keys,
};
use tokio::sync::{mpsc, oneshot};

/// Something to do.
pub(in crate::server) struct Asked {
    pub(super) by: Actor,
    /// The command's key, with the digest that tells commands apart; counted by whoever asks, to spare the sequencer.
    pub(super) id: Option<(CommandId, u64)>,
    pub(super) command: Option<Command>,
    pub(super) reply: ReplyTo,
}

/// Who wants the answer.
pub(in crate::server) enum ReplyTo {
    /// A peer. Its channel has a place for each command it may have under way.
    Peer(mpsc::Sender<Reply>),
    /// Somebody in this process.
    Once(oneshot::Sender<Result<Answer, Refusal>>),
    /// Somebody who only wants to know that it was looked at.
    Woken(oneshot::Sender<()>),
    /// Nobody.
    Nobody,
}

/// What a peer is told.
#[derive(Debug)]
pub(in crate::server) enum Reply {
    /// A command was answered. `first` is sent before the answer.
    Answered { id: CommandId, result: Result<Answer, Refusal>, first: Option<Box<ToPeer>> },
    /// Nothing of the AI's is on the wire any more, but what is named.
    Quiet(ToPeer),
}

impl Asked {
    pub(in crate::server) fn by_peer(
        me: TeammateId,
        id: CommandId,
        command: Command,
        reply: mpsc::Sender<Reply>,
    ) -> Self {
        let digest = keys::digest_of(&command);
        Self { by: Actor::Teammate(me), id: Some((id, digest)), command: Some(command), reply: ReplyTo::Peer(reply) }
    }

    pub(in crate::server) fn by_desk(command: Command, reply: ReplyTo) -> Self {
        Self { by: Actor::Desk, id: None, command: Some(command), reply }
    }

    pub(in crate::server) fn wake(reply: oneshot::Sender<()>) -> Self {
        Self { by: Actor::Desk, id: None, command: None, reply: ReplyTo::Woken(reply) }
    }
}

/// Tells whoever asked.
pub(super) fn tell(reply: ReplyTo, id: Option<CommandId>, result: Result<Answer, Refusal>, first: Option<Box<ToPeer>>) {
    match (reply, id) {
        (ReplyTo::Peer(peer), Some(id)) => {
            // A place is kept for each command under way; a peer that is gone does not mind.
            let _ = peer.try_send(Reply::Answered { id, result, first });
        }
        (ReplyTo::Once(once), _) => drop(once.send(result)),
        (ReplyTo::Woken(once), _) => drop(once.send(())),
        (ReplyTo::Peer(_), None) | (ReplyTo::Nobody, _) => {}
    }
}
