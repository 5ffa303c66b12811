//! The texts of posts, row by row, for whoever makes an index of them.

use arrow_array::{Int32Array, Int64Array, StringArray, TimestampMicrosecondArray};
use marsad_types::{Platform, Timestamp};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use crate::read::{Cells, Rows, read_file};
use crate::schema::POSTS;
use crate::table::first_commit;
use crate::{Error, Lake};

/// A version of a post as filed; borrowed from the batch it was read in.
#[derive(Debug, Clone, Copy)]
pub struct TextRow<'a> {
    /// Where it stands.
    pub platform: &'a Platform,
    /// Its channel there.
    pub channel: &'a str,
    /// Its id.
    pub post: &'a str,
    /// Number of the version.
    pub version: u32,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was first seen.
    pub observed_first: Option<Timestamp>,
    /// When it was edited.
    pub edited_at: Option<Timestamp>,
    /// When it was found missing.
    pub deleted_at: Option<Timestamp>,
    /// As published; empty where only identities were asked for.
    pub text: &'a str,
    /// The language that was stated.
    pub lang: Option<&'a str>,
    /// Leaf of the evidence log.
    pub evidence: u64,
}

const IDENTITY: [&str; 3] = ["channel", "post", "evidence"];
const ALL: [&str; 10] = [
    "channel",
    "post",
    "version",
    "published_at",
    "observed_first",
    "edited_at",
    "deleted_at",
    "text",
    "lang",
    "evidence",
];

impl Lake {
    /// A name of this lake that one made again does not share: the Delta id of `posts`. `None`
    /// when there is no such table.
    pub fn id(&self) -> Result<Option<String>, Error> {
        if self.posts.is_none() {
            return Ok(None);
        }
        let root = self.root().join(POSTS.name);
        let id = first_commit(&root)?.get("id").and_then(|id| id.as_str().map(str::to_owned));
        let missing = || std::io::Error::other("it names no table");
        id.map(Some).ok_or_else(|| Error::file(&root)(missing()))
    }

    /// Every version of every post that was read from a leaf of the evidence log at or above
    /// `leaf`, file by file.
    pub fn each_text(&self, leaf: u64, take: &mut dyn FnMut(&TextRow<'_>)) -> Result<(), Error> {
        self.each_row(leaf, &ALL, take)
    }

    /// As [`Lake::each_text`], with who they are and nothing else.
    pub fn each_identity(
        &self,
        leaf: u64,
        take: &mut dyn FnMut(&TextRow<'_>),
    ) -> Result<(), Error> {
        self.each_row(leaf, &IDENTITY, take)
    }

    fn each_row(
        &self,
        leaf: u64,
        columns: &[&str],
        take: &mut dyn FnMut(&TextRow<'_>),
    ) -> Result<(), Error> {
        let files = self.posts.as_ref().map_or(Ok(Vec::new()), |table| table.files(&|_| true))?;
        for file in files {
            let Ok(platform) = Platform::new(&file.partition.platform) else { continue };
            read_file(&file, Some(columns), &|group| reaches(group, leaf), &mut |rows| {
                let columns = Columns::of(rows);
                for row in 0..rows.len() {
                    let row = columns.row(&platform, row);
                    if row.evidence >= leaf {
                        take(&row);
                    }
                }
            })?;
        }
        Ok(())
    }
}

/// Whether a row group can hold a row of this leaf or a later one.
pub(crate) fn reaches(group: &RowGroupMetaData, leaf: u64) -> bool {
    let column = group.columns().iter().find(|column| column.column_path().string() == "evidence");
    match column.and_then(|column| column.statistics()) {
        Some(Statistics::Int64(leaves)) => {
            leaves.max_opt().is_none_or(|max| u64::try_from(*max).is_ok_and(|max| max >= leaf))
        }
        _ => true,
    }
}

/// The columns of a batch.
struct Columns<'a> {
    channel: Cells<'a, StringArray>,
    post: Cells<'a, StringArray>,
    version: Cells<'a, Int32Array>,
    published_at: Cells<'a, TimestampMicrosecondArray>,
    observed_first: Cells<'a, TimestampMicrosecondArray>,
    edited_at: Cells<'a, TimestampMicrosecondArray>,
    deleted_at: Cells<'a, TimestampMicrosecondArray>,
    text: Cells<'a, StringArray>,
    lang: Cells<'a, StringArray>,
    evidence: Cells<'a, Int64Array>,
}

impl<'a> Columns<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        Self {
            channel: rows.text_cells("channel"),
            post: rows.text_cells("post"),
            version: rows.int_cells("version"),
            published_at: rows.time_cells("published_at"),
            observed_first: rows.time_cells("observed_first"),
            edited_at: rows.time_cells("edited_at"),
            deleted_at: rows.time_cells("deleted_at"),
            text: rows.text_cells("text"),
            lang: rows.text_cells("lang"),
            evidence: rows.long_cells("evidence"),
        }
    }

    fn row(&self, platform: &'a Platform, row: usize) -> TextRow<'a> {
        TextRow {
            platform,
            channel: self.channel.get(row).unwrap_or(""),
            post: self.post.get(row).unwrap_or(""),
            version: self.version.get(row).unwrap_or(1),
            published_at: self.published_at.get(row).unwrap_or(Timestamp(0)),
            observed_first: self.observed_first.get(row),
            edited_at: self.edited_at.get(row),
            deleted_at: self.deleted_at.get(row),
            text: self.text.get(row).unwrap_or(""),
            lang: self.lang.get(row),
            evidence: self.evidence.get(row).unwrap_or(0),
        }
    }
}
