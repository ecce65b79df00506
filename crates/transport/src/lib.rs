//! Boardwalk transport.
