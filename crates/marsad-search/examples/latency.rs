//! How long queries take, warm, inside one process: `latency ARCHIVE/search`.
//!
//! The queries are made of the words of the index's own posts, the same every time: single words,
//! pairs, phrases, beginnings, exclusions, forty each. Prints one JSON document.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for people who measure")]

use std::path::PathBuf;
use std::time::Instant;

use marsad_matching::normalise::norm_std;
use marsad_search::{Index, Query, Request, Sort};

const EACH: usize = 40;

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let index = Index::open(&folder).unwrap();
    let words = words(&index);
    let mut pairs =
        words.windows(2).step_by(words.len() / (EACH * 5)).map(|pair| (&pair[0], &pair[1]));
    let mut queries: Vec<String> = Vec::new();
    for kind in 0..5 {
        queries.extend(pairs.by_ref().take(EACH).map(|(a, b)| match kind {
            0 => a.clone(),
            1 => format!("{a} {b}"),
            2 => format!("\"{a} {b}\""),
            3 => format!("{}*", a.chars().take(4).collect::<String>()),
            _ => format!("{a} -{b}"),
        }));
    }
    let mut figures = serde_json::Map::new();
    for (name, sort) in [("relevance", Sort::Relevance), ("time", Sort::Newest)] {
        let mut found = 0;
        for _ in 0..2 {
            let mut seconds: Vec<f64> = Vec::new();
            found = 0;
            for query in &queries {
                let mut request = Request::new(Query::parse(query).unwrap(), 20);
                request.sort = sort;
                let started = Instant::now();
                found += index.search(&request).unwrap().total;
                seconds.push(started.elapsed().as_secs_f64() * 1e3);
            }
            seconds.sort_by(f64::total_cmp);
            let at = |share: f64| seconds[((seconds.len() - 1) as f64 * share).round() as usize];
            let told = serde_json::json!({"queries": seconds.len(), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": at(1.0), "matches": found});
            figures.insert(name.to_owned(), told);
        }
        assert!(found > 0, "the queries are made of words that are there");
    }
    figures.insert("posts".to_owned(), index.posts().into());
    println!("{}", serde_json::Value::Object(figures));
}

/// Words of the oldest and the newest posts, as the posts have them side by side.
fn words(index: &Index) -> Vec<String> {
    let mut words = Vec::new();
    for sort in [Sort::Oldest, Sort::Newest] {
        let mut request = Request::new(Query::parse("").unwrap(), 2000);
        request.sort = sort;
        for hit in index.search(&request).unwrap().hits {
            let text = norm_std(&hit.text);
            words.extend(
                text.split(' ')
                    .filter(|w| w.chars().all(char::is_alphabetic) && w.len() > 2)
                    .map(str::to_owned),
            );
        }
    }
    assert!(words.len() > EACH * 10, "the index is too small to measure");
    words
}
