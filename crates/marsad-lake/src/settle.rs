//! `fingerprints` brought back to the files of `posts`, after a crash between their two commits.
//!
//! Both have the same files with the same rows; a reader of one file finds the other by its name. A
//! crash can leave a file in only one of them: rows that outside readers would meet twice, or posts
//! whose fingerprints would be made anew at every reading.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;

use marsad_matching::Fingerprinter;
use marsad_types::Timestamp;
use rayon::prelude::*;

use crate::read::read_file;
use crate::table::{DataFile, Part};
use crate::write::PrintColumns;
use crate::{Error, Lake};

impl Lake {
    /// Drops files of `fingerprints` that stand beside no file of `posts`, and makes those that are
    /// missing. Does nothing when the two agree.
    pub(crate) fn settle_fingerprints(&mut self) -> Result<(), Error> {
        let Some(prints) = &mut self.fingerprints else { return Ok(()) };
        let posts = self.posts.as_ref().map_or(Ok(Vec::new()), |table| table.files(&|_| true))?;
        let mut gone = prints.files(&|_| true)?;
        let there: BTreeSet<String> = gone.iter().map(|file| file.name.clone()).collect();
        let wanted: BTreeSet<&str> = posts.iter().map(|file| file.name.as_str()).collect();
        gone.retain(|file| !wanted.contains(file.name.as_str()));
        let mut missing: BTreeMap<&str, Vec<&DataFile>> = BTreeMap::new();
        for file in posts.iter().filter(|file| !there.contains(&file.name)) {
            missing.entry(stem(&file.name)).or_default().push(file);
        }
        if !gone.is_empty() {
            prints.exchange(&gone, "", &[])?;
        }
        for (name, files) in missing {
            for file in &files {
                // The rest of a write that was never committed.
                let path = prints.beside(file)?;
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(Error::file(&path)(error));
                    }
                    _ => {}
                }
            }
            let parts: Vec<Part> =
                files.par_iter().map(|file| prints_of(file)).collect::<Result<_, Error>>()?;
            prints.exchange(&[], name, &parts)?;
        }
        Ok(())
    }
}

/// `leaves-…` of `platform=…/month=…/leaves-….parquet`
fn stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.strip_suffix(".parquet").unwrap_or(file)
}

/// The fingerprints of a file of posts, row for row, from its texts.
fn prints_of(file: &DataFile) -> Result<Part, Error> {
    let mut fingerprinter = Fingerprinter::new();
    let mut prints = PrintColumns::new()?;
    let columns = ["channel", "post", "version", "published_at", "text"];
    read_file(file, Some(&columns), &|_| true, &mut |rows| {
        let (channel, post) = (rows.text_cells("channel"), rows.text_cells("post"));
        let (version, at) = (rows.int_cells("version"), rows.time_cells("published_at"));
        let text = rows.text_cells("text");
        for row in 0..rows.len() {
            let of = (
                channel.get(row).unwrap_or(""),
                post.get(row).unwrap_or(""),
                version.get(row).unwrap_or(1),
            );
            let print = fingerprinter.fingerprint(text.get(row).unwrap_or(""));
            prints.push(of, at.get(row).unwrap_or(Timestamp(0)), &print);
        }
    })?;
    Ok(Part { partition: file.partition.clone(), batch: prints.finish()? })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use marsad_types::{Platform, Post, PostId};

    use super::*;
    use crate::table::Table;
    use crate::{Filer, Selection};

    fn file(lake: &mut Lake, filer: &mut Filer, n: u64) {
        let desk = marsad_types::ChannelKey::new(Platform::new("telegram").unwrap(), "desk");
        let text = format!("train {n} is late this morning, says the station");
        let post = Post::new(desk, PostId::Given(format!("{n}").into()), Timestamp(n as i64), text);
        let print = Fingerprinter::new().fingerprint(&post.text);
        filer.take(post, print, None, n);
        lake.file(&filer.take_batch(), n + 1).unwrap();
    }

    fn names(table: Option<&Table>) -> Vec<String> {
        table.unwrap().files(&|_| true).unwrap().into_iter().map(|file| file.name).collect()
    }

    fn is_settled(lake: &Lake) -> bool {
        names(lake.posts.as_ref()) == names(lake.fingerprints.as_ref())
    }

    /// Stands where the next commit of a table would be written, so that this commit fails.
    fn block(root: &Path, table: Option<&Table>) -> std::path::PathBuf {
        let (name, next) = (table.unwrap().layout.name, table.unwrap().version() + 1);
        let path = root.join(name).join(format!("_delta_log/{next:020}.json"));
        fs::write(&path, "").unwrap();
        path
    }

    #[test]
    fn a_crash_inside_a_compaction_leaves_every_fingerprint_beside_its_post() {
        for is_first in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let mut lake = Lake::open(folder.path()).unwrap();
            let mut filer = lake.filer().unwrap();
            (0..5).for_each(|n| file(&mut lake, &mut filer, n));
            assert!(is_settled(&lake));
            let prints = lake.corpus(&Selection::default()).unwrap().1;
            let table = if is_first { &lake.posts } else { &lake.fingerprints };
            let blocked = block(folder.path(), table.as_ref());
            assert!(lake.compact(2).is_err());
            fs::remove_file(blocked).unwrap();
            let mut lake = Lake::open(folder.path()).unwrap();
            assert_eq!(is_settled(&lake), is_first, "the second table was not committed");
            let mut filer = lake.filer().unwrap();
            file(&mut lake, &mut filer, 5);
            assert!(is_settled(&lake));
            let counts = lake.counts().unwrap();
            assert_eq!((counts.posts, counts.fingerprints), (6, 6));
            let mut lake = Lake::open(folder.path()).unwrap();
            lake.compact(1).unwrap();
            assert!(is_settled(&lake));
            let read = lake.corpus(&Selection::default()).unwrap().1;
            assert_eq!(read.body[..5], prints.body[..]);
        }
    }

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = Lake::open(folder.path()).unwrap();
        file(&mut lake, &mut Filer::default(), 1);
        let table = lake.posts.as_mut().unwrap();
        let there = table.files(&|_| true).unwrap().remove(0);
        let bytes = fs::read(&there.path).unwrap();
        let rows = {
            let mut rows = Vec::new();
            crate::read::read_batches(&there, &mut |batch| rows.push(batch)).unwrap();
            rows.remove(0)
        };
        let part = Part { partition: there.partition.clone(), batch: rows };
        let error = table.append(stem(&there.name), &[part], 9).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{error}");
        assert_eq!(fs::read(&there.path).unwrap(), bytes);
    }
}
