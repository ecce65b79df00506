//! Boardwalk device.
