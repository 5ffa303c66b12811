//! Every format against its contract: good, broken and hostile input, whole and in chunks.

#[cfg(test)]
mod archives;
#[cfg(test)]
mod bot_api;
#[cfg(test)]
mod common;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod ndjson;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod rocketchat_api;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod telegram_desktop;
#[cfg(test)]
mod telegram_notes;
#[cfg(test)]
mod telegram_tl;
#[cfg(test)]
mod telegram_web;
#[cfg(test)]
mod telethon;
#[cfg(test)]
mod version;
#[cfg(test)]
mod wacz;
#[cfg(test)]
mod webarchives;
#[cfg(test)]
mod without;
