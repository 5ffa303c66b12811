//! Who is who: identities, versions and duplicates, decided in the order of the evidence.

use compact_str::{CompactString, format_compact};
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use marsad_matching::Fingerprint;
use marsad_types::{Channel, Coverage, Event, Media, Post, PostId, Problem, Taken, Timestamp};
use xxhash_rust::xxh3::Xxh3;

/// The years a post may be from; a time outside is no time (and no Parquet reader takes it).
const TIME_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// A post with its identity, ready to be filed.
#[derive(Debug)]
pub struct FiledPost {
    /// As interpreted.
    pub post: Post,
    /// Its id: given, or derived.
    pub id: CompactString,
    /// From 1, in the order we learned of them, or as the source counts them.
    pub version: u32,
    /// Leaf of the evidence log it was read from.
    pub leaf: u64,
    /// Keyed pseudonym of its author.
    pub author_pid: Option<String>,
    /// Fingerprint of its text.
    pub print: Fingerprint,
}

/// Rows waiting to be filed together.
#[derive(Debug, Default)]
pub struct Batch {
    /// Versions of posts.
    pub posts: Vec<FiledPost>,
    /// Observations of channels with their leaf.
    pub channels: Vec<(Channel, u64)>,
    /// Stretches of watching with their leaf.
    pub coverage: Vec<(Coverage, u64)>,
    /// Ids without a post of their own, with their leaf.
    pub taken: Vec<(Taken, u64)>,
    /// Interventions with their leaf.
    pub events: Vec<(Event, u64)>,
    /// Problems with their leaf and the name of the file.
    pub problems: Vec<(Problem, u64, String)>,
    /// Bytes of text held, for the caller's limit.
    pub text_bytes: usize,
}

impl Batch {
    /// Forgets the rows and keeps the memory: a batch of 100,000 posts is 60 MB that the system
    /// would otherwise have to clear again for each.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.posts.clear();
        self.channels.clear();
        self.coverage.clear();
        self.taken.clear();
        self.events.clear();
        self.problems.clear();
        self.text_bytes = 0;
        self
    }

    /// No row of any kind.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
            && self.channels.is_empty()
            && self.coverage.is_empty()
            && self.taken.is_empty()
            && self.events.is_empty()
            && self.problems.is_empty()
    }
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// Not known before.
    Added,
    /// Known, with another content.
    Version,
    /// Known as it is.
    Duplicate,
    /// Its time is outside the years 1 to 9999.
    TimeOutOfRange,
}

/// What is known of a file's bytes; empty when nothing is.
fn known_bytes(media: &Media) -> &str {
    media.sha256.as_deref().or(media.pdq.as_deref()).unwrap_or("")
}

/// Whether a post has files, and of none of them anything is known.
fn is_bare(post: &Post) -> bool {
    !post.media.is_empty() && post.media.iter().all(|media| known_bytes(media).is_empty())
}

/// The content of a post that makes two observations different versions; `known` says what of a file
/// counts.
fn content_hash(post: &Post, known: fn(&Media) -> &str) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(post.text.as_bytes());
    for media in &post.media {
        hash.update(&[0]);
        hash.update(known(media).as_bytes());
    }
    hash.update(&[1, u8::from(post.deleted_at.is_some())]);
    hash.digest()
}

fn hash_parts(parts: &[&[u8]]) -> u128 {
    let mut hash = Xxh3::new();
    for part in parts {
        hash.update(part);
        hash.update(&[0xff]); // no UTF-8 text has this byte: parts cannot run into each other
    }
    hash.digest128()
}

/// A post of an input whose order and multiplicity count is its row, so that none is merged.
fn post_key(post: &Post, id: &str) -> u128 {
    let row = post.row.map(u64::to_le_bytes).unwrap_or_default();
    let row: &[u8] = if post.row.is_some() { &row } else { &[] };
    hash_parts(&[
        post.channel.platform.as_str().as_bytes(),
        post.channel.id.as_bytes(),
        id.as_bytes(),
        row,
    ])
}

fn problem_key(problem: &Problem, leaf: u64, source: &str) -> u128 {
    let (leaf, line) = (leaf.to_le_bytes(), problem.line.to_le_bytes());
    hash_parts(&[b"problem", &leaf, source.as_bytes(), &line, problem.reason.as_bytes()])
}

/// Remembers every post version that is filed: 24 bytes and the table's slack for each.
#[derive(Debug, Default)]
pub struct Filer {
    /// Key of a post to the content of its first version.
    posts: HashMap<[u64; 2], u64>,
    /// Further versions of the few posts that have them.
    versions: HashMap<[u64; 2], Vec<u64>>,
    /// Observations, stretches and events that are filed; posts whose files are known.
    rows: HashSet<u128>,
    /// Problems that are filed of records that are yet to be replayed, and how often.
    problems: HashMap<u128, u32>,
    /// In the file being read: how often the same channel, time and text occurred.
    occurrences: HashMap<[u64; 2], u32>,
    batch: Batch,
}

fn halves(key: u128) -> [u64; 2] {
    [key as u64, (key >> 64) as u64]
}

impl Filer {
    /// Another file begins: occurrences are counted anew.
    pub fn begin_file(&mut self) {
        self.occurrences = HashMap::new();
    }

    /// Rows waiting.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Hands over the rows waiting.
    pub fn take_batch(&mut self) -> Batch {
        self.swap_batch(Batch::default())
    }

    /// Hands over the rows waiting and goes on in the memory of an emptied batch.
    pub fn swap_batch(&mut self, emptied: Batch) -> Batch {
        std::mem::replace(&mut self.batch, emptied)
    }

    /// Takes a post; keeps it in the batch unless it is known as it is.
    pub fn take(
        &mut self,
        post: Post,
        print: Fingerprint,
        author_pid: Option<String>,
        leaf: u64,
    ) -> Filed {
        if !TIME_MS.contains(&post.published_at.0) {
            return Filed::TimeOutOfRange;
        }
        let id = self.identify(&post);
        let (filed, version) = self.note_post(&post, &id);
        if filed != Filed::Duplicate {
            let version = post.version.unwrap_or(version);
            self.batch.text_bytes += post.text.len();
            self.batch.posts.push(FiledPost { post, id, version, leaf, author_pid, print });
        }
        filed
    }

    /// Whether a post with an id of its own is known as it is: taking it would add nothing.
    pub fn knows(&self, post: &Post) -> bool {
        let PostId::Given(id) = &post.id else { return false };
        let (key, content) = (halves(post_key(post, id)), content_hash(post, known_bytes));
        self.posts.get(&key) == Some(&content)
            || self.versions.get(&key).is_some_and(|further| further.contains(&content))
    }

    /// Whether a post with an id of its own is known in any version.
    pub fn has(&self, post: &Post) -> bool {
        let PostId::Given(id) = &post.id else { return false };
        self.posts.contains_key(&halves(post_key(post, id)))
    }

    /// How many posts are known, each in whatever versions.
    pub fn posts(&self) -> u64 {
        self.posts.len() as u64
    }

    /// Remembers a post version that is filed already.
    pub(crate) fn know(&mut self, post: &Post, id: &str) {
        self.note_post(post, id);
    }

    /// Whether this version is new, and which number it would have. A version seen again without
    /// the bytes of its files says nothing new.
    fn note_post(&mut self, post: &Post, id: &str) -> (Filed, u32) {
        let key = post_key(post, id);
        if post.media.is_empty() {
            return self.note(key, content_hash(post, known_bytes));
        }
        let without = content_hash(post, |_| "");
        let without = hash_parts(&[b"without files", &key.to_le_bytes(), &without.to_le_bytes()]);
        if !is_bare(post) {
            self.rows.insert(without);
        } else if self.rows.contains(&without) {
            return (Filed::Duplicate, 1);
        }
        self.note(key, content_hash(post, known_bytes))
    }

    fn identify(&mut self, post: &Post) -> CompactString {
        match &post.id {
            PostId::Given(id) => id.clone(),
            PostId::Derived => {
                let key = hash_parts(&[
                    post.channel.platform.as_str().as_bytes(),
                    post.channel.id.as_bytes(),
                    &post.published_at.0.to_le_bytes(),
                    post.text.as_bytes(),
                ]);
                let occurrence = self.occurrences.entry(halves(key)).or_insert(0);
                *occurrence += 1;
                let base = key as u64;
                if *occurrence == 1 {
                    format_compact!("x{base:016x}")
                } else {
                    format_compact!("x{base:016x}-{occurrence}")
                }
            }
        }
    }

    /// Whether this version is new, and which number it would have.
    fn note(&mut self, key: u128, content: u64) -> (Filed, u32) {
        let first = match self.posts.entry(halves(key)) {
            Entry::Vacant(vacant) => {
                vacant.insert(content);
                return (Filed::Added, 1);
            }
            Entry::Occupied(occupied) => *occupied.get(),
        };
        if first == content {
            return (Filed::Duplicate, 1);
        }
        let further = self.versions.entry(halves(key)).or_default();
        if further.contains(&content) {
            return (Filed::Duplicate, 1);
        }
        further.push(content);
        (Filed::Version, u32::try_from(further.len()).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Takes an observation of a channel; false when it is known.
    pub fn take_channel(&mut self, channel: Channel, leaf: u64) -> bool {
        let is_new = self.know_channel(&channel);
        if is_new {
            self.batch.channels.push((channel, leaf));
        }
        is_new
    }

    /// Takes a stretch of watching; false when it is known.
    pub fn take_coverage(&mut self, coverage: Coverage, leaf: u64) -> bool {
        let is_new = self.know_coverage(&coverage);
        if is_new {
            self.batch.coverage.push((coverage, leaf));
        }
        is_new
    }

    /// Takes an id without a post of its own; false when it is known.
    pub fn take_taken(&mut self, taken: Taken, leaf: u64) -> bool {
        let is_new = self.know_taken(&taken);
        if is_new {
            self.batch.taken.push((taken, leaf));
        }
        is_new
    }

    /// Takes a claimed intervention; false when it is known.
    pub fn take_event(&mut self, event: Event, leaf: u64) -> bool {
        let is_new = self.know_event(&event);
        if is_new {
            self.batch.events.push((event, leaf));
        }
        is_new
    }

    /// Takes a problem of a record that is new, or that is read again after an interruption: then
    /// each row that was filed before it stands for one problem.
    pub fn take_problem(&mut self, problem: Problem, leaf: u64, source: &str) {
        let key = problem_key(&problem, leaf, source);
        if let Some(filed) = self.problems.get_mut(&key).filter(|filed| **filed > 0) {
            *filed -= 1;
            return;
        }
        self.batch.problems.push((problem, leaf, source.to_owned()));
    }

    pub(crate) fn know_problem(&mut self, problem: &Problem, leaf: u64, source: &str) {
        *self.problems.entry(problem_key(problem, leaf, source)).or_default() += 1;
    }

    pub(crate) fn know_channel(&mut self, channel: &Channel) -> bool {
        let text = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
        let number = |number: Option<u64>| number.map_or([0xff; 8], u64::to_le_bytes);
        let time = |time: Option<Timestamp>| time.map_or(i64::MIN, |t| t.0).to_le_bytes();
        let key = hash_parts(&[
            b"channel",
            channel.key.platform.as_str().as_bytes(),
            channel.key.id.as_bytes(),
            &text(&channel.handle),
            &text(&channel.title),
            &text(&channel.description),
            &time(channel.created_at),
            &time(Some(channel.observed_at)),
            &number(channel.subscribers),
            &number(channel.subscribers_min),
            &number(channel.subscribers_max),
            channel.status.as_str().as_bytes(),
            &text(&channel.status_cause),
        ]);
        self.rows.insert(key)
    }

    pub(crate) fn know_coverage(&mut self, coverage: &Coverage) -> bool {
        let stretch = Coverage { line: 0, ..coverage.clone() };
        self.rows.insert(hash_parts(&[b"coverage", format!("{stretch:?}").as_bytes()]))
    }

    pub(crate) fn know_taken(&mut self, taken: &Taken) -> bool {
        self.rows.insert(hash_parts(&[
            b"taken",
            taken.channel.platform.as_str().as_bytes(),
            taken.channel.id.as_bytes(),
            taken.id.as_bytes(),
            taken.by.as_str().as_bytes(),
        ]))
    }

    pub(crate) fn know_event(&mut self, event: &Event) -> bool {
        let event = Event { line: 0, ..event.clone() };
        self.rows.insert(hash_parts(&[b"event", format!("{event:?}").as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use marsad_types::{ChannelKey, Platform};

    fn post(id: PostId, text: &str) -> Post {
        let channel = ChannelKey::new(Platform::new("telegram").unwrap(), "desk");
        Post::new(channel, id, Timestamp(0), text.to_owned())
    }

    fn take(filer: &mut Filer, post: Post) -> Filed {
        let print = marsad_matching::Fingerprinter::new().fingerprint(&post.text);
        filer.take(post, print, None, 0)
    }

    #[test]
    fn another_text_is_a_version_and_an_old_one_is_known() {
        let mut filer = Filer::default();
        let given = || PostId::Given("1".into());
        assert_eq!(take(&mut filer, post(given(), "rain")), Filed::Added);
        assert_eq!(take(&mut filer, post(given(), "rain")), Filed::Duplicate);
        assert_eq!(take(&mut filer, post(given(), "snow")), Filed::Version);
        assert_eq!(take(&mut filer, post(given(), "rain")), Filed::Duplicate);
        assert_eq!(take(&mut filer, post(given(), "snow")), Filed::Duplicate);
        assert_eq!(filer.batch().posts.iter().map(|p| p.version).collect::<Vec<_>>(), [1, 2]);
        assert!(filer.has(&post(given(), "hail")), "known, though not in this version");
        assert!(!filer.has(&post(PostId::Given("2".into()), "rain")));
        assert_eq!(filer.posts(), 1);
    }

    #[test]
    fn files_that_become_known_are_a_version_and_files_that_go_are_nothing_new() {
        let mut filer = Filer::default();
        let with = |sha256: Option<&str>| {
            let media = Media {
                kind: "image".into(),
                sha256: sha256.map(str::to_owned),
                ..Media::default()
            };
            Post { media: vec![media], ..post(PostId::Given("1".into()), "rain") }
        };
        assert_eq!(take(&mut filer, with(None)), Filed::Added);
        assert_eq!(take(&mut filer, with(Some("aa"))), Filed::Version);
        assert_eq!(take(&mut filer, with(None)), Filed::Duplicate);
        assert_eq!(take(&mut filer, with(Some("aa"))), Filed::Duplicate);
        assert!(filer.knows(&with(Some("aa"))) && !filer.knows(&with(Some("bb"))));
        assert_eq!(take(&mut filer, with(Some("bb"))), Filed::Version);
        // Another text without its file is another version all the same.
        assert_eq!(take(&mut filer, Post { text: "snow".into(), ..with(None) }), Filed::Version);
        let mut other_way_round = Filer::default();
        assert_eq!(take(&mut other_way_round, with(Some("aa"))), Filed::Added);
        assert_eq!(take(&mut other_way_round, with(None)), Filed::Duplicate);
    }

    #[test]
    fn repeated_posts_without_ids_are_all_kept_and_a_second_file_adds_nothing() {
        let mut filer = Filer::default();
        for _ in 0..3 {
            assert_eq!(take(&mut filer, post(PostId::Derived, "rain")), Filed::Added);
        }
        filer.begin_file();
        for _ in 0..3 {
            assert_eq!(take(&mut filer, post(PostId::Derived, "rain")), Filed::Duplicate);
        }
    }

    #[test]
    fn rows_of_peer_formats_are_never_merged() {
        let mut filer = Filer::default();
        let row = |n| Post { row: Some(n), ..post(PostId::Given("c1".into()), "") };
        assert_eq!(take(&mut filer, row(0)), Filed::Added);
        assert_eq!(take(&mut filer, row(1)), Filed::Added);
        assert_eq!(take(&mut filer, row(0)), Filed::Duplicate);
    }

    #[test]
    fn a_time_outside_our_years_is_refused() {
        let mut far = post(PostId::Derived, "rain");
        far.published_at = Timestamp(i64::MAX);
        assert_eq!(take(&mut Filer::default(), far), Filed::TimeOutOfRange);
    }
}
