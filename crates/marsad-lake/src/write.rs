//! Rows to Arrow batches, batches to Parquet files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, Float64Builder, Int32Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use marsad_matching::{FINGERPRINT_VERSION, Fingerprint};
use marsad_types::{Media, Timestamp};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::schema::{
    CHANNELS, COVERAGE, EVENTS, FINGERPRINTS, Layout, POSTS, PROBLEMS, STATEMENTS, TAKEN,
};
use crate::table::{Part, Partition, Table};
use crate::tables::Membership;
use crate::{Batch, Error, FiledPost};

/// Builders for one table's columns, in the order of its schema, filled row by row.
pub(crate) struct Columns {
    schema: SchemaRef,
    builders: Vec<Column>,
    next: usize,
}

enum Column {
    Text(StringBuilder),
    Int(Int32Builder),
    Long(Int64Builder),
    Float(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    Bytes(BinaryBuilder),
    Texts(ListBuilder<StringBuilder>),
    Ints(ListBuilder<Int32Builder>),
}

impl Columns {
    pub(crate) fn new(layout: &Layout) -> Result<Self, Error> {
        let schema = Table::file_schema(layout)?;
        let builders = schema
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Int32 => Column::Int(Int32Builder::new()),
                DataType::Int64 => Column::Long(Int64Builder::new()),
                DataType::Float64 => Column::Float(Float64Builder::new()),
                DataType::Timestamp(..) => Column::Time(
                    TimestampMicrosecondBuilder::new().with_data_type(field.data_type().clone()),
                ),
                DataType::Binary => Column::Bytes(BinaryBuilder::new()),
                DataType::List(item) if item.data_type() == &DataType::Utf8 => Column::Texts(
                    ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(item)),
                ),
                DataType::List(item) => {
                    Column::Ints(ListBuilder::new(Int32Builder::new()).with_field(Arc::clone(item)))
                }
                _ => Column::Text(StringBuilder::new()),
            })
            .collect();
        Ok(Self { schema, builders, next: 0 })
    }

    fn column(&mut self) -> Option<&mut Column> {
        let at = self.next;
        self.next = (at + 1) % self.builders.len().max(1);
        self.builders.get_mut(at)
    }

    fn text(&mut self, value: Option<&str>) {
        if let Some(Column::Text(builder)) = self.column() {
            builder.append_option(value);
        }
    }

    fn int(&mut self, value: Option<u32>) {
        if let Some(Column::Int(builder)) = self.column() {
            builder.append_option(value.map(|v| i32::try_from(v).unwrap_or(i32::MAX)));
        }
    }

    fn long(&mut self, value: Option<u64>) {
        if let Some(Column::Long(builder)) = self.column() {
            builder.append_option(value.map(|v| i64::try_from(v).unwrap_or(i64::MAX)));
        }
    }

    fn float(&mut self, value: f64) {
        if let Some(Column::Float(builder)) = self.column() {
            builder.append_value(value);
        }
    }

    fn time(&mut self, value: Option<Timestamp>) {
        if let Some(Column::Time(builder)) = self.column() {
            builder.append_option(value.map(|t| t.0.saturating_mul(1000)));
        }
    }

    fn bytes(&mut self, value: &[u8]) {
        if let Some(Column::Bytes(builder)) = self.column() {
            builder.append_value(value);
        }
    }

    fn texts<'a>(&mut self, values: impl Iterator<Item = &'a str>) {
        if let Some(Column::Texts(builder)) = self.column() {
            let mut any = false;
            for value in values {
                builder.values().append_value(value);
                any = true;
            }
            builder.append(any);
        }
    }

    fn ints(&mut self, values: &[u32]) {
        if let Some(Column::Ints(builder)) = self.column() {
            for value in values {
                builder.values().append_value(value.cast_signed());
            }
            builder.append(!values.is_empty());
        }
    }

    pub(crate) fn finish(mut self, path: &Path) -> Result<RecordBatch, Error> {
        let arrays: Vec<ArrayRef> = self
            .builders
            .iter_mut()
            .map(|column| match column {
                Column::Text(builder) => Arc::new(builder.finish()) as ArrayRef,
                Column::Int(builder) => Arc::new(builder.finish()),
                Column::Long(builder) => Arc::new(builder.finish()),
                Column::Float(builder) => Arc::new(builder.finish()),
                Column::Time(builder) => Arc::new(builder.finish()),
                Column::Bytes(builder) => Arc::new(builder.finish()),
                Column::Texts(builder) => Arc::new(builder.finish()),
                Column::Ints(builder) => Arc::new(builder.finish()),
            })
            .collect();
        RecordBatch::try_new(self.schema, arrays)
            .map_err(|cause| Error::parquet(path)(cause.into()))
    }
}

/// The parts of `posts` and of `fingerprints`, row for row the same.
pub(crate) fn post_parts(batch: &Batch) -> Result<(Vec<Part>, Vec<Part>), Error> {
    let mut rows: BTreeMap<Partition, Vec<&FiledPost>> = BTreeMap::new();
    for filed in &batch.posts {
        let partition = Partition {
            platform: filed.post.channel.platform.as_str().to_owned(),
            month: filed.post.published_at.month_name(),
        };
        rows.entry(partition).or_default().push(filed);
    }
    let parts: Vec<(Part, Part)> = rows
        .into_par_iter()
        .map(|(partition, mut rows)| {
            rows.sort_by(|a, b| {
                (&a.post.channel.id, a.post.published_at, &a.id, a.version).cmp(&(
                    &b.post.channel.id,
                    b.post.published_at,
                    &b.id,
                    b.version,
                ))
            });
            let posts = Part { partition: partition.clone(), batch: posts_batch(&rows)? };
            Ok((posts, Part { partition, batch: fingerprints_batch(&rows)? }))
        })
        .collect::<Result<_, Error>>()?;
    Ok(parts.into_iter().unzip())
}

/// `kind|sha256|pdq|quality`
pub(crate) fn media_text(media: &Media) -> String {
    let quality = media.pdq_quality.map(|q| q.to_string()).unwrap_or_default();
    let sha256 = media.sha256.as_deref().unwrap_or("");
    format!(
        "{}|{sha256}|{}|{quality}",
        media.kind.replace('|', "/"),
        media.pdq.as_deref().unwrap_or("")
    )
}

fn posts_batch(rows: &[&FiledPost]) -> Result<RecordBatch, Error> {
    let mut columns = Columns::new(&POSTS)?;
    for filed in rows {
        let post = &filed.post;
        let forward = post.forward.as_ref();
        columns.text(Some(&post.channel.id));
        columns.text(Some(&filed.id));
        columns.int(Some(filed.version));
        columns.time(Some(post.published_at));
        columns.int(post.resolution.map(|r| r.ms));
        columns.time(post.observed_first);
        columns.time(post.observed_prev);
        columns.time(post.edited_at);
        columns.time(post.deleted_at);
        columns.text(Some(&post.text));
        columns.text(post.lang.as_deref());
        columns.text(forward.map(|f| f.channel.platform.as_str()));
        columns.text(forward.map(|f| f.channel.id.as_str()));
        columns.text(forward.and_then(|f| f.post.as_deref()));
        columns.time(forward.and_then(|f| f.published_at));
        columns.text(post.reply_to.as_deref());
        columns.texts(post.links.iter().map(String::as_str));
        let media: Vec<String> = post.media.iter().map(media_text).collect();
        columns.texts(media.iter().map(String::as_str));
        columns.long(post.views);
        columns.long(post.forwards);
        columns.text(filed.author_pid.as_deref());
        columns.text(post.object.as_deref());
        columns.long(post.row);
        columns.long(Some(filed.leaf));
        columns.long(Some(post.line));
    }
    columns.finish(Path::new(POSTS.name))
}

fn fingerprints_batch(rows: &[&FiledPost]) -> Result<RecordBatch, Error> {
    let mut columns = PrintColumns::new()?;
    for filed in rows {
        let post = &filed.post;
        columns.push((&post.channel.id, &filed.id, filed.version), post.published_at, &filed.print);
    }
    columns.finish()
}

/// Rows of `fingerprints`, one by one.
pub(crate) struct PrintColumns {
    columns: Columns,
    grams: Vec<u8>,
}

impl PrintColumns {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { columns: Columns::new(&FINGERPRINTS)?, grams: Vec::new() })
    }

    /// The fingerprint of one version of a post, given as channel, id and version.
    pub(crate) fn push(&mut self, of: (&str, &str, u32), at: Timestamp, print: &Fingerprint) {
        let (channel, post, version) = of;
        let columns = &mut self.columns;
        columns.text(Some(channel));
        columns.text(Some(post));
        columns.int(Some(version));
        columns.time(Some(at));
        columns.int(Some(FINGERPRINT_VERSION));
        columns.bytes(&print.body.to_le_bytes());
        columns.bytes(&print.signature);
        columns.int(Some(print.tokens));
        columns.int(Some(print.letters));
        columns.ints(&print.lines);
        self.grams.clear();
        self.grams.extend(print.grams.iter().flat_map(|gram| gram.to_le_bytes()));
        columns.bytes(&self.grams);
    }

    pub(crate) fn finish(self) -> Result<RecordBatch, Error> {
        self.columns.finish(Path::new(FINGERPRINTS.name))
    }
}

/// A table in one piece: no rows, no part.
fn whole(
    layout: &Layout,
    rows: usize,
    fill: impl FnOnce(&mut Columns),
) -> Result<Vec<Part>, Error> {
    if rows == 0 {
        return Ok(Vec::new());
    }
    let mut columns = Columns::new(layout)?;
    fill(&mut columns);
    Ok(vec![Part {
        partition: Partition::default(),
        batch: columns.finish(Path::new(layout.name))?,
    }])
}

pub(crate) fn channel_parts(batch: &Batch) -> Result<Vec<Part>, Error> {
    whole(&CHANNELS, batch.channels.len(), |columns| {
        for (channel, leaf) in &batch.channels {
            columns.text(Some(channel.key.platform.as_str()));
            columns.text(Some(&channel.key.id));
            columns.text(channel.handle.as_deref());
            columns.text(channel.title.as_deref());
            columns.text(channel.description.as_deref());
            columns.time(channel.created_at);
            columns.time(Some(channel.observed_at));
            columns.long(channel.subscribers);
            columns.long(channel.subscribers_min);
            columns.long(channel.subscribers_max);
            columns.text(Some(channel.status.as_str()));
            columns.text(channel.status_cause.as_deref());
            columns.long(Some(*leaf));
            columns.long(Some(channel.line));
        }
    })
}

pub(crate) fn coverage_parts(batch: &Batch) -> Result<Vec<Part>, Error> {
    whole(&COVERAGE, batch.coverage.len(), |columns| {
        for (coverage, leaf) in &batch.coverage {
            columns.text(Some(coverage.platform.as_str()));
            columns.text(coverage.channel.as_deref());
            columns.time(Some(coverage.from));
            columns.time(Some(coverage.to));
            columns.long(coverage.poll_s);
            columns.text(Some(coverage.outcome.as_str()));
            columns.long(Some(*leaf));
            columns.long(Some(coverage.line));
        }
    })
}

pub(crate) fn taken_parts(batch: &Batch) -> Result<Vec<Part>, Error> {
    whole(&TAKEN, batch.taken.len(), |columns| {
        for (taken, leaf) in &batch.taken {
            columns.text(Some(taken.channel.platform.as_str()));
            columns.text(Some(&taken.channel.id));
            columns.text(Some(&taken.id));
            columns.text(Some(taken.by.as_str()));
            columns.long(Some(*leaf));
            columns.long(Some(taken.line));
        }
    })
}

pub(crate) fn event_parts(batch: &Batch) -> Result<Vec<Part>, Error> {
    whole(&EVENTS, batch.events.len(), |columns| {
        for (event, leaf) in &batch.events {
            columns.text(Some(&event.name));
            columns.text(event.platform.as_ref().map(marsad_types::Platform::as_str));
            columns.time(Some(event.from));
            columns.time(Some(event.to));
            columns.text(event.source.as_deref());
            columns.text(event.claim.as_deref());
            columns.long(Some(*leaf));
            columns.long(Some(event.line));
        }
    })
}

pub(crate) fn membership_parts(rows: &[Membership], version: u64) -> Result<Vec<Part>, Error> {
    whole(&STATEMENTS, rows.len(), |columns| {
        for row in rows {
            columns.text(Some(&row.statement));
            columns.text(Some(row.channel.platform.as_str()));
            columns.text(Some(&row.channel.id));
            columns.text(Some(&row.post));
            columns.text(Some(row.relation));
            columns.float(row.similarity);
            columns.long(Some(version));
        }
    })
}

pub(crate) fn problem_parts(batch: &Batch) -> Result<Vec<Part>, Error> {
    whole(&PROBLEMS, batch.problems.len(), |columns| {
        for (problem, leaf, source) in &batch.problems {
            columns.long(Some(*leaf));
            columns.text(Some(source));
            columns.long(Some(problem.line));
            columns.text(Some(&problem.reason));
        }
    })
}

/// Writes one batch as one synced Parquet file under a new name; gives its length in bytes.
pub(crate) fn encode(path: &Path, batch: &RecordBatch) -> Result<u64, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file(path))?;
    }
    // What is there is never written over: a table may name it.
    let file = File::create_new(path).map_err(Error::file(path))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties()))
        .map_err(Error::parquet(path))?;
    writer.write(batch).map_err(Error::parquet(path))?;
    let file = writer.into_inner().map_err(Error::parquet(path))?;
    file.sync_all().map_err(Error::file(path))?;
    Ok(file.metadata().map_err(Error::file(path))?.len())
}

/// Dictionaries where values repeat, deltas where they grow, and nothing spent on hashes.
/// A rule for a column that a table lacks does nothing.
pub(crate) fn properties() -> WriterProperties {
    let zstd = ZstdLevel::try_new(1).map_or(Compression::UNCOMPRESSED, Compression::ZSTD);
    let mut properties = WriterProperties::builder()
        .set_compression(zstd)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(131_072));
    for column in ["text", "post", "description", "reason"] {
        let path = ColumnPath::from(column);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    for column in ["published_at", "line", "evidence", "observed_first", "row"] {
        let path = ColumnPath::from(column);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    for column in ["body", "signature", "grams"] {
        let path = ColumnPath::from(column);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path.clone(), EnabledStatistics::None)
            .set_column_compression(path, Compression::UNCOMPRESSED);
    }
    properties.build()
}
