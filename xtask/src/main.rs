//! The rules of the house that no lint can hold. They are tests: `cargo nextest run -p xtask`.

mod tidy;

fn main() {}
