//! Tests of the whole, one file per area. Deliberately not here: what one module can prove of itself.

<<<<<<< HEAD
mod desk;
=======
mod commands;
>>>>>>> cli
mod rooms;
mod source;
mod support;
