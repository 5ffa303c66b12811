//! The lake as its users see it: file, reopen, read.

mod filing;
mod world;
