//! Tests of the frame decoder.
