//! `boardwalk-desktop`, the window.
fn main() {}
