//! Which way connections go: the shared cases, real settings of desktops, real scripts, and a world made up for it.

mod decide;
mod desktop;
mod script;
mod vectors;
mod world;
