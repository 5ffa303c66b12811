//! Groups the posts of a CSV file and says how long each step took; for measuring and for looking
//! at matches with one's own eyes.
//!
//! `statements_of_csv FILE.csv[.zst] CHANNEL_COLUMN TIME_COLUMN TEXT_COLUMN [SHOW]`: SHOW is a
//! relation (`near`, `contained`, …); a sample of such members is printed beside the first post.
#![expect(clippy::print_stdout, reason = "a tool that prints")]

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::time::Instant;

use marsad_matching::{Options, Prints, Statements, group};
use marsad_types::{ChannelKey, Corpus, NONE, Platform, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, channel, time, text, rest @ ..] = arguments.as_slice() else {
        return Err("FILE CHANNEL_COLUMN TIME_COLUMN TEXT_COLUMN [SHOW]".into());
    };
    let start = Instant::now();
    let corpus = read(file, [channel, time, text])?;
    println!("read       {:7.3} s  {} posts", start.elapsed().as_secs_f64(), corpus.posts.len());

    let start = Instant::now();
    let prints = Prints::of(&corpus);
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = corpus.posts.text.text_bytes() as f64 / 1e6;
    println!("prints     {seconds:7.3} s  {:.0} MB/s", megabytes / seconds);

    let start = Instant::now();
    let statements = group(&corpus, &prints, &Options::default());
    println!("group      {:7.3} s  {:?}", start.elapsed().as_secs_f64(), statements.tally);
    summary(&statements);
    println!("peak       {}", peak()?);
    if let Some(relation) = rest.first() {
        show(&corpus, &statements, relation);
    }
    Ok(())
}

fn read(file: &str, columns: [&String; 3]) -> Result<Corpus, Box<dyn Error>> {
    let raw = File::open(file)?;
    let reader: Box<dyn Read> =
        if std::path::Path::new(file).extension().is_some_and(|e| e == "zst") {
            Box::new(zstd::stream::read::Decoder::new(raw)?)
        } else {
            Box::new(raw)
        };
    let mut csv = csv::Reader::from_reader(reader);
    let headers = csv.headers()?.clone();
    let place = |name: &str| headers.iter().position(|h| h == name).ok_or("no such column");
    let [channel, time, text] = columns;
    let (channel, time, text) = (place(channel)?, place(time)?, place(text)?);
    let platform = Platform::new("csv")?;
    let mut rows: Vec<(i64, String, usize, String)> = Vec::new();
    for record in csv.records() {
        let record = record?;
        let field = |at: usize| record.get(at).unwrap_or("").to_owned();
        let Ok(at) = when(&field(time)) else { continue };
        rows.push((at, field(channel), rows.len(), field(text)));
    }
    rows.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    let mut corpus = Corpus::default();
    for (at, channel, number, text) in rows {
        let id = corpus.channels.intern(&ChannelKey::new(platform.clone(), &channel));
        let posts = &mut corpus.posts;
        posts.channel.push(id);
        posts.post.push(&number.to_string());
        posts.published_at.push(at);
        posts.resolution_ms.push(0);
        posts.observed_first.push(i64::MIN);
        posts.deleted_at.push(i64::MIN);
        posts.text.push(&text);
        posts.forward.push(NONE);
    }
    Ok(corpus)
}

/// RFC 3339 and its kin, or `10/3/2016 17:05`.
fn when(written: &str) -> Result<i64, Box<dyn Error>> {
    if let Ok(time) = written.parse::<Timestamp>() {
        return Ok(time.0);
    }
    let parts: Vec<i64> =
        written.split(['/', ' ', ':']).map(str::parse).collect::<Result<_, _>>()?;
    let [month, day, year, hour, minute] = parts.as_slice() else { return Err("no time".into()) };
    Ok(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}").parse::<Timestamp>()?.0)
}

fn summary(statements: &Statements) {
    let several = statements.statements.iter().filter(|s| s.members.len() > 1).count();
    let mut by: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for member in statements.statements.iter().flat_map(|s| &s.members) {
        *by.entry(member.relation.as_str()).or_default() += 1;
    }
    println!(
        "statements {} of which {several} with two posts or more; {by:?}",
        statements.statements.len()
    );
}

fn peak() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("unknown").to_owned())
}

fn show(corpus: &Corpus, statements: &Statements, relation: &str) {
    let found = statements.statements.iter().flat_map(|s| {
        let first = s.members.first();
        s.members.iter().filter(|m| m.relation.as_str() == relation).map(move |m| (first, m))
    });
    let all: Vec<_> = found.collect();
    let step = (all.len() / 60).max(1);
    for (first, member) in all.iter().step_by(step) {
        let Some(first) = first else { continue };
        let text = |row: u32| squeezed(corpus.posts.text.get(row as usize));
        println!("---- {:.2} appears={}", member.similarity, member.appears);
        println!("A {}: {}", corpus.post_key(first.post as usize), text(first.post));
        println!("B {}: {}", corpus.post_key(member.post as usize), text(member.post));
    }
}

/// One line, the start and the end of a long text.
fn squeezed(text: &str) -> String {
    let line: Vec<char> = text.replace('\n', " / ").chars().collect();
    if line.len() <= 420 {
        return line.into_iter().collect();
    }
    let (start, end) = (line.iter().take(260), line.iter().skip(line.len() - 150));
    start.chain(" [...] ".chars().collect::<Vec<_>>().iter()).chain(end).collect()
}
