//! Where posts stand in an answer in JSON: members of lists that bear their id.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Where a post's id stands in its object, by platform.
const IDS: [&str; 4] = ["/event_id", "/_id", "/body/mid", "/message/body/mid"];

/// A member of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    /// Which list, in the order in which they begin.
    list: usize,
    range: Range<usize>,
}

/// The ranges of members with these ids, each with the comma that belongs to it.
pub(super) fn ranges(body: &[u8], ids: &BTreeSet<&str>) -> Vec<Range<usize>> {
    if serde_json::from_slice::<IgnoredAny>(body).is_err() {
        return Vec::new();
    }
    let mut members = members(body);
    members.sort_by_key(|member| (member.list, member.range.start));
    let goes: Vec<bool> = members
        .iter()
        .map(|member| is_one_of(body.get(member.range.clone()).unwrap_or_default(), ids))
        .collect();
    let goes_at = |at: usize| goes.get(at) == Some(&true);
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(first) = members.get(at) {
        if !goes_at(at) {
            at += 1;
            continue;
        }
        // All that go one after the other: up to the next member, or from the end of the one before.
        let in_list = |at: usize| members.get(at).filter(|other| other.list == first.list);
        let mut end = at + 1;
        while in_list(end).is_some() && goes_at(end) {
            end += 1;
        }
        let last = members.get(end - 1).map_or(first.range.end, |last| last.range.end);
        let before = at.checked_sub(1).and_then(in_list);
        ranges.push(match (before, in_list(end)) {
            (_, Some(next)) => first.range.start..next.range.start,
            (Some(before), None) => before.range.end..last,
            (None, None) => first.range.start..last,
        });
        at = end;
    }
    ranges
}

fn is_one_of(bytes: &[u8], ids: &BTreeSet<&str>) -> bool {
    let names_one = ids.iter().any(|id| memmem::find(bytes, id.as_bytes()).is_some());
    if !names_one || bytes.first() != Some(&b'{') {
        return false;
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return false };
    let mut found = IDS.iter().filter_map(|path| value.pointer(path).and_then(Value::as_str));
    found.any(|id| ids.contains(id)) || edited(&value).is_some_and(|id| ids.contains(id))
}

/// The post that an event in a Matrix room is an edit of.
fn edited(event: &Value) -> Option<&str> {
    let relation = event.pointer("/content/m.relates_to")?;
    (relation.get("rel_type")?.as_str()? == "m.replace")
        .then(|| relation.get("event_id")?.as_str())?
}

/// The members of all lists of valid JSON.
fn members(body: &[u8]) -> Vec<Member> {
    /// What is open: a list with where its member began, or an object.
    enum Open {
        List(usize, Option<usize>),
        Object,
    }
    let (mut found, mut open, mut lists) = (Vec::new(), Vec::new(), 0);
    let (mut at, mut last) = (0, 0); // `last`: just after the last byte that is no space
    let end_member = |open: &mut Vec<Open>, last: usize, found: &mut Vec<Member>| {
        if let Some(Open::List(list, start)) = open.last_mut()
            && let Some(start) = start.take()
        {
            found.push(Member { list: *list, range: start..last });
        }
    };
    while let Some(byte) = body.get(at).copied() {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if !matches!(byte, b',' | b']' | b'}' | b':')
            && let Some(Open::List(_, start @ None)) = open.last_mut()
        {
            *start = Some(at);
        }
        match byte {
            b'"' => {
                at = string_end(body, at);
                last = at;
                continue;
            }
            b'[' => {
                open.push(Open::List(lists, None));
                lists += 1;
            }
            b'{' => open.push(Open::Object),
            b']' => {
                end_member(&mut open, last, &mut found);
                open.pop();
            }
            b'}' => drop(open.pop()),
            b',' => end_member(&mut open, last, &mut found),
            _ => {}
        }
        at += 1;
        last = at;
    }
    found
}

/// Just after the string that begins here.
fn string_end(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = body.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::blank;
    use super::*;

    fn cut(body: &str, ids: &[&str]) -> String {
        let ids = ids.iter().copied().collect();
        String::from_utf8(blank(body.as_bytes(), ranges(body.as_bytes(), &ids))).unwrap()
    }

    #[test]
    fn members_go_with_their_commas() {
        let body = r#"{"chunk":[ {"event_id":"$a","x":[1,2]} , {"event_id":"$b"} ,{"event_id":"$c"}],"n":1}"#;
        assert_eq!(
            cut(body, &["$a"]),
            r#"{"chunk":[ {"event_id":"$b"} ,{"event_id":"$c"}],"n":1}"#
        );
        assert_eq!(cut(body, &["$b", "$c"]), r#"{"chunk":[ {"event_id":"$a","x":[1,2]}],"n":1}"#);
        assert_eq!(cut(body, &["$a", "$b", "$c"]), r#"{"chunk":[ ],"n":1}"#);
        // An edit goes with what it edits.
        let edit = r#"{"event_id":"$d","content":{"m.relates_to":{"rel_type":"m.replace","event_id":"$a"}}}"#;
        let body = format!(r#"{{"chunk":[{{"event_id":"$b"}},{edit}]}}"#);
        assert_eq!(cut(&body, &["$a"]), r#"{"chunk":[{"event_id":"$b"}]}"#);
        let answer = body.replace("m.replace", "m.thread");
        assert_eq!(cut(&answer, &["$a"]), answer);
        // An id that another event names is no reason.
        let body = r#"{"chunk":[{"event_id":"$b","re":{"event_id":"$a"}},"$a"]}"#;
        assert_eq!(cut(body, &["$a"]), body);
        assert_eq!(cut("[{\"_id\":\"a\"", &["a"]), "[{\"_id\":\"a\"");
    }

    proptest! {
        #[test]
        fn what_is_left_is_the_list_without_them(
            kinds in prop::collection::vec(any::<bool>(), 0..12),
            spaces in "[ \n]{0,3}",
            word in "[a-z\"\\\\\\[\\]{},]{0,6}",
        ) {
            let members: Vec<Value> = kinds.iter().enumerate().map(|(at, goes)| {
                let id = if *goes { format!("x{at}") } else { format!("y{at}") };
                serde_json::json!({"body": {"mid": id, "text": word, "list": [word, 1, [{}]]}})
            }).collect();
            let ids: Vec<String> = (0..12).map(|at| format!("x{at}")).collect();
            let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            let written: Vec<String> = members.iter().map(Value::to_string).collect();
            let body = format!("{{\"messages\":[{spaces}{}{spaces}]}}", written.join(&format!("{spaces},{spaces}")));
            let left = blank(body.as_bytes(), ranges(body.as_bytes(), &ids));
            let left: Value = serde_json::from_slice(&left).unwrap();
            let kept: Vec<Value> = members.into_iter().zip(&kinds).filter(|(_, goes)| !**goes).map(|(m, _)| m).collect();
            prop_assert_eq!(left, serde_json::json!({"messages": kept}));
        }

        #[test]
        fn any_bytes_are_cut_or_left(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let ids = BTreeSet::from(["a", "1"]);
            let _: Vec<u8> = blank(&bytes, ranges(&bytes, &ids));
            let _: Vec<u8> = blank(&bytes, super::super::html::ranges(&bytes, &ids));
        }
    }
}
