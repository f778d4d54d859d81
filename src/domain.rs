//! What a desk is, and what may happen at it.
//!
//! [`decide`](decide::decide) turns a command into events or a refusal; [`Desk::apply`](desk::Desk::apply) says what
//! follows from an event. Both are pure: time and ids come in as arguments, nothing here logs, waits or asks a clock.
//! Deliberately not here: how any of it is stored, sent or shown.

pub mod annotation;
pub mod apply;
pub mod approval;
pub mod attention;
pub mod brief;
pub mod card;
pub mod ceiling;
pub mod command;
pub mod conversation;
pub mod customer;
pub mod decide;
pub mod delivery;
pub mod desk;
pub mod due;
pub mod edit;
pub mod erase;
pub mod escalation;
pub mod event;
pub mod evidence;
pub mod filter;
mod form;
pub mod guard;
pub mod guidance;
pub mod health;
pub mod holder;
pub mod ids;
pub mod mode;
pub mod near;
pub mod notice;
pub mod policy;
pub mod rare;
pub mod refusal;
pub mod reply;
pub mod seldom;
pub mod shelf;
pub mod shift;
pub mod signals;
pub mod stop;
pub mod task;
pub mod teammate;
pub mod text;
pub mod thread;
pub mod time;
pub mod tool;
pub mod turn;
pub mod undo;
pub mod written;
