//! A chunk without the lines of some posts: their bytes go, their line breaks stay, so that every
//! other line keeps its number.

use std::collections::BTreeSet;

use marsad_evidence::{Error, NewRecord, Record, RecordKind, Store, prepare};
use marsad_interpret::{Chunk, Cutting, Manifest};
use marsad_types::{Post, Reading, Timestamp};

use super::files::Names;
use super::{Plan, Replacement, Wanted, refuse};
use crate::failure::Failure;
use crate::pipeline::recover::{REPLACES_FIELD, Run, replaces_record};

/// Plans for one chunk, unless another import has it and that `is_done`.
pub(super) fn chunk(
    store: &Store,
    (run, manifest): (&Run, &Manifest),
    (leaf, is_done): (u64, bool),
    (wanted, at): (&Wanted, Timestamp),
    (names, plan): (&mut Names<'_>, &mut Plan),
) -> Result<(), Failure> {
    let record = match store.record(leaf) {
        Ok(record) => record,
        Err(Error::Erased { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let number = |name| record.field(name).and_then(|written| written.parse::<u64>().ok());
    let (first_line, ordinal) =
        (number("Marsad-Line").unwrap_or(1), number("Marsad-Ordinal").unwrap_or(0));
    let read =
        |bytes: &[u8]| marsad_interpret::read(manifest, &Chunk { bytes, first_line, ordinal });
    let before = read(&record.payload);
    for post in &before.posts {
        names.note(post, wanted.takes(post));
    }
    if is_done {
        return Ok(());
    }
    let going: BTreeSet<u64> =
        before.posts.iter().filter(|post| wanted.takes(post)).map(|post| post.line).collect();
    let Some(line) = going.first().copied() else { return Ok(()) };
    let chunk = Chunk { bytes: &record.payload, first_line, ordinal };
    let left = without(manifest, &chunk, &before, &|post| wanted.takes(post));
    let (payload, after) = left.ok_or_else(|| refuse(run, manifest, line))?;
    plan.posts += (before.posts.len() - after.posts.len()) as u64;
    plan.leaves.insert(leaf);
    if after.rows > 0 {
        let anew = prepare(&replacement(&record, &payload, at));
        plan.replacements.push(Replacement::Chunk(leaf, anew));
    }
    Ok(())
}

/// The bytes of a chunk without those of some posts, and what they say; `None` where the rest would
/// be read otherwise.
pub(crate) fn without(
    manifest: &Manifest,
    chunk: &Chunk<'_>,
    before: &Reading,
    goes: &dyn Fn(&Post) -> bool,
) -> Option<(Vec<u8>, Reading)> {
    let going: BTreeSet<u64> =
        before.posts.iter().filter(|post| goes(post)).map(|post| post.line).collect();
    let single = manifest.format.cutting() == Cutting::Lines;
    let starts = if single { None } else { Some(starts(before)) };
    let payload = blank(chunk.bytes, chunk.first_line, &going, starts.as_ref());
    let after = marsad_interpret::read(manifest, &Chunk { bytes: &payload, ..*chunk });
    let gone = before.posts.iter().filter(|post| goes(post)).count() as u64;
    let stays = before.posts.iter().filter(|post| !goes(post));
    let is_same = stays.eq(after.posts.iter())
        && before.problems == after.problems
        && before.rows == after.rows + gone;
    is_same.then_some((payload, after))
}

/// Lines at which something that was read begins.
fn starts(reading: &Reading) -> BTreeSet<u64> {
    let posts = reading.posts.iter().map(|post| post.line);
    let channels = reading.channels.iter().map(|channel| channel.line);
    let coverage = reading.coverage.iter().map(|stretch| stretch.line);
    let taken = reading.taken.iter().map(|taken| taken.line);
    let events = reading.events.iter().map(|event| event.line);
    let problems = reading.problems.iter().map(|problem| problem.line);
    posts.chain(channels).chain(coverage).chain(taken).chain(events).chain(problems).collect()
}

/// The payload with the bytes of some records gone. A record is its line, or, where `starts` are
/// given, all lines up to the next start.
fn blank(
    payload: &[u8],
    first_line: u64,
    going: &BTreeSet<u64>,
    starts: Option<&BTreeSet<u64>>,
) -> Vec<u8> {
    let mut kept = Vec::with_capacity(payload.len());
    let mut is_going = false;
    for (number, line) in (first_line..).zip(payload.split_inclusive(|byte| *byte == b'\n')) {
        if starts.is_none_or(|starts| starts.contains(&number)) {
            is_going = going.contains(&number);
        }
        if !is_going {
            kept.extend_from_slice(line);
        } else if line.ends_with(b"\n") {
            kept.push(b'\n');
        }
    }
    kept
}

/// The record that stands for a chunk from now on: the same place in the same import.
fn replacement<'a>(record: &'a Record, payload: &'a [u8], at: Timestamp) -> NewRecord<'a> {
    let kept = ["Marsad-Import", "Marsad-Ordinal", "Marsad-Line"];
    let mut fields: Vec<(&'static str, String)> = kept
        .into_iter()
        .filter_map(|name| record.field(name).map(|value| (name, value.to_owned())))
        .collect();
    fields.push((REPLACES_FIELD, replaces_record(record)));
    NewRecord {
        kind: RecordKind::Chunk,
        target: record.target.clone(),
        content_type: &record.content_type,
        at,
        fields,
        payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_and_line_breaks_stay() {
        let going = BTreeSet::from([11, 13]);
        assert_eq!(blank(b"a\nb\nc\nd", 10, &going, None), b"a\n\nc\n");
        // A row that spans two lines goes whole, up to the next row.
        let starts = BTreeSet::from([10, 11, 13]);
        let going = BTreeSet::from([11]);
        assert_eq!(blank(b"a\n\"b\nb\"\nd\n", 10, &going, Some(&starts)), b"a\n\n\nd\n");
    }
}
