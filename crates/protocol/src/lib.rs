//! Boardwalk protocol.
