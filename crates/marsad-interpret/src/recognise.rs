//! Which format a file is, by its content first and its name second.

use crate::Format;
use crate::cut::BOM;
use crate::peers::{CNT, COORTWEET};
use crate::rows::{header_columns, header_record};
use crate::shape::{Outline, outline};

/// Recognises the format of a file from the first 64 KiB of its (decompressed) content; where they
/// say nothing, from its name.
///
/// A table with columns that no format has is not recognised: only the operator can say what they
/// mean (`--as csv --map …`).
pub fn recognise(name: &str, head: &[u8]) -> Option<Format> {
    let content = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    by_content(content).or_else(|| by_name(name))
}

fn by_content(content: &[u8]) -> Option<Format> {
    let as_document = content.starts_with(b"{").then(|| outline(content)).and_then(|o| by_keys(&o));
    as_document.or_else(|| by_lines(content)).or_else(|| by_header(content))
}

/// Lines looked at before giving up: bad lines at the top must not hide what the file is.
const LINES_MAX: usize = 200;

fn by_lines(content: &[u8]) -> Option<Format> {
    let lines = content.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).take(LINES_MAX);
    lines.filter(|line| line.starts_with(b"{")).find_map(|line| by_keys(&outline(line)))
}

fn by_keys(outline: &Outline) -> Option<Format> {
    let has = |keys: &[&str]| keys.iter().all(|key| outline.has(key));
    if has(&["kind"]) && outline.text("kind").is_some_and(is_our_kind) {
        return Some(Format::MarsadNdjson);
    }
    if outline.text("_").is_some_and(is_telethon_type) {
        return Some(Format::Telethon);
    }
    let is_chat = has(&["name", "type", "messages"]) && outline.text("type").is_some_and(is_chat);
    let is_account = crate::telegram_desktop::is_account(outline);
    if is_chat || is_account {
        return Some(Format::TelegramDesktop);
    }
    None
}

fn is_our_kind(kind: &str) -> bool {
    ["post", "channel", "coverage", "event"].contains(&kind)
}

fn is_telethon_type(name: &str) -> bool {
    ["Message", "MessageService", "MessageEmpty", "ChatFull", "Channel", "User"].contains(&name)
}

fn is_chat(kind: &str) -> bool {
    crate::telegram_desktop::CHAT_TYPES.contains(&kind)
}

fn by_header(content: &[u8]) -> Option<Format> {
    let columns = header_columns(&header_record(content, b',')?, b',');
    let columns: Vec<&str> = columns.iter().map(|name| name.trim()).collect();
    if COORTWEET.iter().all(|name| columns.contains(name)) {
        return Some(Format::Coortweet);
    }
    (columns == CNT).then_some(Format::Cnt)
}

fn by_name(name: &str) -> Option<Format> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    ends(&[".ndjson", ".jsonl", ".ndjson.zst", ".ndjson.gz", ".jsonl.zst", ".jsonl.gz"])
        .then_some(Format::MarsadNdjson)
}
