//! Boardwalk app.
