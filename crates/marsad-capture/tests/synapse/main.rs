//! Visits to a real homeserver, Synapse on loopback, read and compared with what was sent.
//!
//! `scripts/synapse install` makes it once; without it the test says that it is skipped. One test,
//! because every test is a process of its own and the server takes seconds to start.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod server;
