//! Marsad as its users run it: the program, its output, its exit codes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot set itself up fails, and says loudly what it skips"
)]

mod account;
mod alerts;
mod attest;
mod audit;
mod bench;
mod contract;
mod discover;
mod evidence;
mod forget;
mod forget_media;
mod hooks;
mod hostile;
mod media;
mod outside;
mod platforms;
mod prism;
mod privacy;
mod rebuild;
mod search;
mod streams;
mod watch;
mod webarchives;
mod worlds;
