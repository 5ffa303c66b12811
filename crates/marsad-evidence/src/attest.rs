//! What others said of a head of the log: time-stamps and witnesses' cosignatures, kept as records
//! of the log itself, so that they are as safe as everything else.

use crate::checkpoint::{Checkpoint, Head};
use crate::error::Failure;
use crate::reader::Reader;
use crate::record::{NewRecord, Record, RecordKind};
use crate::stamp::Token;
use crate::{Error, layout};

/// Media type of an answer of an authority.
pub const STAMP_TYPE: &str = "application/timestamp-reply";
/// Media type of a checkpoint that bears cosignatures.
pub const COSIGNED_TYPE: &str = "application/vnd.marsad.cosigned-checkpoint";
/// Names the size of the head that is attested.
const ATTESTS_FIELD: &str = "Marsad-Attests";
const AUTHORITY_FIELD: &str = "Marsad-Authority";

/// What kind of attestation, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attested {
    /// An authority's token; its signature is not checked here.
    Stamp(Token),
    /// A checkpoint with witnesses' cosignatures; whoever has their keys checks them.
    Cosigned(Checkpoint),
}

/// An attestation of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The record that holds it.
    pub leaf: u64,
    /// The head that it is about.
    pub head: Head,
    /// Who gave it, as the settings call it; empty for a cosigned checkpoint.
    pub authority: String,
    /// What it says.
    pub says: Attested,
}

/// The text that is stamped for a head: a checkpoint without its signatures, which can be written
/// again from the log at any time.
pub fn head_text(origin: &str, head: &Head) -> String {
    let note = Checkpoint::new(origin, *head, None).note;
    note.strip_suffix('\n').unwrap_or(&note).to_owned()
}

/// The record of an attestation.
pub fn attestation_record<'a>(
    (size, authority): (u64, &str),
    content_type: &'a str,
    at: marsad_types::Timestamp,
    payload: &'a [u8],
) -> NewRecord<'a> {
    let mut fields = vec![(ATTESTS_FIELD, size.to_string())];
    if !authority.is_empty() {
        fields.push((AUTHORITY_FIELD, authority.to_owned()));
    }
    let (kind, target) = (RecordKind::Note, String::new());
    NewRecord { kind, target, content_type, at, fields, payload }
}

/// Reads an attestation, given the head that the log had at a size.
///
/// # Errors
/// A sentence: it is not what it should be, or is about another head.
pub(crate) fn read(
    (leaf, content_type): (u64, &str),
    field: &dyn Fn(&str) -> Option<String>,
    payload: &[u8],
    head_at: &dyn Fn(u64) -> Result<(String, Head), String>,
) -> Result<Option<Attestation>, String> {
    if content_type != STAMP_TYPE && content_type != COSIGNED_TYPE {
        return Ok(None);
    }
    let size = field(ATTESTS_FIELD).and_then(|size| size.parse().ok());
    let size = size.ok_or_else(|| "an attestation does not name its head".to_owned())?;
    let (origin, head) = head_at(size)?;
    let says = if content_type == STAMP_TYPE {
        let token = Token::read(payload).map_err(|error| error.to_string())?;
        let text = head_text(&origin, &head);
        token.check(text.as_bytes(), None).map_err(|error| error.to_string())?;
        Attested::Stamp(token)
    } else {
        let checkpoint = Checkpoint::parse(payload).map_err(|error| error.to_string())?;
        if checkpoint.origin != origin || checkpoint.head != head {
            return Err("the cosigned checkpoint is of another head".to_owned());
        }
        Attested::Cosigned(checkpoint)
    };
    let authority = field(AUTHORITY_FIELD).unwrap_or_default();
    Ok(Some(Attestation { leaf, head, authority, says }))
}

impl Reader {
    /// Every attestation that the log holds, each compared with the head that it names.
    ///
    /// # Errors
    /// `Broken` for one that is about another head than the log had.
    pub fn attestations(&self) -> Result<Vec<Attestation>, Error> {
        let mut found = Vec::new();
        for leaf in self.leaves(0, &|kind| kind == RecordKind::Note)? {
            let record = self.record(leaf)?;
            found.extend(self.attestation(&record)?);
        }
        Ok(found)
    }

    /// The attestation that a record is, if it is one.
    pub(crate) fn attestation(&self, record: &Record) -> Result<Option<Attestation>, Error> {
        let head_at = |size| {
            let head = self.head_at(size).map_err(|error| error.to_string())?;
            Ok((self.checkpoint().origin.clone(), head))
        };
        let field = |name: &str| record.field(name).map(str::to_owned);
        let content = (record.leaf, record.content_type.as_str());
        read(content, &field, &record.payload, &head_at).map_err(|reason| {
            let file = layout::WARC_FOLDER.to_owned();
            Failure { leaf: Some(record.leaf), file, from: 0, to: 0, reason }.into()
        })
    }
}
