//! Parquet files to rows: the small tables whole, the posts as columns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, BinaryArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use compact_str::CompactString;
use marsad_types::{
    Author, Channel, ChannelKey, Coverage, Event, Forward, Media, Names, Outcome, Platform, Post,
    PostId, PostKey, Problem, Resolution, Status, Taken, TakenBy, Timestamp,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::table::{DataFile, Table};
use crate::texts::reaches;
use crate::{Error, Filer, Lake, Selection};

const ROWS_PER_BATCH: usize = 16_384;

/// One batch of a file, with typed access by column name.
pub(crate) struct Rows<'a> {
    batch: &'a RecordBatch,
}

/// A column of a batch, found once for all its rows; every cell is null in a file that lacks it.
pub(crate) struct Cells<'a, A>(Option<&'a A>);

impl<'a> Cells<'a, StringArray> {
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        self.0.filter(|array| !array.is_null(row)).map(|array| array.value(row))
    }
}

impl<'a> Cells<'a, BinaryArray> {
    pub(crate) fn get(&self, row: usize) -> Option<&'a [u8]> {
        self.0.filter(|array| !array.is_null(row)).map(|array| array.value(row))
    }
}

impl Cells<'_, Int32Array> {
    pub(crate) fn get(&self, row: usize) -> Option<u32> {
        let array = self.0.filter(|array| !array.is_null(row))?;
        Some(u32::try_from(array.value(row)).unwrap_or(0))
    }
}

impl Cells<'_, Int64Array> {
    pub(crate) fn get(&self, row: usize) -> Option<u64> {
        let array = self.0.filter(|array| !array.is_null(row))?;
        Some(u64::try_from(array.value(row)).unwrap_or(0))
    }
}

impl Cells<'_, TimestampMicrosecondArray> {
    pub(crate) fn get(&self, row: usize) -> Option<Timestamp> {
        let array = self.0.filter(|array| !array.is_null(row))?;
        Some(Timestamp(array.value(row).div_euclid(1000)))
    }
}

impl<'a> Cells<'a, ListArray> {
    /// The array of all lists' values and the places of one list there; none where it is empty, as
    /// most are.
    fn list(&self, row: usize) -> Option<(&'a ListArray, Range<usize>)> {
        let list = self.0.filter(|list| !list.is_null(row))?;
        let [start, end] = *list.value_offsets().get(row..row + 2)?.as_array()?;
        let place = |offset| usize::try_from(offset).ok();
        (start < end).then_some((list, place(start)?..place(end)?))
    }

    pub(crate) fn texts(&self, row: usize) -> Vec<String> {
        let Some((list, places)) = self.list(row) else { return Vec::new() };
        let Some(values) = list.values().as_string_opt::<i32>() else { return Vec::new() };
        let values = places.filter(|place| !values.is_null(*place)).map(|at| values.value(at));
        values.map(str::to_owned).collect()
    }

    pub(crate) fn ints(&self, row: usize, out: &mut Vec<u32>) {
        out.clear();
        let Some((list, places)) = self.list(row) else { return };
        let values = list.values().as_primitive_opt::<Int32Type>();
        let values = values.and_then(|values| values.values().get(places)).unwrap_or(&[]);
        out.extend(values.iter().map(|value| value.cast_unsigned()));
    }
}

impl<'a> Rows<'a> {
    pub(crate) fn of(batch: &'a RecordBatch) -> Self {
        Self { batch }
    }

    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    fn array(&self, name: &str) -> Option<&'a dyn Array> {
        self.batch.column_by_name(name).map(AsRef::as_ref)
    }

    pub(crate) fn text_cells(&self, name: &str) -> Cells<'a, StringArray> {
        Cells(self.array(name).and_then(|array| array.as_string_opt()))
    }

    pub(crate) fn int_cells(&self, name: &str) -> Cells<'a, Int32Array> {
        Cells(self.array(name).and_then(|array| array.as_primitive_opt::<Int32Type>()))
    }

    pub(crate) fn long_cells(&self, name: &str) -> Cells<'a, Int64Array> {
        Cells(self.array(name).and_then(|array| array.as_primitive_opt::<Int64Type>()))
    }

    pub(crate) fn time_cells(&self, name: &str) -> Cells<'a, TimestampMicrosecondArray> {
        Cells(
            self.array(name).and_then(|array| array.as_primitive_opt::<TimestampMicrosecondType>()),
        )
    }

    pub(crate) fn byte_cells(&self, name: &str) -> Cells<'a, BinaryArray> {
        Cells(self.array(name).and_then(|array| array.as_binary_opt()))
    }

    pub(crate) fn list_cells(&self, name: &str) -> Cells<'a, ListArray> {
        Cells(self.array(name).and_then(|array| array.as_list_opt()))
    }

    /// Text of a cell; `None` when null or when the file has no such column.
    pub(crate) fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        self.text_cells(name).get(row)
    }

    pub(crate) fn int(&self, name: &str, row: usize) -> Option<u32> {
        self.int_cells(name).get(row)
    }

    pub(crate) fn long(&self, name: &str, row: usize) -> Option<u64> {
        self.long_cells(name).get(row)
    }

    pub(crate) fn time(&self, name: &str, row: usize) -> Option<Timestamp> {
        self.time_cells(name).get(row)
    }

    pub(crate) fn texts(&self, name: &str, row: usize) -> Vec<String> {
        self.list_cells(name).texts(row)
    }
}

/// Reads some columns of a file, batch by batch, skipping row groups that `keep` refuses.
pub(crate) fn read_file(
    file: &DataFile,
    columns: Option<&[&str]>,
    keep: &dyn Fn(&parquet::file::metadata::RowGroupMetaData) -> bool,
    take: &mut dyn FnMut(&Rows<'_>),
) -> Result<(), Error> {
    let opened = File::open(&file.path).map_err(Error::file(&file.path))?;
    let mut builder =
        ParquetRecordBatchReaderBuilder::try_new(opened).map_err(Error::parquet(&file.path))?;
    if let Some(columns) = columns {
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        builder = builder.with_projection(mask);
    }
    let groups = builder.metadata().row_groups().iter().enumerate();
    let kept: Vec<usize> = groups.filter(|(_, group)| keep(group)).map(|(at, _)| at).collect();
    let reader = builder
        .with_row_groups(kept)
        .with_batch_size(ROWS_PER_BATCH)
        .build()
        .map_err(Error::parquet(&file.path))?;
    for batch in reader {
        let batch = batch.map_err(|cause| Error::parquet(&file.path)(cause.into()))?;
        take(&Rows { batch: &batch });
    }
    Ok(())
}

/// Reads a file whole, as Arrow batches.
pub(crate) fn read_batches(
    file: &DataFile,
    take: &mut dyn FnMut(RecordBatch),
) -> Result<(), Error> {
    let opened = File::open(&file.path).map_err(Error::file(&file.path))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(opened).map_err(Error::parquet(&file.path))?;
    let reader = builder.build().map_err(Error::parquet(&file.path))?;
    for batch in reader {
        take(batch.map_err(|cause| Error::parquet(&file.path)(cause.into()))?);
    }
    Ok(())
}

fn read_table(table: Option<&Table>, take: &mut dyn FnMut(&Rows<'_>, usize)) -> Result<(), Error> {
    let Some(table) = table else { return Ok(()) };
    for file in table.files(&|_| true)? {
        read_file(&file, None, &|_| true, &mut |rows| {
            for row in 0..rows.len() {
                take(rows, row);
            }
        })?;
    }
    Ok(())
}

fn platform(rows: &Rows<'_>, row: usize) -> Option<Platform> {
    Platform::new(rows.text("platform", row)?).ok()
}

/// A problem as filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemRow {
    /// Leaf of the evidence log.
    pub evidence: u64,
    /// Name of the imported file.
    pub source: String,
    /// Line there, from 1.
    pub line: u64,
    /// What was wrong.
    pub reason: String,
}

/// Where one version of a post was read from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the version.
    pub version: u32,
    /// Leaf of the evidence log.
    pub leaf: u64,
    /// Line of the imported file, from 1.
    pub line: u64,
    /// SHA-256 of its files, as far as they are known.
    pub files: Vec<String>,
}

/// A post version as filed, for export.
#[derive(Debug, Clone)]
pub struct ExportRow {
    /// The post; its id is always given, its author a pseudonym.
    pub post: Post,
    /// Its id.
    pub id: CompactString,
    /// Number of this version.
    pub version: u32,
}

impl Lake {
    /// All observations of channels, sorted by channel and time.
    pub fn channel_rows(&self) -> Result<Vec<Channel>, Error> {
        let mut channels = Vec::new();
        read_table(self.channels.as_ref(), &mut |rows, row| {
            let Some(platform) = platform(rows, row) else { return };
            let text = |name| rows.text(name, row).map(str::to_owned);
            let key = ChannelKey::new(platform, rows.text("channel", row).unwrap_or(""));
            let seen = rows.time("observed_at", row).unwrap_or(Timestamp(0));
            channels.push(Channel {
                handle: text("handle"),
                title: text("title"),
                description: text("description"),
                created_at: rows.time("created_at", row),
                subscribers: rows.long("subscribers", row),
                subscribers_min: rows.long("subscribers_min", row),
                subscribers_max: rows.long("subscribers_max", row),
                status: rows.text("status", row).and_then(Status::parse).unwrap_or(Status::Error),
                status_cause: text("status_cause"),
                line: rows.long("line", row).unwrap_or(0),
                ..Channel::seen(key, seen)
            });
        })?;
        channels
            .sort_by(|a, b| (&a.key, a.observed_at, a.line).cmp(&(&b.key, b.observed_at, b.line)));
        Ok(channels)
    }

    /// All stretches of watching, sorted by platform, channel and time.
    pub fn coverage_rows(&self) -> Result<Vec<Coverage>, Error> {
        let mut coverage = Vec::new();
        read_table(self.coverage.as_ref(), &mut |rows, row| {
            let Some(platform) = platform(rows, row) else { return };
            coverage.push(Coverage {
                platform,
                channel: rows.text("channel", row).map(CompactString::from),
                from: rows.time("from", row).unwrap_or(Timestamp(0)),
                to: rows.time("to", row).unwrap_or(Timestamp(0)),
                poll_s: rows.long("poll_s", row),
                outcome: rows
                    .text("outcome", row)
                    .and_then(Outcome::parse)
                    .unwrap_or(Outcome::Failed),
                line: rows.long("line", row).unwrap_or(0),
            });
        })?;
        coverage.sort_by(|a, b| {
            (&a.platform, &a.channel, a.from, a.to).cmp(&(&b.platform, &b.channel, b.from, b.to))
        });
        Ok(coverage)
    }

    /// All ids without a post of their own, sorted by channel and id.
    pub fn taken_rows(&self) -> Result<Vec<Taken>, Error> {
        let mut all = Vec::new();
        read_table(self.taken.as_ref(), &mut |rows, row| {
            let Some(platform) = platform(rows, row) else { return };
            let Some(by) = rows.text("by", row).and_then(TakenBy::parse) else { return };
            all.push(Taken {
                channel: ChannelKey::new(platform, rows.text("channel", row).unwrap_or("")),
                id: CompactString::from(rows.text("post", row).unwrap_or("")),
                by,
                line: rows.long("line", row).unwrap_or(0),
            });
        })?;
        sort_taken(&mut all);
        Ok(all)
    }

    /// All claimed interventions, sorted by time and name.
    pub fn event_rows(&self) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        read_table(self.events.as_ref(), &mut |rows, row| {
            events.push(Event {
                name: rows.text("name", row).unwrap_or("").to_owned(),
                platform: platform(rows, row),
                from: rows.time("from", row).unwrap_or(Timestamp(0)),
                to: rows.time("to", row).unwrap_or(Timestamp(0)),
                source: rows.text("source", row).map(str::to_owned),
                claim: rows.text("claim", row).map(str::to_owned),
                line: rows.long("line", row).unwrap_or(0),
            });
        })?;
        events.sort_by(|a, b| (a.from, a.to, &a.name).cmp(&(b.from, b.to, &b.name)));
        Ok(events)
    }

    /// All problems, sorted by record and line.
    pub fn problem_rows(&self) -> Result<Vec<ProblemRow>, Error> {
        let mut problems = Vec::new();
        read_table(self.problems.as_ref(), &mut |rows, row| {
            problems.push(ProblemRow {
                evidence: rows.long("evidence", row).unwrap_or(0),
                source: rows.text("source", row).unwrap_or("").to_owned(),
                line: rows.long("line", row).unwrap_or(0),
                reason: rows.text("reason", row).unwrap_or("").to_owned(),
            });
        })?;
        problems.sort_by_key(|problem: &ProblemRow| (problem.evidence, problem.line));
        Ok(problems)
    }

    /// Every version of every post, file by file: sorted by channel and time within a file.
    pub fn each_post(&self, take: &mut dyn FnMut(ExportRow)) -> Result<(), Error> {
        let Some(table) = &self.posts else { return Ok(()) };
        for file in table.files(&|_| true)? {
            let Ok(platform) = Platform::new(&file.partition.platform) else { continue };
            read_file(&file, None, &|_| true, &mut |rows| {
                for row in 0..rows.len() {
                    take(export_row(&platform, rows, row));
                }
            })?;
        }
        Ok(())
    }

    /// Every version of every post that was read from a leaf of the evidence log at or above `leaf`,
    /// with that leaf, file by file.
    pub fn each_post_from(
        &self,
        leaf: u64,
        take: &mut dyn FnMut(ExportRow, u64),
    ) -> Result<(), Error> {
        let Some(table) = &self.posts else { return Ok(()) };
        for file in table.files(&|_| true)? {
            let Ok(platform) = Platform::new(&file.partition.platform) else { continue };
            read_file(&file, None, &|group| reaches(group, leaf), &mut |rows| {
                let leaves = rows.long_cells("evidence");
                for row in 0..rows.len() {
                    if let Some(own) = leaves.get(row).filter(|own| *own >= leaf) {
                        take(export_row(&platform, rows, row), own);
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Where the versions of a post were read from, first version first.
    pub fn places(&self, key: &PostKey) -> Result<Vec<Place>, Error> {
        let wanted = BTreeSet::from([key.clone()]);
        Ok(self.places_of(&wanted)?.remove(key).unwrap_or_default())
    }

    /// The same for many posts, in one pass over their platforms; posts that are not there are left
    /// out. A post is found by its channel's id and by a name that only this channel had, whichever it
    /// was filed under.
    pub fn places_of(
        &self,
        keys: &BTreeSet<PostKey>,
    ) -> Result<BTreeMap<PostKey, Vec<Place>>, Error> {
        let mut places: BTreeMap<PostKey, Vec<Place>> = BTreeMap::new();
        let Some(table) = &self.posts else { return Ok(places) };
        let names = Names::of(&self.channel_rows()?);
        let resolved = |key: &PostKey| PostKey {
            channel: names.resolve(&key.channel).clone(),
            post: key.post.clone(),
        };
        let mut asked: BTreeMap<PostKey, Vec<&PostKey>> = BTreeMap::new();
        for key in keys {
            asked.entry(resolved(key)).or_default().push(key);
        }
        let platforms: BTreeSet<&Platform> = keys.iter().map(|key| &key.channel.platform).collect();
        for platform in platforms {
            for file in table.files(&|partition| partition.platform == platform.as_str())? {
                let columns = [
                    "channel",
                    "post",
                    "version",
                    "evidence",
                    "line",
                    "media.list.element",
                    "media",
                ];
                read_file(&file, Some(&columns), &|_| true, &mut |rows| {
                    for row in 0..rows.len() {
                        let channel = rows.text("channel", row).unwrap_or("");
                        let post = rows.text("post", row).unwrap_or("");
                        let channel = ChannelKey::new(platform.clone(), channel);
                        let key = PostKey { channel, post: CompactString::from(post) };
                        let Some(keys) = asked.get(&resolved(&key)) else { continue };
                        let place = Place {
                            version: rows.int("version", row).unwrap_or(1),
                            leaf: rows.long("evidence", row).unwrap_or(0),
                            line: rows.long("line", row).unwrap_or(0),
                            files: rows
                                .texts("media", row)
                                .iter()
                                .filter_map(|written| media(written).sha256)
                                .collect(),
                        };
                        for key in keys {
                            places.entry((*key).clone()).or_default().push(place.clone());
                        }
                    }
                })?;
            }
        }
        for versions in places.values_mut() {
            versions.sort_unstable();
        }
        Ok(places)
    }

    /// The last version of some posts; posts that are not there are left out.
    pub fn latest(&self, keys: &BTreeSet<PostKey>) -> Result<BTreeMap<PostKey, ExportRow>, Error> {
        let mut latest: BTreeMap<PostKey, ExportRow> = BTreeMap::new();
        let Some(table) = &self.posts else { return Ok(latest) };
        let channels = keys.iter().map(|key| key.channel.clone()).collect();
        let selection = Selection { channels, ..Selection::default() };
        for file in table.files(&|partition| selection.wants_partition(partition))? {
            let Ok(platform) = Platform::new(&file.partition.platform) else { continue };
            read_file(&file, None, &|group| selection.wants_group(group), &mut |rows| {
                for row in 0..rows.len() {
                    let channel = rows.text("channel", row).unwrap_or("");
                    let channel = ChannelKey::new(platform.clone(), channel);
                    let post = CompactString::from(rows.text("post", row).unwrap_or(""));
                    let key = PostKey { channel, post };
                    if keys.contains(&key) {
                        let found = export_row(&platform, rows, row);
                        let order = |row: &ExportRow| row.post.version_order(row.version);
                        let is_later =
                            latest.get(&key).is_none_or(|known| order(known) < order(&found));
                        if is_later {
                            latest.insert(key, found);
                        }
                    }
                }
            })?;
        }
        Ok(latest)
    }

    /// A filer that knows everything filed so far. Reads every post's identity and text once.
    pub fn filer(&self) -> Result<Filer, Error> {
        let mut filer = Filer::default();
        self.each_post(&mut |row| filer.know(&row.post, &row.id))?;
        for channel in self.channel_rows()? {
            filer.know_channel(&channel);
        }
        for coverage in self.coverage_rows()? {
            filer.know_coverage(&coverage);
        }
        for taken in self.taken_rows()? {
            filer.know_taken(&taken);
        }
        for event in self.event_rows()? {
            filer.know_event(&event);
        }
        let position = self.position()?;
        for row in self.problem_rows()?.into_iter().filter(|row| row.evidence >= position) {
            let problem = Problem { line: row.line, reason: row.reason };
            filer.know_problem(&problem, row.evidence, &row.source);
        }
        Ok(filer)
    }
}

/// By channel and id; equal archives give equal lists.
pub(crate) fn sort_taken(all: &mut [Taken]) {
    all.sort_by(|a, b| (&a.channel, &a.id, a.by).cmp(&(&b.channel, &b.id, b.by)));
}

fn export_row(platform: &Platform, rows: &Rows<'_>, row: usize) -> ExportRow {
    let channel = ChannelKey::new(platform.clone(), rows.text("channel", row).unwrap_or(""));
    let id = CompactString::from(rows.text("post", row).unwrap_or(""));
    let compact = |name| rows.text(name, row).map(CompactString::from);
    let forward = rows.text("forward_channel", row).and_then(|origin| {
        let platform = Platform::new(rows.text("forward_platform", row)?).ok()?;
        Some(Forward {
            channel: ChannelKey::new(platform, origin),
            post: compact("forward_post"),
            published_at: rows.time("forward_at", row),
        })
    });
    let published_at = rows.time("published_at", row).unwrap_or(Timestamp(0));
    let text = rows.text("text", row).unwrap_or("").to_owned();
    let pid = rows.text("author_pid", row);
    let version = rows.int("version", row).unwrap_or(1);
    let post = Post {
        resolution: rows.int("published_resolution_ms", row).map(|ms| Resolution { ms }),
        observed_first: rows.time("observed_first", row),
        observed_prev: rows.time("observed_prev", row),
        edited_at: rows.time("edited_at", row),
        deleted_at: rows.time("deleted_at", row),
        version: Some(version),
        lang: compact("lang"),
        forward,
        reply_to: compact("reply_to"),
        links: rows.texts("links", row),
        media: rows.texts("media", row).iter().map(|written| media(written)).collect(),
        views: rows.long("views", row),
        forwards: rows.long("forwards", row),
        author: pid.map_or(Author::Unknown, |pid| Author::Pseudonym(pid.to_owned())),
        object: rows.text("object", row).map(str::to_owned),
        row: rows.long("row", row),
        line: rows.long("line", row).unwrap_or(0),
        ..Post::new(channel, PostId::Given(id.clone()), published_at, text)
    };
    ExportRow { post, id, version }
}

/// Reads `kind|sha256|pdq|quality` back.
pub(crate) fn media(written: &str) -> Media {
    let mut parts = written.split('|');
    let kind = CompactString::from(parts.next().unwrap_or(""));
    let mut part = || parts.next().filter(|part| !part.is_empty());
    Media {
        kind,
        sha256: part().map(str::to_owned),
        pdq: part().map(str::to_owned),
        pdq_quality: part().and_then(|quality| quality.parse().ok()),
        file: None,
    }
}
