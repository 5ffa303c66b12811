//! The search index of an archive, brought up to its lake.

use anyhow::Context as _;
use marsad_lake::{Lake, TextRow};
use marsad_search::{Covers, Entry, Index, Lock, Repeats, Writer};

use crate::archive::Archive;
use crate::cli::Context;
use crate::failure::Failure;
use crate::{output, progress};

/// The index, covering everything the lake has; `None` for a lake without posts.
///
/// Another process may be building it: this one waits, says so, and then has nothing to do.
pub(crate) fn open(context: &Context, archive: &Archive) -> Result<Option<Index>, Failure> {
    let folder = archive.search_folder();
    let lake = archive.lake()?;
    let Some(id) = lake.id()? else { return Ok(None) };
    if let Some(index) = Index::open(&folder).filter(|index| covers(index, &lake, &id)) {
        return Ok(Some(index));
    }
    let lock = Lock::wait(&folder, &mut || {
        output::say(context, "another process is building the search index; waiting for it");
    })?;
    // The lake may have grown, and the index with it, while this process waited.
    let lake = archive.lake()?;
    let Some(id) = lake.id()? else { return Ok(None) };
    if let Some(index) = lock.index().filter(|index| covers(index, &lake, &id)) {
        return Ok(Some(index));
    }
    catch_up(context, lock, &lake, id)?;
    let index = Index::open(&folder)
        .with_context(|| format!("the search index in '{}' cannot be read", folder.display()))?;
    Ok(Some(index))
}

/// Throws the index away; the next search makes it again.
pub(crate) fn forget(archive: &Archive) -> Result<(), Failure> {
    let folder = archive.search_folder();
    if folder.try_exists().unwrap_or(false) {
        Lock::wait(&folder, &mut || {})?.clear()?;
    }
    Ok(())
}

/// Whether an index has everything that the lake has.
pub(crate) fn covers(index: &Index, lake: &Lake, id: &str) -> bool {
    let covers = index.covers();
    covers.lake == id && covers.version >= lake.version()
}

/// Rows to index: how many, which posts come more than once, how many are ahead of the position.
struct Coming {
    rows: u64,
    ahead: u64,
    repeats: Repeats,
}

fn coming(lake: &Lake, from: u64, position: u64) -> Result<Coming, Failure> {
    let mut coming = Coming { rows: 0, ahead: 0, repeats: Repeats::default() };
    lake.each_identity(from, &mut |row| {
        coming.rows += 1;
        coming.ahead += u64::from(row.evidence >= position);
        coming.repeats.count(row.platform, row.channel, row.post);
    })?;
    Ok(coming)
}

/// Adds what is new in the lake; makes the whole index when rows are gone from the lake (erased) or
/// when there is no index of this lake.
fn catch_up(context: &Context, lock: Lock, lake: &Lake, id: String) -> Result<(), Failure> {
    let mut onto = lock.index().filter(|index| index.covers().lake == id);
    let mut covers = Covers::new(id, lake.version(), lake.position()?);
    covers.rows = lake.counts()?.posts;
    let mut from = onto.as_ref().map_or(0, |index| index.covers().position);
    let mut new = coming(lake, from, covers.position)?;
    if let Some(index) = &onto {
        let before = index.covers();
        if before.rows + new.rows != covers.rows + before.ahead {
            (onto, from) = (None, 0);
            new = coming(lake, from, covers.position)?;
        }
    }
    covers.ahead = new.ahead;
    let bar = progress::count_bar(new.rows, "indexing posts", context.quiet);
    let mut writer = Writer::begin(lock, onto, new.repeats)?;
    let mut failed = None;
    lake.each_text(from, &mut |row| {
        if failed.is_none() {
            failed = writer.put(&entry(row)).err();
            bar.inc(1);
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    bar.set_message("writing the index");
    writer.commit(&covers)?;
    bar.finish_and_clear();
    Ok(())
}

fn entry<'a>(row: &TextRow<'a>) -> Entry<'a> {
    Entry {
        platform: row.platform,
        channel: row.channel,
        post: row.post,
        published_at: row.published_at,
        text: row.text,
        lang: row.lang,
        deleted_at: row.deleted_at,
        edited_at: row.edited_at,
        observed_first: row.observed_first,
        version: row.version,
    }
}
