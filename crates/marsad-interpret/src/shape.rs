//! The top-level keys at the beginning of a JSON document, even where the document goes on.

/// Keys of an object in order, with the short texts among their values.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    name: String,
    text: Option<String>,
    /// Where its value begins.
    start: usize,
}

impl Outline {
    /// Whether the key was seen.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|seen| seen.name == key)
    }

    /// The text of a key, when its value is one.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|seen| seen.name == key).and_then(|seen| seen.text.as_deref())
    }

    /// The key that stands first.
    pub(crate) fn first_key(&self) -> Option<&str> {
        self.keys.first().map(|key| key.name.as_str())
    }
}

/// Reads the keys of the object at the beginning of `bytes`, as far as the bytes go.
pub(crate) fn outline(bytes: &[u8]) -> Outline {
    let mut outline = Outline::default();
    let mut at = bytes.iter().position(|b| *b == b'{').map_or(bytes.len(), |open| open + 1);
    while let Some((key, after)) = next_key(bytes, at) {
        let start = skip_space(bytes, after);
        let (text, end) = match bytes.get(start) {
            Some(b'"') => match string(bytes, start) {
                Some((text, end)) => (Some(text), Some(end)),
                None => (None, None),
            },
            _ => (None, value_end(bytes, start)),
        };
        outline.keys.push(Key { name: key, text, start });
        let Some(end) = end else { break };
        let comma = skip_space(bytes, end);
        if bytes.get(comma) != Some(&b',') {
            break;
        }
        at = comma + 1;
    }
    outline
}

/// The text of a key inside the object of another key.
pub(crate) fn nested_text(bytes: &[u8], outer: &str, inner: &str) -> Option<String> {
    let outline_outer = outline(bytes);
    let place = outline_outer.keys.iter().find(|key| key.name == outer)?.start;
    let object = bytes.get(place..).filter(|bytes| bytes.starts_with(b"{"))?;
    outline(object).text(inner).map(str::to_owned)
}

fn next_key(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let (key, end) = string(bytes, skip_space(bytes, at))?;
    let colon = skip_space(bytes, end);
    (bytes.get(colon) == Some(&b':')).then_some((key, colon + 1))
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// The string that begins at `at` and where it ends; escapes other than the usual stay as written.
fn string(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = string_end(bytes, at)?;
    let written = bytes.get(at..end)?;
    let text = serde_json::from_slice(written)
        .unwrap_or_else(|_| String::from_utf8_lossy(written).trim_matches('"').to_owned());
    Some((text, end))
}

fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        from = found + 2;
    }
}

/// Where the value at `at` ends; `None` when the bytes end first.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = at;
    loop {
        match *bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return Some(at),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}
