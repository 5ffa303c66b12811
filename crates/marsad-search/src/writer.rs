//! Posts into the index: each once, in its latest version.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use marsad_types::{ChannelKey, Platform, PostKey, Timestamp};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{DocAddress, DocSet as _, IndexWriter, Searcher, TERMINATED, TantivyDocument, Term};

use crate::Error;
use crate::index::{Covers, Index, Lock};
use crate::schema::{Fields, UNSTATED};
use crate::script::scripts;

/// Memory of all threads that index; a thread whose part is full writes a segment. Twice as much took
/// no less time on 1.58 M posts.
const WRITING_BYTES: usize = 96 << 20;
/// A thread needs this much at least (tantivy refuses less than 15 MB).
const THREAD_BYTES_MIN: usize = 16 << 20;
/// As many threads as the memory is enough for.
const THREADS_MAX: usize = WRITING_BYTES / THREAD_BYTES_MIN;

/// One observed version of a post.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Where it stands.
    pub platform: &'a Platform,
    /// Its channel.
    pub channel: &'a str,
    /// Its id there.
    pub post: &'a str,
    /// When it was published.
    pub published_at: Timestamp,
    /// As published.
    pub text: &'a str,
    /// BCP 47 tag, when the platform stated one.
    pub lang: Option<&'a str>,
    /// When it was found missing.
    pub deleted_at: Option<Timestamp>,
    /// When it was edited.
    pub edited_at: Option<Timestamp>,
    /// When it was first seen.
    pub observed_first: Option<Timestamp>,
    /// Number of the version.
    pub version: u32,
}

/// Which of two versions is the later: found missing, edited, seen, counted.
type Order = (i64, i64, i64, u32);

fn order(
    deleted_at: Option<i64>,
    edited_at: Option<i64>,
    observed_first: Option<i64>,
    version: u32,
) -> Order {
    let moment = |time: Option<i64>| time.unwrap_or(i64::MIN);
    (moment(deleted_at), moment(edited_at), moment(observed_first), version)
}

impl Entry<'_> {
    fn order(&self) -> Order {
        let moment = |time: Option<Timestamp>| time.map(|time| time.0);
        order(
            moment(self.deleted_at),
            moment(self.edited_at),
            moment(self.observed_first),
            self.version,
        )
    }

    fn key(&self) -> PostKey {
        let channel = ChannelKey::new(self.platform.clone(), self.channel);
        PostKey { channel, post: self.post.into() }
    }
}

/// Which posts will come more than once, so that only those are held back: 8 bytes a row while
/// they are counted.
#[derive(Debug, Default)]
pub struct Repeats {
    hashes: Vec<u64>,
}

impl Repeats {
    /// Counts a row that is to come.
    pub fn count(&mut self, platform: &Platform, channel: &str, post: &str) {
        self.hashes.push(hash(platform, channel, post));
    }

    /// Keeps what was counted twice.
    fn settle(&mut self) {
        self.hashes.sort_unstable();
        let twice = self.hashes.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
        self.hashes = twice.filter_map(|run| run.first().copied()).collect();
    }

    fn hold(&self, entry: &Entry<'_>) -> bool {
        let hash = hash(entry.platform, entry.channel, entry.post);
        self.hashes.binary_search(&hash).is_ok()
    }
}

fn hash(platform: &Platform, channel: &str, post: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (platform.as_str(), channel, post).hash(&mut hasher);
    hasher.finish()
}

/// Adds to an index, or makes it anew. Nothing shows before [`Writer::commit`].
pub struct Writer {
    documents: IndexWriter,
    fields: Fields,
    /// What was there before; `None` when the index is made anew.
    before: Option<Searcher>,
    repeats: Repeats,
    held: BTreeMap<String, (Order, TantivyDocument)>,
    // Last, so that the index is closed before others may change it.
    _lock: Lock,
}

impl Writer {
    /// Adds to an index that is there, or begins an empty one in its place.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(lock: Lock, onto: Option<Index>, mut repeats: Repeats) -> Result<Self, Error> {
        repeats.settle();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        let (index, fields, before) = if let Some(onto) = onto {
            (onto.inner.clone(), onto.fields, Some(onto.searcher()))
        } else {
            let (index, fields) = lock.create()?;
            (index, fields, None)
        };
        let documents = index.writer_with_num_threads(threads, WRITING_BYTES)?;
        Ok(Self { documents, fields, before, repeats, held: BTreeMap::new(), _lock: lock })
    }

    /// Takes a version of a post; the latest of those taken and of that in the index stays.
    pub fn put(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        let order = entry.order();
        let key = entry.key().to_string();
        if !self.repeats.hold(entry) {
            let document = self.document(entry, &key);
            return self.file(&key, order, document);
        }
        if self.held.get(&key).is_none_or(|(held, _)| *held <= order) {
            let document = self.document(entry, &key);
            self.held.insert(key, (order, document));
        }
        Ok(())
    }

    /// Makes everything taken visible at once, with what the index covers then.
    pub fn commit(mut self, covers: &Covers) -> Result<(), Error> {
        for (key, (order, document)) in std::mem::take(&mut self.held) {
            self.file(&key, order, document)?;
        }
        let payload = serde_json::to_string(covers).map_err(std::io::Error::from)?;
        let mut prepared = self.documents.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.documents.wait_merging_threads()?;
        Ok(())
    }

    fn file(&mut self, key: &str, order: Order, document: TantivyDocument) -> Result<(), Error> {
        if let Some(before) = &self.before {
            let term = Term::from_field_text(self.fields.post, key);
            if let Some(there) = find(before, &term)? {
                if order_of(before, &self.fields, there)? > order {
                    return Ok(());
                }
                self.documents.delete_term(term);
            }
        }
        self.documents.add_document(document)?;
        Ok(())
    }

    fn document(&self, entry: &Entry<'_>, key: &str) -> TantivyDocument {
        let fields = &self.fields;
        let mut document = TantivyDocument::default();
        document.add_text(fields.exact, entry.text);
        document.add_text(fields.loose, entry.text);
        document.add_text(fields.text, entry.text);
        document.add_text(fields.post, key);
        document.add_text(fields.platform, entry.platform.as_str());
        let channel = key.split_once('/').map_or(key, |(channel, _)| channel);
        document.add_text(fields.channel, channel);
        document.add_i64(fields.published_at, entry.published_at.0);
        for lang in langs(entry.lang) {
            document.add_text(fields.lang, &lang);
        }
        if let Some(lang) = entry.lang {
            document.add_text(fields.stated_lang, lang);
        }
        for script in scripts(entry.text) {
            document.add_text(fields.script, script.as_str());
        }
        for (field, time) in [
            (fields.deleted_at, entry.deleted_at),
            (fields.edited_at, entry.edited_at),
            (fields.observed_first, entry.observed_first),
        ] {
            if let Some(time) = time {
                document.add_i64(field, time.0);
            }
        }
        if entry.version != 1 {
            document.add_u64(fields.version, u64::from(entry.version));
        }
        document
    }
}

/// What a stated language is found by: the tag and its first part, in lower case.
pub(crate) fn langs(stated: Option<&str>) -> Vec<String> {
    let Some(tag) = stated.map(str::to_lowercase).filter(|tag| !tag.is_empty()) else {
        return vec![UNSTATED.to_owned()];
    };
    let first = tag.split(['-', '_']).next().unwrap_or(&tag).to_owned();
    if first == tag { vec![tag] } else { vec![first, tag] }
}

fn find(searcher: &Searcher, term: &Term) -> Result<Option<DocAddress>, Error> {
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let inverted = reader.inverted_index(term.field())?;
        let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else {
            continue;
        };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                return Ok(Some(DocAddress::new(segment as u32, postings.doc())));
            }
            postings.advance();
        }
    }
    Ok(None)
}

fn order_of(searcher: &Searcher, fields: &Fields, at: DocAddress) -> Result<Order, Error> {
    let document: TantivyDocument = searcher.doc(at)?;
    let time = |field| document.get_first(field).and_then(|value| value.as_i64());
    let version = document.get_first(fields.version).and_then(|value| value.as_u64()).unwrap_or(1);
    let times = (time(fields.deleted_at), time(fields.edited_at), time(fields.observed_first));
    Ok(order(times.0, times.1, times.2, u32::try_from(version).unwrap_or(u32::MAX)))
}
