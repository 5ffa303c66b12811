//! Which format a file is, by its content first and its name second.

use memchr::memmem;

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
    if let Some(format) = by_first_bytes(content) {
        return Some(format);
    }
    let is_json = content.starts_with(b"{") || content.starts_with(b"[");
    let document = is_json.then(|| outline(content)).and_then(|o| by_keys(&o, content));
    document.or_else(|| by_lines(content)).or_else(|| by_header(content))
}

/// Web archives and pages: what begins with their mark is nothing else.
fn by_first_bytes(content: &[u8]) -> Option<Format> {
    if content.starts_with(b"WARC/1.") {
        return Some(Format::Warc);
    }
    if content.starts_with(b"PK\x03\x04") {
        return crate::wacz::is_head(content).then_some(Format::Wacz);
    }
    let holds = |mark: &str| memmem::find(content, mark.as_bytes()).is_some();
    let marks = ["tgme_widget", "tgme_channel_info", "tgme_page"];
    let is_page = content.starts_with(b"<") && marks.into_iter().any(holds);
    is_page.then_some(Format::TelegramWeb)
}

/// Lines looked at before giving up: bad lines at the top must not hide what the file is.
const LINES_MAX: usize = 200;

fn by_lines(content: &[u8]) -> Option<Format> {
    let lines = content.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).take(LINES_MAX);
    lines.filter(|line| line.starts_with(b"{")).find_map(|line| by_keys(&outline(line), line))
}

fn by_keys(outline: &Outline, content: &[u8]) -> Option<Format> {
    let has = |keys: &[&str]| keys.iter().all(|key| outline.has(key));
    let holds = |word: &str| memmem::find(content, word.as_bytes()).is_some();
    if outline.text("kind").is_some_and(is_our_kind) {
        return Some(Format::MarsadNdjson);
    }
    if outline.text("_").or(outline.text("_type")).is_some_and(is_telethon_type) {
        return Some(Format::Telethon);
    }
    if has(&["name", "type", "messages"]) && outline.text("type").is_some_and(is_chat) {
        return Some(Format::TelegramDesktop);
    }
    if has(&["guild", "channel"]) {
        return Some(Format::Discord);
    }
    if has(&["room_name", "messages"]) {
        return Some(Format::Matrix);
    }
    if has(&["source_platform", "timestamp_collected", "data"]) {
        return Some(Format::Zeeschuimer);
    }
    if has(&["msg", "ts"]) {
        return Some(Format::Rocketchat);
    }
    if has(&["messages"]) && holds("\"recipient\"") && holds("\"chat_id\"") {
        return Some(Format::Tamtam);
    }
    if has(&["data"]) && (has(&["meta"]) || has(&["includes"])) {
        return Some(Format::TwitterPages);
    }
    let is_number = |key: &str| key.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if outline.first_key().is_some_and(is_number) && holds("\"n_subscribers\"") {
        return Some(Format::Tgdataset);
    }
    let is_account = crate::telegram_desktop::is_account(outline) && !has(&["marker"]);
    is_account.then_some(Format::TelegramDesktop)
}

fn is_our_kind(kind: &str) -> bool {
    ["post", "channel", "coverage", "taken", "event"].contains(&kind)
}

fn is_telethon_type(name: &str) -> bool {
    let types = ["Message", "MessageService", "MessageEmpty", "ChatFull", "Channel", "User"];
    types.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_chat(kind: &str) -> bool {
    crate::telegram_desktop::CHAT_TYPES.contains(&kind)
}

fn by_header(content: &[u8]) -> Option<Format> {
    let columns = header_columns(&header_record(content, b',')?, b',');
    let columns: Vec<&str> = columns.iter().map(|name| name.trim()).collect();
    let has = |names: &[&str]| names.iter().all(|name| columns.contains(name));
    if has(&COORTWEET) {
        return Some(Format::Coortweet);
    }
    if columns == CNT {
        return Some(Format::Cnt);
    }
    if has(&["id", "thread_id", "chat", "body", "unix_timestamp"]) {
        return Some(Format::FourCat);
    }
    if has(&["tweetid", "userid", "tweet_text"]) || has(&["alt_external_id", "tweet_id", "content"])
    {
        return Some(Format::Twitter);
    }
    has(&["Facebook Id", "Post Created", "Message"]).then_some(Format::Crowdtangle)
}

fn by_name(name: &str) -> Option<Format> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    ends(&[".ndjson", ".jsonl", ".ndjson.zst", ".ndjson.gz", ".jsonl.zst", ".jsonl.gz"])
        .then_some(Format::MarsadNdjson)
}
