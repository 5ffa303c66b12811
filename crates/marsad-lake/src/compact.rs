//! Many small files of a partition made one, without a change of data.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::RecordBatch;
use delta_kernel::engine_data::{GetData, RowVisitor, TypedGetData};
use delta_kernel::expressions::{ColumnName, column_name};
use delta_kernel::schema::{ColumnNamesAndTypes, DataType};
use delta_kernel::{EngineData, KernelResult};
use rayon::prelude::*;
use std::sync::LazyLock;

use crate::table::{DataFile, Part, Partition, Table};
use crate::{Error, Lake};

/// What compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compaction {
    /// Files before.
    pub files_before: u64,
    /// Files after.
    pub files_after: u64,
}

/// Files at or above this are left as they are.
const LARGE_BYTES: u64 = 64 << 20;

impl Lake {
    /// Joins the small files of every partition that has more than `files_max` of them.
    ///
    /// Rows keep their order inside a file: sorted by channel and time again. The old files stay
    /// on disk for readers of older versions.
    pub fn compact(&mut self, files_max: usize) -> Result<Compaction, Error> {
        let mut done = Compaction::default();
        let name = self.new_name("compact", self.position()?)?;
        let tables = [
            &mut self.posts,
            &mut self.fingerprints,
            &mut self.channels,
            &mut self.coverage,
            &mut self.taken,
        ];
        for table in tables.into_iter().flatten() {
            let one = compact_table(table, &name, files_max)?;
            done.files_before += one.files_before;
            done.files_after += one.files_after;
        }
        Ok(done)
    }
}

fn compact_table(table: &mut Table, name: &str, files_max: usize) -> Result<Compaction, Error> {
    let files = table.files(&|_| true)?;
    let files_before = files.len() as u64;
    let mut partitions: BTreeMap<Partition, Vec<DataFile>> = BTreeMap::new();
    for file in files {
        if file.bytes < LARGE_BYTES {
            partitions.entry(file.partition.clone()).or_default().push(file);
        }
    }
    partitions.retain(|_, files| files.len() > files_max.max(1));
    let mut gone = Vec::new();
    let mut parts = Vec::new();
    for (partition, files) in partitions {
        parts.push(Part { partition, batch: join(table, &files)? });
        gone.extend(files);
    }
    if parts.is_empty() {
        return Ok(Compaction { files_before, files_after: files_before });
    }
    table.replace(&gone, name, &parts)?;
    let files_after = files_before - gone.len() as u64 + parts.len() as u64;
    Ok(Compaction { files_before, files_after })
}

/// The rows of several files, sorted by channel, time, post and version.
fn join(table: &Table, files: &[DataFile]) -> Result<RecordBatch, Error> {
    let schema = Table::file_schema(table.layout)?;
    let mut batches = Vec::new();
    for file in files {
        crate::read::read_batches(file, &mut |batch| batches.push(batch))?;
    }
    let wrong = |cause: arrow_schema::ArrowError| {
        Error::parquet(Path::new(table.layout.name))(cause.into())
    };
    let all = arrow_select::concat::concat_batches(&schema, &batches).map_err(wrong)?;
    let rows = crate::read::Rows::of(&all);
    // The keys are made once: looking columns up by name in every comparison took seconds.
    let key = |row: usize| {
        let time = rows.time("published_at", row).or_else(|| rows.time("observed_at", row));
        let text = |name| rows.text(name, row);
        (text("platform"), text("channel"), time, text("post"), rows.int("version", row))
    };
    let mut order: Vec<_> = (0..rows.len()).map(|row| (key(row), row as u32)).collect();
    order.par_sort_unstable();
    let order: arrow_array::UInt32Array = order.into_iter().map(|(_, row)| row).collect();
    arrow_select::take::take_record_batch(&all, &order).map_err(wrong)
}

/// Marks the rows of scan metadata whose file is one of `names` and is in force.
pub(crate) fn select_paths(
    data: &dyn EngineData,
    selected: &[bool],
    names: &[&str],
) -> KernelResult<Vec<bool>> {
    struct Paths<'a> {
        names: &'a [&'a str],
        selected: &'a [bool],
        marked: Vec<bool>,
    }
    static PATH: LazyLock<ColumnNamesAndTypes> =
        LazyLock::new(|| (vec![column_name!("path")], vec![DataType::STRING]).into());
    impl RowVisitor for Paths<'_> {
        fn selected_column_names_and_types(&self) -> (&'static [ColumnName], &'static [DataType]) {
            PATH.as_ref()
        }

        fn visit<'b>(&mut self, rows: usize, getters: &[&'b dyn GetData<'b>]) -> KernelResult<()> {
            for row in 0..rows {
                let path: Option<String> = match getters.first() {
                    Some(getter) => getter.get_opt(row, "path")?,
                    None => None,
                };
                let in_force = self.selected.get(row).copied().unwrap_or(true);
                let named = path.is_some_and(|path| self.names.contains(&path.as_str()));
                self.marked.push(in_force && named);
            }
            Ok(())
        }
    }
    let mut paths = Paths { names, selected, marked: Vec::new() };
    paths.visit_rows_of(data)?;
    Ok(paths.marked)
}
