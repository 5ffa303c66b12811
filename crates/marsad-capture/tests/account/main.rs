//! Telegram by an account, against a stand-in that holds the same channels as t.me's.
#![cfg(feature = "mtproto")]

#[cfg(test)]
mod chaos;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod visits;
#[cfg(test)]
mod wire;
