//! `marsad search`: posts by their words, or by their likeness to one.

mod like;
mod print;

use std::collections::BTreeMap;
use std::process::ExitCode;

use marsad_search::{Answer, Index, Query, Request, Script, Sort};
use marsad_types::{Bound, Channel, ChannelKey, Timestamp};
use serde_json::{Map, Value, json};

use crate::archive::Archive;
use crate::cli::{Context, SearchOptions, channel, platform};
use crate::failure::Failure;
use crate::{output, search_index};

pub(crate) fn run(context: &Context, options: &SearchOptions) -> Result<ExitCode, Failure> {
    if let Some(post) = &options.like {
        return like::run(context, options, post);
    }
    let written = options.query.clone().unwrap_or_default();
    let query = Query::parse(&written).map_err(|error| Failure::usage(error.to_string()))?;
    let mut request = request(query, options)?;
    let archive = context.open()?;
    let index = search_index::open(context, &archive)?;
    let names = Names::read(&archive)?;
    let answer = match &index {
        None => Answer { total: 0, hits: Vec::new(), unstated: 0 },
        Some(index) => {
            let find = |written: &str| names.channels(index, written);
            request.query.name_channels(&mut |written| find(written))?;
            if !options.channels.is_empty() {
                let found: Result<Vec<_>, _> = options.channels.iter().map(|c| find(c)).collect();
                request.channels = Some(found?.concat());
            }
            index.search(&request)?
        }
    };
    let found = Found { written, request: &request, answer: &answer, names: &names };
    let document = found.document(&archive, index.as_ref())?;
    if context.json || context.out.is_some() {
        output::finding(context, &document, &[])?;
    } else {
        print::hits(&found, &document)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What was asked for, but for the channels: to know those takes the archive.
fn request(query: Query, options: &SearchOptions) -> Result<Request, Failure> {
    let mut request = Request::new(query, options.limit);
    request.platforms =
        options.platforms.iter().map(|name| platform(name)).collect::<Result<_, _>>()?;
    (request.since, request.until) = window(options)?;
    request.langs.clone_from(&options.langs);
    for code in &options.scripts {
        let script = Script::parse(code).ok_or_else(|| {
            Failure::usage(format!("'{code}' is no script; scripts are: {}", Script::codes()))
        })?;
        request.scripts.push(script);
    }
    request.sort = match options.sort.as_str() {
        "time" => Sort::Newest,
        "oldest" => Sort::Oldest,
        _ => Sort::Relevance,
    };
    let is_narrowed = !request.platforms.is_empty()
        || !options.channels.is_empty()
        || !request.langs.is_empty()
        || !request.scripts.is_empty()
        || request.since.is_some()
        || request.until.is_some();
    if !request.query.asks() && !is_narrowed {
        return Err(Failure::usage(nothing_asked(&request.query)));
    }
    Ok(request)
}

fn nothing_asked(query: &Query) -> String {
    if !query.ignored().is_empty() {
        return format!(
            "'{}' holds no word to search for; emoji, punctuation and e-mail addresses are not indexed",
            query.ignored().join(" ")
        );
    }
    if query.to_string().is_empty() {
        return "say what to search for, for example `marsad search \"night train\"`, or --like POST"
            .to_owned();
    }
    "the query only says what is not wanted; add a word or a filter for what is".to_owned()
}

fn window(options: &SearchOptions) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
    let read = |written: &Option<String>, end| {
        let parsed = written.as_deref().map(|text| Timestamp::parse_bound(text, end)).transpose();
        parsed.map_err(|error| Failure::usage(error.to_string()))
    };
    Ok((read(&options.since, Bound::Start)?, read(&options.until, Bound::End)?))
}

/// What channels are called, by their latest observation that says so.
struct Names {
    seen: Vec<Channel>,
    latest: BTreeMap<ChannelKey, Called>,
}

/// A channel's handle and title.
#[derive(Default)]
struct Called {
    handle: Option<String>,
    title: Option<String>,
}

impl Names {
    fn read(archive: &Archive) -> Result<Self, Failure> {
        let seen = archive.lake()?.channel_rows()?;
        let mut latest: BTreeMap<ChannelKey, Called> = BTreeMap::new();
        // By channel and time: the latest comes last.
        for channel in &seen {
            let called = latest.entry(channel.key.clone()).or_default();
            called.handle = channel.handle.clone().or_else(|| called.handle.take());
            called.title = channel.title.clone().or_else(|| called.title.take());
        }
        Ok(Self { seen, latest })
    }

    /// The channels that somebody means: `platform:id`, a handle, or `platform:handle`.
    fn channels(&self, index: &Index, written: &str) -> Result<Vec<ChannelKey>, Failure> {
        let mut found: Vec<ChannelKey> = Vec::new();
        if let Some(key) = channel(written) {
            let is_seen = self.latest.contains_key(&key);
            if is_seen || index.has_channel(&key)? {
                found.push(key);
            }
        }
        let (platform, handle) = match written.split_once(':') {
            Some((platform, handle)) => (Some(platform), handle),
            None => (None, written),
        };
        let handle = handle.trim_start_matches('@');
        for seen in &self.seen {
            let is_named =
                seen.handle.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(handle));
            let is_there = platform.is_none_or(|name| seen.key.platform.as_str() == name);
            if is_named && is_there && !found.contains(&seen.key) {
                found.push(seen.key.clone());
            }
        }
        if found.is_empty() {
            return Err(Failure::failed(format!(
                "no channel '{written}' is in the archive; write platform:id or a handle"
            )));
        }
        Ok(found)
    }

    fn of(&self, channel: &ChannelKey) -> (Option<&str>, Option<&str>) {
        let called = self.latest.get(channel);
        let handle = called.and_then(|called| called.handle.as_deref());
        (handle, called.and_then(|called| called.title.as_deref()))
    }
}

/// An answer with what it answers.
struct Found<'a> {
    written: String,
    request: &'a Request,
    answer: &'a Answer,
    names: &'a Names,
}

impl Found<'_> {
    fn document(&self, archive: &Archive, index: Option<&Index>) -> Result<Value, Failure> {
        let head = archive.head()?;
        let rows: Vec<Value> = self.answer.hits.iter().map(|hit| self.row(hit)).collect();
        Ok(json!({
            "query": self.written,
            "understood": self.request.query.to_string(),
            "total": self.answer.total,
            "rows": rows,
            "archive": {
                "version": index.map_or(0, |index| index.covers().version),
                "log_size": head.size,
                "root": head.root_hex(),
            },
            "notes": self.notes(),
        }))
    }

    fn row(&self, hit: &marsad_search::Hit) -> Value {
        let (handle, title) = self.names.of(&hit.post.channel);
        let mut row = Map::new();
        row.insert("post".to_owned(), json!(hit.post.to_string()));
        row.insert("platform".to_owned(), json!(hit.post.channel.platform.as_str()));
        row.insert("channel".to_owned(), json!(hit.post.channel.to_string()));
        row.insert("handle".to_owned(), json!(handle));
        row.insert("title".to_owned(), json!(title));
        row.insert("published_at".to_owned(), json!(hit.published_at.to_string()));
        row.insert("deleted_at".to_owned(), json!(hit.deleted_at.map(|at| at.to_string())));
        row.insert("lang".to_owned(), json!(hit.lang));
        row.insert("text".to_owned(), json!(hit.text));
        row.insert("snippet".to_owned(), json!(hit.snippet.text));
        row.insert("marks".to_owned(), json!(hit.snippet.character_marks()));
        row.insert("score".to_owned(), json!((hit.score * 1e4).round() / 1e4));
        Value::Object(row)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let ignored = self.request.query.ignored();
        if !ignored.is_empty() {
            notes.push(format!("'{}' holds no word and was left out", ignored.join(" ")));
        }
        if self.answer.unstated > 0 {
            notes.push(format!(
                "a language is what the platform stated; {} more posts answer and state none (--script goes by letters)",
                self.answer.unstated
            ));
        }
        notes
    }
}
