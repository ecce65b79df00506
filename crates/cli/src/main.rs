//! `boardwalk`, the command line.
fn main() {}
