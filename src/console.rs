//! The terminal program that people look at.
//!
//! A pure core (`model`, `update`, `msg`, `effect`, `keymap`, `composer`, `welcome`): state, what happened, what follows
//! and what is to be done, without clock, files, threads or terminal. Around it a thin shell: [`app`] runs the loop,
//! [`terminal`] is the only writer to the terminal, [`perform`] does what an effect says, `view` draws the model.
//! Deliberately not here: rules of the desk (the server decides), and how a line is kept alive (`client`).

pub mod action;
pub mod alerts;
pub mod app;
pub mod composer;
pub mod drafts;
pub mod effect;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod markdown;
pub mod model;
pub mod msg;
pub mod pace;
pub mod paint;
pub mod perform;
pub mod pointer;
pub mod terminal;
pub mod theme;
pub mod tour;
pub mod update;
pub mod view;
mod views;
pub mod welcome;
pub mod widgets;
pub mod wrap;
