//! One Parquet file for people: the rows of a finding, or all posts.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use serde_json::{Map, Value};

use crate::read::read_batches;
use crate::schema::POSTS;
use crate::table::Table;
use crate::write::properties;
use crate::{Error, Lake};

/// Writes rows as a table: a column for each field in the order of its first appearance, integer
/// or float or boolean where all its values are, else text (lists and objects as JSON).
///
/// # Errors
/// [`Error::File`] or [`Error::Parquet`] naming the file.
pub fn write_rows(path: &Path, rows: &[Map<String, Value>]) -> Result<(), Error> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        names.extend(
            row.keys().map(String::as_str).filter(|name| !names.contains(name)).collect::<Vec<_>>(),
        );
    }
    let columns = names.iter().map(|name| (*name, column(name, rows), true));
    let wrong = |cause: arrow_schema::ArrowError| Error::parquet(path)(cause.into());
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(wrong)?;
    let file = File::create(path).map_err(Error::file(path))?;
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), None).map_err(Error::parquet(path))?;
    writer.write(&batch).map_err(Error::parquet(path))?;
    writer.close().map_err(Error::parquet(path))?;
    Ok(())
}

impl Lake {
    /// Writes every version of every post as one Parquet file with the columns of `posts`; gives
    /// the number of rows.
    pub fn export_posts(&self, path: &Path) -> Result<u64, Error> {
        let files = self.posts.as_ref().map_or(Ok(Vec::new()), |table| table.files(&|_| true))?;
        let schema = Table::file_schema(&POSTS)?;
        let mut fields = vec![Field::new("platform", DataType::Utf8, false)];
        fields.extend(schema.fields().iter().map(|field| field.as_ref().clone()));
        let schema = Arc::new(Schema::new(fields));
        let file = File::create(path).map_err(Error::file(path))?;
        let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties()))
            .map_err(Error::parquet(path))?;
        let mut rows = 0;
        for file in files {
            let mut batches = Vec::new();
            read_batches(&file, &mut |batch| batches.push(batch))?;
            for batch in batches {
                let platform = vec![file.partition.platform.as_str(); batch.num_rows()];
                let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(platform))];
                columns.extend(batch.columns().iter().cloned());
                let whole = RecordBatch::try_new(Arc::clone(&schema), columns)
                    .map_err(|cause| Error::parquet(path)(cause.into()))?;
                rows += whole.num_rows() as u64;
                writer.write(&whole).map_err(Error::parquet(path))?;
            }
        }
        writer.close().map_err(Error::parquet(path))?;
        Ok(rows)
    }
}

fn column(name: &str, rows: &[Map<String, Value>]) -> ArrayRef {
    let values = || rows.iter().map(|row| row.get(name).filter(|value| !value.is_null()));
    let all = |test: fn(&Value) -> bool| values().flatten().all(test);
    if all(Value::is_i64) {
        return Arc::new(
            values().map(|value| value.and_then(Value::as_i64)).collect::<Int64Array>(),
        );
    }
    if all(Value::is_number) {
        return Arc::new(
            values().map(|value| value.and_then(Value::as_f64)).collect::<Float64Array>(),
        );
    }
    if all(Value::is_boolean) {
        return Arc::new(
            values().map(|value| value.and_then(Value::as_bool)).collect::<BooleanArray>(),
        );
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Arc::new(values().map(|value| value.map(text)).collect::<StringArray>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use serde_json::json;

    #[test]
    fn rows_become_typed_columns() {
        let rows: Vec<Map<String, Value>> =
            [json!({"n": 1, "x": 0.5, "t": "a"}), json!({"n": null, "x": 2, "l": [1, 2]})]
                .into_iter()
                .filter_map(|row| row.as_object().cloned())
                .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        write_rows(&path, &rows).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let types: Vec<String> = reader
            .schema()
            .fields()
            .iter()
            .map(|f| format!("{} {}", f.name(), f.data_type()))
            .collect();
        assert_eq!(types, ["n Int64", "x Float64", "t Utf8", "l Utf8"]);
    }
}
