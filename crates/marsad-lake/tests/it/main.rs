//! The lake as its users see it: file, reopen, read.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]

mod crash;
mod filing;
mod world;
