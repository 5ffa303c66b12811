//! The connectors that ask an API, each against a small model of its server.

#[cfg(test)]
mod bot_api;
#[cfg(test)]
mod common;
#[cfg(test)]
mod hook;
#[cfg(test)]
mod known;
#[cfg(test)]
mod realtime;
#[cfg(test)]
mod rocketchat;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod workspace;
