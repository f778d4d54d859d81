//! AI teammates: a peer like any other, offline unless told otherwise. No key, no network, no model file.
//!
//! * [`knowledge`]: a folder of Markdown, read and checked; [`retrieval`]: which passages fit a question.
//! * [`model`]: the seam to whatever composes answers; [`offline`]: one that quotes sentences and says where from.
//! * [`turn`]: one attempt to answer, a pure machine; [`view`]: what it reads of a talk; [`driver`]: the peer.
//! * [`follow`]: whether a message goes on from what was said before.
//! * [`words`], [`sentences`], [`phrases`]: text, as far as five languages need it.
//!
//! Deliberately not here: what becomes of an answer. The desk's rules decide that, and an AI has no private door.

pub mod driver;
pub mod follow;
pub mod knowledge;
pub mod model;
pub mod offline;
pub mod phrases;
pub mod retrieval;
pub mod sentences;
pub mod turn;
pub mod view;
pub mod words;
