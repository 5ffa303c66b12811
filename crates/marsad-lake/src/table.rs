//! One Delta table: create, commit files with the evidence position, list the files in force.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use delta_kernel::Snapshot;
use delta_kernel::committer::FileSystemCommitter;
use delta_kernel::engine::arrow_conversion::TryIntoArrow;
use delta_kernel::engine_data::FilteredEngineData;
use delta_kernel::expressions::Scalar;
use delta_kernel::scan::state::ScanFile;
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::transaction::create_table::create_table;
use delta_kernel::transaction::data_layout::DataLayout;

use delta_kernel::transaction::{
    BoundWriteContext, CommitResult, UpdateTableOperation, UpdateTableTransactionBuilder,
};
use delta_kernel::{EngineData, FileMeta};
use delta_kernel_default_engine::executor::tokio::TokioMultiThreadExecutor;
use delta_kernel_default_engine::parquet::DataFileMetadata;
use delta_kernel_default_engine::stats::collect_stats;
use delta_kernel_default_engine::storage::store_from_url;
use delta_kernel_default_engine::{DefaultEngine, DefaultEngineBuilder, build_add_file_metadata};
use url::Url;

use crate::Error;
use crate::schema::{Layout, PARTITIONS};
use crate::write::encode;

/// Who writes, as the Delta log records it.
const ENGINE_INFO: &str = concat!("marsad/", env!("CARGO_PKG_VERSION"));
/// Application id of the transaction that carries the evidence position.
const EVIDENCE_APP: &str = "marsad/evidence";
/// Table property that names the version of the interpreter that a table was made by.
pub(crate) const INTERPRETER: &str = "marsad.interpreter";
/// A Delta checkpoint is written every so many commits, so that opening reads few log files.
const CHECKPOINT_EVERY: u64 = 20;

/// The door to the file system that all tables share.
pub(crate) type Engine = DefaultEngine<TokioMultiThreadExecutor>;

pub(crate) fn engine(root: &Url) -> Result<Arc<Engine>, Error> {
    let store = store_from_url(root).map_err(Error::table("lake"))?;
    // The kernel only reads and writes the log through it; our own threads do the data.
    let executor = TokioMultiThreadExecutor::new_owned_runtime(Some(1), Some(2))
        .map_err(Error::table("lake"))?;
    Ok(Arc::new(DefaultEngineBuilder::new(store).with_task_executor(Arc::new(executor)).build()))
}

/// A platform and a month, or nothing for a table in one piece.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Partition {
    pub(crate) platform: String,
    pub(crate) month: String,
}

/// Rows of one partition, ready to be written as one file.
pub(crate) struct Part {
    pub(crate) partition: Partition,
    pub(crate) batch: RecordBatch,
}

/// One data file in force.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    pub(crate) path: PathBuf,
    /// As the Delta log writes it.
    pub(crate) name: String,
    pub(crate) partition: Partition,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
}

/// A Delta table at its newest version.
pub(crate) struct Table {
    pub(crate) layout: &'static Layout,
    root: PathBuf,
    engine: Arc<Engine>,
    snapshot: SnapshotRef,
}

impl Table {
    /// Opens the table, or creates it when it is not there; `interpreter` is noted at its creation.
    pub(crate) fn open_or_create(
        engine: &Arc<Engine>,
        lake: &Path,
        layout: &'static Layout,
        interpreter: Option<u32>,
    ) -> Result<Option<Self>, Error> {
        let root = lake.join(layout.name);
        if !is_there(&root)? {
            create(engine, &root, layout, interpreter)?;
        }
        Self::open(engine, lake, layout)
    }

    /// Opens the table; `None` when it is not there.
    pub(crate) fn open(
        engine: &Arc<Engine>,
        lake: &Path,
        layout: &'static Layout,
    ) -> Result<Option<Self>, Error> {
        let root = lake.join(layout.name);
        if !is_there(&root)? {
            return Ok(None);
        }
        let url = folder_url(&root)?;
        let snapshot = Snapshot::builder_for(&url)
            .build(engine.as_ref())
            .map_err(Error::table(layout.name))?;
        let there = snapshot.schema();
        if layout.schema()?.fields().any(|column| there.field(column.name()).is_none()) {
            return Err(Error::Older(layout.name));
        }
        Ok(Some(Self { layout, root, engine: Arc::clone(engine), snapshot }))
    }

    /// What the table was given as a property when it was made.
    pub(crate) fn property(&self, name: &str) -> Result<Option<String>, Error> {
        // The kernel knows it and does not tell; the table's first commit says it in plain JSON.
        let made = first_commit(&self.root)?;
        let property = made.pointer(&format!("/configuration/{name}"));
        Ok(property.and_then(serde_json::Value::as_str).map(str::to_owned))
    }

    /// The table's Delta version.
    pub(crate) fn version(&self) -> u64 {
        self.snapshot.version()
    }

    /// How much of the evidence log is filed here: every leaf below this position.
    pub(crate) fn position(&self) -> Result<u64, Error> {
        let position = self
            .snapshot
            .get_app_id_version(EVIDENCE_APP, self.engine.as_ref())
            .map_err(Error::table(self.layout.name))?;
        Ok(position.and_then(|p| u64::try_from(p).ok()).unwrap_or(0))
    }

    /// The Arrow schema of a data file: the columns without the partition columns.
    pub(crate) fn file_schema(layout: &Layout) -> Result<arrow_schema::SchemaRef, Error> {
        let schema = layout.schema()?;
        let kept = schema
            .fields()
            .filter(|field| !(layout.partitioned && PARTITIONS.contains(&field.name().as_str())))
            .cloned();
        let kept =
            delta_kernel::schema::StructType::try_new(kept).map_err(Error::table(layout.name))?;
        let arrow: arrow_schema::Schema = (&kept)
            .try_into_arrow()
            .map_err(|cause: arrow_schema::ArrowError| Error::table(layout.name)(cause.into()))?;
        Ok(Arc::new(arrow))
    }

    /// Writes the parts as files named `name` and commits them; `position` says how much of the
    /// evidence log is then filed here.
    ///
    /// # Errors
    /// On any error nothing of this commit is visible to readers.
    pub(crate) fn append(
        &mut self,
        name: &str,
        parts: &[Part],
        position: u64,
    ) -> Result<(), Error> {
        let operation = UpdateTableOperation::Write;
        let mut transaction = Arc::clone(&self.snapshot)
            .update_table(operation, ENGINE_INFO, true)
            .with_transaction_id(EVIDENCE_APP, i64::try_from(position).unwrap_or(i64::MAX))
            .build(self.engine.as_ref(), Box::new(FileSystemCommitter::new()))
            .map_err(Error::table(self.layout.name))?;
        for add in self.write_parts(&transaction, name, parts)? {
            transaction.add_files(add);
        }
        let result =
            transaction.commit(self.engine.as_ref()).map_err(Error::table(self.layout.name))?;
        self.settle(result)
    }

    /// Replaces files by others with the same rows, as one commit that changes no data.
    pub(crate) fn replace(
        &mut self,
        gone: &[DataFile],
        name: &str,
        parts: &[Part],
    ) -> Result<(), Error> {
        let builder = Arc::clone(&self.snapshot).update_table(
            UpdateTableOperation::Optimize,
            ENGINE_INFO,
            false,
        );
        self.swap(builder, gone, name, parts)
    }

    /// Takes files away and adds others, as one commit.
    pub(crate) fn exchange(
        &mut self,
        gone: &[DataFile],
        name: &str,
        parts: &[Part],
    ) -> Result<(), Error> {
        let operation = UpdateTableOperation::Write;
        let builder = Arc::clone(&self.snapshot).update_table(operation, ENGINE_INFO, true);
        self.swap(builder, gone, name, parts)
    }

    /// Replaces all rows by others; `position` says what they were made from.
    pub(crate) fn overwrite(
        &mut self,
        name: &str,
        parts: &[Part],
        position: u64,
    ) -> Result<(), Error> {
        let gone = self.files(&|_| true)?;
        let builder = Arc::clone(&self.snapshot)
            .update_table(UpdateTableOperation::Write, ENGINE_INFO, true)
            .with_transaction_id(EVIDENCE_APP, i64::try_from(position).unwrap_or(i64::MAX));
        self.swap(builder, &gone, name, parts)
    }

    fn swap(
        &mut self,
        builder: UpdateTableTransactionBuilder,
        gone: &[DataFile],
        name: &str,
        parts: &[Part],
    ) -> Result<(), Error> {
        let mut transaction = builder
            .build(self.engine.as_ref(), Box::new(FileSystemCommitter::new()))
            .map_err(Error::table(self.layout.name))?;
        for add in self.write_parts(&transaction, name, parts)? {
            transaction.add_files(add);
        }
        let names: Vec<&str> = gone.iter().map(|file| file.name.as_str()).collect();
        for scanned in self.scan()? {
            let (data, selected) = scanned.scan_files.into_parts();
            let marked = crate::compact::select_paths(data.as_ref(), &selected, &names)
                .map_err(Error::table(self.layout.name))?;
            if marked.iter().any(|is_gone| *is_gone) {
                let filtered = FilteredEngineData::try_new(data, marked)
                    .map_err(Error::table(self.layout.name))?;
                transaction.remove_files(filtered);
            }
        }
        let result =
            transaction.commit(self.engine.as_ref()).map_err(Error::table(self.layout.name))?;
        self.settle(result)
    }

    /// The files in force whose partition `wanted` lets through, in the order of their names.
    pub(crate) fn files(
        &self,
        wanted: &dyn Fn(&Partition) -> bool,
    ) -> Result<Vec<DataFile>, Error> {
        let mut found: Vec<ScanFile> = Vec::new();
        for scanned in self.scan()? {
            found = scanned
                .visit_scan_files(found, |files: &mut Vec<ScanFile>, file| files.push(file))
                .map_err(Error::table(self.layout.name))?;
        }
        let mut files: BTreeMap<String, DataFile> = BTreeMap::new();
        for file in found {
            let value =
                |column: &str| file.partition_values.get(column).cloned().unwrap_or_default();
            let partition = Partition { platform: value("platform"), month: value("month") };
            if !wanted(&partition) {
                continue;
            }
            let rows = file.stats.as_ref().map_or(0, |stats| stats.num_records);
            let data = DataFile {
                path: self.local_path(&file.path)?,
                name: file.path.clone(),
                partition,
                bytes: u64::try_from(file.size).unwrap_or(0),
                rows,
            };
            files.insert(file.path, data);
        }
        Ok(files.into_values().collect())
    }

    fn scan(&self) -> Result<Vec<delta_kernel::scan::ScanMetadata>, Error> {
        let wrong = || Error::table(self.layout.name);
        let scan = Arc::clone(&self.snapshot).scan_builder().build().map_err(wrong())?;
        let scanned = scan.scan_metadata(self.engine.as_ref()).map_err(wrong())?;
        scanned.collect::<Result<Vec<_>, _>>().map_err(wrong())
    }

    /// Where the file of this table lies that belongs to one of another table with its partitions.
    pub(crate) fn beside(&self, other: &DataFile) -> Result<PathBuf, Error> {
        self.local_path(&other.name)
    }

    /// A path of the Delta log (an address, percent-encoded) as a path of this machine.
    fn local_path(&self, name: &str) -> Result<PathBuf, Error> {
        let address = folder_url(&self.root)?.join(name).ok();
        address
            .and_then(|url| url.to_file_path().ok())
            .ok_or_else(|| Error::Folder(self.root.join(name)))
    }

    fn write_parts<State>(
        &self,
        transaction: &delta_kernel::transaction::Transaction<State>,
        name: &str,
        parts: &[Part],
    ) -> Result<Vec<Box<dyn EngineData>>, Error> {
        use rayon::prelude::*;
        let wrong = || Error::table(self.layout.name);
        let state = transaction.write_state().map_err(wrong())?;
        parts
            .par_iter()
            .map(|part| {
                let mut builder = state.write_context_builder();
                if self.layout.partitioned {
                    let values = [
                        ("platform".to_owned(), Scalar::from(part.partition.platform.as_str())),
                        ("month".to_owned(), Scalar::from(part.partition.month.as_str())),
                    ];
                    builder = builder.with_partition_values(values.into_iter().collect());
                }
                let context = builder.build().map_err(wrong())?;
                self.write_part(&context, name, part)
            })
            .collect()
    }

    fn write_part(
        &self,
        context: &BoundWriteContext,
        name: &str,
        part: &Part,
    ) -> Result<Box<dyn EngineData>, Error> {
        let wrong = || Error::table(self.layout.name);
        let location = context
            .write_dir()
            .join(&format!("{name}.parquet"))
            .ok()
            .ok_or_else(|| Error::Folder(self.root.clone()))?;
        let path = location.to_file_path().map_err(|()| Error::Folder(self.root.clone()))?;
        let bytes = encode(&path, &part.batch)?;
        let stats =
            collect_stats(&part.batch, context.stats_columns(), context.physical_data_schema())
                .map_err(wrong())?;
        let file = FileMeta::new(location, modified_ms(&path)?, bytes);
        build_add_file_metadata(DataFileMetadata::new(file, stats), context).map_err(wrong())
    }

    fn settle(&mut self, result: CommitResult) -> Result<(), Error> {
        let wrong = || Error::table(self.layout.name);
        let CommitResult::Committed(committed) = result else {
            let cause = delta_kernel::KernelError::generic("another writer was faster; try again");
            return Err(wrong()(cause));
        };
        self.snapshot = match committed.post_commit_snapshot() {
            Some(snapshot) => Arc::clone(snapshot),
            None => Snapshot::builder_for(folder_url(&self.root)?)
                .build(self.engine.as_ref())
                .map_err(wrong())?,
        };
        if self.snapshot.version() % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1 {
            let (_, snapshot) =
                self.snapshot.checkpoint(self.engine.as_ref(), None).map_err(wrong())?;
            self.snapshot = snapshot;
        }
        Ok(())
    }
}

fn is_there(root: &Path) -> Result<bool, Error> {
    let log = root.join("_delta_log");
    log.try_exists().map_err(Error::file(&log))
}

fn create(
    engine: &Engine,
    root: &Path,
    layout: &'static Layout,
    interpreter: Option<u32>,
) -> Result<(), Error> {
    fs::create_dir_all(root).map_err(Error::file(root))?;
    let mut builder = create_table(&folder_url(root)?, layout.schema()?, ENGINE_INFO, true);
    builder = builder.with_table_properties([("delta.dataSkippingStatsColumns", layout.indexed)]);
    builder = builder
        .with_table_properties(interpreter.map(|version| (INTERPRETER, version.to_string())));
    if layout.partitioned {
        builder = builder.with_data_layout(DataLayout::partitioned(PARTITIONS));
    }
    let transaction = builder
        .build(engine, Box::new(FileSystemCommitter::new()))
        .map_err(Error::table(layout.name))?;
    let made = transaction.commit(engine).map_err(Error::table(layout.name))?;
    if made.is_committed() {
        return Ok(());
    }
    let cause = delta_kernel::KernelError::generic("another writer made it at this moment");
    Err(Error::table(layout.name)(cause))
}

/// What the first commit of a table says of it: the Delta action `metaData`.
pub(crate) fn first_commit(root: &Path) -> Result<serde_json::Value, Error> {
    let path = root.join("_delta_log/00000000000000000000.json");
    let written = fs::read_to_string(&path).map_err(Error::file(&path))?;
    let made = written.lines().find_map(|line| {
        let mut action: serde_json::Value = serde_json::from_str(line).ok()?;
        action.get_mut("metaData").map(serde_json::Value::take)
    });
    let missing = || std::io::Error::other("it describes no table");
    made.ok_or_else(|| Error::file(&path)(missing()))
}

fn modified_ms(path: &Path) -> Result<i64, Error> {
    let modified = fs::metadata(path).and_then(|m| m.modified()).map_err(Error::file(path))?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(i64::try_from(since.as_millis()).unwrap_or(0))
}

pub(crate) fn folder_url(path: &Path) -> Result<Url, Error> {
    let absolute = std::path::absolute(path).map_err(Error::file(path))?;
    Url::from_directory_path(&absolute).map_err(|()| Error::Folder(path.to_owned()))
}
