//! The checkpoint that this machine remembers of an archive, beside its keys and outside of it.
//!
//! A log whose tiles fit its own checkpoint may still be an old copy that was put back, or another
//! one made with the same key. Going on from there would sign two histories that contradict each
//! other, so every opening compares the log with the last head that was signed here.

use std::path::PathBuf;
use std::{fs, io};

use anyhow::Context as _;
use marsad_evidence::{Checkpoint, Reader};

use super::{Archive, write_secret};
use crate::failure::Failure;
use crate::settings;

impl Archive {
    fn remembered_path(&self) -> Result<PathBuf, Failure> {
        Ok(settings::keys_folder()?.join(format!("{}.checkpoint", self.id)))
    }

    /// The last checkpoint that was signed on this machine, where one is known.
    pub(super) fn remembered(&self) -> Result<Option<Checkpoint>, Failure> {
        let path = self.remembered_path()?;
        let written = match fs::read(&path) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let sentence = format!("cannot read '{}': {error}", path.display());
                return Err(Failure::failed(sentence));
            }
        };
        let checkpoint = Checkpoint::parse(&written).map_err(|error| {
            Failure::Evidence(format!(
                "'{}', the checkpoint remembered of this archive, is not readable: {error}",
                path.display()
            ))
        })?;
        Ok(Some(checkpoint))
    }

    /// Remembers the head of a log that was just written.
    ///
    /// After a crash before this an older head is remembered, which the log goes on from as well.
    pub(crate) fn remember(&self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let path = self.remembered_path()?;
        let next = path.with_extension("checkpoint-next");
        drop(fs::remove_file(&next)); // of a crash
        write_secret(&next, checkpoint.note.as_bytes())?; // no secret, but ours alone to write
        Ok(fs::rename(&next, &path)
            .with_context(|| format!("cannot write '{}'", path.display()))?)
    }

    /// Refuses a log that does not go on from what is remembered.
    pub(super) fn compare(
        &self,
        reader: &Reader,
        remembered: Option<&Checkpoint>,
    ) -> Result<(), Failure> {
        let Some(remembered) = remembered else { return Ok(()) };
        let is_same_log = remembered.origin == reader.checkpoint().origin;
        if is_same_log && reader.extends(&remembered.head)? {
            return Ok(());
        }
        let (held, signed) = (reader.head(), remembered.head);
        Err(Failure::Evidence(format!(
            "the evidence log contradicts its last checkpoint: this machine signed one of {} records with root {}, and the log at '{}' holds {} records with root {}; put the right one back, or, if an older copy stands there on purpose, delete '{}'",
            signed.size,
            signed.root_hex(),
            self.evidence_folder().display(),
            held.size,
            held.root_hex(),
            self.remembered_path()?.display()
        )))
    }
}
