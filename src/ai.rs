//! AI teammates: a peer like any other, offline unless told otherwise: no key, no network, no model file.
//!
//! * [`knowledge`]: a folder of Markdown, read and checked; [`retrieval`]: which passages fit a question.
//! * [`model`]: the seam to whatever composes answers; [`offline`]: one that quotes sentences and says where from;
//!   [`openai`]: language models over HTTP; [`grounding`]: how well their words stand on what they cite.
//! * [`scripted`]: an endpoint of our own that needs no model, and makes trouble on request.
//! * [`turn`]: one attempt to answer, a pure machine; [`view`]: what it reads of a talk; [`driver`]: the peer.
//! * [`task`]: one task beside the person who answers, a pure machine too; [`errand`]: what it makes of a talk.
//! * [`guidance`]: which of the team's guidance applies; [`trial`]: a piece of it tried on past talks.
//! * [`follow`]: whether a message goes on from what was said before.
//! * [`words`], [`sentences`], [`phrases`]: text, as far as five languages need it.
//!
//! Deliberately not here: what becomes of an answer. The desk's rules decide that, and an AI has no private door.

pub mod asking;
pub mod driver;
pub mod errand;
pub mod follow;
pub mod grounding;
pub mod guidance;
pub mod knowledge;
pub mod measure;
pub mod model;
pub mod offline;
pub mod openai;
pub mod phrases;
pub mod retrieval;
pub mod scripted;
pub mod sentences;
pub mod task;
pub mod tools;
pub mod trial;
pub mod turn;
pub mod view;
pub mod words;
