//! The board that tests Boardwalk.
