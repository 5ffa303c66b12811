//! How long a post takes against all history: an index of so many made posts, then more of them.
//!
//!     cargo run --release -p marsad-matching --example stream -- 1000000 [ARRIVING [FOLDER]]
//!
//! The world is `simulate scale`'s. Its first posts are built in bulk, the last 50,000 (or as many as
//! ARRIVING says) arrive one by one: half are inserted, half are asked for first and then inserted.
//! Flushes fall into the time of the post that makes them necessary, one in 65,536.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at errors")]

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use marsad_matching::{Arrival, Index, Options, Prints};
use marsad_simulate::{Settings, World};
use marsad_types::{ChannelKey, Corpus, NONE, Platform, Timestamp};
use serde::Deserialize;

/// Posts that arrive after the history, unless told otherwise.
const ARRIVING: usize = 50_000;
/// So many of them arrive before the files are read once.
const COLD: usize = 10_000;
const MS_A_POST: i64 = 1000;

#[derive(Deserialize)]
struct Line<'a> {
    kind: &'a str,
    platform: &'a str,
    channel: &'a str,
    #[serde(default)]
    id: &'a str,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
    forward_of: Option<Original<'a>>,
}

#[derive(Deserialize)]
struct Original<'a> {
    platform: &'a str,
    channel: &'a str,
    id: &'a str,
}

fn key(platform: &str, channel: &str) -> ChannelKey {
    ChannelKey::new(Platform::new(platform).unwrap(), channel)
}

/// Makes a world, and reads it as it is made: the first posts, and the others.
fn made(history: usize, arriving: usize) -> (Corpus, Corpus) {
    let (reader, mut writer) = io::pipe().unwrap();
    let posts = (history + arriving) as u64;
    let making = std::thread::spawn(move || {
        let settings = Settings { world: World::Scale, seed: 7, posts: Some(posts) };
        let done = marsad_simulate::write(&settings, &mut writer, &mut io::sink());
        writer.flush().and(done.map(drop)).unwrap();
    });
    let (mut old, mut new) = (Corpus::default(), Corpus::default());
    let mut lines = BufReader::with_capacity(1 << 20, reader);
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        let to = if old.posts.len() < history { &mut old } else { &mut new };
        push(to, &serde_json::from_str(&line).unwrap());
        line.clear();
    }
    making.join().unwrap();
    (old, new)
}

fn push(corpus: &mut Corpus, line: &Line<'_>) {
    if line.kind != "post" {
        return;
    }
    let row = corpus.posts.len() as i64;
    corpus.posts.channel.push(corpus.channels.intern(&key(line.platform, line.channel)));
    corpus.posts.post.push(line.id);
    corpus.posts.published_at.push(row * MS_A_POST);
    corpus.posts.resolution_ms.push(0);
    corpus.posts.observed_first.push(i64::MIN);
    corpus.posts.deleted_at.push(i64::MIN);
    corpus.posts.text.push(&line.text);
    let mut forward = NONE;
    if let Some(Original { platform, channel, id }) = &line.forward_of {
        forward = corpus.forwards.channel.len() as u32;
        corpus.forwards.channel.push(corpus.channels.intern(&key(platform, channel)));
        corpus.forwards.post.push(id);
        corpus.forwards.published_at.push(i64::MIN);
    }
    corpus.posts.forward.push(forward);
}

fn arrive<T>(corpus: &Corpus, row: usize, to: impl FnOnce(&Arrival<'_>) -> T) -> T {
    let posts = &corpus.posts;
    let forward = posts.forward[row] as usize;
    let original = corpus.forwards.channel.get(forward);
    let original = original.and_then(|channel| corpus.channels.key(*channel));
    to(&Arrival {
        channel: corpus.channels.key(posts.channel[row]).unwrap(),
        id: posts.post.get(row),
        published_at: Timestamp(posts.published_at[row]),
        text: posts.text.get(row),
        forward_of: original.map(|channel| (channel, corpus.forwards.post.get(forward))),
        media: &[],
    })
}

/// A line of the table: quantiles, and posts a second.
fn say(what: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let total: Duration = taken.iter().sum();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    println!(
        "{what:<28} p50 {:>6.0} µs  p90 {:>6.0} µs  p99 {:>6.0} µs  max {:>9.0} µs  {:>7.0} a second",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        taken.len() as f64 / total.as_secs_f64(),
    );
}

/// Bytes that came from the disk so far, not from the page cache.
fn from_disk() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let read = io.lines().find_map(|line| line.strip_prefix("read_bytes: "));
    read.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

/// Time that this thread was on a core, so that others on the machine do not count.
fn on_core() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = said.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    Duration::from_nanos(first.unwrap_or(0))
}

/// Reads all files once, so that the page cache has them if it has room.
fn warm(folder: &Path) {
    for file in std::fs::read_dir(folder).unwrap() {
        let mut file = std::fs::File::open(file.unwrap().path()).unwrap();
        io::copy(&mut file, &mut io::sink()).unwrap();
    }
}

/// Lets some posts arrive, prints how long they took, and says how many joined a statement.
fn measure(index: &mut Index, new: &Corpus, rows: std::ops::Range<usize>, state: &str) -> usize {
    let (mut asked, mut added) = (Vec::new(), Vec::new());
    let (mut found, count, before, cpu) = (0, rows.len(), from_disk(), on_core());
    for row in rows {
        if row % 2 == 1 {
            let start = Instant::now();
            arrive(new, row, |arrival| index.query(arrival)).unwrap();
            asked.push(start.elapsed());
        }
        let start = Instant::now();
        let answer = arrive(new, row, |arrival| index.insert(arrival)).unwrap();
        let taken = start.elapsed();
        // What was asked for a moment ago is in every cache.
        if row % 2 == 0 {
            added.push(taken);
        }
        found += usize::from(!answer.is_new);
    }
    let cpu = on_core().saturating_sub(cpu).as_secs_f64() * 1e6 / (asked.len() + count) as f64;
    println!(
        "{count} posts, {state}; {} bytes a post from the disk; {cpu:.0} µs on the core each, {:.0} \
         a second and core",
        (from_disk() - before) / count as u64,
        1e6 / cpu,
    );
    say("query", asked);
    say("insert (with its query)", added);
    found
}

/// Resident memory now and at most, of which pages of files are no part.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines =
        status.lines().filter(|line| line.starts_with("RssAnon") || line.starts_with("VmHWM"));
    lines.collect::<Vec<_>>().join(", ").replace('\t', " ")
}

/// Builds the history; nothing of it stays in memory but the index.
fn build(folder: &Path, history: usize, arriving: usize) -> (Index, Corpus) {
    let start = Instant::now();
    let (old, new) = made(history, arriving);
    println!("made {} posts in {:.1} s", old.posts.len(), start.elapsed().as_secs_f64());
    let start = Instant::now();
    let prints = Prints::of(&old);
    println!("fingerprinted in {:.1} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let index = Index::build(folder, &old, &prints, &Options::default()).unwrap();
    println!("grouped and built in {:.1} s; {}", start.elapsed().as_secs_f64(), memory());
    (index, new)
}

/// A process with nothing but the index.
fn open(folder: &Path) {
    let start = Instant::now();
    let index = Index::open(folder, &Options::default()).unwrap();
    let taken = start.elapsed().as_secs_f64();
    println!("{} posts opened in {taken:.2} s by a process of its own; {}", index.len(), memory());
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "open").is_some() {
        return open(Path::new(&arguments.next().unwrap()));
    }
    let history: usize = arguments.next().map_or(100_000, |posts| posts.parse().unwrap());
    let arriving: usize = arguments.next().map_or(ARRIVING, |posts| posts.parse().unwrap());
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("marsad-stream-{}", std::process::id()));
    let (mut index, new) = build(&folder, history, arriving);
    let size = index.footprint().unwrap();
    println!(
        "on disk {} bytes a post; in memory {} bytes fixed and {:.2} a post; {} distinct texts",
        size.disk_bytes / u64::from(size.posts.max(1)),
        size.fixed_bytes,
        size.growing_bytes as f64 / f64::from(size.posts.max(1)),
        size.texts,
    );
    let mut found = measure(&mut index, &new, 0..COLD.min(arriving), "as the build left it");
    warm(&folder);
    found += measure(&mut index, &new, COLD.min(arriving)..arriving, "all in the page cache");
    let start = Instant::now();
    index.flush().unwrap();
    println!("the last flush: {:.2} s", start.elapsed().as_secs_f64());
    let size = index.footprint().unwrap();
    println!(
        "{found} of {arriving} joined a statement; then {} bytes fixed, {:.2} a post; {}",
        size.fixed_bytes,
        size.growing_bytes as f64 / f64::from(size.posts),
        memory()
    );
    drop(index);
    let myself = std::env::current_exe().unwrap();
    std::process::Command::new(myself).arg("open").arg(&folder).status().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}
