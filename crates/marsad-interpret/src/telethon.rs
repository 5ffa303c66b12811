//! Telethon.
use crate::lines::Problems;
pub(crate) fn read(_m: &crate::Manifest, chunk: &crate::Chunk<'_>, reading: &mut crate::Reading) {
    reading.problem(chunk.first_line, "telethon is not read yet");
}
