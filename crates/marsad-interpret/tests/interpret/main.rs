//! Every format against its contract: good, broken and hostile input, whole and in chunks.

mod common;
mod csv;
mod ndjson;
mod peers;
mod settings;
