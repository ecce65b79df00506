//! `testboard`: a board for a person, a script or a test in another language.
fn main() {}
