//! Where links, mentions, addresses, tags and entities begin and end in the source.

/// Longest look back for the start of a link without a scheme, bytes.
const HOST_MAX: usize = 80;
/// Longest HTML tag, bytes.
const TAG_MAX: usize = 400;

/// A stretch of the source that is one token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A link that the `:` or `/` at `at` reveals: `scheme://…` or `host.tld/…`.
pub(super) fn link_at(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let start = run_start(bytes, at);
    let run = bytes.get(start..at)?;
    let here = *bytes.get(at)?;
    let revealed = match here {
        b':' => is_scheme(run) && bytes.get(at + 1..at + 3) == Some(b"//"),
        b'/' => is_host(run),
        b'.' => run.eq_ignore_ascii_case(b"www"),
        _ => false,
    };
    if !revealed {
        return None;
    }
    let body = if here == b':' { at + 3 } else { at + 1 };
    let end = link_end(text, body);
    let named = end > body || here == b'/';
    named.then_some(Span { start, end: end.max(at) })
}

/// An address or a mention around the `@` at `at`.
pub(super) fn mention_at(text: &str, at: usize) -> Option<(Span, Mention)> {
    let bytes = text.as_bytes();
    let name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if !bytes.get(at + 1).is_some_and(name) {
        return None;
    }
    let start = run_start(bytes, at);
    if start < at {
        let domain = |b: &u8| b.is_ascii_alphanumeric() || matches!(*b, b'.' | b'-' | b'_');
        let mut end = after(bytes, at + 1, domain);
        while end > at + 1 && matches!(bytes.get(end - 1), Some(b'.' | b'-' | b'_')) {
            end -= 1;
        }
        return (end > at + 1).then_some((Span { start, end }, Mention::Address));
    }
    // A letter of another script right before the sign: still a mention.
    Some((Span { start: at, end: after(bytes, at + 1, name) }, Mention::Name))
}

/// What an `@` belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mention {
    /// `@name`
    Name,
    /// `name@host`
    Address,
}

/// An HTML tag at the `<` at `at`: its end, and whether it breaks the line.
pub(super) fn tag_at(text: &str, at: usize) -> Option<(usize, Break)> {
    let bytes = text.as_bytes();
    let window = bytes.get(at + 1..bytes.len().min(at + TAG_MAX))?;
    let close = memchr::memchr(b'>', window)?;
    let inside = window.get(..close)?;
    let inside = inside.strip_prefix(b"/").unwrap_or(inside);
    let name_len = inside.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let name = inside.get(..name_len)?.to_ascii_lowercase();
    let rest = inside.get(name_len..)?;
    let ended = rest.first().is_none_or(|b| b.is_ascii_whitespace() || *b == b'/');
    if !ended || memchr::memchr(b'<', rest).is_some() {
        return None;
    }
    let how = match name.as_slice() {
        b"a" | b"b" | b"i" | b"u" | b"s" | b"em" | b"strong" | b"code" | b"span" | b"del"
        | b"ins" | b"strike" | b"mark" | b"tg-spoiler" | b"tg-emoji" | b"font" | b"sub"
        | b"sup" => Break::No,
        b"p" | b"br" | b"div" | b"pre" | b"blockquote" | b"ul" | b"ol" | b"li" | b"h1" | b"h2"
        | b"h3" | b"h4" | b"h5" | b"h6" | b"img" | b"hr" | b"table" | b"tr" | b"td" => Break::Line,
        _ => return None,
    };
    Some((at + 2 + close, how))
}

/// Whether a tag ends a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Break {
    /// Inside a line, even inside a word.
    No,
    /// Ends a line.
    Line,
}

/// An HTML entity at the `&` at `at`: its end and its character.
pub(super) fn entity_at(text: &str, at: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let window = bytes.get(at + 1..bytes.len().min(at + 12))?;
    let length = memchr::memchr(b';', window)?;
    let name = window.get(..length)?;
    let c = match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" | b"laquo" | b"raquo" | b"ldquo" | b"rdquo" => '"',
        b"apos" | b"rsquo" | b"lsquo" => '\'',
        b"nbsp" => ' ',
        b"mdash" | b"ndash" | b"hellip" => '\u{2014}',
        _ => numeric(name)?,
    };
    Some((at + 2 + length, c))
}

fn numeric(name: &[u8]) -> Option<char> {
    let digits = name.strip_prefix(b"#")?;
    let hex = digits.strip_prefix(b"x").or_else(|| digits.strip_prefix(b"X"));
    let (digits, radix) = hex.map_or((digits, 10), |hex| (hex, 16));
    let digits = std::str::from_utf8(digits).ok()?;
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

/// Start of the run of host characters that ends right before `at`.
fn run_start(bytes: &[u8], at: usize) -> usize {
    let head = bytes.get(at.saturating_sub(HOST_MAX)..at).unwrap_or(&[]);
    let host = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'.' | b'-' | b'_' | b'+');
    let mut start = at - head.iter().rev().take_while(host).count();
    // A run starts with a letter or digit: `-host` and `_host` are marks and a host.
    while start < at && !bytes.get(start).is_some_and(u8::is_ascii_alphanumeric) {
        start += 1;
    }
    start
}

fn is_scheme(run: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 6] = [b"http", b"https", b"tg", b"ftp", b"hxxp", b"hxxps"];
    SCHEMES.iter().any(|scheme| run.eq_ignore_ascii_case(scheme))
}

/// `host.tld` with a top level of two or more letters.
fn is_host(run: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', run) else { return false };
    let top = run.get(dot + 1..).unwrap_or(&[]);
    let before = dot.checked_sub(1).and_then(|last| run.get(last));
    top.len() >= 2
        && top.iter().all(u8::is_ascii_alphabetic)
        && before.is_some_and(u8::is_ascii_alphanumeric)
}

/// End of a link: white space, brackets, quotes and anything that is neither ASCII nor a letter
/// end it; marks at its end belong to the sentence.
fn link_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let mut end = start;
    for (at, c) in rest.char_indices() {
        let inside = if c.is_ascii() {
            c.is_ascii_graphic()
                && !matches!(
                    c,
                    '<' | '>' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '`'
                )
        } else {
            c.is_alphabetic()
        };
        if !inside {
            break;
        }
        end = start + at + c.len_utf8();
    }
    let bytes = text.as_bytes();
    while end > start
        && matches!(
            bytes.get(end - 1),
            Some(b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' | b'~' | b'\'' | b'_')
        )
    {
        end -= 1;
    }
    end
}

fn after(bytes: &[u8], start: usize, wanted: impl Fn(&u8) -> bool) -> usize {
    start + bytes.get(start..).unwrap_or(&[]).iter().take_while(|b| wanted(b)).count()
}
