//! The connectors that ask an API, each against a small model of its server.

#[cfg(test)]
mod bot_api;
#[cfg(test)]
mod common;
